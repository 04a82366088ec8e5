/* memcpy and the like, and 64-bit shifts, for machines that come without a library. */
#include <stddef.h>
#include <stdint.h>

void *memmove(void *target, const void *source, size_t count) {
  uint8_t *to = target;
  const uint8_t *from = source;
  if (to < from) {
    for (size_t index = 0; index < count; index++) to[index] = from[index];
  } else {
    while (count--) to[count] = from[count];
  }
  return target;
}

void *memcpy(void *target, const void *source, size_t count) { return memmove(target, source, count); }

void *memset(void *target, int value, size_t count) {
  uint8_t *to = target;
  while (count--) *to++ = (uint8_t)value;
  return target;
}

#ifdef __riscv
typedef union {
  uint64_t whole;
  struct {
    uint32_t low, high;
  } part;
} halves;

uint64_t __ashldi3(uint64_t value, int count) {
  halves from = {value}, to;
  if (count == 0) return value;
  to.part.low = count < 32 ? from.part.low << count : 0;
  to.part.high = count < 32 ? from.part.high << count | from.part.low >> (32 - count) : from.part.low << (count - 32);
  return to.whole;
}

uint64_t __lshrdi3(uint64_t value, int count) {
  halves from = {value}, to;
  if (count == 0) return value;
  to.part.high = count < 32 ? from.part.high >> count : 0;
  to.part.low = count < 32 ? from.part.low >> count | from.part.high << (32 - count) : from.part.high >> (count - 32);
  return to.whole;
}
#endif
