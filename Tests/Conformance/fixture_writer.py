"""Writes Pare containers from plain descriptions, for make_fixtures.py; it shares no code with Spec/reference/decode.py.

A description states what is stored (codes, indices, bit patterns), and the writer derives from it both the bytes and the
decoded values, the latter with integers only. Every field has a name, so that an invalid fixture can replace one field,
keep all checksums right, and know the offset of the damage:

    magic major minor readerMinimum flags
    s0.type s0.byteCount s0.body s0.checksum s0.end     section 0 is the directory; s1.<field> for further ones
    r0 r0.nameByteCount r0.name r0.element ...          record 0, its fields
    t0.padding t0.payload t0.scales t0.scales.end ...   payload 0, its parts, and the padding before it
    t0.coded t0.coded.end                               its coded part, and there:
    t0.description t0.description.s t0.description.padding
    t0.description.stream0.mode .precision .classes .positionClasses .table0 .segment0 .position0
    t0.description.stream0.table0.group1 or .mirrored .knots .x .level .gap1 .hole1 .change1
    t0.starts t0.start0                                 the start of the second stream
    t0.block0.stream0 t0.block0.stream0.end             a stream, with .state0 and .words, or .bytes

The mark of a bit field is the byte with its first bit. Fields of a description are replaced by text of 0 and 1, bit 0
first, fields of streams and starts by bytes, or by a function of what they would have been. What depends on them (later
starts, byte counts, checksums) follows.
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

    def choice_of(self, values):
        return values[self.below(len(values))]


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


def rows_of(shape):
    """How many rows, and the elements of each."""
    rows, length = (shape[0], 1) if len(shape) > 1 else (1, 1)
    for extent in shape[len(shape) > 1:]:
        length *= extent
    return rows, length if rows else 0


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
        rows, length = rows_of(shape)
        return rows * -(-length // self.granularity[1])

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
        _, length = rows_of(shape)
        row, column = (index[0], index[1:]) if len(shape) > 1 else (0, index)
        place = 0
        for extent, i in zip(shape[-len(column):], column):
            place = place * extent + i
        return row * -(-length // self.granularity[1]) + place // self.granularity[1]

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
CODED, CODED_SPARSE = 16, 17


class Tensor:
    """cells: what each element stores; None where a sparse tensor stores nothing.

    raw_fields and raw_parts replace a field of the record or a part of the payload, for invalid fixtures; a part also
    by a function of what it would have been. coded: how, for the position codings CODED and CODED_SPARSE.
    """

    def __init__(self, name, shape, element, cells, position=DENSE, k=255, rice_bits=None, raw_fields=None, raw_parts=None,
                 coded=None):
        self.name = name if isinstance(name, bytes) else name.encode("utf-8")
        self.shape, self.element, self.cells = list(shape), element, list(cells)
        self.position, self.k, self.rice_bits = position, k, rice_bits
        self.raw_fields, self.raw_parts = raw_fields or {}, raw_parts or {}
        self.coded = coded
        assert (coded is not None) == (position in (CODED, CODED_SPARSE))
        count = 1
        for extent in shape:
            count *= extent
        assert count == len(self.cells), (name, shape, len(self.cells))
        self.rows, self.row = rows_of(self.shape)
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

    def parts(self, replaced):
        """(name, unit, content, marks inside of it) of each; replaced: fields of the coded part."""
        if self.coded is not None:
            content, marks = coded_part(self, replaced)
            parts = list(self.element.tables(self)) + [("coded", 1, content)]
        else:
            parts, marks = self.parts_in_place(), {}
        out = []
        for name, unit, content in parts:
            raw = self.raw_parts.get(name, content)
            out.append((name, unit, raw(content) if callable(raw) else raw, marks if name == "coded" else {}))
        return out

    def parts_in_place(self):
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
        return parts

    def fields(self, checksum, coded_byte_count=0):
        fields = [("nameByteCount", u8(len(self.name))), ("name", self.name), ("element", u8(self.element.number)),
                  ("position", u8(self.position)), ("rank", u8(len(self.shape)))]
        fields += [("extent%d" % axis, leb(extent)) for axis, extent in enumerate(self.shape)]
        fields += self.element.fields(self)
        if self.position not in (DENSE, CODED):
            fields.append(("nnz", leb(self.nnz)))
        if self.position != DENSE:
            fields.append(("k", u8(self.k)))
            if self.coded is not None:
                fields.append(("codedByteCount", leb(coded_byte_count)))
            if self.position in (GAPS, RICE):
                fields.append(("positionByteCount", leb(sum(len(block) for _, block in self.position_bytes()))))
            if self.position == RICE:
                fields.append(("riceBits", u8(self.rice_bits)))
        fields.append(("checksum", checksum))
        return [(name, self.raw_fields.get(name, content)) for name, content in fields]


# Coded parts.

def bit_text(value, width):
    return "".join("01"[value // 2**i % 2] for i in range(width))


def eg(order, value):
    """Exp-Golomb."""
    q = 0
    while value >= (2**(q + 1) - 1) * 2**order:
        q += 1
    return "1" * q + "0" + bit_text(value - (2**q - 1) * 2**order, q + order)


def bytes_of(text):
    bits = Bits()
    bits.text = list(text)
    return bits.bytes()


def ones(symbol):
    return bin(symbol).count("1")


class Groups:
    """A table of bit symbols: the frequency of each with 1, 2, ... 8 one bits."""

    def __init__(self, *frequencies):
        self.frequencies = list(frequencies) + [0] * (8 - len(frequencies))

    def fields(self, affine):
        return [("group%d" % (g + 1), eg(0, frequency)) for g, frequency in enumerate(self.frequencies)]

    def slots(self, m, count, affine):
        """Symbol -> (start, frequency)."""
        of = [None] + self.frequencies
        of[0] = m - sum(of[ones(symbol)] for symbol in range(1, 256))
        slots, start = {}, 0
        for g in range(9):
            for symbol in range(256):
                if ones(symbol) == g:
                    slots[symbol] = (start, of[g])
                    start += of[g]
        return slots


class Line:
    """A polyline through knots (x, level); None between two knots is a hole."""

    def __init__(self, *knots, mirrored=False):
        self.mirrored = mirrored
        self.knots = []
        hole = False
        for knot in knots:
            if knot is not None:
                self.knots.append((knot[0], knot[1], hole))
            hole = knot is None

    def fields(self, affine):
        fields = [("mirrored", "01"[self.mirrored])] if affine else []
        x, level, _ = self.knots[0]
        fields += [("knots", eg(1, len(self.knots) - 1)), ("x", eg(2, x)), ("level", bit_text(level, 7))]
        for n, (next_x, next_level, hole) in enumerate(self.knots[1:], 1):
            difference = next_level - level
            e = 2 * difference if difference >= 0 else -2 * difference - 1
            fields += [("gap%d" % n, eg(1, next_x - x - 1)), ("hole%d" % n, eg(2, 0) if hole else ""), ("change%d" % n, eg(2, e + 1))]
            x, level = next_x, next_level
        return fields

    def level(self, x):
        """In 128ths; None where the symbol is absent."""
        for knot in self.knots:
            if knot[0] == x:
                return knot[1] * 16
        for (x0, l0, _), (x1, l1, hole) in zip(self.knots, self.knots[1:]):
            if x0 < x < x1 and not hole:
                step = 16 * abs(l1 - l0) * (x - x0) // (x1 - x0)
                return 16 * l0 + step if l1 > l0 else 16 * l0 - step
        return None

    def slots(self, m, count, affine):
        weights = {}
        for symbol in range(count):
            level = self.level(abs(symbol - count // 2) if affine and self.mirrored else symbol)
            if level is not None:
                steps = [32768, 35734, 38968, 42495, 46341, 50535, 55109, 60097, 65535]
                octave, eighth, part = level // 128, level // 16 % 8, level % 16
                weights[symbol] = (steps[eighth] + (steps[eighth + 1] - steps[eighth]) * part // 16) // 2**(15 - octave)
        slots, start, total = {}, 0, sum(weights.values())
        share = m - len(weights)
        carry = total // 2
        for symbol in range(count):
            frequency = 0
            if symbol in weights:
                carry += share * weights[symbol]
                frequency = 1 + carry // total
                carry -= carry // total * total
            slots[symbol] = (start, frequency)
            start += frequency
        assert start == m
        return slots


class Coding:
    """How one stream is coded. mode: 0 to 3; classes: of each segment; positions: of each symbol of a row, d classes."""

    def __init__(self, mode=0, precision=12, tables=(), classes=None, positions=None, d=1):
        self.mode, self.precision, self.tables = mode, precision, list(tables)
        self.classes, self.positions, self.d = classes, positions, d
        self.c = len(self.tables) // d
        assert mode == 0 or self.c * d == len(self.tables) > 0

    def table(self, segment, j):
        return (self.classes[segment] * self.d if self.c > 1 else 0) + (self.positions[j] if self.d > 1 else 0)


def class_bits(count):
    width = 0
    while 2**width < count:
        width += 1
    return width


class Coded:
    """s, and the codings of the streams in order, without the low bits.

    alter: (block, stream) -> function of its symbols, each (table, symbol), or of the text of its low bits;
    ends: (block, stream, lane) -> a state that the lane ends in instead of 2^16.
    """

    def __init__(self, s, codings, alter=None, ends=None):
        self.s, self.codings, self.alter, self.ends = s, list(codings), alter or {}, ends or {}


def stream_kinds(tensor):
    kinds = ["mask"] if tensor.position == CODED_SPARSE else []
    if isinstance(tensor.element, Float):
        return kinds + ["plane"] * tensor.element.size
    if tensor.element.width == 1:
        return kinds + ["bits"]
    if isinstance(tensor.element, Affine) and tensor.element.width > 8:
        return kinds + ["codes", "low"]
    return kinds + ["codes"]


def alphabet(tensor, kind):
    if kind != "codes":
        return 256
    if isinstance(tensor.element, Codebook):
        return len(tensor.element.entries)
    width = tensor.element.width
    return 2**width if width <= 8 else 16 * width - 48


def bucket(m):
    """(bucket, low bits as text)"""
    if m < 16:
        return m, ""
    low = 1
    while m // 2**low >= 16:
        low += 1
    return 8 + 8 * low + m // 2**low - 8, bit_text(m % 2**low, low)


def code_symbol(tensor, cell):
    """(symbol, low bits as text)"""
    if isinstance(tensor.element, Codebook):
        return cell, ""
    half = alphabet(tensor, "codes") // 2
    if tensor.element.width <= 8:
        return half + cell, ""
    if cell >= 0:
        place, low = bucket(cell)
        return half + place, low
    place, low = bucket(-1 - cell)
    return half - 1 - place, low


def eights(bits):
    """Bit symbols of a list of 0 and 1."""
    return [sum(bit * 2**i for i, bit in enumerate(bits[start:start + 8])) for start in range(0, len(bits), 8)]


def stream_symbols(tensor, kind, plane, cells):
    """Of the cells of one segment, or the text of its low bits."""
    stored = [cell for cell in cells if cell is not None]
    if kind == "mask":
        return eights([int(cell is not None) for cell in cells])
    if kind == "bits":
        return eights([tensor.element.stored(cell) for cell in stored])
    if kind == "codes":
        return [code_symbol(tensor, cell)[0] for cell in stored]
    if kind == "low":
        return "".join(code_symbol(tensor, cell)[1] for cell in stored)
    column = [cell.to_bytes(tensor.element.size, "big")[plane] for cell in stored]
    return [byte * 2 % 256 + byte // 128 for byte in column] if plane == 0 else column


def rans(coded, lanes, precision, ends):
    """(states, words) of symbols given as (start, frequency); ends: the state behind the last symbol of each lane."""
    states = list(ends)
    words = []
    for i in reversed(range(len(coded))):
        start, frequency = coded[i]
        x = states[i % lanes]
        if x >= frequency * 2**(32 - precision):
            words.insert(0, x % 2**16)
            x //= 2**16
        states[i % lanes] = x // frequency * 2**precision + start + x % frequency
    return states, words


def coded_part(tensor, replaced):
    """The bytes and the marks in them."""
    coded = tensor.coded
    kinds = stream_kinds(tensor)
    blocks = []
    for first, end in tensor.blocks():
        step = end - first if coded.s == 31 else 2**coded.s
        blocks.append([(row, min(row + step, end)) for row in range(first, end, step)])
    marks = {}

    def taken(name, default):
        value = replaced.pop(name, default)
        return value(default) if callable(value) else value

    def bits_field(name, text):
        name = "description" + name
        marks[name] = len(description) // 8
        description.extend(taken(name, text))

    description = []
    marks["description"] = 0
    bits_field(".s", bit_text(coded.s, 5))
    codings = iter(coded.codings)
    coding_of = [None if kind == "low" else next(codings) for kind in kinds]
    assert next(codings, None) is None
    slots = {}
    for n, (kind, coding) in enumerate(zip(kinds, coding_of)):
        if kind == "low":
            continue
        stream = ".stream%d" % n
        bits_field(stream + ".mode", bit_text(coding.mode, 2))
        if coding.mode == 0:
            continue
        bits_field(stream + ".precision", bit_text(coding.precision - 8, 3))
        bits_field(stream + ".classes", eg(0, coding.c - 1))
        if kind == "mask":
            bits_field(stream + ".positionClasses", eg(0, coding.d - 1))
        affine = kind == "codes" and isinstance(tensor.element, Affine)
        for number, table in enumerate(coding.tables):
            marks["description%s.table%d" % (stream, number)] = len(description) // 8
            for name, text in table.fields(affine):
                bits_field("%s.table%d.%s" % (stream, number, name), text)
            slots[n, number] = table.slots(2**coding.precision, alphabet(tensor, kind), affine)
        if coding.c > 1:
            assert len(coding.classes) == sum(map(len, blocks))
            for segment, c in enumerate(coding.classes):
                bits_field("%s.segment%d" % (stream, segment), bit_text(c, class_bits(coding.c)))
        if coding.d > 1:
            assert len(coding.positions) == -(-tensor.row // 8)
            for j, d in enumerate(coding.positions):
                bits_field("%s.position%d" % (stream, j), bit_text(d, class_bits(coding.d)))
    bits_field(".padding", "0" * (-len(description) % 8))
    out = bytes_of("".join(description))
    marks["description.end"] = len(out)

    streams = []
    segment = 0
    for b, segments in enumerate(blocks):
        for n, (kind, coding) in enumerate(zip(kinds, coding_of)):
            change = coded.alter.get((b, n), lambda symbols: symbols)
            of_segments = [stream_symbols(tensor, kind, n - (tensor.position == CODED_SPARSE), tensor.cells[first * tensor.row:end * tensor.row])
                           for first, end in segments]
            if kind == "low":
                fields = [("bytes", bytes_of(change("".join(of_segments))))]
            else:
                symbols = change([(coding.table(segment + i, j) if coding.mode else 0, symbol)
                                  for i, one in enumerate(of_segments) for j, symbol in enumerate(one)])
                if coding.mode == 0 or not symbols:
                    fields = [("bytes", bytes(symbol for _, symbol in symbols))]
                else:
                    lanes = (1, 4, 32)[coding.mode - 1]
                    chosen = [slots[n, table][symbol] for table, symbol in symbols]
                    assert all(frequency > 0 for _, frequency in chosen), (tensor.name, b, n, symbols)
                    states, words = rans(chosen, lanes, coding.precision, [coded.ends.get((b, n, lane), 2**16) for lane in range(lanes)])
                    fields = [("state%d" % lane, u32(x)) for lane, x in enumerate(states)] + [("words", u16(*words))]
            streams.append(("block%d.stream%d" % (b, n), fields))
        segment += len(segments)

    contents = []
    for name, fields in streams:
        content = b""
        places = {}
        for field, default in fields:
            places[name + "." + field] = len(content)
            content += taken(name + "." + field, default)
        contents.append((name, content, places))
    byte_count = sum(len(content) for _, content, _ in contents)
    rest = len(out) + byte_count
    size = next(size for size in (1, 2, 4) if rest + size * (len(contents) - 1) < 256**size)
    total = 0
    marks["starts"] = len(out)
    for number, (_, content, _) in enumerate(contents[:-1]):
        total += len(content)
        marks["start%d" % number] = len(out)
        out += taken("start%d" % number, total.to_bytes(size, "little"))
    for name, content, places in contents:
        marks[name] = len(out)
        for place, distance in places.items():
            marks[place] = len(out) + distance
        out += content
        marks[name + ".end"] = len(out)
    return out, marks


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


def needs_minor_2(tensor):
    """Coded parts are new, and groups divided the last axis before."""
    groups = isinstance(tensor.element, Affine) and tensor.element.granularity[0] == "group"
    return tensor.coded is not None or groups


def build(tensors, sections=(), alignment=4, large=False, replace=None, patch=None):
    """replace: named fields outside the payloads and in coded parts; patch: (mark of a payload's part, distance) -> byte, under right checksums."""
    replace, patch = dict(replace or {}), dict(patch or {})
    built = Built()

    def field(name, content):
        built.add(name, replace.pop(name, content))

    payloads = []
    for t, tensor in enumerate(tensors):
        payload = bytearray()
        marks = {}
        prefix = "t%d." % t
        replaced = {name[len(prefix):]: replace.pop(name) for name in list(replace) if name.startswith(prefix)}
        coded_byte_count = 0
        for name, unit, content, inside in tensor.parts(replaced):
            if content:
                payload += bytes(-len(payload) % unit)
            marks[name] = len(payload)
            marks.update((mark, len(payload) + distance) for mark, distance in inside.items())
            payload += content
            marks[name + ".end"] = len(payload)
            if name == "coded":
                coded_byte_count = len(content)
        assert not replaced, replaced
        for (mark, distance), byte in list(patch.items()):
            prefix, _, part = mark.partition(".")
            if prefix == "t%d" % t and part != "padding":
                payload[marks[part] + distance] = byte
                del patch[mark, distance]
        payloads.append((bytes(payload), marks, coded_byte_count))

    field("magic", b"\x89PAR\r\n\x1a\n")
    field("major", u8(0))
    field("minor", u8(3))
    field("readerMinimum", u8(2 if any(needs_minor_2(tensor) for tensor in tensors) else 1))
    field("flags", u8({4: 0, 16: 1, 64: 2}[alignment] + 4 * large))

    directory = []
    for t, tensor in enumerate(tensors):
        for n, (name, content) in enumerate(tensor.fields(crc(payloads[t][0]), payloads[t][2])):
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

    for t, (payload, marks, _) in enumerate(payloads):
        padding = bytearray(0 if tensors[t].coded is not None else -len(built.data) % alignment)
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
