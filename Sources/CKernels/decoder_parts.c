// The parts of a block: products, norms, attention, and what becomes of their results.
#include "decoder_parts.h"

#include <math.h>
#include <string.h>

void spa_multiply_layer(
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

void spa_quantise(const spa_kernels *k, const float *x, int32_t tokens, int32_t columns, spa_activations *a) {
    a->tokens = tokens;
    a->blocks = (columns + SPA_BLOCK - 1) / SPA_BLOCK;
    k->quantise(x, columns, a, 0, tokens);
}

void spa_normalise(const spa_kernels *k, const float *x, const float *weight, float epsilon, int32_t n, float *y) {
    k->scale(y, x, 1.0f / sqrtf(k->sum_of_squares(x, n) / (float)n + epsilon), weight, n);
}

void spa_prepare(const spa_pass *p, const float *x, int32_t tokens, const float *weight, spa_workspace *w) {
    const spa_decoder *d = p->decoder;
    for (int32_t t = 0; t < tokens; t++)
        spa_normalise(
            p->kernels, x + (int64_t)t * d->width, weight, d->epsilon, d->width, w->normalised + (int64_t)t * d->width);
    spa_quantise(p->kernels, w->normalised, tokens, d->width, &w->quantised);
}

void spa_place(const spa_run *r, int32_t block, int32_t token, int32_t head, float *x) {
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
    if (norm) spa_normalise(k, x, norm, d->epsilon, d->head, x);
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

void spa_attend_heads(
    const spa_run *r, int32_t block, const int32_t *rows, int32_t tokens, int32_t first, int32_t last, spa_workspace *w,
    float *to) {
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

void spa_add_rows(const spa_run *r, const int32_t *rows, int32_t tokens, const float *y, int32_t first, int32_t last) {
    int32_t width = r->pass->decoder->width;
    for (int32_t t = 0; t < tokens; t++)
        r->pass->kernels->add_scaled(
            r->pass->x + (int64_t)rows[t] * width + first, y + (int64_t)t * width + first, 1, last - first);
}

void spa_deliver(const spa_run *r, int32_t block, const int32_t *rows, int32_t tokens) {
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
