#include "include/Steps.h"
#include "CKernels.h"

// A sum is rounded after each multiplication and after each addition, everywhere.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

// Where the frames start that a product multiplies.
static inline const float *frames_of(const pare_product *product, const pare_memory *m) {
  return (product->x_is_state ? m->state : m->scratch) + product->x;
}

// The number, from 0 on, of the newest frame in a step's ring.
static inline size_t place(const pare_step *step, const pare_memory *m, size_t channels) {
  uint32_t number;
  memcpy(&number, m->state + step->ring + channels * step->capacity, 4);
  return number < (uint32_t)step->capacity ? number : (uint32_t)step->capacity - 1;
}

// The frame that came `back` frames before the newest of the ring.
static inline const float *past(const pare_step *step, const pare_memory *m, size_t newest, size_t back, int taps) {
  const size_t number = newest >= back ? newest - back : newest + step->capacity - back;
  return m->state + step->ring + number * (step->first.columns / taps);
}

// Frames from `first` to `end` - 1, of each of whose three taps the frames stand one behind the other: frame f reads `x[j]` + f * channels.
typedef struct {
  size_t first, end;
  uintptr_t x[3];
} segment;

// The segment that begins with a frame.
static inline segment segment_from(const pare_step *step, const pare_memory *m, size_t newest, size_t frame) {
  const size_t channels = step->first.columns / 3;
  segment found = {frame, SIZE_MAX, {0}};
  for (size_t j = 0; j < 3; j++) {
    const size_t back = (2 - j) * step->dilation;
    const float *x = m->scratch + step->first.x;
    if (frame >= back) {
      found.x[j] = (uintptr_t)x - 4 * back * channels;
      continue;
    }
    // Up to the end of the ring, or to the first frame of the step.
    const size_t ago = back - frame - 1, capacity = step->capacity;
    const size_t number = newest >= ago ? newest - ago : newest + capacity - ago;
    const size_t left = ago + 1 < capacity - number ? ago + 1 : capacity - number;
    found.x[j] = (uintptr_t)(m->state + step->ring + number * channels) - 4 * frame * channels;
    if (frame + left < found.end) found.end = frame + left;
  }
  return found;
}

// Writes the window of a frame: element taps * i + j is channel i of the frame that tap j reads.
static void gather(const pare_step *step, const pare_memory *m, size_t newest, size_t frame, float *window) {
  const size_t taps = step->taps, channels = step->first.columns / taps;
  for (size_t j = 0; j < taps; j++) {
    const size_t back = (taps - 1 - j) * step->dilation;
    const float *x = frame >= back ? m->scratch + step->first.x + (frame - back) * channels
                                   : past(step, m, newest, back - frame - 1, step->taps);
    for (size_t i = 0; i < channels; i++) window[taps * i + j] = x[i];
  }
}

// Keeps the frames of a step; those before may be forgotten.
static inline void push(const pare_step *step, const pare_memory *m, size_t channels, size_t newest, size_t frames) {
  const size_t capacity = step->capacity;
  const float *x = m->scratch + step->first.x;
  float *ring = m->state + step->ring;
  uint32_t last = (uint32_t)(newest + frames);
  if (frames == 1) {
    // Neither a division nor a call, each of which takes as long as all else here.
    if (last == capacity) last = 0;
    float *target = ring + last * channels;
    for (size_t i = 0; i < channels; i++) target[i] = x[i];
  } else {
    last %= capacity;
    for (size_t done = frames > capacity ? frames - capacity : 0; done < frames;) {
      const size_t target = (newest + 1 + done) % capacity;
      const size_t count = frames - done < capacity - target ? frames - done : capacity - target;
      memcpy(ring + target * channels, x + done * channels, 4 * count * channels);
      done += count;
    }
  }
  memcpy(ring + channels * capacity, &last, 4);
}

// Vectors of 8 floats with 16 registers.
#define V __m256
#define VI __m256i
#define LANES 8
#define OP(name) _mm256_##name
#define BITS(name) _mm256_##name
#define AS_BITS(x) _mm256_castps_si256(x)
#define AS_FLOATS(x) _mm256_castsi256_ps(x)
#define LOAD(at, next) _mm256_loadu_ps(at)
#define PASSES(pieces) ((pieces) > 1 ? 2 : 1)

#define TARGET __attribute__((target("avx2")))
#define NAME(name) narrow_##name
#define MASK __m256i
#define MASK_OF(count) \
  _mm256_cmpgt_epi32(_mm256_set1_epi32((int)(count)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
#define LOAD_SOME(mask, at) _mm256_maskload_ps(at, mask)
#define STORE_SOME(mask, at, x) _mm256_maskstore_ps(at, mask, x)
#include "VectorMath.h"
#include "StepBlock.h"
#include "StepGates.h"
#undef TARGET
#undef NAME
#undef MASK
#undef MASK_OF
#undef LOAD_SOME
#undef STORE_SOME

// The same with 32 registers and masks.
#undef PASSES
#define PASSES(pieces) 1
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq")))
#define NAME(name) middle_##name
#define MASK __mmask8
#define MASK_OF(count) ((MASK)((1u << (count)) - 1))
#define LOAD_SOME(mask, at) _mm256_maskz_loadu_ps(mask, at)
#define STORE_SOME(mask, at, x) _mm256_mask_storeu_ps(at, mask, x)
#include "VectorMath.h"
#include "StepBlock.h"
#undef NAME
#undef V
#undef VI
#undef LANES
#undef OP
#undef BITS
#undef AS_BITS
#undef AS_FLOATS
#undef LOAD
#undef MASK
#undef LOAD_SOME
#undef STORE_SOME

#define V __m512
#define VI __m512i
#define LANES 16
#define OP(name) _mm512_##name
#define BITS(name) _mm512_##name
#define AS_BITS(x) _mm512_castps_si512(x)
#define AS_FLOATS(x) _mm512_castsi512_ps(x)
#define LOAD(at, next) _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(at)), _mm256_loadu_ps((at) + (next)), 1)
#define NAME(name) wide_##name
#define MASK __mmask16
#define LOAD_SOME(mask, at) _mm512_maskz_loadu_ps(mask, at)
#define STORE_SOME(mask, at, x) _mm512_mask_storeu_ps(at, mask, x)
#include "VectorMath.h"
#include "StepBlock.h"
#include "StepGates.h"

// Panels outside, frames inside: a panel stays in the first cache while it is used. `source` sets where the taps of some frames are.
#define FRAMES(block, number, taps, source)                                                    \
  {                                                                                            \
    const float *x[3][3];                                                                      \
    source(number, frame);                                                                     \
    block(number, 1, taps, step, m, row, part, frame, x);                                      \
    frame += (number);                                                                         \
  }

// Two panels at once, and one where one is left. Three frames at once, and two where four are left.
#define EACH_FRAME(block, taps, source)                        \
  for (size_t frame = 0; frame < frames;) {                    \
    const size_t left = frames - frame;                        \
    if (left == 3 || left > 4) FRAMES(block, 3, taps, source)  \
    else if (left >= 2) FRAMES(block, 2, taps, source)         \
    else FRAMES(block, 1, taps, source)                        \
  }
#define BLOCKS(taps, source)                                     \
  for (size_t row = 0, rows = step->rows; row < rows;) {         \
    if (frames == 1 && rows - row >= 24) {                       \
      const float *x[3][3];                                      \
      source(1, 0);                                              \
      middle_block(1, 3, taps, step, m, row, 24, 0, x);          \
      row += 24;                                                 \
      continue;                                                  \
    }                                                            \
    const size_t unit = rows - row > 8 ? 16 : 8;                 \
    const size_t part = rows - row < unit ? rows - row : unit;   \
    if (unit == 16) EACH_FRAME(wide_block, taps, source)         \
    else EACH_FRAME(middle_block, taps, source)                  \
    row += unit;                                                 \
  }
#define LAYER(name) wide_##name##_layer
#define REST wide_rest
#define GATES(name) narrow_##name##_gates
#define WIDE_UNITS 16
#define WIDE_GATES(name) wide_##name##_gates
#include "StepLayers.h"
#undef BLOCKS
#undef LAYER
#undef TARGET
#undef REST
#undef WIDE_UNITS
#undef WIDE_GATES

#define TARGET __attribute__((target("avx2")))
#define BLOCKS(taps, source)                                          \
  for (size_t row = 0, rows = step->rows; row < rows;) {              \
    if (frames == 1 && rows - row >= 16) {                            \
      const float *x[3][3];                                           \
      source(1, 0);                                                   \
      narrow_block(1, 2, taps, step, m, row, 16, 0, x);               \
      row += 16;                                                      \
      continue;                                                       \
    }                                                                 \
    const size_t part = rows - row < 8 ? rows - row : 8;              \
    EACH_FRAME(narrow_block, taps, source)                            \
    row += 8;                                                         \
  }
#define LAYER(name) narrow_##name##_layer
#define REST narrow_rest
#define WIDE_UNITS 8
#define WIDE_GATES(name) narrow_##name##_gates
#include "StepLayers.h"

int pare_run_steps(const pare_step *steps, size_t count, size_t frames, const pare_memory *memory, int lanes) {
  const int has512 =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  if (has512 && lanes >= 16) {
    wide_run_layer(steps, count, frames, memory);
  } else if (__builtin_cpu_supports("avx2") && lanes >= 8) {
    narrow_run_layer(steps, count, frames, memory);
  } else {
    return 0;
  }
  return 1;
}

#else

int pare_run_steps(const pare_step *steps, size_t count, size_t frames, const pare_memory *memory, int lanes) {
  (void)steps, (void)count, (void)frames, (void)memory, (void)lanes;
  return 0;
}

#endif
