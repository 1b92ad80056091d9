/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The simulated GPU's memory: one reserved range of addresses, of which only what running work may touch is accessible.
 * A block ends at the end of a page, so that a step beyond it faults; addresses are never used twice.
 *
 * Where the processor has protection keys, all blocks carry one that only the thread which runs work has access with, for
 * as long as it does: a register instead of a system call. With LOCKSTEP_SIMULATED_GUARD=pages, or without keys, the pages
 * of just the blocks that the work said it would touch are made accessible: slower, and sees more. */
#include "simulated_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, ALIGNMENT = 256, MAX_GPUS = 8 };
/* Addresses are not used again. The thread sanitizer has few to give: where a program may map is 1.5 TiB of its own. */
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define FEW_ADDRESSES
#endif
#endif
#ifdef FEW_ADDRESSES
static const size_t region_bytes = (size_t)1 << 38;
#else
static const size_t region_bytes = (size_t)1 << 40;
#endif

typedef struct block {
    uintptr_t base;        /* whole pages */
    size_t reserved;
    uintptr_t address;
    size_t bytes;
    int gpu;
    bool open, mapped;     /* mapped: virtual memory, freed by unmapping */
    lsi_memory_handle handle;
} block;

static uintptr_t region, next_free;
static block *blocks;      /* by address */
static int nblock, room;
static int nopen;
static int guard = -1;     /* the protection key; -1: pages */
static size_t total_each, used[MAX_GPUS];

static const char *running = "no work is running";

/* Says whose memory was touched; the fault then takes its course. */
static void on_fault(int signal_number, siginfo_t *info, void *context)
{
    const uintptr_t at = (uintptr_t)info->si_addr;
    (void)context;
    if (at >= region && at < region + region_bytes) {
        char text[256];
        const int length = snprintf(text, sizeof text, "simulated GPU: bad access to device memory at %p; %s\n",
                                    info->si_addr, running);
        if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(3);
    }
    signal(signal_number, SIG_DFL);
}

void sim_memory_start(int gpus, size_t bytes_each)
{
    struct sigaction old, ours = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    (void)gpus;
    total_each = bytes_each;
    void *start = mmap(NULL, region_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) abort();
    region = (uintptr_t)start;
    next_free = (region + SIM_GRANULE) / SIM_GRANULE * SIM_GRANULE;
#ifdef PKEY_DISABLE_ACCESS
    const char *wish = getenv("LOCKSTEP_SIMULATED_GUARD");
    if (!wish || strcmp(wish, "pages") != 0) guard = pkey_alloc(0, PKEY_DISABLE_ACCESS);
#endif
    if (sigaction(SIGSEGV, NULL, &old) == 0 && old.sa_handler == SIG_DFL) sigaction(SIGSEGV, &ours, NULL);
}

/* --- blocks --- */

/* Index of the last block that starts at or below the address; -1 when there is none. */
static int find(uintptr_t address)
{
    int low = -1, high = nblock;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (blocks[middle].address <= address) low = middle;
        else high = middle;
    }
    return low;
}

static void insert(block b)
{
    if (nblock == room) {
        room = room ? 2 * room : 64;
        blocks = realloc(blocks, (size_t)room * sizeof *blocks);
        if (!blocks) abort();
    }
    const int at = find(b.address) + 1;
    memmove(blocks + at + 1, blocks + at, (size_t)(nblock - at) * sizeof *blocks);
    blocks[at] = b;
    nblock++;
}

static void drop(int at)
{
    block *b = &blocks[at];
    /* A fresh mapping gives the pages back and takes access away. */
    if (mmap((void *)b->base, b->reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) ==
        MAP_FAILED)
        abort();
    nopen -= b->open;
    memmove(blocks + at, blocks + at + 1, (size_t)(nblock - at - 1) * sizeof *blocks);
    nblock--;
}

#ifdef PKEY_DISABLE_ACCESS
static bool by_key(bool open)
{
    if (guard >= 0 && pkey_set(guard, open ? 0 : PKEY_DISABLE_ACCESS)) abort();
    return guard >= 0;
}

static void give_key(const block *b)
{
    if (guard >= 0 && pkey_mprotect((void *)b->base, b->reserved, PROT_READ | PROT_WRITE, guard)) abort();
}
#else
static bool by_key(bool open)
{
    (void)open;
    return false;
}

static void give_key(const block *b)
{
    (void)b;
}
#endif

static void protect(block *b, bool open)
{
    if (by_key(open) || b->open == open) return;
    if (mprotect((void *)b->base, b->reserved, open ? PROT_READ | PROT_WRITE : PROT_NONE)) abort();
    b->open = open;
    nopen += open ? 1 : -1;
}

/* The bytes of the last page that are nobody's. */
static bool canary(const block *b, bool set)
{
    unsigned char *at = (unsigned char *)b->address + b->bytes, *end = (unsigned char *)b->base + b->reserved;
    if (set) memset(at, SIM_POISON_FREED, (size_t)(end - at));
    for (; at < end; at++)
        if (*at != SIM_POISON_FREED) return false;
    return true;
}

static uintptr_t take_addresses(size_t bytes, size_t alignment)
{
    const uintptr_t start = (next_free + PAGE + alignment - 1) / alignment * alignment; /* a page nobody may touch */
    if (start + bytes > region + region_bytes) return 0;
    next_free = start + bytes;
    return start;
}

lsi_code sim_memory_allocate(int gpu, lsi_address *address, size_t bytes)
{
    const size_t size = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, reserved = (size + PAGE - 1) / PAGE * PAGE;
    if (bytes == 0) return LSI_CUDA_INVALID_VALUE;
    if (size < bytes || used[gpu] + reserved > total_each) return LSI_CUDA_OUT_OF_MEMORY;
    block b = {.base = take_addresses(reserved, PAGE), .reserved = reserved, .bytes = bytes, .gpu = gpu};
    if (!b.base) return LSI_CUDA_OUT_OF_MEMORY;
    b.address = b.base + reserved - size;
    give_key(&b);
    protect(&b, true);
    memset((void *)b.address, SIM_POISON_FRESH, bytes);
    canary(&b, true);
    protect(&b, false);
    used[gpu] += reserved;
    insert(b);
    *address = b.address;
    return 0;
}

lsi_code sim_memory_free(lsi_address address)
{
    const int at = find((uintptr_t)address);
    if (address == 0) return 0;
    if (at < 0 || blocks[at].address != address || blocks[at].mapped) {
        sim_violation("%#llx was freed and is no block", address);
        return LSI_CUDA_INVALID_VALUE;
    }
    protect(&blocks[at], true);
    if (!canary(&blocks[at], false))
        sim_violation("something was written behind the end of a block of %zu bytes", blocks[at].bytes);
    used[blocks[at].gpu] -= blocks[at].reserved;
    drop(at);
    by_key(false);
    return 0;
}

void sim_memory_info(int gpu, size_t *available, size_t *total)
{
    *total = total_each;
    *available = total_each - used[gpu];
}

bool sim_memory_is_device(lsi_address address)
{
    return address >= region && address < region + region_bytes;
}

bool sim_memory_has(lsi_address address, size_t bytes)
{
    int at = find((uintptr_t)address);
    lsi_address reached = address;
    for (; at >= 0 && at < nblock && blocks[at].address <= reached; at++) {
        const lsi_address end = blocks[at].address + blocks[at].bytes;
        if (end > reached) reached = end;
        if (reached >= address + bytes) return true;
    }
    return false;
}

void sim_memory_open(lsi_address address, size_t bytes)
{
    for (int at = find((uintptr_t)address);
         !by_key(true) && at >= 0 && at < nblock && blocks[at].address < address + bytes; at++)
        if (blocks[at].address + blocks[at].bytes > address) protect(&blocks[at], true);
    running = "work is running that did not say it would touch this";
}

void sim_memory_open_all(void)
{
    for (int i = 0; !by_key(true) && i < nblock; i++) protect(&blocks[i], true);
    running = "work is running";
}

void sim_memory_close(void)
{
    for (int i = 0; !by_key(false) && i < nblock && nopen > 0; i++) protect(&blocks[i], false);
    running = "no work is running";
}

long sim_memory_blocks(long *bytes)
{
    *bytes = 0;
    for (int i = 0; i < nblock; i++) *bytes += (long)blocks[i].bytes;
    return nblock;
}

/* --- virtual memory: handles carry a size, mapping makes a block --- */

typedef struct handle {
    size_t bytes;
    int gpu, maps;
    bool released;
} handle;

static handle *handles; /* a lsi_memory_handle is an index plus 1 */
static int nhandle;

lsi_code sim_memory_reserve(lsi_address *address, size_t bytes, size_t alignment)
{
    if (bytes == 0 || bytes % SIM_GRANULE) return LSI_CUDA_INVALID_VALUE;
    *address = take_addresses(bytes, alignment > SIM_GRANULE ? alignment : SIM_GRANULE);
    return *address ? 0 : LSI_CUDA_OUT_OF_MEMORY;
}

lsi_code sim_memory_unreserve(lsi_address address, size_t bytes)
{
    for (int i = 0; i < nblock; i++) {
        if (blocks[i].base >= address && blocks[i].base < address + bytes) {
            sim_violation("addresses were given back while memory was mapped there");
            return LSI_CUDA_INVALID_VALUE;
        }
    }
    return 0;
}

lsi_code sim_memory_create(int gpu, lsi_memory_handle *made, size_t bytes)
{
    if (bytes == 0 || bytes % SIM_GRANULE) return LSI_CUDA_INVALID_VALUE;
    if (used[gpu] + bytes > total_each) return LSI_CUDA_OUT_OF_MEMORY;
    handle *more = realloc(handles, (size_t)(nhandle + 1) * sizeof *more);
    if (!more) abort();
    handles = more;
    handles[nhandle] = (handle){bytes, gpu, 0, false};
    used[gpu] += bytes;
    *made = (lsi_memory_handle)++nhandle;
    return 0;
}

static void let_go(handle *h)
{
    if (h->released && h->maps == 0) {
        used[h->gpu] -= h->bytes;
        h->bytes = 0;
    }
}

lsi_code sim_memory_destroy(lsi_memory_handle made)
{
    if (made < 1 || made > (lsi_memory_handle)nhandle || handles[made - 1].released) return LSI_CUDA_INVALID_VALUE;
    handles[made - 1].released = true;
    let_go(&handles[made - 1]);
    return 0;
}

lsi_code sim_memory_map(lsi_address address, size_t bytes, lsi_memory_handle made)
{
    if (made < 1 || made > (lsi_memory_handle)nhandle || handles[made - 1].bytes != bytes || address % SIM_GRANULE ||
        sim_memory_has(address, 1))
        return LSI_CUDA_INVALID_VALUE;
    handles[made - 1].maps++;
    const block b = {.base = address, .reserved = bytes, .address = address, .bytes = bytes,
                     .gpu = handles[made - 1].gpu, .mapped = true, .handle = made};
    give_key(&b);
    insert(b);
    return 0;
}

lsi_code sim_memory_unmap(lsi_address address, size_t bytes)
{
    const lsi_address end = address + bytes;
    while (address < end) {
        const int at = find((uintptr_t)address);
        if (at < 0 || blocks[at].address != address || !blocks[at].mapped || address + blocks[at].bytes > end) {
            sim_violation("%#llx was unmapped and is no mapping", address);
            return LSI_CUDA_INVALID_VALUE;
        }
        address += blocks[at].bytes;
        handle *h = &handles[blocks[at].handle - 1];
        drop(at);
        h->maps--;
        let_go(h);
    }
    return 0;
}

lsi_code sim_memory_allow(lsi_address address, size_t bytes)
{
    if (!sim_memory_has(address, bytes)) return LSI_CUDA_INVALID_VALUE;
    sim_memory_open(address, bytes);
    memset((void *)(uintptr_t)address, SIM_POISON_FRESH, bytes);
    sim_memory_close();
    return 0;
}

/* --- pinned host memory --- */

typedef struct pinned {
    struct pinned *next;
    char *memory;
    size_t bytes;
} pinned;

static pinned *all_pinned;

lsi_code sim_pin(void **memory, size_t bytes)
{
    pinned *p = malloc(sizeof *p);
    *memory = aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
    if (!p || !*memory) abort();
    memset(*memory, SIM_POISON_FRESH, bytes);
    *p = (pinned){all_pinned, *memory, bytes};
    all_pinned = p;
    return 0;
}

lsi_code sim_unpin(void *memory)
{
    for (pinned **at = &all_pinned; *at; at = &(*at)->next) {
        if ((*at)->memory == memory) {
            pinned *p = *at;
            *at = p->next;
            free(p->memory);
            free(p);
            return 0;
        }
    }
    return LSI_CUDA_INVALID_VALUE;
}

bool sim_is_pinned(const void *memory, size_t bytes)
{
    const char *from = memory;
    for (const pinned *p = all_pinned; p; p = p->next)
        if (from >= p->memory && from + bytes <= p->memory + p->bytes) return true;
    return false;
}
