/* Does one thing to the container in the image as often as the image says; instructions.sh counts the instructions. */
#include "pare.h"
#include "port.h"

enum { STEP, DECODE, INTEGERS, MOST_FLOATS = 1 << 16 };

int32_t bench_integers(const uint8_t *bytes, int32_t count, int32_t repetitions, float *floats, int32_t float_count);

static uint64_t workspace[1 << 14];
static float input[MOST_FLOATS], output[MOST_FLOATS];

static uint32_t word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static int32_t step(const pare_container *container, uint32_t repetitions) {
  pare_model model;
  int32_t code = pare_model_open(&model, container, workspace, sizeof workspace);
  for (uint32_t index = 0; index < MOST_FLOATS; index++) input[index] = (float)(index * 79u % 255u) / 127.0f - 1.0f;
  while (code == PARE_OK && repetitions--)
    code = pare_model_step(&model, input, model.input_byte_count, output, sizeof output, NULL);
  return code;
}

/* The largest tensor. */
static int32_t decode(const pare_container *container, uint32_t repetitions) {
  pare_tensor tensor, largest = {0};
  int32_t code = PARE_OK;
  for (int32_t index = 0; index < container->tensor_count && code == PARE_OK; index++) {
    code = pare_tensor_at(container, index, &tensor);
    if (tensor.element_count > largest.element_count) largest = tensor;
  }
  while (code == PARE_OK && repetitions--) code = pare_decode(container, &largest, output, sizeof output);
  return code;
}

int run(const uint8_t *image) {
  uint32_t kind = word(image), repetitions = word(image + 4), count = word(image + 8);
  const uint8_t *bytes = image + 16;
  pare_container container;
  if (kind == INTEGERS) return bench_integers(bytes, (int32_t)count, (int32_t)repetitions, output, MOST_FLOATS) != 0;
  if (pare_open(&container, bytes, count, 0) != PARE_OK) return 1;
  return (kind == STEP ? step : decode)(&container, repetitions) != PARE_OK;
}
