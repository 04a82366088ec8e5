// Writes the sums of SumsBlock.h, scaled and with the bias: included once for each kind of vector, which names, beside what that asks for,
//   MASK     LOAD_SOME(mask, at), STORE_SOME(mask, at, x) the first lanes alone

#include "SumsBlock.h"

// Some frames, a constant up to 3, times `count` rows. Frames of x are `x_stride` apart.
static inline __attribute__((always_inline)) TARGET void NAME(block)(
    const int frames, size_t count, MASK mask, const float *factors, const float *scales, const float *bias,
    size_t columns, const float *x, size_t x_stride, float *y, size_t y_stride, size_t y_channel_stride) {
  const int is_whole = count == LANES;
  const float *at[3][3];
  V sums[3];
#define EACH _Pragma("unroll") for (int f = 0; f < frames; f++)
  EACH at[f][0] = x + f * x_stride;
  NAME(sums)(frames, 1, 1, factors, columns, at, sums);
  EACH {
    V sum = sums[f];
    if (scales) sum = OP(mul_ps)(sum, OP(loadu_ps)(scales));
    if (bias) sum = OP(add_ps)(sum, is_whole ? OP(loadu_ps)(bias) : LOAD_SOME(mask, bias));
    float *out = y + f * y_stride;
    if (y_channel_stride == 1 && is_whole) {
      // What a masked store has written cannot be loaded until it has left for the cache.
      OP(storeu_ps)(out, sum);
    } else if (y_channel_stride == 1) {
      STORE_SOME(mask, out, sum);
    } else {
      float each[LANES];
      OP(storeu_ps)(each, sum);
      for (size_t i = 0; i < count; i++) out[i * y_channel_stride] = each[i];
    }
  }
#undef EACH
}
