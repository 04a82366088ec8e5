#!/usr/bin/env python3
"""Models of one dense layer, of each element coding in each position coding that needs no decoder: forms.py FOLDER

The command line writes the smallest of these alone; products on a device have loops for some, which must give the same bits.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Conformance"))
sys.dont_write_bytecode = True
from fixture_writer import BITMAP, DENSE, GAPS, INDICES, RICE, Affine, Codebook, Float, Random, Tensor  # noqa: E402
from model_writer import Op, build_model  # noqa: E402
from valid_fixtures import tensor  # noqa: E402

# Long enough for gaps of more than 255, and no multiple of 4 or 8.
SHAPE = [3, 269]
POSITIONS = {"dense": DENSE, "bitmap": BITMAP, "gaps": GAPS, "indices": INDICES, "rice": RICE}


def affine(random, width, granularity, half=False, zero_points=False):
    """With scales between 1/8 and 1/4, so that no sum is infinite."""
    element = Affine(width, granularity, half)
    count = element.count(SHAPE)
    element.scales = [0x3000 + random.below(0x400) if half else 0x3E000000 + random.bits(23) for _ in range(count)]
    if zero_points:
        element.zero_points = [random.below(2**width) - 2 ** (width - 1) for _ in range(count)]
    return element


def elements(random):
    rising = sorted(0x3E000000 + random.bits(23) for _ in range(16))
    return {
        "f32": Float("f32"),
        "f16": Float("f16"),
        "bf16": Float("bf16"),
        "int8": affine(random, 8, "tensor"),
        "int8-axis": affine(random, 8, ("axis", 0)),
        "int8-axis-f16-affine": affine(random, 8, ("axis", 0), True, True),
        "int8-axis1": affine(random, 8, ("axis", 1)),
        "int8-group": affine(random, 8, ("group", 40)),
        "int4-axis-affine": affine(random, 4, ("axis", 0), False, True),
        "int12-tensor": affine(random, 12, "tensor"),
        "int1": affine(random, 1, "tensor"),
        "codebook": Codebook(rising),
    }


def weights(random, element, position, k, density):
    made = tensor("w", random, SHAPE, element, position, k, 5 if position == RICE else None, density)
    if not isinstance(element, Float):
        return made
    # Numbers between 2^-15 and 2 instead of any bits.
    cells = made.cells
    for index, cell in enumerate(cells):
        if cell is not None:
            sign, magnitude = random.below(2), random.bits(23)
            bits = sign << 31 | (112 + random.below(16)) << 23 | magnitude
            cells[index] = {"f32": bits, "bf16": bits >> 16, "f16": sign << 15 | 1 + random.below(0x3C00)}[element.kind]
    return Tensor("w", SHAPE, element, cells, position, k, 5 if position == RICE else None)


def main():
    folder, random = pathlib.Path(sys.argv[1]), Random(1)
    for form, element in elements(random).items():
        for name, position in POSITIONS.items():
            # In one block for all rows, which has no table, or in one of each row; indices have one of each.
            ways = [(255, 100)] if position == DENSE else [(0, 3), (0, 30)] + [(255, 30)] * (position != INDICES)
            for k, density in ways:
                made = weights(random, element, position, k, density)
                model = build_model([made], [("x", [SHAPE[1]])], [Op("dense", [0], SHAPE[0], ["w", None])], [("y", 1)])
                folder.joinpath(f"form-{form}-{name}-{k}-{density}.pare").write_bytes(model.data)


main()
