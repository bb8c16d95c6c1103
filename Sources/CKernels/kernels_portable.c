// The portable level: what the others are tested against.
#define LEVEL(name) portable_##name
#define TILE_ROWS 3
#define TILE_VECTORS 1
#define ATTENTION_VECTORS 1
#include "float_kernels.inc"

static void multiply(
    const spa_packed *w, const spa_activations *a, int32_t first, int32_t last, int32_t rows, float *y, int64_t y_stride) {
    bool eight = w->format == SPA_PACKED_8, affine = w->format == SPA_PACKED_4_AFFINE;
    int32_t quant_bytes = eight ? 512 : 256, scale_count = affine ? 32 : 16;
    for (int32_t panel = first; panel < last; panel++)
        for (int32_t token = 0; token < a->tokens; token++) {
            float sums[SPA_PANEL_ROWS] = {0};
            for (int32_t block = 0; block < w->blocks; block++) {
                int64_t at = (int64_t)panel * w->blocks + block, from = (int64_t)token * a->blocks + block;
                const uint8_t *q = w->quants + at * quant_bytes;
                const uint16_t *s = w->scales + at * scale_count;
                const int8_t *x = a->q + from * SPA_BLOCK;
                for (int32_t row = 0; row < SPA_PANEL_ROWS; row++) {
                    int32_t sum = affine ? 0 : (eight ? -128 : -8) * a->sum[from];
                    for (int32_t column = 0; column < SPA_BLOCK; column++) {
                        int32_t value;
                        if (eight) {
                            value = q[column / 4 * 64 + row * 4 + column % 4];
                        } else {
                            uint8_t byte = q[column % 16 / 4 * 64 + row * 4 + column % 4];
                            value = column < 16 ? byte & 15 : byte >> 4;
                        }
                        sum += value * x[column];
                    }
                    sums[row] += (float)sum * (spa_float_from_half(s[row]) * a->scale[from]);
                    if (affine) sums[row] += spa_float_from_half(s[SPA_PANEL_ROWS + row]) * a->scaled_sum[from];
                }
            }
            for (int32_t row = 0; row < SPA_PANEL_ROWS && panel * SPA_PANEL_ROWS + row < rows; row++)
                y[token * y_stride + panel * SPA_PANEL_ROWS + row] = sums[row];
        }
}

const spa_kernels spa_portable_kernels = {.name = "portable", .multiply = multiply, FLOAT_KERNELS};
