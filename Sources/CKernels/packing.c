// GGUF blocks into panels of 16 interleaved rows (kernels.h gives the layout), and numbers into Q8_0 blocks.
#include <math.h>
#include <string.h>

#include "kernels.h"

static size_t block_quant_bytes(spa_packed_format format) { return format == SPA_PACKED_8 ? 512 : 256; }
static size_t block_scales(spa_packed_format format) { return format == SPA_PACKED_4_AFFINE ? 32 : 16; }

size_t spa_packed_quant_bytes(spa_packed_format format, int32_t panels, int32_t blocks) {
    return block_quant_bytes(format) * (size_t)panels * (size_t)blocks;
}

size_t spa_packed_scale_count(spa_packed_format format, int32_t panels, int32_t blocks) {
    return block_scales(format) * (size_t)panels * (size_t)blocks;
}

typedef uint32_t four __attribute__((vector_size(16), aligned(1)));

// 16 bytes of each of 4 rows: byte quadruple j of row r goes to group j, place r. That is a transposition of 4 x 4.
static void transpose(const uint8_t *const rows[4], uint8_t *to, uint32_t flip) {
    four a = *(const four *)rows[0] ^ flip, b = *(const four *)rows[1] ^ flip;
    four c = *(const four *)rows[2] ^ flip, d = *(const four *)rows[3] ^ flip;
    four ab0 = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab1 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    four cd0 = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd1 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(four *)to = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
    *(four *)(to + 64) = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
    *(four *)(to + 128) = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
    *(four *)(to + 192) = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
}

void spa_pack_panel(
    spa_packed_format format, const uint8_t *source, size_t row_bytes, int32_t rows, int32_t blocks, uint8_t *quants,
    uint16_t *scales) {
    size_t header = format == SPA_PACKED_4_AFFINE ? 4 : 2, bytes = format == SPA_PACKED_8 ? 32 : 16;
    // A missing row is one of zeros: its scale is 0.
    static const uint8_t nothing[36];
    for (int32_t block = 0; block < blocks; block++) {
        uint8_t *q = quants + (size_t)block * block_quant_bytes(format);
        uint16_t *s = scales + (size_t)block * block_scales(format);
        const uint8_t *from[SPA_PANEL_ROWS];
        for (int32_t row = 0; row < SPA_PANEL_ROWS; row++) {
            const uint8_t *at =
                row < rows ? source + (size_t)row * row_bytes + (size_t)block * (header + bytes) : nothing;
            memcpy(s + row, at, 2);
            if (format == SPA_PACKED_4_AFFINE) memcpy(s + SPA_PANEL_ROWS + row, at + 2, 2);
            from[row] = at + header;
        }
        // In GGUF's 4-bit blocks byte i holds column i low and column 16 + i high: the panel keeps that pairing. Signed bytes
        // become unsigned by their highest bit.
        for (size_t half = 0; half < bytes; half += 16)
            for (int32_t row = 0; row < SPA_PANEL_ROWS; row += 4) {
                const uint8_t *quarter[4] = {
                    from[row] + half, from[row + 1] + half, from[row + 2] + half, from[row + 3] + half};
                transpose(quarter, q + half * 16 + row * 4, format == SPA_PACKED_8 ? 0x80808080u : 0);
            }
    }
}

void spa_quantise_q8_0(const float *x, int32_t columns, uint8_t *blocks) {
    for (int32_t first = 0; first < columns; first += SPA_BLOCK, blocks += 34) {
        int32_t count = columns - first < SPA_BLOCK ? columns - first : SPA_BLOCK;
        float largest = 0;
        for (int32_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[first + i]));
        float scale = largest / 127.0f, inverse = scale > 0 ? 1.0f / scale : 0;
        uint16_t half = spa_half_from_float(scale);
        memcpy(blocks, &half, 2);
        for (int32_t i = 0; i < SPA_BLOCK; i++)
            blocks[2 + i] = (uint8_t)(int8_t)(i < count ? lrintf(x[first + i] * inverse) : 0);
    }
}
