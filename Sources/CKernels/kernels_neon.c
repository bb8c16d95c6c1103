// NEON, which every ARMv8 has, and the same with the dot products of ARMv8.2: 4 rows a register.
#if defined(__aarch64__)
#include <arm_neon.h>

#define LEVEL(name) neon_##name
#define TILE_ROWS 6
#define TILE_VECTORS 1
#define ATTENTION_VECTORS 1
#define HARDWARE_HALF
#include "float_kernels.inc"

#define PRODUCT(name) neon_##name
#define REGISTER int8x16_t
#define ROWS 4
#define PARTS 4
#define PARTS_ALONE 4
#define TOKENS 2
#define BYTE_OFFSET 0

// Rows 0 and 1 in `low`, 2 and 3 in `high`.
typedef struct {
    int16x8_t low, high;
} neon_nibble_sums;
typedef struct {
    int32x4_t low, high;
} neon_byte_sums;

// A 16-bit lane gathers 8 products of a block: 8 · 15 · 127 < 32768.
INLINE neon_nibble_sums neon_add_nibbles(neon_nibble_sums sums, int8x16_t w, int8x16_t x) {
    sums.low = vmlal_s8(sums.low, vget_low_s8(w), vget_low_s8(x));
    sums.high = vmlal_high_s8(sums.high, w, x);
    return sums;
}
INLINE int32x4_t neon_total_nibbles(neon_nibble_sums sums) {
    return vpaddq_s32(vpaddlq_s16(sums.low), vpaddlq_s16(sums.high));
}

INLINE neon_byte_sums neon_add_bytes(neon_byte_sums sums, int8x16_t w, int8x16_t x) {
    w = veorq_s8(w, vdupq_n_s8(-128));
    sums.low = vpadalq_s16(sums.low, vmull_s8(vget_low_s8(w), vget_low_s8(x)));
    sums.high = vpadalq_s16(sums.high, vmull_high_s8(w, x));
    return sums;
}
INLINE int32x4_t neon_total_bytes(neon_byte_sums sums) { return vpaddq_s32(sums.low, sums.high); }
#include "packed_product.inc"

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define PRODUCT(name) neon_dot_##name
#define REGISTER int8x16_t
#define ROWS 4
#define PARTS 4
#define PARTS_ALONE 4
#define TOKENS 4
#define BYTE_OFFSET 0
typedef int32x4_t neon_dot_nibble_sums, neon_dot_byte_sums;

INLINE int32x4_t neon_dot_add_nibbles(int32x4_t sums, int8x16_t w, int8x16_t x) { return vdotq_s32(sums, w, x); }
INLINE int32x4_t neon_dot_total_nibbles(int32x4_t sums) { return sums; }
INLINE int32x4_t neon_dot_add_bytes(int32x4_t sums, int8x16_t w, int8x16_t x) {
    return vdotq_s32(sums, veorq_s8(w, vdupq_n_s8(-128)), x);
}
INLINE int32x4_t neon_dot_total_bytes(int32x4_t sums) { return sums; }
#include "packed_product.inc"

#pragma clang attribute pop

const spa_kernels spa_neon_kernels = {.name = "neon", .multiply = neon_multiply, FLOAT_KERNELS};
const spa_kernels spa_neon_dot_kernels = {.name = "neon-dot", .multiply = neon_dot_multiply, FLOAT_KERNELS};
#endif
