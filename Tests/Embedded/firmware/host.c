/* The host: the image is a file. */
#include <stdio.h>
#include <stdlib.h>

#include "port.h"

void port_print(const char *text) { fputs(text, stdout); }
void port_stack_mark(void) {}
size_t port_stack_depth(void) { return 0; }

int main(int count, char **arguments) {
  FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
  if (!file || fseek(file, 0, SEEK_END) != 0) return perror("image"), 2;
  long size = ftell(file);
  rewind(file);
  uint8_t *image = malloc((size_t)size);
  if (!image || fread(image, 1, (size_t)size, file) != (size_t)size) return perror("image"), 2;
  return run(image);
}
