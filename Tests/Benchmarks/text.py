#!/usr/bin/env python3
"""Float text: writes sample files, and times Python reading them beside the importers.

usage: text.py make FOLDER MEGABYTES     writes json9, json17, csv9, csv17 of about that size, and prints their paths
       text.py time BENCHMARKS FILE...   runs the built benchmarks and Python on each file, and prints a table

Python's side is json.load and numpy.array (array.array where numpy is missing), and numpy.loadtxt (csv and array.array).
"""

import array
import csv
import itertools
import json
import os
import random
import statistics
import subprocess
import sys
import time

try:
    import numpy
except ImportError:
    numpy = None

RUNS = 5


def make(folder, megabytes):
    columns = 512
    # A pool of weights, so that writing is quick; the texts of a row differ from those of the next.
    generator = random.Random(1)
    pool = [generator.gauss(0, 0.05) for _ in range(1 << 18)]
    for digits in (9, 17):
        texts = ["%.*g" % (digits, value) for value in pool]
        # A comma or a line end, and the brackets, are about one byte a number.
        rows = int(megabytes * 1e6 / columns / (statistics.fmean(map(len, texts[:4096])) + 1.01))
        picks = [generator.randrange(len(texts) - columns) for _ in range(rows)]
        for kind in ("json", "csv"):
            path = os.path.join(folder, "%s%d.%s" % (kind, digits, kind))
            with open(path, "w") as file:
                if kind == "json":
                    file.write('{"weight":[')
                for number, pick in enumerate(picks):
                    line = ",".join(texts[pick:pick + columns])
                    file.write(("," if number else "") + "[" + line + "]" if kind == "json" else line + "\n")
                if kind == "json":
                    file.write("]}")
            print(path)


def read_json(path):
    with open(path) as file:
        rows = json.load(file)["weight"]
    if numpy:
        return numpy.array(rows, dtype=numpy.float32).size
    return len(array.array("f", itertools.chain.from_iterable(rows)))


def read_csv(path):
    if numpy:
        return numpy.loadtxt(path, delimiter=",", dtype=numpy.float32).size
    with open(path) as file:
        return len(array.array("f", (float(cell) for row in csv.reader(file) for cell in row)))


def median_of(read, path):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        count = read(path)
        times.append(time.perf_counter() - start)
    return statistics.median(times), count


def measure(benchmarks, paths):
    json_peer = "json.load + " + ("numpy.array" if numpy else "array.array")
    csv_peer = "numpy.loadtxt" if numpy else "csv + array.array"
    print("\nFloat text to f32, MB/s of text, medians of %d" % RUNS)
    print("%-34s%14s%14s%14s  %s" % ("", "MB/s", "Python", "ratio", "Python's way"))
    for path in paths:
        line = subprocess.run([benchmarks, "text", path], stdout=subprocess.PIPE, check=True, text=True).stdout
        _, seconds, count = line.rstrip("\n").split("\t")
        is_json = path.endswith(".json")
        peer, peer_count = median_of(read_json if is_json else read_csv, path)
        assert int(count) == peer_count, (count, peer_count)
        size = os.path.getsize(path) / 1e6
        label = "%s, %s digits, %.0f MB" % ("JSON" if is_json else "CSV", "17" if "17" in os.path.basename(path) else "9", size)
        print("%-34s%14.0f%14.1f%14.1f  %s"
              % (label, size / float(seconds), size / peer, peer / float(seconds), json_peer if is_json else csv_peer))


if len(sys.argv) == 4 and sys.argv[1] == "make":
    make(sys.argv[2], float(sys.argv[3]))
elif len(sys.argv) > 3 and sys.argv[1] == "time":
    measure(sys.argv[2], sys.argv[3:])
else:
    sys.exit(__doc__)
