/* What the program needs of a machine. */
#ifndef PORT_H
#define PORT_H

#include <stddef.h>
#include <stdint.h>

/* Prints text that a zero closes. */
void port_print(const char *text);

/* Marks the unused part of the stack; port_stack_depth then tells how many bytes below the caller's frame have been used since.
 * Both do nothing, and tell 0, on machines whose stack is not ours. */
void port_stack_mark(void);
size_t port_stack_depth(void);

/* The program: checks all that is in the image. Gives 0, or 1 where anything differs from what is expected. */
int run(const uint8_t *image);

#endif
