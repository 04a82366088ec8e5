#!/usr/bin/env python3
"""Times models in float and in integer arithmetic, one thread, in one run.

usage: integers.py BINARIES LENET.json [ROUNDS]

BINARIES is the folder of the built `pare` and `PareBenchmarks`, LENET.json the LeNet-300-100 of published models; a dense layer of 4096 x
4096 and an LSTM of 40 units are made here. Weights are int8 with a scale for each row, in place and compact. Rounds alternate between
kinds of arithmetic; shown are medians of nanoseconds of processor time for a frame. Needs numpy.
"""
import os
import statistics
import subprocess
import sys
import tempfile

import numpy

import inference

KINDS = ("float", "int8", "int16")


def models(folder, lenet):
    random = numpy.random.default_rng(1)
    dense = os.path.join(folder, "dense.npz")
    numpy.savez(dense, **{
        "fc.weight": random.standard_normal((4096, 4096), dtype=numpy.float32) / 64,
        "fc.bias": random.standard_normal(4096, dtype=numpy.float32)})
    yield "LeNet-300-100", lenet, ["--layers", "fc1 relu fc2 relu fc3"], 2000
    yield "dense 4096 x 4096", dense, ["--layers", "fc"], 64
    yield "LSTM, 40 units", inference.lstm(os.path.join(folder, "lstm.json")), [], 20000


def main(binaries, lenet, rounds=5):
    with tempfile.TemporaryDirectory() as folder:
        print("%-48s" % "" + "".join("%12s" % kind for kind in KINDS) + "   ns a frame")
        for name, source, options, frames in models(folder, lenet):
            for profile in ("in-place", "compact"):
                container = os.path.join(folder, "model.pare")
                subprocess.run(
                    [binaries + "/pare", "convert", source, "-o", container, "--force", "--quantize", "int8", "--scale", "axis",
                     "--profile", profile] + options, stdout=subprocess.DEVNULL, check=True)
                for path in ("portable", "fastest"):
                    for block in (64, 1):
                        times = {kind: [] for kind in KINDS}
                        for _ in range(rounds):
                            for kind in KINDS:
                                command = [binaries + "/PareBenchmarks", "inference", container, str(frames), str(block), path, "1", kind]
                                times[kind] += inference.run(command)[0]
                        label = "%s, %s, %s, %d" % (name, profile, path, block)
                        print("%-48s" % label + "".join("%12.0f" % statistics.median(times[kind]) for kind in KINDS), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
