"""The invalid fixtures of steps 6 and 7: paddings, checksums and the parts of payloads."""

from fixture_writer import (BITMAP, DENSE, GAPS, INDICES, RICE, Affine, Bits, Codebook, Float, Tensor, build, provenance, leb, u8,
                            u16, u32)

ONE, TWO, HALF_ONE = 0x3F800000, 0x40000000, 0x3C00
NAMES = {BITMAP: "bitmap", GAPS: "gaps", INDICES: "indices", RICE: "rice"}


def fine(name="0", count=3):
    """A valid tensor in front of others."""
    return Tensor(name, [count], Float("f16"), [HALF_ONE] * count)


def bits_of(*texts):
    """Bit strings written bit 0 first, each ending at a byte."""
    out = b""
    for text in texts:
        bits = Bits()
        bits.text = list(text.replace(" ", ""))
        out += bits.bytes()
    return out


def raw(position, shape, nnz, positions, starts=(), byte_starts=(), k=255, rice_bits=0, values=None, element=None):
    """A sparse tensor whose parts are stated as they are; its values are f16 ones."""
    count = 1
    for extent in shape:
        count *= extent
    fields = {"nnz": leb(nnz)}
    if position in (GAPS, RICE):
        fields["positionByteCount"] = leb(len(positions))
    parts = {"values": u16(HALF_ONE) * nnz if values is None else values, "positions": positions,
             "rowTable": u16(*starts) + u16(*byte_starts)}
    return Tensor("a", shape, element or Float("f16"), [None] * count, position, k, rice_bits, raw_fields=fields, raw_parts=parts)


def paddings(cases):
    def bad(label, tensors, patches, place, tensor, reason, **options):
        cases.add("paddingNotZero", label, build(tensors, patch=patches, **options), place, reason, tensor)

    for alignment in (4, 16, 64):
        tensors = [fine("a"), fine("b", 5)]
        for tensor in (0, 1):
            mark = "t%d.padding" % tensor
            built = build(tensors, alignment=alignment)
            last = built.at("t%d.payload" % tensor) - built.at(mark) - 1
            for distance in sorted({0, last}):
                bad("before-payload%d-align%d-byte%d" % (tensor, alignment, distance), tensors, {(mark, distance): 1}, (mark, distance), tensor,
                    "the padding before a payload is not zero", alignment=alignment)
    empty = [fine("a", 1), Tensor("b", [0], Float("f32"), [])]
    bad("before-empty-payload", empty, {("t1.padding", 1): 128}, ("t1.padding", 1), 1, "the padding before an empty payload is not zero")
    bad("before-payload-before-payloadChecksum", [Tensor(
        "a", [1], Float("f32"), [ONE], raw_fields={"checksum": u32(0)})], {("t0.padding", 2): 4}, ("t0.padding", 2), 0,
        "the padding is checked before the payload's checksum", alignment=16)

    zero_point = Affine(4, scales=[ONE] * 3, granularity=("axis", 0), zero_points=[0, 1, 2])
    cells = [5, None] * 3
    bad("before-rowTable", [Tensor("a", [3, 2], zero_point, cells, BITMAP, 0)], {("t0.zeroPoints.end", 0): 1}, "t0.zeroPoints.end", 0,
        "the padding between zero points and row table is not zero")
    bad("before-values", [Tensor("a", [2, 2], Float("f32"), [ONE, None] * 2, GAPS, 0)], {("t0.rowTable.end", 1): 16}, ("t0.rowTable.end", 1), 0,
        "the padding between row table and values is not zero")
    bad("before-positions", [Tensor("a", [3, 2], Affine(4, scales=[ONE]), [5, None] * 2 + [None] * 2, INDICES, 0)],
        {("t0.values.end", 0): 255}, "t0.values.end", 0, "the padding between values and positions is not zero")

    for width, bit in ((1, 3), (3, 7), (5, 7), (11, 1), (15, 5)):
        row = 3
        used = row * width
        byte = used // 8
        shape = [2, row]
        low = [-1 if width == 1 else 0] * 6
        for r in (0, 1):
            at = ("t0.values", r * (byte + 1) + byte)
            bad("dense-width%02d-row%d" % (width, r), [Tensor("a", shape, Affine(width, scales=[ONE]), low)], {at: 2**bit}, at, 0,
                "an unused bit behind a row of codes is set")
    bad("dense-codebook3-row1", [Tensor("a", [3, 3], Codebook([0, ONE, TWO]), [0] * 9)], {("t0.values", 1): 64}, ("t0.values", 1), 0,
        "an unused bit behind a row of indices is set")
    bad("dense-rank0", [Tensor("a", [], Affine(4, scales=[ONE]), [0])], {("t0.values", 0): 0x83}, "t0.values", 0, "unused bits behind one code")
    for position in (BITMAP, GAPS, INDICES, RICE):
        bad("sparse-codes-" + NAMES[position], [fine(), Tensor("a", [5], Affine(5, scales=[ONE]), [1, None, 1, 1, None], position, 255, 1)],
            {("t1.values", 1): 0x84}, ("t1.values", 1), 1, "an unused bit behind the stored codes is set")
    bad("sparse-codebook", [Tensor("a", [5], Codebook([ONE, TWO]), [1, None, 1, 1, None], GAPS)], {("t0.values", 0): 0x0F}, "t0.values", 0,
        "an unused bit behind the stored indices is set")

    for label, positions, at in (("first-row", bits_of("000001", "1", "1"), 0), ("middle-row", bits_of("1", "10000001", "1"), 1),
                                 ("last-row", bits_of("1", "1", "1000001"), 2)):
        count = 2 if at == 0 else 3
        bad("bitmap-" + label, [raw(BITMAP, [3, 5], count, positions)], {}, ("t0.positions", at), 0, "a bit behind a row is set")
    bad("bitmap-before-count", [raw(BITMAP, [2, 5], 1, bits_of("11 0000 1", "0"))], {}, "t0.positions", 0,
        "the bits behind a row are checked before the count of its block")
    rice = lambda positions, nnz, **options: raw(RICE, [3, 10], nnz, positions, **options)
    bad("rice-one-block", [rice(bits_of("0 0 0 001"), 3)], {}, "t0.positions", 0, "a bit behind the last gap is set")
    bad("rice-first-block", [rice(bits_of("00 01", "0", "0"), 4, starts=[2, 3], byte_starts=[1, 2], k=0)], {}, "t0.positions", 0,
        "a bit behind a block's last gap is set")
    bad("rice-last-block-second-byte", [rice(bits_of("0", "0", "11111110 0 0000001"), 4, starts=[1, 2], byte_starts=[1, 2], k=0)], {},
        ("t0.positions", 3), 0, "a bit behind a block's last gap is set")
    bad("rice-before-unread-byte", [rice(bits_of("0 0000001", "0"), 1)], {}, "t0.positions", 0,
        "the unused bits of the last byte are checked before bytes that are not read")


def checksums(cases):
    def bad(label, tensors, place, tensor, reason, **options):
        cases.add("payloadChecksum", label, build(tensors, **options), place, reason, tensor)

    wrong = {"checksum": u32(0x12345678)}
    bad("first", [Tensor("a", [1], Float("f32"), [ONE], raw_fields=wrong), fine("b")], "t0.payload", 0, "the first payload's checksum is wrong")
    bad("second-of-three", [fine("a"), Tensor("b", [1], Float("f32"), [ONE], raw_fields=wrong), fine("c")], "t1.payload", 1,
        "the second payload's checksum is wrong")
    bad("second-align64", [fine("a"), Tensor("b", [1], Float("f32"), [ONE], raw_fields=wrong)], "t1.payload", 1, "the second payload's checksum is wrong",
        alignment=64)
    bad("empty-payload", [Tensor("a", [0], Float("f32"), [], raw_fields=wrong)], "t0.payload", 0, "the checksum of no bytes is 0")
    bad("before-content", [Tensor("a", [1], Affine(4, scales=[0]), [1], raw_fields=wrong)], "t0.payload", 0,
        "the checksum is checked before the scales")
    bad("first-of-two-wrong", [Tensor(name, [1], Float("f32"), [ONE], raw_fields=wrong) for name in "ab"], "t0.payload", 0,
        "the tensors are checked in the directory's order")
    bad("behind-provenance", [Tensor("a", [1], Float("f32"), [ONE], raw_fields=wrong)], "t0.payload", 0, "sections do not change the place",
        sections=[provenance((0, 1, 0, 0))])


def scales(cases):
    for half, kinds in ((False, (("zero", 0), ("minus-zero", 0x80000000), ("negative", 0xBF800000), ("infinity", 0x7F800000),
                                 ("nan", 0x7FC00000), ("negative-subnormal", 0x80000001), ("signalling-nan", 0x7F800001))),
                        (True, (("zero", 0), ("minus-zero", 0x8000), ("negative", 0xBC00), ("infinity", 0x7C00), ("nan", 0x7E00)))):
        size, one, name = (2, HALF_ONE, "f16") if half else (4, ONE, "f32")
        for label, bits in kinds:
            tensor = Tensor("a", [3, 2], Affine(4, ("axis", 0), half, scales=[one, bits, one]), [1] * 6)
            cases.add("badScale", "%s-%s" % (name, label), build([fine(), tensor]), ("t1.scales", size), "the second scale is not finite and above 0", 1)
    tensor = Tensor("a", [1], Affine(4, scales=[0]), [0])
    cases.add("badScale", "one-scale-of-zeros", build([tensor]), "t0.scales", "a tensor of zeros has a scale above 0 too", 0)
    tensor = Tensor("a", [2, 5], Affine(4, ("group", 2), scales=[ONE] * 5 + [0]), [0] * 10)
    cases.add("badScale", "last-group", build([tensor]), ("t0.scales", 20), "the scale of the last, short group is 0", 0)
    tensor = Tensor("a", [3, 0], Affine(4, ("axis", 0), scales=[ONE, ONE, 0]), [])
    cases.add("badScale", "no-elements", build([tensor]), ("t0.scales", 8), "scales without elements are checked", 0)

    for width, low_bad, high_bad in ((1, -2, 1), (3, -5, 4), (7, -65, 64), (9, -257, 256), (15, -16385, 16384)):
        for label, zero_point in (("below", low_bad), ("above", high_bad)):
            element = Affine(width, ("axis", 1), scales=[ONE] * 3, zero_points=[0, -1, zero_point])
            tensor = Tensor("a", [2, 3], element, [0] * 6)
            cases.add("badZeroPoint", "width%02d-%s" % (width, label), build([tensor]), ("t0.zeroPoints", 2 if width < 9 else 4),
                      "zero point %d is no code of %d bits" % (zero_point, width), 0)
    element = Affine(3, scales=[0], zero_points=[9])
    cases.add("badScale", "before-zero-point", build([Tensor("a", [1], element, [0])]), "t0.scales", "scales are checked before zero points", 0)
    element = Affine(3, ("group", 4), scales=[ONE] * 3, zero_points=[0, -128, 127])
    cases.add("badZeroPoint", "first-of-two", build([Tensor("a", [9], element, [0] * 9)]), ("t0.zeroPoints", 1), "two zero points are no codes", 0)


def codebooks(cases):
    def bad(label, entries, failing, reason, half=False, position=DENSE):
        count = len(entries)
        tensor = Tensor("a", [count], Codebook(entries, half), range(count), position)
        cases.add("badCodebook", label, build([tensor]), ("t0.codebook", failing * (2 if half else 4)), reason, 0)

    bad("f32-nan", [0, ONE, 0x7FC00000], 2, "an entry is NaN")
    bad("f32-nan-first", [0x7FC00000, ONE, TWO], 0, "an entry is NaN")
    bad("f32-infinity", [ONE, 0x7F800000], 1, "an entry is infinite")
    bad("f32-minus-infinity", [0xFF800000, ONE], 0, "an entry is infinite")
    bad("f32-minus-zero", [0xBF800000, 0x80000000, ONE], 1, "an entry is -0")
    bad("f32-minus-zero-before-zero", [0x80000000, 0], 0, "an entry is -0")
    bad("f32-equal", [ONE, TWO, TWO], 2, "two entries are equal")
    bad("f32-falling", [TWO, ONE], 1, "the entries fall")
    bad("f32-negatives-rise-as-bits", [0xBF800000, 0xC0000000], 1, "the entries rise as bit patterns, but not as numbers")
    bad("f32-negative-behind-positive", [ONE, 0xBF800000], 1, "the entries rise as bit patterns, but not as numbers")
    bad("f16-nan", [0, HALF_ONE, 0x7C01], 2, "an entry is NaN", True)
    bad("f16-infinity", [HALF_ONE, 0x7C00], 1, "an entry is infinite", True)
    bad("f16-minus-zero", [0x8000, HALF_ONE], 0, "an entry is -0", True)
    bad("f16-equal", [1, 1], 1, "two entries are equal", True)
    bad("f16-falling-subnormals", [2, 1], 1, "the entries fall", True)
    bad("f32-last-of-256", [n + 1 for n in range(255)] + [255], 255, "the last entry equals the one before")
    for position in (BITMAP, GAPS, INDICES):
        bad("sparse-zero-" + NAMES[position], [0xBF800000, 0, ONE], 1, "a sparse tensor's codebook has no 0", position=position)
    bad("sparse-zero-f16", [0, HALF_ONE], 0, "a sparse tensor's codebook has no 0", True, GAPS)
    bad("sparse-zero-before-later-nan", [0, 0x7FC00000], 0, "the zero is found at its entry, before those behind it", position=GAPS)
    bad("sparse-falling-to-zero", [ONE, 0], 1, "one entry, two faults", position=GAPS)

    def out(label, tensor, place, patch, reason):
        cases.add("codeOutOfRange", label, build([fine(), tensor], patch=patch), place, reason, 1)

    entries = lambda count: Codebook([ONE + n for n in range(count)])
    for count, index in ((3, 3), (15, 15), (17, 17), (17, 31), (255, 255), (129, 130), (5, 7)):
        book = entries(count)
        tensor = Tensor("a", [1], book, [index])
        out("codebook%d-index%d" % (count, index), tensor, "t1.values", {}, "index %d of %d entries" % (index, count))
        tensor = Tensor("a", [9], book, [0, None] * 3 + [None, 0, index], GAPS)
        out("codebook%d-index%d-sparse-last" % (count, index), tensor, ("t1.values", 4 * book.width // 8), {},
            "index %d of %d entries" % (index, count))
    book = entries(5)
    out("across-bytes", Tensor("a", [4], book, [0, 0, 7, 0]), "t1.values", {}, "the index begins in the first byte and ends in the second")
    out("second-row", Tensor("a", [3, 3], book, [4] * 5 + [6] + [4] * 3), ("t1.values", 2), {}, "the last index of the second row")
    out("before-unused-bits", Tensor("a", [2, 3], book, [0, 0, 5] + [0] * 3), "t1.values", {("t1.values", 1): 0xFF},
        "a row's indices are checked before its unused bits")
    row = build([fine(), Tensor("a", [2, 3], book, [0, 0, 0, 7, 0, 0])], patch={("t1.values", 1): 0x80})
    cases.add("paddingNotZero", "dense-row0-before-index-of-row1", row, ("t1.values", 1), "a row's unused bits are checked before the next row", 1)
    sparse = build([fine(), Tensor("a", [3], book, [7, None, 0], GAPS)], patch={("t1.values", 0): 0xC7})
    cases.add("codeOutOfRange", "sparse-before-unused-bits", sparse, "t1.values", "the indices are checked before the unused bits", 1)


def row_tables(cases):
    def bad(label, tensor, distance, reason):
        cases.add("rowTableOrder", label, build([fine(), tensor]), ("t1.rowTable", distance), reason, 1)

    ones = bits_of("1", "1", "1", "1")
    bad("bitmap-falls", raw(BITMAP, [4, 3], 4, ones, [2, 1, 3], k=0), 2, "the second start is below the first")
    bad("bitmap-above-nnz", raw(BITMAP, [4, 3], 4, ones, [1, 2, 5], k=0), 4, "a start is above nnz")
    bad("bitmap-first-above-nnz", raw(BITMAP, [4, 3], 4, ones, [5, 2, 3], k=0), 0, "a start is above nnz")
    bad("bitmap-k1", raw(BITMAP, [4, 3], 4, ones, [65535], k=1), 0, "a start is above nnz")
    bad("indices-falls", raw(INDICES, [4, 3], 4, u16(0, 0, 0, 0), [1, 2, 1], k=0), 4, "a start is below the one before")
    bad("indices-above-nnz", raw(INDICES, [4, 3], 4, u16(0, 0, 0, 0), [1, 2, 256], k=0), 4, "a start is above nnz")
    bad("gaps-falls", raw(GAPS, [4, 3], 4, bytes(4), [1, 0, 3], k=0), 2, "a start is below the one before")
    bad("gaps-above-nnz", raw(GAPS, [4, 3], 4, bytes(4), [1, 5, 5], k=0), 2, "a start is above nnz")
    skip = b"\0\xff\0\0\0"
    bad("gaps-two-columns-first", raw(GAPS, [4, 300], 4, skip, [1, 5, 3], [9, 3, 4], k=0), 2, "the first column is checked before the second")
    bad("gaps-bytes-falls", raw(GAPS, [4, 300], 4, skip, [1, 2, 3], [1, 3, 2], k=0), 10, "a byte start is below the one before")
    bad("gaps-bytes-above", raw(GAPS, [4, 300], 4, skip, [1, 2, 3], [1, 3, 6], k=0), 10, "a byte start is above positionByteCount")
    bad("gaps-nnz-start-above-nnz-not-bytes", raw(GAPS, [4, 300], 4, skip, [1, 2, 5], [1, 3, 4], k=0), 4, "nnz bounds the first column")
    bad("rice-bytes-falls", raw(RICE, [4, 3], 4, bytes(4), [1, 2, 3], [2, 1, 3], k=0), 8, "a byte start is below the one before")
    bad("rice-bytes-above", raw(RICE, [4, 3], 4, bytes(4), [1, 2, 3], [5, 5, 5], k=0), 6, "a byte start is above positionByteCount")
    bad("rice-above-nnz", raw(RICE, [4, 3], 4, bytes(5), [1, 2, 5], [1, 2, 3], k=0), 4, "nnz bounds the first column")


def wide_row_table(cases):
    tensor = raw(BITMAP, [2, 65536], 65536, b"\xff" * 8192 + bytes(8192), k=0, values=bytes(8192), element=Affine(1, scales=[ONE]))
    tensor.raw_parts["rowTable"] = u32(65537)
    cases.add("rowTableOrder", "u32-above-nnz", build([tensor]), "t0.rowTable", "a u32 start is above nnz", 0)


def positions(cases):
    def bad(code, label, tensor, distance, reason):
        cases.add(code, label, build([fine(), tensor]), ("t1.positions", distance), reason, 1)

    # Bitmap.
    bad("positionCountMismatch", "bitmap-one-fewer", raw(BITMAP, [9], 4, bits_of("111000000")), 2, "three bits for four non-zeros")
    bad("positionCountMismatch", "bitmap-one-more", raw(BITMAP, [9], 2, bits_of("111000000")), 2, "three bits for two non-zeros")
    bad("positionCountMismatch", "bitmap-none", raw(BITMAP, [9], 0, bits_of("000000001")), 2, "one bit for no non-zero")
    bad("positionCountMismatch", "bitmap-first-block", raw(BITMAP, [4, 3], 4, bits_of("11", "1", "1", "0"), [1, 2, 3], k=0), 1,
        "the first block has one more than the row table says")
    bad("positionCountMismatch", "bitmap-block-of-two-rows", raw(BITMAP, [5, 9], 4, bits_of("0" * 9, "11" + "0" * 7, "1" + "0" * 8, "0" * 9, "1" + "0" * 8),
                                                                 [2, 4], k=1), 8, "the second block has one fewer than the row table says")
    bad("positionCountMismatch", "bitmap-last-block", raw(BITMAP, [2, 3], 2, bits_of("1", "0"), [1], k=0), 2, "the last block has one fewer than the row table says")
    more = raw(BITMAP, [9], 1, bits_of("110000000"))
    bad("positionCountMismatch", "bitmap-further-bits-are-only-counted", more, 2, "a bit without a value is no storedZero")

    # u8 gaps.
    bad("positionOutOfRange", "gaps-behind-tensor", raw(GAPS, [9], 2, u8(3) + u8(5)), 1, "element 9 of 9")
    bad("positionOutOfRange", "gaps-first", raw(GAPS, [9], 1, u8(254)), 0, "element 254 of 9")
    bad("positionOutOfRange", "gaps-behind-block", raw(GAPS, [3, 4], 3, bytes([1, 4, 0]), [1, 2], k=0), 1, "a position of the second block in the third")
    bad("positionOutOfRange", "gaps-behind-last-block", raw(GAPS, [5, 4], 3, bytes([7, 7, 4]), [1, 2], k=1), 2, "the last block has one row only")
    bad("positionOutOfRange", "gaps-behind-full-block", raw(GAPS, [3], 3, bytes([1, 0, 0])), 2, "the block ended with the non-zero before")
    bad("positionOutOfRange", "gaps-255-behind-block", raw(GAPS, [2, 254], 2, bytes([0, 255, 0]), [1], [1], k=0), 1, "255 elements skipped of 254")
    bad("positionOutOfRange", "gaps-255-one-behind", raw(GAPS, [255], 1, bytes([255, 0])), 1, "the run ends with the block, the position is behind it")
    bad("positionOutOfRange", "gaps-255-twice", raw(GAPS, [511], 2, bytes([1, 255, 255, 0])), 2, "512 elements skipped or stored of 511")
    bad("positionOutOfRange", "gaps-255-last-and-behind", raw(GAPS, [255], 2, bytes([0, 255])), 1, "behind the end is checked before being the last byte")
    bad("positionCountMismatch", "gaps-255-behind-last-non-zero", raw(GAPS, [900], 1, bytes([0, 255])), 1, "behind the last non-zero any byte is one too many")
    bad("positionCountMismatch", "gaps-255-behind-last-non-zero-before-range", raw(GAPS, [255], 1, bytes([0, 255])), 1, "the count is checked before the range")
    bad("positionCountMismatch", "gaps-255-last-without-nnz", raw(GAPS, [900], 0, bytes([255])), 0, "255 is not the last byte")
    bad("positionCountMismatch", "gaps-255-last-of-first-block", raw(GAPS, [2, 900], 2, bytes([0, 255, 0]), [1], [2], k=0), 1, "255 is not the last byte of a block")
    bad("positionCountMismatch", "gaps-255-last-one-fewer", raw(GAPS, [900], 2, bytes([0, 255])), 1, "the last byte is found before the missing non-zero")
    bad("positionCountMismatch", "gaps-one-more", raw(GAPS, [900], 1, bytes([0, 0])), 1, "two positions for one non-zero")
    bad("positionCountMismatch", "gaps-one-more-behind-255", raw(GAPS, [900], 1, bytes([0, 255, 7])), 1, "behind the last non-zero any byte is one too many")
    bad("positionCountMismatch", "gaps-one-more-before-range", raw(GAPS, [255], 1, bytes([254, 9])), 1, "the count is checked before the range")
    bad("positionCountMismatch", "gaps-one-fewer", raw(GAPS, [900], 3, bytes([0, 255, 7])), 3, "two positions for three non-zeros")
    bad("positionCountMismatch", "gaps-one-more-first-block", raw(GAPS, [3, 300], 3, bytes([0, 0, 255, 0]), [1, 2], [2, 2], k=0), 1, "two positions for one non-zero")
    bad("positionCountMismatch", "gaps-block-without-bytes", raw(GAPS, [3, 300], 3, bytes([0, 255, 0, 0]), [1, 2], [1, 1], k=0), 1,
        "the second block has no byte for its non-zero")

    # u16 indices.
    bad("positionOutOfRange", "indices-one-row", raw(INDICES, [9], 2, u16(3, 9)), 2, "element 9 of 9")
    bad("positionOutOfRange", "indices-second-row", raw(INDICES, [3, 4], 3, u16(3, 4, 0), [1, 2], k=0), 2, "element 4 of a row of 4")
    bad("positionOutOfRange", "indices-65535", raw(INDICES, [9], 1, u16(65535)), 0, "element 65535 of 9")
    bad("positionOutOfRange", "indices-more-than-row", raw(INDICES, [2, 2], 3, u16(0, 1, 2), [3], k=0), 4, "the row table gives a row of 2 three non-zeros")
    bad("positionOrder", "indices-equal", raw(INDICES, [9], 3, u16(1, 4, 4)), 4, "a position twice")
    bad("positionOrder", "indices-falling", raw(INDICES, [9], 3, u16(1, 4, 0)), 4, "a position below the one before")
    bad("positionOrder", "indices-last-row", raw(INDICES, [2, 9], 3, u16(8, 5, 5), [1], k=0), 4, "a position twice in the last row")
    bad("positionOrder", "indices-zero-twice", raw(INDICES, [9], 2, u16(0, 0)), 2, "a position twice")
    bad("positionOutOfRange", "indices-then-order", raw(INDICES, [9], 3, u16(8, 9, 1)), 2, "the first position that fails is reported")

    # Rice gaps.
    rice = lambda shape, nnz, positions, bits=0, **options: raw(RICE, shape, nnz, positions, rice_bits=bits, **options)
    bad("positionOutOfRange", "rice-low-bits", rice([5], 1, bits_of("0 101"), 3), 0, "element 5 of 5, found with the low bits")
    bad("positionOutOfRange", "rice-unary", rice([9], 1, b"\xff\xff"), 0, "nine one bits lead behind 9 elements")
    bad("positionOutOfRange", "rice-unary-before-block-ends", rice([8], 1, b"\xff"), 0, "the eighth one bit leads behind, before the bytes end")
    bad("positionOutOfRange", "rice-unary-shifted", rice([2**16 + 9], 2, bits_of("0" + "0" * 24 + "1"), 24), 3, "one unit of 2^24 leads behind")
    bad("positionOutOfRange", "rice-second-byte", rice([12], 4, bits_of("0 0 111110 1111")), 1, "the gap begins in the second byte")
    bad("positionOutOfRange", "rice-full-block-second-block", rice([2, 2], 4, bits_of("000", "0"), starts=[3], byte_starts=[1], k=0), 0,
        "the row table gives a row of 2 three non-zeros")
    bad("positionOutOfRange", "rice-full-block-before-low-bits", rice([2, 2], 3, bits_of("0000000 0000000 01"), 6, starts=[3], byte_starts=[2], k=0), 1,
        "the end of the unary part leads behind, before the low bits are missing")
    bad("positionOutOfRange", "rice-behind-block", rice([3, 4], 3, bits_of("0", "11110", "0"), starts=[1, 2], byte_starts=[1, 2], k=0), 1,
        "a position of the second block in the third")
    bad("positionCountMismatch", "rice-ends-in-unary", rice([90], 2, bits_of("0 1111111")), 1, "the bytes end in the one bits of a gap")
    bad("positionCountMismatch", "rice-ends-in-unary-first-block", rice([2, 90], 2, bits_of("11111111", "0"), starts=[1], byte_starts=[1], k=0), 1,
        "the block's bytes end in the one bits of a gap")
    bad("positionCountMismatch", "rice-ends-before-low-bits", rice([9000], 2, bits_of("0 0000 0 00"), 4), 1, "the bytes end in the low bits of a gap")
    bad("positionCountMismatch", "rice-ends-before-first-low-bit", rice([90], 2, bits_of("0 00 11110"), 2), 1, "the bytes end before the low bits of a gap")
    bad("positionCountMismatch", "rice-ends-before-gap", rice([90], 9, bits_of("00000000")), 1, "eight gaps for nine non-zeros")
    full = rice([2, 8], 9, bits_of("00000000"), starts=[9], byte_starts=[1], k=0)
    bad("positionCountMismatch", "rice-ends-with-full-block", full, 1, "the bytes end with the block's last element, nothing is read of a ninth")
    bad("positionCountMismatch", "rice-no-bytes", rice([90], 1, b"", 2), 0, "no byte for one non-zero")
    bad("positionCountMismatch", "rice-unread-byte", rice([90], 1, b"\0\0"), 1, "a byte behind the last gap")
    bad("positionCountMismatch", "rice-unread-byte-full", rice([90], 8, b"\0\1"), 1, "a byte behind the last gap")
    bad("positionCountMismatch", "rice-unread-without-nnz", rice([90], 0, b"\0"), 0, "a byte for no non-zero")
    bad("positionCountMismatch", "rice-unread-first-block", rice([2, 90], 2, b"\0\0\0", starts=[1], byte_starts=[2], k=0), 1, "a byte behind the block's last gap")
    bad("positionCountMismatch", "rice-unread-block-without-nnz", rice([3, 90], 2, b"\0\0\0", starts=[1, 1], byte_starts=[1, 2], k=0), 1,
        "a byte in a block without non-zeros")


def stored_zeros(cases):
    expected = {BITMAP: (bits_of("0101001"), 0), GAPS: (bytes([1, 1, 2]), 2), INDICES: (u16(1, 3, 6), 4), RICE: (bits_of("10 10 110"), 0)}
    for position, (positions, distance) in expected.items():
        kinds = (("f32", Float("f32"), u32(ONE, ONE, 0)), ("f16", Float("f16"), u16(1, 0x8000, 0)), ("bf16", Float("bf16"), u16(1, 0x8000, 0)),
                 ("symmetric", Affine(4, scales=[ONE]), u8(0x1F) + u8(0)),
                 ("zero-point", Affine(4, ("axis", 0), scales=[ONE] * 7, zero_points=[5, 1, 2, 3, 4, 5, -3]), u8(0x50) + u8(0x0D)),
                 ("int16", Affine(16, scales=[ONE]), u16(1, 0x8000, 0)))
        for label, element, values in kinds:
            tensor = raw(position, [7], 3, positions, values=values, element=element)
            cases.add("storedZero", "%s-%s" % (NAMES[position], label), build([fine(), tensor]), ("t1.positions", distance),
                      "the last of three non-zeros is a zero", 1)
    group = Affine(3, ("group", 3), scales=[ONE] * 4, zero_points=[0, 1, 2, 3])
    tensor = raw(BITMAP, [2, 6], 2, bits_of("000001", "001"), [1], k=0, values=bits_of("010 010"), element=group)
    cases.add("storedZero", "zero-point-of-its-group", build([tensor]), ("t0.positions", 1), "the code 2 is the zero point of the third group", 0)
    tensor = raw(RICE, [20], 2, bits_of("1110 1111 111 0"), values=u16(1, 0))
    cases.add("storedZero", "rice-gap-begins-in-first-byte", build([tensor]), "t0.positions", "the gap begins in the first byte and ends in the second", 0)
    tensor = raw(GAPS, [900], 1, bytes([255, 7]), values=u16(0))
    cases.add("storedZero", "gaps-behind-255", build([tensor]), ("t0.positions", 1), "the byte that stores is reported, not the skip before it", 0)
    tensor = raw(GAPS, [9], 2, bytes([0, 200]), values=u16(0, 1))
    cases.add("storedZero", "before-later-range", build([tensor]), "t0.positions", "non-zeros are checked one by one", 0)
    tensor = raw(GAPS, [9], 2, bytes([0, 200]), values=u16(1, 0))
    cases.add("positionOutOfRange", "before-storedZero", build([tensor]), ("t0.positions", 1), "the range is checked before the value", 0)
    tensor = raw(INDICES, [9], 2, u16(4, 4), values=u16(1, 0))
    cases.add("positionOrder", "before-storedZero", build([tensor]), ("t0.positions", 2), "the order is checked before the value", 0)
    tensor = raw(BITMAP, [9], 1, bits_of("110000000"), values=u16(0))
    cases.add("storedZero", "bitmap-before-count", build([tensor]), "t0.positions", "the count is compared at the end of the block", 0)
    tensor = raw(BITMAP, [2, 5], 2, bits_of("100001", "1"), [1], k=0, values=u16(0, 1))
    cases.add("storedZero", "bitmap-before-padding", build([tensor]), "t0.positions", "a row's own bits are checked before those behind it", 0)


def add_all(cases):
    for group in (paddings, checksums, scales, codebooks, row_tables, wide_row_table, positions, stored_zeros):
        group(cases)
