#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))
#define VNNI __attribute__((target("avx2,avx512f,avx512bw,avx512vl,avx512vnni")))
#define INLINE static inline __attribute__((always_inline))

// Whether all sums of so many products fit 32 bits, a code being at most 128 in magnitude.
static inline int fits(size_t columns, int limit) { return columns < (size_t)INT32_MAX / 128 / (size_t)limit; }

// The sums of 8 numbers in each of 4 vectors.
AVX2 INLINE __m256i totals(const __m256i s[4], int is_small) {
  if (is_small) {
    const __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
    return _mm256_cvtepi32_epi64(_mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
  }
  __m256i wide[4];
  for (int r = 0; r < 4; r++)
    wide[r] = _mm256_add_epi64(
        _mm256_cvtepi32_epi64(_mm256_castsi256_si128(s[r])), _mm256_cvtepi32_epi64(_mm256_extracti128_si256(s[r], 1)));
  const __m256i a = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[0], wide[1]), _mm256_unpackhi_epi64(wide[0], wide[1]));
  const __m256i b = _mm256_add_epi64(_mm256_unpacklo_epi64(wide[2], wide[3]), _mm256_unpackhi_epi64(wide[2], wide[3]));
  return _mm256_add_epi64(_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31));
}

// Adds the totals of four rows, from `row` on of `rows`, and of `frames` vectors, one or two, to their sums.
AVX2 INLINE void add_sums(const __m256i total[2], size_t row, size_t rows, const int frames, int64_t *sums) {
  for (int f = 0; f < frames; f++) {
    int64_t *target = sums + f * rows + row;
    if (row + 4 <= rows) {
      _mm256_storeu_si256((__m256i *)target, _mm256_add_epi64(_mm256_loadu_si256((__m256i *)target), total[f]));
    } else {
      int64_t found[4];
      _mm256_storeu_si256((__m256i *)found, total[f]);
      for (size_t r = 0; row + r < rows; r++) target[r] += found[r];
    }
  }
}

// The first codes of four rows; those behind the last row are the last one again.
static inline void find_rows(const uint8_t *codes, size_t stride, size_t row, size_t rows, const uint8_t *found[4]) {
  for (size_t r = 0; r < 4; r++) found[r] = codes + (row + r < rows ? row + r : rows - 1) * stride;
}

// The totals of four rows times `frames` vectors, which are `distance` apart.
AVX2 INLINE void four_rows(
    const uint8_t *const rows[4], size_t columns, const int16_t *integers, size_t distance, const int frames,
    int is_small, __m256i total[2]) {
  const size_t whole = columns / 16 * 16;
  for (int f = 0; f < frames; f++) total[f] = _mm256_setzero_si256();
  for (size_t c = 0; c < whole;) {
    // A lane takes two products a step, each at most 128 * 32767: 256 steps fit 32 bits.
    const size_t end = is_small || whole - c < 4096 ? whole : c + 4096;
    __m256i s[2][4];
    for (int f = 0; f < frames; f++)
      for (int r = 0; r < 4; r++) s[f][r] = _mm256_setzero_si256();
    for (; c < end; c += 16) {
      __m256i input[2];
      for (int f = 0; f < frames; f++) input[f] = _mm256_loadu_si256((const __m256i *)(integers + f * distance + c));
      for (int r = 0; r < 4; r++) {
        const __m256i wide = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(rows[r] + c)));
        for (int f = 0; f < frames; f++) s[f][r] = _mm256_add_epi32(s[f][r], _mm256_madd_epi16(wide, input[f]));
      }
    }
    for (int f = 0; f < frames; f++) total[f] = _mm256_add_epi64(total[f], totals(s[f], is_small));
  }
  if (whole == columns) return;
  for (int f = 0; f < frames; f++) {
    int64_t rest[4] = {0, 0, 0, 0};
    for (int r = 0; r < 4; r++)
      for (size_t i = whole; i < columns; i++) rest[r] += (int32_t)(int8_t)rows[r][i] * integers[f * distance + i];
    total[f] = _mm256_add_epi64(total[f], _mm256_loadu_si256((const __m256i *)rest));
  }
}

AVX2 static void products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, size_t distance,
    size_t frames, int is_small, int64_t *sums) {
  const uint8_t *each[4];
  __m256i total[2];
  for (size_t row = 0; row < rows; row += 4) {
    find_rows(codes, stride, row, rows, each);
    size_t f = 0;
    for (; f + 2 <= frames; f += 2) {
      four_rows(each, columns, integers + f * distance, distance, 2, is_small, total);
      add_sums(total, row, rows, 2, sums + f * rows);
    }
    if (f < frames) {
      four_rows(each, columns, integers + f * distance, distance, 1, is_small, total);
      add_sums(total, row, rows, 1, sums + f * rows);
    }
  }
}

// The same with instructions that multiply and add 32 products.
VNNI INLINE void add32(
    const uint8_t *const rows[4], size_t c, __mmask32 mask, const int16_t *integers, size_t distance, const int frames,
    __m512i s[2][4]) {
  __m512i input[2];
  for (int f = 0; f < frames; f++) input[f] = _mm512_maskz_loadu_epi16(mask, integers + f * distance + c);
  for (int r = 0; r < 4; r++) {
    const __m512i wide = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, rows[r] + c));
    for (int f = 0; f < frames; f++) s[f][r] = _mm512_dpwssd_epi32(s[f][r], wide, input[f]);
  }
}

VNNI INLINE void four_rows_vnni(
    const uint8_t *const rows[4], size_t columns, const int16_t *integers, size_t distance, const int frames,
    int is_small, __m256i total[2]) {
  for (int f = 0; f < frames; f++) total[f] = _mm256_setzero_si256();
  for (size_t c = 0; c < columns;) {
    const size_t end = is_small || columns - c < 4096 ? columns : c + 4096;
    __m512i s[2][4];
    for (int f = 0; f < frames; f++)
      for (int r = 0; r < 4; r++) s[f][r] = _mm512_setzero_si512();
    for (; c + 32 <= end; c += 32) add32(rows, c, ~0u, integers, distance, frames, s);
    if (c < end) add32(rows, c, (1u << (end - c)) - 1, integers, distance, frames, s);
    c = end;
    // Halves of lanes that hold at most 256 products each, so that their sums fit 32 bits.
    for (int f = 0; f < frames; f++) {
      __m256i halves[4];
      for (int r = 0; r < 4; r++)
        halves[r] = _mm256_add_epi32(_mm512_castsi512_si256(s[f][r]), _mm512_extracti64x4_epi64(s[f][r], 1));
      total[f] = _mm256_add_epi64(total[f], totals(halves, is_small));
    }
  }
}

VNNI static void products_vnni(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, size_t distance,
    size_t frames, int is_small, int64_t *sums) {
  const uint8_t *each[4];
  __m256i total[2];
  for (size_t row = 0; row < rows; row += 4) {
    find_rows(codes, stride, row, rows, each);
    size_t f = 0;
    for (; f + 2 <= frames; f += 2) {
      four_rows_vnni(each, columns, integers + f * distance, distance, 2, is_small, total);
      add_sums(total, row, rows, 2, sums + f * rows);
    }
    if (f < frames) {
      four_rows_vnni(each, columns, integers + f * distance, distance, 1, is_small, total);
      add_sums(total, row, rows, 1, sums + f * rows);
    }
  }
}

int pare_integer_products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, size_t distance,
    size_t frames, int limit, int lanes, int64_t *sums) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  // For few columns vectors of 32 are mostly empty.
  const int is_wide = lanes >= 16 && columns > 64 && __builtin_cpu_supports("avx512vnni") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  (is_wide ? products_vnni : products)(
      codes, stride, rows, columns, integers, distance, frames, fits(columns, limit), sums);
  return 1;
}

#else

int pare_integer_products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, size_t distance,
    size_t frames, int limit, int lanes, int64_t *sums) {
  (void)codes, (void)stride, (void)rows, (void)columns, (void)integers, (void)distance, (void)frames, (void)limit;
  (void)lanes, (void)sums;
  return 0;
}

#endif
