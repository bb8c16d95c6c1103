// Random numbers in memory of exactly the size asked for.
#include <stdint.h>
#include <stdlib.h>

#include "kernels.h"

static uint64_t state = 1;
static inline uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}
static inline float *floats(size_t count) {
    float *x = malloc(count * sizeof *x + (count == 0));
    for (size_t i = 0; i < count; i++) x[i] = (float)next() / 4e8f - 2.5f;
    return x;
}
static inline uint16_t *halves(size_t count) {
    uint16_t *x = malloc(count * sizeof *x + (count == 0));
    for (size_t i = 0; i < count; i++) x[i] = spa_half_from_float((float)next() / 4e9f);
    return x;
}
