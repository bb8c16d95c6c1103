// A pass through all blocks in one run of the team. A few tokens are split by the rows of the weights, with a barrier between
// dependent products; a prompt is split by tiles of tokens, each of which goes through a whole block on one member.
#include "decoder.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { TILE = 32, FEW = 8 };

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }
static int32_t query_width(const spa_decoder *d) { return d->heads * d->head; }
static int32_t all_width(const spa_decoder *d) { return (d->heads + 2 * d->key_heads) * d->head; }

// MARK: Pages

// What a page holds of one head: its keys, then its values.
static int64_t head_halves(const spa_decoder *d) {
    return (int64_t)SPA_ATTENTION_CHUNK * (d->head + SPA_PADDED_HEAD(d->head));
}

static int64_t head_offset(const spa_decoder *d, int32_t block, int32_t head) {
    return ((int64_t)block * d->key_heads + head) * head_halves(d);
}

int64_t spa_page_halves(const spa_decoder *d) { return head_offset(d, d->block_count, 0); }

void spa_copy_page(const spa_decoder *d, const uint16_t *from, uint16_t *to, int32_t positions) {
    int64_t keys = (int64_t)(positions + 15) / 16 * 16 * d->head, values = (int64_t)positions * SPA_PADDED_HEAD(d->head);
    int64_t all_keys = (int64_t)SPA_ATTENTION_CHUNK * d->head, end = spa_page_halves(d);
    for (int64_t at = 0; at < end; at += head_halves(d)) {
        memcpy(to + at, from + at, sizeof(uint16_t) * (size_t)keys);
        memcpy(to + at + all_keys, from + at + all_keys, sizeof(uint16_t) * (size_t)values);
    }
}

// MARK: Scratch

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
} workspace;

static int32_t widest(const spa_decoder *d) { return most(most(d->width, query_width(d)), d->feed_forward); }

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

// Lays the workspace out from `at` on; returns its end. Without `w` only the size is counted.
static size_t lay_out(const spa_decoder *d, int32_t tokens, workspace *w, uint8_t *base, size_t at) {
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

// A tile is a multiple of the products' 8 tokens, small enough that every member gets some.
static int32_t tile_of(int32_t tokens, int32_t members) {
    return least(TILE, most(8, (tokens / members + 7) / 8 * 8));
}

static bool is_few(int32_t tokens, int32_t members) { return members == 1 ? tokens == 1 : tokens <= FEW; }

// The rows that one workspace is for.
static int32_t workspace_rows(int32_t tokens, int32_t members) {
    return is_few(tokens, members) ? tokens : tile_of(tokens, members);
}

static size_t queries_bytes(const spa_decoder *d, int32_t tokens) {
    return rounded(sizeof(float) * (size_t)tokens * (size_t)query_width(d));
}

static size_t claims_bytes(const spa_decoder *d) { return rounded(sizeof(atomic_int) * (size_t)(d->block_count + 1)); }

// Each member's workspace and, where a few tokens are split by rows, one for the team.
static size_t workspaces_bytes(const spa_decoder *d, int32_t tokens, int32_t members) {
    return lay_out(d, workspace_rows(tokens, members), NULL, NULL, 0) * (size_t)(members + is_few(tokens, members));
}

size_t spa_pass_scratch(const spa_decoder *d, int32_t tokens, int32_t members) {
    // A busy team leaves the whole run to its caller.
    size_t alone = workspaces_bytes(d, tokens, 1), together = workspaces_bytes(d, tokens, members);
    return queries_bytes(d, tokens) + claims_bytes(d) + (alone > together ? alone : together);
}

typedef struct {
    const spa_pass *pass;
    spa_team *team;
    float *queries;       // [tokens, query width], turned and scaled
    atomic_int *claims;   // the next tile of each stage
    uint8_t *workspaces;  // each member's, then the team's
} run;

// MARK: Parts of a block

// y[token][row] of the layer's rows [first, last); both begin and end where a panel does or a part ends.
static void multiply(
    const spa_kernels *k, const spa_layer *layer, const spa_activations *a, int32_t first, int32_t last, float *y,
    int32_t stride) {
    int32_t start = 0;
    for (int32_t i = 0; i < layer->parts; i++) {
        int32_t rows = layer->rows[i], from = most(first - start, 0), to = least(last - start, rows);
        if (from < to)
            k->multiply(
                &layer->part[i], a, from / SPA_PANEL_ROWS, (to + SPA_PANEL_ROWS - 1) / SPA_PANEL_ROWS, rows, y + start,
                stride);
        start += rows;
    }
    if (layer->bias)
        for (int32_t t = 0; t < a->tokens; t++)
            k->add_scaled(y + (int64_t)t * stride + first, layer->bias + first, 1, last - first);
}

static void quantise(const spa_kernels *k, const float *x, int32_t tokens, int32_t columns, spa_activations *a) {
    a->tokens = tokens;
    a->blocks = (columns + SPA_BLOCK - 1) / SPA_BLOCK;
    k->quantise(x, columns, a, 0, tokens);
}

static void normalise(const spa_kernels *k, const float *x, const float *weight, float epsilon, int32_t n, float *y) {
    k->scale(y, x, 1.0f / sqrtf(k->sum_of_squares(x, n) / (float)n + epsilon), weight, n);
}

// norm(x) of the rows, quantised.
static void prepare(const spa_pass *p, const float *x, int32_t tokens, const float *weight, workspace *w) {
    const spa_decoder *d = p->decoder;
    for (int32_t t = 0; t < tokens; t++)
        normalise(
            p->kernels, x + (int64_t)t * d->width, weight, d->epsilon, d->width, w->normalised + (int64_t)t * d->width);
    quantise(p->kernels, w->normalised, tokens, d->width, &w->quantised);
}

// One head's product becomes a query (turned, scaled), or a key or a value in the cache.
static void place(const run *r, int32_t block, int32_t token, int32_t head, float *x) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    const spa_block *b = &d->blocks[block];
    const spa_kernels *k = p->kernels;
    int32_t at = p->rows[token].position % SPA_ATTENTION_CHUNK, padded = SPA_PADDED_HEAD(d->head);
    uint16_t *page = p->rows[token].pages[p->rows[token].position / SPA_ATTENTION_CHUNK];
    const float *angles = p->angles + (int64_t)token * 2 * d->pairs;
    if (head >= d->heads + d->key_heads) {
        uint16_t *to = page + head_offset(d, block, head - d->heads - d->key_heads) +
                       (int64_t)SPA_ATTENTION_CHUNK * d->head + (int64_t)at * padded;
        k->to_half(to, x, d->head);
        for (int32_t i = d->head; i < padded; i++) to[i] = 0;
        return;
    }
    bool query = head < d->heads;
    const float *norm = query ? b->query_norm : b->key_norm;
    if (norm) normalise(k, x, norm, d->epsilon, d->head, x);
    k->rotate(x, angles, d->pairs, d->halves);
    if (query) {
        float *to = r->queries + (int64_t)token * query_width(d) + head * d->head;
        k->scale(to, x, 1.0f / sqrtf((float)d->head), NULL, d->head);
        return;
    }
    uint16_t *panel = page + head_offset(d, block, head - d->heads) + (int64_t)(at / 16) * 16 * d->head + at % 16;
    for (int32_t first = 0; first < d->head; first += 16) {
        uint16_t halves[16];
        int32_t count = least(16, d->head - first);
        k->to_half(halves, x + first, count);
        for (int32_t i = 0; i < count; i++) panel[(first + i) * 16] = halves[i];
    }
}

// Attention of heads [first, last) for `tokens` of the pass' rows; `to` is [tokens, query width].
static void attend(
    const run *r, int32_t block, const int32_t *rows, int32_t tokens, int32_t first, int32_t last, workspace *w, float *to) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    int32_t group = d->heads / d->key_heads, head = d->head, padded = SPA_PADDED_HEAD(head), width = query_width(d);
    while (first < last) {
        // The heads that share a key head are attended to together.
        int32_t shared = first / group, end = least(last, (shared + 1) * group), heads = end - first, n = tokens * heads;
        for (int32_t i = 0; i < n; i++) {
            const spa_row *row = &p->rows[rows[i / heads]];
            w->visible[i] = row->position + 1;
            w->pages[i] = (const uint16_t *const *)row->pages;
            memcpy(w->attention_q + (int64_t)i * head,
                   r->queries + (int64_t)rows[i / heads] * width + (first + i % heads) * head, sizeof(float) * (size_t)head);
        }
        spa_attention a = {n,        head, w->visible, w->attention_q, w->pages, head_offset(d, block, shared),
                           w->attention_out, w->attention};
        p->kernels->attend(&a);
        for (int32_t i = 0; i < n; i++)
            memcpy(to + (int64_t)(i / heads) * width + (first + i % heads) * head, w->attention_out + (int64_t)i * padded,
                   sizeof(float) * (size_t)head);
        first = end;
    }
}

static void add_rows(const run *r, const int32_t *rows, int32_t tokens, const float *y, int32_t first, int32_t last) {
    int32_t width = r->pass->decoder->width;
    for (int32_t t = 0; t < tokens; t++)
        r->pass->kernels->add_scaled(
            r->pass->x + (int64_t)rows[t] * width + first, y + (int64_t)t * width + first, 1, last - first);
}

// Copies the states after `block` (from 0) of those of `rows` that are wanted.
static void deliver(const run *r, int32_t block, const int32_t *rows, int32_t tokens) {
    const spa_pass *p = r->pass;
    int32_t width = p->decoder->width, wanted = 0;
    for (int32_t t = 0; t < tokens; t++) {
        while (wanted < p->wanted_count && p->wanted[wanted] < rows[t]) wanted++;
        if (wanted == p->wanted_count) return;
        if (p->wanted[wanted] != rows[t]) continue;
        const float *from = p->x + (int64_t)rows[t] * width;
        size_t bytes = sizeof(float) * (size_t)width;
        if (block == p->decoder->block_count - 1) memcpy(p->finals + (int64_t)wanted * width, from, bytes);
        for (int32_t i = 0; i < p->tap_count; i++)
            if (p->taps[i] == block + 1) memcpy(p->tapped + ((int64_t)i * p->wanted_count + wanted) * width, from, bytes);
    }
}

// MARK: A few tokens, split by rows

// The share of a member in `count`, in multiples of `grain`.
static int32_t share(int32_t count, int32_t grain, int32_t member, int32_t members) {
    int64_t pieces = (count + grain - 1) / grain;
    return (int32_t)least((int32_t)(pieces * member / members) * grain, count);
}

static void few(const run *r, workspace *own, workspace *team, int32_t member, int32_t members) {
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
        prepare(p, p->x, tokens, b->attention_norm, own);
        int32_t first = FROM(heads, head_grain), last = TO(heads, head_grain);
        multiply(k, &b->query_key_value, &own->quantised, first * d->head, last * d->head, team->wide, all_width(d));
        for (int32_t t = 0; t < tokens; t++)
            for (int32_t head = first; head < last; head++)
                place(r, block, t, head, team->wide + (int64_t)t * all_width(d) + head * d->head);
        BARRIER();
        attend(r, block, own->rows, tokens, FROM(d->heads, 1), TO(d->heads, 1), own, team->inner);
        BARRIER();
        quantise(k, team->inner, tokens, query_width(d), &own->quantised);
        first = FROM(d->width, 16), last = TO(d->width, 16);
        multiply(k, &b->attention_output, &own->quantised, first, last, team->added, d->width);
        add_rows(r, own->rows, tokens, team->added, first, last);
        BARRIER();
        prepare(p, p->x, tokens, b->feed_forward_norm, own);
        int32_t start = FROM(inner, grain), end = TO(inner, grain);
        multiply(k, &b->gate_up, &own->quantised, start, end, team->wide, 2 * inner);
        multiply(k, &b->gate_up, &own->quantised, inner + start, inner + end, team->wide, 2 * inner);
        for (int32_t t = 0; t < tokens; t++) {
            const float *gate = team->wide + (int64_t)t * 2 * inner + start;
            k->swiglu(team->inner + (int64_t)t * inner + start, gate, gate + inner, end - start);
        }
        BARRIER();
        quantise(k, team->inner, tokens, inner, &own->quantised);
        multiply(k, &b->down, &own->quantised, first, last, team->added, d->width);
        add_rows(r, own->rows, tokens, team->added, first, last);
        BARRIER();
        if (member == 0) deliver(r, block, own->rows, tokens);
    }
#undef FROM
#undef TO
#undef BARRIER
}

// MARK: A prompt, split by tiles of tokens

// Queries, keys and values of a tile.
static void tile_project(const run *r, int32_t block, int32_t first, int32_t tokens, workspace *w) {
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    const spa_block *b = &d->blocks[block];
    prepare(p, p->x + (int64_t)first * d->width, tokens, b->attention_norm, w);
    multiply(p->kernels, &b->query_key_value, &w->quantised, 0, all_width(d), w->wide, all_width(d));
    for (int32_t t = 0; t < tokens; t++)
        for (int32_t head = 0; head < d->heads + 2 * d->key_heads; head++)
            place(r, block, first + t, head, w->wide + (int64_t)t * all_width(d) + head * d->head);
}

// The rest of a block for the rows of a tile; in the last block for those that are wanted.
static void tile_finish(const run *r, int32_t block, int32_t first, int32_t tokens, workspace *w) {
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
    attend(r, block, w->rows, count, 0, d->heads, w, w->inner);
    quantise(k, w->inner, count, query_width(d), &w->quantised);
    multiply(k, &b->attention_output, &w->quantised, 0, d->width, w->added, d->width);
    add_rows(r, w->rows, count, w->added, 0, d->width);
    for (int32_t t = 0; t < count; t++)
        normalise(
            k, p->x + (int64_t)w->rows[t] * d->width, b->feed_forward_norm, d->epsilon, d->width,
            w->normalised + (int64_t)t * d->width);
    quantise(k, w->normalised, count, d->width, &w->quantised);
    multiply(k, &b->gate_up, &w->quantised, 0, 2 * inner, w->wide, 2 * inner);
    for (int32_t t = 0; t < count; t++) {
        const float *gate = w->wide + (int64_t)t * 2 * inner;
        k->swiglu(w->inner + (int64_t)t * inner, gate, gate + inner, inner);
    }
    quantise(k, w->inner, count, inner, &w->quantised);
    multiply(k, &b->down, &w->quantised, 0, d->width, w->added, d->width);
    add_rows(r, w->rows, count, w->added, 0, d->width);
    deliver(r, block, w->rows, count);
}

static void tiles(const run *r, workspace *w, int32_t member, int32_t members) {
    const spa_pass *p = r->pass;
    int32_t blocks = p->decoder->block_count, tile = tile_of(p->tokens, members);
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
    const run *r = context;
    const spa_pass *p = r->pass;
    int32_t rows = workspace_rows(p->tokens, members);
    size_t size = lay_out(p->decoder, rows, NULL, NULL, 0);
    workspace own, shared;
    lay_out(p->decoder, rows, &own, r->workspaces, size * (size_t)member);
    if (is_few(p->tokens, members)) {
        lay_out(p->decoder, rows, &shared, r->workspaces, size * (size_t)members);
        few(r, &own, &shared, member, members);
    } else {
        tiles(r, &own, member, members);
    }
}

void spa_decode(spa_team *team, const spa_pass *pass) {
    const spa_decoder *d = pass->decoder;
    if (pass->tokens == 0) return;
    run r = {.pass = pass, .team = team, .queries = (float *)pass->scratch};
    r.claims = (atomic_int *)(pass->scratch + queries_bytes(d, pass->tokens));
    r.workspaces = (uint8_t *)r.claims + claims_bytes(d);
    for (int32_t i = 0; i <= d->block_count; i++) atomic_init(&r.claims[i], 0);
    spa_team_run(team, member_run, &r);
}

// MARK: One block's attention

typedef struct {
    run run;
    int32_t block;
    float *query_key_value, *attended;
} block_attention;

static void attend_member(void *context, int32_t member, int32_t members) {
    const block_attention *a = context;
    const run *r = &a->run;
    const spa_pass *p = r->pass;
    const spa_decoder *d = p->decoder;
    int32_t heads = d->heads + 2 * d->key_heads, size = workspace_rows(p->tokens, members);
    workspace own;
    lay_out(d, size, &own, r->workspaces, lay_out(d, size, NULL, NULL, 0) * (size_t)member);
    // Every row's heads, so that few rows are shared as well as many.
    int32_t places = p->tokens * heads, end = share(places, 1, member + 1, members);
    for (int32_t i = share(places, 1, member, members); i < end; i++)
        place(r, a->block, i / heads, i % heads, a->query_key_value + (int64_t)i * d->head);
    spa_team_barrier(r->team, member, members);
    // Rows of a tile share what they read of a key head; where there is one tile, heads go one by one.
    int32_t tiles = (p->tokens + size - 1) / size, group = tiles > 1 ? d->heads / d->key_heads : 1;
    for (int32_t i = member; i < tiles * (d->heads / group); i += members) {
        int32_t first = i % tiles * size, tokens = least(size, p->tokens - first), head = i / tiles * group;
        for (int32_t t = 0; t < tokens; t++) own.rows[t] = first + t;
        attend(r, a->block, own.rows, tokens, head, head + group, &own, a->attended + (int64_t)first * query_width(d));
    }
}

void spa_attend(spa_team *team, const spa_pass *pass, int32_t block, float *query_key_value, float *attended) {
    if (pass->tokens == 0) return;
    block_attention a = {
        .run = {.pass = pass, .team = team, .queries = (float *)pass->scratch},
        .block = block,
        .query_key_value = query_key_value,
        .attended = attended};
    a.run.workspaces = pass->scratch + queries_bytes(pass->decoder, pass->tokens) + claims_bytes(pass->decoder);
    spa_team_run(team, attend_member, &a);
}
