#!/usr/bin/env python3
"""Prints bytes, accuracy and the error of the logits of a LeNet-300-100 that `pare convert` made.

usage: lenet.py PARE FOLDER               the rows of the table below; exits 1 where a limit is passed
       lenet.py PARE FOLDER OPTION...     one row, made with these options of `pare convert`

PARE is the built command; FOLDER holds lenet300_pruned.json, test_x.csv and test_y.csv. Needs numpy. The container is read
back with `pare export --to npz`. The command sees weights only; images and labels are used to evaluate.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy

# Options, the most bytes, the least accuracy in per cent.
ROWS = (
    (["--quantize", "int8", "--scale", "axis"], None, None),
    (["--quantize", "int4", "--scale", "axis"], None, None),
    (["--budget", "19KB", "--rule", "*.bias: quantize=f16"], 20000, 96.0),
    (["--quantize", "step:18dB", "--rule", "fc1.weight: prune=sparsity=0.926 quantize=step:14dB", "--rule", "*.bias: quantize=f16"],
     17000, 95.8),
)


def logits(weights, images):
    values = images
    for layer in (1, 2, 3):
        values = values @ weights["fc%d.weight" % layer].T + weights["fc%d.bias" % layer]
        if layer < 3:
            values = numpy.maximum(values, 0)
    return values


class Model:
    def __init__(self, pare, folder):
        self.pare = pare
        self.source = os.path.join(folder, "lenet300_pruned.json")
        self.weights = {name: numpy.array(value, dtype=numpy.float64) for name, value in json.load(open(self.source)).items()}
        self.images = numpy.loadtxt(os.path.join(folder, "test_x.csv"), delimiter=",") / 255
        self.labels = numpy.loadtxt(os.path.join(folder, "test_y.csv"), delimiter=",").astype(int)
        self.logits = logits(self.weights, self.images)

    def accuracy(self, found):
        return 100 * (found.argmax(axis=1) == self.labels).mean()

    def row(self, options):
        """Bytes, accuracy in per cent, RMS error of the logits."""
        with tempfile.TemporaryDirectory() as folder:
            container, arrays = os.path.join(folder, "model.pare"), os.path.join(folder, "model.npz")
            subprocess.run([self.pare, "convert", self.source, "-o", container] + options, stdout=subprocess.DEVNULL, check=True)
            subprocess.run([self.pare, "export", container, "--to", "npz", "-o", arrays], stdout=subprocess.DEVNULL, check=True)
            read = numpy.load(arrays)
            found = logits({name: read[name].astype(numpy.float64) for name in read.files}, self.images)
            error = numpy.sqrt(numpy.mean((found - self.logits) ** 2))
            return os.path.getsize(container), self.accuracy(found), error


def main(pare, folder, options):
    model = Model(pare, folder)
    print("float model: %.1f %% of %d images, logits RMS %.3f"
          % (model.accuracy(model.logits), len(model.labels), numpy.sqrt(numpy.mean(model.logits ** 2))))
    print("%9s%11s%14s  options" % ("bytes", "accuracy", "logits error"))
    failures = 0
    for row in [(options, None, None)] if options else ROWS:
        size, accuracy, error = model.row(row[0])
        is_over = row[1] is not None and (size > row[1] or accuracy < row[2])
        failures += is_over
        print("%9d%9.1f %%%14.4f  %s%s"
              % (size, accuracy, error, " ".join("'%s'" % text if " " in text else text for text in row[0]),
                 "  beyond %d bytes at %.1f %%" % row[1:] if is_over else ""), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
