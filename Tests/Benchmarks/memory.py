#!/usr/bin/env python3
"""Runs conversions and prints the peak of their private memory beside the limit; exits 1 above it.

usage: memory.py PARE FOLDER, where FOLDER holds what text.py wrote.

Private memory is Private_Clean + Private_Dirty of all mappings but those of files: the mapped input is not counted. It is
sampled every 2 ms, so the peak of the kernel's own count, VmHWM less file pages, would be at most a little higher.
"""

import os
import subprocess
import sys
import time

LIMIT_BEYOND_FLOATS = 64 << 20


def private_bytes(pid):
    total = 0
    is_file = False
    with open("/proc/%d/smaps" % pid) as file:
        for line in file:
            fields = line.split()
            if not fields[0].endswith(":"):
                # A mapping: address, permissions, offset, device, inode, name. An inode of 0 is no file.
                is_file = fields[4] != "0"
            elif fields[0] in ("Private_Clean:", "Private_Dirty:") and not is_file:
                total += int(fields[1]) * 1024
    return total


def peak(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    highest = 0
    while process.poll() is None:
        try:
            highest = max(highest, private_bytes(process.pid))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
        time.sleep(0.002)
    if process.returncode != 0:
        sys.exit("%s: exit status %d" % (" ".join(command), process.returncode))
    return highest


def elements(path):
    with open(path, "rb") as file:
        return sum(chunk.count(b",") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1


def main(pare, folder):
    is_above = False
    print("%-44s%12s%12s%12s" % ("private memory, MB", "floats", "limit", "peak"))
    for name, options in (
        ("json9.json", []), ("json17.json", []),
        ("json9.json", ["--quantize", "int8", "--scale", "axis"]),
        ("json9.json", ["--quantize", "int8", "--prune", "sparsity=0.9"]),
        ("json9.json", ["--quantize", "codebook:16"]),
    ):
        path = os.path.join(folder, name)
        floats = 4 * elements(path)
        found = peak([pare, "convert", path, "-o", os.path.join(folder, "out.pare"), "--force"] + options)
        limit = floats + LIMIT_BEYOND_FLOATS
        is_above = is_above or found > limit
        label = "%s, %.0f MB %s" % (name, os.path.getsize(path) / 1e6, " ".join(options))
        print("%-44s%12.1f%12.1f%12.1f%s"
              % (label, floats / 1e6, limit / 1e6, found / 1e6, "  above the limit" if found > limit else ""))
    sys.exit(1 if is_above else 0)


main(sys.argv[1], sys.argv[2])
