// A pass through all blocks in one run of the team. A few tokens are split by the rows of the weights, with a barrier between
// dependent products; a prompt is split by tiles of tokens, each of which goes through a whole block on one member.
#include "decoder_parts.h"

// MARK: A few tokens, split by rows

// The share of a member in `count`, in multiples of `grain`.
static int32_t share(int32_t count, int32_t grain, int32_t member, int32_t members) {
    int64_t pieces = (count + grain - 1) / grain;
    return (int32_t)least((int32_t)(pieces * member / members) * grain, count);
}

static void few(const spa_run *r, spa_workspace *own, spa_workspace *team, int32_t member, int32_t members) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    const spa_kernels *k = p->kernels;
    int32_t tokens = p->tokens, heads = d->heads + 2 * d->key_heads, inner = d->feed_forward;
#define FROM(count, grain) share(count, grain, member, members)
#define TO(count, grain) share(count, grain, member + 1, members)
#define BARRIER() spa_team_barrier(r->team, member, members)
    // Heads and the inner width are cut where panels begin, or not at all.
    int32_t head_grain = d->head % SPA_PANEL_ROWS == 0 ? 1 : heads, grain = inner % SPA_PANEL_ROWS == 0 ? 16 : inner;
    for (int32_t t = 0; t < tokens; t++) own->rows[t] = t;
    for (int32_t block = 0; block < d->block_count; block++) {
        const spa_block *b = &d->blocks[block];
        spa_prepare(p, p->x, tokens, b->attention_norm, own);
        int32_t first = FROM(heads, head_grain), last = TO(heads, head_grain);
        spa_multiply_layer(
            k, &b->query_key_value, &own->quantised, first * d->head, last * d->head, team->wide, all_width(d));
        for (int32_t t = 0; t < tokens; t++)
            for (int32_t head = first; head < last; head++)
                spa_place(r, block, t, head, team->wide + (int64_t)t * all_width(d) + head * d->head);
        BARRIER();
        spa_attend_heads(r, block, own->rows, tokens, FROM(d->heads, 1), TO(d->heads, 1), own, team->inner);
        BARRIER();
        spa_quantise(k, team->inner, tokens, query_width(d), &own->quantised);
        first = FROM(d->width, 16), last = TO(d->width, 16);
        spa_multiply_layer(k, &b->attention_output, &own->quantised, first, last, team->added, d->width);
        spa_add_rows(r, own->rows, tokens, team->added, first, last);
        BARRIER();
        spa_prepare(p, p->x, tokens, b->feed_forward_norm, own);
        int32_t start = FROM(inner, grain), end = TO(inner, grain);
        spa_multiply_layer(k, &b->gate_up, &own->quantised, start, end, team->wide, 2 * inner);
        spa_multiply_layer(k, &b->gate_up, &own->quantised, inner + start, inner + end, team->wide, 2 * inner);
        for (int32_t t = 0; t < tokens; t++) {
            const float *gate = team->wide + (int64_t)t * 2 * inner + start;
            k->swiglu(team->inner + (int64_t)t * inner + start, gate, gate + inner, end - start);
        }
        BARRIER();
        spa_quantise(k, team->inner, tokens, inner, &own->quantised);
        spa_multiply_layer(k, &b->down, &own->quantised, first, last, team->added, d->width);
        spa_add_rows(r, own->rows, tokens, team->added, first, last);
        BARRIER();
        if (member == 0) spa_deliver(r, block, own->rows, tokens);
    }
#undef FROM
#undef TO
#undef BARRIER
}

// MARK: A prompt, split by tiles of tokens

// Queries, keys and values of a tile.
static void tile_project(const spa_run *r, int32_t block, int32_t first, int32_t tokens, spa_workspace *w) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    const spa_block *b = &d->blocks[block];
    spa_prepare(p, p->x + (int64_t)first * d->width, tokens, b->attention_norm, w);
    spa_multiply_layer(p->kernels, &b->query_key_value, &w->quantised, 0, all_width(d), w->wide, all_width(d));
    for (int32_t t = 0; t < tokens; t++)
        for (int32_t head = 0; head < d->heads + 2 * d->key_heads; head++)
            spa_place(r, block, first + t, head, w->wide + (int64_t)t * all_width(d) + head * d->head);
}

// The rest of a block for the rows of a tile; in the last block for those that are wanted.
static void tile_finish(const spa_run *r, int32_t block, int32_t first, int32_t tokens, spa_workspace *w) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    const spa_block *b = &d->blocks[block];
    const spa_kernels *k = p->kernels;
    int32_t count = 0, inner = d->feed_forward;
    if (block < d->block_count - 1) {
        for (int32_t t = 0; t < tokens; t++) w->rows[count++] = first + t;
    } else {
        for (int32_t i = 0; i < p->wanted_count; i++)
            if (p->wanted[i] >= first && p->wanted[i] < first + tokens) w->rows[count++] = p->wanted[i];
    }
    if (count == 0) return;
    spa_attend_heads(r, block, w->rows, count, 0, d->heads, w, w->inner);
    spa_quantise(k, w->inner, count, query_width(d), &w->quantised);
    spa_multiply_layer(k, &b->attention_output, &w->quantised, 0, d->width, w->added, d->width);
    spa_add_rows(r, w->rows, count, w->added, 0, d->width);
    for (int32_t t = 0; t < count; t++)
        spa_normalise(
            k, p->x + (int64_t)w->rows[t] * d->width, b->feed_forward_norm, d->epsilon, d->width,
            w->normalised + (int64_t)t * d->width);
    spa_quantise(k, w->normalised, count, d->width, &w->quantised);
    spa_multiply_layer(k, &b->gate_up, &w->quantised, 0, 2 * inner, w->wide, 2 * inner);
    for (int32_t t = 0; t < count; t++) {
        const float *gate = w->wide + (int64_t)t * 2 * inner;
        k->swiglu(w->inner + (int64_t)t * inner, gate, gate + inner, inner);
    }
    spa_quantise(k, w->inner, count, inner, &w->quantised);
    spa_multiply_layer(k, &b->down, &w->quantised, 0, d->width, w->added, d->width);
    spa_add_rows(r, w->rows, count, w->added, 0, d->width);
    spa_deliver(r, block, w->rows, count);
}

static void tiles(const spa_run *r, spa_workspace *w, int32_t member, int32_t members) {
    const spa_pass *p = r->pass;
    int32_t blocks = p->decoder->block_count, tile = spa_tile_of(p->tokens, members);
    int32_t count = (p->tokens + tile - 1) / tile;
    // Stage s ends block s - 1 and begins block s for a tile: what a tile needs of others are their keys and values.
    for (int32_t stage = 0; stage <= blocks; stage++) {
        for (;;) {
            // Late tiles see the most keys: they go first.
            int32_t index = count - 1 - atomic_fetch_add_explicit(&r->claims[stage], 1, memory_order_relaxed);
            if (index < 0) break;
            int32_t first = index * tile, tokens = least(tile, p->tokens - first);
            if (stage > 0) tile_finish(r, stage - 1, first, tokens, w);
            if (stage < blocks) tile_project(r, stage, first, tokens, w);
        }
        spa_team_barrier(r->team, member, members);
    }
}

// MARK: The run

static void member_run(void *context, int32_t member, int32_t members) {
    const spa_run *r = context;
    const spa_pass *p = r->pass;
    int32_t rows = spa_workspace_rows(p->tokens, members);
    size_t size = spa_lay_out(p->decoder, rows, NULL, NULL, 0);
    spa_workspace own, shared;
    spa_lay_out(p->decoder, rows, &own, r->workspaces, size * (size_t)member);
    if (spa_is_few(p->tokens, members)) {
        spa_lay_out(p->decoder, rows, &shared, r->workspaces, size * (size_t)members);
        few(r, &own, &shared, member, members);
    } else {
        tiles(r, &own, member, members);
    }
}

void spa_decode(spa_team *team, const spa_pass *pass) {
    const spa_decoder *d = pass->decoder;
    if (pass->tokens == 0) return;
    spa_run r = {.pass = pass, .team = team, .queries = (float *)pass->scratch};
    r.claims = (atomic_int *)(pass->scratch + spa_queries_bytes(d, pass->tokens));
    r.workspaces = (uint8_t *)r.claims + spa_claims_bytes(d);
    for (int32_t i = 0; i <= d->block_count; i++) atomic_init(&r.claims[i], 0);
    spa_team_run(team, member_run, &r);
}

// MARK: One block's attention

typedef struct {
    spa_run run;
    int32_t block;
    float *query_key_value, *attended;
} block_attention;

static void attend_member(void *context, int32_t member, int32_t members) {
    const block_attention *a = context;
    const spa_run *r = &a->run;
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    int32_t heads = d->heads + 2 * d->key_heads, size = spa_workspace_rows(p->tokens, members);
    spa_workspace own;
    spa_lay_out(d, size, &own, r->workspaces, spa_lay_out(d, size, NULL, NULL, 0) * (size_t)member);
    // Every row's heads, so that few rows are shared as well as many.
    int32_t places = p->tokens * heads, end = share(places, 1, member + 1, members);
    for (int32_t i = share(places, 1, member, members); i < end; i++)
        spa_place(r, a->block, i / heads, i % heads, a->query_key_value + (int64_t)i * d->head);
    spa_team_barrier(r->team, member, members);
    // Rows of a tile share what they read of a key head; where there is one tile, heads go one by one.
    int32_t tiles = (p->tokens + size - 1) / size, group = tiles > 1 ? d->heads / d->key_heads : 1;
    for (int32_t i = member; i < tiles * (d->heads / group); i += members) {
        int32_t first = i % tiles * size, tokens = least(size, p->tokens - first), head = i / tiles * group;
        for (int32_t t = 0; t < tokens; t++) own.rows[t] = first + t;
        spa_attend_heads(
            r, a->block, own.rows, tokens, head, head + group, &own, a->attended + (int64_t)first * query_width(d));
    }
}

void spa_attend(spa_team *team, const spa_pass *pass, int32_t block, float *query_key_value, float *attended) {
    if (pass->tokens == 0) return;
    block_attention a = {
        .run = {.pass = pass, .team = team, .queries = (float *)pass->scratch},
        .block = block,
        .query_key_value = query_key_value,
        .attended = attended};
    a.run.workspaces = pass->scratch + spa_queries_bytes(pass->decoder, pass->tokens) + spa_claims_bytes(pass->decoder);
    spa_team_run(team, attend_member, &a);
}
