// Loops that need instructions which Swift does not reach: chosen at run time, with the same results to the bit as the
// Swift loops beside which they stand, and absent where the machine has nothing better.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "Steps.h"

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

/// The product of a matrix in panels of 8 rows, each [column][row], with frames. `scales`, one for each row of each panel, and
/// `bias`, one for each row, may be null. Uses vectors of at most `lanes` floats. Returns 0, having done nothing, where Swift's loop is as
/// good.
int pare_panel_product(
    const float *factors, const float *scales, const float *bias, size_t rows, size_t columns, const float *x,
    size_t frames, size_t x_stride, float *y, size_t y_stride, size_t y_channel_stride, int lanes);

/// The sums of the products of 4 rows of int8 codes, less their zero points, with x. Returns 0 as above.
int pare_int8_product(
    const uint8_t *codes, size_t columns, const int32_t zero_points[4], const float *x, float sums[4]);

/// The sums of the products of 4 rows of f32, little-endian and aligned to nothing, with x. Returns 0 as above.
int pare_f32_product(const uint8_t *floats, size_t columns, const float *x, float sums[4]);

/// Adds to sums[frame * rows + row] the exact sum of the products of a row of int8 codes with a frame of integers, of at most `limit` in
/// magnitude, 127 or 32767. Rows are `stride` codes apart, frames `distance` integers. Uses vectors of at most `lanes` floats. Returns 0 as
/// above.
int pare_integer_products(
    const uint8_t *codes, size_t stride, size_t rows, size_t columns, const int16_t *integers, size_t distance,
    size_t frames, int limit, int lanes, int64_t *sums);

/// The sum of the products of the `count` non-zeros of a row, int8 codes behind u8 gaps, with x of `columns` floats. Returns 0 as
/// above, and where the gaps do not fit.
int pare_gaps_product(
    const uint8_t *gaps, size_t gap_count, const uint8_t *codes, size_t count, int32_t zero_point, const float *x,
    size_t columns, float *sum);

/// Replaces floats by a function of them, and returns how many: all but at most 7, or 0 where Swift's loop is as good.
size_t pare_map(int function, float *values, size_t count);

/// Steps units of an LSTM, whose sums are input + recurrent, of which one may be null, in the order i, f, g, o; returns how many.
size_t pare_lstm_gates(size_t units, const float *input, const float *recurrent, float *cell, float *hidden);

/// Steps units of a GRU; the sums of its reset and update gates start at `reset` and `update`, those of the new state behind
/// both. Returns how many.
size_t pare_gru_gates(
    size_t units, size_t reset, size_t update, const float *input, const float *recurrent, float *hidden);
