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
