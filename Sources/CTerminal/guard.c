// Restores the terminal whatever ends the process. Everything a handler touches is prepared beforehand, and handlers
// call async-signal-safe functions alone: write, tcsetattr, dup2, sigaction, pthread_sigmask, alarm, raise.
#define _GNU_SOURCE
#include "terminal.h"

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int ending_signals[] = {
    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSYS, SIGXCPU, SIGXFSZ,
};
enum { ENDING_COUNT = sizeof ending_signals / sizeof ending_signals[0] };
// Those that ask for an end and leave time to write down what is not yet written, until the alarm.
static bool asks(int number) { return number == SIGTERM || number == SIGHUP; }
enum { SECONDS_TO_END = 4 };
static const int flag_signals[] = {SIGWINCH, SIGTSTP, SIGCONT};
enum { FLAG_COUNT = sizeof flag_signals / sizeof flag_signals[0] };

static struct {
    int input;
    int output;
    bool has_modes;
    struct termios modes;
    char undo[512];
    size_t undo_length;
    struct sigaction former_ending[ENDING_COUNT];
    struct sigaction former_flag[FLAG_COUNT];
    struct sigaction former_alarm;
} guard;

static atomic_int armed;      // 1: there is something to restore
static atomic_int handling;   // 1: the handlers are ours
static atomic_int flags;
static atomic_int asked;      // the signal that asked for the end; 0: none
static atomic_int former_error = -1;  // the real standard error while it is redirected
static char crash_note[1024];
static size_t crash_note_length;
static char alternate_stack[64 * 1024];

void spa_guard_restore(void) {
    if (atomic_exchange(&armed, 0) == 0) return;
    int saved = errno;
    spa_write_all(guard.output, guard.undo, guard.undo_length);
    if (guard.has_modes) {
        // A background process would be stopped by SIGTTOU here, and with it its end.
        sigset_t blocked, former;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGTTOU);
        pthread_sigmask(SIG_BLOCK, &blocked, &former);
        tcsetattr(guard.input, TCSANOW, &guard.modes);
        pthread_sigmask(SIG_SETMASK, &former, NULL);
    }
    int error = atomic_load(&former_error);
    if (error >= 0) dup2(error, STDERR_FILENO);
    errno = saved;
}

static void end_process(int number) {
    int saved = errno;
    bool crashed = number == SIGSEGV || number == SIGILL || number == SIGTRAP || number == SIGABRT || number == SIGBUS
        || number == SIGFPE;
    bool note = crashed && atomic_load(&armed) && atomic_load(&former_error) >= 0;
    spa_guard_restore();
    if (note) spa_write_all(STDERR_FILENO, crash_note, crash_note_length);
    for (int index = 0; index < ENDING_COUNT; index++) {
        if (ending_signals[index] == number) sigaction(number, &guard.former_ending[index], NULL);
    }
    errno = saved;
    // Blocked until this handler returns; then the former action (usually the default one) ends the process.
    raise(number);
}

static void ask_to_end(int number) {
    // A terminal that goes away sends several: its own, and that of the shell in it.
    if (atomic_load(&asked) != 0) return;
    if (!atomic_load(&armed)) {
        end_process(number);
        return;
    }
    atomic_store(&asked, number);
    alarm(SECONDS_TO_END);
    spa_wake();
}

static void end_late(int number) {
    (void)number;
    end_process(atomic_load(&asked));
}

int spa_asked_to_end(void) { return atomic_load(&asked); }

void spa_end_as_asked(void) {
    int number = atomic_load(&asked);
    if (number != 0) end_process(number);
}

static void set_flag(int number) {
    atomic_fetch_or(
        &flags, number == SIGWINCH ? SPA_SIGNAL_RESIZE : number == SIGTSTP ? SPA_SIGNAL_STOP : SPA_SIGNAL_CONTINUE);
    spa_wake();
}

void spa_guard_disarm(void) { atomic_store(&armed, 0); }

int spa_take_signals(void) { return atomic_exchange(&flags, 0); }

bool spa_guard_install(int input, int output, const char *undo, size_t undo_length) {
    static bool exits_registered = false;
    if (!exits_registered) exits_registered = atexit(spa_guard_restore) == 0;
    atomic_store(&armed, 0);
    guard.input = input;
    guard.output = output;
    guard.undo_length = undo_length < sizeof guard.undo ? undo_length : sizeof guard.undo;
    if (guard.undo_length > 0) memcpy(guard.undo, undo, guard.undo_length);
    spa_wake_descriptor();
    if (atomic_exchange(&handling, 1) == 0) {
        // Before ncurses changes them: the modes to come back to.
        guard.has_modes = tcgetattr(input, &guard.modes) == 0;
        // For stack overflows on this thread, the one that draws; other threads use their own stacks.
        stack_t stack = {.ss_sp = alternate_stack, .ss_size = sizeof alternate_stack};
        stack_t present;
        if (sigaltstack(NULL, &present) == 0 && (present.ss_flags & SS_DISABLE)) sigaltstack(&stack, NULL);
        struct sigaction ending = {.sa_flags = SA_ONSTACK};
        sigfillset(&ending.sa_mask);
        for (int index = 0; index < ENDING_COUNT; index++) {
            sigaction(ending_signals[index], NULL, &guard.former_ending[index]);
            // What the caller ignores (nohup, a shell's background job) stays ignored.
            if (guard.former_ending[index].sa_handler == SIG_IGN) continue;
            ending.sa_handler = asks(ending_signals[index]) ? ask_to_end : end_process;
            sigaction(ending_signals[index], &ending, NULL);
        }
        ending.sa_handler = end_late;
        sigaction(SIGALRM, &ending, &guard.former_alarm);
        for (int index = 0; index < FLAG_COUNT; index++) sigaction(flag_signals[index], NULL, &guard.former_flag[index]);
    }
    struct sigaction flagged = {.sa_handler = set_flag, .sa_flags = SA_ONSTACK | SA_RESTART};
    sigemptyset(&flagged.sa_mask);
    for (int index = 0; index < FLAG_COUNT; index++) sigaction(flag_signals[index], &flagged, NULL);
    atomic_store(&armed, 1);
    return guard.has_modes;
}

void spa_guard_remove(void) {
    if (atomic_exchange(&handling, 0) == 0) return;
    bool ends = atomic_load(&asked) != 0;
    for (int index = 0; index < ENDING_COUNT; index++) {
        // What is still to be written is not cut short by the next one.
        if (ends && asks(ending_signals[index])) continue;
        sigaction(ending_signals[index], &guard.former_ending[index], NULL);
    }
    for (int index = 0; index < FLAG_COUNT; index++) sigaction(flag_signals[index], &guard.former_flag[index], NULL);
    if (!ends) sigaction(SIGALRM, &guard.former_alarm, NULL);
    atomic_store(&flags, 0);
}

bool spa_error_redirect(const char *path) {
    spa_error_restore();
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) return false;
    int former = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    bool redirected = former >= 0 && dup2(log, STDERR_FILENO) >= 0;
    close(log);
    if (!redirected) {
        if (former >= 0) close(former);
        return false;
    }
    int length = snprintf(crash_note, sizeof crash_note, "spa ended unexpectedly; see %s\n", path);
    crash_note_length = length < 0 ? 0 : (size_t)length < sizeof crash_note ? (size_t)length : sizeof crash_note - 1;
    atomic_store(&former_error, former);
    return true;
}

void spa_error_restore(void) {
    int former = atomic_exchange(&former_error, -1);
    if (former < 0) return;
    dup2(former, STDERR_FILENO);
    close(former);
}
