// The memory of a pass: its pages of keys and values, and what its members work in.
#include "decoder_parts.h"

#include <string.h>

enum { TILE = 32, FEW = 8 };

int64_t spa_page_halves(const spa_decoder *d) { return head_offset(d, d->block_count, 0); }

void spa_copy_page(const spa_decoder *d, const uint16_t *from, uint16_t *to, int32_t positions) {
    int64_t keys = (int64_t)(positions + 15) / 16 * 16 * d->head, values = (int64_t)positions * SPA_PADDED_HEAD(d->head);
    int64_t all_keys = (int64_t)SPA_ATTENTION_CHUNK * d->head, end = spa_page_halves(d);
    for (int64_t at = 0; at < end; at += head_halves(d)) {
        memcpy(to + at, from + at, sizeof(uint16_t) * (size_t)keys);
        memcpy(to + at + all_keys, from + at + all_keys, sizeof(uint16_t) * (size_t)values);
    }
}

// MARK: Workspaces

static int32_t widest(const spa_decoder *d) { return most(most(d->width, query_width(d)), d->feed_forward); }

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

size_t spa_lay_out(const spa_decoder *d, int32_t tokens, spa_workspace *w, uint8_t *base, size_t at) {
    int32_t group_rows = tokens * (d->heads / d->key_heads), blocks = (widest(d) + SPA_BLOCK - 1) / SPA_BLOCK;
#define TAKE(field, type, count)                                                                                    \
    do {                                                                                                            \
        if (w) (field) = (type *)(base + at);                                                                       \
        at += rounded(sizeof(type) * (size_t)(count));                                                              \
    } while (0)
    TAKE(w->normalised, float, (int64_t)tokens * d->width);
    TAKE(w->wide, float, (int64_t)tokens * most(all_width(d), 2 * d->feed_forward));
    TAKE(w->inner, float, (int64_t)tokens * most(query_width(d), d->feed_forward));
    TAKE(w->added, float, (int64_t)tokens * d->width);
    TAKE(w->attention_q, float, (int64_t)group_rows * d->head);
    TAKE(w->attention_out, float, (int64_t)group_rows * SPA_PADDED_HEAD(d->head));
    TAKE(w->attention, float, SPA_ATTENTION_SCRATCH(group_rows, d->head));
    TAKE(w->pages, const uint16_t *const *, group_rows);
    TAKE(w->visible, int32_t, group_rows);
    TAKE(w->rows, int32_t, tokens);
    TAKE(w->quantised.q, int8_t, (int64_t)tokens * blocks * SPA_BLOCK);
    TAKE(w->quantised.scale, float, (int64_t)tokens * blocks);
    TAKE(w->quantised.scaled_sum, float, (int64_t)tokens * blocks);
    TAKE(w->quantised.sum, int32_t, (int64_t)tokens * blocks);
#undef TAKE
    return at;
}

int32_t spa_tile_of(int32_t tokens, int32_t members) {
    return least(TILE, most(8, (tokens / members + 7) / 8 * 8));
}

bool spa_is_few(int32_t tokens, int32_t members) { return members == 1 ? tokens == 1 : tokens <= FEW; }

int32_t spa_workspace_rows(int32_t tokens, int32_t members) {
    return spa_is_few(tokens, members) ? tokens : spa_tile_of(tokens, members);
}

size_t spa_queries_bytes(const spa_decoder *d, int32_t tokens) {
    return rounded(sizeof(float) * (size_t)tokens * (size_t)query_width(d));
}

size_t spa_claims_bytes(const spa_decoder *d) { return rounded(sizeof(atomic_int) * (size_t)(d->block_count + 1)); }

// Each member's workspace and, where a few tokens are split by rows, one for the team.
static size_t workspaces_bytes(const spa_decoder *d, int32_t tokens, int32_t members) {
    size_t one = spa_lay_out(d, spa_workspace_rows(tokens, members), NULL, NULL, 0);
    return one * (size_t)(members + spa_is_few(tokens, members));
}

size_t spa_pass_scratch(const spa_decoder *d, int32_t tokens, int32_t members) {
    // A busy team leaves the whole run to its caller.
    size_t alone = workspaces_bytes(d, tokens, 1), together = workspaces_bytes(d, tokens, members);
    return spa_queries_bytes(d, tokens) + spa_claims_bytes(d) + (alone > together ? alone : together);
}
