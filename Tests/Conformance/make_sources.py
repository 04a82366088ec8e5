#!/usr/bin/env python3
"""Writes the float models of Fixtures/source; the same bytes at every run.

usage: make_sources.py [--check]

--check writes nothing, and exits with 1 when a file differs from what would be written.
"""

import json
import os
import struct
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Fixtures", "source")


class Generator:
    """Numbers of our own, so that no library's generator can change them (Steele, Lea, Flood 2014)."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & mask
        return z ^ z >> 31

    def weight(self, spread):
        """A bell-shaped f32: the sum of four uniform numbers."""
        total = sum((self.bits() >> 11) / 2.0**53 - 0.5 for _ in range(4))
        return struct.unpack("<f", struct.pack("<f", total * spread))[0]


def matrix(generator, rows, columns, spread, dropped):
    """Weights of which those of small magnitude are 0, as after magnitude pruning."""
    weights = [generator.weight(spread) for _ in range(rows * columns)]
    limit = sorted(abs(w) for w in weights)[int(len(weights) * dropped)]
    kept = [w if abs(w) >= limit else 0.0 for w in weights]
    return [kept[r * columns:(r + 1) * columns] for r in range(rows)]


def vector(generator, count, spread):
    return [generator.weight(spread) for _ in range(count)]


def number(value):
    """The shortest text that reads back to the same f32."""
    if value == 0:
        return "0.0"
    for digits in range(1, 10):
        text = "%.*g" % (digits, value)
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return text
    return repr(value)


def text(tree):
    """JSON with a row a line."""
    if isinstance(tree, dict):
        return "{\n" + ",\n".join(json.dumps(k) + ": " + text(v) for k, v in tree.items()) + "\n}"
    if isinstance(tree, list) and tree and isinstance(tree[0], (list, dict)):
        return "[\n" + ",\n".join(text(v) for v in tree) + "\n]"
    if isinstance(tree, list):
        return "[" + ", ".join(text(v) for v in tree) + "]"
    return number(tree) if isinstance(tree, float) else json.dumps(tree)


def csv(rows):
    return "".join(",".join(number(v) for v in row) + "\n" for row in rows)


def sources():
    generator = Generator(1)
    state = {
        "fc1.weight": matrix(generator, 64, 32, 0.4, 0.8), "fc1.bias": vector(generator, 64, 0.1),
        "fc2.weight": matrix(generator, 10, 64, 0.4, 0.5), "fc2.bias": vector(generator, 10, 0.1),
    }
    kernel = matrix(generator, 3, 8, 0.8, 0.0)
    layers = {
        "in_shape": [None, None, 3],
        "layers": [
            {"type": "dense", "activation": "tanh", "shape": [None, None, 8],
             "weights": [kernel, vector(generator, 8, 0.2)]},
            {"type": "dense", "activation": "", "shape": [None, None, 1],
             "weights": [[[w] for w in vector(generator, 8, 0.8)], vector(generator, 1, 0.2)]},
        ],
    }
    files = {
        "mlp.json": text(state) + "\n",
        "wrapped.json": text({"epoch": 12, "state_dict": {k: state[k] for k in ("fc2.weight", "fc2.bias")}}) + "\n",
        "layers.json": text(layers) + "\n",
        "linear.json": text({"coef": [0.25, -1.5, 3.0], "intercept": [0.125]}) + "\n",
        "article.json": text({"w": [0.5, 0.5, 2.0]}) + "\n",
        "words.txt": "".join(
            " ".join([word] + [number(v) for v in vector(generator, 6, 0.5)]) + "\n"
            for word in ("the", ",", "of", "\"", "##ing", "#")),
    }
    for name, tensor in state.items():
        rows = [[v] for v in tensor] if name.endswith("bias") else tensor
        files["mlp_csv/" + name + ".csv"] = csv(rows)
    return files


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    different = []
    for name, content in sources().items():
        path = os.path.join(ROOT, name)
        data = content.encode()
        if check:
            if not os.path.exists(path) or open(path, "rb").read() != data:
                different.append(name)
            continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    print("%d differences in %d files" % (len(different), len(sources())), *different)
    sys.exit(1 if different else 0)


main()
