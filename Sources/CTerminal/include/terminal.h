#ifndef SPA_TERMINAL_H
#define SPA_TERMINAL_H
#endif
