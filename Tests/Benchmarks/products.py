#!/usr/bin/env python3
"""Times matrix-vector products of 4096 x 4096 beside numpy's OpenBLAS (f32) and scipy's CSR (f32, 90 % sparse), one thread.

Usage: swift build -c release --product PareBenchmarks
       python3 Tests/Benchmarks/products.py .build/release/PareBenchmarks [ROUNDS]
Needs numpy and scipy. Rounds alternate; shown is the least processor time of all runs, to which other programs add little.
"""
import os
import subprocess
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ.pop("OPENBLAS_CORETYPE", None)
import numpy as np  # noqa: E402  behind the number of threads
import scipy.sparse  # noqa: E402

SIZE = 4096


def seconds(body, runs=25):
    times = []
    for _ in range(runs):
        start = time.thread_time()
        body()
        times.append(time.thread_time() - start)
    return min(times)


def main():
    binary = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    random = np.random.default_rng(1)
    dense = random.normal(size=(SIZE, SIZE)).astype(np.float32)
    x = random.normal(size=SIZE).astype(np.float32)
    sparse = scipy.sparse.csr_array(np.where(random.random((SIZE, SIZE)) < 0.1, dense, np.float32(0)))
    found = {}
    for _ in range(rounds):
        found.setdefault("numpy, OpenBLAS f32", []).append(seconds(lambda: dense @ x))
        found.setdefault("scipy, CSR f32, 90 % sparse", []).append(seconds(lambda: sparse @ x))
        for line in subprocess.run([binary, "product"], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines():
            name, value = line.split("\t")
            found.setdefault(name, []).append(float(value))
    fastest = {name: min(values) for name, values in found.items()}
    blas, csr = fastest["numpy, OpenBLAS f32"], fastest["scipy, CSR f32, 90 % sparse"]
    print(f"{'':42} {'ms':>10} {'times as fast as its peer'}")
    for name, value in fastest.items():
        is_small = any(word in name for word in ("LSTM", " frames", " of 3072"))
        peer = csr if any(word in name for word in ("gaps", "bitmap", "CSR")) else blas
        print(f"{name:42} {1e3 * value:10.4f} " + ("" if is_small else f"{peer / value:10.2f}"))


main()
