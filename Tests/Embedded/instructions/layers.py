#!/usr/bin/env python3
"""Dense layers without activation, of weights that are always the same: layers.py ROWS COLUMNS

Weights are sums of twelve numbers of a generator, so that they lie about as those of a trained layer do.
"""

import json
import sys


def main():
    rows, columns = map(int, sys.argv[1:])
    state = 1

    def number():
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state >> 8) / 2**23 - 0.5

    kernel = [[round(sum(number() for _ in range(12)), 4) for _ in range(rows)] for _ in range(columns)]
    layer = {"type": "dense", "activation": "", "shape": [None, None, rows], "weights": [kernel, [0.125] * rows]}
    json.dump({"in_shape": [None, None, columns], "layers": [layer]}, sys.stdout)


main()
