#ifndef SPA_TERMINAL_INTERNAL_H
#define SPA_TERMINAL_INTERNAL_H

#include <stddef.h>

/// Writes everything, through interruptions; safe in a signal handler.
void spa_write_all(int descriptor, const char *bytes, size_t length);

/// There is nothing to restore any more.
void spa_guard_disarm(void);

#endif
