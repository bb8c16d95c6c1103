#define _GNU_SOURCE
#include <link.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/mman.h>
#include <unistd.h>

#include "kernels.h"

enum { HUGE_PAGE = 2 << 20 };

// The mapping is a whole number of huge pages plus one, trimmed to a 2 MiB boundary, so that every page can be huge.
static size_t rounded(size_t bytes) { return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE; }

void *spa_allocate_huge(size_t bytes) {
    size_t size = rounded(bytes ? bytes : 1);
    char *base = mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return NULL;
    size_t head = (HUGE_PAGE - (size_t)base % HUGE_PAGE) % HUGE_PAGE;
    if (head) munmap(base, head);
    if (HUGE_PAGE - head) munmap(base + head + size, HUGE_PAGE - head);
#ifdef MADV_HUGEPAGE
    madvise(base + head, size, MADV_HUGEPAGE);
#endif
    return base + head;
}

void spa_free_huge(void *memory, size_t bytes) {
    if (memory) munmap(memory, rounded(bytes ? bytes : 1));
}

static int release_object(struct dl_phdr_info *object, size_t size, void *context) {
    (void)size, (void)context;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
        uintptr_t start = object->dlpi_addr + segment->p_vaddr, end = start + segment->p_memsz;
        start = (start + page - 1) / page * page, end = end / page * page;
        if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

void spa_release_start_pages(void) {
    dl_iterate_phdr(release_object, NULL);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
