"""The invalid fixtures of steps 1 to 5: header, sections, directory, ancillary sections, length.

Each states its code and offset from where the damage was put. Checksums are right unless they are what is wrong.
"""

import invalid_coded
import invalid_models
import invalid_payloads
from fixture_writer import (BITMAP, GAPS, INDICES, RICE, Affine, Codebook, Float, Tensor, build, leb, order, provenance,
                            source, u8, u32)

ONE, TWO = 0x3F800000, 0x40000000
F32 = Float("f32")


class Case:
    def __init__(self, name, code, offset, tensor, reader, reason, data):
        self.name, self.code, self.offset, self.tensor = name, code, offset, tensor
        self.reader, self.reason, self.data = reader, reason, data


class Cases:
    def __init__(self):
        self.all = []

    def add(self, code, name, built, place, reason, tensor=None, reader="any", data=None):
        """place: an offset, a mark, or (mark, distance); data: the bytes, where they are not the built ones."""
        self.all.append(Case("%s-%s.pare" % (code, name), code, built.at(place), tensor, reader, reason,
                             built.data if data is None else data))


def floats(name="a", count=2, **options):
    return Tensor(name, [count], F32, [ONE + n for n in range(count)], **options)


def affine(**options):
    return Tensor("a", [3], Affine(4, scales=[ONE]), [1, 2, 3], **options)


def sparse(position=BITMAP, shape=(3, 4), k=0, rice_bits=1, **options):
    """Elements 1, 2 and 9."""
    count = 1
    for extent in shape:
        count *= extent
    cells = [3 if e in (1, 2, 9) else None for e in range(count)]
    return Tensor("a", shape, Affine(4, scales=[ONE]), cells, position, k, rice_bits, **options)


def header(cases):
    base = build([floats()])

    def damaged(code, name, field, value, reason, **options):
        built = build([floats()], replace=dict({field: value}, **options))
        cases.add(code, name, built, field, reason)

    for name, magic in (("first-bit-stripped", b"\x09PAR\r\n\x1a\n"), ("crlf-to-lf", b"\x89PAR\n\x1a\n\x0a"),
                        ("lf-to-crlf", b"\x89PAR\r\r\n\x1a"), ("last-byte", b"\x89PAR\r\n\x1a\x0b"), ("lower-case", b"\x89par\r\n\x1a\n")):
        cases.add("badMagic", name, build([floats()], replace={"magic": magic}), 0, "the magic is damaged")
    cases.add("badMagic", "two-bytes", base, 0, "two other bytes", data=b"PK")
    cases.add("badMagic", "eleven-bytes", base, 0, "too short, but the magic is looked at first", data=b"\x89PAR\r\n\x1a\r\0\1\1")
    cases.add("truncated", "empty", base, 0, "a file without bytes", data=b"")
    cases.add("truncated", "in-magic", base, 5, "the file ends in the magic", data=base.data[:5])
    cases.add("truncated", "after-magic", base, 8, "the file ends behind the magic", data=base.data[:8])
    cases.add("truncated", "after-eleven-bytes", base, 11, "the file ends before the flags", data=base.data[:11])
    cases.add("truncated", "bad-major-after-eleven-bytes", base, 11, "the length is checked before the major version",
              data=base.data[:8] + b"\1\1\1")

    damaged("unsupportedMajor", "1", "major", u8(1), "major version 1")
    damaged("unsupportedMajor", "255-before-minor", "major", u8(255), "major is checked before all that follows",
            readerMinimum=u8(9), flags=u8(255))
    damaged("unsupportedMinor", "readerMinimum4", "readerMinimum", u8(4), "the container needs a reader of minor 4", minor=u8(4))
    damaged("unsupportedMinor", "readerMinimum-above-minor", "readerMinimum", u8(1), "readerMinimum 1 is above minor 0", minor=u8(0))
    damaged("unsupportedMinor", "readerMinimum2-above-minor", "readerMinimum", u8(2), "readerMinimum 2 is above minor 1", minor=u8(1))
    damaged("unsupportedMinor", "before-flags", "readerMinimum", u8(255), "readerMinimum is checked before the flags", flags=u8(8))
    for bit in range(3, 8):
        damaged("reservedNotZero", "flags-bit%d" % bit, "flags", u8(1 << bit), "a reserved bit of the flags is set")
    damaged("reservedNotZero", "alignment3", "flags", u8(3), "alignment 3 is reserved")
    damaged("reservedNotZero", "alignment3-large", "flags", u8(7), "alignment is checked before large, so every reader agrees")
    large = build([floats()], large=True)
    cases.add("largeUnsupported", "flag", large, "flags", "a 32-bit reader refuses large containers", reader="32-bit")
    cases.add("largeUnsupported", "before-sections", large, "flags", "the flag is refused before anything behind it is read",
              reader="32-bit", data=large.data[:12])


def lengths(cases):
    def cut(name, built, end, reason):
        cases.add("truncated", name, built, built.at(end), reason, data=built.data[:built.at(end)])

    two = build([floats("a", 1), floats("b", 1)], sections=[provenance((0, 1, 0, 0))], alignment=64)
    cut("no-directory", two, "s0.type", "the file ends where the directory's type should be")
    cut("before-byteCount", two, "s0.byteCount", "the file ends where the directory's byteCount should be")
    cut("in-directory", two, ("s0.body", 5), "the file ends in the directory")
    cut("before-directory-checksum", two, "s0.checksum", "the file ends before the directory's checksum")
    cut("in-directory-checksum", two, ("s0.checksum", 3), "the file ends in the directory's checksum")
    cut("before-second-section", two, "s1.type", "the directory says that a section follows")
    cut("in-second-section", two, ("s1.body", 4), "the file ends in the second section")
    cut("before-padding", two, "t0.padding", "the file ends behind its sections, but has payloads")
    cut("in-padding", two, ("t0.padding", 3), "the file ends in the padding before the first payload")
    cut("before-payload", two, "t0.payload", "the file ends before the first payload")
    cut("in-payload", two, ("t0.payload", 2), "the file ends in the first payload")
    cut("in-padding-between-payloads", two, ("t1.padding", 9), "the file ends in the padding between payloads")
    cut("last-byte-missing", two, ("end", -1), "the last byte is missing")
    long = build([floats("n" * 200)])
    cut("in-byteCount", long, ("s0.byteCount", 1), "the file ends in the directory's byteCount")
    empty = build([floats("a", 1), Tensor("b", [0], F32, [])], alignment=64)
    cut("padding-before-empty-payload", empty, "t1.padding", "an empty payload starts at a multiple of the alignment too")
    most = build([floats()], replace={"s0.byteCount": leb(2**31 - 1)})
    cases.add("truncated", "byteCount-2GiB", most, len(most.data), "the directory states 2^31 - 1 bytes")
    most = build([floats()], replace={"s0.byteCount": leb(2**47 - 1)}, large=True)
    cases.add("truncated", "byteCount-128TiB", most, len(most.data), "the directory states 2^47 - 1 bytes", reader="64-bit")
    full = build([Tensor("a", [0], F32, [], raw_fields={"extent0": leb(1000000)})])
    cases.add("truncated", "payload-of-4MB-missing", full, len(full.data), "the shape states a payload that is not there")

    def longer(name, built, tail, reason):
        cases.add("trailingBytes", name, built, "end", reason, data=built.data + tail)

    longer("zero-byte", two, b"\0", "a zero byte behind the last payload")
    longer("other-container", two, two.data, "a second container behind the first")
    longer("no-tensors", build([]), b"\0\0\0\0", "a container without tensors ends with its sections")
    odd = build([Tensor("a", [1], Float("f16"), [1])])
    empty = build([Tensor("a", [3], Affine(4, scales=[ONE], zero_points=[1]), [None] * 3, INDICES)])
    longer("padding-before-part-without-bytes", empty, b"\0", "positions without bytes do not start at a multiple of 2")
    longer("padding-to-alignment", odd, b"\0\0", "the last payload is not padded")


def sections(cases):
    def typed(code, name, reason, place, extra, **replace):
        built = build([floats()], sections=extra, replace={k.replace("_", "."): v for k, v in replace.items()})
        cases.add(code, name, built, place, reason)

    for first in (0, 2, 64, 67):
        typed("sectionOrder", "first-is-%d" % first, "the first section is not the directory", "s0.type", [], s0_type=u8(first + 128))
    typed("sectionOrder", "directory-twice", "a second directory", "s1.type", [(1, [])])
    typed("sectionOrder", "falls", "section 64 behind section 66", "s2.type", [source(0, "{}"), provenance((0, 1, 0, 0))])
    typed("sectionOrder", "twice", "section 64 twice", "s2.type", [provenance((0, 1, 0, 0))] * 2)
    typed("sectionOrder", "zero", "number 0 behind the directory", "s1.type", [(0, [])])
    typed("sectionOrder", "unknown-falls", "section 100 behind section 101", "s2.type", [(101, []), (100, [])])
    for number in (2, 3, 63):
        typed("unknownCriticalSection", "%d" % number, "critical section %d is not known" % number, "s1.type", [(number, [])])
    typed("unknownCriticalSection", "before-its-checksum", "the type is checked before the checksum", "s1.type", [(5, [])],
          s1_checksum=u32(0))

    zero = u32(0)
    typed("sectionChecksum", "directory", "the directory's checksum is wrong", "s0.checksum", [], s0_checksum=zero)
    typed("sectionChecksum", "before-content", "the checksum is checked before the records", "s0.checksum", [], s0_checksum=zero,
          r0_element=u8(31))
    typed("sectionChecksum", "provenance", "the provenance's checksum is wrong", "s1.checksum", [provenance((0, 1, 0, 0))], s1_checksum=zero)
    typed("sectionChecksum", "order", "the order's checksum is wrong", "s1.checksum", [order(0)], s1_checksum=zero)
    typed("sectionChecksum", "source", "the source's checksum is wrong", "s1.checksum", [source(0, "{}")], s1_checksum=zero)
    typed("sectionChecksum", "unknown-ancillary", "a section that is skipped is checked as well", "s1.checksum", [(90, [("x", b"x")])],
          s1_checksum=zero)
    base = build([floats()])
    flipped = bytearray(base.data)
    flipped[9] = 2
    cases.add("sectionChecksum", "header-minor", base, "s0.checksum", "the header belongs to the directory's checksum", data=bytes(flipped))
    flipped = bytearray(base.data)
    flipped[11] = 1
    cases.add("sectionChecksum", "header-alignment", base, "s0.checksum", "the header belongs to the directory's checksum", data=bytes(flipped))

    for name, groups in (("nonMinimalInteger", 2), ("nonMinimalInteger", 5)):
        typed(name, "byteCount-%d-bytes" % groups, "byteCount takes more bytes than it needs", "s0.byteCount", [],
              s0_byteCount=leb(14, groups))
    typed("nonMinimalInteger", "byteCount-second-section", "byteCount takes more bytes than it needs", "s1.byteCount", [(90, [])],
          s1_byteCount=leb(0, 2))
    typed("integerTooLarge", "byteCount-2^31", "byteCount is 2^31", "s0.byteCount", [], s0_byteCount=leb(2**31))
    typed("integerTooLarge", "byteCount-sixth-byte", "byteCount goes on behind five bytes", "s0.byteCount", [],
          s0_byteCount=b"\x80\x80\x80\x80\x80\x00")
    typed("integerTooLarge", "byteCount-2^35-1", "byteCount is 2^35 - 1", "s0.byteCount", [], s0_byteCount=leb(2**35 - 1))
    cases.add("integerTooLarge", "file-ends-behind-fifth-byte", base, "s0.byteCount", "five bytes decide, the sixth is not read",
              data=base.data[:13] + b"\xff\xff\xff\xff\xff")
    cases.add("truncated", "in-byteCount-after-four-bytes", base, 17, "four bytes do not decide", data=base.data[:13] + b"\xff\xff\xff\xff")
    for name, value in (("2^47", leb(2**47)), ("eighth-byte", b"\x80\x80\x80\x80\x80\x80\x80\x00")):
        built = build([floats()], large=True, replace={"s0.byteCount": value})
        cases.add("integerTooLarge", "large-byteCount-" + name, built, "s0.byteCount", "above the limit of large containers", reader="64-bit")


def integers(cases):
    """Minimal and small enough, wherever a LEB128 stands; and cut off by the section's end."""
    def each(name, place, make):
        for code, label, value, reason in (
                ("nonMinimalInteger", "", b"\x81\x00", "an integer of two bytes that fits in one"),
                ("integerTooLarge", "-2^31", leb(2**31), "an integer of 2^31"),
                ("integerTooLarge", "-sixth-byte", b"\xff\xff\xff\xff\xff\x01", "an integer of six bytes")):
            cases.add(code, name + label, make(value), place, reason)

    each("extent", "r0.extent0", lambda value: build([floats(raw_fields={"extent0": value})]))
    each("extent-last", "r0.extent1", lambda value: build([sparse(raw_fields={"extent1": value})]))
    each("groupSize", "r0.groupSize", lambda value: build([Tensor("a", [1], Affine(4, ("group", 1), scales=[ONE]), [1],
                                                                  raw_fields={"groupSize": value})]))
    each("nnz", "r0.nnz", lambda value: build([sparse(raw_fields={"nnz": value})]))
    for position, name in ((GAPS, "gaps"), (RICE, "rice")):
        each("positionByteCount-" + name, "r0.positionByteCount",
             lambda value, p=position: build([sparse(p, raw_fields={"positionByteCount": value})]))
    each("provenance-skip", "s1.skip0", lambda value: build([floats("a"), floats("b"), floats("c")], replace={"s1.skip0": value},
                                                            sections=[provenance((1, 1, 0, 0))]))
    each("order-index", "s1.index1", lambda value: build([floats("a"), floats("b")], replace={"s1.index1": value}, sections=[order(1, 0)]))
    large = build([floats(raw_fields={"extent0": leb(2**47)})], large=True)
    cases.add("integerTooLarge", "large-extent-2^47", large, "r0.extent0", "an integer of 2^47", reader="64-bit")
    large = build([floats(raw_fields={"extent0": leb(2, 7)})], large=True)
    cases.add("nonMinimalInteger", "large-extent-7-bytes", large, "r0.extent0", "an integer of seven bytes that fits in one", reader="64-bit")


def overruns(cases):
    """The directory's checksum is right, and its last record ends in each of the fields."""
    records = [
        ("affine-axis-rice", Tensor("ab", [1, 2], Affine(4, ("axis", 0), scales=[ONE]), [1, None], RICE, 255, 1)),
        ("affine-group", Tensor("ab", [1], Affine(4, ("group", 200), scales=[ONE]), [1])),
        ("codebook", Tensor("ab", [1], Codebook([ONE, TWO]), [1])),
    ]
    for record, tensor in records:
        names = [name for name, _ in tensor.fields(u32(0))]
        for n, field in enumerate(names):
            if n == 0 or record != "affine-axis-rice" and field not in ("groupSize", "lastIndex", "entryType"):
                continue
            gone = {"r0." + name: b"" for name in names[n:]}
            cases.add("sectionOverrun", "%s-%s" % (record, field), build([tensor], replace=gone), "r0." + field,
                      "the directory ends where %s should be" % field)
    inside = {"r0.extent1": b"\x80"}
    inside.update({"r0." + name: b"" for name in ("quantizer", "axis", "nnz", "k", "positionByteCount", "riceBits", "checksum")})
    cases.add("sectionOverrun", "in-extent", build([records[0][1]], replace=inside), "r0.extent1", "the directory ends in an extent")
    cases.add("sectionOverrun", "in-name", build([records[1][1]], replace=dict(
        {"r0." + name: b"" for name in ("element", "position", "rank", "extent0", "quantizer", "groupSize", "checksum")},
        **{"r0.nameByteCount": u8(3)})), "r0.name", "the directory ends in the name")
    cases.add("sectionOverrun", "in-checksum", build([records[1][1]], replace={"r0.checksum": b"\0\0\0"}), "r0.checksum",
              "the directory ends in the payload's checksum")
    cases.add("sectionOverrun", "second-record", build([floats("a"), floats("b")], replace={"r1.checksum": b""}), "r1.checksum",
              "the second record lacks its checksum")
    one = [floats("a"), floats("b")]
    for name, place, gone in (("skip", "s1.skip0", {"s1.skip0": b"\x80", "s1.sourceChecksum0": b"", "s1.maxAbsError0": b"", "s1.rmsError0": b""}),
                              ("sourceChecksum", "s1.sourceChecksum0", {"s1.sourceChecksum0": b"\0\0\0", "s1.maxAbsError0": b"", "s1.rmsError0": b""}),
                              ("maxAbsError", "s1.maxAbsError0", {"s1.maxAbsError0": b"", "s1.rmsError0": b""}),
                              ("rmsError", "s1.rmsError0", {"s1.rmsError0": b"\0\0"})):
        cases.add("sectionOverrun", "provenance-" + name, build(one, sections=[provenance((0, 1, 0, 0))], replace=gone), place,
                  "the provenance ends in " + name)
    cases.add("sectionOverrun", "order-in-index", build(one, sections=[order(1, 0)], replace={"s1.index1": b"\x80"}), "s1.index1",
              "the order ends in an index")
    cases.add("sectionOverrun", "source-kind", build(one, sections=[(66, [])]), "s1.checksum", "the source has no kind")


def names(cases):
    def bad(code, label, name, reason, place="r0.name", **options):
        cases.add(code, label, build([floats(name, **options)]), place, reason)

    bad("badName", "empty", b"", "nameByteCount is 0", "r0.nameByteCount")
    for label, name in (("continuation-byte", b"a\x80"), ("overlong-slash", b"\xc0\xaf"), ("overlong-three-bytes", b"\xe0\x9f\xbf"),
                        ("overlong-four-bytes", b"\xf0\x8f\xbf\xbf"), ("surrogate", b"\xed\xa0\x80"), ("above-10FFFF", b"\xf4\x90\x80\x80"),
                        ("cut-sequence", b"a\xe4\xb8"), ("byte-FF", b"\xff"), ("byte-F5", b"\xf5\x80\x80\x80")):
        bad("badName", "utf8-" + label, name, "the name is not well-formed UTF-8")
    for label, name in (("nul", "a\0"), ("tab", "\t"), ("escape", "a\x1b[2J"), ("1F", "\x1f"), ("7F", "\x7f"), ("80", "\x80"), ("9F", "b\x9f")):
        bad("badName", "control-" + label, name, "the name has a control character")
    for label, first, second in (("twice", "a", "a"), ("falls", "b", "a"), ("prefix", "ab", "a"), ("upper-case-behind", "a", "B"),
                                 ("bytes-are-unsigned", "\u00e4", "z")):
        cases.add("nameOrder", label, build([floats(first), floats(second)]), "r1.name", "the second name is not greater")
    cases.add("badName", "before-nameOrder", build([floats("b"), floats(b"\x01")]), "r1.name", "the name itself is checked before its order")
    cases.add("nameOrder", "before-element", build([floats("b"), floats("a", raw_fields={"element": u8(31)})]), "r1.name",
              "fields are checked in their order")


def records(cases):
    def bad(code, label, field, value, reason, tensor=floats, **others):
        raw = dict({field: value}, **others)
        cases.add(code, label, build([tensor(raw_fields=raw)]), "r0." + field, reason)

    for number in (5, 16, 31):
        bad("unknownEncoding", "element%d" % number, "element", u8(number), "element coding %d is not known" % number)
    for number in (5, 15, 18, 31):
        bad("unknownEncoding", "position%d" % number, "position", u8(number), "position coding %d is not known" % number)
    bad("unknownEncoding", "element-before-version", "element", u8(31 + 32), "the coding is checked before its version")
    for number in (0, 3, 4):
        bad("unsupportedEncodingVersion", "element%d-version1" % number, "element", u8(number + 32), "element coding %d has no version 1" % number)
    for number in (0, 3, 4, 16, 17):
        bad("unsupportedEncodingVersion", "position%d-version7" % number, "position", u8(number + 224), "position coding %d has no version 7" % number)
    for rank in (9, 15):
        bad("rankTooLarge", "%d" % rank, "rank", u8(rank), "rank %d" % rank)
    for bit in range(4, 8):
        bad("reservedNotZero", "rank-bit%d" % bit, "rank", u8(1 + 2**bit), "a reserved bit of the rank is set")
    bad("rankTooLarge", "before-reserved-bit", "rank", u8(0x19), "the rank is checked before the reserved bits")

    bad("tensorTooLarge", "2^31-bytes", "extent0", leb(2**29), "2^29 elements are 2^31 bytes as f32")
    for label, extents, failing, large in (
            ("product", [65536, 65536], 1, False), ("zero-extent-counts-as-1", [0, 2**29], 1, False),
            ("zero-extent-behind", [2**29, 0], 0, False), ("product-above-2^64", [2**28, 2**28, 2**28, 2**28], 1, False),
            ("last-of-eight", [16] * 7 + [2], 7, False), ("large-2^47-bytes", [2**45], 0, True),
            ("large-product", [0, 2**30, 2**15], 2, True), ("large-product-above-2^64", [2**44, 2**46, 0], 1, True)):
        tensor = Tensor("a", [0] * len(extents), F32, [], raw_fields={"extent%d" % axis: leb(e) for axis, e in enumerate(extents)})
        cases.add("tensorTooLarge", label, build([tensor], large=large), "r0.extent%d" % failing,
                  "the product of the extents, 0 counted as 1, reaches the limit", reader="64-bit" if large else "any")

    zeros = lambda shape, **options: Tensor("a", shape, F32, [None] * shape[0], GAPS, 255, **options)
    cases.add("expansionTooLarge", "empty-payload", build([zeros([262145])]), "r0", "262 145 zeros, above 1 MiB, with no payload")
    few = Tensor("a", [256 * 1028 + 1], Affine(8, scales=[ONE]), [1] * 512 + [None] * (256 * 1028 - 511), GAPS, 255)
    cases.add("expansionTooLarge", "one-element-above", build([few]), "r0", "more than 1024 times a payload of 1028 bytes")
    cases.add("expansionTooLarge", "second-record", build([floats("Z"), zeros([300000])]), "r1", "the second record, at its first byte")
    high = {"positionByteCount": leb(2**31 - 1)}
    rice = lambda name, **raw: Tensor(name, [1], F32, [None], RICE, 255, 0, raw_fields=raw)
    cases.add("containerTooLarge", "payload-of-2^31-1", build([rice("a", **high)]), "r0", "the payload ends behind 2^31")
    half = leb(2**30)
    cases.add("containerTooLarge", "sum-of-payloads", build([rice("a", positionByteCount=half), rice("b", positionByteCount=half)]), "r1",
              "two payloads of 2^30 bytes")
    directory_end = build([rice("a", **high)]).marks["s0.end"]
    exact = 2**31 - (directory_end + -directory_end % 4)
    cases.add("containerTooLarge", "end-at-2^31", build([rice("a", positionByteCount=leb(exact))]), "r0", "the payload ends at 2^31")
    built = build([rice("a", positionByteCount=leb(exact - 1))])
    cases.add("truncated", "end-at-2^31-1", built, len(built.data), "the payload ends at 2^31 - 1, which is allowed, and is not there")

    built = build([rice("a", positionByteCount=leb(exact - 1))], sections=[(90, [("x", bytes(60))])])
    cases.add("truncated", "end-above-2^31-with-later-section", built, len(built.data),
              "the record counts the sections up to the directory only; the file is shorter than its payload")
    many = []
    alphabet = "".join(chr(c) for c in range(0x20, 0x7F))
    for n in range(65535):
        name = (alphabet[n // 9025] + alphabet[n // 95 % 95] + alphabet[n % 95]).encode()
        many.append(u8(3) + name + bytes(7))
    body = b"".join(many)
    cases.add("tooManyTensors", "65536-before-its-fields", build_directory(body + b"\0"), ("s0.body", 65535 * 11),
              "record number 65 536, before its fields are looked at")


def build_directory(body):
    """A container with nothing but a directory of this body, which no tensor describes."""
    dummy = Tensor("a", [0], F32, [])
    fields = ("nameByteCount", "name", "element", "position", "rank", "extent0", "checksum")
    return build([dummy], replace=dict({"r0." + name: b"" for name in fields}, **{"r0.nameByteCount": body}))


def parameters(cases):
    def bad(label, field, tensor, reason):
        cases.add("badParameter", label, build([tensor]), "r0." + field, reason)

    scaled = lambda shape, granularity, cells, **raw: Tensor("a", shape, Affine(4, granularity, scales=[ONE] * 3), cells, raw_fields=raw)
    bad("granularity3", "quantizer", affine(raw_fields={"quantizer": u8(0x33)}), "granularity 3")
    for rank, axis in ((1, 1), (3, 3), (3, 255)):
        bad("axis%d-rank%d" % (axis, rank), "axis", scaled([1] * rank, ("axis", 0), [1], axis=u8(axis)), "the axis is not below the rank")
    scalar = Tensor("a", [], Affine(4, scales=[ONE]), [1], raw_fields={"quantizer": u8(0x13) + u8(0)})
    cases.add("badParameter", "axis0-rank0", build([scalar]), ("r0.quantizer", 1), "rank 0 has no axis")
    for size in (0, 65537, 2**31 - 1):
        bad("groupSize-%d" % size, "groupSize", scaled([3], ("group", 1), [1, 2, 3], groupSize=leb(size)), "the group size is outside 1 to 65 536")
    book = lambda **raw: Tensor("a", [2], Codebook([ONE, TWO]), [0, 1], raw_fields=raw)
    bad("lastIndex0", "lastIndex", book(lastIndex=u8(0)), "a codebook of one entry")
    for kind in (2, 255):
        bad("entryType%d" % kind, "entryType", book(entryType=u8(kind)), "the entry type is neither f32 nor f16")

    for position, name in ((BITMAP, "bitmap"), (GAPS, "gaps"), (INDICES, "indices"), (RICE, "rice")):
        bad("no-elements-" + name, "position", Tensor("a", [0], F32, [], raw_fields={
            "position": u8(position), "checksum": leb(0) + u8(255) + leb(0) * 2 + u32(0)}), "a tensor without elements is dense")
        bad("nnz-above-elements-" + name, "nnz", sparse(position, raw_fields={"nnz": leb(13)}), "13 non-zeros of 12 elements")
        for k in (31, 128, 254):
            bad("k%d-%s" % (k, name), "k", sparse(position, raw_fields={"k": u8(k)}), "k is neither 0 to 30 nor 255")
        bad("k-above-rows-" + name, "k", sparse(position, raw_fields={"k": u8(2)}), "a block of 4 rows in a tensor of 3")
        bad("k0-rank1-" + name, "k", sparse(position, (12,), 255, raw_fields={"k": u8(0)}), "a block of 1 row in a tensor of 1")
        bad("k0-rank0-" + name, "k", Tensor("a", [], F32, [ONE], position, 255, 0, raw_fields={"k": u8(0)}), "a tensor of rank 0 is one row")
        bad("k0-one-row-" + name, "k", sparse(position, (1, 12), 255, raw_fields={"k": u8(0)}), "a block of 1 row in a tensor of 1")
    bad("k-equals-rows", "k", sparse(BITMAP, (4, 3), raw_fields={"k": u8(2)}), "a block of 4 rows in a tensor of 4 is 255")
    bad("indices-k255-of-3-rows", "k", sparse(INDICES, raw_fields={"k": u8(255)}), "u16 indices need a block for each row")
    bad("indices-k1-of-3-rows", "k", sparse(INDICES, raw_fields={"k": u8(1)}), "u16 indices need a block for each row")
    wide = lambda shape: Tensor("a", shape, F32, [None] * (shape[0] * (shape[1] if len(shape) > 1 else 1)), INDICES, 255 if len(shape) == 1 else 0)
    bad("indices-row65537", "position", wide([65537]), "a row is too long for u16 indices")
    bad("indices-row65537-rank2", "position", wide([2, 65537]), "a row is too long for u16 indices")
    bad("gaps-positionByteCount-below-nnz", "positionByteCount", sparse(GAPS, raw_fields={"positionByteCount": leb(2)}), "3 non-zeros in 2 bytes")
    bad("gaps-positionByteCount-above", "positionByteCount", sparse(GAPS, raw_fields={"positionByteCount": leb(4)}),
        "12 elements need no gap of 255")
    bad("gaps-positionByteCount-above-255", "positionByteCount", Tensor("a", [509], F32, [ONE] + [None] * 508, GAPS, 255,
                                                                        raw_fields={"positionByteCount": leb(3)}), "509 elements allow one gap of 255")
    for bits in (25, 255):
        bad("riceBits%d" % bits, "riceBits", sparse(RICE, raw_fields={"riceBits": u8(bits)}), "riceBits above 24")
    bad("order-nnz-before-k", "nnz", sparse(BITMAP, raw_fields={"nnz": leb(99), "k": u8(99)}), "fields are checked in their order")
    bad("order-quantizer-before-position", "quantizer", Tensor("a", [0], Affine(4, scales=[ONE]), [], raw_fields={
        "position": u8(1), "quantizer": u8(0x33)}), "a position coding that does not fit is reported behind the element parameters")


def ancillary(cases):
    three = [floats("a", 1), floats("b", 1), floats("c", 1)]

    def bad(code, label, extra, place, reason, tensors=three, **replace):
        cases.add(code, label, build(tensors, sections=extra, replace=replace), place, reason)

    bad("badProvenance", "empty", [(64, [])], "s1.body", "provenance without a record")
    bad("badProvenance", "no-tensors", [provenance((0, 1, 0, 0))], "s1.skip0", "provenance of a tensor that is not there", [])
    bad("badProvenance", "skip-behind-last", [provenance((3, 1, 0, 0))], "s1.skip0", "the fourth tensor of three")
    bad("badProvenance", "skip-sum-behind-last", [provenance((1, 1, 0, 0), (1, 1, 0, 0))], "s1.skip1", "the fourth tensor of three")
    bad("badProvenance", "one-record-too-many", [provenance(*[(0, 1, 0, 0)] * 4)], "s1.skip3", "four records for three tensors")
    bad("badProvenance", "skip-2^31-1", [provenance((2, 1, 0, 0), (2**31 - 1, 1, 0, 0))], "s1.skip1", "the sum of the skips must not wrap")
    for label, bits in (("negative", 0xBF800000), ("minus-zero", 0x80000000), ("infinity", 0x7F800000), ("nan", 0x7FC00000), ("signalling-nan", 0x7F800001)):
        bad("badProvenance", "maxAbsError-" + label, [provenance((0, 1, bits, 0))], "s1.maxAbsError0", "maxAbsError is not a finite number without sign")
        bad("badProvenance", "rmsError-" + label, [provenance((0, 1, 0, bits))], "s1.rmsError0", "rmsError is not a finite number without sign")
    bad("badProvenance", "second-record", [provenance((0, 1, 0, 0), (0, 1, 0x7F800000, 0))], "s1.maxAbsError1", "the second record's maxAbsError is infinite")

    bad("badOrder", "twice", [order(2, 1, 2)], "s1.index2", "tensor 2 twice")
    bad("badOrder", "index-too-large", [order(2, 3, 0)], "s1.index1", "tensor 3 of three")
    bad("badOrder", "one-index-too-many", [order(2, 1, 0, 0)], "s1.index3", "four indices for three tensors")
    bad("badOrder", "directory-order", [order(0, 1, 2)], "s1.checksum", "the directory's own order is stated by leaving the section out")
    bad("badOrder", "directory-order-one-tensor", [order(0)], "s1.checksum", "one tensor has one order", [floats()])
    bad("badOrder", "index-missing", [order(2, 1)], "s1.checksum", "the order names two tensors of three")
    bad("badOrder", "empty", [order()], "s1.checksum", "the order names no tensor of three")
    bad("badOrder", "no-tensors", [order()], "s1.body", "no tensors have one order", [])
    bad("badOrder", "no-tensors-index", [order(0)], "s1.index0", "tensor 0 of none", [])

    bad("badSource", "with-order", [order(2, 1, 0), source(0, "[@0]")], "s2.type", "sections 65 and 66 exclude each other")
    bad("badSource", "with-order-kind-unknown", [order(2, 1, 0), source(9, "x")], "s2.type", "sections 65 and 66 exclude each other, whatever the kind")
    bad("badSource", "with-order-empty", [order(2, 1, 0), (66, [])], "s2.type", "the exclusion is checked before the content")
    bad("sectionChecksum", "source-with-order", [order(2, 1, 0), source(0, "[@0]")], "s2.checksum", "damage is found before the exclusion",
        **{"s2.checksum": u32(0)})
    bad("badSource", "no-text", [source(0, "")], "s1.text", "the text of kind 0 is empty")
    bad("badSource", "no-text-tables", [source(1, "")], "s1.text", "the text of kind 1 is empty")
    for label, text in (("utf8", b'{"a":"\xff"}'), ("surrogate", b"\xed\xbf\xbf"), ("newline", b"{\n}"), ("C1-control", '"\u0085"')):
        bad("badSource", label, [source(0, text)], "s1.text", "the text has what it must not have")
    bad("badSource", "tables-tab", [source(1, '["\t"]')], "s1.text", "the text has what it must not have")


def all_invalid():
    cases = Cases()
    for group in (header, lengths, sections, integers, overruns, names, records, parameters, ancillary):
        group(cases)
    invalid_payloads.add_all(cases)
    invalid_coded.add_all(cases)
    invalid_models.add_all(cases)
    return cases.all
