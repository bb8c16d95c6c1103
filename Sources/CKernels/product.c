// C (+)= A·B out of register tiles: A and B are packed by depth so that the tile kernel reads both in order.
#include <string.h>

#include "kernels.h"

enum { DEPTH = 384 };

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

// Up to this many rows of A are packed at once (a multiple of every tile height: 3, 6, 12).
enum { ROWS = 240 };

size_t spa_product_scratch(const spa_kernels *k, const spa_product *p) {
    (void)p;
    return (size_t)DEPTH * (size_t)(ROWS + k->tile_columns) + (size_t)(k->tile_rows * k->tile_columns);
}

static void pack(float *to, const float *from, int64_t across, int64_t along, int64_t width, int64_t tile, int64_t depth) {
    // to[d][i] = from[i·across + d·along], zeros from `width` to `tile`.
    if (across == 1) {
        for (int64_t d = 0; d < depth; d++) {
            memcpy(to + d * tile, from + d * along, sizeof(float) * (size_t)width);
            if (width < tile) memset(to + d * tile + width, 0, sizeof(float) * (size_t)(tile - width));
        }
        return;
    }
    if (width < tile) memset(to, 0, sizeof(float) * (size_t)(tile * depth));
    for (int64_t i = 0; i < width; i++)
        for (int64_t d = 0; d < depth; d++) to[d * tile + i] = from[i * across + d * along];
}

void spa_multiply_columns(const spa_kernels *k, const spa_product *p, int64_t first, int64_t last, float *scratch) {
    int64_t tile_rows = k->tile_rows, tile_columns = k->tile_columns;
    float *packed_a = scratch, *packed_b = scratch + (int64_t)DEPTH * ROWS, *edge = packed_b + (int64_t)DEPTH * tile_columns;
    if (!p->accumulate)
        for (int64_t row = 0; row < p->m; row++)
            memset(p->c + row * p->c_stride + first, 0, sizeof(float) * (size_t)(last - first));
    for (int64_t d = 0; d < p->k; d += DEPTH) {
        int64_t depth = at_most(DEPTH, p->k - d);
        for (int64_t row = 0; row < p->m; row += ROWS) {
            int64_t rows = at_most(ROWS, p->m - row);
            for (int64_t r = 0; r < rows; r += tile_rows)
                pack(packed_a + r * depth, p->a + (row + r) * p->a_row + d * p->a_column, p->a_row, p->a_column,
                     at_most(tile_rows, rows - r), tile_rows, depth);
            for (int64_t column = first; column < last; column += tile_columns) {
                int64_t columns = at_most(tile_columns, last - column);
                pack(packed_b, p->b + d * p->b_row + column * p->b_column, p->b_column, p->b_row, columns, tile_columns,
                     depth);
                for (int64_t r = 0; r < rows; r += tile_rows) {
                    float *c = p->c + (row + r) * p->c_stride + column;
                    if (columns == tile_columns && rows - r >= tile_rows) {
                        k->product_tile(depth, packed_a + r * depth, packed_b, c, p->c_stride);
                        continue;
                    }
                    memset(edge, 0, sizeof(float) * (size_t)(tile_rows * tile_columns));
                    k->product_tile(depth, packed_a + r * depth, packed_b, edge, tile_columns);
                    for (int64_t i = 0; i < at_most(tile_rows, rows - r); i++)
                        for (int64_t j = 0; j < columns; j++) c[i * p->c_stride + j] += edge[i * tile_columns + j];
                }
            }
        }
    }
}
