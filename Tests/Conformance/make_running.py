#!/usr/bin/env python3
"""Writes Fixtures/running: small models of every kind of operation, and OUTPUTS.tsv, what they give, computed in float64.

usage: make_running.py [--check]        needs numpy; with --check nothing is written, and a difference is exit status 1

Containers come from model_writer.py, outputs from run_model.py; no code is shared with the package. Element i of the inputs,
counted over all frames, is ((7919 i) mod 2001 - 1000) / 1000; 24 frames are run.
"""

import os
import sys
import tempfile

import numpy as np

import run_model
from fixture_writer import Float, Random, Tensor
from model_writer import Op, build_model, elements

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Fixtures", "running")
FRAMES = 24
ALPHA, EPSILON = 0x3E99999A, 0x3727C5AC  # 0.3, 1e-5


def weights(positive=(), **shapes):
    """f32 tensors with magnitudes from 1/8 to 1/2, of either sign unless named in `positive`; _ stands for a full stop."""
    random = Random(11)
    made = []
    for name, shape in sorted(shapes.items()):
        bits = [(0 if name in positive else random.below(2)) * 2**31 + 0x3E000000 + random.below(2**24) for _ in range(elements(shape))]
        made.append(Tensor(name.replace("_", "."), shape, Float("f32"), bits))
    return made


def conv(reads, shape, tensors, stride=1, dilation=1, groups=1, valid=0):
    """conv1d with a weight [out, in / groups, size]."""
    out, inputs, size = shape
    state = 0 if size == 1 and stride == 1 else ((size - 1) * dilation + 1) * inputs * groups + 2
    return Op("conv1d", [reads], out, tensors, [stride, dilation, groups, valid], state=state, window=inputs * size)


def transposed(reads, shape, tensors, stride, padding):
    out, inputs, size = shape
    last = min(size - 1 - padding, stride - 1)
    state = ((size - 2 - last + stride) // stride + 1) * inputs + 2
    return Op("transposedConv1d", [reads], out * stride, tensors, [stride, padding], state=state, window=inputs * size)


def streaming(reads, frame, shape, tensors, made, stride, dilation, same):
    out, inputs, time, size = shape
    state = ((time - 1) * dilation + 1) * elements(frame) + 1
    return Op("streamingConv2d", [reads], made * out, tensors, [stride, dilation, same], state=state, window=inputs * time * size)


def outputs(*values):
    return [("y%d" % value, value) for value in values]


def models():
    w = weights(w=[4, 3], b=[4])
    functions = [Op("activation", [1], 4, [], [n], ALPHA if n in (4, 5) else None) for n in range(15)]
    yield "activations", w, [("x", [3])], [Op("dense", [0], 4, ["w", "b"])] + functions, outputs(*range(1, 17))

    w = weights(k3=[5, 4, 3], g2=[6, 2, 3], k1=[2, 2, 1], b5=[5], b6=[6])
    ops = [conv(0, [5, 4, 3], ["k3", "b5"], dilation=2), conv(0, [6, 2, 3], ["g2", "b6"], dilation=3, groups=2),
           conv(0, [2, 2, 1], ["k1", None], groups=2)]
    yield "conv1d", w, [("x", [4])], ops, outputs(1, 2, 3)
    yield "conv1d-stride", weights(w=[3, 2, 4], b=[3]), [("x", [2])], [conv(0, [3, 2, 4], ["w", "b"], stride=3)], outputs(1)
    yield "conv1d-valid", weights(w=[3, 2, 4], b=[3]), [("x", [2])], [conv(0, [3, 2, 4], ["w", "b"], 2, 2, 1, 1)], outputs(1)

    for name, size, stride, padding in (("", 5, 3, 2), ("-no-padding", 3, 2, 0), ("-wide-padding", 4, 1, 6)):
        yield ("transposedConv1d" + name, weights(w=[3, 2, size], b=[3]), [("x", [2])],
               [transposed(0, [3, 2, size], ["w", "b"], stride, padding)], outputs(1))

    w = weights(w=[3, 2, 2, 3], b=[3])
    ops = [streaming(0, [7, 2], [3, 2, 2, 3], ["w", "b"], 4, 2, 3, 1), streaming(0, [7, 2], [3, 2, 2, 3], ["w", None], 3, 2, 1, 0)]
    yield "streamingConv2d", w, [("x", [7, 2])], ops, outputs(1, 2)

    w = weights(w=[4, 1, 3, 2], b=[4])
    ops = [Op("conv2d", [0], 4 * 3 * 3, ["w", "b"], [2, 2, 1, 2, 1, 0, 1, 1, 2], window=6)]
    ops += [Op("pool2d", [1], 4 * 2 * 2, [], [mode, 2, 3, 1, 1, 0, 1]) for mode in range(3)]
    ops[1:] = [Op("pool2d", [1], 4 * 2 * 3, [], [mode, 2, 3, 1, 1, 0, 1]) for mode in range(3)]
    yield "conv2d-pool2d", w, [("x", [2, 5, 6])], ops + [Op("flatten", [4], 24)], outputs(1, 2, 3, 5)

    w = weights(k=[12, 4], r=[12, 3], b=[12], c=[12], s=[6], j=[12, 7])
    ops = [Op("lstm", [0], 3, ["k", "r", "b", "c", "s"], state=6, window=24), Op("lstm", [0], 3, ["k", "r", None, None, None], state=6, window=24),
           Op("lstm", [0], 3, ["j", None, "b", None, None], state=6, window=19)]
    yield "lstm", w, [("x", [4])], ops, outputs(1, 2, 3)

    w = weights(k=[9, 4], r=[9, 3], b=[9], c=[9], s=[3], both=[2, 9])
    ops = [Op("gru", [0], 3, ["k", "r", "b", "c", "s"], [0], state=3, window=18),
           Op("gru", [0], 3, ["k", "r", "both", None, None], [1], state=3, window=18)]
    yield "gru", w, [("x", [4])], ops, outputs(1, 2)

    w = weights(positive=("v", "d"), m=[2], v=[2], g=[2], o=[2], a=[1], f=[2], d=[2])
    ops, made = [], []
    for value, size in ((0, 2), (1, 6), (2, 8)):
        for op in (Op("batchNorm", [value], size, ["m", "v", "g", "o"], (), EPSILON), Op("batchNorm", [value], size, ["m", "v", None, None], (), EPSILON),
                   Op("prelu", [value], size, ["a"]), Op("prelu", [value], size, ["f"]), Op("gain", [value], size, ["a"]), Op("gain", [value], size, ["f"])):
            ops.append(op)
    ops += [Op("scaler", [0], 2, ["m", "d"]), Op("scaler", [0], 2, [None, "d"]), Op("scaler", [0], 2, ["m", None])]
    yield "channels", w, [("a", [2]), ("b", [3, 2]), ("c", [2, 2, 2])], ops, outputs(*range(3, 3 + len(ops)))

    for name, mode, size, stride in (("maximum", 0, 3, 2), ("average", 1, 4, 3)):
        yield ("pool1d-" + name, [], [("x", [3])], [Op("pool1d", [0], 3, [], [mode, size, stride], state=size * 3 + 2)], outputs(1))

    w = weights(t=[5, 3], s=[1])
    ops = [Op("gain", [0], 2, ["s"]), Op("concatenate", [0, 1], 5), Op("slice", [3], 3, [], [1, 3]), Op("add", [4, 1], 3),
           Op("multiply", [5, 4], 3), Op("add", [6, 6], 3), Op("embedding", [0], 6, ["t"])]
    yield "joining", w, [("x", [2]), ("y", [3])], ops, outputs(2, 3, 6, 7, 8)


def files():
    table = ["file\tframes\toutputs\n"]
    for name, tensors, inputs, ops, ports in models():
        data = build_model(tensors, inputs, ops, ports).data
        yield name + ".pare", data
        with tempfile.NamedTemporaryFile(suffix=".pare") as file:
            file.write(data)
            file.flush()
            model = run_model.Model(run_model.decode.open_container(file.name, False))
        size = sum(elements(shape) for _, shape in inputs)
        x = np.array([((7919 * i) % 2001 - 1000) / 1000 for i in range(FRAMES * size)], dtype=np.float32)
        output = model.run(x.astype(np.float64).reshape(FRAMES, size))
        table.append("%s.pare\t%d\t%s\n" % (name, len(output), ",".join("%.9g" % value for value in np.asarray(output).ravel())))
    yield "OUTPUTS.tsv", "".join(table).encode()


def main(arguments):
    made = dict(files())
    os.makedirs(FOLDER, exist_ok=True)
    if arguments == ["--check"]:
        kept = {name: open(os.path.join(FOLDER, name), "rb").read() for name in os.listdir(FOLDER)}
        differing = sorted(name for name in set(made) | set(kept) if made.get(name) != kept.get(name))
        print("%d differences in %d files%s" % (len(differing), len(made), ": " + ", ".join(differing) if differing else ""))
        return 1 if differing else 0
    for name, data in made.items():
        with open(os.path.join(FOLDER, name), "wb") as file:
            file.write(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
