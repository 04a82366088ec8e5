#!/usr/bin/env python3
"""Prints the bits per weight of one uniform step and of GGUF's block formats at equal mean squared error.

usage: equal_error.py PARE MAGIKA.npz OCR_DET.npz        exits 1 where a limit is passed

PARE is the built command. Needs numpy and gguf (PyPI). Each matrix is quantized with gguf.quants; `pare convert --quantize step`
then gets the signal-to-noise ratio that came out as its target. All bytes of Pare's payload count: scale, tables, streams.
Groups of 32 are `--quantize intN --scale group:32`, entropy coded too, at the least N whose error is not larger.
"""

import json
import os
import subprocess
import sys
import tempfile

import gguf.quants
import numpy
from gguf import GGMLQuantizationType

KINDS = (("q4_0", GGMLQuantizationType.Q4_0), ("q8_0", GGMLQuantizationType.Q8_0))

# What must be reached, of GGUF's bits: each of the matrices of magika, and the sum over those of ocr_det.
LIMITS = {"magika": {"q4_0": 0.84, "q8_0": 0.92}, "ocr_det": {"q4_0": 0.76, "q8_0": 0.86}}


def matrices(model, path):
    arrays = numpy.load(path)
    for name in arrays.files:
        shape = arrays[name].shape
        if model == "magika" and name.endswith("Conv_0/transpose_3:0"):
            yield "Conv_0", arrays[name].reshape(shape[0], -1)
        if model == "ocr_det" and shape == (384, 384, 1, 1):
            yield name, arrays[name].reshape(384, 384)


def error(matrix, decoded):
    return numpy.mean((matrix.astype(numpy.float64) - decoded.astype(numpy.float64)) ** 2)


def pared(pare, matrix, options):
    """Bits per weight and mean squared error."""
    with tempfile.TemporaryDirectory() as folder:
        source, container, out = (os.path.join(folder, name) for name in ("w.npy", "w.pare", "out.npy"))
        numpy.save(source, matrix)
        subprocess.run([pare, "convert", source, "-o", container, "--no-provenance"] + options, stdout=subprocess.DEVNULL, check=True)
        subprocess.run([pare, "export", container, "--to", "npy", "-o", out], stdout=subprocess.DEVNULL, check=True)
        lines = subprocess.run([pare, "inspect", container, "--json"], stdout=subprocess.PIPE, check=True, text=True).stdout
        size = json.loads(lines)["tensors"][0]["byteCount"]
        return 8 * size / matrix.size, error(matrix, numpy.load(out).reshape(matrix.shape))


def at_least(ratio):
    """The decibels of a power ratio, rounded up so that the ratio is reached."""
    return numpy.nextafter(10 * numpy.log10(ratio), 1000) + 1e-9


def groups(pare, matrix, limit):
    for width in range(2, 17):
        bits, found = pared(pare, matrix, ["--quantize", "int%d" % width, "--scale", "group:32,f16"])
        if found <= limit:
            return "%.3f" % bits
    return "-"


def main(pare, paths):
    failures = 0
    print("%-9s%-18s%-6s%10s%12s%10s%8s%12s" % ("model", "matrix", "kind", "SQNR dB", "GGUF bits", "Pare bits", "ratio", "groups, 32"))
    for model, path in zip(("magika", "ocr_det"), paths):
        for kind, number in KINDS:
            total = [0.0, 0.0]
            for name, matrix in matrices(model, path):
                packed = gguf.quants.quantize(matrix, number)
                limit = error(matrix, gguf.quants.dequantize(packed, number))
                ratio = numpy.mean(matrix.astype(numpy.float64) ** 2) / limit
                bits, found = pared(pare, matrix, ["--quantize", "step:%.12fdB" % at_least(ratio)])
                theirs = 8 * packed.nbytes / matrix.size
                is_over = found > limit
                failures += is_over
                total = [total[0] + bits * matrix.size, total[1] + theirs * matrix.size]
                print("%-9s%-18s%-6s%10.2f%12.3f%10.3f%8.3f%12s%s"
                      % (model, name, kind, 10 * numpy.log10(ratio), theirs, bits, bits / theirs, groups(pare, matrix, limit),
                         "  larger error" if is_over else ""), flush=True)
            is_over = total[0] / total[1] > LIMITS[model][kind]
            failures += is_over
            print("%-9s%-18s%-6s%40.4f%s" % (model, "all", kind, total[0] / total[1], "  above %g" % LIMITS[model][kind] if is_over else ""))
    print("%d beyond their limits" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
