// The one header of the kernels: every function exists in a portable form and in forms for NEON, AVX2 and AVX-512; `spa_kernels_at` hands out a table of one level, `spa_kernels_best` that of the machine.
#ifndef SPA_KERNELS_H
#define SPA_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Thread team (team.c)

typedef struct spa_team spa_team;
/// The share of `member` of `members`.
typedef void (*spa_team_body)(void *context, int32_t member, int32_t members);

/// A team of `threads` members (the caller is member 0), or NULL when a thread cannot be started.
spa_team *spa_team_create(int32_t threads);
/// Runs `body` once for every member and returns when all have ended. Where the team is busy (another caller, or a
/// nested call), or other work keeps taking its cores, the caller is the only member.
void spa_team_run(spa_team *team, spa_team_body body, void *context);
/// Within a run of `members`, by `member`: returns once all of them have come here.
void spa_team_barrier(spa_team *team, int32_t member, int32_t members);
void spa_team_destroy(spa_team *team);

// MARK: Memory (memory.c)

/// Zeroed memory aligned to 2 MiB, with huge pages asked for; NULL when there is none.
void *spa_allocate_huge(size_t bytes);
void spa_free_huge(void *memory, size_t bytes);
/// Lets the read-only pages of the program and its libraries leave memory: most were needed once, to link and to start. Those
/// that are needed again come back from the system's cache of the files when they are touched. Free heap memory leaves too.
void spa_release_start_pages(void);

// MARK: Packed weights

// 16 rows lie interleaved in a panel; 32 columns make a block. Quants of a block: for 4-bit formats 4 groups of
// 64 bytes, byte 4·row + i of group j holds column 4·j + i in its low and column 16 + 4·j + i in its high half; for the 8-bit
// format 8 groups of 64 bytes, byte 4·row + i of group j holds column 4·j + i, stored plus 128.
// Scales of a block: 16 half-precision scales, then for SPA_PACKED_4_AFFINE 16 half-precision minima.
enum { SPA_PANEL_ROWS = 16, SPA_BLOCK = 32 };

typedef enum {
    SPA_PACKED_4_SYMMETRIC = 0,  // d·(q - 8), as Q4_0
    SPA_PACKED_4_AFFINE = 1,     // d·q + m, as Q4_1
    SPA_PACKED_8 = 2,            // d·q, as Q8_0
} spa_packed_format;

typedef struct {
    spa_packed_format format;
    int32_t panels;  // rows / 16, rounded up
    int32_t blocks;  // columns / 32, rounded up
    const uint8_t *quants;
    const uint16_t *scales;
} spa_packed;

size_t spa_packed_quant_bytes(spa_packed_format format, int32_t panels, int32_t blocks);
size_t spa_packed_scale_count(spa_packed_format format, int32_t panels, int32_t blocks);
/// Copies one panel out of 16 (or fewer: `rows`) consecutive rows of GGUF blocks (Q4_0, Q4_1, Q8_0 by `format`).
void spa_pack_panel(
    spa_packed_format format, const uint8_t *source, size_t row_bytes, int32_t rows, int32_t blocks, uint8_t *quants,
    uint16_t *scales);
/// Activations of `tokens` rows in 8 bits: q[token][blocks·32], scale and scale·Σq and Σq a block.
typedef struct {
    int32_t tokens, blocks;
    int8_t *q;
    float *scale;
    float *scaled_sum;
    int32_t *sum;
} spa_activations;

// MARK: Attention

// Keys and values lie in pages of SPA_ATTENTION_CHUNK positions, which texts with the same beginning share. What a page holds
// of one head, in halves: keys [position / 16][head][16], so that one load holds a coordinate of 16 positions; then values
// [position][padded head], zeros at the end. The softmax takes page after page.
enum { SPA_ATTENTION_CHUNK = 64 };
#define SPA_PADDED_HEAD(head) (((head) + 15) / 16 * 16)

typedef struct {
    int32_t rows, head;
    /// How many positions each row sees, at least 1.
    const int32_t *visible;
    /// [rows, head], scaled already.
    const float *q;
    /// Each row's pages in the order of positions, and where in a page the head begins. Neighbours on one page read it together.
    const uint16_t *const *const *pages;
    int64_t offset;
    /// [rows, padded head]
    float *out;
    /// SPA_ATTENTION_SCRATCH numbers.
    float *scratch;
} spa_attention;
#define SPA_ATTENTION_SCRATCH(rows, head)                                                                           \
    ((int64_t)(rows) * (SPA_ATTENTION_CHUNK + 2) + (int64_t)SPA_ATTENTION_CHUNK * ((head) + SPA_PADDED_HEAD(head)))

// MARK: Tables of kernels

typedef struct {
    const char *name;
    /// x [tokens, columns] -> 8-bit blocks for tokens [first, last).
    void (*quantise)(const float *x, int32_t columns, spa_activations *a, int32_t first, int32_t last);
    /// y[token][row] for the rows of panels [first, last): y is [tokens, y_stride]; rows past `rows` are not written.
    void (*multiply)(
        const spa_packed *w, const spa_activations *a, int32_t first, int32_t last, int32_t rows, float *y,
        int64_t y_stride);
    float (*dot)(const float *a, const float *b, int64_t n);
    float (*sum_of_squares)(const float *a, int64_t n);
    float (*maximum)(const float *a, int64_t n);
    /// y += a·x
    void (*add_scaled)(float *y, const float *x, float a, int64_t n);
    /// y = exp(x - shift), returns the sum
    float (*exponential)(float *y, const float *x, float shift, int64_t n);
    /// y = silu(gate) · up
    void (*swiglu)(float *y, const float *gate, const float *up, int64_t n);
    /// y = x · factor · weight (weight may be NULL)
    void (*scale)(float *y, const float *x, float factor, const float *weight, int64_t n);
    void (*to_half)(uint16_t *y, const float *x, int64_t n);
    void (*from_half)(float *y, const uint16_t *x, int64_t n);
    /// One tile of C = A·B, or C += A·B: `rows` rows (at most tile_rows), tile_columns columns. A(i,k) = a[i·a_row + k·a_column],
    /// B(k,j) = b[k·b_row + j].
    void (*product_tile)(
        int64_t rows, int64_t depth, const float *a, int64_t a_row, int64_t a_column, const float *b, int64_t b_row,
        float *c, int64_t c_stride, bool accumulate);
    /// to[d][i] = from[i·stride + d] for tile_columns rows i of `depth` numbers.
    void (*transpose_strip)(float *to, const float *from, int64_t stride, int64_t depth);
    int32_t tile_rows, tile_columns;
    /// Widens halves with dropout: number i becomes 0 where bits made of key + i are below `limit`, else it is scaled by
    /// `keep`.
    void (*from_half_dropped)(float *y, const uint16_t *x, int64_t n, uint32_t key, uint32_t limit, float keep);
    /// The way back through y = silu(gate) · up.
    void (*swiglu_backward)(
        float *gate_gradient, float *up_gradient, const float *y_gradient, const float *gate, const float *up, int64_t n);
    /// The way back through y = weight · x / sqrt(mean(x²) + epsilon); `weight` may be NULL, x_gradient may be y_gradient.
    void (*norm_backward)(
        float *x_gradient, const float *x, const float *weight, const float *y_gradient, int64_t n, float epsilon);
    /// The same for the weight, added to weight_gradient.
    void (*norm_weight_backward)(
        float *weight_gradient, const float *x, const float *y_gradient, int64_t n, float epsilon);
    /// Attention of query rows that share one key head.
    void (*attend)(const spa_attention *a);
    /// Rotary turns of one head, in place: `angles` holds `pairs` cosines, then `pairs` sines; pairs are neighbours (2i, 2i + 1)
    /// or, with `halves`, (i, i + pairs).
    void (*rotate)(float *x, const float *angles, int64_t pairs, bool halves);
    /// y[16·p + i] = Σ_k x[k]·w[p][k][i], w in halves, `panels` panels of 16 rows of `columns` columns.
    void (*multiply_half)(const float *x, int64_t columns, const uint16_t *w, int64_t panels, float *y);
    /// AdamW on n parameters: moments m, v; step = rate / (1 - beta1^t), etc. are folded into the arguments.
    void (*adamw)(
        float *parameter, const float *gradient, float *m, float *v, int64_t n, float rate, float beta1, float beta2,
        float correction1, float correction2, float epsilon, float decay, float gradient_scale);
} spa_kernels;

// From the slowest to the fastest of each architecture.
typedef enum {
    SPA_PORTABLE = 0,
    SPA_NEON,
    SPA_NEON_DOT,  // with the dot products of ARMv8.2
    SPA_AVX2,
    SPA_AVX_VNNI,  // AVX2 with AVX-VNNI
    SPA_AVX512,
    SPA_AVX512_VNNI,
    SPA_LEVELS
} spa_level;

/// The table of a level, or NULL where this machine cannot run it.
const spa_kernels *spa_kernels_at(spa_level level);
const spa_kernels *spa_kernels_best(void);

/// C [m,n] = A·B, or C += A·B, through `product_tile`. Strides say how A and B lie: A(i,k) = a[i·a_row + k·a_column],
/// B(k,j) = b[k·b_row + j·b_column]; one of B's strides is 1.
typedef struct {
    int64_t m, n, k;
    const float *a;
    int64_t a_row, a_column;
    const float *b;
    int64_t b_row, b_column;
    float *c;
    int64_t c_stride;
    bool accumulate;
} spa_product;
/// Computes the columns [first, last) of C. `scratch` holds spa_product_scratch numbers.
void spa_multiply_columns(const spa_kernels *k, const spa_product *p, int64_t first, int64_t last, float *scratch);
size_t spa_product_scratch(const spa_kernels *k);

// MARK: Blocks of other types (converting.c)

/// `columns` numbers as Q8_0 blocks (34 bytes each; the last block is filled with zeros).
void spa_quantise_q8_0(const spa_kernels *k, const float *x, int64_t columns, uint8_t *blocks);
/// `count` blocks of Q5_0 (22 bytes) as Q8_0: nothing is lost.
void spa_q8_0_from_q5_0(const uint8_t *from, int64_t count, uint8_t *blocks);
/// `count` blocks of Q4_K (144 bytes) as 8 blocks of Q4_1 (20 bytes) each: scales and minima are rounded to halves.
void spa_q4_1_from_q4_k(const uint8_t *from, int64_t count, uint8_t *blocks);

// MARK: The machine's limits (limits.c)

/// The instructions that spa_int8_chains uses: this machine's fastest for products of bytes.
const char *spa_int8_name(void);
/// Runs `rounds` rounds of chains of products of bytes that never leave the registers, and returns how many multiply-adds
/// that were; `result` is there to keep them.
int64_t spa_int8_chains(int64_t rounds, int32_t *result);
/// Reads `bytes` (a multiple of 256) once from end to end, asking for each line `ahead` bytes before it is read (0: never;
/// the memory may end before); returns the bits that are set anywhere.
uint64_t spa_read_memory(const void *memory, size_t bytes, size_t ahead);

uint16_t spa_half_from_float(float x);
float spa_float_from_half(uint16_t h);
float spa_logarithm(float x);

#endif
