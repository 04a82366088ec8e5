#!/usr/bin/env python3
"""Prints the size of entropy-coded code streams beside a reference and general compressors, summed over a model.

usage: entropy.py PARE BENCHMARKS MODEL.npz...        exits 1 where a limit is passed

PARE and BENCHMARKS are the built products; needs numpy, and the programs zstd and xz. All coders get the codes that Pare
stored, read back from its container. The reference is, for each matrix, the order-0 entropy of its codes and `deflate -9` of
its 256 counts scaled to 12 bits. zstd -19 and xz -9 get the codes one a byte and packed, and the smaller counts.
"""

import math
import os
import subprocess
import sys
import tempfile
import zlib

import numpy

METHODS = (("int8 per row", ["--quantize", "int8", "--scale", "axis"]), ("int4 groups of 32", ["--quantize", "int4", "--scale", "group:32"]),
           ("int4 per row", ["--quantize", "int4", "--scale", "axis"]), ("codebook of 15", ["--quantize", "codebook:15"]))
SPARSITIES = (0, 0.5, 0.8, 0.9)

# What must be reached, of the reference: everywhere, and for int8 per row at 80 %.
LIMIT = 1.0
SPARSE_LIMITS = {"magika": 0.975, "ocr_det": 0.92, "basic_pitch": 0.95}

# Fixed tables of a filter bank, which repeat themselves: general compressors find that, and an entropy coder does not.
EXCEPTED = ("const_fold_opt__655", "const_fold_opt__664")


def reference(codes):
    counts = numpy.bincount(codes, minlength=256)
    total = counts.sum()
    bits = -sum(c * math.log2(c / total) for c in counts if c)
    return bits / 8 + len(zlib.compress(numpy.round(counts * 4096 / total).astype("<u2").tobytes(), 9))


def compressed(data, command):
    return len(subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout)


def peers(codes, width):
    forms = [codes.tobytes()]
    if width <= 4:
        padded = numpy.concatenate([codes, numpy.zeros(len(codes) % 2, numpy.uint8)]) & 15
        forms.append((padded[0::2] | padded[1::2] << 4).astype(numpy.uint8).tobytes())
    return [min(compressed(form, command) for form in forms)
            for command in (["zstd", "-19", "-c", "-q", "--no-check"], ["xz", "-9", "-c", "--check=none"])]


def named(path, folder):
    """The matrices of a model, under names that fit a container."""
    arrays = numpy.load(path)
    kept = {name.split("/")[-1][-200:]: arrays[name] for name in arrays.files if arrays[name].ndim >= 2}
    out = os.path.join(folder, os.path.basename(path))
    numpy.savez(out, **kept)
    return out


def main(pare, benchmarks, models):
    failures = 0
    print("%-13s%-20s%9s%12s%12s%9s%9s%9s%9s" % ("model", "codes", "sparsity", "weights", "bytes", "bits/w", "of ref", "of zstd", "of xz"))
    for path in models:
        model = os.path.basename(path).split(".")[0]
        for method, options in METHODS:
            for sparsity in SPARSITIES:
                with tempfile.TemporaryDirectory() as folder:
                    container = os.path.join(folder, "model.pare")
                    pruning = ["--prune", "sparsity=%g" % sparsity] if sparsity else []
                    subprocess.run([pare, "convert", named(path, folder), "-o", container] + options + pruning, stdout=subprocess.DEVNULL, check=True)
                    lines = subprocess.run([benchmarks, "codes", container, folder], stdout=subprocess.PIPE, check=True, text=True).stdout
                    total = [0.0] * 5
                    comparable = 0
                    for line in lines.splitlines():
                        file, name, count, width, size = line.split("\t")
                        codes = numpy.fromfile(file, dtype=numpy.uint8)
                        total[0] += int(count)
                        total[1] += int(size)
                        total[2] += reference(codes)
                        if not name.startswith(EXCEPTED):
                            comparable += int(size)
                            for index, value in enumerate(peers(codes, int(width))):
                                total[3 + index] += value
                ratios = [total[1] / total[2], comparable / total[3], comparable / total[4]]
                limit = SPARSE_LIMITS.get(model, LIMIT) if method == "int8 per row" and sparsity == 0.8 else LIMIT
                is_over = ratios[0] > limit or max(ratios[1:]) >= 1
                failures += is_over
                print("%-13s%-20s%7.0f %%%12d%12d%9.3f%9.4f%9.4f%9.4f%s"
                      % (model, method, 100 * sparsity, total[0], total[1], 8 * total[1] / total[0], *ratios,
                         "  above %g" % limit if is_over else ""), flush=True)
    print("%d above their limits" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
