// What the drivers of `inference.py` share: arguments, signal, clock, output. InferenceBenchmarks.swift does the same.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

struct Arguments {
  std::string model;
  size_t frames, block, runs;

  Arguments(int argc, char **argv) {
    if (argc != 5) std::exit(64);
    model = argv[1];
    frames = std::strtoul(argv[2], nullptr, 10);
    block = std::strtoul(argv[3], nullptr, 10);
    runs = std::strtoul(argv[4], nullptr, 10);
  }
};

// Processor time of this thread, which other programs do not add to.
inline double thread_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

// Runs a body over the signal, once to warm up, then `runs` times. Prints nanoseconds for each frame, a line for each run, then the mean
// magnitude of the first run's outputs, by which one sees that all compute the same.
template <typename Body> void measure(const Arguments &arguments, Body body) {
  std::vector<float> in(arguments.frames), out(arguments.frames);
  uint32_t state = 1;
  for (float &x : in) {
    state = state * 1664525u + 1013904223u;
    x = (float)(state >> 8) / 16777216.0f - 0.5f;
  }
  body(in, out);
  double sum = 0;
  for (float y : out) sum += std::fabs(y);
  for (size_t run = 0; run < arguments.runs; run++) {
    const double start = thread_seconds();
    body(in, out);
    std::printf("%.1f\n", 1e9 * (thread_seconds() - start) / (double)arguments.frames);
  }
  std::printf("mean %.6f\n", sum / (double)arguments.frames);
}
