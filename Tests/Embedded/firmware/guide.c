/*
 * Runs the example of Spec/EMBEDDING.md, whose very text is guide_example.h, and compares its blocks with one frame at a time.
 * It prints the CRC-32 of the outputs: the same on every machine.
 */
#include "guide_example.h"
#include "port.h"

static float in[1000], out[1000];

static int tell(const char *text, int status) {
  port_print(text);
  return status;
}

int run(const uint8_t *image) {
  (void)image;
  if (amp_start() != PARE_OK) return tell("the example does not start\n", 1);
  for (int32_t index = 0; index < 1000; index++) in[index] = (float)(index * 7919 % 2001 - 1000) / 1000.0f;
  if (amp_process(in, out, 1000) != PARE_OK) return tell("the example does not run\n", 1);
  amp_silence();
  uint32_t crc = 0xffffffffu;
  for (int32_t index = 0; index < 1000; index++) {
    float one;
    union {
      float value;
      uint32_t bits;
    } element = {out[index]};
    if (amp_process(in + index, &one, 1) != PARE_OK || one != element.value) return tell("frames differ\n", 1);
    for (int bit = 0; bit < 32; bit++) {
      crc = crc >> 1 ^ (0xedb88320u & (0u - ((crc ^ element.bits) & 1u)));
      element.bits >>= 1;
    }
  }
  char text[] = "guide 00000000\n";
  for (int digit = 0; digit < 8; digit++) text[13 - digit] = "0123456789abcdef"[~crc >> 4 * digit & 15];
  port_print(text);
  return 0;
}
