#!/usr/bin/env python3
"""Packs containers, banks and what is expected of them into one image, which the firmware finds in memory.

image.py [--bits 32] [--results FILE] [--valid FOLDER] [--invalid FOLDER] [--banks FOLDER] [--models FOLDER] -o IMAGE

An entry is a kind, a number that is expected, the byte counts of a name and of a file (u32 each), then the name, which a zero
closes, and the file, each filled up to 16 bytes. Kind 0 ends the image. Kinds and their numbers:

1  a container: the CRC-32 of the CRC-32s of its decoded tensors
2  a damaged container: the code of its error
3  a bank of containers with models: the CRC-32 of the CRC-32s of their outputs, each of which --results gives in a line `model
   NAME CRC`. It is 0 without: the firmware then prints what it computes and does not compare
4  a bank: the CRC-32 of the CRC-32s of what it holds
5  a damaged bank: the code of its error
"""

import argparse
import os
import struct
import sys
import zlib

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../../Conformance"))
from bank_fixtures import bank  # noqa: E402


def rows(path):
    with open(path, encoding="utf-8") as lines:
        names = next(lines).rstrip("\n").split("\t")
        for line in lines:
            yield dict(zip(names, line.rstrip("\n").split("\t")))


def codes():
    """The codes of pare.h, under the names of the specification."""
    found = {}
    with open(os.path.join(here, "../../../Sources/CPare/include/pare.h"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) == 3 and words[0] == "#define" and words[2].isdigit():
                found[words[1].removeprefix("PARE_").replace("_", "").lower()] = int(words[2])
    return found


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def crc_of(numbers):
    return zlib.crc32(struct.pack(f"<{len(numbers)}I", *numbers))


def entry(kind, expected, name, data):
    def padded(part):
        return part + bytes(-len(part) % 16)

    text = name.encode() + b"\0"
    return struct.pack("<4I", kind, expected, len(text), len(data)) + padded(text) + padded(data)


def sums(folder):
    """The CRC-32s of each file of a table of files that are valid."""
    found = {}
    for row in rows(os.path.join(folder, "EXPECTED.tsv")):
        found.setdefault(row["file"], []).append(int(row["crc32"], 16))
    return sorted(found.items())


def valid(folder, bits):
    for name, numbers in sums(folder):
        data = read(folder, name)
        if bits == "32" and data[11] & 4:
            # Large, as the header says.
            yield entry(2, codes()["largeunsupported"], name, data)
        else:
            yield entry(1, crc_of(numbers), name, data)


def invalid(folder, bits):
    numbers = codes()
    for row in rows(os.path.join(folder, "EXPECTED.tsv")):
        if row["reader"] in ("any", f"{bits}-bit"):
            yield entry(2, numbers[row["code"].lower()], row["file"], read(folder, row["file"]))


def banks(folder):
    for name, numbers in sums(folder):
        yield entry(4, crc_of(numbers), name, read(folder, name))
    numbers = codes()
    for row in rows(os.path.join(folder, "ERRORS.tsv")):
        yield entry(5, numbers[row["code"].lower()], row["file"], read(folder, row["file"]))


def models(folder, results):
    names = sorted(name.removesuffix(".pare") for name in os.listdir(folder) if name.endswith(".pare"))
    image = bank([(name.encode(), read(folder, name + ".pare")) for name in sorted(names, key=str.encode)]).data
    yield entry(3, crc_of([results[name] for name in names]) if results else 0, os.path.basename(folder), bytes(image))


parser = argparse.ArgumentParser()
parser.add_argument("--bits", default="32", choices=["32", "64"])
parser.add_argument("--results")
parser.add_argument("--valid", action="append", default=[])
parser.add_argument("--invalid", action="append", default=[])
parser.add_argument("--banks", action="append", default=[])
parser.add_argument("--models", action="append", default=[])
parser.add_argument("-o", required=True)
options = parser.parse_args()
results = {}
if options.results:
    with open(options.results, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) == 3 and words[0] == "model":
                results[words[1]] = int(words[2], 16)
with open(options.o, "wb") as image:
    for folder in options.valid:
        image.writelines(valid(folder, options.bits))
    for folder in options.invalid:
        image.writelines(invalid(folder, options.bits))
    for folder in options.banks:
        image.writelines(banks(folder))
    for folder in options.models:
        image.writelines(models(folder, results))
    image.write(bytes(16))
