#define _GNU_SOURCE
#include "terminal.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

bool spa_test_child(int terminal, int signal_number, int second, int *status) {
    pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(signal_number, SIG_DFL);
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_UNBLOCK, &all, NULL);
        if (spa_screen_open(terminal, terminal, "xterm-256color") != SPA_OPEN_OK) _exit(100);
        static const uint32_t text[] = {'d', 'r', 'a', 'w', 'n'};
        spa_screen_draw(0, 0, text, 5, 5, 0, 0);
        spa_screen_show(-1, -1);
        raise(signal_number);
        if (second != 0) raise(second);
        if (spa_asked_to_end() == 0) _exit(101);
        spa_screen_close();
        spa_end_as_asked();
        _exit(102);
    }
    return waitpid(child, status, 0) == child;
}
