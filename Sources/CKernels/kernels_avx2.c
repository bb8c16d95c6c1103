// AVX2 with FMA, and the same with AVX-VNNI: 8 rows a register.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define LEVEL(name) avx2_##name
#define TILE_ROWS 6
#define TILE_VECTORS 1
#define ATTENTION_VECTORS 1
#define HARDWARE_HALF
#include "float_kernels.inc"

#define PRODUCT(name) avx2_##name
#define REGISTER __m256i
#define ROWS 8
#define PARTS 1
#define PARTS_ALONE 2
#define TOKENS 4
#define BYTE_OFFSET 0
typedef __m256i avx2_nibble_sums, avx2_byte_sums;

// A 16-bit lane gathers 16 products of a block: 16 · 15 · 127 < 32768.
INLINE __m256i avx2_add_nibbles(__m256i sums, __m256i w, __m256i x) {
    return _mm256_add_epi16(sums, _mm256_maddubs_epi16(w, x));
}
INLINE __m256i avx2_total_nibbles(__m256i sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }

// |w|·(±x), since maddubs takes one factor without sign: 2 · 128 · 127 < 32768.
INLINE __m256i avx2_add_bytes(__m256i sums, __m256i w, __m256i x) {
    w = _mm256_xor_si256(w, _mm256_set1_epi8(-128));
    __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(x, w));
    return _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
INLINE __m256i avx2_total_bytes(__m256i sums) { return sums; }
#include "packed_product.inc"

#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx2,avxvnni,fma,f16c"))), apply_to = function)

#define PRODUCT(name) avx_vnni_##name
#define REGISTER __m256i
#define ROWS 8
#define PARTS 1
#define PARTS_ALONE 2
#define TOKENS 6
#define BYTE_OFFSET 128
typedef __m256i avx_vnni_nibble_sums, avx_vnni_byte_sums;

INLINE __m256i avx_vnni_add_nibbles(__m256i sums, __m256i w, __m256i x) { return _mm256_dpbusd_avx_epi32(sums, w, x); }
INLINE __m256i avx_vnni_total_nibbles(__m256i sums) { return sums; }
INLINE __m256i avx_vnni_add_bytes(__m256i sums, __m256i w, __m256i x) { return _mm256_dpbusd_avx_epi32(sums, w, x); }
INLINE __m256i avx_vnni_total_bytes(__m256i sums) { return sums; }
#include "packed_product.inc"

#pragma clang attribute pop

const spa_kernels spa_avx2_kernels = {.name = "avx2", .multiply = avx2_multiply, FLOAT_KERNELS};
const spa_kernels spa_avx_vnni_kernels = {.name = "avx-vnni", .multiply = avx_vnni_multiply, FLOAT_KERNELS};
#endif
