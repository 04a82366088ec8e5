#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

// 16 codes to 4 vectors. Signs are made by comparing: widening by shifts makes each result wait for the one before it.
static inline void widen(const uint8_t *codes, __m128i zero_point, __m128 scale, __m128 value[4]) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i bytes = _mm_loadu_si128((const __m128i *)codes);
  const __m128i signs = _mm_cmpgt_epi8(zero, bytes);
  const __m128i low = _mm_unpacklo_epi8(bytes, signs), high = _mm_unpackhi_epi8(bytes, signs);
  const __m128i low_signs = _mm_cmpgt_epi16(zero, low), high_signs = _mm_cmpgt_epi16(zero, high);
  const __m128i wide[4] = {_mm_unpacklo_epi16(low, low_signs), _mm_unpackhi_epi16(low, low_signs),
                           _mm_unpacklo_epi16(high, high_signs), _mm_unpackhi_epi16(high, high_signs)};
  for (int i = 0; i < 4; i++) value[i] = _mm_mul_ps(scale, _mm_cvtepi32_ps(_mm_sub_epi32(wide[i], zero_point)));
}

// The number of floats up to the next address that is a multiple of `unit` bytes.
static inline size_t head(const float *floats, size_t unit) { return (-(uintptr_t)floats & (unit - 1)) / sizeof(float); }

// An ordinary store first loads the line that it fills; a streaming one does not. Measured on 64 MB: 40 instead of 30 GB/s.
static size_t stream(const uint8_t *codes, size_t count, float scale, int32_t zero_point, float *floats) {
  const __m128 scales = _mm_set1_ps(scale);
  const __m128i zero_points = _mm_set1_epi32(zero_point);
  // Whole lines only: an ordinary and a streaming store to one line cost more than both alone (measured: 30 times).
  size_t at = head(floats, 64);
  for (size_t i = 0; i < at; i++) floats[i] = scale * (float)((int8_t)codes[i] - zero_point);
  for (; at + 16 <= count; at += 16) {
    __m128 value[4];
    widen(codes + at, zero_points, scales, value);
    for (int i = 0; i < 4; i++) _mm_stream_ps(floats + at + 4 * i, value[i]);
  }
  return at;
}

__attribute__((target("avx2"))) static inline void avx2_16(
    const uint8_t *codes, __m256i zero_points, __m256 scales, float *floats) {
  for (int i = 0; i < 16; i += 8) {
    const __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(codes + i)));
    const __m256 difference = _mm256_cvtepi32_ps(_mm256_sub_epi32(wide, zero_points));
    _mm256_storeu_ps(floats + i, _mm256_mul_ps(scales, difference));
  }
}

// Measured in the second-level cache: 150 instead of 52 GB/s.
__attribute__((target("avx2"))) static size_t avx2(
    const uint8_t *codes, size_t count, float scale, int32_t zero_point, float *floats) {
  const __m256 scales = _mm256_set1_ps(scale);
  const __m256i zero_points = _mm256_set1_epi32(zero_point);
  // Stores that cross cache lines are slow, so all but the first are aligned; some floats are written twice.
  avx2_16(codes, zero_points, scales, floats);
  size_t at = head(floats, 32);
  for (; at + 16 <= count; at += 16) avx2_16(codes + at, zero_points, scales, floats + at);
  return at;
}

size_t pare_int8_to_f32(
    const uint8_t *codes, size_t count, float scale, int32_t zero_point, float *floats, int streams) {
  if (count < 16) return 0;
  // Short runs between lines would share each of theirs with the next run.
  if (streams && (count >= 1024 || head(floats, 64) == 0)) return stream(codes, count, scale, zero_point, floats);
  return __builtin_cpu_supports("avx2") ? avx2(codes, count, scale, zero_point, floats) : 0;
}

void pare_end_streaming(void) { _mm_sfence(); }

#else

size_t pare_int8_to_f32(
    const uint8_t *codes, size_t count, float scale, int32_t zero_point, float *floats, int streams) {
  (void)codes, (void)count, (void)scale, (void)zero_point, (void)floats, (void)streams;
  return 0;
}

void pare_end_streaming(void) {}

#endif
