#!/usr/bin/env python3
"""Writes Fixtures/valid, Fixtures/invalid and Fixtures/bank with their tables; twice gives the same bytes.

usage: make_fixtures.py            writes
       make_fixtures.py --check    compares what it would write with what is there, runs Spec/reference/decode.py over
                                   all fixtures, compares its output with the tables, and exits 1 on a difference

Python's standard library only. Bytes, decoded values, codes and offsets come from fixture_writer.py and the lists of
descriptions beside it; nothing is taken from a reader.
"""

import os
import subprocess
import sys
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from bank_fixtures import all_bad_banks, all_banks  # noqa: E402
from fixture_writer import u32  # noqa: E402
from invalid_fixtures import all_invalid  # noqa: E402
from valid_coded import all_coded  # noqa: E402
from valid_fixtures import all_valid  # noqa: E402
from valid_models import all_models  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def table(header, rows):
    return "".join("\t".join(row) + "\n" for row in [header] + rows).encode("utf-8")


def all_files():
    """Relative path -> bytes."""
    files = {}
    rows = []
    for name, data, tensors in all_valid() + all_coded() + all_models():
        path = "valid/" + name
        assert path not in files, path
        files[path] = data
        for tensor in tensors:
            checksum = "%08x" % zlib.crc32(u32(*tensor.decoded()))
            rows.append((name, tensor.name.decode("utf-8"), "x".join(map(str, tensor.shape)) or "-", checksum))
    files["valid/EXPECTED.tsv"] = table(("file", "tensor", "shape", "crc32"), sorted(rows, key=lambda row: row[0]))
    rows = []
    for case in all_invalid():
        path = "invalid/" + case.name
        assert path not in files, path
        files[path] = case.data
        rows.append((case.name, case.code, str(case.offset), "-" if case.tensor is None else str(case.tensor), case.reader, case.reason))
    files["invalid/EXPECTED.tsv"] = table(("file", "code", "offset", "tensor", "reader", "reason"), sorted(rows))
    files.update(bank_files())
    return files


def bank_files():
    banks, bad = all_banks(), all_bad_banks()
    files = {"bank/" + bank.name: bank.data for bank in banks + bad}
    assert len(files) == len(banks) + len(bad)
    rows = sorted((row for bank in banks for row in bank.rows()), key=lambda row: row[0])
    files["bank/EXPECTED.tsv"] = table(("file", "model", "offset", "byteCount", "crc32"), rows)
    rows = sorted((case.name, case.code, str(case.offset), case.reason) for case in bad)
    files["bank/ERRORS.tsv"] = table(("file", "code", "offset", "reason"), rows)
    return files


def present():
    found = {}
    for folder in ("valid", "invalid", "bank"):
        for name in sorted(os.listdir(os.path.join(ROOT, "Fixtures", folder))):
            with open(os.path.join(ROOT, "Fixtures", folder, name), "rb") as file:
                found[folder + "/" + name] = file.read()
    return found


def write(files):
    for path in present():
        if path not in files:
            os.remove(os.path.join(ROOT, "Fixtures", path))
    for path, data in files.items():
        with open(os.path.join(ROOT, "Fixtures", path), "wb") as file:
            file.write(data)
    valid = [data for path, data in files.items() if path.startswith("valid/") and path.endswith(".pare")]
    invalid = [data for path, data in files.items() if path.startswith("invalid/") and path.endswith(".pare")]
    print("valid: %d files, %d bytes, %.3g bytes to read when each bit is flipped once"
          % (len(valid), sum(map(len, valid)), sum(8.0 * len(data)**2 for data in valid)))
    banks = [data for path, data in files.items() if path.endswith(".bank")]
    print("bank: %d files, %d bytes" % (len(banks), sum(map(len, banks))))
    print("invalid: %d files, %d bytes" % (len(invalid), sum(map(len, invalid))))


def differences(files):
    there = present()
    for path in sorted(set(files) | set(there)):
        if path not in there:
            yield path + " is missing"
        elif path not in files:
            yield path + " is not one of the fixtures"
        elif files[path] != there[path]:
            at = next((i for i, (a, b) in enumerate(zip(files[path], there[path])) if a != b), min(len(files[path]), len(there[path])))
            yield "%s differs from byte %d on" % (path, at)


def decoded(folder, names, *options):
    paths = [os.path.join(ROOT, "Fixtures", folder, name) for name in names]
    command = [sys.executable, os.path.join(ROOT, "Spec", "reference", "decode.py")] + list(options) + paths
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if b"Traceback" in output.stderr:
        yield "decode.py crashed: " + output.stderr.decode("utf-8", "replace")[-600:]
    yield from output.stdout.decode("utf-8").splitlines()


def disagreements(files):
    """Between decode.py and the tables."""
    names = sorted(os.path.basename(path) for path in files if path.startswith("valid/") and path.endswith(".pare"))
    expected = files["valid/EXPECTED.tsv"].decode("utf-8").splitlines()[1:]
    actual = list(decoded("valid", names))
    yield from ("valid, expected only: " + line for line in expected if line not in set(actual))
    yield from ("valid, decoded only: " + line for line in actual if line not in set(expected))

    rows = [line.split("\t") for line in files["invalid/EXPECTED.tsv"].decode("utf-8").splitlines()[1:]]
    for reader in ("any", "64-bit", "32-bit"):
        for option in ([], ["--32-bit"]):
            if reader != "any" and (reader == "32-bit") != bool(option):
                continue
            chosen = [row for row in rows if row[4] == reader]
            lines = list(decoded("invalid", [row[0] for row in chosen], *option))
            actual = {line.split("\t")[0]: line for line in lines}
            for row in chosen:
                wanted = "\t".join([row[0], "error"] + row[1:4])
                if actual.pop(row[0], None) != wanted:
                    got = [line for line in lines if line.startswith(row[0] + "\t")]
                    yield "invalid, expected: %s, decode.py: %s" % (wanted, got)
            yield from ("invalid, not expected: " + line for line in actual.values())

    expected = files["bank/EXPECTED.tsv"].decode("utf-8").splitlines()[1:]
    for line in files["bank/ERRORS.tsv"].decode("utf-8").splitlines()[1:]:
        name, code, offset, _ = line.split("\t")
        expected.append("\t".join((name, "error", code, offset, "-")))
    actual = list(decoded("bank", sorted({line.split("\t")[0] for line in expected})))
    yield from ("bank, expected only: " + line for line in expected if line not in set(actual))
    yield from ("bank, decoded only: " + line for line in actual if line not in set(expected))


def main(arguments):
    files = all_files()
    if arguments == ["--check"]:
        found = list(differences(files)) + list(disagreements(files))
        for line in found:
            print(line)
        print("%d differences in %d files" % (len(found), len(files)))
        return 1 if found else 0
    if arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    write(files)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
