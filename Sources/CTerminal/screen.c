#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "terminal.h"

#include "internal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static FILE *input_file;
static FILE *output_file;
static bool default_colours;
static bool has_colours;
static int cursor_shown = -1;
static char undo[512];
static size_t undo_length;

static const char paste_on[] = "\x1b[?2004h";
static const char paste_off[] = "\x1b[?2004l";
// Everything between these two is shown at once, where the terminal knows them.
static const char together_on[] = "\x1b[?2026h";
static const char together_off[] = "\x1b[?2026l";
// Clicks and the wheel, in decimal digits.
static const char mouse_on[] = "\x1b[?1000h\x1b[?1006h";
static const char mouse_off[] = "\x1b[?1006l\x1b[?1000l";
static bool draws_together;
static bool uses_mouse;

/// Appends a capability to the undo string, without its padding ("$<5>").
static void add_undo(const char *text) {
    if (text == NULL || text == (char *)-1) return;
    for (const char *next = text; *next != '\0';) {
        if (next[0] == '$' && next[1] == '<') {
            const char *end = strchr(next, '>');
            if (end != NULL) {
                next = end + 1;
                continue;
            }
        }
        if (undo_length + 1 >= sizeof undo) return;
        undo[undo_length++] = *next++;
    }
}

static const char *capability(const char *name) {
    // tigetstr's parameter is not const in every ncurses.
    char copy[16];
    snprintf(copy, sizeof copy, "%s", name);
    const char *value = tigetstr(copy);
    return value == (char *)-1 ? NULL : value;
}

static void prepare_undo(void) {
    undo_length = 0;
    if (draws_together) add_undo(together_off);
    if (uses_mouse) add_undo(mouse_off);
    add_undo(paste_off);
    add_undo(capability("sgr0"));
    add_undo(capability("op"));
    add_undo(capability("cnorm"));
    const char *leave = capability("rmcup");
    // A terminal without a second screen keeps what was drawn: go below it.
    add_undo(leave != NULL ? leave : "\r\n");
}

static void close_files(void) {
    if (input_file != NULL) fclose(input_file);
    if (output_file != NULL) fclose(output_file);
    input_file = output_file = NULL;
}

static FILE *open_file(int descriptor, const char *mode) {
    int copy = dup(descriptor);
    if (copy < 0) return NULL;
    FILE *file = fdopen(copy, mode);
    if (file == NULL) close(copy);
    return file;
}

static void set_modes(void) {
    raw();
    noecho();
    nonl();
    scrollok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    intrflush(stdscr, FALSE);
    // Half-drawn screens because of typed-ahead keys help nobody.
    typeahead(-1);
}

int spa_screen_open(int input, int output, const char *name) {
    if (screen != NULL) return SPA_OPEN_BUSY;
    if (!isatty(input) || !isatty(output)) return SPA_OPEN_NOT_A_TERMINAL;
    input_file = open_file(input, "r");
    output_file = open_file(output, "w");
    if (input_file == NULL || output_file == NULL) {
        close_files();
        return SPA_OPEN_SYSTEM;
    }
    // The terminal's own modes are remembered before ncurses changes them; the undo string follows.
    spa_guard_install(fileno(input_file), fileno(output_file), "", 0);
    char *type = name != NULL ? strdup(name) : NULL;
    screen = newterm(type, output_file, input_file);
    free(type);
    if (screen == NULL) {
        spa_guard_restore();
        spa_guard_remove();
        close_files();
        return SPA_OPEN_UNKNOWN_TERMINAL;
    }
    set_term(screen);
    if (capability("cup") == NULL) {
        spa_screen_close();
        return SPA_OPEN_TOO_SIMPLE;
    }
    set_modes();
    default_colours = false;
    has_colours = has_colors() && start_color() == OK;
    if (has_colours) default_colours = use_default_colors() == OK;
    cursor_shown = -1;
    draws_together = uses_mouse = false;
    prepare_undo();
    int columns, rows;
    if (spa_screen_system_size(&columns, &rows)) spa_screen_resize(columns, rows);
    spa_write_all(fileno(output_file), paste_on, sizeof paste_on - 1);
    // Again: newterm has put handlers of its own in place of SIGWINCH's and SIGTSTP's.
    spa_guard_install(fileno(input_file), fileno(output_file), undo, undo_length);
    return SPA_OPEN_OK;
}

/// The way back from a mode comes before the mode itself, so that no moment is without it.
static void renew_undo(void) {
    prepare_undo();
    spa_guard_install(fileno(input_file), fileno(output_file), undo, undo_length);
}

void spa_screen_draw_together(bool on) {
    if (screen == NULL) return;
    draws_together = on;
    renew_undo();
}

void spa_screen_use_mouse(bool on) {
    if (screen == NULL || uses_mouse == on) return;
    if (!on) spa_write_all(fileno(output_file), mouse_off, sizeof mouse_off - 1);
    uses_mouse = on;
    renew_undo();
    if (on) spa_write_all(fileno(output_file), mouse_on, sizeof mouse_on - 1);
}

void spa_screen_ask(const char *text) {
    if (screen == NULL) return;
    fflush(output_file);
    spa_write_all(fileno(output_file), text, strlen(text));
}

/// Hands the terminal back the regular way.
static void leave(void) {
    if (uses_mouse) spa_write_all(fileno(output_file), mouse_off, sizeof mouse_off - 1);
    spa_write_all(fileno(output_file), paste_off, sizeof paste_off - 1);
    endwin();
    spa_guard_disarm();
}

void spa_screen_close(void) {
    if (screen == NULL) return;
    leave();
    spa_guard_remove();
    delscreen(screen);
    screen = NULL;
    close_files();
}

void spa_screen_pause(void) {
    if (screen != NULL) leave();
}

void spa_screen_resume(void) {
    if (screen == NULL) return;
    spa_guard_install(fileno(input_file), fileno(output_file), undo, undo_length);
    reset_prog_mode();
    spa_write_all(fileno(output_file), paste_on, sizeof paste_on - 1);
    if (uses_mouse) spa_write_all(fileno(output_file), mouse_on, sizeof mouse_on - 1);
    cursor_shown = -1;
    clearok(curscr, TRUE);
    refresh();
    // ncurses takes SIGTSTP back when it resumes.
    spa_guard_install(fileno(input_file), fileno(output_file), undo, undo_length);
}

bool spa_screen_system_size(int *columns, int *rows) {
    struct winsize size;
    if (output_file == NULL || ioctl(fileno(output_file), TIOCGWINSZ, &size) != 0) return false;
    if (size.ws_col == 0 || size.ws_row == 0) return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

void spa_screen_size(int *columns, int *rows) {
    *columns = screen != NULL ? getmaxx(stdscr) : 0;
    *rows = screen != NULL ? getmaxy(stdscr) : 0;
}

void spa_screen_resize(int columns, int rows) {
    if (screen == NULL || columns < 1 || rows < 1) return;
    resizeterm(rows, columns);
    clearok(curscr, TRUE);
}

int spa_screen_colours(void) { return screen != NULL && has_colours ? COLORS : 0; }
int spa_screen_pairs(void) { return screen != NULL && has_colours ? COLOR_PAIRS : 0; }
bool spa_screen_default_colours(void) { return default_colours; }

bool spa_screen_direct_colour(void) {
    char name[] = "RGB";
    if (screen == NULL || !has_colours) return false;
    return tigetflag(name) > 0 || COLORS >= 0x1000000;
}

bool spa_screen_define_pair(int pair, int foreground, int background) {
    return screen != NULL && init_extended_pair(pair, foreground, background) == OK;
}

static attr_t attributes_of(uint8_t attributes) {
    attr_t result = A_NORMAL;
    if (attributes & SPA_BOLD) result |= A_BOLD;
    if (attributes & SPA_DIM) result |= A_DIM;
    if (attributes & SPA_UNDERLINE) result |= A_UNDERLINE;
    if (attributes & SPA_REVERSE) result |= A_REVERSE;
    if (attributes & SPA_ITALIC) result |= A_ITALIC;
    return result;
}

/// Draws one spacing scalar with its marks.
static void put(int row, int column, const wchar_t *text, attr_t attributes, int pair) {
    cchar_t cell;
    if (setcchar(&cell, text, attributes, (short)pair, &pair) != OK) return;
    // ERR in the last cell of the screen means only that the cursor cannot go on.
    mvadd_wch(row, column, &cell);
}

void spa_screen_draw(int row, int column, const uint32_t *scalars, int count, int width, uint8_t attributes, int pair) {
    if (screen == NULL || row < 0 || column < 0 || row >= getmaxy(stdscr) || column + width > getmaxx(stdscr)) return;
    attr_t drawn = attributes_of(attributes);
    int used = 0;
    for (int index = 0; index < count && used < width;) {
        wchar_t cell[CCHARW_MAX + 1] = {(wchar_t)scalars[index++]};
        int columns = wcwidth(cell[0]);
        if (columns < 1 || used + columns > width) {
            cell[0] = 0xFFFD;
            columns = 1;
        }
        int length = 1;
        while (index < count && wcwidth((wchar_t)scalars[index]) == 0) {
            if (length < CCHARW_MAX) cell[length++] = (wchar_t)scalars[index];
            index++;
        }
        put(row, column + used, cell, drawn, pair);
        used += columns;
    }
    for (; used < width; used++) put(row, column + used, L" ", drawn, pair);
}

void spa_screen_show(int cursor_row, int cursor_column) {
    if (screen == NULL) return;
    bool visible = cursor_row >= 0 && cursor_column >= 0 && cursor_row < getmaxy(stdscr)
        && cursor_column < getmaxx(stdscr);
    // ncurses sends all of its own before doupdate returns.
    if (draws_together) spa_write_all(fileno(output_file), together_on, sizeof together_on - 1);
    if (visible) move(cursor_row, cursor_column);
    if (cursor_shown != (int)visible) {
        curs_set(visible ? 1 : 0);
        cursor_shown = visible;
    }
    wnoutrefresh(stdscr);
    doupdate();
    if (draws_together) spa_write_all(fileno(output_file), together_off, sizeof together_off - 1);
}

void spa_screen_invalidate(void) {
    if (screen != NULL) clearok(curscr, TRUE);
}

void spa_screen_erase(void) {
    if (screen != NULL) werase(stdscr);
}

bool spa_screen_read(int row, int column, uint32_t *scalars, uint8_t *attributes, int *pair) {
    scalars[0] = 0;
    if (screen == NULL || row < 0 || column < 0 || row >= getmaxy(stdscr) || column >= getmaxx(stdscr)) return false;
    cchar_t cell;
    if (mvin_wch(row, column, &cell) != OK) return false;
    wchar_t text[CCHARW_MAX + 1] = {0};
    attr_t drawn = 0;
    short small = 0;
    int extended = 0;
    if (getcchar(&cell, text, &drawn, &small, &extended) != OK) return false;
    for (int index = 0; index <= CCHARW_MAX; index++) scalars[index] = (uint32_t)text[index];
    *attributes = (drawn & A_BOLD ? SPA_BOLD : 0) | (drawn & A_DIM ? SPA_DIM : 0)
        | (drawn & A_UNDERLINE ? SPA_UNDERLINE : 0) | (drawn & A_REVERSE ? SPA_REVERSE : 0)
        | (drawn & A_ITALIC ? SPA_ITALIC : 0);
    *pair = extended;
    return true;
}

int spa_scalar_columns(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

bool spa_use_utf8_locale(void) {
    const char *found = setlocale(LC_CTYPE, "");
    if (found != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return true;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "C.utf8") != NULL;
}
