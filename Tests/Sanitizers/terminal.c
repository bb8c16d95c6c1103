// The terminal's C code with random cells, sizes, pairs, pauses and signals, for AddressSanitizer and UBSan. Built and run by
// demo/tests/sanitizers.sh. Leaks are not looked for: ncurses keeps what it has read of the terminal database.
#define _GNU_SOURCE
#include "terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *__asan_default_options(void) { return "detect_leaks=0"; }

static void drain(int controller) {
    char bytes[65536];
    while (read(controller, bytes, sizeof bytes) > 0) continue;
}

static void draw_something(void) {
    uint32_t scalars[9];
    int count = rand() % 9;
    for (int index = 0; index < count; index++) {
        scalars[index] = (uint32_t)(rand() % 3 ? rand() % 0x3100 : rand() % 0x120000);
    }
    spa_screen_define_pair(1 + rand() % 300, rand() % 256, rand() % 256 - 1);
    spa_screen_draw(
        rand() % 6 - 1, rand() % 24 - 1, scalars, count, rand() % 5, (uint8_t)(rand() % 256), rand() % 400);
}

static void change_size(int controller) {
    struct winsize size = {.ws_row = (unsigned short)(1 + rand() % 60), .ws_col = (unsigned short)(1 + rand() % 200)};
    ioctl(controller, TIOCSWINSZ, &size);
    int columns, rows;
    if (spa_screen_system_size(&columns, &rows)) spa_screen_resize(columns, rows);
    spa_screen_erase();
}

int main(void) {
    struct winsize size = {.ws_row = 4, .ws_col = 20};
    int controller, device;
    if (openpty(&controller, &device, NULL, NULL, &size) != 0) return 1;
    fcntl(controller, F_SETFL, O_NONBLOCK);
    if (!spa_use_utf8_locale()) return 2;
    for (int round = 0; round < 5; round++) {
        srand((unsigned)round);
        if (spa_screen_open(device, device, "xterm-256color") != SPA_OPEN_OK) return 3;
        if (!spa_error_redirect("/dev/null")) return 4;
        for (int step = 0; step < 3000; step++) {
            draw_something();
            if (step % 50 == 0) spa_screen_show(rand() % 6 - 1, rand() % 24 - 1);
            if (step % 500 == 0) change_size(controller);
            if (step % 1000 == 0) {
                spa_screen_pause();
                spa_screen_resume();
            }
            drain(controller);
        }
        raise(SIGWINCH);
        if (!(spa_take_signals() & SPA_SIGNAL_RESIZE) || spa_wait(device, 0) != SPA_READY_WAKE) return 5;
        spa_wake_clear();
        spa_screen_close();
        spa_error_restore();
        drain(controller);
    }
    if (spa_screen_open(device, device, "no-such-terminal") != SPA_OPEN_UNKNOWN_TERMINAL) return 6;
    puts("terminal: clean");
    return 0;
}
