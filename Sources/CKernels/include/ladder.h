// The side network's ladder for one position, on one run of a thread team.
#ifndef SPA_LADDER_H
#define SPA_LADDER_H

#include "kernels.h"

/// One rung: x = a·Down tap + (1 - a)·s, s = x + W2(silu(W1 n)·W3 n), n = norm(x). Matrices are halves in panels of 16 rows,
/// [rows / 16][columns][16], the last panel filled with zeros.
typedef struct {
    /// Down [width, base width], W1 and W3 [inner, width], W2 [width, inner].
    const uint16_t *down, *gate, *up, *output;
    const float *norm;
    /// a, the share of the tap; that of the first rung is not used.
    float share;
} spa_rung;

/// u = Up norm(s) after the last rung.
typedef struct {
    int32_t base_width, width, inner, count;
    float epsilon;
    const spa_rung *rungs;
    const float *norm;
    const uint16_t *up;
} spa_ladder;

/// The numbers that a climb needs to work in.
size_t spa_climb_scratch(const spa_ladder *l, int32_t members);
/// taps [count, base width] -> u [base width, rounded up to 16].
void spa_climb(
    spa_team *team, const spa_kernels *k, const spa_ladder *l, const float *taps, float *u, float *scratch);

#endif
