#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define SET(x) _mm256_set1_ps(x)

AVX2 static inline __m256 mul(__m256 a, __m256 b) { return _mm256_mul_ps(a, b); }
AVX2 static inline __m256 add(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
AVX2 static inline __m256 sub(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
AVX2 static inline __m256i as_bits(__m256 x) { return _mm256_castps_si256(x); }
AVX2 static inline __m256 as_floats(__m256i x) { return _mm256_castsi256_ps(x); }

// min and max give their second operand where one is NaN, as the comparisons of `FloatMath` do.
AVX2 static inline __m256 at_least(float low, __m256 x) { return _mm256_max_ps(SET(low), x); }
AVX2 static inline __m256 at_most(float high, __m256 x) { return _mm256_min_ps(SET(high), x); }

// The operations of FloatMath.swift, whose comments explain them, in the same order.

static const float rounder = 0x1.8p23f, log2e = 0x1.715476p0f;

AVX2 static inline __m256 exp8(__m256 x) {
  const __m256 bounded = at_most(89, at_least(-104, x));
  const __m256 shifted = add(mul(bounded, SET(log2e)), SET(rounder));
  const __m256 n = sub(shifted, SET(rounder));
  const __m256 r = sub(sub(bounded, mul(n, SET(0x1.63p-1f))), mul(n, SET(-0x1.bd0106p-13f)));
  const __m256 r2 = mul(r, r);
  const __m256 low = add(SET(0.49999993448f), mul(SET(0.16666520631f), r));
  const __m256 middle = add(SET(0.04166838805f), mul(SET(0.00836871698f), r));
  const __m256 q = add(add(low, mul(r2, middle)), mul(mul(r2, r2), SET(0.00138145986f)));
  const __m256 power = add(SET(1), add(r, mul(r2, q)));
  const __m256i exponent = _mm256_sub_epi32(as_bits(shifted), as_bits(SET(rounder)));
  const __m256i half = _mm256_srai_epi32(exponent, 1), bias = _mm256_set1_epi32(127);
  const __m256i first = _mm256_slli_epi32(_mm256_add_epi32(half, bias), 23);
  const __m256i second = _mm256_slli_epi32(_mm256_add_epi32(_mm256_sub_epi32(exponent, half), bias), 23);
  return mul(mul(power, as_floats(first)), as_floats(second));
}

AVX2 static inline __m256 bounded_exp8(__m256 y) {
  const __m256 shifted = add(mul(y, SET(log2e)), SET(rounder));
  const __m256 n = sub(shifted, SET(rounder));
  const __m256 r = sub(y, mul(n, SET(0x1.62e43p-1f)));
  const __m256 r2 = mul(r, r);
  const __m256 low = add(SET(0.49999231489f), mul(SET(0.16667114650f), r));
  const __m256 middle = add(SET(0.04189015764f), mul(SET(0.00831252039f), r));
  const __m256 power = add(SET(1), add(r, mul(r2, add(low, mul(r2, middle)))));
  return as_floats(_mm256_add_epi32(as_bits(power), _mm256_slli_epi32(as_bits(shifted), 23)));
}

AVX2 static inline __m256 tanh8(__m256 x) {
  const __m256 sign = _mm256_and_ps(x, SET(-0.0f)), z = _mm256_andnot_ps(SET(-0.0f), x);
  const __m256 z2 = mul(z, z), z4 = mul(z2, z2);
  const __m256 low = add(SET(-0.33333281185f), mul(SET(0.13331420374f), z2));
  const __m256 middle = add(SET(-0.05373779737f), mul(SET(0.02063254414f), z2));
  const __m256 poly = add(add(low, mul(z4, middle)), mul(mul(z4, z4), SET(-0.00569738152f)));
  const __m256 small = add(z, mul(mul(z, z2), poly));
  const __m256 t = bounded_exp8(mul(at_most(10, z), SET(-2)));
  const __m256 large = _mm256_div_ps(sub(SET(1), t), add(SET(1), t));
  const __m256 is_small = _mm256_cmp_ps(z, SET(0.625f), _CMP_LT_OQ);
  return _mm256_or_ps(_mm256_blendv_ps(large, small, is_small), sign);
}

AVX2 static inline __m256 sigmoid8(__m256 x) {
  const __m256 y = at_most(0x1.62e43p6f, at_least(-80, _mm256_xor_ps(x, SET(-0.0f))));
  return _mm256_div_ps(SET(1), add(SET(1), bounded_exp8(y)));
}

AVX2 static size_t map8(int function, float *values, size_t count) {
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
AVX2 static inline __m256 sum8(const float *input, const float *recurrent, size_t at) {
  if (!input) return _mm256_loadu_ps(recurrent + at);
  const __m256 x = _mm256_loadu_ps(input + at);
  return recurrent ? add(x, _mm256_loadu_ps(recurrent + at)) : x;
}

AVX2 static size_t lstm(size_t units, const float *input, const float *recurrent, float *cell, float *hidden) {
  size_t u = 0;
  for (; u + 8 <= units; u += 8) {
    const __m256 i = sigmoid8(sum8(input, recurrent, u)), f = sigmoid8(sum8(input, recurrent, units + u));
    const __m256 g = tanh8(sum8(input, recurrent, 2 * units + u)), o = sigmoid8(sum8(input, recurrent, 3 * units + u));
    const __m256 c = add(mul(f, _mm256_loadu_ps(cell + u)), mul(i, g));
    _mm256_storeu_ps(cell + u, c);
    _mm256_storeu_ps(hidden + u, mul(o, tanh8(c)));
  }
  return u;
}

size_t pare_lstm_gates(size_t units, const float *input, const float *recurrent, float *cell, float *hidden) {
  return __builtin_cpu_supports("avx2") ? lstm(units, input, recurrent, cell, hidden) : 0;
}

AVX2 static size_t gru(
    size_t units, size_t reset, size_t update, const float *input, const float *recurrent, float *hidden) {
  size_t u = 0;
  for (; u + 8 <= units; u += 8) {
    const __m256 r = sigmoid8(sum8(input, recurrent, reset + u)), z = sigmoid8(sum8(input, recurrent, update + u));
    const __m256 product = mul(r, _mm256_loadu_ps(recurrent + 2 * units + u));
    const __m256 n = tanh8(add(_mm256_loadu_ps(input + 2 * units + u), product));
    _mm256_storeu_ps(hidden + u, add(mul(sub(SET(1), z), n), mul(z, _mm256_loadu_ps(hidden + u))));
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
