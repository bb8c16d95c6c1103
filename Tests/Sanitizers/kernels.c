// Runs every kernel of every level on exactly allocated, oddly sized memory, for AddressSanitizer and
// UndefinedBehaviorSanitizer, and compares them (levels.c). Built and run by demo/tests/sanitizers.sh and processors.sh.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"
#include "ladder.h"
#include "pages.h"

/// Compares a level with the portable one and with definitions; says on standard error what differs (levels.c).
bool level_is_right(const spa_kernels *k);

static void vectors(const spa_kernels *k) {
    for (int64_t n = 0; n < 140; n += 1 + n / 9) {
        float *x = floats((size_t)n), *y = floats((size_t)n), *z = floats((size_t)n), *m = floats((size_t)n);
        uint16_t *h = halves((size_t)n);
        float *v = calloc((size_t)n + 1, sizeof *v);
        k->dot(x, y, n), k->sum_of_squares(x, n), k->maximum(x, n), k->add_scaled(y, x, 0.5f, n);
        k->exponential(z, x, 1, n), k->swiglu(z, x, y, n), k->scale(z, x, 2, y, n), k->scale(z, x, 2, NULL, n);
        k->to_half(h, x, n), k->from_half(z, h, n), k->from_half_dropped(z, h, n, 7, 1u << 28, 1.1f);
        k->swiglu_backward(z, m, x, y, x, n);
        if (n > 0) {
            k->norm_backward(z, x, y, m, n, 1e-5f), k->norm_backward(z, x, NULL, z, n, 1e-5f);
            k->norm_weight_backward(z, x, y, n, 1e-5f);
        }
        k->adamw(x, y, m, v, n, 1e-3f, 0.9f, 0.98f, 10, 50, 1e-8f, 0.01f, 1);
        free(x), free(y), free(z), free(m), free(h), free(v);
    }
}

static void products(const spa_kernels *k) {
    for (int64_t m = 1; m < 30; m += 7)
        for (int64_t n = 1; n < 80; n += 19)
            for (int64_t depth = 1; depth < 900; depth += 397) {
                float *a = floats((size_t)(m * depth)), *b = floats((size_t)(n * depth)), *c = floats((size_t)(m * n));
                spa_product p = {m, n, depth, a, depth, 1, b, 1, depth, c, n, true};
                float *scratch = malloc(spa_product_scratch(k) * sizeof *scratch);
                spa_multiply_columns(k, &p, 0, n, scratch);
                spa_product q = {m, n, depth, a, 1, m, b, n, 1, c, n, false};
                spa_multiply_columns(k, &q, 0, n, scratch);
                free(a), free(b), free(c), free(scratch);
            }
}

static void quantised(const spa_kernels *k, spa_packed_format format, int32_t rows, int32_t columns, int32_t tokens) {
    int32_t panels = (rows + 15) / 16, blocks = (columns + 31) / 32;
    size_t row_bytes = (size_t)blocks * (format == SPA_PACKED_8 ? 34 : format == SPA_PACKED_4_AFFINE ? 20 : 18);
    uint8_t *source = malloc(row_bytes * (size_t)rows);
    for (size_t i = 0; i < row_bytes * (size_t)rows; i++) source[i] = (uint8_t)(next() & 0x3f);
    uint8_t *quants = malloc(spa_packed_quant_bytes(format, panels, blocks));
    uint16_t *scales = malloc(2 * spa_packed_scale_count(format, panels, blocks));
    for (int32_t panel = 0; panel < panels; panel++) {
        int32_t here = rows - panel * 16 < 16 ? rows - panel * 16 : 16;
        spa_pack_panel(
            format, source + (size_t)panel * 16 * row_bytes, row_bytes, here, blocks,
            quants + (size_t)panel * spa_packed_quant_bytes(format, 1, blocks),
            scales + (size_t)panel * spa_packed_scale_count(format, 1, blocks));
    }
    size_t count = (size_t)(tokens * blocks);
    float *x = floats((size_t)(tokens * columns));
    float *y = malloc(sizeof *y * (size_t)(tokens * rows));
    spa_activations a = {tokens, blocks, malloc(count * 32), malloc(count * 4), malloc(count * 4), malloc(count * 4)};
    k->quantise(x, columns, &a, 0, tokens);
    spa_packed w = {format, panels, blocks, quants, scales};
    k->multiply(&w, &a, 0, panels, rows, y, rows);
    uint8_t *eight = malloc((size_t)blocks * 34);
    spa_quantise_q8_0(k, x, columns, eight);
    free(source), free(quants), free(scales), free(x), free(y), free(eight);
    free(a.q), free(a.scale), free(a.scaled_sum), free(a.sum);
}

static void attention(const spa_kernels *k, int32_t head, int32_t rows, int32_t count) {
    int32_t padded = SPA_PADDED_HEAD(head), *visible = malloc(sizeof(int32_t) * (size_t)rows);
    for (int32_t r = 0; r < rows; r++) visible[r] = count - rows + 1 + r > 1 ? count - rows + 1 + r : 1;
    float *q = floats((size_t)(head * rows)), *out = floats((size_t)(padded * rows));
    float *scratch = malloc(sizeof(float) * (size_t)SPA_ATTENTION_SCRATCH(rows, head));
    // The rows' texts take turns: two share their first page, and the third has nothing in common with them.
    text texts[3] = {new_text(count, head, NULL), new_text(count, head, &texts[0]), new_text(count, head, NULL)};
    const uint16_t *const **pages = malloc(sizeof *pages * (size_t)rows);
    for (int32_t r = 0; r < rows; r++) pages[r] = (const uint16_t *const *)texts[r / 2 % 3].pages;
    k->attend(&(spa_attention){rows, head, visible, q, pages, 0, out, scratch});
    for (int i = 2; i >= 0; i--) free_text(texts[i]);
    free(q), free(out), free(scratch), free(visible), free(pages);
}

static void conversions(int64_t count) {
    uint8_t *five = (uint8_t *)halves((size_t)count * 11), *super = (uint8_t *)halves((size_t)count * 72);
    uint8_t *eight = malloc((size_t)count * 34), *four = malloc((size_t)count * 160);
    spa_q8_0_from_q5_0(five, count, eight);
    spa_q4_1_from_q4_k(super, count, four);
    free(five), free(super), free(eight), free(four);
}

static spa_layer layer(int32_t rows, int32_t columns, int32_t parts) {
    spa_layer result = {.parts = parts, .bias = floats((size_t)(rows * parts))};
    for (int32_t i = 0; i < parts; i++) {
        int32_t panels = (rows + 15) / 16, blocks = (columns + 31) / 32;
        size_t bytes = spa_packed_quant_bytes(SPA_PACKED_8, panels, blocks);
        uint8_t *quants = malloc(bytes);
        for (size_t at = 0; at < bytes; at++) quants[at] = (uint8_t)rand();
        result.rows[i] = rows;
        result.part[i] = (spa_packed){
            SPA_PACKED_8, panels, blocks, quants, halves(spa_packed_scale_count(SPA_PACKED_8, panels, blocks))};
    }
    return result;
}

static void release(spa_layer l) {
    for (int32_t i = 0; i < l.parts; i++) free((void *)l.part[i].quants), free((void *)l.part[i].scales);
    free((void *)l.bias);
}

// Passes of a small decoder by one and by three members: a text alone, and then with another that shares its first page.
static void decoder(const spa_kernels *k, int32_t head, int32_t feed_forward) {
    enum { HEADS = 2, WIDTH = 40, LONGEST = 70 };
    float *norm = floats(WIDTH > 64 ? WIDTH : 64);
    spa_block block = {
        norm, norm, norm, NULL, layer(HEADS * head, WIDTH, 3), layer(WIDTH, HEADS * head, 1),
        layer(feed_forward, WIDTH, 2), layer(WIDTH, feed_forward, 1)};
    spa_block blocks[2] = {block, block};
    spa_decoder d = {WIDTH, HEADS, HEADS, head, feed_forward, head / 2, true, 1e-5f, 2, blocks};
    enum { PAGES = 3 };
    size_t size = (size_t)spa_page_halves(&d);
    uint16_t *pages[2][PAGES];
    for (int i = 0; i < 2 * PAGES; i++)
        pages[i / PAGES][i % PAGES] = i == PAGES ? pages[0][0] : calloc(size, sizeof(uint16_t));
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        spa_team *team = spa_team_create(threads);
        int32_t start = 0, lengths[] = {LONGEST, 1, 3, 9, 33}, apart[] = {0, 0, 2, 4, 16};
        for (int i = 0; i < 5; i++) {
            int32_t tokens = lengths[i], wanted[] = {0, tokens - 1}, taps[] = {1, 2}, count = tokens > 1 ? 2 : 1;
            // The first rows belong to the second text.
            spa_row *rows = malloc(sizeof *rows * (size_t)tokens);
            for (int32_t t = 0; t < tokens; t++)
                rows[t] = t < apart[i] ? (spa_row){pages[1], 66 + t} : (spa_row){pages[0], start + t - apart[i]};
            float *x = floats((size_t)(tokens * WIDTH)), *angles = floats((size_t)(tokens * head));
            float *tapped = floats((size_t)(2 * count * WIDTH)), *finals = floats((size_t)(count * WIDTH));
            uint8_t *scratch = aligned_alloc(64, spa_pass_scratch(&d, tokens, threads));
            spa_pass pass = {k, &d, rows, tokens, x, angles, wanted, count, taps, 2, tapped, finals, scratch};
            spa_decode(team, &pass);
            // A block's attention by itself, over what was read before.
            float *projected = floats((size_t)(tokens * 3 * HEADS * head));
            float *attended = floats((size_t)(tokens * HEADS * head));
            spa_attend(team, &pass, 1, projected, attended);
            free(projected), free(attended);
            free(x), free(angles), free(tapped), free(finals), free(scratch), free(rows);
            if (i == 0) spa_copy_page(&d, pages[0][1], pages[1][1], 2);
            start += tokens - apart[i];
        }
        spa_team_destroy(team);
    }
    release(block.query_key_value), release(block.attention_output), release(block.gate_up), release(block.down);
    for (int i = 0; i < 2 * PAGES; i++)
        if (i != PAGES) free(pages[i / PAGES][i % PAGES]);
    free(norm);
}

static void count_calls(void *context, int32_t member, int32_t members) { ((int *)context)[member] += members; }

// One climb of a ladder by one and by three members, equal in every bit.
static bool ladder(const spa_kernels *k, int32_t base_width, int32_t width, int32_t inner) {
    enum { RUNGS = 3 };
#define PANELS(rows, columns) halves((size_t)(((rows) + 15) / 16 * 16 * (columns)))
    spa_rung rungs[RUNGS];
    for (int i = 0; i < RUNGS; i++)
        rungs[i] = (spa_rung){
            PANELS(width, base_width), PANELS(inner, width), PANELS(inner, width), PANELS(width, inner),
            floats((size_t)width), 0.3f};
    spa_ladder l = {base_width, width, inner, RUNGS, 1e-5f, rungs, floats((size_t)width), PANELS(base_width, width)};
#undef PANELS
    size_t count = (size_t)((base_width + 15) / 16 * 16);
    float *taps = floats((size_t)(RUNGS * base_width)), *u[2] = {floats(count), floats(count)};
    for (int i = 0; i < 2; i++) {
        spa_team *team = spa_team_create(1 + 2 * i);
        float *scratch = floats(spa_climb_scratch(&l, 1 + 2 * i));
        spa_climb(team, k, &l, taps, u[i], scratch);
        free(scratch);
        spa_team_destroy(team);
    }
    bool same = memcmp(u[0], u[1], count * sizeof(float)) == 0;
    for (int i = 0; i < RUNGS; i++) {
        const uint16_t *matrices[] = {rungs[i].down, rungs[i].gate, rungs[i].up, rungs[i].output};
        for (int m = 0; m < 4; m++) free((void *)matrices[m]);
        free((void *)rungs[i].norm);
    }
    free((void *)l.norm), free((void *)l.up), free(taps), free(u[0]), free(u[1]);
    return same;
}

int main(void) {
    bool right = true;
    for (int level = SPA_PORTABLE; level < SPA_LEVELS; level++) {
        const spa_kernels *k = spa_kernels_at((spa_level)level);
        if (!k) continue;
        vectors(k);
        products(k);
        for (int format = SPA_PACKED_4_SYMMETRIC; format <= SPA_PACKED_8; format++)
            for (int32_t tokens = 1; tokens < 16; tokens += 2) {
                quantised(k, (spa_packed_format)format, 16, 32, tokens);
                quantised(k, (spa_packed_format)format, 37, 96, tokens);
                quantised(k, (spa_packed_format)format, 5, 50, tokens);
            }
        attention(k, 64, 3, 17);
        attention(k, 20, 5, 1);
        attention(k, 8, 1, 140);
        attention(k, 64, 32, 200);
        decoder(k, 16, 64);
        decoder(k, 20, 50);
        bool same = level_is_right(k) && ladder(k, 64, 16, 32) && ladder(k, 50, 5, 3);
        printf("%s: %s\n", k->name, same ? "clean" : "WRONG");
        right = right && same;
    }
    conversions(3);
    int counts[3] = {0};
    spa_team *team = spa_team_create(3);
    for (int i = 0; i < 1000; i++) spa_team_run(team, count_calls, counts);  // 3 members, or the caller alone
    spa_team_destroy(team);
    void *memory = spa_allocate_huge(5 << 20);
    memset(memory, 1, 5 << 20);
    spa_free_huge(memory, 5 << 20);
    bool counted = counts[1] == counts[2] && counts[0] - counts[1] == 1000 - counts[1] / 3;
    return right && counted ? 0 : 1;
}
