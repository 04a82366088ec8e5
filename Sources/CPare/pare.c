// The functions of pare.h are in PareC, in Swift. This file holds the header to what it promises.
#include "pare.h"

_Static_assert(sizeof(float) == 4 && _Alignof(float) <= PARE_FLOAT_ALIGNMENT, "floats are of 4 bytes");
_Static_assert(_Alignof(uint64_t) <= PARE_WORKSPACE_ALIGNMENT, "a workspace may be an array of uint64_t");
