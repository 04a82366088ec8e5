#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

// For each mask of 8 lanes the lanes' ranks among those that are set, as permutevar8x32 and pshufb take them: made once.
static uint64_t ranks[256];

// For each mask byte the shuffle that puts the n-th value in the place of the n-th bit; 0x80 gives 0.
static uint64_t places[256];

__attribute__((constructor)) static void make_tables(void) {
  for (int mask = 0; mask < 256; mask++) {
    uint64_t rank = 0, place = 0;
    int next = 0;
    for (int bit = 0; bit < 8; bit++) {
      const int is_set = mask >> bit & 1;
      rank |= (uint64_t)next << 8 * bit;
      place |= (uint64_t)(is_set ? next : 0x80) << 8 * bit;
      next += is_set;
    }
    ranks[mask] = rank;
    places[mask] = place;
  }
}

typedef struct {
  const uint32_t *entries;
  const uint8_t *symbols;
  const uint32_t *ranges;
  int precision;
} tables;

// The entries at 8 places. Loads one by one beat a gather, beside which nothing else proceeds.
__attribute__((target("avx2"))) static inline __m256i load8(const uint32_t *entries, __m256i places) {
  const __m128i low = _mm256_castsi256_si128(places), high = _mm256_extracti128_si256(places, 1);
  const uint64_t pairs[4] = {(uint64_t)_mm_cvtsi128_si64(low), (uint64_t)_mm_extract_epi64(low, 1),
                             (uint64_t)_mm_cvtsi128_si64(high), (uint64_t)_mm_extract_epi64(high, 1)};
  __m128i half[2];
  for (int i = 0; i < 2; i++) {
    half[i] = _mm_cvtsi32_si128((int)entries[(uint32_t)pairs[2 * i]]);
    half[i] = _mm_insert_epi32(half[i], (int)entries[pairs[2 * i] >> 32], 1);
    half[i] = _mm_insert_epi32(half[i], (int)entries[(uint32_t)pairs[2 * i + 1]], 2);
    half[i] = _mm_insert_epi32(half[i], (int)entries[pairs[2 * i + 1] >> 32], 3);
  }
  return _mm256_set_m128i(half[1], half[0]);
}

// The states of 8 lanes behind a symbol of each, before words are read; the bytes of the symbols are in the low 8 bits of
// *found. `offset` is where the lanes' tables begin.
__attribute__((target("avx2"))) static inline __m256i decode8(
    __m256i state, __m256i offset, tables t, __m256i *found) {
  const __m256i mask = _mm256_set1_epi32((1 << t.precision) - 1);
  const __m256i slot = _mm256_and_si256(state, mask), place = _mm256_add_epi32(slot, offset);
  const __m256i quotient = _mm256_srl_epi32(state, _mm_cvtsi32_si128(t.precision));
  // A branch in the loop, though it always goes the same way: without it the compiler puts the words of all vectors behind
  // the tables of all, which was a sixth slower.
  if (t.precision <= 12) {
    const __m256i entry = load8(t.entries, place);
    const __m256i frequency = _mm256_add_epi32(_mm256_srli_epi32(entry, 20), _mm256_set1_epi32(1));
    const __m256i bias = _mm256_and_si256(_mm256_srli_epi32(entry, 8), _mm256_set1_epi32(0xFFF));
    *found = entry;
    return _mm256_add_epi32(_mm256_mullo_epi32(frequency, quotient), bias);
  }
  const __m256i symbol = _mm256_i32gather_epi32((const int *)t.symbols, place, 1);
  // Tables have 2^precision slots and 256 ranges.
  const __m256i first = _mm256_srl_epi32(offset, _mm_cvtsi32_si128(t.precision - 8));
  const __m256i range =
      _mm256_i32gather_epi32((const int *)t.ranges, _mm256_add_epi32(first, _mm256_and_si256(symbol, _mm256_set1_epi32(0xFF))), 4);
  const __m256i bias = _mm256_sub_epi32(slot, _mm256_and_si256(range, _mm256_set1_epi32(0xFFFF)));
  *found = symbol;
  return _mm256_add_epi32(_mm256_mullo_epi32(_mm256_srli_epi32(range, 16), quotient), bias);
}

// Reads a word into each state that is below 2^16, in the order of the lanes; the result is behind the last word.
__attribute__((target("avx2,popcnt"))) static inline const uint8_t *refill8(__m256i *state, const uint8_t *words) {
  const __m256i is_small = _mm256_cmpeq_epi32(_mm256_srli_epi32(*state, 16), _mm256_setzero_si256());
  const unsigned lanes = (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(is_small));
  const __m256i read = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)words));
  const __m256i rank = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)ranks[lanes]));
  const __m256i filled = _mm256_or_si256(_mm256_slli_epi32(*state, 16), _mm256_permutevar8x32_epi32(read, rank));
  *state = _mm256_blendv_epi8(*state, filled, is_small);
  return words + 2 * __builtin_popcount(lanes);
}

__attribute__((target("avx512vl,popcnt"))) static inline const uint8_t *refill8_by_mask(
    __m256i *state, const uint8_t *words) {
  const __mmask8 lanes = _mm256_cmplt_epu32_mask(*state, _mm256_set1_epi32(0x10000));
  const __m256i read = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)words));
  const __m256i placed = _mm256_maskz_expand_epi32(lanes, read);
  *state = _mm256_mask_or_epi32(*state, lanes, _mm256_slli_epi32(*state, 16), placed);
  return words + 2 * __builtin_popcount(lanes);
}

// Runs of symbols, and where in them the next group begins.
typedef struct {
  const uint32_t *lengths;
  const uint32_t *offsets;
  size_t count;
  size_t run;
  size_t left;
} runs_left;

// Where the tables of the next 32 symbols begin; 0 where there are not so many.
__attribute__((target("avx2"))) static inline int next_offsets(runs_left *at, __m256i offset[4]) {
  for (int taken = 0; taken < 32;) {
    while (at->left == 0) {
      if (at->run + 1 >= at->count) return 0;
      at->left = at->lengths[++at->run];
    }
    // All lanes from here on; the next run takes its own back.
    for (int i = 0; i < 4; i++) {
      const __m256i lane = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(8 * i + 1));
      const __m256i is_next = _mm256_cmpgt_epi32(lane, _mm256_set1_epi32(taken));
      offset[i] = _mm256_blendv_epi8(offset[i], _mm256_set1_epi32((int)at->offsets[at->run]), is_next);
    }
    const size_t used = at->left < (size_t)(32 - taken) ? at->left : (size_t)(32 - taken);
    at->left -= used;
    taken += (int)used;
  }
  return 1;
}

// A group's vectors depend on each other only by `words`, so one's loads proceed during another's arithmetic. Put into each
// of the functions below as a whole, with its `refill`.
__attribute__((target("avx2,popcnt"), always_inline)) static inline pare_progress rans32(
    uint32_t *states, const uint8_t *words, size_t available, tables t, runs_left at, uint8_t *out,
    const uint8_t *(*refill)(__m256i *, const uint8_t *)) {
  const __m256i low = _mm256_set1_epi32(0xFF);
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  __m256i state[4], found[4], offset[4];
  for (int i = 0; i < 4; i++) {
    state[i] = _mm256_loadu_si256((const __m256i *)(states + 8 * i));
    offset[i] = _mm256_setzero_si256();
  }
  const uint8_t *const start = words;
  size_t done = 0;
  // A group reads at most 64 bytes, and loads 16 from wherever its last step begins.
  while ((size_t)(words - start) + 80 <= available) {
    if (at.left >= 32) {
      for (int i = 0; i < 4; i++) offset[i] = _mm256_set1_epi32((int)at.offsets[at.run]);
      at.left -= 32;
    } else if (!next_offsets(&at, offset)) {
      break;
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
      state[i] = decode8(state[i], offset[i], t, &found[i]);
      words = refill(&state[i], words);
      found[i] = _mm256_and_si256(found[i], low);
    }
    const __m256i first = _mm256_packus_epi32(found[0], found[1]), second = _mm256_packus_epi32(found[2], found[3]);
    const __m256i bytes = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, second), order);
    _mm256_storeu_si256((__m256i *)(out + done), bytes);
    done += 32;
  }
  for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)(states + 8 * i), state[i]);
  return (pare_progress){(long)done, (long)(words - start)};
}

__attribute__((target("avx2,popcnt"))) static pare_progress rans32_avx2(
    uint32_t *states, const uint8_t *words, size_t available, tables t, runs_left at, uint8_t *out) {
  return rans32(states, words, available, t, at, out, refill8);
}

// Measured: a tenth faster.
__attribute__((target("avx512vl,avx2,popcnt"))) static pare_progress rans32_avx512(
    uint32_t *states, const uint8_t *words, size_t available, tables t, runs_left at, uint8_t *out) {
  return rans32(states, words, available, t, at, out, refill8_by_mask);
}

pare_progress pare_rans32(
    uint32_t *states, const uint8_t *words, size_t available, const uint32_t *entries, const uint8_t *symbols,
    const uint32_t *ranges, int precision, const uint32_t *lengths, const uint32_t *offsets, size_t runs, uint8_t *out) {
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("popcnt")) return (pare_progress){0, 0};
  const tables t = {entries, symbols, ranges, precision};
  const runs_left at = {lengths, offsets, runs, 0, runs ? lengths[0] : 0};
  return (__builtin_cpu_supports("avx512vl") ? rans32_avx512 : rans32_avx2)(states, words, available, t, at, out);
}

// 64 elements at a time; `count` is a multiple of 8.
__attribute__((target("avx512f,avx512bw,avx512vbmi2,popcnt"))) static long expand64(
    const uint8_t *mask, size_t count, const uint8_t *values, uint8_t *out) {
  const uint8_t *const start = values;
  for (size_t i = 0; i < count; i += 8) {
    uint64_t bits;
    memcpy(&bits, mask + i, 8);
    _mm512_storeu_si512(out + 8 * i, _mm512_maskz_expand_epi8(bits, _mm512_loadu_si512(values)));
    values += __builtin_popcountll(bits);
  }
  return values - start;
}

__attribute__((target("ssse3,popcnt"))) static long expand8(
    const uint8_t *mask, size_t count, const uint8_t *values, uint8_t *out) {
  const uint8_t *const start = values;
  for (size_t i = 0; i < count; i++) {
    const __m128i next = _mm_loadl_epi64((const __m128i *)values);
    const __m128i place = _mm_cvtsi64_si128((long long)places[mask[i]]);
    _mm_storel_epi64((__m128i *)(out + 8 * i), _mm_shuffle_epi8(next, place));
    values += __builtin_popcount(mask[i]);
  }
  return values - start;
}

long pare_expand(const uint8_t *mask, size_t count, const uint8_t *values, uint8_t *out) {
  if (!__builtin_cpu_supports("ssse3") || !__builtin_cpu_supports("popcnt")) return -1;
  size_t done = 0;
  long used = 0;
  if (__builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512bw")) {
    done = count & ~(size_t)7;
    used = expand64(mask, done, values, out);
  }
  return used + expand8(mask + done, count - done, values + used, out + 8 * done);
}

#else

pare_progress pare_rans32(
    uint32_t *states, const uint8_t *words, size_t available, const uint32_t *entries, const uint8_t *symbols,
    const uint32_t *ranges, int precision, const uint32_t *lengths, const uint32_t *offsets, size_t runs, uint8_t *out) {
  (void)states, (void)words, (void)available, (void)entries, (void)symbols, (void)ranges, (void)precision;
  (void)lengths, (void)offsets, (void)runs, (void)out;
  return (pare_progress){0, 0};
}

long pare_expand(const uint8_t *mask, size_t count, const uint8_t *values, uint8_t *out) {
  (void)mask, (void)count, (void)values, (void)out;
  return -1;
}

#endif
