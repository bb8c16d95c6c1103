// A fork-join team that spins briefly and then sleeps on a futex, so that a stolen core costs a wake-up and not a
// collapse.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernels.h"

#if defined(__x86_64__)
#define relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define relax() __asm__ volatile("yield")
#else
#define relax() ((void)0)
#endif

// About 20 microseconds of waiting before sleeping.
enum { SPINS = 1500 };

typedef struct {
    spa_team *team;
    int32_t member;
} start;

struct spa_team {
    int32_t threads;
    pthread_t *handles;
    start *starts;
    spa_team_body body;
    void *context;
    atomic_bool stopping;
    atomic_flag busy;
    _Alignas(64) atomic_uint round;       // grows by one a run; the workers wait for it to change
    _Alignas(64) atomic_uint sleepers;    // workers asleep on `round`
    _Alignas(64) atomic_uint remaining;   // workers not yet done with this run
    _Alignas(64) atomic_uint caller_asleep;
    _Alignas(64) atomic_uint arrived;     // members at the barrier
    _Alignas(64) atomic_uint passed;      // grows by one when all have come
    _Alignas(64) atomic_uint barrier_sleepers;
};

static void futex_wait(atomic_uint *word, unsigned expected) {
    syscall(SYS_futex, (unsigned *)word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void futex_wake(atomic_uint *word, int count) {
    syscall(SYS_futex, (unsigned *)word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static void *worker(void *argument) {
    spa_team *team = ((start *)argument)->team;
    int32_t member = ((start *)argument)->member;
    unsigned seen = 0;
    for (;;) {
        unsigned now;
        int spins = 0;
        while ((now = atomic_load_explicit(&team->round, memory_order_acquire)) == seen) {
            if (++spins < SPINS) {
                relax();
                continue;
            }
            atomic_fetch_add(&team->sleepers, 1);
            if (atomic_load(&team->round) == seen) futex_wait(&team->round, seen);
            atomic_fetch_sub(&team->sleepers, 1);
            spins = 0;
        }
        seen = now;
        if (atomic_load_explicit(&team->stopping, memory_order_acquire)) return NULL;
        team->body(team->context, member, team->threads);
        if (atomic_fetch_sub(&team->remaining, 1) == 1 && atomic_load(&team->caller_asleep))
            futex_wake(&team->remaining, 1);
    }
}

spa_team *spa_team_create(int32_t threads) {
    if (threads < 1) threads = 1;
    spa_team *team = aligned_alloc(64, (sizeof(spa_team) + 63) / 64 * 64);
    if (!team) return NULL;
    *team = (spa_team){.threads = 1};
    atomic_flag_clear(&team->busy);
    team->handles = calloc((size_t)threads, sizeof *team->handles);
    team->starts = calloc((size_t)threads, sizeof *team->starts);
    if (!team->handles || !team->starts) {
        spa_team_destroy(team);
        return NULL;
    }
    for (int32_t member = 1; member < threads; member++) {
        team->starts[member] = (start){team, member};
        if (pthread_create(&team->handles[member], NULL, worker, &team->starts[member]) != 0) {
            spa_team_destroy(team);
            return NULL;
        }
        team->threads = member + 1;
    }
    return team;
}

void spa_team_run(spa_team *team, spa_team_body body, void *context) {
    if (team->threads == 1 || atomic_flag_test_and_set(&team->busy)) {
        body(context, 0, 1);
        return;
    }
    team->body = body;
    team->context = context;
    atomic_store(&team->remaining, (unsigned)team->threads - 1);
    atomic_fetch_add(&team->round, 1);
    if (atomic_load(&team->sleepers)) futex_wake(&team->round, team->threads);
    body(context, 0, team->threads);
    unsigned left;
    int spins = 0;
    while ((left = atomic_load_explicit(&team->remaining, memory_order_acquire)) != 0) {
        if (++spins < SPINS) {
            relax();
            continue;
        }
        atomic_store(&team->caller_asleep, 1);
        left = atomic_load(&team->remaining);
        if (left != 0) futex_wait(&team->remaining, left);
        atomic_store(&team->caller_asleep, 0);
        spins = 0;
    }
    atomic_flag_clear(&team->busy);
}

void spa_team_barrier(spa_team *team, int32_t members) {
    if (members == 1) return;
    unsigned round = atomic_load_explicit(&team->passed, memory_order_relaxed);
    if (atomic_fetch_add(&team->arrived, 1) + 1 == (unsigned)members) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_fetch_add(&team->passed, 1);
        if (atomic_load(&team->barrier_sleepers)) futex_wake(&team->passed, members);
        return;
    }
    int spins = 0;
    while (atomic_load_explicit(&team->passed, memory_order_acquire) == round) {
        if (++spins < SPINS) {
            relax();
            continue;
        }
        atomic_fetch_add(&team->barrier_sleepers, 1);
        if (atomic_load(&team->passed) == round) futex_wait(&team->passed, round);
        atomic_fetch_sub(&team->barrier_sleepers, 1);
        spins = 0;
    }
}

int32_t spa_team_size(const spa_team *team) { return team->threads; }

void spa_team_destroy(spa_team *team) {
    if (!team) return;
    atomic_store(&team->stopping, true);
    atomic_fetch_add(&team->round, 1);
    futex_wake(&team->round, team->threads);
    for (int32_t member = 1; member < team->threads; member++) pthread_join(team->handles[member], NULL);
    free(team->handles);
    free(team->starts);
    free(team);
}
