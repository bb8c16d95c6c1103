// What the machine can do at most: products of bytes that stay in registers, and memory read once from end to end.
#include "kernels.h"

// Chains are independent and longer than latency times throughput of any of these instructions, so that only the
// number of multipliers counts. The operands are opaque to the compiler, which could otherwise fold the sums.
#define OPAQUE(v) __asm__ volatile("" : "+r"(v))

typedef struct {
    const char *name;
    int64_t (*run)(int64_t rounds, int32_t *result);
} int8_product;

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512vnni"))), apply_to = function)
static int64_t run_avx512(int64_t rounds, int32_t *result) {
    enum { CHAINS = 16 };
    int32_t bytes = 0x01020304;
    OPAQUE(bytes);
    __m512i x = _mm512_set1_epi32(bytes), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_set1_epi32(i);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm512_dpbusd_epi32(sums[i], x, x);
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm512_xor_si512(sums[0], sums[i]);
    *result = _mm512_reduce_add_epi32(sums[0]);
    return rounds * CHAINS * 64;
}
#pragma clang attribute pop

__attribute__((target("avx2"))) static int32_t folded(__m256i v) {
    int32_t parts[8];
    _mm256_storeu_si256((__m256i *)parts, v);
    for (int i = 1; i < 8; i++) parts[0] ^= parts[i];
    return parts[0];
}

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)
static int64_t run_vnni(int64_t rounds, int32_t *result) {
    enum { CHAINS = 12 };
    int32_t bytes = 0x01020304;
    OPAQUE(bytes);
    __m256i x = _mm256_set1_epi32(bytes), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_set1_epi32(i);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_dpbusd_avx_epi32(sums[i], x, x);
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_xor_si256(sums[0], sums[i]);
    *result = folded(sums[0]);
    return rounds * CHAINS * 32;
}
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
static int64_t run_avx2(int64_t rounds, int32_t *result) {
    // Products of pairs, pairs of pairs, sum: three instructions for 32 multiply-adds. The sums
    // themselves are the first factor, or the compiler would compute the product once.
    enum { CHAINS = 10 };
    int32_t bytes = 0x01020304, ones = 0x00010001;
    OPAQUE(bytes);
    OPAQUE(ones);
    __m256i x = _mm256_set1_epi32(bytes), pairs = _mm256_set1_epi32(ones), sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = _mm256_set1_epi32(i);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++)
            sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(_mm256_maddubs_epi16(sums[i], x), pairs));
    for (int i = 1; i < CHAINS; i++) sums[0] = _mm256_xor_si256(sums[0], sums[i]);
    *result = folded(sums[0]);
    return rounds * CHAINS * 32;
}
#pragma clang attribute pop

static int8_product fastest(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni"))
        return (int8_product){"AVX-512 VNNI", run_avx512};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("avxvnni")) return (int8_product){"AVX VNNI", run_vnni};
    if (__builtin_cpu_supports("avx2")) return (int8_product){"AVX2", run_avx2};
    return (int8_product){NULL, NULL};
}

#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>

__attribute__((target("dotprod"))) static int64_t run_dot(int64_t rounds, int32_t *result) {
    enum { CHAINS = 24 };
    int32_t bytes = 0x01020304;
    OPAQUE(bytes);
    int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
    int32x4_t sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(i);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) sums[i] = vdotq_s32(sums[i], x, x);
    for (int i = 1; i < CHAINS; i++) sums[0] = veorq_s32(sums[0], sums[i]);
    *result = vaddvq_s32(sums[0]);
    return rounds * CHAINS * 16;
}

static int64_t run_neon(int64_t rounds, int32_t *result) {
    // Two long products of half a register each, summed by pairs: four instructions for 16 multiply-adds.
    enum { CHAINS = 12 };
    int32_t bytes = 0x01020304;
    OPAQUE(bytes);
    int8x16_t x = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
    int32x4_t sums[CHAINS];
    for (int i = 0; i < CHAINS; i++) sums[i] = vdupq_n_s32(i);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) {
            int8x16_t w = vreinterpretq_s8_s32(sums[i]);
            sums[i] = vpadalq_s16(sums[i], vmlal_high_s8(vmull_s8(vget_low_s8(w), vget_low_s8(x)), w, x));
        }
    for (int i = 1; i < CHAINS; i++) sums[0] = veorq_s32(sums[0], sums[i]);
    *result = vaddvq_s32(sums[0]);
    return rounds * CHAINS * 16;
}

static int8_product fastest(void) {
    enum { HAS_DOT = 1 << 20 };  // HWCAP_ASIMDDP
    if (getauxval(AT_HWCAP) & HAS_DOT) return (int8_product){"NEON dot product", run_dot};
    return (int8_product){"NEON", run_neon};
}

#else
static int8_product fastest(void) { return (int8_product){NULL, NULL}; }
#endif

// Four lanes of 32 bits in whatever registers there are.
static int64_t run_portable(int64_t rounds, int32_t *result) {
    enum { CHAINS = 8, LANES = 4 };
    typedef int32_t lanes __attribute__((vector_size(4 * LANES)));
    int32_t factor = 3;
    OPAQUE(factor);
    lanes sums[CHAINS], x = {factor, factor, factor, factor};
    for (int i = 0; i < CHAINS; i++) sums[i] = x + i;
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < CHAINS; i++) sums[i] += sums[i] * x;
    *result = 0;
    for (int i = 0; i < CHAINS; i++)
        for (int lane = 0; lane < LANES; lane++) *result ^= sums[i][lane];
    return rounds * CHAINS * LANES;
}

static int8_product product(void) {
    int8_product best = fastest();
    return best.run ? best : (int8_product){"portable", run_portable};
}

const char *spa_int8_name(void) { return product().name; }

int64_t spa_int8_chains(int64_t rounds, int32_t *result) { return product().run(rounds, result); }

uint64_t spa_read_memory(const void *memory, size_t bytes, size_t ahead) {
    typedef uint64_t line __attribute__((vector_size(64)));
    const line *lines = memory;
    size_t count = bytes / sizeof(line) / 4 * 4, step = ahead / sizeof(line);
    line sums[4] = {{0}};
    if (step)
        for (size_t i = 0; i < count; i += 4)
            for (size_t k = 0; k < 4; k++) {
                __builtin_prefetch(&lines[i + k + step]);
                sums[k] |= lines[i + k];
            }
    else
        for (size_t i = 0; i < count; i += 4)
            for (size_t k = 0; k < 4; k++) sums[k] |= lines[i + k];
    line all = sums[0] | sums[1] | sums[2] | sums[3];
    uint64_t result = 0;
    for (int i = 0; i < 8; i++) result |= all[i];
    return result;
}
