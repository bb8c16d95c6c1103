#include "terminal.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

int spa_terminal_colours(const char *name) {
    TERMINAL *former = cur_term;
    char *type = name != NULL ? strdup(name) : NULL;
    int status = 0, colours = -1;
    if (setupterm(type, 1, &status) == OK) {
        char number[] = "colors";
        colours = tigetnum(number);
        if (colours < 0) colours = 0;
        del_curterm(cur_term);
        set_curterm(former);
    }
    free(type);
    return colours;
}
