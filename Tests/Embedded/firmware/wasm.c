/* WebAssembly: the host writes the image into memory and reads what was printed from it; nothing is imported. */
#include "port.h"

static uint8_t image[2 << 20] __attribute__((aligned(16)));
static char printed[1 << 16];
static size_t printed_count;

void port_print(const char *text) {
  while (*text && printed_count < sizeof printed) printed[printed_count++] = *text++;
}

void port_stack_mark(void) {}
size_t port_stack_depth(void) { return 0; }

uint8_t *image_start(void) { return image; }
size_t image_capacity(void) { return sizeof image; }
int run_image(void) { return run(image); }
const char *printed_start(void) { return printed; }
size_t printed_size(void) { return printed_count; }
