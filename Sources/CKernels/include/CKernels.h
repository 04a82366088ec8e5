// Loops that need instructions which Swift does not reach: chosen at run time, with the same results to the bit as the
// Swift loops beside which they stand, and absent where the machine has nothing better.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Writes scale * (float)(code - zero_point) for int8 codes, and returns how many were written: all but at most 15, or
/// 0 where Swift's loop is as good. `streams` writes past the caches; `pare_end_streaming` follows then.
size_t pare_int8_to_f32(const uint8_t *codes, size_t count, float scale, int32_t zero_point, float *floats, int streams);

/// Makes streamed floats visible to other threads before what is stored later, as ordinary stores are.
void pare_end_streaming(void);

/// How far a kernel came: symbols written, bytes of words read.
typedef struct {
  long symbols;
  long bytes;
} pare_progress;

/// Decodes symbols of a stream of 32 lanes (spec section 9.3) to bytes, from lane 0 on and as many whole groups of 32 as there
/// are, or fewer. `runs` runs of `lengths` symbols use the tables that begin at `offsets` slots. Up to 12 bits of `precision`
/// a slot's entry is frequency - 1, slot - start and byte, in 12, 12 and 8 bits from above. Above, `symbols` has the byte of
/// each slot, with 4 bytes behind the last, and `ranges` frequency and start of each byte, in 16 bits each from above, 256
/// for each table. Reads nothing behind `words + available`. Does nothing where Swift's loop is as good.
pare_progress pare_rans32(
    uint32_t *states, const uint8_t *words, size_t available, const uint32_t *entries, const uint8_t *symbols,
    const uint32_t *ranges, int precision, const uint32_t *lengths, const uint32_t *offsets, size_t runs, uint8_t *out);

/// For each of `count` mask bytes writes 8 bytes: the next of `values` where a bit is set, else 0. Reads up to 64 bytes behind
/// the last value. Returns how many values were used, or -1, having done nothing, where Swift's loop is as good.
long pare_expand(const uint8_t *mask, size_t count, const uint8_t *values, uint8_t *out);
