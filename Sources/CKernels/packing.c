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

void spa_pack_panel(
    spa_packed_format format, const uint8_t *source, size_t row_bytes, int32_t rows, int32_t blocks, uint8_t *quants,
    uint16_t *scales) {
    size_t header = format == SPA_PACKED_4_AFFINE ? 4 : 2;
    size_t source_block = header + (format == SPA_PACKED_8 ? 32 : 16);
    for (int32_t block = 0; block < blocks; block++) {
        uint8_t *q = quants + (size_t)block * block_quant_bytes(format);
        uint16_t *s = scales + (size_t)block * block_scales(format);
        for (int32_t row = 0; row < SPA_PANEL_ROWS; row++) {
            if (row >= rows) {
                // A missing row has scale 0.
                s[row] = 0;
                if (format == SPA_PACKED_4_AFFINE) s[SPA_PANEL_ROWS + row] = 0;
                for (size_t group = 0; group < block_quant_bytes(format) / 64; group++)
                    memset(q + group * 64 + (size_t)row * 4, 0, 4);
                continue;
            }
            const uint8_t *from = source + (size_t)row * row_bytes + (size_t)block * source_block;
            memcpy(s + row, from, 2);
            if (format == SPA_PACKED_4_AFFINE) memcpy(s + SPA_PANEL_ROWS + row, from + 2, 2);
            from += header;
            // In GGUF's 4-bit blocks byte i holds column i low and column 16 + i high: the panel keeps that pairing.
            const uint32_t flip = format == SPA_PACKED_8 ? 0x80808080u : 0;
            for (size_t group = 0; group < block_quant_bytes(format) / 64; group++) {
                uint32_t four;
                memcpy(&four, from + group * 4, 4);
                four ^= flip;
                memcpy(q + group * 64 + (size_t)row * 4, &four, 4);
            }
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
