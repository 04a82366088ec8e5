/* Cortex-M under QEMU: vectors, reset, and output through semihosting. */
#include "port.h"

extern uint32_t _stack_top[], _bss_start[], _bss_end[], _image[];

static int semihost(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void port_print(const char *text) { semihost(0x04, text); }

static void leave(uint32_t status) {
  const uint32_t block[2] = {0x20026, status}; /* ADP_Stopped_ApplicationExit */
  semihost(0x20, block);
  for (;;) {}
}

/* Tells where, and the return address at that time: `frame` is what the processor has put on the stack. */
__attribute__((used)) static void report_fault(const uint32_t *frame) {
  char text[] = "FAULT at 00000000, called from 00000000\n";
  for (int digit = 0; digit < 8; digit++) {
    text[16 - digit] = "0123456789abcdef"[frame[6] >> 4 * digit & 15];
    text[38 - digit] = "0123456789abcdef"[frame[5] >> 4 * digit & 15];
  }
  port_print(text);
  leave(3);
}

__attribute__((naked)) static void fault(void) { __asm__("mov r0, sp\n b report_fault"); }

void reset(void) {
#ifdef __ARM_FP
  *(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* CPACR: the floating-point unit */
  __asm__ volatile("dsb\n isb");
#endif
  for (uint32_t *word = _bss_start; word < _bss_end; word++) *word = 0;
  leave((uint32_t)run((const uint8_t *)_image));
}

__attribute__((section(".vectors"), used)) static const struct {
  uint32_t *stack;
  void (*handlers[15])(void);
} vectors = {_stack_top, {reset, fault, fault, fault, fault, fault}};
