"""Writes Pare containers from plain descriptions, for make_fixtures.py; it shares no code with Spec/reference/decode.py.

A description states what is stored (codes, indices, bit patterns), and the writer derives from it both the bytes and the
decoded values, the latter with integers only. Every field has a name, so that an invalid fixture can replace one field,
keep all checksums right, and know the offset of the damage:

    magic major minor readerMinimum flags
    s0.type s0.byteCount s0.body s0.checksum s0.end     section 0 is the directory; s1.<field> for further ones
    r0 r0.nameByteCount r0.name r0.element ...          record 0, its fields
    t0.padding t0.payload t0.scales t0.scales.end ...   payload 0, its parts, and the padding before it
"""

import struct
import zlib


class Random:
    """Knuth's 64-bit linear congruential generator."""

    def __init__(self, seed):
        self.state = seed * 0x9E3779B97F4A7C15 % 2**64

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def bits(self, count):
        value = 0
        for _ in range(count):
            value = value * 2 + self.below(2)
        return value


def leb(value, groups=1):
    """LEB128; with more groups than needed it is not minimal."""
    out = []
    while value >= 128 or len(out) + 1 < groups:
        out.append(value % 128 + 128)
        value //= 128
    return bytes(out + [value])


def u8(value):
    return bytes([value])


def u16(*values):
    return b"".join(value.to_bytes(2, "little") for value in values)


def u32(*values):
    return b"".join(value.to_bytes(4, "little") for value in values)


def crc(data):
    return u32(zlib.crc32(data))


def round_up(x, unit):
    return -(-x // unit) * unit


class Bits:
    """A bit string as text of 0 and 1, bit 0 first."""

    def __init__(self):
        self.text = []

    def add(self, value, width):
        for i in range(width):
            self.text.append("01"[value // 2**i % 2])

    def bytes(self):
        text = "".join(self.text)
        text += "0" * (-len(text) % 8)
        return bytes(int(text[i:i + 8][::-1], 2) for i in range(0, len(text), 8))


# Numbers, with integers only. A finite float is (sign, m, x) for (-1)^sign * m * 2^x.

def f32_parts(bits):
    sign, exponent, fraction = bits // 2**31, bits // 2**23 % 256, bits % 2**23
    return (sign, fraction, -149) if exponent == 0 else (sign, fraction + 2**23, exponent - 150)


def f32_nearest(sign, m, x):
    """The bits of the f32 nearest to m * 2^x, ties to even."""
    if m == 0:
        return sign * 2**31
    drop = max(m.bit_length() - 24, -149 - x)
    if drop > 0:
        m, rest = divmod(m, 2**drop)
        x += drop
        if rest * 2 > 2**drop or rest * 2 == 2**drop and m % 2 == 1:
            m += 1
    while m.bit_length() < 24 and x > -149:
        m, x = m * 2, x - 1
    if m == 2**24:
        m, x = 2**23, x + 1
    if m >= 2**23 and x > 104:
        return sign * 2**31 + 0x7F800000
    return sign * 2**31 + (m if m < 2**23 else (x + 150) * 2**23 + m - 2**23)


def f32_of_f16(half):
    sign, exponent, fraction = half // 2**15, half // 2**10 % 32, half % 2**10
    if exponent == 31:
        return sign * 2**31 + 255 * 2**23 + fraction * 2**13
    if exponent == 0:
        return f32_nearest(sign, fraction, -24)
    return f32_nearest(sign, fraction + 2**10, exponent - 25)


# Element codings.

class Float:
    def __init__(self, kind):
        self.kind = kind
        self.number = {"f32": 0, "f16": 1, "bf16": 2}[kind]
        self.size = 4 if kind == "f32" else 2

    def fields(self, tensor):
        return []

    def tables(self, tensor):
        return []

    def decoded(self, tensor, cell, e):
        if self.kind == "f16":
            return f32_of_f16(cell)
        return cell * 2**16 if self.kind == "bf16" else cell


class Affine:
    """granularity is "tensor", ("axis", a) or ("group", size); scales and zero points are bit patterns and integers."""

    number = 3

    def __init__(self, width, granularity="tensor", half=False, zero_points=None, scales=None):
        self.width, self.granularity, self.half = width, granularity, half
        self.zero_points, self.scales = zero_points, scales

    def count(self, shape):
        if self.granularity == "tensor":
            return 1
        if self.granularity[0] == "axis":
            return shape[self.granularity[1]]
        lines = 1
        for extent in shape[:-1]:
            lines *= extent
        return lines * -(-(shape[-1] if shape else 1) // self.granularity[1])

    def choice(self, shape, e):
        """The number of the scale of element e, from its index on each axis."""
        if self.granularity == "tensor":
            return 0
        index = []
        for extent in reversed(shape):
            e, i = divmod(e, extent)
            index.insert(0, i)
        if self.granularity[0] == "axis":
            return index[self.granularity[1]]
        line = 0
        for extent, i in zip(shape[:-1], index[:-1]):
            line = line * extent + i
        last = shape[-1] if shape else 1
        return line * -(-last // self.granularity[1]) + (index[-1] if index else 0) // self.granularity[1]

    def fields(self, tensor):
        kind = {"tensor": 0, "axis": 1, "group": 2}[self.granularity if self.granularity == "tensor" else self.granularity[0]]
        quantizer = self.width - 1 + 16 * kind + 64 * self.half + 128 * (self.zero_points is not None)
        fields = [("quantizer", u8(quantizer))]
        if kind == 1:
            fields.append(("axis", u8(self.granularity[1])))
        if kind == 2:
            fields.append(("groupSize", leb(self.granularity[1])))
        return fields

    def tables(self, tensor):
        size = 2 if self.half else 4
        tables = [("scales", size, b"".join(s.to_bytes(size, "little") for s in self.scales))]
        if self.zero_points is not None:
            size = 1 if self.width <= 8 else 2
            tables.append(("zeroPoints", size, b"".join(z.to_bytes(size, "little", signed=True) for z in self.zero_points)))
        return tables

    def stored(self, cell):
        if self.width == 1 and self.zero_points is None:
            return {-1: 0, 1: 1}[cell]
        assert -2**(self.width - 1) <= cell < 2**(self.width - 1)
        return cell % 2**self.width

    def decoded(self, tensor, cell, e):
        number = self.choice(tensor.shape, e)
        scale = f32_of_f16(self.scales[number]) if self.half else self.scales[number]
        factor = cell - (self.zero_points[number] if self.zero_points is not None else 0)
        _, m, x = f32_parts(scale)
        return f32_nearest(int(factor < 0), m * abs(factor), x)


class Codebook:
    number = 4

    def __init__(self, entries, half=False):
        self.entries, self.half = entries, half
        self.width = 1
        while 2**self.width < len(entries):
            self.width += 1

    def fields(self, tensor):
        return [("lastIndex", u8(len(self.entries) - 1)), ("entryType", u8(int(self.half)))]

    def tables(self, tensor):
        size = 2 if self.half else 4
        return [("codebook", size, b"".join(e.to_bytes(size, "little") for e in self.entries))]

    def stored(self, cell):
        return cell

    def decoded(self, tensor, cell, e):
        return f32_of_f16(self.entries[cell]) if self.half else self.entries[cell]


# Position codings.

DENSE, BITMAP, GAPS, INDICES, RICE = range(5)


class Tensor:
    """cells: what each element stores; None where a sparse tensor stores nothing.

    raw_fields and raw_parts replace a field of the record or a part of the payload, for invalid fixtures.
    """

    def __init__(self, name, shape, element, cells, position=DENSE, k=255, rice_bits=None, raw_fields=None, raw_parts=None):
        self.name = name if isinstance(name, bytes) else name.encode("utf-8")
        self.shape, self.element, self.cells = list(shape), element, list(cells)
        self.position, self.k, self.rice_bits = position, k, rice_bits
        self.raw_fields, self.raw_parts = raw_fields or {}, raw_parts or {}
        count = 1
        for extent in shape:
            count *= extent
        assert count == len(self.cells), (name, shape, len(self.cells))
        self.rows = self.shape[0] if len(shape) > 1 else 1
        self.row = count // self.rows if self.rows else 0
        self.stored = [(e, cell) for e, cell in enumerate(self.cells) if cell is not None]
        self.nnz = len(self.stored)

    def decoded(self):
        return [0 if cell is None else self.element.decoded(self, cell, e) for e, cell in enumerate(self.cells)]

    def blocks(self):
        """(first row, end row) of each."""
        step = self.rows if self.k == 255 else 2**self.k
        return [(first, min(first + step, self.rows)) for first in range(0, self.rows, max(step, 1))]

    def position_bytes(self):
        """The positions of each block."""
        out = []
        for first, end in self.blocks():
            inside = [e - first * self.row for e, _ in self.stored if first * self.row <= e < end * self.row]
            if self.position == BITMAP:
                block = b""
                for row in range(end - first):
                    bits = Bits()
                    chosen = set(e - row * self.row for e in inside)
                    for column in range(self.row):
                        bits.add(int(column in chosen), 1)
                    block += bits.bytes()
            elif self.position == INDICES:
                block = u16(*inside)
            else:
                gaps = [e - before - 1 for e, before in zip(inside, [-1] + inside)]
                if self.position == GAPS:
                    block = b"".join(b"\xff" * (gap // 255) + u8(gap % 255) for gap in gaps)
                else:
                    bits = Bits()
                    for gap in gaps:
                        bits.text.append("1" * (gap // 2**self.rice_bits) + "0")
                        bits.add(gap % 2**self.rice_bits, self.rice_bits)
                    block = bits.bytes()
            out.append((len(inside), block))
        return out

    def parts(self):
        parts = list(self.element.tables(self))
        sparse = self.position != DENSE
        if sparse:
            blocks = self.position_bytes()
            position_byte_count = sum(len(block) for _, block in blocks)
            if len(blocks) > 1:
                gaps = self.position in (GAPS, RICE)
                size = 4 if self.nnz > 65535 or gaps and position_byte_count > 65535 else 2
                columns = [[nnz for nnz, _ in blocks]]
                if self.position == RICE or self.position == GAPS and position_byte_count != self.nnz:
                    columns.append([len(block) for _, block in blocks])
                table = b""
                for column in columns:
                    total = 0
                    for count in column[:-1]:
                        total += count
                        table += total.to_bytes(size, "little")
                parts.append(("rowTable", size, table))
        if isinstance(self.element, Float):
            size = self.element.size
            values = b"".join(cell.to_bytes(size, "little") for _, cell in self.stored)
            parts.append(("values", size, values))
        else:
            strings = [self.stored] if sparse else \
                [self.stored[r * self.row:(r + 1) * self.row] for r in range(self.rows if self.row else 0)]
            values = b""
            for string in strings:
                bits = Bits()
                for _, cell in string:
                    bits.add(self.element.stored(cell), self.element.width)
                values += bits.bytes()
            parts.append(("values", 2 if self.element.width == 16 else 1, values))
        if sparse:
            parts.append(("positions", 2 if self.position == INDICES else 1, b"".join(block for _, block in blocks)))
        return [(name, unit, self.raw_parts.get(name, content)) for name, unit, content in parts]

    def fields(self, checksum):
        fields = [("nameByteCount", u8(len(self.name))), ("name", self.name), ("element", u8(self.element.number)),
                  ("position", u8(self.position)), ("rank", u8(len(self.shape)))]
        fields += [("extent%d" % axis, leb(extent)) for axis, extent in enumerate(self.shape)]
        fields += self.element.fields(self)
        if self.position != DENSE:
            fields += [("nnz", leb(self.nnz)), ("k", u8(self.k))]
            if self.position in (GAPS, RICE):
                fields.append(("positionByteCount", leb(sum(len(block) for _, block in self.position_bytes()))))
            if self.position == RICE:
                fields.append(("riceBits", u8(self.rice_bits)))
        fields.append(("checksum", checksum))
        return [(name, self.raw_fields.get(name, content)) for name, content in fields]


# Sections and the whole container.

def provenance(*records):
    """Each (skip, source checksum, maxAbsError bits, rmsError bits)."""
    fields = []
    for n, (skip, checksum, largest, rms) in enumerate(records):
        fields += [("skip%d" % n, leb(skip)), ("sourceChecksum%d" % n, u32(checksum)),
                   ("maxAbsError%d" % n, u32(largest)), ("rmsError%d" % n, u32(rms))]
    return 64, fields


def order(*indices):
    return 65, [("index%d" % n, leb(index)) for n, index in enumerate(indices)]


def source(kind, text):
    return 66, [("kind", u8(kind)), ("text", text if isinstance(text, bytes) else text.encode("utf-8"))]


class Built:
    def __init__(self):
        self.data = b""
        self.marks = {}

    def add(self, name, content):
        self.marks[name] = len(self.data)
        self.data += content

    def at(self, place):
        """An offset: a number, a mark, or a mark and a distance."""
        if isinstance(place, int):
            return place
        if isinstance(place, tuple):
            return self.marks[place[0]] + place[1]
        return self.marks[place]


def build(tensors, sections=(), alignment=4, large=False, replace=None, patch=None):
    """replace: named fields outside the payloads; patch: (mark of a payload's part, distance) -> byte, under right checksums."""
    replace, patch = dict(replace or {}), dict(patch or {})
    built = Built()

    def field(name, content):
        built.add(name, replace.pop(name, content))

    payloads = []
    for t, tensor in enumerate(tensors):
        payload = bytearray()
        marks = {}
        for name, unit, content in tensor.parts():
            if content:
                payload += bytes(-len(payload) % unit)
            marks[name] = len(payload)
            payload += content
            marks[name + ".end"] = len(payload)
        for (mark, distance), byte in list(patch.items()):
            prefix, _, part = mark.partition(".")
            if prefix == "t%d" % t and part != "padding":
                payload[marks[part] + distance] = byte
                del patch[mark, distance]
        payloads.append((bytes(payload), marks))

    field("magic", b"\x89PAR\r\n\x1a\n")
    field("major", u8(0))
    field("minor", u8(1))
    field("readerMinimum", u8(1))
    field("flags", u8({4: 0, 16: 1, 64: 2}[alignment] + 4 * large))

    directory = []
    for t, tensor in enumerate(tensors):
        for n, (name, content) in enumerate(tensor.fields(crc(payloads[t][0]))):
            directory.append(("r%d.%s" % (t, name), content))
    all_sections = [(1, directory)] + [(number, [("s%d.%s" % (s + 1, name), content) for name, content in fields])
                                       for s, (number, fields) in enumerate(sections)]
    covered = 0
    for s, (number, fields) in enumerate(all_sections):
        prefix = "s%d." % s
        field(prefix + "type", u8(number + 128 * (s == len(all_sections) - 1)))
        byte_count = sum(len(replace.get(name, content)) for name, content in fields)
        field(prefix + "byteCount", leb(byte_count))
        built.marks[prefix + "body"] = len(built.data)
        for name, content in fields:
            if name.endswith(".nameByteCount"):
                built.marks[name[:-len(".nameByteCount")]] = len(built.data)
            field(name, content)
        checksum = crc(built.data[covered:])
        field(prefix + "checksum", checksum)
        built.marks[prefix + "end"] = covered = len(built.data)

    for t, (payload, marks) in enumerate(payloads):
        padding = bytearray(-len(built.data) % alignment)
        for (mark, distance), byte in list(patch.items()):
            if mark == "t%d.padding" % t:
                padding[distance] = byte
                del patch[mark, distance]
        built.add("t%d.padding" % t, bytes(padding))
        start = len(built.data)
        built.add("t%d.payload" % t, payload)
        for name, offset in marks.items():
            built.marks["t%d.%s" % (t, name)] = start + offset
    assert not replace and not patch, (replace, patch)
    built.marks["end"] = len(built.data)
    return built
