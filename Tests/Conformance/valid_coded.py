"""The valid fixtures of coded parts: every element coding, mode, precision, kind of table, class and segment."""

from fixture_writer import (BITMAP, CODED, CODED_SPARSE, DENSE, GAPS, INDICES, RICE, Affine, Codebook, Coded, Coding, Float, Groups,
                            Line, Tensor, alphabet, bucket, stream_kinds)
from valid_fixtures import ONE, Fixtures, affine, codebook, f32_tensor, product, random_cell, tensor

HALF_ONE = 0x3C00


# Tables in which each symbol has a frequency above 0.

def flat_groups(precision):
    return Groups(*[2**(precision - 8)] * 8)


def falling_groups(precision):
    """Few ones are likely."""
    unit = 2**(precision - 8)
    return Groups(unit * 6, unit * 2, unit, max(unit // 2, 1), max(unit // 4, 1), 1, 1, 1) if precision > 9 else flat_groups(precision)


def flat(count):
    return Line((0, 64), (count - 1, 64))


def slope(count):
    return Line((0, 90), (count - 1, 30))


def bell(count):
    """For affine codes."""
    return Line((0, 100), (count // 2, 50), mirrored=True)


def random_line(random, count, is_affine):
    mirrored = is_affine and random.below(2) == 1
    last = count // 2 if mirrored else count - 1
    inside = sorted({1 + random.below(last - 1) for _ in range(random.below(4))}) if last > 1 else []
    return Line(*[(x, 20 + random.below(108)) for x in [0] + inside + [last]], mirrored=mirrored)


# Tensors.

def cells_of(random, shape, element, sparse, stored):
    count = product(shape)
    cells = [None] * count
    for e in range(count) if not sparse else [e for e in range(count) if random.below(100) < stored] if isinstance(stored, int) else stored:
        cells[e] = random_cell(random, shape, element, e, sparse)
    return cells


def probe(shape, element, sparse):
    """A tensor without content, for the streams that it would have."""
    return Tensor("", shape, element, [None] * product(shape), CODED_SPARSE if sparse else CODED, 255, coded=Coded(31, []))


def codings_of(shape, element, sparse, modes, precision=12, bits=flat_groups, line=None, plane=slope):
    """One table for each stream, modes in turn."""
    model = probe(shape, element, sparse)
    codings = []
    for kind in stream_kinds(model):
        if kind == "low":
            continue
        mode = modes[len(codings) % len(modes)]
        if kind in ("mask", "bits"):
            table = bits(precision)
        elif kind == "plane":
            table = plane(256)
        else:
            chosen = line or (bell if isinstance(element, Affine) else flat)
            table = chosen(alphabet(model, kind))
        codings.append(Coding(mode, precision, [table] if mode else []))
    return codings


def coded(name, random, shape, element, sparse=False, k=255, s=31, codings=None, stored=40, cells=None, modes=(1,), **options):
    if cells is None:
        cells = cells_of(random, shape, element, sparse, stored)
    if codings is None:
        codings = codings_of(shape, element, sparse, modes, **options)
    return Tensor(name, shape, element, cells, CODED_SPARSE if sparse else CODED, k, coded=Coded(s, codings))


# The fixtures.

def floats(fixtures):
    random = fixtures.random
    f32 = [0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7F800001,
           0xFFBFFFFF, 0x7FC00000, 0xFFC12345, 0x7FFFFFFF, 0xFFFFFFFF, ONE]
    f16 = [0, 0x8000, 1, 2, 0x3FF, 0x83FF, 0x400, 0x8400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7C01, 0xFDFF, 0x7E00, 0xFFFF]
    bf16 = [0, 0x8000, 1, 0x8001, 0x7F, 0x80, 0x7F7F, 0x7F80, 0xFF80, 0x7F81, 0xFFBF, 0x7FC0, 0xFFFF, 0x3F80]
    made = []
    for kind, special, most in (("f32", f32, 3), ("f16", f16, 4), ("bf16", bf16, 2)):
        if kind == "f16":
            fixtures.add("coded-f32", made)
            made = []
        element = Float(kind)
        gaps = []
        for bits in special:
            gaps += [bits, None] if bits else [None]  # -0 is stored, +0 is not
        for mode in range(most):
            made.append(coded(kind + "-dense-mode%d" % mode, random, [len(special)], element, cells=special, modes=(mode, 1)))
            if mode < 3:
                made.append(coded(kind + "-sparse-mode%d" % mode, random, [len(gaps)], element, True, cells=gaps, modes=(1, 0, mode)))
        narrow = [random.bits(8 * element.size) % 2**(8 * element.size - 3) + 2**(8 * element.size - 3) for _ in range(40)]
        made.append(coded(kind + "-rows", random, [8, 5], element, False, 2, 0, cells=narrow, modes=(1, 0)))
        made.append(coded(kind + "-rows-sparse", random, [8, 5], element, True, 2, 1, cells=[None if random.below(3) else c for c in narrow],
                          modes=(1, 0)))
    fixtures.add("coded-f16-bf16", made)


def affines(fixtures):
    random = fixtures.random
    for sparse in (False, True):
        for widths in (range(1, 9), range(9, 17)):
            made = []
            for width in widths:
                low, high = -2**(width - 1), 2**(width - 1) - 1
                row = [low, high, low + width // 2, -1, high] if width > 1 else [-1, 1, 1, -1, 1]
                cells = [None if sparse and e % 7 in (1, 5) else cell for e, cell in enumerate(row * 3)]
                made.append(coded("w%02d" % width, random, [3, 5], affine(random, width, [3, 5]), sparse, cells=cells))
                element = Affine(width, ("axis", 0), half=width % 2 == 0, zero_points=[low, high], scales=[HALF_ONE, 1 + random.below(9)])
                cells = cells_of(random, [2, 4], element, sparse, 60)
                made.append(coded("w%02d-zero-points" % width, random, [2, 4], element, sparse, cells=cells, modes=(0, 1)))
            fixtures.add("coded-affine%02dto%02d-%s" % (widths[0], widths[-1], "sparse" if sparse else "dense"), made)

    # The borders of all buckets.
    made = []
    for width in (9, 10, 13, 16):
        highest = 2**(width - 1)
        lowest = [*range(16)] + [top * 2**t for t in range(1, 12) for top in range(8, 16) if top * 2**t < highest]
        assert [bucket(m)[0] for m in lowest] == [*range(8 * width - 24)]
        cells = [m for m in lowest] + [-m for m in lowest[1:]] + [-highest]  # -m is -1 - (m - 1), the last of a bucket
        if width != 16:
            cells = cells[::3] + cells[-1:]
        if len(cells) % 2:
            cells.append(highest - 1)
        made.append(coded("w%02d" % width, random, [len(cells)], affine(random, width, [1]), cells=cells, modes=(0,)))
        made.append(coded("w%02d-sparse-k1" % width, random, [len(cells) // 2, 2], affine(random, width, [1]), True, 2, 0,
                          cells=[cell if cell and cell % 13 == 1 else None for cell in cells]))
        made.append(coded("w%02d-no-low-bits" % width, random, [5], affine(random, width, [1]), cells=[0, 1, -1, 15, -16]))
    fixtures.add("coded-low-bits-borders", made)


def codebooks(fixtures):
    random = fixtures.random
    made = []
    for count in (2, 3, 15, 16, 17):
        for sparse in (False, True):
            shape = [3, 9]
            name = "%03d-%s" % (count, "sparse" if sparse else "dense")
            made.append(coded(name, random, shape, codebook(random, count, count != 3, sparse), sparse, (255, 0)[count % 2], stored=60,
                              modes=(1, 2) if count == 17 else (1,)))
    fixtures.add("coded-codebook-002to017", made)
    made = []
    for sparse in (False, True):
        book = codebook(random, 256, True, sparse)
        cells = [None if sparse and n % 3 == 0 else index for n, index in enumerate([255, 0, 127, 128, 254, 1, 7, 255, 255, 3, 200, 0])]
        made.append(coded("256-%d" % sparse, random, [12], book, sparse, cells=cells))
        made.append(coded("5-%d" % sparse, random, [4, 9], codebook(random, 5, sparse=sparse), sparse, 1, modes=(0,)))
    fixtures.add("coded-codebook-005-256", made)


def tables_of_bits(random):
    made = []

    def groups(name, table, symbols, precision=12, mode=1, count=None):
        bits = [2 * (symbol // 2**i % 2) - 1 for symbol in symbols for i in range(8)]
        cells = bits[:count]
        made.append(coded(name, random, [len(cells)], affine(random, 1, [1]), codings=[Coding(mode, precision, [table])], cells=cells))

    groups("only-0", Groups(), [0] * 40)
    groups("only-255", Groups(0, 0, 0, 0, 0, 0, 0, 4096), [255] * 40)
    groups("no-0", Groups(*[1] * 7 + [2]), [1, 254, 255, 128, 77], 8)
    groups("one-bit-set", Groups(512), [1, 2, 4, 8, 16, 32, 64, 128, 1])
    groups("four-bits-set", Groups(0, 0, 0, 3), [0x0F, 0xF0, 0x33, 0, 0, 0x96], 8)
    groups("largest-field", Groups(0, 0, 0, 0, 0, 0, 0, 16384), [255], 14)
    groups("absent-in-between", Groups(9, 0, 2, 0, 1, 0, 3), [0, 1, 7, 31, 127, 254, 64], 9, 2)
    groups("last-symbol-short", flat_groups(9), [255, 254, 1], 9, 1, 17)
    groups("last-symbol-short-7", falling_groups(11), [0, 255], 11, 1, 15)
    return made


def modes(fixtures):
    random = fixtures.random
    made = []
    for mode, counts in ((0, (1, 9)), (1, (1, 2, 50)), (2, (1, 3, 4, 5, 50)), (3, (1, 32, 33, 80))):
        for count in counts:
            made.append(coded("m%d-%02d" % (mode, count), random, [count], affine(random, 4, [1]), modes=(mode,)))
    fixtures.add("coded-lanes-fewer-and-more-symbols", made)
    made = []
    for mask in range(4):
        for codes in range(4):
            if mask < 3 or codes == 0:
                made.append(coded("mask%d-codes%d" % (mask, codes), random, [20], affine(random, 3, [1]), True, modes=(mask, codes)))
    fixtures.add("coded-modes", made)
    made = tables_of_bits(random)
    fixtures.add("coded-precisions-tables-bits", made + [
        coded("p%02d-%s" % (precision, name), random, [4, 9], element, True, 0 if precision % 2 else 255, precision=precision, bits=bits,
              stored=stored)
        for precision in range(8, 15)
        for name, element, bits, stored in (("codes", affine(random, 5, [1]), falling_groups, 30), ("bits", affine(random, 1, [1]), flat_groups, 60))])
    steep = lambda count: Line((0, 127), (count // 2, 0), mirrored=True)
    near = [random.below(4) - random.below(4) or 1 for _ in range(400)]
    fixtures.add("coded-words-of-long-streams", [
        coded("lanes%d" % lanes, random, [20, 20], affine(random, 5, [1]), cells=near, modes=(mode,), precision=precision, line=steep)
        for mode, lanes, precision in ((1, 1, 14), (2, 4, 11), (3, 32, 8))] + [
        coded("sparse", random, [10, 20], affine(random, 8, [1]), True, cells=[near[e] if near[e] > 1 else None for e in range(200)],
              line=steep, bits=falling_groups, precision=14)])


def segments(fixtures):
    random = fixtures.random
    choices = [(255, s) for s in (0, 1, 2, 3, 31)] + [(0, 31), (1, 0), (1, 31), (2, 0), (2, 1), (2, 31), (3, 0), (3, 1), (3, 2), (3, 31)]
    for sparse in (False, True):
        made = []
        for n, (k, s) in enumerate(choices):
            rows = 9 + n % 3  # the last block and the last segment have fewer rows
            element = affine(random, 1, [1]) if n % 2 else codebook(random, 3, True, True)
            blocks = 1 if k == 255 else -(-rows // 2**k)
            modes_ = (1,) if blocks < 6 else (0, 1) if n % 2 else (1, 0)
            made.append(coded("k%03d-s%02d" % (k, s), random, [rows, 5], element, sparse, k, s, modes=modes_))
        fixtures.add("coded-segments-" + ("sparse" if sparse else "dense"), made)
    made = []
    for last in (1, 2, 3):  # rows of the last block
        for s in (0, 1):
            made.append(coded("last%d-s%d" % (last, s), random, [8 + last, 3, 3], affine(random, 1, [1], zero_points=True), True, 2, s, stored=60))
    made.append(coded("row1-s0", random, [9, 1], affine(random, 1, [1]), True, 255, 0))
    made.append(coded("row8-s0", random, [5, 8], affine(random, 1, [1]), True, 255, 0))
    made.append(coded("row9-s1", random, [5, 9], affine(random, 1, [1]), False, 255, 1))
    made.append(coded("k30", random, [5, 9], affine(random, 2, [1]), False, 2, 1))
    fixtures.add("coded-segments-short-last", made)


def classes(fixtures):
    random = fixtures.random
    made = []
    for count, rows, s in ((1, 5, 0), (2, 5, 0), (2, 5, 31), (3, 9, 1), (32, 35, 0), (32, 3, 31), (17, 9, 2)):
        number = 1 if s == 31 else -(-rows // 2**s)
        chosen = [(n * 5 + count - 1) % count for n in range(number)]
        # Mirrored, the alphabet of 2 bits goes from 0 to 2, else from 0 to 3.
        tables = [Line((0, 127 * (n % 2)), (2 if n % 2 else 3, 80 - n), mirrored=n % 2 == 1) for n in range(count)]
        made.append(coded("codes-c%02d-s%02d" % (count, s), random, [rows, 3], affine(random, 2, [1]), False, 255, s,
                          [Coding(1, 10, tables, chosen)]))
    made.append(coded("blocks-c3-k2-s0", random, [11, 4], affine(random, 2, [1]), False, 2, 0,
                      [Coding(2, 9, [flat(4), slope(4), bell(4)], [n % 3 for n in range(11)])]))
    made.append(coded("blocks-c3-k2-s1", random, [11, 4], affine(random, 2, [1]), True, 2, 1, [
        Coding(1, 9, [flat_groups(9), Groups(9, 3, 2, 1, 1, 1, 1, 1), Groups(1, 1, 1, 1, 1, 1, 1, 200)], [2, 1, 0, 2, 1, 0]),
        Coding(1, 13, [flat(4), slope(4), bell(4)], [0, 1, 2, 1, 0, 2])]))
    made.append(coded("blocks-c2-k0-s31", random, [3, 9], affine(random, 1, [1]), False, 0, 31,
                      [Coding(1, 10, [falling_groups(10), flat_groups(10)], [0, 1, 0])]))
    made.append(coded("planes-c2", random, [4, 3], Float("bf16"), True, 255, 0, [
        Coding(), Coding(1, 8, [flat(256), Line((0, 0), (255, 0))], [0, 1, 1, 0]), Coding(1, 11, [slope(256), flat(256), flat(256)], [1, 0, 2, 1])]))
    made.append(coded("unused-c4", random, [2, 3], codebook(random, 3), False, 255, 0, [Coding(1, 8, [flat(3)] * 4, [3, 3])]))
    fixtures.add("coded-classes", made)

    made = []
    for c, d, row in ((1, 2, 9), (1, 3, 20), (1, 8, 61), (2, 2, 16), (8, 8, 17), (3, 5, 3), (32, 2, 9)):
        rows = 4
        tables = []
        for n in range(c * d):
            more = [8 + n % 9, 2, 1, 1, 1, 1, 1, 1 + n % 3]
            tables.append(Groups(*more))
        place = [(j * 3 + d - 1) % d for j in range(-(-row // 8))]
        of_segment = [(n * 7 + c - 1) % c for n in range(rows)]
        made.append(coded("c%02d-d%d-row%d" % (c, d, row), random, [rows, row], affine(random, 1, [1]), True, 255, 0, [
            Coding(1, 12, tables, of_segment, place, d), Coding(1, 8, [flat_groups(8)])], stored=30))
    absent = Groups()  # nothing but the symbol 0
    full = Groups(0, 0, 0, 0, 0, 0, 0, 256)  # nothing but the symbol 255
    columns = [None] * 8 + [1, -1, 1, 1, 1, -1, -1, 1] + [None] * 3
    made.append(coded("columns-of-no-bits", random, [6, 19], affine(random, 1, [1]), True, 1, 31, [
        Coding(1, 8, [falling_groups(8)]), Coding(1, 8, [flat_groups(8)])], cells=columns * 6))
    made.append(coded("columns-of-no-information", random, [6, 19], affine(random, 1, [1]), True, 2, 0, [
        Coding(1, 8, [absent, full], None, [0, 1, 0], 2), Coding(1, 8, [flat_groups(8)])], cells=columns * 6))
    fixtures.add("coded-position-classes", made)


def tables(fixtures):
    random = fixtures.random
    made = []

    def lines(name, element, table, cells, precision=12, mode=1):
        made.append(coded(name, random, [len(cells)], element, codings=[Coding(mode, precision, [table])], cells=cells))

    a3, a8, a12 = (affine(random, width, [1]) for width in (3, 8, 12))
    book = codebook(random, 17, True)
    lines("mirrored-one-symbol", a3, Line((0, 0), mirrored=True), [0] * 9)
    lines("mirrored-last-only", a3, Line((4, 127), mirrored=True), [-4] * 9)
    lines("mirrored-two-symbols", a3, Line((2, 5), mirrored=True), [2, -2, -2, 2, 2])
    lines("mirrored-last-two", a3, Line((3, 60), (4, 90), mirrored=True), [-3, 3, -4, -4])
    lines("mirrored-hole", a8, Line((0, 30), (3, 40), None, (128, 20), mirrored=True), [0, 3, -3, -128, 1, -2])
    lines("mirrored-steep-up", a8, Line((0, 0), (128, 127), mirrored=True), [-128, 127, -127, 3, 0])
    lines("mirrored-steep-down", a8, Line((0, 127), (128, 0), mirrored=True), [0, 1, -1, 127, -128])
    lines("plain-one-symbol", a8, Line((0, 0)), [-128] * 3)
    lines("plain-last-only", a8, Line((255, 127)), [127] * 3)
    lines("plain-all-8bits", a8, Line((0, 127), (255, 127)), [-128, 127, 0, -1], 8)
    lines("plain-255-of-256", a8, Line((0, 1), (100, 90), None, (102, 90), (255, 1)), [-128, 127, 0, -1, -28, -26], 8)
    lines("plain-change-0", a8, Line((0, 50), (9, 50), (255, 50)), [-128, -119, 127])
    lines("holes-all", a8, Line((0, 3), None, (1, 99), None, (128, 50), None, (255, 127)), [-128, -127, 0, 127, 127])
    lines("buckets", a12, Line((0, 90), (72, 20), mirrored=True), [0, 2047, -2048, 15, -16, 16, -17, 1024])
    lines("buckets-plain-hole", a12, Line((0, 9), (71, 60), None, (73, 9), (143, 0)), [-2048, -1, 1, 2047, 16])
    lines("buckets-one-symbol", a12, Line((143, 9)), [1920, 2047, 1921, 2000])
    lines("codebook-one-symbol", book, Line((16, 1)), [16] * 5)
    lines("codebook-hole", book, Line((1, 10), (4, 127), None, (8, 0), (16, 90)), [1, 4, 8, 16, 3])
    lines("codebook-no-first-no-last", book, Line((1, 77), (15, 3)), [1, 15, 7])
    zigzag = Line(*[(x, 127 * (x % 2)) for x in range(17)])
    lines("codebook-knot-for-each", book, zigzag, [0, 1, 2, 3, 16], 14)
    lines("codebook-weights-1-and-65535", codebook(random, 3), Line((0, 0), (1, 127), (2, 0)), [0, 1, 2, 1, 1, 1], 14)
    levels = [random.below(128) for _ in range(17)]
    lines("codebook-random-levels", book, Line(*list(enumerate(levels))), [n for n in range(17) if levels[n] > 20], 9)
    made.append(coded("planes", random, [6], Float("bf16"), codings=[
        Coding(1, 8, [Line((0x7E, 9), None, (0x7F, 9))]),
        Coding(2, 14, [Line((0x80, 127), None, (0xC0, 9))])], cells=[0x3F80, 0xBF80, 0x3FC0, 0xBFC0, 0x3F80, 0x3F80]))
    fixtures.add("coded-tables-lines", made)


def empties(fixtures):
    random = fixtures.random
    made = []
    for n, element in enumerate((Float("f32"), Float("bf16"), affine(random, 1, [1]), affine(random, 6, [1]), affine(random, 12, [1]),
                                 codebook(random, 2, True, True), codebook(random, 4, True, True))):
        made.append(coded("nnz0-%d" % n, random, [3, 5], element, True, stored=[], modes=(1, 2, 0)))
        rows = [n % 3 * 6 + 1, n % 3 * 6 + 4]
        made.append(coded("one-row-%d" % n, random, [3, 6], element, True, 0, stored=rows, modes=(0, 1)))
        made.append(coded("blocks-%d" % n, random, [9, 3], element, True, 2, 0, stored=[n, 26 - n], modes=(0, 1) if n < 2 else (1, 0)))
    made.append(coded("nnz0-blocks", random, [9, 3], affine(random, 12, [1]), True, 0, stored=[], modes=(0, 3)))
    made.append(coded("nnz0-no-information", random, [64, 32], affine(random, 12, [1]), True, 3, stored=[], codings=[
        Coding(1, 8, [Groups()]), Coding(1, 8, [Line((0, 0), mirrored=True)])]))
    made.append(coded("zeros-of-one-MiB", random, [512, 512], Float("f32"), True, stored=[], codings=[
        Coding(2, 14, [Groups()])] + [Coding()] * 4))
    fixtures.add("coded-streams-without-symbols", made)


def scales(fixtures):
    random = fixtures.random
    shape = [3, 2, 5]
    made = []
    for name, granularity in (("tensor", "tensor"), ("axis0", ("axis", 0)), ("axis1", ("axis", 1)), ("axis2", ("axis", 2)),
                              ("group3", ("group", 3)), ("group10", ("group", 10))):
        for zero_points in (False, True):
            for sparse in (False, True):
                if name in ("axis2", "group10") and zero_points != sparse:
                    continue
                half = zero_points != sparse
                width = 4 if not zero_points else 9 if sparse else 3
                made.append(coded("%s-%d%d" % (name, zero_points, sparse), random, shape, affine(random, width, shape, granularity, half, zero_points),
                                  sparse, 0 if name == "axis1" else 255, modes=(0,) if name != "tensor" else (1,)))
    fixtures.add("coded-scales", made)


def containers(fixtures):
    random = fixtures.random
    for alignment in (16, 64):
        fixtures.add("coded-and-in-place-align%d" % alignment, [
            f32_tensor("a", [1], ONE),
            coded("b", random, [3], affine(random, 4, [1])),
            coded("c", random, [5, 3], affine(random, 12, [1], half=True), True, 0),
            tensor("d", random, [3, 3], affine(random, 3, [3, 3], ("axis", 0), True, True), BITMAP, 0),
            tensor("e", random, [4], Float("f16"), GAPS),
            coded("f", random, [7], Float("f16"), modes=(0, 1)),
            tensor("g", random, [0], Float("f32")),
            coded("h", random, [9, 2], codebook(random, 7, True), False, 3, 1),
            coded("i", random, [9, 2], codebook(random, 2, True, True), True, 3, 1),
            tensor("j", random, [2, 9], affine(random, 16, [2, 9], ("group", 4)), RICE, 0, 2),
            tensor("k", random, [2, 9], Float("bf16"), INDICES, 0),
            coded("l", random, [1], affine(random, 16, [1], zero_points=True))] + [
            tensor("m", random, [3], Float("f32"), DENSE)] * (alignment == 64), alignment=alignment)
    ranks = [[], [5], [2, 3], [2, 1, 3], [1, 2, 2, 1], [2, 1, 1, 2, 2], [1, 1, 2, 1, 1, 3], [2, 1, 1, 1, 1, 1, 2], [3, 2, 1, 2, 1, 1, 1, 2]]
    made = []
    for rank, shape in enumerate(ranks):
        k = 0 if len(shape) > 1 and shape[0] > 1 else 255
        made.append(coded("r%d" % rank, random, shape, affine(random, 5, shape), rank % 2 == 1, k, modes=(1, 0)))
        made.append(coded("r%d-sparse" % rank, random, shape, Float("f16"), True, 255, 0 if k == 0 else 31, modes=(1, 0), stored=80))
    fixtures.add("coded-rank0to8-large", made, large=True)


def mixtures(fixtures):
    """Everything at random."""
    random = fixtures.random
    made = []
    for n in range(12):
        rows, row = 2 + random.below(9), 1 + random.below(11)
        shape = [rows, row] if n % 3 else [rows, 1 + random.below(3), 1 + random.below(4)]
        k = random.choice_of([255] + [k for k in range(3) if 2**k < rows])
        s = random.choice_of([31] + [s for s in range(3) if 2**s < rows and (k == 255 or 2**s < 2**k)])
        sparse = random.below(2) == 1
        element = random.choice_of([
            Float("bf16"), affine(random, 1, shape), affine(random, 1, shape, zero_points=True),
            affine(random, 2 + random.below(7), shape, ("axis", 1), True, n % 2 == 0), affine(random, 9 + random.below(8), shape, ("axis", 0), True),
            codebook(random, 2, True, sparse), codebook(random, 3 + random.below(20), True, sparse)])
        model = probe(shape, element, sparse)
        blocks = [min(2**k if k != 255 else rows, rows - first) for first in range(0, rows, 2**k if k != 255 else rows)]
        segments_ = sum(1 if s == 31 else -(-block // 2**s) for block in blocks)
        codings = []
        for kind in stream_kinds(model):
            mode = random.choice_of([0, 1, 1, 1, 2])
            if kind == "low":
                continue
            if mode == 0:
                codings.append(Coding())
                continue
            precision, c = 8 + random.below(7), 1 + random.below(3)
            d = 1 + random.below(3) if kind == "mask" and s == 0 else 1
            symbols = -(-product(shape) // rows // 8)
            made_tables = []
            for _ in range(c * d):
                if kind in ("mask", "bits"):
                    made_tables.append(random.choice_of([flat_groups, falling_groups])(precision))
                else:
                    made_tables.append(random_line(random, alphabet(model, kind), isinstance(element, Affine)))
            codings.append(Coding(mode, precision, made_tables, [random.below(c) for _ in range(segments_)],
                                  [random.below(d) for _ in range(symbols)], d))
        made.append(coded("%d" % n, random, shape, element, sparse, k, s, codings, 20 + random.below(70)))
    fixtures.add("coded-mixture", made)


def all_coded():
    """(file name, bytes, tensors) of each."""
    fixtures = Fixtures()
    for group in (floats, affines, codebooks, modes, segments, classes, tables, empties, scales, containers, mixtures):
        group(fixtures)
    return fixtures.files
