// C (+)= A·B out of register tiles. A is read as it lies; so is B where its rows are contiguous, else it is turned strip by
// strip.
#include <string.h>

#include "kernels.h"

// A strip of B of this depth stays in the first cache levels while the rows of A pass by.
enum { DEPTH = 576 };
// So many rows of A, of that depth, stay in the second.
enum { ROWS = 240 };

static int64_t at_most(int64_t a, int64_t b) { return a < b ? a : b; }

size_t spa_product_scratch(const spa_kernels *k) { return (size_t)((DEPTH + k->tile_rows) * k->tile_columns); }

void spa_multiply_columns(const spa_kernels *k, const spa_product *p, int64_t first, int64_t last, float *scratch) {
    const int64_t height = k->tile_rows, width = k->tile_columns;
    float *strip = scratch, *edge = scratch + DEPTH * width;
    if (p->k == 0 && !p->accumulate)
        for (int64_t row = 0; row < p->m; row++)
            memset(p->c + row * p->c_stride + first, 0, sizeof(float) * (size_t)(last - first));
    for (int64_t d = 0; d < p->k; d += DEPTH) {
        const int64_t depth = at_most(DEPTH, p->k - d);
        const bool accumulate = p->accumulate || d > 0;
        for (int64_t top = 0; top < p->m; top += ROWS) {
            const int64_t bottom = at_most(top + ROWS, p->m);
            for (int64_t column = first; column < last; column += width) {
                const int64_t columns = at_most(width, last - column);
                const float *b = p->b + d * p->b_row + column * p->b_column;
                int64_t b_row = p->b_row;
                if (columns < width) {
                    memset(strip, 0, sizeof(float) * (size_t)(depth * width));
                    for (int64_t i = 0; i < depth; i++)
                        for (int64_t j = 0; j < columns; j++) strip[i * width + j] = b[i * p->b_row + j * p->b_column];
                } else if (p->b_column != 1) {
                    k->transpose_strip(strip, b, p->b_column, depth);
                }
                if (columns < width || p->b_column != 1) b = strip, b_row = width;
                for (int64_t row = top; row < bottom; row += height) {
                    const int64_t rows = at_most(height, bottom - row);
                    const float *a = p->a + row * p->a_row + d * p->a_column;
                    float *c = p->c + row * p->c_stride + column;
                    if (columns == width) {
                        k->product_tile(rows, depth, a, p->a_row, p->a_column, b, b_row, c, p->c_stride, accumulate);
                        continue;
                    }
                    for (int64_t i = 0; i < rows && accumulate; i++)
                        memcpy(edge + i * width, c + i * p->c_stride, sizeof(float) * (size_t)columns);
                    k->product_tile(rows, depth, a, p->a_row, p->a_column, b, b_row, edge, width, accumulate);
                    for (int64_t i = 0; i < rows; i++)
                        memcpy(c + i * p->c_stride, edge + i * width, sizeof(float) * (size_t)columns);
                }
            }
        }
    }
}
