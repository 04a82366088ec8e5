// The sums of some frames times as many rows as a vector has lanes, or of one frame times several such panels: included once for each kind
// of vector, which names
//   TARGET its instructions     V vectors of floats     NAME(name) the function of that width     OP(name) the instruction
//   LANES     LOAD(at, next) the factors of a column, of which a second panel's are `next` floats behind the first's
//   PASSES(pieces) how many times the columns are gone over for as many frames or panels: 2 where registers are for 4 sums of each
//
// `frames` and `panels`, one of which is 1 and the other up to 3, and `taps`, 1 or 3, are constants: with 32 registers the sums of three
// pieces stay in them, and a factor is loaded once for three frames, or an element once for three panels. `x[f][j]` is the frame that
// tap j of frame f reads; column taps * i + j is its channel i.

#define INLINE static inline __attribute__((always_inline, unused)) TARGET
#define EACH _Pragma("unroll") for (int f = 0; f < frames * panels; f++)
#define PANEL(f) (panels > 1 ? LANES * (f) : 0)

INLINE void NAME(sums)(
    const int frames, const int panels, const int taps, const float *factors, size_t columns, const float *const x[3][3],
    V out[3]) {
  const size_t next = 8 * columns;
  const int passes = PASSES(frames * panels);
  V s[8][3], half[3];
  (void)next;
  (void)half;
#define COLUMN(k, is_first)                                                                                          \
  if ((k) % 8 * passes / 8 == pass) {                                                                                \
    const size_t channel = c / taps + (k) / taps;                                                                    \
    const V factor = LOAD(factors + 8 * (c + (k)), next), element = OP(set1_ps)(x[0][(k) % taps][channel]);          \
    EACH {                                                                                                           \
      const V product = panels > 1 ? OP(mul_ps)(LOAD(factors + PANEL(f) * columns + 8 * (c + (k)), next), element)   \
                                   : OP(mul_ps)(factor, OP(set1_ps)(x[f][(k) % taps][channel]));                     \
      s[(k) % 8][f] = (is_first) ? product : OP(add_ps)(s[(k) % 8][f], product);                                     \
    }                                                                                                                \
  }
  if (columns <= 2) {
    // The other sums are +0, which changes none of these but a zero of negative sign.
    const int pass = 0;
    const size_t c = 0;
    EACH out[f] = OP(setzero_ps)();
    if (columns == 0) return;
    COLUMN(0, 1)
    if (columns == 2) {
      COLUMN(1, 1)
      EACH s[0][f] = OP(add_ps)(s[0][f], s[1][f]);
    }
    EACH out[f] = OP(add_ps)(s[0][f], out[f]);
    return;
  }
#pragma unroll
  for (int pass = 0; pass < passes; pass++) {
    size_t c = 0;
    if (columns >= 8 * (size_t)taps) {
      // A sum begins with its first product, not with +0, which is the same but for the sign of a zero; of that the last line makes what it
      // would be.
#pragma unroll
      for (int k = 0; k < 8 * taps; k++) COLUMN(k, k < 8)
      c = 8 * taps;
    } else {
#pragma unroll
      for (int i = 0; i < 8; i++) EACH s[i][f] = OP(setzero_ps)();
    }
    for (; c + 8 * taps <= columns; c += 8 * taps) {
#pragma unroll
      for (int k = 0; k < 8 * taps; k++) COLUMN(k, 0)
    }
    if (c < columns) {
#pragma unroll
      for (int k = 0; k < 8 * taps - 1; k++)
        if (c + k < columns) COLUMN(k, 0)
    }
#define FOUR(i) OP(add_ps)(OP(add_ps)(s[i][f], s[(i) + 1][f]), OP(add_ps)(s[(i) + 2][f], s[(i) + 3][f]))
    if (passes == 1) EACH out[f] = OP(add_ps)(FOUR(0), FOUR(4));
    else if (pass == 0) EACH half[f] = FOUR(0);
    else EACH out[f] = OP(add_ps)(half[f], FOUR(4));
#undef FOUR
  }
  EACH out[f] = OP(add_ps)(out[f], OP(setzero_ps)());
}

#undef COLUMN
#undef EACH
#undef PANEL
#undef INLINE
