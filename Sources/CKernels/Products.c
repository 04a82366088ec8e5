#include "CKernels.h"

// A sum is rounded after each multiplication and after each addition, everywhere.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

// ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
static inline float tree8(const float s[8]) { return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])); }

// The factors of 8 codes.
AVX2 static inline __m256 factors8(const uint8_t *codes, __m256i zero_point) {
  const __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)codes));
  return _mm256_cvtepi32_ps(_mm256_sub_epi32(wide, zero_point));
}

AVX2 static void int8_rows(
    const uint8_t *codes, size_t columns, const int32_t zero_points[4], const float *x, float sums[4]) {
  __m256 s[4];
  __m256i zero[4];
  for (int r = 0; r < 4; r++) {
    s[r] = _mm256_setzero_ps();
    zero[r] = _mm256_set1_epi32(zero_points[r]);
  }
  size_t c = 0;
  for (; c + 8 <= columns; c += 8) {
    const __m256 input = _mm256_loadu_ps(x + c);
    for (int r = 0; r < 4; r++)
      s[r] = _mm256_add_ps(s[r], _mm256_mul_ps(factors8(codes + r * columns + c, zero[r]), input));
  }
  for (int r = 0; r < 4; r++) {
    float each[8];
    _mm256_storeu_ps(each, s[r]);
    for (size_t i = c; i < columns; i++) {
      const float product = (float)((int8_t)codes[r * columns + i] - zero_points[r]) * x[i];
      each[i & 7] = each[i & 7] + product;
    }
    sums[r] = tree8(each);
  }
}

int pare_int8_product(
    const uint8_t *codes, size_t columns, const int32_t zero_points[4], const float *x, float sums[4]) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  int8_rows(codes, columns, zero_points, x, sums);
  return 1;
}

AVX2 static void f32_rows(const uint8_t *floats, size_t columns, const float *x, float sums[4]) {
  __m256 s[4];
  for (int r = 0; r < 4; r++) s[r] = _mm256_setzero_ps();
  const uint8_t *rows[4];
  for (int r = 0; r < 4; r++) rows[r] = floats + 4 * r * columns;
  size_t c = 0;
  for (; c + 8 <= columns; c += 8) {
    const __m256 input = _mm256_loadu_ps(x + c);
    for (int r = 0; r < 4; r++)
      s[r] = _mm256_add_ps(s[r], _mm256_mul_ps(_mm256_loadu_ps((const float *)(rows[r] + 4 * c)), input));
  }
  for (int r = 0; r < 4; r++) {
    float each[8];
    _mm256_storeu_ps(each, s[r]);
    for (size_t i = c; i < columns; i++) {
      float factor;
      memcpy(&factor, rows[r] + 4 * i, 4);
      const float product = factor * x[i];
      each[i & 7] = each[i & 7] + product;
    }
    sums[r] = tree8(each);
  }
}

int pare_f32_product(const uint8_t *floats, size_t columns, const float *x, float sums[4]) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  f32_rows(floats, columns, x, sums);
  return 1;
}

// One non-zero whose gap is at *gap, which may be behind skips of 255; `columns` or more where there is none.
static inline size_t next_column(const uint8_t **gap, const uint8_t *end, size_t column, size_t columns) {
  while (*gap < end && **gap == 255) {
    column += 255;
    (*gap)++;
  }
  return *gap < end ? column + *(*gap)++ : columns;
}

// Bytes that have changed since they were validated must not make it read anything else: 0 is the answer then.
AVX2 static int gaps_row(
    const uint8_t *gaps, size_t gap_count, const uint8_t *codes, size_t count, int32_t zero_point, const float *x,
    size_t columns, float *sum) {
  const __m256i zero = _mm256_set1_epi32(zero_point);
  const __m128i ones = _mm_set1_epi16(1), skips = _mm_set1_epi8((char)255);
  const uint8_t *const end = gaps + gap_count;
  __m128 sums = _mm_setzero_ps();
  size_t n = 0, column = 0;
  // Groups of 8 start at ordinals that are multiples of 4, so lanes of each half belong to the four sums in order.
  while (n + 8 <= count && end - gaps >= 8) {
    const __m128i bytes = _mm_loadl_epi64((const __m128i *)gaps);
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, skips)) & 0xFF) {
      // A skip among them: four one by one.
      float product[4];
      for (int i = 0; i < 4; i++) {
        column = next_column(&gaps, end, column, columns);
        if (column >= columns) return 0;
        product[i] = (float)((int8_t)codes[n + i] - zero_point) * x[column++];
      }
      sums = _mm_add_ps(sums, _mm_loadu_ps(product));
      n += 4;
      continue;
    }
    // A column is the sum of the gaps so far and of the non-zeros before it.
    __m128i sum8 = _mm_add_epi16(_mm_cvtepu8_epi16(bytes), ones);
    sum8 = _mm_add_epi16(sum8, _mm_slli_si128(sum8, 2));
    sum8 = _mm_add_epi16(sum8, _mm_slli_si128(sum8, 4));
    sum8 = _mm_add_epi16(sum8, _mm_slli_si128(sum8, 8));
    // Columns rise, so all are below the end of the row when the last one is.
    const uint64_t low = (uint64_t)_mm_cvtsi128_si64(sum8), high = (uint64_t)_mm_extract_epi64(sum8, 1);
    const size_t next = column + (high >> 48);
    if (next > columns) return 0;
    // Eight loads: the instruction that gathers takes longer.
    const float *from = x + column - 1;
    const __m256 input = _mm256_setr_ps(
        from[low & 0xFFFF], from[low >> 16 & 0xFFFF], from[low >> 32 & 0xFFFF], from[low >> 48], from[high & 0xFFFF],
        from[high >> 16 & 0xFFFF], from[high >> 32 & 0xFFFF], from[high >> 48]);
    const __m256 product = _mm256_mul_ps(factors8(codes + n, zero), input);
    sums = _mm_add_ps(sums, _mm256_castps256_ps128(product));
    sums = _mm_add_ps(sums, _mm256_extractf128_ps(product, 1));
    column = next;
    gaps += 8;
    n += 8;
  }
  float s[4];
  _mm_storeu_ps(s, sums);
  for (; n < count; n++) {
    column = next_column(&gaps, end, column, columns);
    if (column >= columns) return 0;
    const float product = (float)((int8_t)codes[n] - zero_point) * x[column++];
    s[n & 3] = s[n & 3] + product;
  }
  *sum = (s[0] + s[1]) + (s[2] + s[3]);
  return 1;
}

int pare_gaps_product(
    const uint8_t *gaps, size_t gap_count, const uint8_t *codes, size_t count, int32_t zero_point, const float *x,
    size_t columns, float *sum) {
  return __builtin_cpu_supports("avx2") && gaps_row(gaps, gap_count, codes, count, zero_point, x, columns, sum);
}

#else

int pare_int8_product(
    const uint8_t *codes, size_t columns, const int32_t zero_points[4], const float *x, float sums[4]) {
  (void)codes, (void)columns, (void)zero_points, (void)x, (void)sums;
  return 0;
}

int pare_f32_product(const uint8_t *floats, size_t columns, const float *x, float sums[4]) {
  (void)floats, (void)columns, (void)x, (void)sums;
  return 0;
}

int pare_gaps_product(
    const uint8_t *gaps, size_t gap_count, const uint8_t *codes, size_t count, int32_t zero_point, const float *x,
    size_t columns, float *sum) {
  (void)gaps, (void)gap_count, (void)codes, (void)count, (void)zero_point, (void)x, (void)columns, (void)sum;
  return 0;
}

#endif
