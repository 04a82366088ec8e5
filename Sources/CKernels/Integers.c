#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

// The sum of 8 numbers in each of 4 vectors, in 64 bits.
AVX2 static inline __m256i totals(const __m256i s[4]) {
  __m256i wide[4];
  for (int r = 0; r < 4; r++)
    wide[r] = _mm256_add_epi64(
        _mm256_cvtepi32_epi64(_mm256_castsi256_si128(s[r])), _mm256_cvtepi32_epi64(_mm256_extracti128_si256(s[r], 1)));
  const __m256i a = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[0], wide[1]), _mm256_unpackhi_epi64(wide[0], wide[1]));
  const __m256i b = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[2], wide[3]), _mm256_unpackhi_epi64(wide[2], wide[3]));
  return _mm256_add_epi64(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));
}

// Four rows; those behind the last one are the last one again.
AVX2 static void four_rows(const uint8_t *const rows[4], size_t columns, const int16_t *integers, int64_t sums[4]) {
  __m256i total = _mm256_setzero_si256();
  size_t c = 0;
  while (c + 16 <= columns) {
    // A lane takes two products a step, each at most 128 * 32767: 256 steps fit 32 bits.
    const size_t end = columns - c < 4096 ? c + (columns - c) / 16 * 16 : c + 4096;
    __m256i s[4];
    for (int r = 0; r < 4; r++) s[r] = _mm256_setzero_si256();
    for (; c < end; c += 16) {
      const __m256i input = _mm256_loadu_si256((const __m256i *)(integers + c));
      for (int r = 0; r < 4; r++) {
        const __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(rows[r] + c)));
        s[r] = _mm256_add_epi32(s[r], _mm256_madd_epi16(wide, input));
      }
    }
    total = _mm256_add_epi64(total, totals(s));
  }
  _mm256_storeu_si256((__m256i *)sums, total);
  for (int r = 0; r < 4; r++)
    for (size_t i = c; i < columns; i++) sums[r] += (int32_t)(int8_t)rows[r][i] * integers[i];
}

int pare_integer_products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, int64_t *sums) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  for (size_t row = 0; row < rows; row += 4) {
    const uint8_t *each[4];
    int64_t found[4];
    for (size_t r = 0; r < 4; r++) each[r] = codes + (row + r < rows ? row + r : rows - 1) * stride;
    four_rows(each, columns, integers, found);
    for (size_t r = 0; r < 4 && row + r < rows; r++) sums[row + r] += found[r];
  }
  return 1;
}

#else

int pare_integer_products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, int64_t *sums) {
  (void)codes, (void)stride, (void)rows, (void)columns, (void)integers, (void)sums;
  return 0;
}

#endif
