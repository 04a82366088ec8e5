#!/usr/bin/env python3
"""Times a pruned LeNet-300-100, run from its compact container, beside the dense network in numpy, one image at a time on both sides.

usage: images.py PARE BENCHMARKS FOLDER        exits 1 where numpy is faster or the accuracy is below 96.0 %

PARE and BENCHMARKS are the built commands; FOLDER holds lenet300_pruned.json, test_x.csv and test_y.csv. Needs numpy. Processor time of
one thread, medians of five, taken alternately. Set OPENBLAS_NUM_THREADS=1.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

LAYERS = ["--layers", "fc1 relu fc2 relu fc3", "--budget", "20KB", "--rule", "*.bias: quantize=f16"]


def decide(weights, values):
    for layer in (1, 2, 3):
        values = weights["fc%d.weight" % layer] @ values + weights["fc%d.bias" % layer]
        if layer < 3:
            values = numpy.maximum(values, 0)
    return values


def main(pare, benchmarks, folder):
    source, images = os.path.join(folder, "lenet300_pruned.json"), os.path.join(folder, "test_x.csv")
    weights = {name: numpy.array(value, dtype=numpy.float32) for name, value in json.load(open(source)).items()}
    rows = (numpy.loadtxt(images, delimiter=",") / 255).astype(numpy.float32)
    labels = numpy.loadtxt(os.path.join(folder, "test_y.csv"), delimiter=",").astype(int)
    with tempfile.TemporaryDirectory() as work:
        container = os.path.join(work, "lenet.pare")
        subprocess.run([pare, "convert", source, "-o", container] + LAYERS, stdout=subprocess.DEVNULL, check=True)
        found = subprocess.run([pare, "run", container, "--inputs", images, "--input-scale", "1/255"], stdout=subprocess.PIPE, check=True, text=True)
        outputs = numpy.array([[float(field) for field in line.split(",")] for line in found.stdout.splitlines()])
        accuracy = 100 * (outputs.argmax(axis=1) == labels).mean()
        theirs, ours = [], []
        for _ in range(5):
            start = time.process_time()
            for row in rows:
                decide(weights, row)
            theirs.append((time.process_time() - start) / len(rows) * 1e9)
            command = [benchmarks, "inference", container, str(len(rows)), "1", "fastest", "1"]
            ours.append(float(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.split()[0]))
        theirs, ours = statistics.median(theirs), statistics.median(ours)
        print("%d bytes, %.1f %% of %d images" % (os.path.getsize(container), accuracy, len(labels)))
        print("ns an image: numpy, dense f32 %.0f, pare %.0f: %.2f times as fast" % (theirs, ours, theirs / ours))
        return 0 if accuracy >= 96.0 and ours < theirs else 1


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
