// Chooses the kernels of this machine at run time.
#include "kernels.h"

extern const spa_kernels spa_portable_kernels;

#if defined(__x86_64__)
extern const spa_kernels spa_avx2_kernels, spa_avx512_kernels;

static bool runs(spa_level level) {
    __builtin_cpu_init();
    switch (level) {
    case SPA_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("f16c") && __builtin_cpu_supports("fma");
    case SPA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case SPA_PORTABLE: return true;
    }
    return false;
}
#endif

const spa_kernels *spa_kernels_at(spa_level level) {
#if defined(__x86_64__)
    if (!runs(level)) return NULL;
    if (level == SPA_AVX512) return &spa_avx512_kernels;
    if (level == SPA_AVX2) return &spa_avx2_kernels;
#endif
    return level == SPA_PORTABLE ? &spa_portable_kernels : NULL;
}

const spa_kernels *spa_kernels_best(void) {
    for (int level = SPA_AVX512; level > SPA_PORTABLE; level--) {
        const spa_kernels *kernels = spa_kernels_at((spa_level)level);
        if (kernels) return kernels;
    }
    return &spa_portable_kernels;
}
