// The keys and values of one head in pages of exactly the size asked for.
#include <stdlib.h>
#include <string.h>

#include "random.h"

typedef struct {
    int32_t count, shared;
    uint16_t **pages;
} text;

/// A text of `positions` random positions, whose first page is that of `origin` where there is one.
static inline text new_text(int32_t positions, int32_t head, const text *origin) {
    text t = {(positions + SPA_ATTENTION_CHUNK - 1) / SPA_ATTENTION_CHUNK, origin ? 1 : 0, NULL};
    t.pages = malloc(sizeof *t.pages * (size_t)t.count);
    size_t size = (size_t)SPA_ATTENTION_CHUNK * (size_t)(head + SPA_PADDED_HEAD(head));
    for (int32_t i = 0; i < t.count; i++) t.pages[i] = i < t.shared ? origin->pages[i] : halves(size);
    return t;
}

static inline void free_text(text t) {
    for (int32_t i = t.shared; i < t.count; i++) free(t.pages[i]);
    free(t.pages);
}
