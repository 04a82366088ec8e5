#!/usr/bin/env python3
"""The most stack that an entry of a linked Thumb-2 object takes: stack.py OBJDUMP OBJECT ENTRY

Adds up frames along the deepest path of calls. A frame is what a function pushes and subtracts from sp. Every symbol
that a function refers to counts as called, so that calls through registers are seen too. Stops at recursion and at
frames of a size that only the running program knows. Functions from outside, such as memcpy, are not counted.
"""

import re
import subprocess
import sys


def read(objdump, path):
    """The frame of each function, and what it refers to."""
    listing = subprocess.run([objdump, "-d", "-r", "--no-show-raw-insn", path], check=True, capture_output=True, text=True)
    frames, called, name = {}, {}, None
    for line in listing.stdout.splitlines():
        start = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if start:
            name = start.group(1)
            frames[name], called[name] = 0, set()
            continue
        reference = re.search(r"R_ARM_\w+\s+(\S+?)(\+0x[0-9a-f]+)?$", line)
        if reference:
            called[name].add(reference.group(1))
            continue
        instruction = re.match(r"\s*[0-9a-f]+:\s+(\S+)\s*(.*)$", line)
        if not instruction:
            continue
        operation, operands = instruction.groups()
        if operation.startswith(("push", "vpush")):
            frames[name] += (8 if operation.startswith("v") else 4) * (operands.count(",") + 1)
        elif operation.startswith("sub") and operands.startswith("sp,"):
            size = re.search(r"#(0x[0-9a-f]+|\d+)", operands)
            if not size:
                sys.exit(f"stack.py: error: {name} takes an unknown amount of stack: {line.strip()}")
            frames[name] += int(size.group(1), 0)
        elif re.match(r"\[sp, #-", operands.split(", ", 1)[-1]) and operands.endswith("]!"):
            frames[name] += int(re.search(r"#-(0x[0-9a-f]+|\d+)", operands).group(1), 0)
        elif operation.startswith("mov") and operands.startswith("sp,"):
            sys.exit(f"stack.py: error: {name} takes an unknown amount of stack: {line.strip()}")
    return frames, called


def deepest(name, frames, called, path=()):
    """The bytes of the deepest path from a function on, and the path."""
    if name in path:
        sys.exit(f"stack.py: error: {name} calls itself")
    below = [deepest(next, frames, called, path + (name,)) for next in called[name] if next in frames]
    most, names = max(below, default=(0, []))
    return frames[name] + most, [name] + names


def main():
    objdump, path, entry = sys.argv[1:]
    frames, called = read(objdump, path)
    total, names = deepest(entry, frames, called)
    print(total)
    for name in names:
        print(f"  {frames[name]:5} {name}", file=sys.stderr)


main()
