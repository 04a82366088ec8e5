#!/usr/bin/env python3
"""Reads Pare containers, version 0.3, with nothing but Python's standard library.

usage: decode.py FILE... [--tensor NAME] [--model NAME] [--32-bit]

Without --tensor each file is validated as a whole, its model included, and one line a tensor is printed:
    file <TAB> tensor <TAB> shape <TAB> CRC-32 of the decoded little-endian f32 bytes
With --tensor the values of that tensor are printed, one row a line.
A bank (section 15) is checked without its models, and one line a model is printed:
    file <TAB> model <TAB> offset <TAB> byteCount <TAB> CRC-32 of the model's bytes
With --model that model is read as if it were the file.
A refused file gives one line, and a sentence on standard error, and the exit status 65:
    file <TAB> error <TAB> code name <TAB> offset <TAB> tensor index or -
--32-bit reads as a reader whose addresses are too small for large containers.

The numbers in the comments are the sections of FORMAT.md. Clarity comes before speed.
"""

import array
import bisect
import os
import struct
import sys
import zlib


# Section 12: an error is a code name, an offset, and for steps 6 and 7 of section 11 a tensor's index.

CODES = {
    "truncated": 1, "badMagic": 2, "unsupportedMajor": 3, "unsupportedMinor": 4, "reservedNotZero": 5,
    "largeUnsupported": 6, "containerTooLarge": 7, "trailingBytes": 8,
    "sectionOrder": 10, "unknownCriticalSection": 11, "sectionChecksum": 12, "sectionOverrun": 13,
    "nonMinimalInteger": 14, "integerTooLarge": 15,
    "tooManyTensors": 20, "badName": 21, "nameOrder": 22, "unknownEncoding": 23,
    "unsupportedEncodingVersion": 24, "rankTooLarge": 25, "tensorTooLarge": 26, "expansionTooLarge": 27,
    "badParameter": 28,
    "payloadChecksum": 30, "paddingNotZero": 31, "badScale": 32, "badZeroPoint": 33, "badCodebook": 34,
    "codeOutOfRange": 35, "rowTableOrder": 36, "positionOutOfRange": 37, "positionOrder": 38,
    "positionCountMismatch": 39, "storedZero": 40, "badTable": 41, "badClass": 42, "badStream": 43,
    "badProvenance": 50, "badOrder": 51, "badSource": 52,
    "badModel": 60, "unknownOperation": 61, "badReference": 62, "badShape": 63, "badModelSize": 64,
    "indexChecksum": 70, "badIndex": 71,
}


class Refused(Exception):
    def __init__(self, code, offset, tensor=None):
        super().__init__(code, offset, tensor)
        self.code, self.offset, self.tensor = code, offset, tensor


# Section 1: conventions.

def align(x, a):
    return (x + a - 1) // a * a


def crc32(data):
    return zlib.crc32(data) & 0xFFFFFFFF


def check_padding(data, start, end):
    for offset in range(start, end):
        if data[offset] != 0:
            raise Refused("paddingNotZero", offset)


def bit_field(data, start, bit, width):
    """The field of `width` bits (at most 24) that begins at bit `bit` of the bit string at `start`."""
    first, last = start + bit // 8, start + (bit + width - 1) // 8
    return int.from_bytes(data[first:last + 1], "little") >> bit % 8 & (1 << width) - 1


def check_unused_bits(data, start, bit):
    """The bits from `bit` to the end of its byte are 0."""
    if bit % 8 != 0 and data[start + bit // 8] >> bit % 8 != 0:
        raise Refused("paddingNotZero", start + bit // 8)


class Cursor:
    """Reads field after field up to `end`; `behind(offset of the field)` is the error for a field that ends behind it."""

    def __init__(self, data, offset, end, large, behind):
        self.data, self.offset, self.end, self.large, self.behind = data, offset, end, large, behind

    def bytes(self, count):
        if count > self.end - self.offset:
            raise self.behind(self.offset)
        self.offset += count
        return self.data[self.offset - count:self.offset]

    def u8(self):
        return self.bytes(1)[0]

    def u32(self):
        return struct.unpack("<I", self.bytes(4))[0]

    def leb128(self):
        field = self.offset
        value = 0
        for index in range(7 if self.large else 5):
            if self.offset == self.end:
                raise self.behind(field)
            byte = self.data[self.offset]
            self.offset += 1
            value |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if byte == 0 and index > 0:
                    raise Refused("nonMinimalInteger", field)
                if value >= limit(self.large):
                    raise Refused("integerTooLarge", field)
                return value
        raise Refused("integerTooLarge", field)


def is_text(data):
    """Well-formed UTF-8 without control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not any(ord(c) <= 0x1F or 0x7F <= ord(c) <= 0x9F for c in text)


def is_finite(bits):
    """Of an f32, given as its bits."""
    return bits >> 23 & 0xFF != 0xFF


def f16_to_f32(half):
    """The bits of the f32 that equals the f16 with these bits (section 7)."""
    sign, exponent, fraction = half >> 15, half >> 10 & 0x1F, half & 0x3FF
    if exponent == 0x1F:
        return sign << 31 | 0xFF << 23 | fraction << 13
    if exponent == 0:
        if fraction == 0:
            return sign << 31
        shift = 11 - fraction.bit_length()  # a subnormal f16 is a normal f32
        return sign << 31 | (113 - shift) << 23 | (fraction << shift & 0x3FF) << 13
    return sign << 31 | (exponent + 112) << 23 | fraction << 13


def f32_value(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def f32_product(scale_bits, factor):
    """The bits of scale * factor, rounded once: 24 bits times 18 bits is exact in f64, so only `pack` rounds."""
    exact = f32_value(scale_bits) * factor
    try:
        return struct.unpack("<I", struct.pack("<f", exact))[0]
    except OverflowError:
        return 0x7F800000 if exact > 0 else 0xFF800000


# Sections 3 and 13: the header and its limits.

MAGIC = b"\x89PAR\r\n\x1a\n"
MINOR = 3


def limit(large):
    return 1 << (47 if large else 31)


def check_header(header, length, reader_is_32_bit):
    """Steps 1 and 2 of section 11. Returns the alignment and whether the container is large."""
    if header[:8] != MAGIC[:min(8, length)]:
        raise Refused("badMagic", 0)
    if length < 12:
        raise Refused("truncated", length)
    major, minor, reader_minimum, flags = header[8:12]
    if major != 0:
        raise Refused("unsupportedMajor", 8)
    if reader_minimum > MINOR or reader_minimum > minor:
        raise Refused("unsupportedMinor", 10)
    if flags >> 3 != 0 or flags & 3 == 3:
        raise Refused("reservedNotZero", 11)
    large = flags & 4 != 0
    if large and reader_is_32_bit:
        raise Refused("largeUnsupported", 11)
    if length >= limit(large):
        raise Refused("containerTooLarge", 0)
    return (4, 16, 64)[flags & 3], large


# Sections 2 and 4: the whole file and its sections.

class Container:
    def __init__(self, data, alignment, large):
        self.data, self.alignment, self.large = data, alignment, large
        self.tensors = []
        self.model = None
        self.read_sections()
        self.check_length()

    def read_sections(self):
        """Step 3."""
        data = self.data
        in_file = Cursor(data, 0, len(data), self.large, lambda field: Refused("truncated", len(data)))
        in_file.offset = 12
        covered_from = 0
        previous = 0
        has_order = False
        while True:
            type_offset = in_file.offset
            type_field = in_file.u8()
            number = type_field & 0x7F
            if number <= previous or previous == 0 and number != 1:
                raise Refused("sectionOrder", type_offset)
            if number < 64 and number != 1:
                raise Refused("unknownCriticalSection", type_offset)
            previous = number
            byte_count = in_file.leb128()
            body = in_file.offset
            in_file.bytes(byte_count)
            checksum_offset = in_file.offset
            checksum = in_file.u32()
            if crc32(data[covered_from:checksum_offset]) != checksum:
                raise Refused("sectionChecksum", checksum_offset)
            covered_from = in_file.offset

            in_body = Cursor(data, body, checksum_offset, self.large, lambda field: Refused("sectionOverrun", field))
            if number == 1:
                self.read_directory(in_body, in_file.offset)
            elif number == 64:
                self.read_provenance(in_body)
            elif number == 65:
                has_order = True
                self.read_order(in_body)
            elif number == 66:
                self.read_source(in_body, type_offset, has_order)
            elif number == 67:
                self.model = Model(in_body, self.tensors)  # 10.4
            if type_field & 0x80:
                break
        self.sections_end = in_file.offset

    def alignment_of(self, tensor):
        return 1 if tensor.is_coded else self.alignment

    def check_length(self):
        """Places the payloads; step 5."""
        end = self.sections_end
        for tensor in self.tensors:
            tensor.padding = end
            tensor.payload = align(end, self.alignment_of(tensor))
            end = tensor.payload + tensor.payload_byte_count
        if len(self.data) < end:
            raise Refused("truncated", len(self.data))
        if len(self.data) > end:
            raise Refused("trailingBytes", end)

    # Section 5: the directory; step 4.

    def read_directory(self, fields, section_end):
        previous_name = b""
        payloads_end = section_end  # as if no section followed
        while fields.offset < fields.end:
            record = fields.offset
            if len(self.tensors) == 65535:
                raise Refused("tooManyTensors", record)
            tensor = Tensor(fields, previous_name, self.large)
            if tensor.element_count * 4 > max(1 << 20, 1024 * tensor.payload_byte_count):
                raise Refused("expansionTooLarge", record)
            payloads_end = align(payloads_end, self.alignment_of(tensor)) + tensor.payload_byte_count
            if payloads_end >= limit(self.large):
                raise Refused("containerTooLarge", record)
            previous_name = tensor.name
            self.tensors.append(tensor)

    # Section 10: ancillary sections.

    def read_provenance(self, fields):
        """10.1"""
        if fields.offset == fields.end:
            raise Refused("badProvenance", fields.offset)
        index = -1
        while fields.offset < fields.end:
            field = fields.offset
            index += 1 + fields.leb128()
            if index >= len(self.tensors):
                raise Refused("badProvenance", field)
            fields.u32()  # sourceChecksum
            for _ in ("maxAbsError", "rmsError"):
                field = fields.offset
                bits = fields.u32()
                if bits >> 31 != 0 or not is_finite(bits):
                    raise Refused("badProvenance", field)

    def read_order(self, fields):
        """10.2"""
        order = []
        seen = set()
        while fields.offset < fields.end:
            field = fields.offset
            index = fields.leb128()
            if index >= len(self.tensors) or index in seen:
                raise Refused("badOrder", field)
            seen.add(index)
            order.append(index)
        if len(order) < len(self.tensors) or order == list(range(len(order))):
            raise Refused("badOrder", fields.end)

    def read_source(self, fields, type_offset, has_order):
        """10.3"""
        if has_order:
            raise Refused("badSource", type_offset)
        kind = fields.u8()
        if kind > 1:
            return
        text = fields.offset
        if text == fields.end or not is_text(fields.bytes(fields.end - text)):
            raise Refused("badSource", text)


# Sections 5 to 8: one record.

F32, F16, BF16, AFFINE, CODEBOOK = range(5)
DENSE, BITMAP, U8_GAPS, U16_INDICES, RICE_GAPS = range(5)
CODED_DENSE, CODED_SPARSE = 16, 17
ELEMENT_CODINGS = (F32, F16, BF16, AFFINE, CODEBOOK)
POSITION_CODINGS = (DENSE, BITMAP, U8_GAPS, U16_INDICES, RICE_GAPS, CODED_DENSE, CODED_SPARSE)
TENSOR, AXIS, GROUP = range(3)


class Tensor:
    def __init__(self, fields, previous_name, large):
        field = fields.offset
        name_byte_count = fields.u8()
        if name_byte_count == 0:
            raise Refused("badName", field)
        field = fields.offset
        self.name = fields.bytes(name_byte_count)
        if not is_text(self.name):
            raise Refused("badName", field)
        if self.name <= previous_name:
            raise Refused("nameOrder", field)

        self.element = self.read_coding(fields, ELEMENT_CODINGS)
        position_field = fields.offset
        self.position = self.read_coding(fields, POSITION_CODINGS)
        self.is_coded = self.position in (CODED_DENSE, CODED_SPARSE)
        self.is_sparse = self.position not in (DENSE, CODED_DENSE)
        self.read_shape(fields, large)

        if self.element == AFFINE:
            self.read_affine(fields)
        elif self.element == CODEBOOK:
            self.read_codebook(fields)

        if self.position != DENSE:
            self.read_position(fields, position_field)
        self.checksum = fields.u32()
        self.lay_out_payload()

    @staticmethod
    def read_coding(fields, known):
        field = fields.offset
        byte = fields.u8()
        if byte & 0x1F not in known:
            raise Refused("unknownEncoding", field)
        if byte >> 5 != 0:
            raise Refused("unsupportedEncodingVersion", field)
        return byte

    def read_shape(self, fields, large):
        field = fields.offset
        byte = fields.u8()
        self.rank = byte & 0xF
        if self.rank > 8:
            raise Refused("rankTooLarge", field)
        if byte >> 4 != 0:
            raise Refused("reservedNotZero", field)
        self.shape = []
        size = 1
        self.element_count = 1
        for _ in range(self.rank):
            field = fields.offset
            extent = fields.leb128()
            size *= max(extent, 1)
            if size * 4 >= limit(large):
                raise Refused("tensorTooLarge", field)
            self.shape.append(extent)
            self.element_count *= extent
        # Section 6: rows.
        self.rows = self.shape[0] if self.rank >= 2 else 1
        self.row_element_count = self.element_count // self.rows if self.rows else 0

    def read_affine(self, fields):
        """7.1"""
        field = fields.offset
        quantizer = fields.u8()
        self.bit_width = (quantizer & 0xF) + 1
        self.granularity = quantizer >> 4 & 3
        self.has_f16_scales = quantizer & 0x40 != 0
        self.has_zero_points = quantizer & 0x80 != 0
        self.is_sign_coding = self.bit_width == 1 and not self.has_zero_points
        if self.granularity == 3:
            raise Refused("badParameter", field)
        self.scale_count = 1
        if self.granularity == AXIS:
            field = fields.offset
            axis = fields.u8()
            if axis >= self.rank:
                raise Refused("badParameter", field)
            self.scale_count = self.shape[axis]
            self.inner = 1
            for extent in self.shape[axis + 1:]:
                self.inner *= extent
        elif self.granularity == GROUP:
            field = fields.offset
            self.group_size = fields.leb128()
            if not 1 <= self.group_size <= 65536:
                raise Refused("badParameter", field)
            self.groups_per_row = align(self.row_element_count, self.group_size) // self.group_size
            self.scale_count = self.rows * self.groups_per_row

    def scale_number(self, e):
        if self.granularity == AXIS:
            return e // self.inner % self.scale_count
        if self.granularity == GROUP:
            row, column = divmod(e, self.row_element_count)
            return row * self.groups_per_row + column // self.group_size
        return 0

    def read_codebook(self, fields):
        """7.2"""
        field = fields.offset
        last_index = fields.u8()
        if last_index == 0:
            raise Refused("badParameter", field)
        self.entry_count = last_index + 1
        self.bit_width = last_index.bit_length()
        field = fields.offset
        entry_type = fields.u8()
        if entry_type > 1:
            raise Refused("badParameter", field)
        self.has_f16_entries = entry_type == 1

    def read_position(self, fields, position_field):
        """Section 8."""
        if self.element_count == 0:
            raise Refused("badParameter", position_field)
        if self.position == U16_INDICES and self.row_element_count > 65536:
            raise Refused("badParameter", position_field)

        if self.is_sparse:
            field = fields.offset
            self.nnz = fields.leb128()
            if self.nnz > self.element_count:
                raise Refused("badParameter", field)

        field = fields.offset
        k = fields.u8()
        if k != 255 and (k > 30 or 1 << k >= self.rows):
            raise Refused("badParameter", field)
        if self.position == U16_INDICES and k != (255 if self.rows == 1 else 0):
            raise Refused("badParameter", field)
        self.rows_per_block = self.rows if k == 255 else 1 << k
        self.block_count = align(self.rows, self.rows_per_block) // self.rows_per_block

        if self.position in (U8_GAPS, RICE_GAPS):
            field = fields.offset
            self.position_byte_count = fields.leb128()
            if self.position == U8_GAPS:
                skips = self.position_byte_count - self.nnz
                if not 0 <= skips <= self.element_count // 255:
                    raise Refused("badParameter", field)
        if self.position == RICE_GAPS:
            field = fields.offset
            self.rice_bits = fields.u8()
            if self.rice_bits > 24:
                raise Refused("badParameter", field)
        if self.is_coded:
            self.coded_byte_count = fields.leb128()

    # Section 9: the parts of the payload, as ranges of offsets from the payload's first byte.

    def lay_out_payload(self):
        parts = []

        def add(name, unit, byte_count):
            start = parts[-1][2] if parts else 0
            if byte_count > 0:  # a part without bytes takes no padding
                start = align(start, unit)
            parts.append((name, start, start + byte_count))

        if self.element == AFFINE:
            size = 2 if self.has_f16_scales else 4
            add("scales", size, size * self.scale_count)
            if self.has_zero_points:
                size = 1 if self.bit_width <= 8 else 2
                add("zeroPoints", size, size * self.scale_count)
        if self.element == CODEBOOK:
            size = 2 if self.has_f16_entries else 4
            add("codebook", size, size * self.entry_count)

        if self.is_coded:
            add("coded", 1, self.coded_byte_count)
        else:
            self.lay_out_in_place(add)
        self.parts = parts
        self.payload_byte_count = parts[-1][2]

    def lay_out_in_place(self, add):
        if self.is_sparse and self.block_count > 1:
            self.table_columns = 1
            is_small = self.nnz <= 65535
            if self.position in (U8_GAPS, RICE_GAPS):
                is_small = is_small and self.position_byte_count <= 65535
                if self.position == RICE_GAPS or self.position_byte_count != self.nnz:
                    self.table_columns = 2
            self.table_entry_size = 2 if is_small else 4
            add("rowTable", self.table_entry_size,
                self.table_entry_size * self.table_columns * (self.block_count - 1))

        if self.element in (F32, F16, BF16):
            size = 4 if self.element == F32 else 2
            add("values", size, size * (self.element_count if self.position == DENSE else self.nnz))
        else:
            if self.position == DENSE:
                byte_count = self.rows * (align(self.row_element_count * self.bit_width, 8) // 8)
            else:
                byte_count = align(self.nnz * self.bit_width, 8) // 8
            add("values", 2 if self.bit_width == 16 else 1, byte_count)

        if self.position == BITMAP:
            add("positions", 1, self.rows * (align(self.row_element_count, 8) // 8))
        elif self.position == U16_INDICES:
            add("positions", 2, 2 * self.nnz)
        elif self.position in (U8_GAPS, RICE_GAPS):
            add("positions", 1, self.position_byte_count)


# Sections 6 to 9 and steps 6 and 7: a tensor is validated, and decoded on the way.

class Decoder:
    def __init__(self, container, tensor):
        self.data, self.tensor = container.data, tensor

    def decode(self):
        """The bits of each element's f32, in row-major order."""
        tensor, data = self.tensor, self.data
        check_padding(data, tensor.padding, tensor.payload)
        if crc32(data[tensor.payload:tensor.payload + tensor.payload_byte_count]) != tensor.checksum:
            raise Refused("payloadChecksum", tensor.payload)
        check = {"scales": self.read_scales, "zeroPoints": self.read_zero_points, "codebook": self.read_entries,
                 "rowTable": self.read_row_table, "values": self.read_values, "positions": self.read_positions,
                 "coded": self.read_coded}
        self.zero_points = None
        self.block_starts = self.byte_starts = []
        self.products = {}
        self.elements = array.array("I" if array.array("I").itemsize == 4 else "L", [0]) * tensor.element_count
        previous_end = tensor.payload
        for name, start, end in tensor.parts:
            start, end = tensor.payload + start, tensor.payload + end
            check_padding(data, previous_end, start)
            check[name](start, end)
            previous_end = end
        return self.elements

    # Section 7: element codings.

    def read_scales(self, start, end):
        """The scales, as the bits of f32."""
        size = 2 if self.tensor.has_f16_scales else 4
        self.scales = []
        for offset in range(start, end, size):
            bits = int.from_bytes(self.data[offset:offset + size], "little")
            if size == 2:
                bits = f16_to_f32(bits)
            if bits == 0 or bits >> 31 != 0 or not is_finite(bits):
                raise Refused("badScale", offset)
            self.scales.append(bits)

    def read_zero_points(self, start, end):
        size = 1 if self.tensor.bit_width <= 8 else 2
        half = 1 << self.tensor.bit_width - 1
        self.zero_points = []
        for offset in range(start, end, size):
            zero_point = int.from_bytes(self.data[offset:offset + size], "little", signed=True)
            if not -half <= zero_point < half:
                raise Refused("badZeroPoint", offset)
            self.zero_points.append(zero_point)

    def read_entries(self, start, end):
        """The entries, as the bits of f32."""
        size = 2 if self.tensor.has_f16_entries else 4
        self.entries = []
        for offset in range(start, end, size):
            bits = int.from_bytes(self.data[offset:offset + size], "little")
            if size == 2:
                bits = f16_to_f32(bits)
            if not is_finite(bits) or bits == 0x80000000:
                raise Refused("badCodebook", offset)
            if self.entries and not f32_value(self.entries[-1]) < f32_value(bits):
                raise Refused("badCodebook", offset)
            if bits == 0 and self.tensor.is_sparse:
                raise Refused("badCodebook", offset)
            self.entries.append(bits)

    def element_bits(self, field, e):
        """The f32 bits of element e, stored as this field, and whether it is a zero."""
        tensor = self.tensor
        if tensor.element == AFFINE:
            number = tensor.scale_number(e)
            zero_point = self.zero_points[number] if self.zero_points else 0
            if tensor.is_sign_coding:
                code = 1 if field else -1
            else:
                code = field - (field >> tensor.bit_width - 1 << tensor.bit_width)
            key = (number, code)
            if key not in self.products:
                self.products[key] = f32_product(self.scales[number], code - zero_point)
            return self.products[key], code == zero_point
        if tensor.element == CODEBOOK:
            bits = self.entries[field]
        elif tensor.element == F32:
            bits = field
        elif tensor.element == F16:
            bits = f16_to_f32(field)
        else:
            bits = field << 16
        return bits, bits == 0

    # Section 9: the row table and the values.

    def read_row_table(self, start, end):
        tensor = self.tensor
        size = tensor.table_entry_size
        columns = []
        offset = start
        for highest in (tensor.nnz, getattr(tensor, "position_byte_count", 0))[:tensor.table_columns]:
            column = []
            for _ in range(tensor.block_count - 1):
                entry = int.from_bytes(self.data[offset:offset + size], "little")
                if entry > highest or column and entry < column[-1]:
                    raise Refused("rowTableOrder", offset)
                column.append(entry)
                offset += size
            columns.append(column)
        self.block_starts, self.byte_starts = columns[0], columns[-1]

    def read_values(self, start, end):
        """The fields of the elements that are stored; a dense tensor is decoded with that."""
        tensor, data = self.tensor, self.data
        is_dense = tensor.position == DENSE
        count = tensor.element_count if is_dense else tensor.nnz
        self.fields = []
        if tensor.element in (F32, F16, BF16):
            size = 4 if tensor.element == F32 else 2
            for offset in range(start, end, size):
                self.fields.append(int.from_bytes(data[offset:offset + size], "little"))
        elif count > 0:
            per_string = tensor.row_element_count if is_dense else count
            width = tensor.bit_width
            for _ in range(count // per_string):
                for index in range(per_string):
                    field = bit_field(data, start, index * width, width)
                    if tensor.element == CODEBOOK and field >= tensor.entry_count:
                        raise Refused("codeOutOfRange", start + index * width // 8)
                    self.fields.append(field)
                check_unused_bits(data, start, per_string * width)
                start += align(per_string * width, 8) // 8
        if is_dense:
            for e, field in enumerate(self.fields):
                self.elements[e] = self.element_bits(field, e)[0]

    # Section 8: position codings.

    def read_positions(self, start, end):
        tensor = self.tensor
        starts = [0] + self.block_starts + [tensor.nnz]
        if tensor.position in (U8_GAPS, RICE_GAPS):
            byte_starts = [0] + self.byte_starts + [end - start]
        for block in range(tensor.block_count):
            first_row = block * tensor.rows_per_block
            rows = min(tensor.rows_per_block, tensor.rows - first_row)
            self.block_element = first_row * tensor.row_element_count
            self.block_element_count = rows * tensor.row_element_count
            self.ordinal, self.block_nnz_end = starts[block], starts[block + 1]
            if tensor.position == BITMAP:
                row_bytes = align(tensor.row_element_count, 8) // 8
                self.read_bitmap(start + first_row * row_bytes, rows, row_bytes)
            elif tensor.position == U16_INDICES:
                self.read_indices(start + 2 * self.ordinal)
            else:
                first, last = start + byte_starts[block], start + byte_starts[block + 1]
                if tensor.position == U8_GAPS:
                    self.read_u8_gaps(first, last)
                else:
                    self.read_rice_gaps(first, last)

    def store(self, position, offset):
        """The next non-zero of the block has this position, stated at this offset."""
        e = self.block_element + position
        bits, is_zero = self.element_bits(self.fields[self.ordinal], e)
        if is_zero:
            raise Refused("storedZero", offset)
        self.elements[e] = bits
        self.ordinal += 1

    def read_bitmap(self, start, rows, row_bytes):
        count = self.block_nnz_end - self.ordinal
        found = 0
        for row in range(rows):
            for column in range(self.tensor.row_element_count):
                offset = start + column // 8
                if self.data[offset] >> column % 8 & 1:
                    found += 1
                    if found <= count:
                        self.store(row * self.tensor.row_element_count + column, offset)
            check_unused_bits(self.data, start, self.tensor.row_element_count)
            start += row_bytes
        if found != count:
            raise Refused("positionCountMismatch", start)

    def read_u8_gaps(self, start, end):
        position = 0  # of the next element that is neither skipped nor stored
        for offset in range(start, end):
            if self.ordinal == self.block_nnz_end:
                raise Refused("positionCountMismatch", offset)
            gap = self.data[offset]
            if gap == 255:
                position += 255
                if position > self.block_element_count:
                    raise Refused("positionOutOfRange", offset)
                if offset == end - 1:
                    raise Refused("positionCountMismatch", offset)
                continue
            position += gap
            if position >= self.block_element_count:
                raise Refused("positionOutOfRange", offset)
            self.store(position, offset)
            position += 1
        if self.ordinal < self.block_nnz_end:
            raise Refused("positionCountMismatch", end)

    def read_indices(self, start):
        previous = -1
        for index in range(self.block_nnz_end - self.ordinal):
            offset = start + 2 * index
            position = int.from_bytes(self.data[offset:offset + 2], "little")
            if position >= self.block_element_count:
                raise Refused("positionOutOfRange", offset)
            if position <= previous:
                raise Refused("positionOrder", offset)
            self.store(position, offset)
            previous = position

    def read_rice_gaps(self, start, end):
        rice_bits = self.tensor.rice_bits
        last = self.block_element_count - 1
        bit, bit_end = 0, 8 * (end - start)
        position = 0
        for _ in range(self.block_nnz_end - self.ordinal):
            gap_offset = start + bit // 8
            ones = 0
            while True:
                if bit == bit_end:
                    raise Refused("positionCountMismatch", end)
                is_one = bit_field(self.data, start, bit, 1)
                bit += 1
                ones += is_one
                if position + (ones << rice_bits) > last:
                    raise Refused("positionOutOfRange", gap_offset)
                if not is_one:
                    break
            if rice_bits > bit_end - bit:
                raise Refused("positionCountMismatch", end)
            position += ones << rice_bits
            if rice_bits:
                position += bit_field(self.data, start, bit, rice_bits)
            bit += rice_bits
            if position > last:
                raise Refused("positionOutOfRange", gap_offset)
            self.store(position, gap_offset)
            position += 1
        check_unused_bits(self.data, start, bit)
        if align(bit, 8) < bit_end:
            raise Refused("positionCountMismatch", start + align(bit, 8) // 8)


    # Section 9.1: the coded part.

    def read_coded(self, start, end):
        tensor = self.tensor
        description = Description(tensor, BitCursor(self.data, start, end))
        streams = description.streams
        starts = self.read_starts(description.end, end, len(streams) * tensor.block_count)
        first_segment = 0
        stored_count = 0
        for block in range(tensor.block_count):
            self.ranges = dict(zip(streams, zip(starts[block * len(streams):], starts[block * len(streams) + 1:])))
            segments = description.segments_of_block(block)
            if tensor.is_sparse:
                mask = self.read_bits(streams[0], first_segment, [len(elements) for elements in segments])
                segments = [[e for e, bit in zip(elements, bits) if bit] for elements, bits in zip(segments, mask)]
            counts = [len(elements) for elements in segments]
            stored_count += sum(counts)
            if tensor.element in (F32, F16, BF16):
                fields = self.read_planes(streams, first_segment, counts)
            else:
                fields = self.read_codes(streams, first_segment, counts)
            has_zero = False
            for e, field in zip((e for elements in segments for e in elements), fields):
                self.elements[e], is_zero = self.element_bits(field, e)
                has_zero = has_zero or is_zero
            if has_zero and tensor.is_sparse and tensor.element != CODEBOOK:
                raise Refused("storedZero", self.ranges[streams[1]][0])
            first_segment += len(segments)
        if tensor.is_sparse and stored_count != tensor.nnz:
            raise Refused("positionCountMismatch", self.ranges[streams[0]][0])

    def read_starts(self, start, end, stream_count):
        """The offset of each stream, and behind them the end of the last one."""
        size = 1 if self.tensor.coded_byte_count <= 255 else 2 if self.tensor.coded_byte_count <= 65535 else 4
        first = start + size * (stream_count - 1)
        if first > end:
            raise Refused("badStream", end)
        starts = [first]
        for offset in range(start, first, size):
            stream = first + int.from_bytes(self.data[offset:offset + size], "little")
            if not starts[-1] <= stream <= end:
                raise Refused("rowTableOrder", offset)
            starts.append(stream)
        return starts + [end]

    def read_bits(self, stream, first_segment, counts):
        """The bits of each segment's bit symbols; counts: how many bits each has."""
        symbols = iter(self.read_symbols(stream, first_segment, [align(count, 8) // 8 for count in counts]))
        segments = []
        for count in counts:
            bits = []
            for _ in range(0, count, 8):
                symbol = next(symbols)
                bits += [symbol >> i & 1 for i in range(8)]
            if any(bits[count:]):
                raise Refused("paddingNotZero", self.ranges[stream][0])
            segments.append(bits[:count])
        return segments

    def read_codes(self, streams, first_segment, counts):
        """The block's codes or indices, as the fields that a dense tensor would have."""
        tensor = self.tensor
        codes = next(stream for stream in streams if stream.kind == CODE)
        if codes.has_bit_symbols:
            return [bit for bits in self.read_bits(codes, first_segment, counts) for bit in bits]
        symbols = self.read_symbols(codes, first_segment, counts)
        if tensor.element == CODEBOOK:
            return symbols
        half = codes.symbol_count // 2
        magnitudes = [symbol - half if symbol >= half else half - 1 - symbol for symbol in symbols]
        if tensor.bit_width > 8:
            magnitudes = self.read_low_bits(streams[-1], magnitudes)
        fields = [m if symbol >= half else -1 - m for symbol, m in zip(symbols, magnitudes)]
        return [code & (1 << tensor.bit_width) - 1 for code in fields]

    def read_low_bits(self, stream, buckets):
        """The number m of each bucket."""
        start, end = self.ranges[stream]
        widths = [max(bucket - 8, 0) // 8 for bucket in buckets]  # t - 3, as t = 4 + (bucket - 16) / 8
        byte_count = align(sum(widths), 8) // 8
        if byte_count > end - start:
            raise Refused("badStream", end)
        if byte_count < end - start:
            raise Refused("badStream", start + byte_count)
        check_unused_bits(self.data, start, sum(widths))
        bit = 0
        magnitudes = []
        for bucket, width in zip(buckets, widths):
            high = bucket if width == 0 else 8 + bucket % 8 << width
            magnitudes.append(high + bit_field(self.data, start, bit, width))
            bit += width
        return magnitudes

    def read_planes(self, streams, first_segment, counts):
        """The block's floats, as their bits."""
        fields = [0] * sum(counts)
        for plane, stream in enumerate(stream for stream in streams if stream.kind == PLANE):
            for index, symbol in enumerate(self.read_symbols(stream, first_segment, counts)):
                byte = symbol >> 1 | (symbol & 1) << 7 if plane == 0 else symbol
                fields[index] = fields[index] << 8 | byte
        return fields

    # Section 9.3: streams.

    def read_symbols(self, stream, first_segment, counts):
        """The symbols of all segments of a block; counts: how many each segment has."""
        data = self.data
        start, end = self.ranges[stream]
        count = sum(counts)
        if count == 0:
            if start < end:
                raise Refused("badStream", start)
            return []
        if stream.lanes == 0:
            if count > end - start:
                raise Refused("badStream", end)
            if count < end - start:
                raise Refused("badStream", start + count)
            for offset in range(start, end):
                if data[offset] >= stream.symbol_count:
                    raise Refused("codeOutOfRange", offset)
            return list(data[start:end])

        offset = start
        states = []
        for _ in range(stream.lanes):
            if offset + 4 > end:
                raise Refused("badStream", end)
            states.append(int.from_bytes(data[offset:offset + 4], "little"))
            if states[-1] < 1 << 16:
                raise Refused("badStream", offset)
            offset += 4
        symbols = []
        for segment, count in enumerate(counts, first_segment):
            for j in range(count):
                lane = len(symbols) % stream.lanes
                quotient, r = divmod(states[lane], 1 << stream.precision)
                symbol, symbol_start, frequency = stream.table(segment, j).find(r)
                x = frequency * quotient + r - symbol_start
                if x < 1 << 16:
                    if offset + 2 > end:
                        raise Refused("badStream", end)
                    x = x << 16 | int.from_bytes(data[offset:offset + 2], "little")
                    offset += 2
                states[lane] = x
                symbols.append(symbol)
        for lane, x in enumerate(states):
            if x != 1 << 16:
                raise Refused("badStream", start + 4 * lane)
        if offset < end:
            raise Refused("badStream", offset)
        return symbols


# Section 9.1: the description of a coded part.

MASK, CODE, LOW_BITS, PLANE = range(4)


class BitCursor:
    """Reads field after field of the bit string that begins at `start`."""

    def __init__(self, data, start, end):
        self.data, self.start, self.end = data, start, end
        self.bit = 0

    def offset(self):
        """Of the byte with the next bit."""
        return self.start + self.bit // 8

    def bits(self, width):
        if self.bit + width > 8 * (self.end - self.start):
            raise Refused("badStream", self.end)
        self.bit += width
        return bit_field(self.data, self.start, self.bit - width, width)

    def exp_golomb(self, order, error_offset):
        ones = 0
        while self.bits(1):
            ones += 1
            if ones > 14:
                raise Refused("badTable", error_offset)
        return ((1 << ones) - 1 << order) + self.bits(ones + order)


class Description:
    def __init__(self, tensor, cursor):
        self.tensor = tensor
        field = cursor.offset()
        self.s = cursor.bits(5)
        if self.s == 31:
            self.rows_per_segment = tensor.rows_per_block
        else:
            self.rows_per_segment = 1 << self.s
            if self.rows_per_segment >= min(tensor.rows, tensor.rows_per_block):
                raise Refused("badParameter", field)
        self.segment_count = sum(len(self.segments_of_block(block)) for block in range(tensor.block_count))

        self.streams = []
        if tensor.is_sparse:
            self.streams.append(Stream(MASK, 256, True))
        if tensor.element == AFFINE:
            if tensor.bit_width == 1:
                self.streams.append(Stream(CODE, 256, True))
            elif tensor.bit_width <= 8:
                self.streams.append(Stream(CODE, 2 << tensor.bit_width - 1, False))
            else:
                self.streams.append(Stream(CODE, 2 * (8 * tensor.bit_width - 24), False))
                self.streams.append(Stream(LOW_BITS, None, False))
        elif tensor.element == CODEBOOK:
            is_bits = tensor.bit_width == 1
            self.streams.append(Stream(CODE, 256 if is_bits else tensor.entry_count, is_bits))
        else:
            for _ in range(4 if tensor.element == F32 else 2):
                self.streams.append(Stream(PLANE, 256, False))
        for stream in self.streams:
            if stream.kind != LOW_BITS:
                stream.read(self, cursor)
        check_unused_bits(cursor.data, cursor.start, cursor.bit)
        self.end = cursor.start + align(cursor.bit, 8) // 8

    def segments_of_block(self, block):
        """The elements of each segment."""
        tensor = self.tensor
        first_row = block * tensor.rows_per_block
        end_row = min(first_row + tensor.rows_per_block, tensor.rows)
        size = tensor.row_element_count
        return [range(row * size, min(row + self.rows_per_segment, end_row) * size)
                for row in range(first_row, end_row, self.rows_per_segment)]


class Stream:
    """One of the streams that every block has."""

    def __init__(self, kind, symbol_count, has_bit_symbols):
        self.kind, self.symbol_count, self.has_bit_symbols = kind, symbol_count, has_bit_symbols

    def read(self, description, cursor):
        tensor = description.tensor
        self.lanes = (0, 1, 4, 32)[cursor.bits(2)]
        if self.lanes == 0:
            return
        field = cursor.offset()
        self.precision = 8 + cursor.bits(3)
        if self.precision > 14:
            raise Refused("badParameter", field)
        field = cursor.offset()
        class_count = 1 + cursor.exp_golomb(0, field)
        if class_count > 32:
            raise Refused("badParameter", field)
        self.position_class_count = 1
        if self.kind == MASK:
            field = cursor.offset()
            self.position_class_count += cursor.exp_golomb(0, field)
            if self.position_class_count > 8 or class_count * self.position_class_count > 64:
                raise Refused("badParameter", field)
            if self.position_class_count > 1 and description.s != 0:
                raise Refused("badParameter", field)

        is_affine = tensor.element == AFFINE and self.kind == CODE
        self.tables = []
        for _ in range(class_count * self.position_class_count):
            if self.has_bit_symbols:
                frequencies = read_bit_symbol_frequencies(cursor, self.precision)
                order = sorted(range(256), key=lambda symbol: (bin(symbol).count("1"), symbol))
            else:
                frequencies = read_polyline_frequencies(cursor, self.precision, self.symbol_count, is_affine)
                order = range(self.symbol_count)
            self.tables.append(Table(frequencies, order))

        self.segment_classes = self.read_classes(cursor, class_count, description.segment_count)
        position_count = align(tensor.row_element_count, 8) // 8
        self.position_classes = self.read_classes(cursor, self.position_class_count, position_count)

    @staticmethod
    def read_classes(cursor, class_count, count):
        """None where there is one class: nothing is stored."""
        if class_count == 1:
            return None
        classes = []
        for _ in range(count):
            field = cursor.offset()
            classes.append(cursor.bits((class_count - 1).bit_length()))
            if classes[-1] >= class_count:
                raise Refused("badClass", field)
        return classes

    def table(self, segment, j):
        """That of symbol j of a segment."""
        index = self.segment_classes[segment] if self.segment_classes else 0
        index *= self.position_class_count
        if self.position_classes:
            index += self.position_classes[j]
        return self.tables[index]


# Section 9.2: tables.

class Table:
    def __init__(self, frequencies, order):
        """frequencies: of each symbol; order: of the symbols, for their starts."""
        self.symbols = [symbol for symbol in order if frequencies[symbol] > 0]
        self.frequencies = [frequencies[symbol] for symbol in self.symbols]
        self.starts = [0]
        for frequency in self.frequencies[:-1]:
            self.starts.append(self.starts[-1] + frequency)

    def find(self, r):
        """The symbol to which r belongs, its start and its frequency."""
        index = bisect.bisect_right(self.starts, r) - 1
        return self.symbols[index], self.starts[index], self.frequencies[index]


def read_bit_symbol_frequencies(cursor, precision):
    table = cursor.offset()
    of_group = [1 << precision]
    for group_size in (8, 28, 56, 70, 56, 28, 8, 1):
        of_group.append(cursor.exp_golomb(0, table))
        of_group[0] -= group_size * of_group[-1]
    if of_group[0] < 0:
        raise Refused("badTable", table)
    return [of_group[bin(symbol).count("1")] for symbol in range(256)]


def read_polyline_frequencies(cursor, precision, symbol_count, is_affine):
    table = cursor.offset()
    is_mirrored = is_affine and cursor.bits(1) == 1
    last_x = symbol_count // 2 if is_mirrored else symbol_count - 1
    levels = read_polyline(cursor, table, last_x)
    if is_mirrored:
        middle = symbol_count // 2
        levels = [levels[abs(symbol - middle)] for symbol in range(symbol_count)]

    weights = [None if level is None else weight(level) for level in levels]
    present = sum(w is not None for w in weights)
    if present > 1 << precision:
        raise Refused("badTable", table)
    total = sum(w for w in weights if w is not None)
    a = total // 2
    frequencies = []
    for w in weights:
        if w is None:
            frequencies.append(0)
        else:
            a += ((1 << precision) - present) * w
            frequencies.append(1 + a // total)
            a %= total
    return frequencies


def read_polyline(cursor, table, last_x):
    """The level in 128ths at each x from 0 to last_x, None where there is none."""
    levels = [None] * (last_x + 1)
    knot_count = 1 + cursor.exp_golomb(1, table)
    x = cursor.exp_golomb(2, table)
    if x > last_x:
        raise Refused("badTable", table)
    level = cursor.bits(7)
    levels[x] = 16 * level
    for _ in range(knot_count - 1):
        previous_x, previous_level = x, level
        x += 1 + cursor.exp_golomb(1, table)
        if x > last_x:
            raise Refused("badTable", table)
        change = cursor.exp_golomb(2, table)
        is_hole = change == 0
        if is_hole:
            change = cursor.exp_golomb(2, table)
            if change == 0:
                raise Refused("badTable", table)
        e = change - 1
        level += -(e + 1) // 2 if e % 2 == 1 else e // 2
        if not 0 <= level <= 127:
            raise Refused("badTable", table)
        levels[x] = 16 * level
        if not is_hole:
            for between in range(previous_x + 1, x):
                h = 16 * abs(level - previous_level) * (between - previous_x) // (x - previous_x)
                levels[between] = 16 * previous_level + (h if level >= previous_level else -h)
    return levels


POWERS = (32768, 35734, 38968, 42495, 46341, 50535, 55109, 60097, 65535)


def weight(level):
    """Two to the power of a level in 128ths."""
    i, rest = level // 16 % 8, level % 16
    return POWERS[i] + (POWERS[i + 1] - POWERS[i]) * rest // 16 >> 15 - level // 128


# Section 10.4: the model, field by field.

REQUIRED, OPTIONAL = True, False

KINDS = {  # 10.4.2: name, values read, tensors, attributes as (name, least, greatest)
    1: ("dense", 1, (REQUIRED, OPTIONAL), ()),
    2: ("conv1d", 1, (REQUIRED, OPTIONAL),
        (("stride", 1, 65535), ("dilation", 1, 65535), ("groups", 1, 65535), ("padding", 0, 1))),
    3: ("transposedConv1d", 1, (REQUIRED, OPTIONAL), (("stride", 1, 65535), ("padding", 0, 65535))),
    4: ("streamingConv2d", 1, (REQUIRED, OPTIONAL), (("stride", 1, 65535), ("dilation", 1, 65535), ("padding", 0, 1))),
    5: ("conv2d", 1, (REQUIRED, OPTIONAL),
        (("strideY", 1, 65535), ("strideX", 1, 65535), ("dilationY", 1, 65535), ("dilationX", 1, 65535),
         ("paddingTop", 0, 65535), ("paddingLeft", 0, 65535), ("paddingBottom", 0, 65535),
         ("paddingRight", 0, 65535), ("groups", 1, 65535))),
    6: ("lstm", 1, (REQUIRED, OPTIONAL, OPTIONAL, OPTIONAL, OPTIONAL), ()),
    7: ("gru", 1, (REQUIRED, REQUIRED, OPTIONAL, OPTIONAL, OPTIONAL), (("gateOrder", 0, 1),)),
    8: ("batchNorm", 1, (REQUIRED, REQUIRED, OPTIONAL, OPTIONAL), ()),
    9: ("prelu", 1, (REQUIRED,), ()),
    10: ("activation", 1, (), (("function", 0, 14),)),
    11: ("pool2d", 1, (),
         (("mode", 0, 2), ("sizeY", 1, 65535), ("sizeX", 1, 65535), ("strideY", 1, 65535), ("strideX", 1, 65535),
          ("paddingY", 0, 65535), ("paddingX", 0, 65535))),
    12: ("pool1d", 1, (), (("mode", 0, 1), ("size", 1, 65535), ("stride", 1, 65535))),
    13: ("flatten", 1, (), ()),
    14: ("add", 2, (), ()),
    15: ("multiply", 2, (), ()),
    16: ("concatenate", 2, (), ()),
    17: ("slice", 1, (), (("first", 0, 65535), ("number", 1, 65535))),
    18: ("embedding", 1, (REQUIRED,), ()),
    19: ("scaler", 1, (OPTIONAL, OPTIONAL), ()),
    20: ("gain", 1, (REQUIRED,), ()),
}
SOFTMAX, ELU, LEAKY_RELU = 3, 4, 5


def read_count(fields, least, greatest, code="badModel"):
    field = fields.offset
    count = fields.leb128()
    if not least <= count <= greatest:
        raise Refused(code, field)
    return count


def read_text(fields):
    """10.4.1"""
    byte_count = fields.u8()
    start = fields.offset
    text = fields.bytes(byte_count)
    if not is_text(text):
        raise Refused("badModel", start)
    return text


def read_back(fields, value_count):
    """The number of the value that is named."""
    field = fields.offset
    back = fields.leb128()
    if not 1 <= back <= value_count:
        raise Refused("badReference", field)
    return value_count - back


def product(extents):
    result = 1
    for extent in extents:
        result *= extent
    return result


class Model:
    def __init__(self, fields, tensors):
        self.state_field = fields.offset
        self.state_count = read_count(fields, 0, 1 << 26)
        self.scratch_field = fields.offset
        self.scratch_count = read_count(fields, 0, 1 << 26)
        self.inputs = [self.read_input(fields) for _ in range(read_count(fields, 1, 255))]
        self.operations = []
        for _ in range(read_count(fields, 0, 16383)):
            self.operations.append(Operation(fields, len(self.inputs) + len(self.operations), tensors))
        value_count = len(self.inputs) + len(self.operations)
        self.outputs = []
        for _ in range(read_count(fields, 1, 255)):
            output = fields.offset
            read_text(fields)
            self.outputs.append((output, read_back(fields, value_count)))
        previous_key = None
        for _ in range(read_count(fields, 0, 255)):
            fact = fields.offset
            key = read_text(fields)
            if previous_key is not None and key <= previous_key:
                raise Refused("badModel", fact)
            previous_key = key
            read_text(fields)
        if fields.offset < fields.end:
            raise Refused("badModel", fields.offset)

    @staticmethod
    def read_input(fields):
        """The shape of its frames."""
        read_text(fields)
        rank_field = fields.offset
        rank = fields.u8()
        if not 1 <= rank <= 3:
            raise Refused("badModel", rank_field)
        shape = [read_count(fields, 1, 1 << 24) for _ in range(rank)]
        if product(shape) > 1 << 24:
            raise Refused("badModel", rank_field)
        return shape

    # 10.4.4 and 10.4.5.

    def check(self):
        values = [Value(shape, "inputs", 1) for shape in self.inputs]
        state = 0
        window = 0
        for operation in self.operations:
            operation.make(values)
            state += operation.state
            window = max(window, operation.window)
            if state > 1 << 26:
                raise Refused("badModelSize", operation.offset)
        for offset, value in self.outputs:
            if values[value].clock != values[self.outputs[0][1]].clock:
                raise Refused("badShape", offset)
        if state != self.state_count:
            raise Refused("badModelSize", self.state_field)
        if self.place(values) + window != self.scratch_count:
            raise Refused("badModelSize", self.scratch_field)

    def place(self, values):
        """Gives every value its place, and returns where the last place ends."""
        made = len(self.inputs)
        last_read = [-1] * len(values)  # the number of the last operation that reads it
        for number, operation in enumerate(self.operations):
            for value in operation.reads:
                last_read[value] = number
        for _, value in self.outputs:
            last_read[value] = len(self.operations)

        taken = []  # places of values that are still to be read: (place, end, number of the last operation that reads it)
        for number, value in enumerate(values):
            by = number - made  # the operation that makes it; below 0 for an input
            taken = [place for place in taken if place[2] >= by]
            if by >= 0 and self.operations[by].works_in_place and last_read[self.operations[by].reads[0]] == by:
                value.place = values[self.operations[by].reads[0]].place
            else:
                value.place = 0
                for place, end, _ in taken:
                    if value.place + value.size <= place:
                        break
                    value.place = max(value.place, end)
            if last_read[number] >= 0:
                bisect.insort(taken, (value.place, value.end, last_read[number]))
        return max(value.end for value in values)


class Value:
    def __init__(self, shape, clock, burst):
        self.shape, self.clock, self.burst = shape, clock, burst
        self.elements = product(shape)
        self.size = self.elements * burst

    @property
    def end(self):
        return self.place + self.size

    @property
    def channels(self):
        return self.shape[0] if len(self.shape) == 3 else self.shape[-1]


class Operation:
    def __init__(self, fields, value_count, tensors):
        self.offset = fields.offset
        number = fields.u8()
        if number not in KINDS:
            raise Refused("unknownOperation", self.offset)
        self.kind, reads, tensor_kinds, attributes = KINDS[number]
        self.reads = [read_back(fields, value_count) for _ in range(reads)]
        self.tensors = [self.read_tensor(fields, required, tensors) for required in tensor_kinds]
        self.attributes = [read_count(fields, least, greatest, "badParameter") for _, least, greatest in attributes]
        if self.kind == "batchNorm" or self.kind == "activation" and self.attributes[0] in (ELU, LEAKY_RELU):
            field = fields.offset
            bits = fields.u32()
            if bits >> 31 != 0 or not is_finite(bits):
                raise Refused("badParameter", field)

    @staticmethod
    def read_tensor(fields, required, tensors):
        """None for one that is absent."""
        field = fields.offset
        number = fields.leb128()
        if number == 0 and required or number > len(tensors):
            raise Refused("badReference", field)
        return tensors[number - 1] if number > 0 else None

    @property
    def works_in_place(self):
        return self.kind in ("batchNorm", "prelu", "activation", "flatten", "add", "multiply", "scaler", "gain")

    # 10.4.4: shapes and clocks.

    def need(self, condition):
        if not condition:
            raise Refused("badShape", self.offset)

    def need_vector(self, tensor, size):
        """It is [size], with extents of 1 before it, or absent."""
        self.need(tensor is None or tensor.rank >= 1 and tensor.shape[-1] == size and set(tensor.shape[:-1]) <= {1})

    def need_one_or(self, tensor, size):
        if tensor.element_count != 1:
            self.need_vector(tensor, size)

    def make(self, values):
        """Adds the value that the operation makes, and notes its own state and window (10.4.5)."""
        self.state = self.window = 0
        x = values[self.reads[0]]
        for other in self.reads[1:]:
            self.need(values[other].clock == x.clock)
        self.stride, self.has_own_clock = 1, False
        shape = getattr(self, "shape_of_" + self.kind)(*[values[number] for number in self.reads])
        self.need(1 <= product(shape) <= 1 << 24)
        made = Value(shape, self if self.has_own_clock else x.clock, x.burst * self.stride)
        self.need(made.burst <= 65535 and made.size <= 1 << 24)
        values.append(made)

    def need_rank(self, x, rank):
        self.need(len(x.shape) == rank)
        return x.shape

    def weight_of(self, rank):
        weight, bias = self.tensors
        self.need(weight.rank == rank)
        self.need_vector(bias, weight.shape[0])
        self.window = weight.row_element_count
        return weight.shape

    def shape_of_dense(self, x):
        (n,) = self.need_rank(x, 1)
        weight, bias = self.tensors
        if weight.rank == 2:
            self.need(weight.shape[1] == n)
            m = weight.shape[0]
        else:
            self.need(weight.shape == [n])
            m = 1
        if not (m == 1 and bias is not None and bias.rank == 0):
            self.need_vector(bias, m)
        return [m]

    def shape_of_conv1d(self, x):
        (n,) = self.need_rank(x, 1)
        m, row, size = self.weight_of(3)
        stride, dilation, groups, padding = self.attributes
        self.need(size >= 1 and row * groups == n and m % groups == 0)
        reach = (size - 1) * dilation
        self.has_own_clock = stride > 1 or padding == 1 and reach > 0
        if reach > 0 or stride > 1:
            self.state = (reach + 1) * x.elements + 2
        return [m]

    def shape_of_transposedConv1d(self, x):
        (n,) = self.need_rank(x, 1)
        m, row, size = self.weight_of(3)
        self.stride, padding = self.attributes
        self.need(size >= 1 and row == n)
        self.has_own_clock = self.stride > 1 or padding > 0
        last = min(size - 1 - padding, self.stride - 1)
        self.state = ((size - 2 - last + self.stride) // self.stride + 1) * x.elements + 2
        return [m]

    def shape_of_streamingConv2d(self, x):
        f, n = self.need_rank(x, 2)
        m, row, time, size = self.weight_of(4)
        stride, dilation, padding = self.attributes
        self.need(time >= 1 and size >= 1 and row == n)
        if padding == 0:
            self.need(size <= f)
            features = (f - size) // stride + 1
        else:
            features = align(f, stride) // stride
        self.state = ((time - 1) * dilation + 1) * x.elements + 1
        return [features, m]

    def windows(self, extent, before, behind, size, dilation, stride):
        """How many of an image's axis."""
        reach = (size - 1) * dilation + 1
        self.need(size >= 1 and reach <= before + extent + behind)
        return (before + extent + behind - reach) // stride + 1

    def shape_of_conv2d(self, x):
        n, h, w = self.need_rank(x, 3)
        m, row, kh, kw = self.weight_of(4)
        stride_y, stride_x, dilation_y, dilation_x, top, left, bottom, right, groups = self.attributes
        self.need(row * groups == n and m % groups == 0)
        return [m, self.windows(h, top, bottom, kh, dilation_y, stride_y),
                self.windows(w, left, right, kw, dilation_x, stride_x)]

    def shape_of_lstm(self, x):
        (n,) = self.need_rank(x, 1)
        kernel, recurrent, bias, recurrent_bias, initial = self.tensors
        self.need(kernel.rank == 2 and kernel.shape[0] % 4 == 0)
        u = kernel.shape[0] // 4
        if recurrent is None:
            self.need(kernel.shape[1] == n + u)
            self.window = 4 * u + n + u
        else:
            self.need(kernel.shape[1] == n and recurrent.shape == [4 * u, u])
            self.window = 8 * u
        self.need_gate_biases(bias, recurrent_bias, 4 * u)
        self.need_vector(initial, 2 * u)
        self.state = 2 * u
        return [u]

    def shape_of_gru(self, x):
        (n,) = self.need_rank(x, 1)
        kernel, recurrent, bias, recurrent_bias, initial = self.tensors
        self.need(kernel.rank == 2 and kernel.shape[0] % 3 == 0)
        u = kernel.shape[0] // 3
        self.need(kernel.shape[1] == n and recurrent.shape == [3 * u, u])
        self.need_gate_biases(bias, recurrent_bias, 3 * u)
        self.need_vector(initial, u)
        self.state, self.window = u, 6 * u
        return [u]

    def need_gate_biases(self, bias, recurrent_bias, size):
        if not (recurrent_bias is None and bias is not None and bias.shape == [2, size]):
            self.need_vector(bias, size)
        self.need_vector(recurrent_bias, size)

    def shape_of_batchNorm(self, x):
        for tensor in self.tensors:
            self.need_vector(tensor, x.channels)
        return x.shape

    def shape_of_prelu(self, x):
        self.need_one_or(self.tensors[0], x.channels)
        return x.shape

    shape_of_gain = shape_of_prelu

    def shape_of_activation(self, x):
        self.need(self.attributes[0] != SOFTMAX or len(x.shape) == 1)
        return x.shape

    def shape_of_pool2d(self, x):
        n, h, w = self.need_rank(x, 3)
        _, size_y, size_x, stride_y, stride_x, padding_y, padding_x = self.attributes
        self.need(2 * padding_y <= size_y and 2 * padding_x <= size_x)
        return [n, self.windows(h, padding_y, padding_y, size_y, 1, stride_y),
                self.windows(w, padding_x, padding_x, size_x, 1, stride_x)]

    def shape_of_pool1d(self, x):
        (n,) = self.need_rank(x, 1)
        _, size, stride = self.attributes
        self.has_own_clock = size > 1 or stride > 1
        self.state = size * x.elements + 2
        return [n]

    def shape_of_flatten(self, x):
        return [x.elements]

    def shape_of_add(self, x, y):
        self.need(x.shape == y.shape)
        return x.shape

    shape_of_multiply = shape_of_add

    def shape_of_concatenate(self, x, y):
        (n,), (m,) = self.need_rank(x, 1), self.need_rank(y, 1)
        return [n + m]

    def shape_of_slice(self, x):
        (n,) = self.need_rank(x, 1)
        first, number = self.attributes
        self.need(first + number <= n)
        return [number]

    def shape_of_embedding(self, x):
        (n,) = self.need_rank(x, 1)
        table = self.tensors[0]
        self.need(table.rank == 2 and table.shape[0] >= 1)
        return [n * table.shape[1]]

    def shape_of_scaler(self, x):
        (n,) = self.need_rank(x, 1)
        for tensor in self.tensors:
            self.need_vector(tensor, n)
        return x.shape


# Section 15: banks.

BANK_MAGIC = b"\x89PBK\r\n\x1a\n"


class Bank:
    """`models` holds (name, offset, byteCount)."""

    def __init__(self, data):
        self.data = data
        self.alignment = self.check_header()
        first = self.check_index()
        names = self.check_names(first)
        self.models = self.check_models(first, names)

    def entries(self):
        for index in range(self.count):
            field = 16 + 16 * index
            yield (field,) + struct.unpack_from("<IIIHH", self.data, field)

    def check_header(self):
        """Step 1."""
        data = self.data
        if data[:8] != BANK_MAGIC[:min(8, len(data))]:
            raise Refused("badMagic", 0)
        if len(data) < 16:
            raise Refused("truncated", len(data))
        if len(data) >= 1 << 31:
            raise Refused("containerTooLarge", 0)
        version, alignment, self.count = struct.unpack_from("<BBH", data, 8)
        if version != 0:
            raise Refused("unsupportedMajor", 8)
        if not 4 <= alignment <= 16:
            raise Refused("badIndex", 9)
        if self.count == 0:
            raise Refused("badIndex", 10)
        return 1 << alignment

    def check_index(self):
        """Step 2. Returns where the first model begins."""
        data = self.data
        end = 16 + 16 * self.count
        if end > len(data):
            raise Refused("truncated", len(data))
        (first,) = struct.unpack_from("<I", data, 16)
        if first < end:
            raise Refused("badIndex", 16)
        if first > len(data):
            raise Refused("truncated", len(data))
        if crc32(data[:12] + data[16:first]) != struct.unpack_from("<I", data, 12)[0]:
            raise Refused("indexChecksum", 12)
        return first

    def check_names(self, first):
        """Step 3."""
        end = 16 + 16 * self.count
        names = []
        for field, _, _, name_offset, name_byte_count, reserved in self.entries():
            if name_offset != end:
                raise Refused("badIndex", field + 8)
            if not 1 <= name_byte_count <= 255:
                raise Refused("badName", field + 12)
            if end + name_byte_count > first:
                raise Refused("badIndex", field + 12)
            if reserved != 0:
                raise Refused("reservedNotZero", field + 14)
            name = self.data[end:end + name_byte_count]
            if not is_text(name):
                raise Refused("badName", end)
            if names and name <= names[-1]:
                raise Refused("nameOrder", end)
            names.append(name)
            end += name_byte_count
        if first != align(end, self.alignment):
            raise Refused("badIndex", 16)
        check_padding(self.data, end, first)
        return names

    def check_models(self, first, names):
        """Steps 4 and 5."""
        length = len(self.data)
        end = first
        models = []
        for name, (field, offset, byte_count, _, _, _) in zip(names, self.entries()):
            start = align(end, self.alignment)
            if start > length:
                raise Refused("truncated", length)
            if offset != start:
                raise Refused("badIndex", field)
            check_padding(self.data, end, start)
            if byte_count > length - start:
                raise Refused("truncated", length)
            end = start + byte_count
            models.append((name, start, byte_count))
        if end < length:
            raise Refused("trailingBytes", end)
        return models


# The command.

def open_container(path, reader_is_32_bit):
    """Nothing but the header is read before the length is checked."""
    with open(path, "rb") as file:
        header = file.read(12)
        length = file.seek(0, os.SEEK_END)
        alignment, large = check_header(header, length, reader_is_32_bit)
        file.seek(0)
        data = file.read(length)
    return Container(data, alignment, large)


def open_model(path, name, reader_is_32_bit):
    """The container of that name in a bank; None where there is none."""
    with open(path, "rb") as file:
        bank = Bank(file.read())
    for model, offset, byte_count in bank.models:
        if model == os.fsencode(name):
            data = bank.data[offset:offset + byte_count]
            return Container(data, *check_header(data[:12], len(data), reader_is_32_bit))
    return None


def list_models(path):
    """One line a model of a bank: name, offset, byteCount, checksum."""
    with open(path, "rb") as file:
        bank = Bank(file.read())
    return ["%s\t%d\t%d\t%08x" % (name.decode("utf-8"), offset, byte_count, crc32(bank.data[offset:offset + byte_count]))
            for name, offset, byte_count in bank.models]


def is_bank(path):
    """Told by the byte behind the P; a shorter file is read as a container. A damaged magic is refused as either."""
    with open(path, "rb") as file:
        return file.read(3) == BANK_MAGIC[:3]


def decode_tensor(container, index):
    try:
        return Decoder(container, container.tensors[index]).decode()
    except Refused as error:
        error.tensor = index
        raise


def little_endian(elements):
    if sys.byteorder == "big":
        elements = elements[:]
        elements.byteswap()
    return elements.tobytes()


def list_tensors(container):
    """One line a tensor: name, shape, checksum. All are validated before the first line is printed."""
    lines = []
    for index, tensor in enumerate(container.tensors):
        checksum = crc32(little_endian(decode_tensor(container, index)))
        shape = "x".join(map(str, tensor.shape)) or "-"
        lines.append("%s\t%s\t%08x" % (tensor.name.decode("utf-8"), shape, checksum))
    if container.model is not None:
        container.model.check()
    return lines


def tensor_rows(container, index):
    """One line a row; nine digits give every f32 back, and a NaN is printed with its bits."""
    tensor = container.tensors[index]
    elements = decode_tensor(container, index)
    if tensor.element_count == 0:
        return
    for start in range(0, tensor.element_count, tensor.row_element_count):
        row = elements[start:start + tensor.row_element_count]
        yield " ".join("nan:%08x" % bits if bits & 0x7FFFFFFF > 0x7F800000 else "%.9g" % f32_value(bits)
                       for bits in row)


def main(arguments):
    files, wanted, model, reader_is_32_bit = [], None, None, False
    arguments = list(arguments)
    while arguments:
        argument = arguments.pop(0)
        if argument in ("-h", "--help"):
            print(__doc__.strip())
            return 0
        if argument == "--tensor" and arguments:
            wanted = arguments.pop(0)
        elif argument == "--model" and arguments:
            model = arguments.pop(0)
        elif argument == "--32-bit":
            reader_is_32_bit = True
        elif argument.startswith("--"):
            print("decode.py: unknown or incomplete option " + argument, file=sys.stderr)
            return 64
        else:
            files.append(argument)
    if not files:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    status = 0
    for path in files:
        base_name = os.path.basename(path)
        try:
            if model is None and is_bank(path):
                for line in list_models(path):
                    print(base_name + "\t" + line)
                continue
            container = open_container(path, reader_is_32_bit) if model is None else open_model(path, model, reader_is_32_bit)
            if container is None:
                print("%s: no model is named %s" % (path, model), file=sys.stderr)
                status = 65
                continue
            if wanted is None:
                for line in list_tensors(container):
                    print(base_name + "\t" + line)
                continue
            names = [tensor.name for tensor in container.tensors]
            if os.fsencode(wanted) not in names:
                print("%s: no tensor is named %s" % (path, wanted), file=sys.stderr)
                status = 65
                continue
            for line in tensor_rows(container, names.index(os.fsencode(wanted))):
                print(line)
        except Refused as error:
            index = "-" if error.tensor is None else str(error.tensor)
            print("%s\terror\t%s\t%d\t%s" % (base_name, error.code, error.offset, index))
            place = "" if error.tensor is None else " in tensor " + index
            print("%s: refused with error %d, %s, at offset %d%s"
                  % (path, CODES[error.code], error.code, error.offset, place), file=sys.stderr)
            status = 65
        except OSError as error:
            print("%s: %s" % (path, error.strerror), file=sys.stderr)
            status = 66
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
