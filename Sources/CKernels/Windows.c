#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

// out[3 * i + j] = taps[j][i]
AVX2 static void interleave3(const float *a, const float *b, const float *c, size_t count, float *out) {
  size_t i = 0;
  // Where lane l of each vector of 24 floats comes from: of a in lanes l % 3 = 0 of the first, and so on.
  const __m256i a0 = _mm256_setr_epi32(0, 0, 0, 1, 0, 0, 2, 0), b0 = _mm256_setr_epi32(0, 0, 0, 0, 1, 0, 0, 2);
  const __m256i c0 = _mm256_setr_epi32(0, 0, 0, 0, 0, 1, 0, 0), a1 = _mm256_setr_epi32(0, 3, 0, 0, 4, 0, 0, 5);
  const __m256i b1 = _mm256_setr_epi32(0, 0, 3, 0, 0, 4, 0, 0), c1 = _mm256_setr_epi32(2, 0, 0, 3, 0, 0, 4, 0);
  const __m256i a2 = _mm256_setr_epi32(0, 0, 6, 0, 0, 7, 0, 0), b2 = _mm256_setr_epi32(5, 0, 0, 6, 0, 0, 7, 0);
  const __m256i c2 = _mm256_setr_epi32(0, 5, 0, 0, 6, 0, 0, 7);
#define PICK(v, index) _mm256_permutevar8x32_ps(v, index)
  for (; i + 8 <= count; i += 8, out += 24) {
    const __m256 x = _mm256_loadu_ps(a + i), y = _mm256_loadu_ps(b + i), z = _mm256_loadu_ps(c + i);
    // Bits of a mask are lanes of the second operand: 1, 4, 7 and 2, 5 and so on.
    _mm256_storeu_ps(out, _mm256_blend_ps(_mm256_blend_ps(PICK(x, a0), PICK(y, b0), 0x92), PICK(z, c0), 0x24));
    _mm256_storeu_ps(out + 8, _mm256_blend_ps(_mm256_blend_ps(PICK(x, a1), PICK(y, b1), 0x24), PICK(z, c1), 0x49));
    _mm256_storeu_ps(out + 16, _mm256_blend_ps(_mm256_blend_ps(PICK(x, a2), PICK(y, b2), 0x49), PICK(z, c2), 0x92));
  }
#undef PICK
  for (; i < count; i++, out += 3) out[0] = a[i], out[1] = b[i], out[2] = c[i];
}

// A frame of a stream: number 0 is the first of the step, -1 the newest of the ring.
static inline const float *frame_at(
    ptrdiff_t number, const float *ring, size_t capacity, size_t newest, const float *input, size_t channels) {
  if (number >= 0) return input + (size_t)number * channels;
  const size_t back = (size_t)(-1 - number);
  return ring + (newest >= back ? newest - back : newest + capacity - back) * channels;
}

AVX2 static void windows3(
    const float *ring, size_t capacity, size_t newest, const float *input, size_t channels, size_t dilation,
    size_t first, size_t frames, float *out) {
  for (size_t f = 0; f < frames; f++, out += 3 * channels) {
    const ptrdiff_t number = (ptrdiff_t)(first + f), step = (ptrdiff_t)dilation;
    interleave3(
        frame_at(number - 2 * step, ring, capacity, newest, input, channels),
        frame_at(number - step, ring, capacity, newest, input, channels), input + (first + f) * channels, channels, out);
  }
}

int pare_windows3(
    const float *ring, size_t capacity, size_t newest, const float *input, size_t channels, size_t dilation,
    size_t first, size_t frames, float *out) {
  if (!__builtin_cpu_supports("avx2")) return 0;
  windows3(ring, capacity, newest, input, channels, dilation, first, frames, out);
  return 1;
}

#else

int pare_windows3(
    const float *ring, size_t capacity, size_t newest, const float *input, size_t channels, size_t dilation,
    size_t first, size_t frames, float *out) {
  (void)ring, (void)capacity, (void)newest, (void)input, (void)channels, (void)dilation, (void)first, (void)frames;
  (void)out;
  return 0;
}

#endif
