// The blocks of a Llama-family decoder on one run of a thread team: what the fast path of a base model spends its time in.
#ifndef SPA_DECODER_H
#define SPA_DECODER_H

#include "kernels.h"

/// A linear layer: matrices below each other that read the same input, each with its own format.
enum { SPA_LAYER_PARTS = 3 };
typedef struct {
    int32_t parts;
    spa_packed part[SPA_LAYER_PARTS];
    int32_t rows[SPA_LAYER_PARTS];
    /// One number a row, or NULL.
    const float *bias;
} spa_layer;

/// One block: x += Wo·attend(rope(Wq n), rope(Wk n), Wv n), n = norm(x); x += Wdown(silu(Wgate n)·Wup n), n = norm(x).
typedef struct {
    const float *attention_norm, *feed_forward_norm;
    /// Norms of each query and key head before its turn, [head], or NULL.
    const float *query_norm, *key_norm;
    spa_layer query_key_value, attention_output, gate_up, down;
} spa_block;

typedef struct {
    int32_t width, heads, key_heads, head, feed_forward;
    /// Rotary pairs of a head, and whether a pair is (i, i + pairs) or neighbours.
    int32_t pairs;
    bool halves;
    float epsilon;
    int32_t block_count;
    const spa_block *blocks;
} spa_decoder;

/// The size of a page: the keys and values of SPA_ATTENTION_CHUNK positions, [block][key head] as kernels.h says.
int64_t spa_page_halves(const spa_decoder *d);
/// Copies the first `positions` positions of a page.
void spa_copy_page(const spa_decoder *d, const uint16_t *from, uint16_t *to, int32_t positions);

/// Where a row stands: the pages of its text and the position in it. Its key and value are written there, and it sees what is
/// at that position and before. Rows of one text are neighbours, in order; no two texts share a page that a row writes to.
typedef struct {
    uint16_t *const *pages;
    int32_t position;
} spa_row;

/// One pass over `tokens` rows, of one text or of several.
typedef struct {
    const spa_kernels *kernels;
    const spa_decoder *decoder;
    /// [tokens]
    const spa_row *rows;
    int32_t tokens;
    /// [tokens, width]: the embeddings; overwritten.
    float *x;
    /// [tokens][2·pairs]: cosines, then sines.
    const float *angles;
    /// The rows whose states are returned, ascending.
    const int32_t *wanted;
    int32_t wanted_count;
    /// Blocks (from 1, ascending) whose residual stream is returned, and where: [tap_count][wanted_count, width]. The states after
    /// the last block go to `finals` [wanted_count, width].
    const int32_t *taps;
    int32_t tap_count;
    float *tapped, *finals;
    /// spa_pass_scratch bytes, aligned to 64.
    uint8_t *scratch;
} spa_pass;
size_t spa_pass_scratch(const spa_decoder *d, int32_t tokens, int32_t members);
void spa_decode(spa_team *team, const spa_pass *pass);

/// The attention of one block alone, for a caller that runs a block's products itself. `query_key_value` [tokens, q|k|v] holds
/// the pass' rows, products of the block's weights, and is overwritten; keys and values are written to the rows' pages, and
/// `attended` becomes [tokens, query width]. Of the pass only kernels, decoder, rows, tokens, angles and scratch are looked at.
void spa_attend(spa_team *team, const spa_pass *pass, int32_t block, float *query_key_value, float *attended);

#endif
