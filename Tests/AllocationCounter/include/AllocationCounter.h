#pragma once

#include <stdint.h>

/// How often memory was asked for by this thread since the process began; -1 where that cannot be counted.
int64_t allocation_count(void);
