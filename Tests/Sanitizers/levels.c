// Every kernel of a level against the portable one, on random and on adversarial inputs.
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pages.h"

static bool right;
static const spa_kernels *level, *portable;

static void check(bool holds, const char *what, int kind, int64_t size) {
    if (holds) return;
    if (right) fprintf(stderr, "%s: %s differs, inputs of kind %d, size %lld\n", level->name, what, kind, (long long)size);
    right = false;
}

static bool near(double a, double b, double tolerance) {
    return (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= tolerance;
}

// MARK: Inputs

enum { KINDS = 10 };

static float uniform(void) { return (float)next() * 0x1p-30f - 1; }

// Random, zeros, huge, tiny, subnormal, of one sign, one outlier, all at the extremes, random with zeros between, halves' ends.
static float *numbers(int kind, size_t count) {
    float *x = malloc(sizeof *x * count + (count == 0));
    for (size_t i = 0; i < count; i++) {
        float r = uniform();
        switch (kind) {
        case 1: x[i] = 0; break;
        case 2: x[i] = r * 1e18f; break;
        case 3: x[i] = r * 1e-18f; break;
        case 4: x[i] = r * 1e-40f; break;
        case 5: x[i] = fabsf(r) + 0.5f; break;
        case 6: x[i] = next() % 37 ? r * 1e-3f : r * 1e6f; break;
        case 7: x[i] = r < 0 ? -5 : 5; break;
        case 8: x[i] = next() % 3 ? 0 : r; break;
        case 9: x[i] = r * 70000; break;
        default: x[i] = 4 * r;
        }
    }
    return x;
}

// MARK: Float kernels

static void vectors(int kind, int64_t n) {
    float *x = numbers(kind, (size_t)n), *y = numbers(kind ? kind : 5, (size_t)n);
    float *a = malloc(sizeof *a * (size_t)n + 1), *b = malloc(sizeof *b * (size_t)n + 1);
    double dot = 0, size = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) {
        dot += (double)x[i] * y[i];
        size += fabs((double)x[i] * y[i]);
        squares += (double)x[i] * x[i];
    }
    check(near(level->dot(x, y, n), dot, 1e-5 * size + FLT_MIN), "dot", kind, n);
    check(near(level->sum_of_squares(x, n), squares, 1e-5 * squares + FLT_MIN), "sum_of_squares", kind, n);
    float most = portable->maximum(x, n);
    check(level->maximum(x, n) == most, "maximum", kind, n);
#define COMPARE(what, relative, ...)                                                                                \
    do {                                                                                                            \
        const spa_kernels *k = level;                                                                               \
        float *to = a;                                                                                              \
        __VA_ARGS__;                                                                                                \
        k = portable, to = b;                                                                                       \
        __VA_ARGS__;                                                                                                \
        for (int64_t i = 0; i < n; i++)                                                                             \
            check(near(a[i], b[i], (relative) * (fabs((double)x[i]) + fabs((double)b[i])) + FLT_MIN), what, kind, n); \
    } while (0)
    COMPARE("add_scaled", 1e-6, memcpy(to, y, sizeof *to * (size_t)n), k->add_scaled(to, x, -0.75f, n));
    COMPARE("swiglu", 2e-6, k->swiglu(to, x, y, n));
    COMPARE("scale", 0, k->scale(to, x, 3.7f, NULL, n));
    COMPARE("weighted scale", 1e-6, k->scale(to, x, 3.7f, y, n));
    if (n > 0) {
        float sums[2];
        COMPARE("exponential", 2e-6, sums[to == a] = k->exponential(to, x, most, n));
        check(near(sums[1], sums[0], 1e-5 * sums[0]), "sum of exponentials", kind, n);
    }
    uint16_t *h = malloc(sizeof *h * (size_t)n + 1), *g = malloc(sizeof *g * (size_t)n + 1);
    level->to_half(h, x, n), portable->to_half(g, x, n);
    check(memcmp(h, g, sizeof *h * (size_t)n) == 0, "to_half", kind, n);
    float *m = calloc((size_t)n + 1, sizeof *m), *v = calloc((size_t)n + 1, sizeof *v);
    if (kind == 0)
        COMPARE(
            "adamw", 1e-6, memcpy(to, y, sizeof *to * (size_t)n), memset(m, 0, sizeof *m * (size_t)n),
            memset(v, 0, sizeof *v * (size_t)n),
            k->adamw(to, x, m, v, n, 1e-3f, 0.9f, 0.98f, 10, 50, 1e-8f, 0.01f, 0.5f));
    level->from_half_dropped(a, g, n, 9, 1u << 29, 1.25f), portable->from_half_dropped(b, g, n, 9, 1u << 29, 1.25f);
    for (int64_t i = 0; i < n; i++) check(near(a[i], b[i], 0), "from_half_dropped", kind, n);
    if (kind == 0 && n > 0) {
        COMPARE("swiglu_backward by gate", 1e-5, k->swiglu_backward(to, m, y, x, y, n));
        COMPARE("swiglu_backward by up", 1e-5, k->swiglu_backward(m, to, y, x, y, n));
        COMPARE("norm_backward", 1e-5, k->norm_backward(to, x, y, y, n, 1e-5f));
        COMPARE("norm_backward without weight", 1e-5, k->norm_backward(to, x, NULL, y, n, 1e-5f));
        COMPARE(
            "norm_weight_backward", 1e-5, memcpy(to, y, sizeof *to * (size_t)n),
            k->norm_weight_backward(to, x, y, n, 1e-5f));
    }
    free(x), free(y), free(a), free(b), free(h), free(g), free(m), free(v);
}

static void every_half(void) {
    enum { ALL = 1 << 16 };
    uint16_t *h = malloc(sizeof *h * ALL);
    float *x = malloc(sizeof *x * ALL);
    for (int i = 0; i < ALL; i++) h[i] = (uint16_t)i;
    level->from_half(x, h, ALL);
    for (int i = 0; i < ALL; i++) check(near(x[i], spa_float_from_half((uint16_t)i), 0), "from_half", 0, i);
    level->to_half(h, x, ALL);
    for (int i = 0; i < ALL; i++) check(isnan(x[i]) || h[i] == i, "to_half of a half", 0, i);
    free(h), free(x);
}

static void float_product(int kind, int64_t m, int64_t n, int64_t depth) {
    float *a = numbers(kind, (size_t)(m * depth)), *b = numbers(0, (size_t)(n * depth)), *c = numbers(0, (size_t)(m * n));
    spa_product p = {m, n, depth, a, depth, 1, b, 1, depth, c, n, false};
    float *scratch = malloc(spa_product_scratch(level) * sizeof *scratch);
    spa_multiply_columns(level, &p, 0, n, scratch);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) {
            double want = 0, size = 0;
            for (int64_t k = 0; k < depth; k++) {
                want += (double)a[i * depth + k] * b[j * depth + k];
                size += fabs((double)a[i * depth + k] * b[j * depth + k]);
            }
            check(near(c[i * n + j], want, 1e-5 * size + FLT_MIN), "product_tile", kind, depth);
        }
    free(a), free(b), free(c), free(scratch);
}

static void attention(int32_t head, int32_t rows, int32_t count) {
    int32_t padded = SPA_PADDED_HEAD(head), *visible = malloc(sizeof(int32_t) * (size_t)rows);
    for (int32_t r = 0; r < rows; r++) visible[r] = count - rows + 1 + r > 1 ? count - rows + 1 + r : 1;
    float *q = numbers(0, (size_t)(head * rows)), *scratch = floats((size_t)SPA_ATTENTION_SCRATCH(rows, head));
    float *a = floats((size_t)(padded * rows)), *b = floats((size_t)(padded * rows));
    text texts[2] = {new_text(count, head, NULL), new_text(count, head, &texts[0])};
    const uint16_t *const **pages = malloc(sizeof *pages * (size_t)rows);
    for (int32_t r = 0; r < rows; r++) pages[r] = (const uint16_t *const *)texts[r % 3 / 2].pages;
    level->attend(&(spa_attention){rows, head, visible, q, pages, 0, a, scratch});
    portable->attend(&(spa_attention){rows, head, visible, q, pages, 0, b, scratch});
    for (int32_t i = 0; i < padded * rows; i++) check(near(a[i], b[i], 1e-5), "attend", rows, head);
    free_text(texts[1]), free_text(texts[0]);
    free(visible), free(q), free(scratch), free(a), free(b), free(pages);
}

static void rotation(int64_t pairs, bool halved) {
    float *x = numbers(0, (size_t)(2 * pairs)), *y = malloc(sizeof *y * (size_t)(2 * pairs));
    float *angles = numbers(0, (size_t)(2 * pairs));
    memcpy(y, x, sizeof *y * (size_t)(2 * pairs));
    level->rotate(x, angles, pairs, halved), portable->rotate(y, angles, pairs, halved);
    for (int64_t i = 0; i < 2 * pairs; i++) check(near(x[i], y[i], 1e-5), "rotate", halved, pairs);
    free(x), free(y), free(angles);
}

// MARK: Packed products

static spa_activations activations(const spa_kernels *k, const float *x, int32_t tokens, int32_t columns) {
    int32_t blocks = (columns + 31) / 32;
    size_t count = (size_t)(tokens * blocks);
    spa_activations a = {tokens, blocks, malloc(count * 32), malloc(count * 4), malloc(count * 4), malloc(count * 4)};
    k->quantise(x, columns, &a, 0, tokens);
    return a;
}

static void release(spa_activations a) { free(a.q), free(a.scale), free(a.scaled_sum), free(a.sum); }

// The definition (kernels.h gives the layout), in double precision, and the sizes of what was added up.
static void define(const spa_packed *w, const spa_activations *a, int32_t token, int32_t row, double *sum, double *size) {
    bool eight = w->format == SPA_PACKED_8, affine = w->format == SPA_PACKED_4_AFFINE;
    *sum = *size = 0;
    for (int32_t block = 0; block < w->blocks; block++) {
        int64_t at = (int64_t)(row / 16) * w->blocks + block, from = (int64_t)token * a->blocks + block;
        const uint8_t *q = w->quants + at * (eight ? 512 : 256) + row % 16 * 4;
        const uint16_t *s = w->scales + at * (affine ? 32 : 16) + row % 16;
        int32_t products = 0, total = 0;
        for (int32_t column = 0; column < 32; column++) {
            int32_t byte = q[(eight ? column / 4 : column % 16 / 4) * 64 + column % 4];
            int32_t weight = eight ? byte - 128 : (column < 16 ? byte & 15 : byte >> 4) - (affine ? 0 : 8);
            products += weight * a->q[from * 32 + column];
            total += a->q[from * 32 + column];
        }
        double part = (double)spa_float_from_half(s[0]) * products * a->scale[from];
        double offset = affine ? (double)spa_float_from_half(s[16]) * total * a->scale[from] : 0;
        *sum += part + offset;
        *size += fabs(part) + fabs(offset);
    }
}

static void packed_product(int kind, spa_packed_format format, int32_t rows, int32_t columns, int32_t tokens) {
    int32_t panels = (rows + 15) / 16, blocks = (columns + 31) / 32;
    size_t bytes = spa_packed_quant_bytes(format, panels, blocks), count = spa_packed_scale_count(format, panels, blocks);
    static const uint8_t extremes[] = {0x00, 0xff, 0x80, 0x7f, 0x0f, 0xf0};
    static const uint16_t scales[] = {0x7bff, 0xfbff, 0x0001, 0x8001, 0x03ff, 0x0000, 0x3c00};
    uint8_t *q = malloc(bytes);
    uint16_t *s = malloc(2 * count);
    // Quants and scales take turns at being random, all at one extreme, and any extreme.
    int turn = (kind + tokens) % 8;
    for (size_t i = 0; i < bytes; i++)
        q[i] = turn < 2 ? (uint8_t)next() : extremes[turn == 7 ? next() % 6 : (uint32_t)turn - 2];
    for (size_t i = 0; i < count; i++) s[i] = kind % 4 == 3 ? scales[next() % 7] : spa_half_from_float(uniform() / 32);
    spa_packed w = {format, panels, blocks, q, s};
    float *x = numbers(kind, (size_t)(tokens * columns)), *y = malloc(sizeof *y * (size_t)(tokens * (rows + 3)));
    spa_activations a = activations(level, x, tokens, columns), b = activations(portable, x, tokens, columns);
    size_t total = (size_t)(tokens * blocks);
    check(memcmp(a.q, b.q, total * 32) == 0 && memcmp(a.scale, b.scale, total * 4) == 0 &&
              memcmp(a.scaled_sum, b.scaled_sum, total * 4) == 0 && memcmp(a.sum, b.sum, total * 4) == 0,
          "quantise", kind, columns);
    for (int32_t i = 0; i < tokens * (rows + 3); i++) y[i] = 123;
    // In two runs of panels, as two threads do it; what lies beside the rows stays as it is.
    level->multiply(&w, &a, 0, panels / 2, rows, y, rows + 3);
    level->multiply(&w, &a, panels / 2, panels, rows, y, rows + 3);
    for (int32_t token = 0; token < tokens; token++) {
        for (int32_t row = 0; row < rows; row++) {
            double want, size;
            define(&w, &a, token, row, &want, &size);
            check(near(y[token * (rows + 3) + row], want, 2e-6 * size + FLT_MIN * blocks), "multiply", kind, columns);
        }
        for (int32_t i = 0; i < 3; i++) check(y[token * (rows + 3) + rows + i] == 123, "multiply's margin", kind, rows);
    }
    release(a), release(b);
    free(q), free(s), free(x), free(y);
}

/// Compares a level with the portable one and with definitions; says on standard error what differs.
bool level_is_right(const spa_kernels *k) {
    right = true, level = k, portable = spa_kernels_at(SPA_PORTABLE);
    every_half();
    for (int kind = 0; kind < KINDS; kind++) {
        for (int64_t n = 0; n < 140; n += 1 + n / 9) vectors(kind, n);
        float_product(kind, 1 + 7 * kind, 37, 50 + 90 * kind);
        for (int format = SPA_PACKED_4_SYMMETRIC; format <= SPA_PACKED_8; format++)
            for (int32_t tokens = 1; tokens < 14; tokens += 1 + tokens / 5) {
                packed_product(kind, (spa_packed_format)format, 16, 32, tokens);
                packed_product(kind, (spa_packed_format)format, 33 + kind, 96, tokens);
                packed_product(kind, (spa_packed_format)format, 5 + kind, 49 + kind, tokens);
            }
    }
    packed_product(0, SPA_PACKED_4_AFFINE, 48, 1536, 9);
    attention(64, 3, 17), attention(20, 5, 1), attention(8, 1, 140), attention(64, 32, 200), attention(128, 7, 65);
    for (int64_t pairs = 1; pairs < 70; pairs += 1 + pairs / 3) rotation(pairs, true), rotation(pairs, false);
    return right;
}
