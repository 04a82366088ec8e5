#!/usr/bin/env python3
"""Times models frame by frame and in blocks beside RTNeural and NAM core, one thread, in one run.

usage: inference.py BINARIES RTNEURAL NAM MODEL.nam [ROUNDS]

BINARIES is the folder of the built `pare` and `PareBenchmarks`. RTNEURAL and NAM are source folders of RTNeural and of
NeuralAmpModelerCore; where their submodules are absent, Debian's libeigen3-dev serves. MODEL.nam is a WaveNet; an LSTM of 40
units, 2 inputs and a dense layer is made here. Peers are built as their own release builds are: RTNeural's default with -O3 (Eigen,
the model loaded at run time), NAM core's with -Ofast and link-time optimization, and its fast tanh; neither with -march. Rounds
alternate between all programs. Shown are medians of processor time and how many times as fast as the peer that is.
"""
import glob
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RUNS = 3


def compile_peer(target, flags, folders, sources):
    command = ["g++", "-DNDEBUG"] + flags + ["-I" + HERE] + ["-isystem" + folder for folder in folders if os.path.isdir(folder)]
    subprocess.run(command + sources + ["-o", target], check=True, stderr=subprocess.DEVNULL)
    return target


def peers(folder, rtneural, nam):
    first = compile_peer(
        os.path.join(folder, "rtneural"),
        ["-O3", "-std=c++14", "-DRTNEURAL_USE_EIGEN=1", "-DRTNEURAL_DEFAULT_ALIGNMENT=16", "-DRTNEURAL_NAMESPACE=RTNeural"],
        [rtneural, rtneural + "/modules/json", rtneural + "/modules/Eigen", "/usr/include/eigen3"],
        [HERE + "/inference_rtneural.cpp", rtneural + "/RTNeural/RTNeural.cpp"])
    second = compile_peer(
        os.path.join(folder, "nam"), ["-Ofast", "-flto", "-std=c++20", "-DNAM_ENABLE_A2_FAST"],
        [nam, nam + "/NAM", nam + "/Dependencies/nlohmann", nam + "/Dependencies/eigen", "/usr/include/eigen3"],
        [HERE + "/inference_nam.cpp"] + sorted(glob.glob(nam + "/NAM/*.cpp") + glob.glob(nam + "/NAM/*/*.cpp")))
    return first, second


def lstm(path, units=40, inputs=2):
    """An LSTM in the form that RTNeural reads, with weights as a trained one has."""
    source = random.Random(1)

    def matrix(rows, columns, scale):
        return [[source.gauss(0, scale) for _ in range(columns)] for _ in range(rows)]

    layers = [
        {"type": "lstm", "activation": "tanh", "shape": [None, None, units],
         "weights": [matrix(inputs, 4 * units, 0.5), matrix(units, 4 * units, 0.15), matrix(1, 4 * units, 0.1)[0]]},
        {"type": "dense", "activation": "", "shape": [None, None, 1], "weights": [matrix(units, 1, 0.2), [0.1]]},
    ]
    with open(path, "w") as file:
        json.dump({"in_shape": [None, None, inputs], "layers": layers}, file)
    return path


def run(command):
    """The nanoseconds of each run, and the mean magnitude of the outputs."""
    lines = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    return [float(line) for line in lines if line[0].isdigit()], float(lines[-1].split()[1])


def main(binaries, rtneural, nam, model, rounds=5):
    with tempfile.TemporaryDirectory() as folder:
        rtneural_driver, nam_driver = peers(folder, rtneural, nam)
        cases = []
        for name, source, driver, frames, blocks in [
            ("LSTM, 40 units", lstm(os.path.join(folder, "lstm.json")), rtneural_driver, 24000, (64, 1)),
            ("WaveNet", model, nam_driver, 24000, (64, 1)),
        ]:
            container = os.path.join(folder, "%d.pare" % len(cases))
            subprocess.run([binaries + "/pare", "convert", source, "-o", container], stdout=subprocess.DEVNULL, check=True)
            for block in blocks:
                counts = [str(frames), str(block)]
                programs = [("peer", [driver, source] + counts + [str(RUNS)])]
                for path in ("portable", "fastest"):
                    programs.append((path, [binaries + "/PareBenchmarks", "inference", container] + counts + [path, str(RUNS)]))
                cases.append((name, block, programs, {}, {}))
        for _ in range(int(rounds)):
            for _, _, programs, times, means in cases:
                for program, command in programs:
                    found, means[program] = run(command)
                    times.setdefault(program, []).extend(found)
        print("%-16s%7s%10s%12s%10s%7s%9s  %s" % ("ns per frame", "block", "peer", "portable", "fastest", "", "", "mean output"))
        for name, block, _, times, means in cases:
            peer, portable, fastest = (statistics.median(times[program]) for program in ("peer", "portable", "fastest"))
            print("%-16s%7d%10.0f%12.0f%10.0f%7.2f%9.2f  %.5f %.5f" % (
                name, block, peer, portable, fastest, peer / portable, peer / fastest, means["peer"], means["fastest"]))


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
