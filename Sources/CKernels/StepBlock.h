// What follows on each sum of SumsBlock.h: included once for each kind of vector, which names, beside what that and VectorMath.h ask for,
//   MASK, MASK_OF(count)     LOAD_SOME(mask, at), STORE_SOME(mask, at, x) the first lanes alone

#include "SumsBlock.h"

#define INLINE static inline __attribute__((always_inline, unused)) TARGET
#define EACH _Pragma("unroll") for (int f = 0; f < frames * panels; f++)
#define PANEL(f) (panels > 1 ? LANES * (f) : 0)
#define FRAME(f) (panels > 1 ? 0 : (f))

// Scales the sums and adds the bias, as far as the product has them.
INLINE void NAME(finish)(
    const int frames, const int panels, const pare_product *p, const pare_memory *m, size_t row, int is_whole, MASK mask,
    V v[3]) {
  if (p->scales >= 0) {
    const float *at = m->floats + p->scales + row;
    EACH v[f] = OP(mul_ps)(v[f], OP(loadu_ps)(at + PANEL(f)));
  }
  if (p->bias >= 0) {
    const float *at = m->constants + p->bias + row;
    EACH v[f] = OP(add_ps)(v[f], is_whole ? OP(loadu_ps)(at + PANEL(f)) : LOAD_SOME(mask, at));
  }
}

INLINE void NAME(store)(
    const int frames, const int panels, float *at, size_t stride, int is_whole, MASK mask, const V v[3]) {
  // What a masked store has written cannot be loaded until it has left for the cache.
  if (is_whole) {
    EACH OP(storeu_ps)(at + FRAME(f) * stride + PANEL(f), v[f]);
  } else {
    EACH STORE_SOME(mask, at + FRAME(f) * stride, v[f]);
  }
}

INLINE V NAME(function)(int function, V v) {
  switch (function) {
    case PARE_TANH: return NAME(tanh)(v);
    case PARE_SIGMOID: return NAME(sigmoid)(v);
    case PARE_RELU: return OP(max_ps)(OP(set1_ps)(0), v);
    default: return v;
  }
}

// Frames from `frame` on, and rows from `row` on: `count` of them, whole panels or the last of one.
INLINE void NAME(block)(
    const int frames, const int panels, const int taps, const pare_step *step, const pare_memory *m, size_t row,
    size_t count, size_t frame, const float *const x[3][3]) {
  const MASK mask = MASK_OF(count);
  const int is_whole = panels > 1 || count == LANES;
  V v[3];
  NAME(sums)(
      frames, panels, taps, m->floats + step->first.factors + row * step->first.columns, step->first.columns, x, v);
  NAME(finish)(frames, panels, &step->first, m, row, is_whole, mask, v);
  if (step->second.columns >= 0) {
    const pare_product *second = &step->second;
    const float *others[3][3];
    EACH others[f][0] = frames_of(second, m) + (frame + FRAME(f)) * second->columns;
    V w[3];
    NAME(sums)(frames, panels, 1, m->floats + second->factors + row * second->columns, second->columns, others, w);
    NAME(finish)(frames, panels, second, m, row, is_whole, mask, w);
    EACH v[f] = OP(add_ps)(v[f], w[f]);
  }
  EACH v[f] = NAME(function)(step->function, v[f]);
  const size_t stride = step->rows, at = frame * stride + row;
  if (step->kept >= 0) NAME(store)(frames, panels, m->scratch + step->kept + at, stride, is_whole, mask, v);
  if (step->added >= 0) {
    const float *added = m->scratch + step->added + at;
    EACH v[f] = OP(add_ps)(
        v[f], is_whole ? OP(loadu_ps)(added + FRAME(f) * stride + PANEL(f)) : LOAD_SOME(mask, added + FRAME(f) * stride));
  }
  NAME(store)(frames, panels, m->scratch + step->y + at, stride, is_whole, mask, v);
}

// The function of results of which the products are in `at`, and what follows it.
TARGET static inline void NAME(rest)(const pare_step *step, const pare_memory *m, float *at, size_t count) {
  const float *added = m->scratch + step->added;
  float *y = m->scratch + step->y;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const V v = NAME(function)(step->function, OP(loadu_ps)(at + i));
    if (step->kept >= 0 || step->added < 0) OP(storeu_ps)(at + i, v);
    if (step->added >= 0) OP(storeu_ps)(y + i, OP(add_ps)(v, OP(loadu_ps)(added + i)));
  }
  if (i < count) {
    const MASK mask = MASK_OF(count - i);
    const V v = NAME(function)(step->function, LOAD_SOME(mask, at + i));
    if (step->kept >= 0 || step->added < 0) STORE_SOME(mask, at + i, v);
    if (step->added >= 0) STORE_SOME(mask, y + i, OP(add_ps)(v, LOAD_SOME(mask, added + i)));
  }
}

#undef EACH
#undef PANEL
#undef FRAME
#undef INLINE
