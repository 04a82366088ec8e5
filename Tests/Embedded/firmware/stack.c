/* The depth of the stack, found by painting: for machines whose linker script has _stack_bottom. */
#include "port.h"

extern uint32_t _stack_bottom[];

static volatile uint32_t *marked_from;

/* Far enough below the caller's frame that the loop's own is not painted. */
enum { OWN_WORDS = 16, PAINT = 0x5a17c0de };

__attribute__((noinline)) void port_stack_mark(void) {
  marked_from = (volatile uint32_t *)__builtin_frame_address(0);
  for (volatile uint32_t *word = _stack_bottom; word < marked_from - OWN_WORDS; word++) *word = PAINT;
}

__attribute__((noinline)) size_t port_stack_depth(void) {
  volatile uint32_t *word = _stack_bottom;
  while (word < marked_from && *word == PAINT) word++;
  return (size_t)(marked_from - word) * sizeof *word;
}
