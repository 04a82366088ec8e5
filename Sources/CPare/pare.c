/* The functions of pare.h are in PareC, in Swift. This file holds the header to what it promises: an array of a negative size is
 * refused where a condition does not hold. */
#include "pare.h"

#define PROMISE(name, condition) typedef char promise_##name[(condition) ? 1 : -1]

struct aligned_word {
  char before;
  uint64_t word;
};

PROMISE(floats_have_4_bytes, sizeof(float) == 4 && PARE_FLOAT_ALIGNMENT == 4);
PROMISE(a_workspace_may_be_an_array_of_uint64_t, offsetof(struct aligned_word, word) % PARE_WORKSPACE_ALIGNMENT == 0);
/* On 32-bit machines, as Spec/EMBEDDING.md says. */
PROMISE(containers_have_their_size, sizeof(void *) != 4 || sizeof(pare_container) == 184);
PROMISE(models_have_their_size, sizeof(void *) != 4 || sizeof(pare_model) == 116);
