// Layers of a model, several in a row, each over all frames of a step: what is between them costs more than a small layer itself.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What `pare_map` computes, and the function of a step.
#define PARE_EXP 0
#define PARE_TANH 1
#define PARE_SIGMOID 2
#define PARE_RELU 3
#define PARE_IDENTITY 4

/// A product of a matrix in panels of 8 rows, each [column][row], with frames. Indices are those of floats in `pare_memory`, -1 where
/// there is none; `columns` is -1 where there is no product.
typedef struct {
  int32_t columns;
  /// In `floats`: the panels, and one scale for each row of each panel.
  int32_t factors, scales;
  /// In `constants`: one for each row.
  int32_t bias;
  /// The frames that are multiplied: in `scratch`, or in `state`.
  int32_t x, x_is_state;
} pare_product;

/// What a step does.
#define PARE_STEP_PRODUCT 0
#define PARE_STEP_LSTM 1
#define PARE_STEP_GRU 2

/// A layer with what follows it on each of its results, of `rows` channels:
///
/// result = function(first + second), which is written to `kept`; result + added is written to `y`. Each part may be absent. All but a
/// recurrent layer's state is in `scratch`.
///
/// A product whose input is a window has `taps` frames of it, `dilation` frames apart, the newest last; those before the step are in a
/// ring in `state` from `ring` on: `capacity` frames, then the place of the newest as an integer. In `scratch` from `window` on is room for
/// `window_frames` windows.
///
/// A recurrent layer has 4 * rows or 3 * rows rows: `first` is the product of the input, `second` that of the hidden state, which is
/// at `second.x` in `state`, an LSTM's cell state behind it. `kept` is room for
/// the sums: 4 * rows or 6 * rows floats.
typedef struct {
  int32_t kind, rows;
  pare_product first, second;
  int32_t taps, dilation, ring, capacity, window, window_frames;
  int32_t function, kept, added, y;
  /// Where a GRU's reset gate is in its sums: 0, or `rows` where the update gate comes first.
  int32_t reset;
} pare_step;

/// The floats that steps use.
typedef struct {
  const float *floats, *constants;
  float *state, *scratch;
} pare_memory;

/// Runs steps, each over `frames` frames, with vectors of at most `lanes` floats. Returns 0, having done nothing, where Swift's loop is as
/// good. All indices are in the memory that is theirs.
int pare_run_steps(const pare_step *steps, size_t count, size_t frames, const pare_memory *memory, int lanes);
