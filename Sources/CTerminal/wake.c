#define _GNU_SOURCE
#include "terminal.h"

#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

// Made once and never closed, so that a thread may wake a screen that has just gone.
static int wake_pipe[2] = {-1, -1};
static pthread_once_t wake_once = PTHREAD_ONCE_INIT;

static void make_pipe(void) {
    if (pipe2(wake_pipe, O_NONBLOCK | O_CLOEXEC) != 0) wake_pipe[0] = wake_pipe[1] = -1;
}

int spa_wake_descriptor(void) {
    pthread_once(&wake_once, make_pipe);
    return wake_pipe[0];
}

void spa_wake(void) {
    int saved = errno;
    // A full pipe is readable already, so a failed write loses nothing.
    if (wake_pipe[1] >= 0) {
        ssize_t ignored = write(wake_pipe[1], "", 1);
        (void)ignored;
    }
    errno = saved;
}

bool spa_wake_clear(void) {
    char bytes[64];
    bool any = false;
    while (wake_pipe[0] >= 0 && read(wake_pipe[0], bytes, sizeof bytes) > 0) any = true;
    return any;
}

int spa_wait(int input, int milliseconds) {
    struct pollfd wanted[2] = {
        {.fd = input, .events = POLLIN},
        {.fd = spa_wake_descriptor(), .events = POLLIN},
    };
    int count = poll(wanted, 2, milliseconds < 0 ? -1 : milliseconds);
    if (count < 0) return errno == EINTR ? SPA_READY_INTERRUPTED : SPA_READY_HANGUP;
    int ready = 0;
    if (wanted[0].revents & POLLIN) ready |= SPA_READY_INPUT;
    else if (wanted[0].revents & (POLLHUP | POLLERR | POLLNVAL)) ready |= SPA_READY_HANGUP;
    if (wanted[1].revents) ready |= SPA_READY_WAKE;
    return ready;
}

void spa_write_all(int descriptor, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t written = write(descriptor, bytes, length);
        if (written < 0) {
            if (errno == EINTR) continue;
            return;
        }
        bytes += written;
        length -= (size_t)written;
    }
}

void spa_stop_process(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    struct sigaction former;
    sigemptyset(&standard.sa_mask);
    sigaction(SIGTSTP, &standard, &former);
    // The whole job stops, as with the terminal's own Ctrl-Z.
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &former, NULL);
}
