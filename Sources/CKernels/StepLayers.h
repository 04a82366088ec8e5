// The layers of Steps.c: included once for each kind of machine, which names
//   TARGET its instructions     LAYER(name) the function for it
//   BLOCKS(taps) frames and rows of a product
//   REST what follows products
//   GATES(name) the function of 8 units     WIDE_UNITS, WIDE_GATES(name) how many units another has, and that
//
// The functions of gates are those of RecurrentGates.swift, in the same order.

#define INLINE static inline __attribute__((always_inline, unused)) TARGET

// Where the frames are that the taps of some frames read.
INLINE void LAYER(taps3)(
    const int frames, const pare_step *step, const pare_memory *m, size_t newest, size_t frame, segment *run,
    const float *x[3][3]) {
  const size_t channels = step->first.columns / 3;
  if (frame < run->first || frame >= run->end) *run = segment_from(step, m, newest, frame);
  if (frame + frames <= run->end) {
    for (int f = 0; f < frames; f++)
      for (int j = 0; j < 3; j++) x[f][j] = (const float *)(run->x[j] + 4 * (frame + f) * channels);
    return;
  }
  for (int f = 0; f < frames; f++) {
    const segment one = segment_from(step, m, newest, frame + f);
    for (int j = 0; j < 3; j++) x[f][j] = (const float *)(one.x[j] + 4 * (frame + f) * channels);
  }
}

TARGET static void LAYER(products)(const pare_step *step, const pare_memory *m, size_t frames) {
  if (step->taps == 3) {
    const size_t channels = step->first.columns / 3, newest = place(step, m, channels);
    segment run = {0, 0, {0}};
#define SOURCE(number, frame) LAYER(taps3)(number, step, m, newest, frame, &run, x)
    BLOCKS(3, SOURCE)
#undef SOURCE
    push(step, m, channels, newest, frames);
  } else {
    const float *first = frames_of(&step->first, m);
#define SOURCE(number, frame) \
  for (size_t f = 0; f < (number); f++) x[f][0] = first + ((frame) + f) * step->first.columns
    BLOCKS(1, SOURCE)
#undef SOURCE
  }
}

// Windows of any other number of taps are gathered, some at a time.
TARGET static void LAYER(windows)(const pare_step *step, const pare_memory *m, size_t frames) {
  const size_t channels = step->first.columns / step->taps, newest = place(step, m, channels), rows = step->rows;
  pare_step part = *step;
  part.taps = 1;
  part.first.x = step->window;
  for (size_t done = 0; done < frames;) {
    const size_t left = frames - done, count = left < (size_t)step->window_frames ? left : (size_t)step->window_frames;
    for (size_t i = 0; i < count; i++)
      gather(step, m, newest, done + i, m->scratch + step->window + i * step->first.columns);
    LAYER(products)(&part, m, count);
    done += count;
    part.second.x += count * (step->second.columns > 0 ? step->second.columns : 0);
    part.y += count * rows;
    if (step->kept >= 0) part.kept += count * rows;
    if (step->added >= 0) part.added += count * rows;
  }
  push(step, m, channels, newest, frames);
}

TARGET static void LAYER(all_products)(const pare_step *step, const pare_memory *m, size_t frames) {
  if (step->taps == 1 || step->taps == 3) {
    LAYER(products)(step, m, frames);
  } else {
    LAYER(windows)(step, m, frames);
  }
}

TARGET static void LAYER(product)(const pare_step *step, const pare_memory *m, size_t frames) {
  // A function takes long, but many of them at once do not: products of all frames first, then the function of all. What is added must
  // not lie where products are written.
  if (frames < 8 || step->function == PARE_IDENTITY || (step->kept < 0 && step->added >= 0)) {
    LAYER(all_products)(step, m, frames);
    return;
  }
  pare_step first = *step;
  if (first.kept >= 0) first.y = first.kept;
  first.kept = first.added = -1;
  first.function = PARE_IDENTITY;
  LAYER(all_products)(&first, m, frames);
  REST(step, m, m->scratch + first.y, frames * step->rows);
}

TARGET static void LAYER(lstm)(const pare_step *whole, const pare_memory *m, size_t frames) {
  const size_t units = whole->rows;
  pare_step step = *whole;
  step.rows = 4 * units;
  step.y = whole->kept;
  step.kept = -1;
  float *hidden = m->state + step.second.x, *cell = hidden + units;
  const float *sums = m->scratch + step.y;
  for (size_t i = 0; i < frames; i++, step.first.x += step.first.columns) {
    LAYER(product)(&step, m, 1);
    float *y = m->scratch + whole->y + i * units;
    for (size_t u = 0; u < units; u += 8) {
      // The last units are computed in copies of 8.
      float copies[6][8] = {{0}};
      const size_t count = units - u < 8 ? units - u : 8;
      const float *g[4] = {sums + u, sums + units + u, sums + 2 * units + u, sums + 3 * units + u};
      float *c = cell + u, *h = hidden + u;
      if (WIDE_UNITS > 8 && units - u >= WIDE_UNITS) {
        WIDE_GATES(lstm)(g, c, h);
        memcpy(y + u, h, 4 * WIDE_UNITS);
        u += WIDE_UNITS - 8;
        continue;
      }
      if (count < 8) {
        for (int k = 0; k < 4; k++) g[k] = memcpy(copies[k], g[k], 4 * count);
        c = memcpy(copies[4], c, 4 * count);
        h = copies[5];
      }
      GATES(lstm)(g, c, h);
      if (count < 8) {
        memcpy(cell + u, c, 4 * count);
        memcpy(hidden + u, h, 4 * count);
      }
      memcpy(y + u, h, 4 * count);
    }
  }
}

TARGET static void LAYER(gru)(const pare_step *whole, const pare_memory *m, size_t frames) {
  const size_t units = whole->rows;
  pare_step input = *whole;
  input.rows = 3 * units;
  input.second.columns = -1;
  input.y = whole->kept;
  input.kept = -1;
  pare_step recurrent = input;
  recurrent.first = whole->second;
  recurrent.y = input.y + 3 * units;
  float *hidden = m->state + whole->second.x;
  const float *a = m->scratch + input.y, *b = m->scratch + recurrent.y;
  const size_t reset = whole->reset, update = units - reset;
  for (size_t i = 0; i < frames; i++, input.first.x += input.first.columns) {
    LAYER(product)(&input, m, 1);
    LAYER(product)(&recurrent, m, 1);
    float *y = m->scratch + whole->y + i * units;
    for (size_t u = 0; u < units; u += 8) {
      float copies[7][8] = {{0}};
      const size_t count = units - u < 8 ? units - u : 8;
      const float *g[6] = {a + reset + u, b + reset + u, a + update + u, b + update + u, a + 2 * units + u, b + 2 * units + u};
      float *h = hidden + u;
      if (WIDE_UNITS > 8 && units - u >= WIDE_UNITS) {
        WIDE_GATES(gru)(g, h);
        memcpy(y + u, h, 4 * WIDE_UNITS);
        u += WIDE_UNITS - 8;
        continue;
      }
      if (count < 8) {
        for (int k = 0; k < 6; k++) g[k] = memcpy(copies[k], g[k], 4 * count);
        h = memcpy(copies[6], h, 4 * count);
      }
      GATES(gru)(g, h);
      if (count < 8) memcpy(hidden + u, h, 4 * count);
      memcpy(y + u, h, 4 * count);
    }
  }
}

TARGET static void LAYER(run)(const pare_step *steps, size_t count, size_t frames, const pare_memory *m) {
  for (size_t i = 0; i < count; i++) {
    switch (steps[i].kind) {
      case PARE_STEP_PRODUCT: LAYER(product)(steps + i, m, frames); break;
      case PARE_STEP_LSTM: LAYER(lstm)(steps + i, m, frames); break;
      case PARE_STEP_GRU: LAYER(gru)(steps + i, m, frames); break;
    }
  }
}

#undef INLINE
