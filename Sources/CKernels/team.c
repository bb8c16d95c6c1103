// A fork-join team whose members wait in three ways: they spin, then they spin and offer their core to whoever else wants
// it, then they sleep on a futex. A member whose core is taken for a moment (by a frame of a window) so costs the others
// that moment; had they slept, it would cost them their waking too, which takes long on a virtual machine. Where other
// work keeps taking the cores of its members, the caller goes on alone for a while: one thread that runs is faster than
// several that wait for each other's turn.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernels.h"

#if defined(__x86_64__)
#define relax() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define relax() __asm__ volatile("yield")
#else
#define relax() ((void)0)
#endif

// About 80 microseconds of spinning, and then turns of 3 microseconds with an offer of the core after each, for 2
// milliseconds.
enum { SPINS = 6000, SPINS_A_TURN = 200, OFFERING = 2000000 };

// Where the caller has lately waited for a quarter of the time for workers that lost their core, what follows is its alone
// for a while, from the shortest to the longest, doubling each time and shrinking slowly with runs that were not so.
// "Lately" is long enough that the frames of a window, a millisecond in fifty, are none of it.
enum { LATELY = 40000000, SHORTEST_ALONE = 20000000, LONGEST_ALONE = 1000000000 };  // nanoseconds
static const float MOST_WAITING = 0.25f;

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
    int64_t waited;      // the caller's nanoseconds of waiting in this run, but for the spinning
    float waiting;       // the share of the time that the caller waited, lately
    int64_t alone_until; // until then runs are the caller's alone
    int64_t alone_next;  // how long that will be after the next contended run
    _Alignas(64) atomic_uint taken;       // workers that lost their core in this run
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

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

// Waits until the word is no longer `value`. Sleeps, at last, as one of `sleepers`, and may wake early. Returns the
// nanoseconds after the spinning.
static int64_t wait_while(atomic_uint *word, unsigned value, atomic_uint *sleepers) {
    for (int spins = 0; spins < SPINS; spins++) {
        if (atomic_load_explicit(word, memory_order_acquire) != value) return 0;
        relax();
    }
    int64_t start = now(), waited;
    do {
        sched_yield();
        for (int spins = 0; spins < SPINS_A_TURN; spins++) {
            if (atomic_load_explicit(word, memory_order_acquire) != value) return now() - start;
            relax();
        }
        waited = now() - start;
    } while (waited < OFFERING);
    atomic_fetch_add(sleepers, 1);
    if (atomic_load(word) == value) futex_wait(word, value);
    atomic_fetch_sub(sleepers, 1);
    return now() - start;
}

// How often the system has taken this thread's core away.
static long times_taken(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

static void *worker(void *argument) {
    spa_team *team = ((start *)argument)->team;
    int32_t member = ((start *)argument)->member;
    unsigned seen = 0;
    long taken = 0;
    for (;;) {
        unsigned round;
        while ((round = atomic_load_explicit(&team->round, memory_order_acquire)) == seen)
            wait_while(&team->round, seen, &team->sleepers);
        seen = round;
        if (atomic_load_explicit(&team->stopping, memory_order_acquire)) return NULL;
        team->body(team->context, member, team->threads);
        long taken_now = times_taken();
        if (taken_now != taken) atomic_fetch_add(&team->taken, 1);
        taken = taken_now;
        if (atomic_fetch_sub(&team->remaining, 1) == 1 && atomic_load(&team->caller_asleep))
            futex_wake(&team->remaining, 1);
    }
}

spa_team *spa_team_create(int32_t threads) {
    if (threads < 1) threads = 1;
    spa_team *team = aligned_alloc(64, (sizeof(spa_team) + 63) / 64 * 64);
    if (!team) return NULL;
    *team = (spa_team){.threads = 1, .alone_next = SHORTEST_ALONE};
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

// After a run of the whole team, begun at `start`: whether the next ones are the caller's alone.
static void consider(spa_team *team, int64_t start) {
    int64_t end = now(), lasted = end - start > 0 ? end - start : 1;
    float share = (float)team->waited / (float)lasted, weight = lasted < LATELY ? (float)lasted / LATELY : 1;
    team->waiting += weight * (share - team->waiting);
    if (team->waiting > MOST_WAITING && atomic_load(&team->taken)) {
        team->waiting = 0;
        team->alone_until = end + team->alone_next;
        team->alone_next = team->alone_next * 2 < LONGEST_ALONE ? team->alone_next * 2 : LONGEST_ALONE;
    } else if (team->alone_next > SHORTEST_ALONE) {
        team->alone_next -= team->alone_next / 16;
    }
}

void spa_team_run(spa_team *team, spa_team_body body, void *context) {
    if (!team || team->threads == 1 || atomic_flag_test_and_set(&team->busy)) {
        body(context, 0, 1);
        return;
    }
    int64_t start = now();
    if (start < team->alone_until) {
        body(context, 0, 1);
        atomic_flag_clear(&team->busy);
        return;
    }
    team->body = body;
    team->context = context;
    team->waited = 0;
    atomic_store(&team->taken, 0);
    atomic_store(&team->remaining, (unsigned)team->threads - 1);
    atomic_fetch_add(&team->round, 1);
    if (atomic_load(&team->sleepers)) futex_wake(&team->round, team->threads);
    body(context, 0, team->threads);
    unsigned left;
    while ((left = atomic_load_explicit(&team->remaining, memory_order_acquire)) != 0)
        team->waited += wait_while(&team->remaining, left, &team->caller_asleep);
    consider(team, start);
    atomic_flag_clear(&team->busy);
}

void spa_team_barrier(spa_team *team, int32_t member, int32_t members) {
    if (members == 1) return;
    unsigned round = atomic_load_explicit(&team->passed, memory_order_relaxed);
    if (atomic_fetch_add(&team->arrived, 1) + 1 == (unsigned)members) {
        atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
        atomic_fetch_add(&team->passed, 1);
        if (atomic_load(&team->barrier_sleepers)) futex_wake(&team->passed, members);
        return;
    }
    while (atomic_load_explicit(&team->passed, memory_order_acquire) == round) {
        int64_t waited = wait_while(&team->passed, round, &team->barrier_sleepers);
        if (member == 0) team->waited += waited;
    }
}

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
