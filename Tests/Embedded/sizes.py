#!/usr/bin/env python3
"""Compares the sizes of the built libraries with those that `pare inspect --target` tells: Tests/Embedded/sizes.py [LIBRARIES]

LIBRARIES is the output of build.sh, .build/pare-c unless told. Fails where one differs by more than the tolerance stated there.
"""
import pathlib
import re
import sys

TARGETS = {"cortex-m0": "armv6m", "cortex-m4": "armv7em-m4", "cortex-m7": "armv7em-m7", "riscv32": "riscv32", "wasm32": "wasm32"}


def main(libraries):
    source = pathlib.Path(__file__).parent.parent.parent.joinpath("Sources/PareCommands/Inspect/Target/Target.swift").read_text()
    tolerance = float(re.search(r"tolerance = ([0-9.]+)", source)[1])
    names = re.findall(r'case \.\w+: "(libpare[^"]*)"', source)
    stated = re.findall(r'name: "([^"]+)",[^)]*?byteCounts: \[([0-9_, ]+)\]', source)
    assert {name for name, _ in stated} == set(TARGETS), "other targets than are built"
    wrong = 0
    for target, numbers in stated:
        built = dict(line.split() for line in pathlib.Path(libraries, TARGETS[target], "sizes").read_text().splitlines())
        told = dict(zip(names, (int(number.replace("_", "")) for number in numbers.split(",")), strict=True))
        assert built.keys() == told.keys(), "other libraries than are built"
        for name, size in told.items():
            fits = abs(int(built[name]) - size) <= tolerance * size
            wrong += not fits
            print(f"{target}: {name}: told {size} bytes, built {built[name]}" + ("" if fits else ": error"))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ".build/pare-c"))
