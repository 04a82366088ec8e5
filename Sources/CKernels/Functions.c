#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))
#define V __m256
#define VI __m256i
#define NAME(name) name##8
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name
#define AS_BITS(x) _mm256_castps_si256(x)
#define AS_FLOATS(x) _mm256_castsi256_ps(x)
#include "VectorMath.h"
#include "StepGates.h"

TARGET static size_t map8(int function, float *values, size_t count) {
  size_t i = 0;
  switch (function) {
    case PARE_EXP:
      for (; i + 8 <= count; i += 8) _mm256_storeu_ps(values + i, exp8(_mm256_loadu_ps(values + i)));
      break;
    case PARE_TANH:
      for (; i + 8 <= count; i += 8) _mm256_storeu_ps(values + i, tanh8(_mm256_loadu_ps(values + i)));
      break;
    case PARE_SIGMOID:
      for (; i + 8 <= count; i += 8) _mm256_storeu_ps(values + i, sigmoid8(_mm256_loadu_ps(values + i)));
      break;
    default: break;
  }
  return i;
}

size_t pare_map(int function, float *values, size_t count) {
  return __builtin_cpu_supports("avx2") ? map8(function, values, count) : 0;
}

// input + recurrent at an index, or the one of them that is there.
TARGET static inline __m256 sum8(const float *input, const float *recurrent, size_t at) {
  if (!input) return _mm256_loadu_ps(recurrent + at);
  const __m256 x = _mm256_loadu_ps(input + at);
  return recurrent ? _mm256_add_ps(x, _mm256_loadu_ps(recurrent + at)) : x;
}

TARGET static size_t lstm(size_t units, const float *input, const float *recurrent, float *cell, float *hidden) {
  size_t u = 0;
  for (; u + 8 <= units; u += 8) {
    float sums[4][8];
    for (size_t k = 0; k < 4; k++) _mm256_storeu_ps(sums[k], sum8(input, recurrent, k * units + u));
    const float *const g[4] = {sums[0], sums[1], sums[2], sums[3]};
    lstm_gates8(g, cell + u, hidden + u);
  }
  return u;
}

size_t pare_lstm_gates(size_t units, const float *input, const float *recurrent, float *cell, float *hidden) {
  return __builtin_cpu_supports("avx2") ? lstm(units, input, recurrent, cell, hidden) : 0;
}

TARGET static size_t gru(
    size_t units, size_t reset, size_t update, const float *input, const float *recurrent, float *hidden) {
  size_t u = 0;
  for (; u + 8 <= units; u += 8) {
    const float *x = input + u, *y = recurrent + u;
    const float *const g[6] = {x + reset, y + reset, x + update, y + update, x + 2 * units, y + 2 * units};
    gru_gates8(g, hidden + u);
  }
  return u;
}

size_t pare_gru_gates(
    size_t units, size_t reset, size_t update, const float *input, const float *recurrent, float *hidden) {
  return __builtin_cpu_supports("avx2") ? gru(units, reset, update, input, recurrent, hidden) : 0;
}

#else

size_t pare_map(int function, float *values, size_t count) {
  (void)function, (void)values, (void)count;
  return 0;
}

size_t pare_lstm_gates(size_t units, const float *input, const float *recurrent, float *cell, float *hidden) {
  (void)units, (void)input, (void)recurrent, (void)cell, (void)hidden;
  return 0;
}

size_t pare_gru_gates(
    size_t units, size_t reset, size_t update, const float *input, const float *recurrent, float *hidden) {
  (void)units, (void)reset, (void)update, (void)input, (void)recurrent, (void)hidden;
  return 0;
}

#endif
