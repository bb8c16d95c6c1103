// What a pass through the blocks is put together from: its memory, and the parts of a block. Private to the decoder.
#ifndef SPA_DECODER_PARTS_H
#define SPA_DECODER_PARTS_H

#include "decoder.h"

#include <stdatomic.h>

static inline int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static inline int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }
static inline int32_t query_width(const spa_decoder *d) { return d->heads * d->head; }
static inline int32_t all_width(const spa_decoder *d) { return (d->heads + 2 * d->key_heads) * d->head; }

// MARK: Pages

// What a page holds of one head: its keys, then its values.
static inline int64_t head_halves(const spa_decoder *d) {
    return (int64_t)SPA_ATTENTION_CHUNK * (d->head + SPA_PADDED_HEAD(d->head));
}

static inline int64_t head_offset(const spa_decoder *d, int32_t block, int32_t head) {
    return ((int64_t)block * d->key_heads + head) * head_halves(d);
}

// MARK: Memory

// What one member (or, for a few tokens, the whole team) works in, for `tokens` rows.
typedef struct {
    float *normalised;  // [tokens, widest]
    float *wide;        // [tokens, max(q|k|v, gate|up)]
    float *inner;       // [tokens, max(attended, feed forward)]
    float *added;       // [tokens, width]
    float *attention_q, *attention_out, *attention;
    const uint16_t *const **pages;
    int32_t *visible, *rows;
    spa_activations quantised;
} spa_workspace;

typedef struct {
    const spa_pass *pass;
    spa_team *team;
    float *queries;       // [tokens, query width], turned and scaled
    atomic_int *claims;   // the next tile of each stage
    uint8_t *workspaces;  // each member's, then the team's
} spa_run;

// Lays the workspace out from `at` on; returns its end. Without `w` only the size is counted.
size_t spa_lay_out(const spa_decoder *d, int32_t tokens, spa_workspace *w, uint8_t *base, size_t at);
// A tile is a multiple of the products' 8 tokens, small enough that every member gets some.
int32_t spa_tile_of(int32_t tokens, int32_t members);
// Whether the rows of the weights are split, and not the tokens.
bool spa_is_few(int32_t tokens, int32_t members);
// The rows that one workspace is for.
int32_t spa_workspace_rows(int32_t tokens, int32_t members);
size_t spa_queries_bytes(const spa_decoder *d, int32_t tokens);
size_t spa_claims_bytes(const spa_decoder *d);

// MARK: Parts of a block

// y[token][row] of the layer's rows [first, last); both begin and end where a panel does or a part ends.
void spa_multiply_layer(
    const spa_kernels *k, const spa_layer *layer, const spa_activations *a, int32_t first, int32_t last, float *y,
    int32_t stride);
void spa_quantise(const spa_kernels *k, const float *x, int32_t tokens, int32_t columns, spa_activations *a);
void spa_normalise(const spa_kernels *k, const float *x, const float *weight, float epsilon, int32_t n, float *y);
// norm(x) of the rows, quantised.
void spa_prepare(const spa_pass *p, const float *x, int32_t tokens, const float *weight, spa_workspace *w);
// One head's product becomes a query (turned, scaled), or a key or a value in the cache.
void spa_place(const spa_run *r, int32_t block, int32_t token, int32_t head, float *x);
// Attention of heads [first, last) for `tokens` of the pass' rows; `to` is [tokens, query width].
void spa_attend_heads(
    const spa_run *r, int32_t block, const int32_t *rows, int32_t tokens, int32_t first, int32_t last, spa_workspace *w,
    float *to);
void spa_add_rows(const spa_run *r, const int32_t *rows, int32_t tokens, const float *y, int32_t first, int32_t last);
// Copies the states after `block` (from 0) of those of `rows` that are wanted.
void spa_deliver(const spa_run *r, int32_t block, const int32_t *rows, int32_t tokens);

#endif
