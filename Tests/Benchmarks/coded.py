#!/usr/bin/env python3
"""Times decoding of entropy-coded weights to floats and to codes beside zstd -d and xz -d of the same codes, one thread, in one run.

usage: coded.py PARE BENCHMARKS [SIDE, 4096 unless told]

A SIDE x SIDE matrix whose rows have spreads of their own, int8 per row, dense and at 50, 80 and 90 % sparsity, and int4. Medians
of five; M weights/s. zstd and xz read the codes, one a byte, that `zstd -19` and `xz -9` wrote, and their output is dropped.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy


def timed(command, path):
    times = []
    for _ in range(5):
        with open(path, "rb") as file:
            start = time.perf_counter()
            subprocess.run(command, stdin=file, stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def main(pare, benchmarks, side):
    generator = numpy.random.default_rng(1)
    # Laplace and normal rows mixed, so that rows have classes.
    weights = generator.normal(0, 1, (side, side)) * generator.exponential(1, (side, side)) ** generator.uniform(0, 0.7, (side, 1))
    weights = (weights * generator.uniform(0.5, 2, (side, 1))).astype(numpy.float32)
    print("%-24s%8s%33s%22s%11s%9s%9s" % ("M weights/s", "", "to floats", "to codes", "", "", ""))
    print("%-24s%8s%11s%11s%11s%11s%11s%11s%9s%9s" % ("", "bits/w", "reference", "portable", "vectors", "portable", "vectors", "validate", "zstd -d", "xz -d"))
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "w.npy")
        numpy.save(source, weights)
        for label, options in (("int8 per row, classes", ["int8"]), ("int8 for the tensor", ["int8", "tensor"]), ("int8, 50 % sparse", ["int8", "axis", "0.5"]),
                               ("int8, 80 % sparse", ["int8", "axis", "0.8"]), ("int8, 90 % sparse", ["int8", "axis", "0.9"]), ("int4 per row", ["int4"])):
            container = os.path.join(folder, "w.pare")
            command = [pare, "convert", source, "-o", container, "--force", "--quantize", options[0], "--scale", (options + ["axis"])[1]]
            if len(options) > 2:
                command += ["--prune", "sparsity=" + options[2]]
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            lines = subprocess.run([benchmarks, "coded", container], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
            rates = [int(line.split("\t")[3]) / float(line.split("\t")[2]) / 1e6 for line in lines]
            codes = subprocess.run([benchmarks, "codes", container, folder], stdout=subprocess.PIPE, check=True, text=True).stdout.split("\t")[0]
            peers = []
            for compress, decompress in ((["zstd", "-19", "-q", "-c"], ["zstd", "-d", "-q", "-c"]), (["xz", "-9", "-c"], ["xz", "-d", "-c"])):
                packed = os.path.join(folder, "packed")
                with open(packed, "wb") as file:
                    subprocess.run(compress + [codes], stdout=file, check=True)
                peers.append(weights.size / timed(decompress, packed) / 1e6)
            print("%-24s%8.3f%s%s" % (label, 8 * os.path.getsize(container) / weights.size, "".join("%11.0f" % rate for rate in rates), "".join("%9.0f" % rate for rate in peers)), flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 4096)
