// AVX-512 with VNNI: one 64-byte load holds 4 columns of all 16 rows of a panel.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)

#define LEVEL(name) avx512_vnni_##name
#define TILE_ROWS 12
#define TILE_VECTORS 2
#define ATTENTION_VECTORS 4
#define HARDWARE_HALF
#include "float_kernels.inc"

static inline __m512 halves(const uint16_t *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

static inline __m512i four(const int8_t *p) {
    int32_t bytes;
    memcpy(&bytes, p, 4);
    return _mm512_set1_epi32(bytes);
}

// One panel times `count` tokens from `token` on; count is a constant where this is inlined.
static inline __attribute__((always_inline)) void panel_tokens(
    const spa_packed *w, spa_packed_format format, const spa_activations *a, int32_t panel, int32_t token,
    const int32_t count, int32_t rows, float *y, int64_t y_stride) {
    const int64_t quant_bytes = format == SPA_PACKED_8 ? 512 : 256, scale_count = format == SPA_PACKED_4_AFFINE ? 32 : 16;
    const uint8_t *q = w->quants + (int64_t)panel * w->blocks * quant_bytes;
    const uint16_t *s = w->scales + (int64_t)panel * w->blocks * scale_count;
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512 sums[8];
    for (int32_t t = 0; t < count; t++) sums[t] = _mm512_setzero_ps();
    for (int32_t block = 0; block < w->blocks; block++, q += quant_bytes, s += scale_count) {
        __m512i products[8];
        const int8_t *x[8];
        for (int32_t t = 0; t < count; t++) {
            int64_t from = (int64_t)(token + t) * a->blocks + block;
            x[t] = a->q + from * SPA_BLOCK;
            products[t] = format == SPA_PACKED_4_AFFINE
                              ? _mm512_setzero_si512()
                              : _mm512_set1_epi32(a->sum[from] * (format == SPA_PACKED_8 ? -128 : -8));
        }
        for (int32_t group = 0; group < quant_bytes / 64; group++) {
            if (count == 1) _mm_prefetch((const char *)q + group * 64 + 4096, _MM_HINT_T0);
            __m512i v = _mm512_loadu_si512(q + group * 64);
            if (format == SPA_PACKED_8) {
                for (int32_t t = 0; t < count; t++)
                    products[t] = _mm512_dpbusd_epi32(products[t], v, four(x[t] + group * 4));
            } else {
                __m512i low = _mm512_and_si512(v, nibble), high = _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble);
                for (int32_t t = 0; t < count; t++)
                    products[t] = _mm512_dpbusd_epi32(products[t], low, four(x[t] + group * 4));
                for (int32_t t = 0; t < count; t++)
                    products[t] = _mm512_dpbusd_epi32(products[t], high, four(x[t] + 16 + group * 4));
            }
        }
        __m512 d = halves(s);
        for (int32_t t = 0; t < count; t++) {
            int64_t from = (int64_t)(token + t) * a->blocks + block;
            __m512 factor = _mm512_mul_ps(d, _mm512_set1_ps(a->scale[from]));
            sums[t] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(products[t]), factor, sums[t]);
        }
        if (format == SPA_PACKED_4_AFFINE) {
            __m512 m = halves(s + 16);
            for (int32_t t = 0; t < count; t++) {
                int64_t from = (int64_t)(token + t) * a->blocks + block;
                sums[t] = _mm512_fmadd_ps(m, _mm512_set1_ps(a->scaled_sum[from]), sums[t]);
            }
        }
    }
    int32_t left = rows - panel * SPA_PANEL_ROWS;
    __mmask16 mask = left >= SPA_PANEL_ROWS ? 0xffff : (__mmask16)((1u << left) - 1);
    for (int32_t t = 0; t < count; t++)
        _mm512_mask_storeu_ps(y + (token + t) * y_stride + panel * SPA_PANEL_ROWS, mask, sums[t]);
}

static inline __attribute__((always_inline)) void multiply_as(
    const spa_packed *w, spa_packed_format format, const spa_activations *a, int32_t first, int32_t last, int32_t rows,
    float *y, int64_t y_stride) {
    for (int32_t panel = first; panel < last; panel++) {
        int32_t token = 0;
        for (; token + 8 <= a->tokens; token += 8) panel_tokens(w, format, a, panel, token, 8, rows, y, y_stride);
        if (token + 4 <= a->tokens) panel_tokens(w, format, a, panel, token, 4, rows, y, y_stride), token += 4;
        if (token + 2 <= a->tokens) panel_tokens(w, format, a, panel, token, 2, rows, y, y_stride), token += 2;
        if (token < a->tokens) panel_tokens(w, format, a, panel, token, 1, rows, y, y_stride);
    }
}

static void multiply(
    const spa_packed *w, const spa_activations *a, int32_t first, int32_t last, int32_t rows, float *y, int64_t y_stride) {
    switch (w->format) {
    case SPA_PACKED_4_SYMMETRIC: multiply_as(w, SPA_PACKED_4_SYMMETRIC, a, first, last, rows, y, y_stride); break;
    case SPA_PACKED_4_AFFINE: multiply_as(w, SPA_PACKED_4_AFFINE, a, first, last, rows, y, y_stride); break;
    case SPA_PACKED_8: multiply_as(w, SPA_PACKED_8, a, first, last, rows, y, y_stride); break;
    }
}

#pragma clang attribute pop

const spa_kernels spa_avx512_vnni_kernels = {.name = "avx512-vnni", .multiply = multiply, FLOAT_KERNELS};
#endif
