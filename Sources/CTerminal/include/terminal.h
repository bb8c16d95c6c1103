/// The one door to ncurses and to the terminal's signal-safe restore.
///
/// ncurses keeps global state: every function here but spa_wake() belongs to one thread at a time.
/// Nothing of <curses.h> leaks to Swift; scalars travel as uint32_t.
#ifndef SPA_TERMINAL_H
#define SPA_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Attributes, as Screen.Attributes numbers them.
enum {
    SPA_BOLD = 1,
    SPA_DIM = 2,
    SPA_UNDERLINE = 4,
    SPA_REVERSE = 8,
    SPA_ITALIC = 16,
};

/// Why spa_screen_open failed.
enum {
    SPA_OPEN_OK = 0,
    SPA_OPEN_NOT_A_TERMINAL = 1,
    SPA_OPEN_UNKNOWN_TERMINAL = 2,
    SPA_OPEN_TOO_SIMPLE = 3,
    SPA_OPEN_SYSTEM = 4,
    SPA_OPEN_BUSY = 5,
};

// --- The screen (ncurses) ---

/// Starts ncurses on two descriptors (they are duplicated); name is the terminal type, NULL means $TERM. Returns SPA_OPEN_….
int spa_screen_open(int input, int output, const char *name);
/// Ends ncurses, restores the terminal and the signals. Does nothing where no screen is open.
void spa_screen_close(void);
/// Hands the terminal back for a while; spa_screen_resume takes it again.
void spa_screen_pause(void);
void spa_screen_resume(void);
/// Asks the system for the size; false where it does not know.
bool spa_screen_system_size(int *columns, int *rows);
/// ncurses's own size.
void spa_screen_size(int *columns, int *rows);
void spa_screen_resize(int columns, int rows);
/// What the terminal has: colours (0 = none), pairs, and whether colour numbers are RGB values.
int spa_screen_colours(void);
int spa_screen_pairs(void);
bool spa_screen_direct_colour(void);
bool spa_screen_default_colours(void);
/// The colours that the terminal database gives a type (NULL means $TERM), 0 for none, -1 where it does not know the type.
/// No screen needs to be open.
int spa_terminal_colours(const char *name);
/// Defines a colour pair; -1 is the terminal's default colour. False where the terminal refuses.
bool spa_screen_define_pair(int pair, int foreground, int background);
/// Draws count scalars over `width` columns; what ncurses cannot hold is drawn as U+FFFD, missing columns as spaces.
void spa_screen_draw(int row, int column, const uint32_t *scalars, int count, int width, uint8_t attributes, int pair);
/// Shows the cursor there, or hides it where row < 0, and sends what changed.
void spa_screen_show(int cursor_row, int cursor_column);
/// From now on what spa_screen_show sends is bracketed, so that the terminal shows it at once (mode 2026).
void spa_screen_draw_together(bool on);
/// Clicks and the wheel are reported (modes 1000 and 1006), or not; every way out ends it.
void spa_screen_use_mouse(bool on);
/// Writes a question to the terminal; its answer comes as input.
void spa_screen_ask(const char *text);
/// The next spa_screen_show repaints everything.
void spa_screen_invalidate(void);
void spa_screen_erase(void);
/// Reads one cell back (tests): its scalars (at most 6, ended by 0), attributes and pair. False outside of the screen.
bool spa_screen_read(int row, int column, uint32_t *scalars, uint8_t *attributes, int *pair);
/// The C library's column count of a scalar, in the locale in use.
int spa_scalar_columns(uint32_t scalar);
/// Takes the user's LC_CTYPE if it is UTF-8, otherwise C.UTF-8. False where neither exists.
bool spa_use_utf8_locale(void);

// --- The guard: restore on signals ---

/// Flags that signal handlers set; spa_take_signals returns and clears them.
enum {
    SPA_SIGNAL_RESIZE = 1,
    SPA_SIGNAL_STOP = 2,
    SPA_SIGNAL_CONTINUE = 4,
};
int spa_take_signals(void);

/// Prepares the restore: remembers the terminal's modes (the first time), installs the handlers. undo is written to output on
/// the way out. spa_screen_open does this itself. False where input has no modes.
bool spa_guard_install(int input, int output, const char *undo, size_t undo_length);
/// Restores modes and screen once; safe in a signal handler, harmless when nothing is installed.
void spa_guard_restore(void);
/// Puts the former handlers back.
void spa_guard_remove(void);
/// SIGTERM or SIGHUP, where one has asked for the end while the screen was up; 0 otherwise. It wakes the screen, and ends
/// the process itself, with the terminal restored, after four seconds; further ones change nothing.
int spa_asked_to_end(void);
/// Ends the process by the signal that asked for it; returns where none did.
void spa_end_as_asked(void);

// --- Waking ---

/// A pipe that lives as long as the process: its reading end, -1 where the system had none left.
int spa_wake_descriptor(void);
/// Makes the reading end readable; callable from any thread and any signal handler.
void spa_wake(void);
/// Empties the pipe; true if there was anything.
bool spa_wake_clear(void);

/// Waits for input or a wake-up: a set of SPA_READY_…; 0 on time-out. Milliseconds < 0 wait for ever.
enum {
    SPA_READY_INPUT = 1,
    SPA_READY_WAKE = 2,
    SPA_READY_HANGUP = 4,
    SPA_READY_INTERRUPTED = 8,
};
int spa_wait(int input, int milliseconds);

// --- Standard error ---

/// Sends standard error to a file (appending, created with mode 0600) until spa_error_restore or the guard puts it back.
/// False where the file cannot be opened.
bool spa_error_redirect(const char *path);
void spa_error_restore(void);

/// For tests: a child process opens the screen, draws "drawn", gets a signal and, where it is not 0, a second one, and ends
/// in order where the first asks for that; status is waitpid's.
bool spa_test_child(int terminal, int signal_number, int second, int *status);

/// Stops this process as Ctrl-Z does; returns when it is continued.
void spa_stop_process(void);

#endif
