/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The host's memory as a prim, twice: anonymous maps, aligned to huge pages from 2 MiB on, and malloc. Decides placement in virtual memory
 * only; pages come at the first touch, so that the thread which computes a part also places it. */
#include "prim.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { GRANULARITY = 64 * 1024 };
static const size_t huge_page = (size_t)2 << 20;

/* Over-maps by a huge page and cuts both ends off, so that the block starts on a huge page. */
static void *map_aligned(size_t bytes)
{
    const size_t mapped = bytes + huge_page;
    if (mapped < bytes) return NULL;
    char *start = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return NULL;
    const size_t before = (huge_page - (uintptr_t)start % huge_page) % huge_page;
    const size_t after = mapped - before - bytes;
    if (before) munmap(start, before);
    if (after) munmap(start + before + bytes, after);
    return start + before;
}

static void *host_allocate(lsi_prim *prim, size_t bytes)
{
    (void)prim;
    if (lsi_alloc_should_fail()) return NULL;
    if (bytes < huge_page) {
        void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return block == MAP_FAILED ? NULL : block;
    }
    void *block = map_aligned(bytes);
#ifdef MADV_HUGEPAGE
    if (block) madvise(block, bytes, MADV_HUGEPAGE); /* a wish: refusal costs speed only */
#endif
    return block;
}

static void host_release(lsi_prim *prim, void *block, size_t bytes)
{
    (void)prim;
    munmap(block, bytes);
}

static void host_capacity(lsi_prim *prim, size_t *total, size_t *available)
{
    (void)prim;
    const long page = sysconf(_SC_PAGESIZE), all = sysconf(_SC_PHYS_PAGES), free_now = sysconf(_SC_AVPHYS_PAGES);
    *total = page > 0 && all > 0 ? (size_t)page * (size_t)all : 0;
    *available = page > 0 && free_now > 0 ? (size_t)page * (size_t)free_now : 0;
}

static void *malloc_allocate(lsi_prim *prim, size_t bytes)
{
    void *block = NULL;
    if (lsi_alloc_should_fail() || posix_memalign(&block, prim->alignment, bytes) != 0) return NULL;
    return block;
}

static void malloc_release(lsi_prim *prim, void *block, size_t bytes)
{
    (void)prim;
    (void)bytes;
    free(block);
}

lsi_prim *lsi_prim_malloc(void)
{
    static lsi_prim prim = {
        .name = "malloc",
        .host_readable = true,
        .alignment = 64,
        .granularity = 1,
        .allocate = malloc_allocate,
        .release = malloc_release,
        .capacity = host_capacity,
    };
    return &prim;
}

lsi_prim *lsi_prim_host(void)
{
    static lsi_prim host = {
        .name = "host",
        .host_readable = true,
        .alignment = 64,
        .granularity = GRANULARITY,
        .allocate = host_allocate,
        .release = host_release,
        .capacity = host_capacity,
    };
    return &host;
}
