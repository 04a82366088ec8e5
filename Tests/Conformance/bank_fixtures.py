"""The fixtures of banks (section 15): valid ones, and damaged ones whose checksum is right unless that is what is wrong."""

from fixture_writer import Built, Float, Tensor, build, crc, u8, u16, u32

ONE = 0x3F800000


def container(count, alignment=4):
    """A small container: `count` floats named w."""
    return build([Tensor("w", [count], Float("f32"), [ONE + n for n in range(count)])], alignment=alignment).data


def bank(models, exponent=4, replace=None, patch=None, tail=b""):
    """models: (name, bytes) in the index's order. replace: fields by name; patch: (mark, distance) -> byte, of names and padding.

    Fields: magic version alignment modelCount checksum, e0.offset e0.byteCount e0.nameOffset e0.nameByteCount e0.reserved,
    names name0, padding0 before model0.
    """
    replace, patch = dict(replace or {}), dict(patch or {})
    built = Built()
    unit = 1 << exponent

    def field(name, content):
        content = bytearray(replace.pop(name, content))
        for mark, distance in list(patch):
            if mark == name:
                content[distance] = patch.pop((mark, distance))
        built.add(name, bytes(content))

    field("magic", b"\x89PBK\r\n\x1a\n")
    field("version", u8(0))
    field("alignment", u8(exponent))
    field("modelCount", u16(len(models)))
    built.add("checksum", bytes(4))
    name_offset = 16 + 16 * len(models)
    end = name_offset + sum(len(name) for name, _ in models)
    for n, (name, data) in enumerate(models):
        offset = (end + unit - 1) // unit * unit
        field("e%d.offset" % n, u32(offset))
        field("e%d.byteCount" % n, u32(len(data)))
        field("e%d.nameOffset" % n, u32(name_offset))
        field("e%d.nameByteCount" % n, u16(len(name)))
        field("e%d.reserved" % n, u16(0))
        name_offset += len(name)
        end = offset + len(data)
    built.marks["index.end"] = len(built.data)
    for n, (name, _) in enumerate(models):
        field("name%d" % n, name)
    for n, (_, data) in enumerate(models):
        field("padding%d" % n, bytes(-len(built.data) % unit))
        field("model%d" % n, data)
    built.marks["end"] = len(built.data)
    built.data += tail
    # The checksum's bytes end where the first entry says, and at the file's end when that is behind it.
    first = int.from_bytes(built.data[16:20], "little")
    checksum = replace.pop("checksum", crc(built.data[:12] + built.data[16:first]))
    built.data = built.data[:12] + checksum + built.data[16:]
    assert not replace and not patch, (replace, patch)
    return built


class Bank:
    def __init__(self, name, models, **options):
        self.name, self.models = name + ".bank", models
        self.built = bank(models, **options)
        self.data = self.built.data

    def rows(self):
        for n, (name, data) in enumerate(self.models):
            yield self.name, name.decode("utf-8"), str(self.built.at("model%d" % n)), str(len(data)), "%08x" % int.from_bytes(crc(data), "little")


TWO = [(b"amp", container(3)), (b"drive", container(8))]


def all_banks():
    damaged = bytearray(container(4))
    damaged[-1] ^= 1
    names = [b"a", b"a.b", b"ab", b"b", "gitarre \u00e4".encode("utf-8"), "\u97f3".encode("utf-8")]
    return [
        Bank("one", [(b"m", container(1))]),
        Bank("two", TWO),
        Bank("names", [(name, container(n)) for n, name in enumerate(names)]),
        Bank("name-255-bytes", [(b"x" * 254, container(1)), (b"x" * 255, container(2))]),
        Bank("names-fill-the-unit", [(b"x" * 32, container(4))]),
        Bank("align64", [(b"amp", container(3, alignment=64)), (b"drive", container(8, alignment=16))], exponent=6),
        Bank("align4096", TWO, exponent=12),
        Bank("model-damaged", [(b"damaged", bytes(damaged)), (b"good", container(2))]),
        Bank("model-empty", [(b"a", b""), (b"b", container(1)), (b"c", b"")]),
        Bank("seventeen", [(b"m%02d" % n, container(n)) for n in range(17)]),
    ]


class Case:
    def __init__(self, code, name, offset, reason, data):
        self.code, self.name, self.offset, self.reason, self.data = code, "%s-%s.bank" % (code, name), offset, reason, data


def all_bad_banks():
    cases = []

    def damaged(code, name, place, reason, models=TWO, data=None, **options):
        built = bank(models, **options)
        cases.append(Case(code, name, built.at(place), reason, built.data if data is None else data))

    def cut(name, place, reason, **options):
        built = bank(TWO, **options)
        end = built.at(place)
        cases.append(Case("truncated", name, end, reason, built.data[:end]))

    for name, magic in (("lf-to-crlf", b"\x89PBK\r\r\n\x1a"), ("last-byte", b"\x89PBK\r\n\x1a\x0b"), ("lower-case", b"\x89Pbk\r\n\x1a\n")):
        damaged("badMagic", name, 0, "the magic is damaged", replace={"magic": magic})
    damaged("unsupportedMajor", "1", "version", "version 1", replace={"version": u8(1), "alignment": u8(0)})
    for exponent in (0, 3, 17, 255):
        damaged("badIndex", "alignment%d" % exponent, "alignment", "the alignment is outside its range", replace={"alignment": u8(exponent)})
    damaged("badIndex", "modelCount0", "modelCount", "a bank without models", replace={"modelCount": u16(0)})
    cut("in-magic", 5, "the file ends in the magic")
    cut("in-header", 15, "the file ends in the header")
    cut("behind-header", 16, "the file ends behind the header")
    cut("in-index", ("index.end", -1), "the file ends in the index")
    cut("in-names", ("name1", 2), "the file ends in the names")
    cut("in-padding", ("padding1", 1), "the file ends in the padding")
    cut("in-model", ("end", -1), "the file ends in the last model")
    damaged("truncated", "modelCount-65535", "end", "the index does not fit the file", replace={"modelCount": u16(65535)})
    damaged("truncated", "first-offset-behind-end", "end", "the first model begins behind the file", replace={"e0.offset": u32(0xFFFFFFFF)})
    damaged("badIndex", "first-offset-in-index", "e0.offset", "the first model begins in the index", replace={"e0.offset": u32(47)})
    damaged("badIndex", "first-offset-0", "e0.offset", "the first model begins at 0", replace={"e0.offset": u32(0)})
    for name, options in (("checksum", {"replace": {"checksum": u32(0)}}),):
        damaged("indexChecksum", name, "checksum", "the checksum is damaged", **options)
    good = bank(TWO)
    for name, place in (("alignment", "alignment"), ("name", "name1"), ("entry", ("e1.byteCount", 2)), ("padding", "padding0")):
        data = bytearray(good.data)
        data[good.at(place)] ^= 1
        damaged("indexChecksum", name, "checksum", "a byte of header, index or names is damaged", data=bytes(data))
    damaged("badIndex", "nameOffset0", "e0.nameOffset", "the first name is not behind the index", replace={"e0.nameOffset": u32(49)})
    damaged("badIndex", "nameOffset1", "e1.nameOffset", "a name overlaps the one before it", replace={"e1.nameOffset": u32(50)})
    damaged("badIndex", "nameOffset-top-bit", "e1.nameOffset", "a name's offset has the top bit set", replace={"e1.nameOffset": u32(0x80000033)})
    damaged("badName", "empty", "e0.nameByteCount", "a name is empty", replace={"e0.nameByteCount": u16(0)})
    damaged("badName", "256-bytes", "e0.nameByteCount", "a name has 256 bytes", replace={"e0.nameByteCount": u16(256)})
    damaged("badIndex", "name-in-model", "e1.nameByteCount", "a name ends in the first model", replace={"e1.nameByteCount": u16(200)})
    damaged("reservedNotZero", "entry", "e1.reserved", "the reserved field is set", replace={"e1.reserved": u16(0x100)})
    damaged("reservedNotZero", "before-name", "e0.reserved", "the reserved field is checked before the name's bytes",
            replace={"e0.reserved": u16(1), "name0": b"\0mp"})
    damaged("badName", "control", "name1", "a name has a control character", replace={"name1": b"dri\ne"})
    damaged("badName", "utf8", "name0", "a name is not UTF-8", replace={"name0": b"am\xff"})
    damaged("nameOrder", "falls", "name1", "names fall", models=[TWO[1], TWO[0]])
    damaged("nameOrder", "equal", "name1", "two models have one name", models=[TWO[0], TWO[0]])
    damaged("nameOrder", "prefix-behind", "name1", "a prefix comes behind", models=[(b"amp2", TWO[0][1]), (b"amp", TWO[1][1])])
    damaged("badIndex", "first-offset-late", "e0.offset", "a unit too much before the first model", replace={"e0.offset": u32(80), "padding0": bytes(24)})
    damaged("badIndex", "first-offset-unaligned", "e0.offset", "the first model is not aligned", replace={"e0.offset": u32(60), "padding0": bytes(4)})
    damaged("paddingNotZero", "before-first-model", ("padding0", 3), "padding before the first model", patch={("padding0", 3): 1})
    damaged("paddingNotZero", "before-second-model", ("padding1", 0), "padding before another model", patch={("padding1", 0): 128})
    damaged("badIndex", "offset-overlaps", "e1.offset", "two models overlap", replace={"e1.offset": u32(64)})
    damaged("badIndex", "offset-late", "e1.offset", "a hole between two models", replace={"e1.offset": u32(good.at("model1") + 16)})
    damaged("badIndex", "offset-top-bit", "e1.offset", "an offset has the top bit set", replace={"e1.offset": u32(good.at("model1") + 0x80000000)})
    damaged("badIndex", "offset-before-padding", "e1.offset", "the offset is checked before the padding",
            replace={"e1.offset": u32(16)}, patch={("padding1", 0): 1})
    damaged("truncated", "byteCount", "end", "the first model ends behind the file", replace={"e0.byteCount": u32(len(good.data))})
    damaged("truncated", "byteCount-largest", "end", "the last model ends behind the file", replace={"e1.byteCount": u32(0xFFFFFFFF)})
    damaged("trailingBytes", "one-byte", "end", "a byte behind the last model", tail=b"\0")
    damaged("trailingBytes", "short-byteCount", ("end", -1), "the last model ends a byte early",
            replace={"e1.byteCount": u32(len(TWO[1][1]) - 1)})
    return cases
