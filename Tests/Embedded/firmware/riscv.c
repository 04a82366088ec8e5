/* RISC-V `virt` under QEMU: reset, the serial port, and the device that ends the run. */
#include "port.h"

extern uint32_t _bss_start[], _bss_end[], _image[];

void port_print(const char *text) {
  while (*text) *(volatile uint8_t *)0x10000000 = (uint8_t)*text++;
}

static void leave(uint32_t status) {
  *(volatile uint32_t *)0x100000 = status == 0 ? 0x5555 : status << 16 | 0x3333;
  for (;;) {}
}

__attribute__((interrupt, used, aligned(4))) static void fault(void) {
  port_print("FAULT\n");
  leave(3);
}

__attribute__((used)) static void start(void) {
  __asm__ volatile("csrw mtvec, %0" ::"r"(fault));
  __asm__ volatile("csrs mstatus, %0" ::"r"(1u << 13)); /* the floating-point unit */
  for (uint32_t *word = _bss_start; word < _bss_end; word++) *word = 0;
  leave((uint32_t)run((const uint8_t *)_image));
}

__attribute__((naked, section(".reset"), used)) void reset(void) { __asm__ volatile("la sp, _stack_top\n j start"); }
