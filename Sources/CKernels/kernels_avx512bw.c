// AVX-512 without VNNI: 16 rows a register, a whole panel's 4 columns.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c"))), apply_to = function)

#define LEVEL(name) avx512_##name
#define TILE_ROWS 12
#define TILE_VECTORS 2
#define ATTENTION_VECTORS 4
#define HARDWARE_HALF
#include "float_kernels.inc"

#define PRODUCT(name) avx512_##name
#define REGISTER __m512i
#define ROWS 16
#define PARTS 1
#define PARTS_ALONE 1
#define TOKENS 8
#define BYTE_OFFSET 0
typedef __m512i avx512_nibble_sums, avx512_byte_sums;

// A 16-bit lane gathers 16 products of a block: 16 · 15 · 127 < 32768.
INLINE __m512i avx512_add_nibbles(__m512i sums, __m512i w, __m512i x) {
    return _mm512_add_epi16(sums, _mm512_maddubs_epi16(w, x));
}
INLINE __m512i avx512_total_nibbles(__m512i sums) { return _mm512_madd_epi16(sums, _mm512_set1_epi16(1)); }

// |w|·(±x), since maddubs takes one factor without sign: 2 · 128 · 127 < 32768.
INLINE __m512i avx512_add_bytes(__m512i sums, __m512i w, __m512i x) {
    w = _mm512_xor_si512(w, _mm512_set1_epi8(-128));
    x = _mm512_mask_sub_epi8(x, _mm512_movepi8_mask(w), _mm512_setzero_si512(), x);
    __m512i pairs = _mm512_maddubs_epi16(_mm512_abs_epi8(w), x);
    return _mm512_add_epi32(sums, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}
INLINE __m512i avx512_total_bytes(__m512i sums) { return sums; }
#include "packed_product.inc"

#pragma clang attribute pop

const spa_kernels spa_avx512_kernels = {.name = "avx512", .multiply = avx512_multiply, FLOAT_KERNELS};
#endif
