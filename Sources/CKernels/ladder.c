// Rows of each product are shared by the members; what is short (a norm, a mix) each does for itself, so that two barriers a
// rung are enough. The matrices lie in the order of their use and come from memory: that is what the time goes into.
#include "ladder.h"

#include <math.h>

enum { PANEL = SPA_PANEL_ROWS };

static int32_t panels(int32_t rows) { return (rows + PANEL - 1) / PANEL; }
static int32_t padded(int32_t rows) { return PANEL * panels(rows); }

typedef struct {
    spa_team *team;
    const spa_kernels *k;
    const spa_ladder *ladder;
    const float *taps;
    float *u;
    float *projected;  // [count, padded width]: Down_k tap_k
    float *gate, *up;  // [padded inner]
    float *state;      // [padded width]: s
    float *own;        // each member's x and n, [2, padded width]
} climb;

size_t spa_climb_scratch(const spa_ladder *l, int32_t members) {
    int64_t width = padded(l->width), inner = padded(l->inner);
    return (size_t)(width * (l->count + 1) + 2 * inner + members * 2 * width);
}

// y = W x for the member's share of W's panels; returns the first row and sets the row after the last.
static int32_t share_rows(
    const climb *c, int32_t member, int32_t members, const uint16_t *w, int32_t rows, const float *x, int32_t columns,
    float *y, int32_t *end) {
    int32_t first = panels(rows) * member / members, last = panels(rows) * (member + 1) / members;
    if (first < last) c->k->multiply_half(x, columns, w + (int64_t)first * PANEL * columns, last - first, y + PANEL * first);
    *end = PANEL * last;
    return PANEL * first;
}

static void normalise(const climb *c, const float *x, const float *weight, float *n) {
    int32_t d = c->ladder->width;
    c->k->scale(n, x, 1.0f / sqrtf(c->k->sum_of_squares(x, d) / (float)d + c->ladder->epsilon), weight, d);
}

static void member_climb(void *context, int32_t member, int32_t members) {
    const climb *c = context;
    const spa_ladder *l = c->ladder;
    int32_t d = l->width, width = padded(d), end;
    float *x = c->own + (int64_t)member * 2 * width, *n = x + width;

    // The ways down do not depend on each other: whole rungs are shared where there are enough.
    for (int32_t i = l->count * panels(d) * member / members, last = l->count * panels(d) * (member + 1) / members; i < last;) {
        int32_t rung = i / panels(d), panel = i % panels(d), count = panels(d) - panel;
        if (count > last - i) count = last - i;
        c->k->multiply_half(
            c->taps + (int64_t)rung * l->base_width, l->base_width,
            l->rungs[rung].down + (int64_t)panel * PANEL * l->base_width, count,
            c->projected + (int64_t)rung * width + PANEL * panel);
        i += count;
    }
    spa_team_barrier(c->team, member, members);

    for (int32_t i = 0; i < l->count; i++) {
        const spa_rung *rung = &l->rungs[i];
        c->k->scale(x, c->projected + (int64_t)i * width, i > 0 ? rung->share : 1, NULL, d);
        if (i > 0) c->k->add_scaled(x, c->state, 1 - rung->share, d);
        normalise(c, x, rung->norm, n);
        int32_t first = share_rows(c, member, members, rung->gate, l->inner, n, d, c->gate, &end);
        share_rows(c, member, members, rung->up, l->inner, n, d, c->up, &end);
        c->k->swiglu(c->gate + first, c->gate + first, c->up + first, end - first);
        spa_team_barrier(c->team, member, members);
        first = share_rows(c, member, members, rung->output, d, c->gate, l->inner, c->state, &end);
        if (end > d) end = d;
        if (first < end) c->k->add_scaled(c->state + first, x + first, 1, end - first);
        spa_team_barrier(c->team, member, members);
    }
    normalise(c, c->state, l->norm, n);
    share_rows(c, member, members, l->up, l->base_width, n, d, c->u, &end);
}

void spa_climb(
    spa_team *team, const spa_kernels *k, const spa_ladder *l, const float *taps, float *u, float *scratch) {
    int64_t width = padded(l->width), inner = padded(l->inner);
    climb c = {.team = team, .k = k, .ladder = l, .taps = taps, .u = u};
    c.projected = scratch;
    c.state = c.projected + l->count * width;
    c.gate = c.state + width;
    c.up = c.gate + inner;
    c.own = c.up + inner;
    spa_team_run(team, member_climb, &c);
}
