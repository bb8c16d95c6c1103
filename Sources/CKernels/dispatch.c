// Chooses the kernels of this machine at run time.
#include "kernels.h"

extern const spa_kernels spa_portable_kernels;

#if defined(__x86_64__)
extern const spa_kernels spa_avx2_kernels, spa_avx_vnni_kernels, spa_avx512_kernels, spa_avx512_vnni_kernels;

static bool has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

static const spa_kernels *native_at(spa_level level) {
    switch (level) {
    case SPA_AVX2: return has_avx2() ? &spa_avx2_kernels : NULL;
    case SPA_AVX_VNNI: return has_avx2() && __builtin_cpu_supports("avxvnni") ? &spa_avx_vnni_kernels : NULL;
    case SPA_AVX512: return has_avx512() ? &spa_avx512_kernels : NULL;
    case SPA_AVX512_VNNI: return has_avx512() && __builtin_cpu_supports("avx512vnni") ? &spa_avx512_vnni_kernels : NULL;
    default: return NULL;
    }
}

#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

extern const spa_kernels spa_neon_kernels, spa_neon_dot_kernels;

static const spa_kernels *native_at(spa_level level) {
    switch (level) {
    case SPA_NEON: return &spa_neon_kernels;
    case SPA_NEON_DOT: return getauxval(AT_HWCAP) & HWCAP_ASIMDDP ? &spa_neon_dot_kernels : NULL;
    default: return NULL;
    }
}

#else
static const spa_kernels *native_at(spa_level level) {
    (void)level;
    return NULL;
}
#endif

const spa_kernels *spa_kernels_at(spa_level level) {
    return level == SPA_PORTABLE ? &spa_portable_kernels : native_at(level);
}

const spa_kernels *spa_kernels_best(void) {
    const spa_kernels *best = &spa_portable_kernels;
    for (int level = SPA_PORTABLE; level < SPA_LEVELS; level++) {
        const spa_kernels *kernels = spa_kernels_at((spa_level)level);
        if (kernels) best = kernels;
    }
    return best;
}
