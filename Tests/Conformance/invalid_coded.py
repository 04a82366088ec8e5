"""The invalid fixtures of coded parts: their records, descriptions, tables, starts and streams."""

from fixture_writer import (CODED, CODED_SPARSE, Affine, Codebook, Coded, Coding, Float, Groups, Line, Tensor, bit_text, build, eg,
                            leb, u8, u16, u32)
from invalid_payloads import HALF_ONE, ONE, TWO, fine

FLAT8 = Groups(*[1] * 8)
FLAT16 = Line((0, 50), (15, 50))
BELL16 = Line((0, 90), (8, 40), mirrored=True)


def affine(width=4, **options):
    return Affine(width, scales=options.pop("scales", [ONE]), **options)


def dense(shape=(5,), cells=(1, -1, 2, 0, 3), codings=None, k=255, s=31, element=None, alter=None, ends=None, **options):
    codings = codings or [Coding(1, 8, [BELL16])]
    return Tensor("a", shape, element or affine(), cells, CODED, k, coded=Coded(s, codings, alter, ends), **options)


def sparse(shape=(5,), cells=(1, None, 2, None, 3), codings=None, k=255, s=31, element=None, alter=None, ends=None, **options):
    codings = codings or [Coding(1, 8, [FLAT8]), Coding(1, 8, [BELL16])]
    return Tensor("a", shape, element or affine(), cells, CODED_SPARSE, k, coded=Coded(s, codings, alter, ends), **options)


def signs(rows, row, s=31, k=255, codings=None, **options):
    """Dense codes of one bit."""
    cells = [1 if e % 3 else -1 for e in range(rows * row)]
    return dense([rows, row], cells, codings or [Coding(1, 8, [FLAT8])], k, s, affine(1), **options)


def masks(rows, row, coding, s=31, k=255, **options):
    """Every third element is stored, as one bit."""
    cells = [1 if e % 3 == 0 else None for e in range(rows * row)]
    return sparse([rows, row], cells, [coding, Coding(1, 8, [FLAT8])], k, s, affine(1), **options)


def adder(cases, code):
    def bad(label, tensor, place, reason, **replace):
        """place: without the tensor's prefix; replace: the same, with _ for each full stop."""
        mark, distance = place if isinstance(place, tuple) else (place, 0)
        replaced = {"t1." + name.replace("_", "."): value for name, value in replace.items()}
        cases.add(code, "coded-" + label, build([fine(), tensor], replace=replaced), ("t1." + mark, distance), reason, 1)

    return bad


def records(cases):
    def bad(code, label, tensor, place, reason, **options):
        cases.add(code, "coded-" + label, build([tensor], **options), place, reason)

    for position, name in ((CODED, "dense"), (CODED_SPARSE, "sparse")):
        make = dense if position == CODED else sparse
        empty = Tensor("a", [3, 0], Float("f32"), [], raw_fields={"position": u8(position), "checksum": leb(0) + u8(255) + leb(1) + u32(0)})
        bad("badParameter", "no-elements-" + name, empty, "r0.position", "a tensor without elements has position coding 0")
        for k, shape, label in ((31, [5], "k31"), (254, [5], "k254"), (0, [5], "k0-rank1"), (0, [1, 5], "k0-one-row"), (0, [], "k0-rank0"),
                                (2, [4, 1], "k-equals-rows"), (3, [5, 1], "k-above-rows")):
            cells = [1] * (5 if 5 in shape else 4 if 4 in shape else 1)
            bad("badParameter", "%s-%s" % (label, name), make(shape, cells, raw_fields={"k": u8(k)}), "r0.k", "k is neither 255 nor has 2^k below the rows")
        for code, label, value, reason in (("nonMinimalInteger", "", b"\x81\x00", "an integer of two bytes that fits in one"),
                                           ("integerTooLarge", "-2^31", leb(2**31), "an integer of 2^31"),
                                           ("integerTooLarge", "-sixth-byte", b"\xff\xff\xff\xff\xff\x01", "an integer of six bytes")):
            bad(code, "codedByteCount-%s%s" % (name, label), make(raw_fields={"codedByteCount": value}), "r0.codedByteCount", reason)
        names = [field for field, _ in make().fields(u32(0))]
        for n, field in enumerate(names):
            if field in ("nnz", "k", "codedByteCount", "checksum"):
                gone = {"r0." + other: b"" for other in names[n:]}
                bad("sectionOverrun", "%s-%s" % (name, field), make(), "r0." + field, "the directory ends where %s should be" % field, replace=gone)
        bad("sectionOverrun", "%s-in-codedByteCount" % name, make(), "r0.codedByteCount", "the directory ends in codedByteCount",
            replace={"r0.codedByteCount": b"\x80", "r0.checksum": b""})
    bad("badParameter", "nnz-above-elements", sparse(raw_fields={"nnz": leb(6)}), "r0.nnz", "6 non-zeros of 5 elements")
    bad("nonMinimalInteger", "nnz", sparse(raw_fields={"nnz": b"\x83\x00"}), "r0.nnz", "an integer of two bytes that fits in one")
    bad("badParameter", "nnz-before-k", sparse(raw_fields={"nnz": leb(6), "k": u8(99)}), "r0.nnz", "fields are checked in their order")
    bad("badParameter", "k-before-codedByteCount", dense(raw_fields={"k": u8(99), "codedByteCount": b"\x80\x00"}), "r0.k", "fields are checked in their order")

    bits = lambda count, extent, **raw: Tensor("a", [count], Float("f32"), [None] * count, CODED_SPARSE, coded=Coded(31, [
        Coding(1, 8, [Groups()])] + [Coding()] * 4), raw_fields=raw)
    bad("expansionTooLarge", "few-bytes", bits(262145, 262145), "r0", "262 145 elements, above 1 MiB, of a payload of some bytes")
    size = leb(2**31 - 1)
    bad("containerTooLarge", "codedByteCount-2^31-1", dense(raw_fields={"codedByteCount": size}), "r0", "the payload ends behind 2^31")
    big = Tensor("b", [1], Float("f16"), [HALF_ONE], CODED, coded=Coded(31, [Coding()] * 2), raw_fields={"codedByteCount": leb(2**30)})
    cases.add("containerTooLarge", "coded-sum-of-payloads", build([dense(raw_fields={"codedByteCount": leb(2**30)}), big]), "r1", "two payloads of 2^30 bytes")
    one = lambda **raw: Tensor("a", [1], Float("f16"), [HALF_ONE], CODED, coded=Coded(31, [Coding()] * 2), raw_fields=raw)
    end = build([one(codedByteCount=size)], alignment=64).marks["s0.end"]
    assert end % 64
    bad("containerTooLarge", "end-at-2^31-without-padding", one(codedByteCount=leb(2**31 - end)), "r0", "the payload ends at 2^31", alignment=64)
    built = build([one(codedByteCount=leb(2**31 - 1 - end))], alignment=64)
    cases.add("truncated", "coded-end-at-2^31-1-without-padding", built, len(built.data),
              "no padding is counted, so the payload ends at 2^31 - 1, which is allowed, and is not there")

    built = build([fine(), dense()])
    for label, at in (("last-byte-missing", ("end", -1)), ("before-payload", "t1.payload"), ("in-payload", "t1.coded.end")):
        distance = -2 if label == "in-payload" else 0
        at = built.at(at) + distance
        cases.add("truncated", "coded-" + label, built, at, "the file ends before its coded payload does", data=built.data[:at])
    cases.add("trailingBytes", "coded-zero-byte", built, "end", "a zero byte behind a coded payload", data=built.data + b"\0")
    built = build([fine("0", 1), dense()], alignment=16)
    start = built.at("t1.payload")
    cases.add("trailingBytes", "coded-padding-before-payload", built, "end", "a coded payload is not padded to the alignment",
              data=built.data[:start] + bytes(-start % 16) + built.data[start:])
    wrong = {"checksum": u32(0x12345678)}
    for alignment in (4, 64):
        cases.add("payloadChecksum", "coded-align%d" % alignment, build([fine(), dense(raw_fields=wrong)], alignment=alignment), "t1.payload",
                  "a coded payload's checksum is wrong", 1)
    in_place = Tensor("b", [1], Float("f32"), [ONE])
    for distance in (0, 1):
        built = build([dense(), in_place], patch={("t1.padding", distance): 1}, alignment=64)
        cases.add("paddingNotZero", "coded-then-in-place-byte%d" % distance, built, ("t1.padding", distance),
                  "the padding between a coded payload and one that is used in place", 1)


def other_parts(cases):
    bad = adder(cases, "badScale")
    bad("before-description", dense(element=affine(scales=[0])), "scales", "scales are checked before the coded part", description_s=bit_text(3, 5))
    bad = adder(cases, "badZeroPoint")
    bad("width4", dense(element=affine(zero_points=[8])), "zeroPoints", "zero point 8 is no code of 4 bits")
    bad = adder(cases, "badCodebook")
    book = Codebook([0xBF800000, 0, ONE])
    bad("sparse-zero", sparse(cells=[0, None, 1, 2, None], element=book, codings=[Coding(), Coding()]), ("codebook", 4), "a sparse tensor's codebook has no 0")
    bad = adder(cases, "codeOutOfRange")
    book = Codebook([HALF_ONE + n for n in range(5)], True)
    bad("raw-codebook5-index5", dense([3], [0, 4, 0], [Coding()], element=book), ("block0.stream0", 2), "index 5 of 5 entries",
        block0_stream0_bytes=bytes([0, 4, 5]))
    bad("raw-codebook5-index255-sparse", sparse(cells=[0, None, 4, None, 1], codings=[Coding(), Coding()], element=book), "block0.stream1",
        "index 255 of 5 entries", block0_stream1_bytes=bytes([255, 4, 9]))
    bad("raw-codes-width4", dense(codings=[Coding()]), ("block0.stream0", 1), "symbol 16 of 16", block0_stream0_bytes=bytes([0, 16, 0, 99, 0]))
    bad("raw-codes-width12", dense(codings=[Coding()], element=affine(12)), ("block0.stream0", 4), "symbol 144 of 144",
        block0_stream0_bytes=bytes([0, 16, 0, 143, 144]))


def descriptions(cases):
    many = "1" * 15
    bad = adder(cases, "badTable")
    reason = "15 one bits lead an Exp-Golomb field"
    bad("15-ones-classes", dense(), "description.stream0.classes", reason, description_stream0_classes=many)
    bad("15-ones-positionClasses", sparse(), "description.stream0.positionClasses", reason, description_stream0_positionClasses=many)
    for group in (1, 2, 8):
        bad("15-ones-group%d" % group, signs(1, 9), "description.stream0.table0", reason, **{"description_stream0_table0_group%d" % group: many})
    wide = Line((0, 99), None, (12, 3), (15, 3))
    for field in ("knots", "x", "gap1", "hole1", "change1", "gap2", "change2"):
        bad("15-ones-" + field, dense(codings=[Coding(1, 8, [wide])], cells=[-8] * 5), "description.stream0.table0", reason,
            **{"description_stream0_table0_" + field: many})
    bad("more-than-15-ones", dense(), "description.stream0.classes", "the sixteenth bit is not read", description_stream0_classes="1" * 50)

    group = lambda n, value: {"description_stream0_table0_group%d" % n: eg(0, value)}
    bad("groups-257-of-256", signs(1, 9), "description.stream0.table0", "the frequencies of 255 symbols are 256 and one more", **group(8, 3))
    bad("groups-largest", signs(1, 9), "description.stream0.table0", "the largest field", **group(4, 32766))
    bad("groups-all-largest", signs(1, 9), "description.stream0.table0", "eight of the largest fields",
        **{name: value for n in range(1, 9) for name, value in group(n, 32766).items()})
    bad("groups-mask", masks(2, 9, Coding(1, 9, [FLAT8])), "description.stream0.table0", "8 * 34 + 247 of 512",
        description_stream0_table0_group1=eg(0, 34))
    two = [Groups(*[1] * 8), Groups(0, 0, 0, 0, 0, 0, 0, 256)]
    bad("groups-second-table", signs(1, 9, codings=[Coding(1, 8, two, [0])]), "description.stream0.table1", "the second table's frequencies are above M",
        description_stream0_table1_group8=eg(0, 257))
    bad("groups-second-stream", masks(2, 9, Coding(1, 8, [FLAT8])), "description.stream1.table0", "the codes' frequencies are above M",
        description_stream1_table0_group7=eg(0, 2))

    line = lambda label, table, reason, element=None, cells=(0,) * 5, **replace: bad(
        label, dense(codings=[Coding(1, 8, [table])], element=element, cells=cells), "description.stream0.table0", reason,
        **{"description_stream0_table0_" + name: value for name, value in replace.items()})
    only = Line((8, 20))
    line("x-16-of-16", only, "the first knot is behind the last symbol", x=eg(2, 16))
    line("x-largest", only, "the first knot is behind the last symbol", x=eg(2, 131067))
    middle = Line((0, 20), mirrored=True)
    line("mirrored-x-9-of-8", middle, "the first knot is behind x = 8", x=eg(2, 9))
    line("mirrored-gap-behind-8", BELL16, "the second knot is behind x = 8", gap1=eg(1, 8))
    line("gap-behind-15", FLAT16, "the second knot is behind symbol 15", gap1=eg(1, 15))
    line("gap-largest", FLAT16, "the second knot is behind symbol 15", gap1=eg(1, 65533))
    line("knots-more-than-symbols", FLAT16, "knots rise, so 65 534 of them do not fit", knots=eg(1, 65533), change1=eg(2, 1) + (eg(1, 0) + eg(2, 1)) * 9)
    line("gap-behind-buckets", Line((0, 20), (72, 20), mirrored=True), "12 bits have 72 buckets a side", affine(12), gap1=eg(1, 72))
    line("x-behind-buckets", Line((72, 20)), "12 bits have 144 symbols", affine(12), x=eg(2, 144))
    book = Codebook([HALF_ONE, HALF_ONE + 1, HALF_ONE + 2], True)
    line("x-behind-codebook", Line((0, 20)), "an alphabet of three entries", book, x=eg(2, 3))
    line("gap-behind-codebook", Line((0, 20), (2, 20)), "an alphabet of three entries", book, gap1=eg(1, 2))
    line("level-above-127", Line((0, 100), (15, 127)), "level 128", change1=eg(2, 1 + 2 * 28))
    line("level-below-0", Line((0, 100), (15, 0)), "level -1", change1=eg(2, 1 + 2 * 101 - 1))
    line("level-far-above", Line((0, 100), (15, 0)), "the largest even e", change1=eg(2, 131067))
    line("level-far-below", Line((0, 100), (15, 0)), "the largest odd e", change1=eg(2, 131066))
    line("level-before-second-change", Line((0, 127), (3, 127), (15, 127)), "level 127 and up, then down again", change1=eg(2, 3), change2=eg(2, 2))
    hole = Line((0, 20), (8, 20), None, (15, 20))
    line("change-0-behind-hole", hole, "a hole, and then another", change2=eg(2, 0))
    line("change-0-behind-first-hole", Line((8, 20), None, (15, 20)), "a hole, and then another", change1=eg(2, 0))
    floats = Tensor("a", [2], Float("f16"), [HALF_ONE] * 2, CODED, coded=Coded(31, [Coding(1, 8, [Line((0, 20), (255, 20))])] * 2))
    bad("plane-gap-behind-255", floats, "description.stream1.table0", "the second plane's table", description_stream1_table0_gap1=eg(1, 255))
    bad("second-class", signs_of_classes(), "description.stream0.table2", "the third class's table", description_stream0_table2_gap1=eg(1, 15))

    bad = adder(cases, "badClass")
    classes = signs_of_classes()
    bad("segment3-of-3", classes, "description.stream0.segment4", "class 3 of three", description_stream0_segment4="11")
    bad("segment-first", classes, "description.stream0.segment0", "class 3 of three", description_stream0_segment0="11",
        description_stream0_segment1="11")
    seventeen = dense([9, 2], [0] * 18, [Coding(1, 8, [Line((8, 1))] * 17, [n for n in range(9)])], s=0)
    bad("segment17-of-17", seventeen, "description.stream0.segment8", "class 17 of 17", description_stream0_segment8=bit_text(17, 5))
    bad("segment31-of-17-one-segment", dense(codings=[Coding(1, 8, [Line((8, 1))] * 17, [0])], cells=[0] * 5), "description.stream0.segment0",
        "class 31 of 17", description_stream0_segment0=bit_text(31, 5))
    places = masks(4, 61, Coding(1, 8, [FLAT8] * 6, [0, 1, 0, 1], [2, 1, 0, 2, 1, 0, 2, 1], 3), 0)
    bad("position3-of-3", places, "description.stream0.position7", "position class 3 of three", description_stream0_position7="11")
    bad("position-first", places, "description.stream0.position0", "position class 3 of three", description_stream0_position0="11")
    five = masks(2, 20, Coding(1, 8, [FLAT8] * 5, None, [4, 3, 0], 5), 0)
    bad("position5-of-5", five, "description.stream0.position1", "position class 5 of five", description_stream0_position1=bit_text(5, 3))
    bad("segment-before-position", masks(2, 20, Coding(1, 8, [FLAT8] * 9, [0, 1], [0, 1, 0], 3), 0), "description.stream0.segment1",
        "the classes of segments come first", description_stream0_segment1="11", description_stream0_position0="11")

    bad = adder(cases, "badParameter")
    bad("precision7", dense(), "description.stream0.precision", "P would be 15", description_stream0_precision="111")
    bad("precision7-mask", sparse(), "description.stream0.precision", "P would be 15", description_stream0_precision="111")
    bad("precision7-second-stream", sparse(), "description.stream1.precision", "P would be 15", description_stream1_precision="111")
    bad("classes33", dense(), "description.stream0.classes", "33 classes", description_stream0_classes=eg(0, 32))
    bad("classes-14-ones", dense(), "description.stream0.classes", "14 one bits are read", description_stream0_classes=eg(0, 32766))
    bad("classes33-before-positionClasses", sparse(), "description.stream0.classes", "fields are checked in their order",
        description_stream0_classes=eg(0, 32), description_stream0_positionClasses="1" * 15)
    row = lambda c, d, s=0: masks(4, 9, Coding(1, 8, [FLAT8] * (c * d), [0] * (4 if s == 0 else 2 if s == 1 else 1), [0, 0], d), s)
    bad("positionClasses9", row(1, 1), "description.stream0.positionClasses", "9 position classes", description_stream0_positionClasses=eg(0, 8))
    bad("positionClasses-largest", row(1, 1), "description.stream0.positionClasses", "14 one bits are read", description_stream0_positionClasses=eg(0, 32766))
    bad("65-tables", row(13, 1), "description.stream0.positionClasses", "13 * 5 tables", description_stream0_positionClasses=eg(0, 4))
    bad("66-tables", row(22, 1), "description.stream0.positionClasses", "22 * 3 tables", description_stream0_positionClasses=eg(0, 2))
    bad("256-tables", row(32, 1), "description.stream0.positionClasses", "32 * 8 tables", description_stream0_positionClasses=eg(0, 7))
    bad("positionClasses2-s1", row(1, 1, 1), "description.stream0.positionClasses", "position classes need s = 0", description_stream0_positionClasses=eg(0, 1))
    bad("positionClasses2-s31", row(1, 1, 31), "description.stream0.positionClasses", "position classes need s = 0", description_stream0_positionClasses=eg(0, 1))
    one_row = masks(4, 9, Coding(1, 8, [FLAT8]), 31, 0)
    bad("positionClasses2-s31-k0", one_row, "description.stream0.positionClasses", "s = 31 is not s = 0, though a segment is a row",
        description_stream0_positionClasses=eg(0, 1))
    for label, rows, k, s in (("s0-one-row", 1, 255, 0), ("s2-rows4", 4, 255, 2), ("s3-rows7", 7, 255, 3), ("s30-rows7", 7, 255, 30), ("s0-k0", 7, 0, 0),
                              ("s1-k1", 7, 1, 1), ("s2-k1", 7, 1, 2), ("s30-k2", 7, 2, 30)):
        bad(label, signs(rows, 3, k=k), "description.s", "a segment of 2^%d rows in a block of %s" % (s, 2**k if k != 255 else rows),
            description_s=bit_text(s, 5))
    bad("s0-rank1", dense(), "description.s", "a tensor of rank 1 is one row", description_s=bit_text(0, 5))

    bad = adder(cases, "paddingNotZero")
    for label, tensor in (("raw", dense(codings=[Coding()])), ("table", dense()), ("classes", signs_of_classes())):
        bad("description-" + label, tensor, ("description.end", -1), "a bit behind the last field is set",
            description_padding=lambda text: text[:-1] + "1")
        bad("description-" + label + "-first-bit", tensor, ("description.end", -1), "the bit behind the last field is set",
            description_padding=lambda text: "1" + text[1:])

    # Cut off: what would be there is not, whatever the rest of the file.
    bad = adder(cases, "badStream")

    def cut(label, tensor, at, reason, **replace):
        built = build([fine(), tensor], replace={"t1." + name.replace("_", "."): value for name, value in replace.items()})
        count = built.at(at) - built.at("t1.coded")
        tensor.raw_parts = {"coded": lambda content: content[:count]}
        bad(label, tensor, "coded.end", reason, **replace)

    cut("no-bytes", dense(), "t1.coded", "a coded part of no bytes")
    cut("no-bytes-float", Tensor("a", [1], Float("f16"), [HALF_ONE], CODED, coded=Coded(31, [Coding()] * 2)), "t1.coded", "a payload of no bytes")
    cut("description-cut-in-classes", dense(), ("t1.coded", 1), "the coded part ends in the first stream's fields")
    cut("description-cut-in-ones", dense(), ("t1.coded", 2), "the coded part ends in the one bits of a field", description_stream0_classes="1" * 14)
    cut("description-cut-in-table", dense(codings=[Coding(1, 8, [Line(*[(x, 9 * x) for x in range(14)])])]), ("t1.coded", 5), "the coded part ends in a table")
    cut("description-cut-in-level", dense(codings=[Coding(1, 8, [Line((8, 1))])], cells=[0] * 5), ("t1.coded", 2), "the coded part ends in a level")
    cut("description-cut-in-groups", signs(1, 9, codings=[Coding(1, 14, [Groups(100, 20, 9, 1, 1, 1, 1, 1)])]), ("t1.coded", 4), "the coded part ends in a table")
    cut("description-cut-before-second-stream", sparse(codings=[Coding(), Coding(1, 8, [BELL16])]), ("t1.coded", 1), "the coded part ends before its second stream")
    cut("description-cut-in-segments", signs_of_classes(), "t1.description.stream0.segment4", "the coded part ends in the classes of segments")
    cut("description-cut-in-positions", places, "t1.description.stream0.position7", "the coded part ends in the classes of positions")
    cut("starts-none", sparse(), "t1.starts", "the coded part ends with its description, and has two streams")
    cut("starts-cut", signs(5, 3, k=0), "t1.start3", "the coded part ends before the last start")
    cut("starts-cut-before-order", signs(5, 3, k=0), "t1.start3", "that they fit is checked first", start0=entry(255))

    bad = adder(cases, "rowTableOrder")
    bad("start-falls", signs(5, 3, k=0), "start2", "the third start is below the second", start2=entry(5))
    whole = build([fine(), signs(5, 3, k=0)])
    size = whole.at("t1.coded.end") - whole.at("t1.block0.stream0")
    bad("start-behind-end", signs(5, 3, k=0), "start3", "a start one byte behind the end", start3=entry(size + 1))
    at_end = adder(cases, "badStream")
    at_end("start-at-end", signs(5, 3, k=0), "block4.stream0", "a start at the end is in its place; the stream before has bytes left", start3=entry(size))
    bad("start-255", signs(5, 3, k=0), "start0", "a start far behind the end", start0=entry(255))
    bad("start-behind-end-streams", sparse(), "start0", "the second stream of one block", start0=entry(200))
    low = dense([4, 1], [100, -100, 7, 99], [Coding()], 1, element=affine(12))
    bad("start-of-low-bits-falls", low, "start2", "low bits have a start too", start2=entry(0))
    cutting = signs(5, 3, k=0)
    count = whole.at("t1.block0.stream0") - whole.at("t1.coded")
    cutting.raw_parts = {"coded": lambda content: content[:count]}
    bad("starts-fit-streams-do-not", cutting, "start0", "the coded part ends with its starts")


def entry(value):
    """A start of as many bytes as the one it replaces."""
    return lambda own: value.to_bytes(len(own), "little")


def signs_of_classes():
    """Codes of 4 bits in rows of three classes, with a description of several bytes."""
    tables = [BELL16, FLAT16, Line((0, 60), (15, 60))]
    return dense([5, 4], [e % 7 - 3 for e in range(20)], [Coding(1, 8, tables, [0, 1, 2, 1, 0])], s=0)


def streams(cases):
    bad = adder(cases, "badStream")
    four = lambda **options: dense([30], [e % 9 - 4 for e in range(30)], [Coding(2, 8, [BELL16])], **options)
    one = lambda **options: dense([30], [e % 9 - 4 for e in range(30)], **options)
    bad("state-FFFF", one(), "block0.stream0.state0", "a state is at least 2^16", block0_stream0_state0=u32(0xFFFF))
    bad("state-0", one(), "block0.stream0.state0", "a state is at least 2^16", block0_stream0_state0=u32(0))
    for lane in (1, 3):
        bad("state-lane%d" % lane, four(), "block0.stream0.state%d" % lane, "a state is at least 2^16", **{"block0_stream0_state%d" % lane: u32(65535)})
    bad("state-first-of-two", four(), "block0.stream0.state1", "states are checked in their order", block0_stream0_state1=u32(9),
        block0_stream0_state2=u32(8))
    wide = dense(codings=[Coding(3, 8, [BELL16])])
    bad("state-lane31", wide, "block0.stream0.state31", "the state of a lane without symbols", block0_stream0_state31=u32(1))
    bad("states-none", four(), "block0.stream0.end", "symbols without states", block0_stream0_words=b"",
        **{"block0_stream0_state%d" % lane: b"" for lane in range(4)})
    bad("states-cut", four(), "block0.stream0.end", "the stream ends in its last state", block0_stream0_words=b"", block0_stream0_state3=b"\0\0\1")
    bad("state-before-states-cut", four(), "block0.stream0.state0", "a state is checked before the next is read", block0_stream0_words=b"",
        block0_stream0_state0=u32(65535), block0_stream0_state3=b"\0\0\1")
    for label, tensor in (("one-lane", one()), ("four-lanes", four())):
        bad("word-missing-" + label, tensor, "block0.stream0.end", "the last word is missing", block0_stream0_words=lambda words: words[:-2])
        bad("word-cut-" + label, tensor, "block0.stream0.end", "half of the last word is missing", block0_stream0_words=lambda words: words[:-1])
        bad("words-missing-" + label, tensor, "block0.stream0.end", "all words are missing", block0_stream0_words=b"")
        bad("byte-left-" + label, tensor, ("block0.stream0.end", -1), "a byte is left", block0_stream0_words=lambda words: words + b"\0")
        bad("word-left-" + label, tensor, ("block0.stream0.end", -2), "a word is left", block0_stream0_words=lambda words: words + b"\0\0")
    bad("end-state-one-lane", one(ends={(0, 0, 0): 2**16 + 1}), "block0.stream0.state0", "the state ends as 2^16 + 1")
    bad("end-state-largest", one(ends={(0, 0, 0): 2**32 - 1}), "block0.stream0.state0", "the state ends as 2^32 - 1")
    for lane in (1, 3):
        bad("end-state-lane%d" % lane, four(ends={(0, 0, lane): 2**17}), "block0.stream0.state%d" % lane, "a lane ends in another state")
    bad("end-state-first-of-two", four(ends={(0, 0, 1): 2**17, (0, 0, 3): 2**18}), "block0.stream0.state1", "end states are checked in their order")
    bad("end-state-lane-without-symbols", wide, "block0.stream0.state9", "a lane without symbols ends as it starts", block0_stream0_state9=u32(65537))
    same = dense(cells=[0] * 5, codings=[Coding(1, 8, [Line((8, 5))])])
    bad("end-state-one-symbol-table", same, "block0.stream0.state0", "a table of one symbol leaves the state as it is", block0_stream0_state0=u32(0x12345678))
    bad("end-state-before-bytes-left", one(ends={(0, 0, 0): 2**16 + 1}), "block0.stream0.state0", "the end state is checked before what is left",
        block0_stream0_words=lambda words: words + b"\0")
    bad("symbol-fewer", one(alter={(0, 0): lambda symbols: symbols[:-1]}), "block0.stream0.end", "29 symbols for 30 codes")
    bad("symbol-more", one(alter={(0, 0): lambda symbols: symbols + symbols[-1:]}), "block0.stream0.state0", "31 symbols for 30 codes")
    for label, tensor in (("first", signs(7, 3, k=1, ends={(0, 0, 0): 2**16 + 1})), ("last", signs(7, 3, k=1, ends={(3, 0, 0): 2**16 + 1}))):
        bad("end-state-%s-block" % label, tensor, "block%d.stream0.state0" % (0 if label == "first" else 3), "each block's streams end")
    bad("first-of-two-blocks", signs(7, 3, k=1, ends={(1, 0, 0): 2**17, (2, 0, 0): 2**18}), "block1.stream0.state0", "blocks are checked in their order")
    zeros = dense([2, 3], [0] * 6, [Coding(1, 8, [Line((8, 5))])], 0)
    bad("state-cut-in-first-block", zeros, "block0.stream0.end", "the next stream's first byte is not a part of this one's state",
        block0_stream0_state0=b"\0\0\1")
    two = dense([2, 15], [e % 9 - 4 for e in range(30)], k=0)
    bad("word-missing-in-first-block", two, "block0.stream0.end", "the next stream's bytes are not words of this one",
        block0_stream0_words=lambda words: words[:-2])
    bad("word-cut-in-first-block", two, "block0.stream0.end", "the next stream's first byte is not a part of this one's word",
        block0_stream0_words=lambda words: words[:-1])
    bad("first-of-two-streams", sparse(ends={(0, 0, 0): 2**17, (0, 1, 0): 2**18}), "block0.stream0.state0", "streams are checked in their order")
    planes = lambda **options: Tensor("a", [3], Float("f32"), [ONE, TWO, 0xC0490FDB], CODED, coded=Coded(31, [
        Coding(), Coding(1, 9, [Line((0, 9), (255, 9))]), Coding(), Coding()], **options))
    bad("end-state-plane", planes(ends={(0, 1, 0): 2**17}), "block0.stream1.state0", "the second plane ends in another state")
    bad("raw-plane-short", planes(), "block0.stream2.end", "two bytes for three floats", block0_stream2_bytes=b"\0\0")
    bad("raw-plane-long", planes(), ("block0.stream3", 3), "four bytes for three floats", block0_stream3_bytes=b"\0" * 4)

    raw = lambda **options: dense(codings=[Coding()], **options)
    bad("raw-short", raw(), "block0.stream0.end", "four bytes for five codes", block0_stream0_bytes=bytes(4))
    bad("raw-long", raw(), ("block0.stream0", 5), "six bytes for five codes", block0_stream0_bytes=bytes(6))
    bad("raw-none", raw(), "block0.stream0.end", "no byte for five codes", block0_stream0_bytes=b"")
    bad("raw-short-before-symbols", raw(), "block0.stream0.end", "the number of bytes is checked first", block0_stream0_bytes=bytes([99] * 4))
    bad("raw-long-before-symbols", raw(), ("block0.stream0", 5), "the number of bytes is checked first", block0_stream0_bytes=bytes([99] * 7))
    low = lambda **options: dense([6], [100, -100, 7, 99, 2047, -2048], [Coding()], element=affine(12), **options)
    bad("low-bits-short", low(), "block0.stream1.end", "a byte fewer than the low bits need", block0_stream1_bytes=lambda own: own[:-1])
    bad("low-bits-long", low(), ("block0.stream1.end", -1), "a byte more than the low bits need", block0_stream1_bytes=lambda own: own + b"\0")
    bad("low-bits-long-two", low(), ("block0.stream1.end", -2), "the first byte that is left", block0_stream1_bytes=lambda own: own + b"\0\1")
    bad("low-bits-none", low(), "block0.stream1.end", "no byte for low bits", block0_stream1_bytes=b"")
    small = dense([3], [15, -16, 0], [Coding()], element=affine(12))
    bad("low-bits-of-small-codes", small, "block0.stream1", "no code has low bits", block0_stream1_bytes=b"\0")
    exact = dense([8], [31] * 8, [Coding()], element=affine(9))
    bad("low-bits-long-full-byte", exact, ("block0.stream1", 1), "eight bits fill a byte", block0_stream1_bytes=b"\xff\0")
    bad("low-bits-long-before-padding", low(), ("block0.stream1.end", -1), "the number of bytes is checked before the unused bits",
        block0_stream1_bytes=lambda own: own[:-1] + bytes([own[-1] | 128]) + b"\0")

    nothing = lambda element, codings, **options: sparse([4, 2], [None] * 8, codings, element=element, **options)
    none = (("raw", Coding()), ("coded", Coding(1, 8, [FLAT16])), ("four-lanes", Coding(2, 8, [FLAT16])))
    for label, coding in none:
        bad("no-symbols-%s-byte" % label, nothing(affine(), [Coding(1, 8, [Groups()]), coding]), "block0.stream1", "nothing is stored", block0_stream1_bytes=b"\0")
    bad("no-symbols-state", nothing(affine(), [Coding(1, 8, [Groups()]), Coding(1, 8, [FLAT16])]), "block0.stream1", "no symbols have no states",
        block0_stream1_bytes=u32(65536))
    bad("no-symbols-low-bits", nothing(affine(12), [Coding(), Coding()]), "block0.stream2", "nothing is stored", block0_stream2_bytes=b"\0")
    bad("no-symbols-second-block", sparse([4, 2], [1, None] + [None] * 4 + [1, None], [Coding(), Coding()], 0), "block1.stream1", "the second row is empty",
        block1_stream1_bytes=b"\0")
    plane = sparse([2], [None] * 2, [Coding()] * 3, element=Float("f16"))
    bad("no-symbols-last-plane", plane, "block0.stream2", "nothing is stored", block0_stream2_bytes=b"\0")

    # More or fewer stored elements than codes.
    seven = lambda **options: sparse([9], [1, None, 2, 3, None, 4, 5, 6, 7], **options)
    set_mask = lambda *bits: {(0, 0): lambda symbols: [(table, symbol) for (table, _), symbol in zip(symbols, bits)]}
    bad("values-more-than-mask", seven(alter=set_mask(0x6D, 1)), "block0.stream1.state0", "seven codes for six bits")
    bad("values-fewer-than-mask", seven(alter=set_mask(0xFD, 1)), "block0.stream1.end", "seven codes for eight bits")
    raw_seven = lambda **options: seven(codings=[Coding(1, 8, [FLAT8]), Coding()], **options)
    bad("raw-values-more-than-mask", raw_seven(alter=set_mask(0x6D, 1)), ("block0.stream1", 6), "seven bytes for six bits")
    bad("raw-values-fewer-than-mask", raw_seven(alter=set_mask(0xFD, 1)), "block0.stream1.end", "seven bytes for eight bits")

    bad = adder(cases, "positionCountMismatch")
    for label, coding in (("raw", Coding()), ("coded", Coding(1, 8, [FLAT8]))):
        more = lambda nnz, **options: sparse(codings=[coding, Coding()], raw_fields={"nnz": leb(nnz)}, **options)
        bad("mask-%s-more-than-nnz" % label, more(2), "block0.stream0", "three bits for two non-zeros")
        bad("mask-%s-fewer-than-nnz" % label, more(4), "block0.stream0", "three bits for four non-zeros")
    bad("nnz0", sparse(raw_fields={"nnz": leb(0)}), "block0.stream0", "three bits for no non-zero")
    bad("no-bits", sparse(cells=[None] * 5, raw_fields={"nnz": leb(1)}), "block0.stream0", "no bit for one non-zero")
    rows = lambda nnz: masks(7, 5, Coding(1, 8, [FLAT8]), 31, 1, raw_fields={"nnz": leb(nnz)})
    bad("last-of-four-blocks-more", rows(11), "block3.stream0", "the sum of all blocks, at the last one's mask")
    bad("last-of-four-blocks-fewer", rows(13), "block3.stream0", "the sum of all blocks, at the last one's mask")
    bad = adder(cases, "badStream")
    bad("last-block-before-count", masks(7, 5, Coding(1, 8, [FLAT8]), 31, 1, raw_fields={"nnz": leb(11)}, ends={(3, 1, 0): 2**17}),
        "block3.stream1.state0", "the count is compared behind the last block")

    bad = adder(cases, "paddingNotZero")
    bit = lambda block, stream, index, mask: {(block, stream): lambda symbols: [
        (table, symbol | mask if n == index % len(symbols) else symbol) for n, (table, symbol) in enumerate(symbols)]}
    bad("mask-behind-segment", sparse(alter=bit(0, 0, 0, 32)), "block0.stream0", "bit 5 of a segment of 5")
    bad("mask-behind-segment-raw", sparse(codings=[Coding(), Coding()], alter=bit(0, 0, 0, 128)), "block0.stream0", "bit 7 of a segment of 5")
    bad("mask-behind-first-of-segments", masks(4, 11, Coding(1, 8, [FLAT8]), 0, alter=bit(0, 0, 1, 8)), "block0.stream0", "the first row's second symbol")
    bad("mask-behind-last-of-segments", masks(4, 11, Coding(1, 8, [FLAT8]), 0, alter=bit(0, 0, 7, 128)), "block0.stream0", "the last row's second symbol")
    bad("mask-second-block", masks(4, 11, Coding(1, 8, [FLAT8]), 31, 1, alter=bit(1, 0, -1, 64)), "block1.stream0", "bit 22 of a segment of 22")
    bad("bits-dense", signs(1, 9, alter=bit(0, 0, 1, 2)), "block0.stream0", "a bit behind the last element")
    bad("bits-dense-codebook", dense([3], [0, 1, 1], [Coding()], element=Codebook([HALF_ONE, HALF_ONE + 1], True), alter=bit(0, 0, 0, 16)), "block0.stream0",
        "a bit behind the last index")
    bad("bits-dense-segment", signs(5, 3, s=1, alter=bit(0, 0, 0, 64)), "block0.stream0", "a bit behind a segment of two rows")
    bad("bits-dense-short-segment", signs(5, 3, s=1, alter=bit(0, 0, 2, 8)), "block0.stream0", "a bit behind the last segment of one row")
    bad("bits-behind-last-stored", masks(3, 5, Coding(1, 8, [FLAT8]), alter=bit(0, 1, 0, 32)), "block0.stream1", "bit 5 of five stored elements")
    bad("bits-behind-last-stored-segment", masks(4, 11, Coding(1, 8, [FLAT8]), 0, alter=bit(0, 1, 1, 128)), "block0.stream1", "the second row stores four")
    bad("low-bits", low(alter={(0, 1): lambda text: text + "1"}), ("block0.stream1.end", -1), "a bit behind the last code's low bits")
    bad("low-bits-last-bit", low(), ("block0.stream1.end", -1), "the last bit of the low bits", block0_stream1_bytes=lambda own: own[:-1] + bytes([own[-1] | 128]))
    bad("low-bits-before-storedZero", sparse([3], [0, 200, None], [Coding(), Coding()], element=affine(12)), "block0.stream2", "the streams are checked before the elements",
        block0_stream2_bytes=lambda own: own[:-1] + bytes([own[-1] | 128]))
    bad("mask-before-values", sparse(alter=bit(0, 0, 0, 32), ends={(0, 1, 0): 2**17}), "block0.stream0", "a mask is checked before the next stream")
    bad = adder(cases, "badStream")
    bad("bytes-left-before-padding", sparse(alter=bit(0, 0, 0, 32)), ("block0.stream0.end", -1), "the stream's end is checked before the unused bits",
        block0_stream0_words=lambda words: words + b"\0")


def stored_zeros(cases):
    bad = adder(cases, "storedZero")
    reason = "one of three stored elements is a zero"
    floats = lambda kind, size, cells: sparse(cells=cells, codings=[Coding()] * (1 + size), element=Float(kind))
    bad("f32", floats("f32", 4, [ONE, None, 0, None, TWO]), "block0.stream1", reason)
    bad("f16", floats("f16", 2, [HALF_ONE, None, 0x8000, None, 0]), "block0.stream1", reason)
    bad("bf16", floats("bf16", 2, [0, None, 0x3F80, None, 0x8000]), "block0.stream1", reason)
    for mode in (0, 1):
        codings = [Coding(1, 8, [FLAT8]), Coding(mode, 8, [BELL16] if mode else [])]
        bad("symmetric-mode%d" % mode, sparse(cells=[1, None, 0, None, 3], codings=codings), "block0.stream1", reason)
        bad("zero-point-mode%d" % mode, sparse(cells=[1, None, 0, None, -3], codings=codings, element=affine(zero_points=[-3])), "block0.stream1", reason)
    wide = lambda cells, **options: sparse(cells=cells, codings=[Coding()] * 2, element=affine(12, **options))
    bad("width12", wide([1, None, 2, None, 0]), "block0.stream1", reason)
    bad("width12-zero-point", wide([1, None, 2, None, -300], zero_points=[-300]), "block0.stream1", reason)
    bad("width1-zero-point", sparse(cells=[-1, None, 0, None, -1], codings=[Coding()] * 2, element=affine(1, zero_points=[0])), "block0.stream1", reason)
    group = Affine(3, ("group", 4), scales=[ONE] * 4, zero_points=[0, 1, 2, 3])
    cells = [1, None, 3, None, None, 2] + [1, None, None, None, 1, 3]
    bad("zero-point-of-its-group", sparse([2, 3, 2], cells, [Coding()] * 2, element=group), "block0.stream1",
        "a row of 6 elements has two groups; the last element is in the fourth, whose zero point is 3")
    axis = Affine(3, ("axis", 1), scales=[ONE] * 3, zero_points=[0, 1, 2])
    bad("zero-point-of-its-axis", sparse([2, 3], [1, 2, 0, 3, 1, 0], [Coding()] * 2, element=axis), "block0.stream1", "the fifth element is the second column's zero point")
    rows = lambda cells, **options: sparse([5, 2], cells, [Coding(1, 8, [FLAT8]), Coding(1, 8, [BELL16])], 1, 0 if options.pop("s0", False) else 31, **options)
    bad("second-block", rows([1, 2, 3, None, 1, None, 0, 1, None, 1]), "block1.stream1", "in the second block, at its codes")
    bad("last-block", rows([1, 2, 3, None, 1, None, 1, 1, 0, None], s0=True), "block2.stream1", "in the last block, at its codes")
    bad("before-next-block", rows([1, 0, 3, None, 1, None, 1, 1, 1, None], ends={(1, 0, 0): 2**17}), "block0.stream1", "a block is checked before the next")
    bad("before-count", rows([1, 1, 3, None, 1, None, 1, 1, 0, None], raw_fields={"nnz": leb(9)}), "block2.stream1", "the count is compared behind the last block")
    bad = adder(cases, "badStream")
    bad("second-plane-before-storedZero", floats("f16", 2, [0, None, 0, None, 0]), "block0.stream2.end", "the streams are checked before the elements",
        block0_stream2_bytes=b"\0\0")


def add_all(cases):
    for group in (records, other_parts, descriptions, streams, stored_zeros):
        group(cases)
