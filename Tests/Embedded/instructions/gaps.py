#!/usr/bin/env python3
"""A model of one dense layer whose int8 weights stand behind u8 gaps, 80 % of them zeros: gaps.py ROWS COLUMNS FILE

The command line writes that encoding where it is the smallest, which it is for few tensors. Prints the number of non-zeros.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Conformance"))
sys.dont_write_bytecode = True
from fixture_writer import GAPS, Random  # noqa: E402
from model_writer import Op, build_model  # noqa: E402
from valid_fixtures import affine, tensor  # noqa: E402


def main():
    rows, columns, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    random, shape = Random(1), [rows, columns]
    weights = tensor("w", random, shape, affine(random, 8, shape, ("axis", 0)), GAPS, 0, None, 20)
    model = build_model([weights], [("x", [columns])], [Op("dense", [0], rows, ["w", None])], [("y", 1)])
    pathlib.Path(path).write_bytes(model.data)
    print(sum(cell is not None for cell in weights.cells))


main()
