// Blocks and numbers of a GGUF file that no packed format takes as they are, into blocks that one does (Q4_1, Q8_0).
#include <string.h>

#include "kernels.h"

static float half_at(const uint8_t *p) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    return spa_float_from_half(half);
}

static void put_half(uint8_t *p, float x) {
    uint16_t half = spa_half_from_float(x);
    memcpy(p, &half, sizeof half);
}

void spa_quantise_q8_0(const spa_kernels *k, const float *x, int64_t columns, uint8_t *blocks) {
    enum { AT_ONCE = 32 };
    int8_t q[AT_ONCE * SPA_BLOCK];
    float scale[AT_ONCE], scaled_sum[AT_ONCE];
    int32_t sum[AT_ONCE];
    for (int64_t first = 0; first < columns; first += AT_ONCE * SPA_BLOCK) {
        int32_t width = columns - first < AT_ONCE * SPA_BLOCK ? (int32_t)(columns - first) : AT_ONCE * SPA_BLOCK;
        spa_activations a = {1, (width + SPA_BLOCK - 1) / SPA_BLOCK, q, scale, scaled_sum, sum};
        k->quantise(x + first, width, &a, 0, 1);
        for (int32_t block = 0; block < a.blocks; block++, blocks += 34) {
            put_half(blocks, scale[block]);
            memcpy(blocks + 2, q + block * SPA_BLOCK, SPA_BLOCK);
        }
    }
}

void spa_q8_0_from_q5_0(const uint8_t *from, int64_t count, uint8_t *blocks) {
    const uint64_t each = 0x0101010101010101, nibbles = 0x0f * each, tops = 0x80 * each;
    for (; count > 0; count--, from += 22, blocks += 34) {
        memcpy(blocks, from, 2);
        for (int half = 0; half < 2; half++) {
            uint64_t pairs;
            memcpy(&pairs, from + 6 + half * 8, sizeof pairs);
            for (int high = 0; high < 2; high++) {
                // Bit i of 8 into byte i: by itself first, then in the byte's highest place.
                uint64_t bits = from[2 + high * 2 + half] * each & 0x8040201008040201;
                uint64_t fifth = (bits + 0x7f * each) & tops;
                // q - 16: the nibble where the fifth bit is set, else the nibble below -16.
                uint64_t numbers = (pairs >> high * 4 & nibbles) | (~fifth & tops) / 0x80 * 0xf0;
                memcpy(blocks + 2 + high * 16 + half * 8, &numbers, sizeof numbers);
            }
        }
    }
}

// The 6-bit scale and minimum of part 0...7, out of 12 bytes: those of parts 0 to 3 are the low six bits of bytes 0-3 and 4-7;
// the others have their low four bits in bytes 8-11 and their high two in the high two of bytes 0-7.
static void scale_and_minimum(const uint8_t *packed, int part, int *scale, int *minimum) {
    if (part < 4) {
        *scale = packed[part] & 63, *minimum = packed[part + 4] & 63;
    } else {
        *scale = (packed[part + 4] & 15) | packed[part - 4] >> 6 << 4;
        *minimum = packed[part + 4] >> 4 | packed[part] >> 6 << 4;
    }
}

void spa_q4_1_from_q4_k(const uint8_t *from, int64_t count, uint8_t *blocks) {
    for (; count > 0; count--, from += 144) {
        float d = half_at(from), d_minimum = half_at(from + 2);
        for (int part = 0; part < 8; part++, blocks += 20) {
            int scale, minimum;
            scale_and_minimum(from + 4, part, &scale, &minimum);
            put_half(blocks, d * (float)scale);
            put_half(blocks + 2, -d_minimum * (float)minimum);
            // 32 bytes hold two parts, the even one in their low halves.
            const uint8_t *q = from + 16 + part / 2 * 32;
            int shift = part % 2 * 4;
            for (int i = 0; i < 16; i++)
                blocks[4 + i] = (uint8_t)((q[i] >> shift & 15) | (q[16 + i] >> shift & 15) << 4);
        }
    }
}
