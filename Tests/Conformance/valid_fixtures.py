"""The valid fixtures: every value of each dimension, and every pair of values that can occur together."""

import itertools
import math

from fixture_writer import (BITMAP, DENSE, GAPS, INDICES, RICE, Affine, Codebook, Float, Random, Tensor, build, crc,
                            f32_nearest, order, provenance, source, u32)

ONE = 0x3F800000


def product(extents):
    result = 1
    for extent in extents:
        result *= extent
    return result


# Values.

def random_scale(random, half):
    if half:
        return 1 + random.below(0x7BFF)  # every finite f16 above 0, subnormals too
    return (100 + random.below(50)) * 2**23 + random.bits(23)


def affine(random, width, shape, granularity="tensor", half=False, zero_points=False):
    element = Affine(width, granularity, half)
    count = element.count(shape)
    element.scales = [random_scale(random, half) for _ in range(count)]
    if zero_points:
        element.zero_points = [random.below(2**width) - 2**(width - 1) for _ in range(count)]
    return element


def codebook(random, count, half=False, sparse=False):
    """Rising entries of both signs; a dense codebook holds +0."""
    entries = set()
    while len(entries) < count:
        magnitude = 1 + random.below(0x7BFF) if half else (80 + random.below(80)) * 2**23 + random.bits(23)
        entries.add((-1, magnitude) if random.below(2) else (1, magnitude))
    if not sparse:
        entries.remove(max(entries))
        entries.add((1, 0))
    top = 0x8000 if half else 0x80000000
    rising = sorted(sign * magnitude for sign, magnitude in entries)
    return Codebook([value if value >= 0 else top - value for value in rising], half)


def random_cell(random, tensor_shape, element, e, sparse):
    while True:
        if isinstance(element, Codebook):
            return random.below(len(element.entries))
        if isinstance(element, Float):
            bits = random.bits(8 * element.size)
            if bits != 0:
                return bits
            continue
        if element.width == 1 and element.zero_points is None:
            return random.below(2) * 2 - 1
        half = 2**(element.width - 1)
        cell = random.below(2 * half) - half
        zero_point = 0 if element.zero_points is None else element.zero_points[element.choice(tensor_shape, e)]
        if not sparse or cell != zero_point:
            return cell


def tensor(name, random, shape, element, position=DENSE, k=255, rice_bits=None, stored=None):
    """stored: the elements that are not zero, or a density in percent."""
    count = product(shape)
    cells = [None] * count
    if position == DENSE:
        chosen = range(count)
    elif stored is None or isinstance(stored, int):
        chosen = [e for e in range(count) if random.below(100) < (30 if stored is None else stored)]
    else:
        chosen = stored
    for e in chosen:
        cells[e] = random_cell(random, shape, element, e, position != DENSE)
    return Tensor(name, shape, element, cells, position, k, rice_bits)


# Fixtures: a name, the tensors in the order of their names, and what build() takes.

class Fixtures:
    def __init__(self):
        self.files = []
        self.random = Random(1)

    def add(self, name, tensors, **options):
        tensors = sorted(tensors, key=lambda t: t.name)
        self.files.append((name + ".pare", build(tensors, **options).data, tensors))


def f32_tensor(name, shape, *bits):
    return Tensor(name, shape, Float("f32"), bits)


def root_bits(numerator, denominator):
    """The f32 nearest to the root of a quotient: 60 further bits leave no tie undecided but an exact one."""
    return f32_nearest(0, math.isqrt(numerator * 2**240 // denominator), -120)


def articles(fixtures):
    weights = [0x3F000000, 0x3F000000, 0x40000000]
    w = Tensor("w", [3], Affine(11, half=True, scales=[0x1C00]), [0, 0, 512])
    checksum = int.from_bytes(crc(u32(*weights)), "little")
    fixtures.add("article", [w], sections=[provenance((0, checksum, 0x3F000000, root_bits(1, 6)))])
    fixtures.add("linear", [f32_tensor("coef", [3], *weights), f32_tensor("intercept", [1], 0xBE800000)])


def containers(fixtures):
    small = lambda: [f32_tensor("a", [1], ONE), Tensor("b", [3], Affine(3, scales=[ONE]), [1, -2, 3]),
                     Tensor("c", [], Float("f16"), [0x3C00])]
    for alignment in (4, 16, 64):
        fixtures.add("header-align%d" % alignment, small(), alignment=alignment)
    fixtures.add("header-large", small(), large=True)
    fixtures.add("header-large-align64-rice", [tensor("a", fixtures.random, [4, 50], Float("bf16"), RICE, 1, 2)],
                 large=True, alignment=64)
    fixtures.add("header-minor255-readerMinimum1", small(), replace={"minor": b"\xff"})
    fixtures.add("header-minor0-readerMinimum0", small(), replace={"minor": b"\0", "readerMinimum": b"\0"})
    fixtures.add("tensors-none", [])
    fixtures.add("tensors-none-align64", [], alignment=64)
    fixtures.add("tensors-none-source-json", [], sections=[source(0, "{}")])
    fixtures.add("tensors-200", [Tensor("t%03d" % n, [], Float("f16"), [n]) for n in range(200)])

    fixtures.add("names-order-utf8-length255", [
        f32_tensor(name, [], ONE + n) for n, name in enumerate(
            [" ", "A", "a", "a.b", "ab", "\u00a0", "\u00e4", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000",
             "\U0010ffff", "\u4e2d\u6587", "n" * 255])])

    wide = lambda: [f32_tensor("a", [1], ONE), f32_tensor("b", [1], 0), f32_tensor("c", [1], 0x40000000)]
    largest = 0x7F7FFFFF
    fixtures.add("sections-provenance-each", wide(), sections=[
        provenance((0, 1, 0, 0), (0, 0xFFFFFFFF, 1, 1), (0, 3, largest, largest))])
    fixtures.add("sections-provenance-skip", wide(), sections=[provenance((2, 7, 0x3F000000, 0x3E000000))])
    fixtures.add("sections-provenance-first-and-last", wide(), sections=[provenance((0, 7, 0, 0), (1, 8, 0, 0))])
    fixtures.add("sections-order", wide(), sections=[order(2, 0, 1)])
    fixtures.add("sections-order-200", [Tensor("t%03d" % n, [], Float("f16"), [n]) for n in range(200)],
                 sections=[order(*range(199, -1, -1))])
    fixtures.add("sections-source-json", wide(), sections=[source(0, '{"layers":[{@0,@1,@2}],"name":"\u00e4"}')])
    fixtures.add("sections-source-tables", wide(), sections=[
        source(1, '[{"tensor":@0,"separator":","},{"tensor":@1,"separator":";"},{"tensor":@2s,"separator":" "}]')])
    fixtures.add("sections-source-kind-unknown-any-bytes", wide(), sections=[source(2, b"\xff\x00\x9f")])
    fixtures.add("sections-source-kind255-empty", wide(), sections=[source(255, b"")])
    fixtures.add("sections-unknown-ancillary", wide(), sections=[(68, [("x", b"model")]), (100, []), (127, [("x", b"\0")])])
    fixtures.add("sections-all-known-and-unknown", wide(), sections=[
        provenance((1, 5, 0, 0)), source(0, "[@2,@1,@0]"), (90, [("x", bytes(range(200)))])])
    fixtures.add("sections-provenance-order", wide(), sections=[provenance((1, 5, 0, 0)), order(1, 0, 2)])


def shapes(fixtures):
    random = fixtures.random
    ranks = [[], [5], [2, 3], [2, 1, 3], [1, 2, 2, 1], [2, 1, 1, 2, 2], [1, 1, 2, 1, 1, 3], [2, 1, 1, 1, 1, 1, 2],
             [1, 2, 1, 2, 1, 1, 1, 2]]
    fixtures.add("rank0to8-f32", [tensor("r%d" % rank, random, shape, Float("f32")) for rank, shape in enumerate(ranks)])
    fixtures.add("rank0to8-affine5-axis-last-rice", [
        tensor("r%d" % rank, random, shape, affine(random, 5, shape, ("axis", rank - 1) if rank else "tensor"), RICE, 255, 1, 60)
        for rank, shape in enumerate(ranks)])
    fixtures.add("rank8-affine7-every-axis-dense", [
        tensor("a%d" % axis, random, [2, 1, 2, 1, 2, 1, 2, 1], affine(random, 7, [2, 1, 2, 1, 2, 1, 2, 1], ("axis", axis)))
        for axis in range(8)])
    for position, name in ((DENSE, "dense"), (BITMAP, "bitmap"), (GAPS, "gaps"), (INDICES, "indices"), (RICE, "rice")):
        made = []
        for n, element in enumerate((Float("f32"), Float("f16"), Float("bf16"), "affine", "codebook")):
            for shape in ([], [1], [1, 1], [1, 1, 1]):
                if element == "affine":
                    stored = affine(random, 9, shape, zero_points=True)
                elif element == "codebook":
                    stored = codebook(random, 2, sparse=position != DENSE)
                else:
                    stored = element
                made.append(tensor("%d-%d" % (n, len(shape)), random, shape, stored, position, 255, 3, 100))
        fixtures.add("elements-one-" + name, made)

    zero = [[0], [0, 3], [3, 0], [2, 0, 2], [0, 0], [536870911, 0]]
    fixtures.add("extent-zero-floats", [
        tensor("%s-%d" % (kind, n), random, shape, Float(kind)) for kind in ("f32", "f16", "bf16") for n, shape in enumerate(zero)])
    made = []
    for n, shape in enumerate(zero):
        made.append(tensor("codebook-%d" % n, random, shape, codebook(random, 3)))
        made.append(tensor("tensor-%d" % n, random, shape, affine(random, 4, shape, zero_points=True)))
        made.append(tensor("group-%d" % n, random, shape, affine(random, 16, shape, ("group", 2), zero_points=True)))
        for axis in range(len(shape)):
            if shape[axis] < 100:
                made.append(tensor("axis%d-%d" % (axis, n), random, shape, affine(random, 6, shape, ("axis", axis), True, True)))
    fixtures.add("extent-zero-affine-codebook-scales-remain", made)
    fixtures.add("extent-zero-align64-ends-in-padding", [f32_tensor("a", [1], ONE), f32_tensor("b", [0])], alignment=64)
    fixtures.add("expansion-1MiB-of-zeros", [
        tensor("a", random, [262144], Float("f16"), GAPS, stored=[]), tensor("b", random, [512, 512], Float("f32"), RICE, 255, 24, [])])
    fixtures.add("expansion-1024-times-payload", [
        tensor("a", random, [256 * (4 + 512 + 512)], affine(random, 8, [1]), GAPS, 255, None, range(512))])


def floats(fixtures):
    random = fixtures.random
    f32 = [0, 0x80000000, 1, 0x80000001, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7F800001,
           0xFFBFFFFF, 0x7FC00000, 0xFFC12345, 0x7FFFFFFF, 0xFFFFFFFF, ONE]
    f16 = [0, 0x8000, 1, 2, 3, 0x3FF, 0x83FF, 0x200, 0x1FF, 0x400, 0x8400, 0x3C00, 0xBC00, 0x7BFF, 0xFBFF, 0x7C00, 0xFC00, 0x7C01,
           0xFDFF, 0x7E00, 0xFE01, 0x7FFF, 0xFFFF] + [2**n for n in range(10)] + [2**n - 1 for n in range(2, 10)]
    bf16 = [0, 0x8000, 1, 0x8001, 0x7F, 0x80, 0x7F7F, 0x7F80, 0xFF80, 0x7F81, 0xFFBF, 0x7FC0, 0xFFFF, 0x3F80]
    for kind, special in (("f32", f32), ("f16", f16), ("bf16", bf16)):
        fixtures.add("element-%s-special-dense" % kind, [Tensor("a", [len(special)], Float(kind), special)])
        cells = []
        for bits in special:
            cells += [bits, None] if bits else [None]  # -0 is stored, +0 is not
        shape = [len(cells)]
        fixtures.add("element-%s-special-sparse" % kind, [
            Tensor("%d" % position, shape, Float(kind), cells, position, 255, 1) for position in (BITMAP, GAPS, INDICES, RICE)])
    fixtures.add("element-f16-subnormals-all", [Tensor("a", [1023], Float("f16"), range(1, 1024))])
    fixtures.add("element-f16-exponents-all", [Tensor("a", [64, 3], Float("f16"), [
        e * 1024 + fraction for e in range(64) for fraction in (0, 0x155, 0x3FF)])])


def affines(fixtures):
    random = fixtures.random
    for width in range(1, 17):
        low, high = -2**(width - 1), 2**(width - 1) - 1
        row = [low, high, low + width // 2, 0, high] if width > 1 else [-1, 1, 1, -1, 1]
        made = [Tensor("dense", [3, 5], affine(random, width, [3, 5]), row * 3)]
        made.append(Tensor("zero-points-extreme", [2, 2], Affine(
            width, ("axis", 0), zero_points=[low, high], scales=[ONE, 0x33333333]), [low, high, low, high]))
        for name, granularity in (("axis0", ("axis", 0)), ("axis1", ("axis", 1)), ("axis2", ("axis", 2)), ("group", ("group", 4)),
                                  ("tensor", "tensor")):
            shape = [3, 2, 7]
            made.append(tensor(name, random, shape, affine(random, width, shape, granularity, width % 2 == 0, True)))
            made.append(tensor(name + "-sparse", random, shape, affine(random, width, shape, granularity, width % 2 == 1),
                               1 + (width + len(made)) % 4, 0, 1))
        fixtures.add("affine-width%02d" % width, made)

    groups = []
    for size in (1, 2, 3, 4, 5, 6, 7, 8, 65536):
        for shape in ([], [7], [3, 7], [2, 2, 6]):
            groups.append(tensor("g%05d-rank%d" % (size, len(shape)), random, shape,
                                 affine(random, 6, shape, ("group", size), True, size % 2 == 0)))
    fixtures.add("affine-group-sizes-short-last", groups)
    fixtures.add("affine-group-sparse", [
        tensor("p%d-g%d" % (position, size), random, [5, 9], affine(random, 10, [5, 9], ("group", size), False, True), position, 0, 2)
        for position in (BITMAP, GAPS, INDICES, RICE) for size in (2, 4, 9, 32)])

    codes = [-32768, -32767, -1, 0, 1, 2, 3, 255, 257, 32766, 32767]
    scales = [1, 2, 3, 0x007FFFFF, 0x00800000, 0x00800001, 0x00FFFFFF, 0x0F000001, ONE, ONE + 1, 0x3FFFFFFF, 0x3DCCCCCD, 0x7F7FFFFF,
              0x7F000000, 0x78000000, 0x77FFFFFF, 0x777FFFFF, 0x78000200]
    fixtures.add("affine-rounding-subnormal-overflow-f32", [
        Tensor("%02d" % n, [len(codes)], Affine(16, scales=[scale]), codes) for n, scale in enumerate(scales)])
    fixtures.add("affine-rounding-zero-points-17-bit-difference", [
        Tensor("%02d" % n, [len(codes)], Affine(16, scales=[scale], zero_points=[zero_point]), codes)
        for n, (scale, zero_point) in enumerate(itertools.product(scales[:3] + scales[8:16], (-32768, 32767)))])
    halves = [1, 2, 3, 0x3FF, 0x400, 0x401, 0x3C00, 0x3C01, 0x3BFF, 0x7BFF, 0x2E66]
    fixtures.add("affine-scales-f16-extremes", [
        Tensor("%02d" % n, [len(codes)], Affine(16, scales=[scale], half=True), codes) for n, scale in enumerate(halves)])
    ties = [0x3F800000 + 2 * n + 1 for n in range(12)]
    fixtures.add("affine-rounding-ties", [
        Tensor("%02d" % n, [15], Affine(5, scales=[scale]), range(-15, 15, 2)) for n, scale in enumerate(ties)])
    fixtures.add("affine-alignment-of-parts", [
        tensor("%d-%d-%d-%d" % (width, zero, half, position), random, [3, 3], affine(random, width, [3, 3], ("axis", 0), half, zero), position, k, 1)
        for width, zero in ((3, True), (8, True), (9, True), (16, True), (16, False)) for half in (False, True)
        for position, k in ((DENSE, 255), (BITMAP, 0), (GAPS, 0), (INDICES, 0), (RICE, 0))])


def codebooks(fixtures):
    random = fixtures.random
    for count in (2, 3, 15, 16, 17, 255, 256):
        for half in (False, True):
            name = "codebook-%03d-%s" % (count, "f16" if half else "f32")
            cells = list(range(count)) + [count - 1, 0, count // 2]
            book = codebook(random, count, half)
            fixtures.add(name + "-dense", [Tensor("a", [len(cells)], book, cells), tensor("b", random, [3, 5], codebook(random, count, half))]
                         if count < 255 else [Tensor("a", [len(cells)], book, cells)])
            fixtures.add(name + "-sparse", [
                tensor("p%d" % position, random, [4, 11], codebook(random, count, half, True), position, 0, 2, 60)
                for position in ((BITMAP, GAPS, INDICES, RICE) if count < 255 else (GAPS, INDICES))])
    special = [0xFF7FFFFF, 0xBF800000, 0x80800000, 0x80000001, 0, 1, 0x007FFFFF, 0x00800000, ONE, 0x7F7FFFFF]
    fixtures.add("codebook-f32-subnormal-and-largest-entries", [Tensor("a", [2, 10], Codebook(special), list(range(10)) * 2)])
    special = [0xFBFF, 0xBC00, 0x8400, 0x83FF, 0x8001, 0, 1, 0x3FF, 0x400, 0x7BFF]
    fixtures.add("codebook-f16-subnormal-and-largest-entries", [Tensor("a", [2, 10], Codebook(special, True), list(range(10)) * 2)])


def positions(fixtures):
    random = fixtures.random
    sign = lambda shape: affine(random, 1, shape)
    codings = ((BITMAP, "bitmap", [255, 0, 1, 2, 3]), (GAPS, "gaps", [255, 0, 1, 2, 3]), (INDICES, "indices", [0]),
               (RICE, "rice", [255, 0, 1, 2, 3]))
    for position, name, ks in codings:
        for label, stored in (("none", []), ("all", 100), ("random", 35)):
            made = []
            for k in ks:
                for n, shape in enumerate(([9, 8], [9, 13], [10, 3, 3])):
                    for element in (Float("f32"), sign(shape)):
                        made.append(tensor("k%03d-%d-%s" % (k, n, "affine" if element.number else "f32"), random, shape, element,
                                           position, k, n, stored))
            fixtures.add("position-%s-nnz-%s" % (name, label), made)
        rows = [r * 20 + c for r in (1, 2, 5) for c in (0, 7, 19)]
        fixtures.add("position-%s-rows-empty" % name, [
            tensor("k%03d" % k, random, [9, 20], affine(random, 4, [9, 20], ("axis", 0)), position, k, 2, rows) for k in ks])
        fixtures.add("position-%s-row-lengths-1to17" % name, [
            tensor("n%02d" % n, random, [3, n], affine(random, 2, [3, n]), position, ks[-1] if n % 2 and ks[-1] < 2 else ks[0], 1, 50)
            for n in range(1, 18)])
        fixtures.add("position-%s-last-element-of-each-row" % name, [
            tensor("k%03d" % k, random, [9, 33], Float("bf16"), position, k, 3, [33 * r + 32 for r in range(9)]) for k in ks])
        # Parts without bytes take no padding.
        parts = [tensor("zero-point-i8-nnz0", random, [9], affine(random, 4, [9], zero_points=True), position, 255, 1, [])]
        for k in ks[1:] or ks:
            parts.append(tensor("f32-rowTable-nnz0-k%d" % k, random, [10, 2], Float("f32"), position, k, 1, []))
            parts.append(tensor("int16-rowTable-nnz0-k%d" % k, random, [10, 2], affine(random, 16, [10, 2], half=True), position, k, 1, []))
        fixtures.add("position-%s-parts-without-bytes" % name, parts)

    runs = [0, 1, 253, 254, 255, 256, 257, 508, 509, 510, 511, 764, 765, 766, 1020]
    fixtures.add("position-gaps-runs-of-255", [
        tensor("first-%04d" % gap, random, [gap + 1], sign([1]), GAPS, 255, None, [gap]) for gap in runs] + [
        tensor("later-%04d" % gap, random, [gap + 4], sign([1]), GAPS, 255, None, [1, gap + 2]) for gap in runs])
    fixtures.add("position-gaps-runs-in-blocks-two-columns", [
        tensor("k%03d" % k, random, [7, 300], affine(random, 5, [7, 300]), GAPS, k, None,
               [0, 255, 299, 300 + 254, 600 + 255, 600 + 256, 1500, 1755, 2099]) for k in (255, 0, 1, 2)])
    fixtures.add("position-gaps-most-skips", [tensor("a", random, [255 * 5 + 1], sign([1]), GAPS, 255, None, [255 * 5]),
                                              tensor("b", random, [4, 256], sign([4, 256]), GAPS, 0, None, [255, 511, 767, 1023])])
    fixtures.add("position-indices-row65536", [
        tensor("rank1", random, [65536], sign([1]), INDICES, 255, None, [0, 1, 255, 256, 65534, 65535]),
        tensor("rank2", random, [2, 65536], affine(random, 3, [2, 65536], ("group", 65536)), INDICES, 0, None, [65535, 65536, 131071])])
    fixtures.add("position-rice-bits0to24", [
        tensor("b%02d" % bits, random, [5, 60], affine(random, 6, [5, 60]), RICE, bits % 3 if bits % 4 else 255, bits, 8)
        for bits in range(25)])
    fixtures.add("position-rice-long-unary", [
        tensor("b%d" % bits, random, [1000], sign([1]), RICE, 255, bits, [0, 7, 8, 500, 999]) for bits in range(4)])
    fixtures.add("position-rice-fills-its-last-byte", [
        tensor("a", random, [8], sign([1]), RICE, 255, 0, range(8)), tensor("b", random, [16], sign([1]), RICE, 255, 7, [3, 9]),
        tensor("c", random, [4, 8], sign([1]), RICE, 0, 0, range(32))])
    fixtures.add("position-rice-one-in-1MiB", [tensor("a", random, [262144], sign([1]), RICE, 255, 16, [262143])])
    fixtures.add("position-bitmap-one-row-of-many-bytes", [tensor("a", random, [2003], Float("bf16"), BITMAP, 255, None, 1)])
    many = [40, 4]
    fixtures.add("position-k-up-to-rows", [
        tensor("p%d-k%d" % (position, k), random, many, affine(random, 3, many), position, k, 2, 40)
        for position in (BITMAP, GAPS, RICE) for k in range(6)])
    fixtures.add("position-k-rows-just-above-power", [
        tensor("p%d-k%d" % (position, k), random, [2**k + 1, 2], affine(random, 3, [2**k + 1, 2]), position, k, 2, 40)
        for position in (BITMAP, GAPS, RICE) for k in range(6)])
    wide = [2, 32800]
    for position, name in ((BITMAP, "bitmap"), (RICE, "rice")):
        fixtures.add("rowTable-u32-" + name, [tensor("a", random, wide, sign(wide), position, 0, 0, 100)])
    limit = [3, 21846]
    fixtures.add("rowTable-u16-nnz65535-bitmap", [tensor("a", random, limit, sign(limit), BITMAP, 0, None, range(65535))])


# Every pair of values of these dimensions.

ELEMENTS = ("f32", "f16", "bf16", "affine", "codebook")
RANKS = {"rank0": [], "rank1": [37], "rank2": [7, 13], "rank3": [5, 3, 6]}
K = {"none": 255, "k0": 0, "k1": 1, "k2": 2}


def combinations():
    positions_ = ("dense", "bitmap", "gaps", "indices", "rice")
    for element, position, rank, k in itertools.product(ELEMENTS, positions_, RANKS, K):
        if position == "dense" and k != "none" or rank in ("rank0", "rank1") and k != "none":
            continue
        if position == "indices" and k != ("k0" if rank in ("rank2", "rank3") else "none"):
            continue
        k_class = "-" if position == "dense" else k
        if element == "affine":
            for width, granularity, scale, zero in itertools.product(
                    ("1", "2to7", "8", "9to15", "16"), ("tensor", "axis0", "axis1", "axisLast", "group"), ("f32", "f16"), ("no", "yes")):
                least = {"tensor": 0, "axis0": 1, "axis1": 2, "axisLast": 1, "group": 0}[granularity]
                if len(RANKS[rank]) >= least:
                    yield element, position, width, granularity, scale, zero, rank, k_class
        elif element == "codebook":
            for width, scale in itertools.product(("1", "2to7", "8"), ("f32", "f16")):
                yield element, position, width, "-", scale, "-", rank, k_class
        else:
            yield element, position, "-", "-", "-", "-", rank, k_class


def pairs_of(combination):
    values = list(enumerate(combination))
    return set(itertools.combinations(values, 2))


def cover():
    """Greedy: always the first combination with the most pairs that are still open."""
    candidates = [(c, pairs_of(c)) for c in combinations()]
    still_open = set().union(*(pairs for _, pairs in candidates))
    while still_open:
        best, covered = max(candidates, key=lambda candidate: len(candidate[1] & still_open))
        still_open -= covered
        yield best


def pairs(fixtures):
    random = fixtures.random
    made = []
    for n, (element, position, width, granularity, scale, zero, rank, k) in enumerate(cover()):
        shape = RANKS[rank]
        position_number = ("dense", "bitmap", "gaps", "indices", "rice").index(position)
        half = scale == "f16"
        if element == "affine":
            bits = {"1": 1, "2to7": 2 + n % 6, "8": 8, "9to15": 9 + n % 7, "16": 16}[width]
            chosen = {"tensor": "tensor", "axis0": ("axis", 0), "axis1": ("axis", 1), "axisLast": ("axis", len(shape) - 1),
                      "group": ("group", 1 + n % 5)}[granularity]
            stored = affine(random, bits, shape, chosen, half, zero == "yes")
        elif element == "codebook":
            count = {"1": 2, "2to7": 3 + n * 7 % 100, "8": 129 + n}[width]
            stored = codebook(random, count, half, position != "dense")
        else:
            stored = Float(element)
        made.append(tensor("%03d-%s" % (n, "-".join((element, position, width, granularity, scale, zero, rank, k))), random, shape,
                           stored, position_number, K.get(k, 255), n % 6, (10, 40, 90)[n % 3]))
    for start in range(0, len(made), 8):
        fixtures.add("pairs-%02d" % (start // 8), made[start:start + 8])


def all_valid():
    """(file name, bytes, tensors) of each."""
    fixtures = Fixtures()
    for group in (articles, containers, shapes, floats, affines, codebooks, positions, pairs):
        group(fixtures)
    return fixtures.files
