// AVX2 with FMA: the same panels, 8 rows a register.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define LEVEL(name) avx2_##name
#define TILE_ROWS 6
#define TILE_VECTORS 1
#define ATTENTION_VECTORS 1
#define HARDWARE_HALF
#include "float_kernels.inc"

static inline float largest_of(__m256 v) {
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

static void quantise(const float *x, int32_t columns, spa_activations *a, int32_t first, int32_t last) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    for (int32_t token = first; token < last; token++)
        for (int32_t block = 0; block < a->blocks; block++) {
            float padded[SPA_BLOCK] = {0};
            const float *from = x + (int64_t)token * columns + block * SPA_BLOCK;
            int32_t count = columns - block * SPA_BLOCK;
            if (count < SPA_BLOCK) {
                memcpy(padded, from, sizeof(float) * (size_t)count);
                from = padded;
            }
            int64_t index = (int64_t)token * a->blocks + block;
            __m256 v[4], most = _mm256_setzero_ps();
            for (int i = 0; i < 4; i++) {
                v[i] = _mm256_loadu_ps(from + 8 * i);
                most = _mm256_max_ps(most, _mm256_andnot_ps(sign, v[i]));
            }
            float largest = largest_of(most);
            float scale = largest / 127.0f, inverse = largest > 0 ? 127.0f / largest : 0;
            __m256i q[4];
            for (int i = 0; i < 4; i++) q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], _mm256_set1_ps(inverse)));
            __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
            bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
            _mm256_storeu_si256((__m256i *)(a->q + index * SPA_BLOCK), bytes);
            int32_t sum = 0;
            for (int i = 0; i < SPA_BLOCK; i++) sum += a->q[index * SPA_BLOCK + i];
            a->scale[index] = scale;
            a->scaled_sum[index] = scale * (float)sum;
            a->sum[index] = sum;
        }
}

static inline __m256i four(const int8_t *p) {
    int32_t bytes;
    memcpy(&bytes, p, 4);
    return _mm256_set1_epi32(bytes);
}

// sums += Σ of 4 products of unsigned and signed bytes; unsigned ones are below 16, so 16-bit pairs cannot overflow.
static inline __m256i dot_small(__m256i sums, __m256i w, __m256i x) {
    return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(w, x), _mm256_set1_epi16(1)));
}

// The same for signed bytes of any size: two 8-bit products would overflow the 16 bits of maddubs, so even and odd bytes are
// widened first.
static inline __m256i dot_signed(__m256i sums, __m256i w, __m256i x) {
    __m256i wide0 = _mm256_madd_epi16(
        _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8), _mm256_srai_epi16(_mm256_slli_epi16(x, 8), 8));
    __m256i wide1 = _mm256_madd_epi16(_mm256_srai_epi16(w, 8), _mm256_srai_epi16(x, 8));
    return _mm256_add_epi32(sums, _mm256_add_epi32(wide0, wide1));
}

static inline __m256 halves(const uint16_t *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }

static inline __attribute__((always_inline)) void panel_tokens(
    const spa_packed *w, spa_packed_format format, const spa_activations *a, int32_t panel, int32_t token,
    const int32_t count, int32_t rows, float *y, int64_t y_stride) {
    const int64_t quant_bytes = format == SPA_PACKED_8 ? 512 : 256, scale_count = format == SPA_PACKED_4_AFFINE ? 32 : 16;
    const __m256i nibble = _mm256_set1_epi8(15), offset = _mm256_set1_epi8((char)0x80);
    for (int32_t half = 0; half < 2; half++) {
        const uint8_t *q = w->quants + (int64_t)panel * w->blocks * quant_bytes + half * 32;
        const uint16_t *s = w->scales + (int64_t)panel * w->blocks * scale_count + half * 8;
        __m256 sums[4];
        for (int32_t t = 0; t < count; t++) sums[t] = _mm256_setzero_ps();
        for (int32_t block = 0; block < w->blocks; block++, q += quant_bytes, s += scale_count) {
            __m256i products[4];
            const int8_t *x[4];
            for (int32_t t = 0; t < count; t++) {
                int64_t from = (int64_t)(token + t) * a->blocks + block;
                x[t] = a->q + from * SPA_BLOCK;
                products[t] = _mm256_set1_epi32(format == SPA_PACKED_4_SYMMETRIC ? -8 * a->sum[from] : 0);
            }
            for (int32_t group = 0; group < quant_bytes / 64; group++) {
                __m256i v = _mm256_loadu_si256((const __m256i *)(q + group * 64));
                if (format == SPA_PACKED_8) {
                    v = _mm256_xor_si256(v, offset);
                    for (int32_t t = 0; t < count; t++) products[t] = dot_signed(products[t], v, four(x[t] + group * 4));
                } else {
                    __m256i low = _mm256_and_si256(v, nibble), high = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
                    for (int32_t t = 0; t < count; t++) {
                        products[t] = dot_small(products[t], low, four(x[t] + group * 4));
                        products[t] = dot_small(products[t], high, four(x[t] + 16 + group * 4));
                    }
                }
            }
            __m256 d = halves(s);
            for (int32_t t = 0; t < count; t++) {
                int64_t from = (int64_t)(token + t) * a->blocks + block;
                __m256 factor = _mm256_mul_ps(d, _mm256_set1_ps(a->scale[from]));
                sums[t] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(products[t]), factor, sums[t]);
                if (format == SPA_PACKED_4_AFFINE)
                    sums[t] = _mm256_fmadd_ps(halves(s + 16), _mm256_set1_ps(a->scaled_sum[from]), sums[t]);
            }
        }
        int32_t left = rows - panel * SPA_PANEL_ROWS - half * 8;
        for (int32_t t = 0; t < count && left > 0; t++) {
            float *to = y + (token + t) * y_stride + panel * SPA_PANEL_ROWS + half * 8, lanes[8];
            if (left >= 8) {
                _mm256_storeu_ps(to, sums[t]);
            } else {
                _mm256_storeu_ps(lanes, sums[t]);
                memcpy(to, lanes, sizeof(float) * (size_t)left);
            }
        }
    }
}

static inline __attribute__((always_inline)) void multiply_as(
    const spa_packed *w, spa_packed_format format, const spa_activations *a, int32_t first, int32_t last, int32_t rows,
    float *y, int64_t y_stride) {
    for (int32_t panel = first; panel < last; panel++) {
        int32_t token = 0;
        for (; token + 4 <= a->tokens; token += 4) panel_tokens(w, format, a, panel, token, 4, rows, y, y_stride);
        for (; token < a->tokens; token++) panel_tokens(w, format, a, panel, token, 1, rows, y, y_stride);
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

const spa_kernels spa_avx2_kernels = {.name = "avx2", .quantise = quantise, .multiply = multiply, FLOAT_KERNELS};
#endif
