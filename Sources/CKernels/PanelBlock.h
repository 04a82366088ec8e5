// Some frames times the rows of a panel, or of two: included once for each kind of vector, which names
//   BLOCK the function          VECTOR, MASK its types          OP(name) the instruction for the vector
//   LOAD(at, next) the factors of a column, of which the second panel's are `next` floats behind the first's
//
// `count` is how many rows there are, and `frames` a constant up to 3: with 32 registers the sums of three frames stay in them, and a
// factor is loaded once for all of these.
static inline __attribute__((always_inline, target("avx512f,avx512vl,avx512dq"))) void BLOCK(
    const int frames, size_t count, const float *factors, const float *scales, const float *bias, size_t columns,
    const float *x, size_t x_stride, float *y, size_t y_stride, size_t y_channel_stride) {
  const size_t next = 8 * columns;
  const int is_whole = count == sizeof(VECTOR) / sizeof(float);
  const MASK mask = (MASK)((1u << count) - 1);
  VECTOR s[8][3];
#define FRAMES _Pragma("unroll") for (int f = 0; f < frames; f++)
#define COLUMN(i, at)                                                                                   \
  {                                                                                                     \
    const VECTOR factor = LOAD(factors + 8 * (at), next);                                               \
    FRAMES s[i][f] = OP(add_ps)(s[i][f], OP(mul_ps)(factor, OP(set1_ps)(x[f * x_stride + (at)])));      \
  }
#pragma unroll
  for (int i = 0; i < 8; i++) FRAMES s[i][f] = OP(setzero_ps)();
  if (columns <= 2) {
    // The other sums are +0, which changes none of these.
    COLUMN(0, 0)
    if (columns == 2) {
      COLUMN(1, 1)
      FRAMES s[0][f] = OP(add_ps)(s[0][f], s[1][f]);
    }
  } else {
    size_t c = 0;
    for (; c + 8 <= columns; c += 8) {
#pragma unroll
      for (int i = 0; i < 8; i++) COLUMN(i, c + i)
    }
#pragma unroll
    for (int i = 0; i < 7; i++)
      if (c + i < columns) COLUMN(i, c + i)
    FRAMES s[0][f] = OP(add_ps)(
        OP(add_ps)(OP(add_ps)(s[0][f], s[1][f]), OP(add_ps)(s[2][f], s[3][f])),
        OP(add_ps)(OP(add_ps)(s[4][f], s[5][f]), OP(add_ps)(s[6][f], s[7][f])));
  }
  FRAMES {
    VECTOR sum = s[0][f];
    if (scales) sum = OP(mul_ps)(sum, OP(loadu_ps)(scales));
    if (bias) sum = OP(add_ps)(sum, is_whole ? OP(loadu_ps)(bias) : OP(maskz_loadu_ps)(mask, bias));
    float *out = y + f * y_stride;
    if (y_channel_stride == 1 && is_whole) {
      // What a masked store has written cannot be loaded until it has left for the cache.
      OP(storeu_ps)(out, sum);
    } else if (y_channel_stride == 1) {
      OP(mask_storeu_ps)(out, mask, sum);
    } else {
      float each[16];
      OP(storeu_ps)(each, sum);
      for (size_t i = 0; i < count; i++) out[i * y_channel_stride] = each[i];
    }
  }
#undef COLUMN
#undef FRAMES
}
#undef BLOCK
#undef VECTOR
#undef MASK
#undef OP
#undef LOAD
