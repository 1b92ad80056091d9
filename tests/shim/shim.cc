/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Runs the kernels that shim.h registers: the turns of threads and blocks, barriers, warps, shared memory, reports.
 *
 * Up to LIVE blocks run at once. A thread runs until it waits, ends, or lets others go first; then any thread that can
 * run is next. Everything a launch needs is kept by the host thread for its next launch. */
#include "shim_run.h"
#include "shim.h"
#include "fibre.h"
#include <atomic>
#include <memory>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <vector>

thread_local lsi_shim_place *lsi_shim_now;

extern const int *const lsi_shim_modules[];                                        /* made by CMake */
__attribute__((used)) static const int *const *const all_modules = lsi_shim_modules; /* for the linker alone */

namespace {

const unsigned WARP = 32, MOST_THREADS = 1024;
enum { LIVE = 3, CANARY = 64 };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
const size_t stack_bytes = 256 * 1024;
#else
const size_t stack_bytes = 64 * 1024;
#endif

__extension__ typedef unsigned __int128 wide;

/* ---- the table of kernels ---- */

lsi_shim_kernel *kernels;
std::atomic<void (*)(const char *)> reporter{nullptr};

/* ---- a launch ---- */

enum wait_kind { RUNNABLE, AT_BARRIER, AT_WARP, ENDED };

struct block;

struct thread {
    lsi_fibre fibre = {};
    lsi_shim_place place = {};
    block *home = nullptr;
    unsigned number = 0; /* in its block */
    wait_kind state = ENDED;
    bool queued = false; /* among those that can run */
    const char *file = nullptr; /* of the barrier it waits at */
    int line = 0;
    lsi_shim_kind kind = LSI_SHIM_SYNC; /* of the warp operation */
    uint64_t value = 0;
    unsigned bytes = 0;
    int by = 0, width = 0;
};

struct shared_piece {
    const char *site;
    size_t bytes;
    std::unique_ptr<unsigned char[]> memory; /* of exactly that size, so that AddressSanitizer sees its end */
};

struct block {
    std::vector<std::unique_ptr<thread>> threads;
    std::vector<shared_piece> shared;
    std::unique_ptr<unsigned char[]> dynamic;
    size_t dynamic_bytes = 0;
    unsigned living = 0, waiting = 0; /* threads not ended; of them, at the barrier */
    unsigned warp_living[MOST_THREADS / WARP] = {}, warp_waiting[MOST_THREADS / WARP] = {};
    unsigned char rubbish = 0;
    bool busy = false;
    const lsi_shim_kernel *kernel = nullptr; /* whose shared pieces these are */
};

struct launch {
    const lsi_shim_kernel *kernel;
    const void *args;
    unsigned threads;
    size_t shared_bytes;
    uint3 grid;
    uint64_t blocks, started, first, stride; /* block number k is (first + k * stride) mod blocks */
    uint64_t random;
};

struct runner {
    lsi_fibre host = {};
    block blocks[LIVE];
    std::vector<thread *> runnable;
    thread *now = nullptr;
    launch work = {};
    bool failed = false;
    char *stacks = nullptr; /* LIVE * MOST_THREADS of them, taken when first touched */

    ~runner()
    {
        if (stacks) munmap(stacks, stack_bytes * LIVE * MOST_THREADS);
    }
};

thread_local std::unique_ptr<runner> own;

uint64_t draw(runner &r)
{
    uint64_t z = r.work.random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t below(runner &r, uint64_t n)
{
    return static_cast<uint64_t>((static_cast<wide>(draw(r)) * n) >> 64);
}

/* ---- reports ---- */

void hand_over(runner &r)
{
    lsi_fibre_switch(&r.now->fibre, &r.host);
}

[[gnu::format(printf, 2, 3)]] void report(runner &r, const char *format, ...)
{
    char text[512], all[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int n = snprintf(all, sizeof all, "%s of %s", r.work.kernel->name, r.work.kernel->module);
    if (lsi_shim_now)
        n += snprintf(all + n, sizeof all - static_cast<size_t>(n), ", block (%u, %u, %u) thread %u", blockIdx.x,
                      blockIdx.y, blockIdx.z, threadIdx.x);
    snprintf(all + n, sizeof all - static_cast<size_t>(n), ": %s", text);
    r.failed = true;
    void (*put)(const char *) = reporter.load();
    if (put) {
        put(all);
        return;
    }
    fprintf(stderr, "%s\n", all);
    abort();
}

/* From within a thread: the launch is over. */
#define GIVE_UP(r, ...)                                                                                                \
    do {                                                                                                               \
        report(r, __VA_ARGS__);                                                                                        \
        if ((r).now) hand_over(r);                                                                                     \
    } while (0)

/* ---- waiting together ---- */

void let_run(runner &r, thread &t)
{
    t.state = RUNNABLE;
    if (!t.queued) r.runnable.push_back(&t);
    t.queued = true;
}

void pass_barrier(runner &r, block &b)
{
    if (b.waiting == 0 || b.waiting < b.living) return;
    const thread *first = nullptr;
    for (auto &t : b.threads) {
        if (t->state != AT_BARRIER) continue;
        if (!first) first = t.get();
        if (t->line != first->line || strcmp(t->file, first->file) != 0) {
            report(r, "thread %u waits at the barrier of line %d, thread %u at that of line %d", first->number,
                   first->line, t->number, t->line);
            return;
        }
    }
    b.waiting = 0;
    for (auto &t : b.threads)
        if (t->state == AT_BARRIER) let_run(r, *t);
}

/* What a lane gets: PTX's shfl, in the words of the CUDA functions. */
unsigned source_lane(const thread &t)
{
    const int lane = static_cast<int>(t.number % WARP), begin = lane & ~(t.width - 1), end = begin + t.width - 1;
    int from = lane;
    switch (t.kind) {
    case LSI_SHIM_SHFL: from = begin + (t.by & (t.width - 1)); break;
    case LSI_SHIM_XOR: from = lane ^ t.by; break;
    case LSI_SHIM_DOWN: from = lane + t.by; break;
    case LSI_SHIM_UP: from = lane - t.by; break;
    default: break;
    }
    if (t.kind == LSI_SHIM_UP) return static_cast<unsigned>(from < begin ? lane : from);
    return static_cast<unsigned>(from > end || from < 0 ? lane : from);
}

void pass_warp(runner &r, block &b, unsigned warp)
{
    if (b.warp_waiting[warp] == 0 || b.warp_waiting[warp] < b.warp_living[warp]) return;
    uint64_t given[WARP], ballot = 0;
    bool there[WARP] = {};
    const thread *first = nullptr;
    for (unsigned lane = 0; lane < WARP && warp * WARP + lane < r.work.threads; lane++) {
        const thread &t = *b.threads[warp * WARP + lane];
        if (t.state != AT_WARP) continue;
        if (!first) first = &t;
        if (t.kind != first->kind || t.bytes != first->bytes || t.width != first->width) {
            report(r, "threads %u and %u of a warp are at different operations", first->number, t.number);
            return;
        }
        there[lane] = true;
        given[lane] = t.value;
        ballot |= static_cast<uint64_t>(t.value & 1) << lane;
    }
    b.warp_waiting[warp] = 0;
    for (unsigned lane = 0; lane < WARP && warp * WARP + lane < r.work.threads; lane++) {
        thread &t = *b.threads[warp * WARP + lane];
        if (!there[lane]) continue;
        const unsigned from = source_lane(t);
        const uint64_t rubbish = draw(r);
        t.value = t.kind == LSI_SHIM_BALLOT ? ballot : there[from] ? given[from] : rubbish;
        let_run(r, t);
    }
}

void end_thread(runner &r, thread &t)
{
    block &b = *t.home;
    for (int k = 0; k < CANARY; k++)
        if (t.fibre.stack[k] != 'c') {
            report(r, "its stack of %zu bytes is too small", stack_bytes);
            return;
        }
    b.living--;
    b.warp_living[t.number / WARP]--;
    if (b.living == 0) {
        b.busy = false;
        return;
    }
    pass_barrier(r, b);
    pass_warp(r, b, t.number / WARP);
}

/* ---- the turns ---- */

void live(void *argument)
{
    thread &t = *static_cast<thread *>(argument);
    runner &r = *own;
    for (;;) {
        r.work.kernel->run(r.work.args);
        t.state = ENDED;
        hand_over(r);
    }
}

void prepare(runner &r, thread &t, size_t number)
{
    char *stack = r.stacks + number * stack_bytes;
    memset(stack, 'c', CANARY);
    lsi_fibre_prepare(&t.fibre, stack, stack_bytes, live, &t);
}

void fill(runner &r, block &b)
{
    static const unsigned char rubbish[] = {0xff, 0xcb, 0x7f, 0xa5};
    b.rubbish = rubbish[below(r, sizeof rubbish)];
    for (shared_piece &piece : b.shared)
        memset(piece.memory.get(), b.rubbish, piece.bytes);
    if (r.work.shared_bytes > 0) memset(b.dynamic.get(), b.rubbish, r.work.shared_bytes);
}

void take_dynamic(runner &r, block &b)
{
    if (b.dynamic_bytes == r.work.shared_bytes) return;
    b.dynamic_bytes = r.work.shared_bytes;
    b.dynamic.reset(new unsigned char[b.dynamic_bytes]);
}

/* Every block once, in an order of the seed's. */
uint3 next_block(launch &w)
{
    const uint64_t number = static_cast<uint64_t>((w.first + static_cast<wide>(w.started++) * w.stride) % w.blocks);
    return {static_cast<unsigned>(number % w.grid.x), static_cast<unsigned>(number / w.grid.x % w.grid.y),
            static_cast<unsigned>(number / w.grid.x / w.grid.y)};
}

void start_block(runner &r, block &b)
{
    launch &w = r.work;
    const uint3 index = next_block(w);
    const size_t place = static_cast<size_t>(&b - r.blocks) * MOST_THREADS;
    while (b.threads.size() < w.threads) {
        b.threads.emplace_back(new thread);
        thread &t = *b.threads.back();
        t.home = &b;
        t.number = static_cast<unsigned>(b.threads.size() - 1);
        prepare(r, t, place + t.number);
    }
    if (b.kernel != w.kernel) b.shared.clear();
    b.kernel = w.kernel;
    take_dynamic(r, b);
    fill(r, b);
    b.busy = true;
    b.living = w.threads;
    b.waiting = 0;
    for (unsigned warp = 0; warp * WARP < w.threads; warp++) {
        b.warp_living[warp] = w.threads - warp * WARP < WARP ? w.threads - warp * WARP : WARP;
        b.warp_waiting[warp] = 0;
    }
    for (unsigned k = 0; k < w.threads; k++) {
        thread &t = *b.threads[k];
        t.place = {{k, 0, 0}, index, {w.threads, 1, 1}, w.grid};
        let_run(r, t);
    }
}

void run_thread(runner &r, thread &t)
{
    r.now = &t;
    lsi_shim_now = &t.place;
    lsi_fibre_switch(&r.host, &t.fibre);
    lsi_shim_now = nullptr;
    r.now = nullptr;
    if (r.failed) return;
    if (t.state == RUNNABLE) let_run(r, t);
    if (t.state == ENDED) end_thread(r, t);
}

void describe_deadlock(runner &r)
{
    unsigned barrier = 0, warp = 0;
    const thread *shown = nullptr;
    for (block &b : r.blocks) {
        if (!b.busy) continue;
        for (auto &t : b.threads) {
            barrier += t->state == AT_BARRIER;
            warp += t->state == AT_WARP;
            if (!shown && (t->state == AT_BARRIER || t->state == AT_WARP)) shown = t.get();
        }
    }
    if (!shown) return;
    lsi_shim_now = const_cast<lsi_shim_place *>(&shown->place);
    report(r, "deadlock: %u threads wait at barriers, %u in warp operations, none can run", barrier, warp);
    lsi_shim_now = nullptr;
}

void run_fibres(runner &r)
{
    for (;;) {
        for (block &b : r.blocks)
            if (!b.busy && r.work.started < r.work.blocks) start_block(r, b);
        if (r.runnable.empty()) break;
        const size_t k = below(r, r.runnable.size());
        thread &t = *r.runnable[k];
        r.runnable[k] = r.runnable.back();
        r.runnable.pop_back();
        t.queued = false;
        run_thread(r, t);
        if (r.failed) return;
    }
    describe_deadlock(r);
}

void run_flat(runner &r)
{
    launch &w = r.work;
    lsi_shim_place place = {{0, 0, 0}, {0, 0, 0}, {w.threads, 1, 1}, w.grid};
    lsi_shim_now = &place;
    while (w.started < w.blocks && !r.failed) {
        place.block = next_block(w);
        w.kernel->run_flat(w.args, w.threads);
    }
    lsi_shim_now = nullptr;
}

/* After a report the threads stand somewhere in the kernel: they begin anew at the next launch. */
void clean_up(runner &r)
{
    if (!r.failed) return;
    for (block &b : r.blocks) {
        b.busy = false;
        for (auto &t : b.threads) {
            t->queued = false;
            prepare(r, *t, static_cast<size_t>(&b - r.blocks) * MOST_THREADS + t->number);
        }
    }
    r.runnable.clear();
    r.failed = false;
}

runner *get_runner()
{
    if (!own) own.reset(new runner);
    runner &r = *own;
    if (r.stacks) return &r;
    void *memory = mmap(nullptr, stack_bytes * LIVE * MOST_THREADS, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) abort();
    r.stacks = static_cast<char *>(memory);
    return &r;
}

uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

} // namespace

/* ---- what kernels call ---- */

void lsi_shim_register(lsi_shim_kernel *kernel)
{
    kernel->next = kernels;
    kernels = kernel;
}

void lsi_shim_barrier(const char *file, int line)
{
    runner &r = *own;
    thread &t = *r.now;
    t.state = AT_BARRIER;
    t.file = file;
    t.line = line;
    t.home->waiting++;
    pass_barrier(r, *t.home);
    hand_over(r);
}

uint64_t lsi_shim_warp(lsi_shim_kind kind, unsigned lanes, uint64_t value, unsigned bytes, int by, int width)
{
    runner &r = *own;
    if (!r.now) {
        report(r, "a warp operation in a flat kernel");
        return 0;
    }
    thread &t = *r.now;
    if (lanes != 0xffffffffu) GIVE_UP(r, "a warp operation with the lanes %08x", lanes);
    if (width < 1 || width > static_cast<int>(WARP) || (width & (width - 1)))
        GIVE_UP(r, "a warp operation of width %d", width);
    t.state = AT_WARP;
    t.kind = kind;
    t.value = value;
    t.bytes = bytes;
    t.by = by;
    t.width = width;
    t.home->warp_waiting[t.number / WARP]++;
    pass_warp(r, *t.home, t.number / WARP);
    hand_over(r);
    return t.value;
}

void lsi_shim_yield()
{
    runner &r = *own;
    if (r.now && (draw(r) & 1)) hand_over(r);
}

void *lsi_shim_shared(const char *site, size_t bytes)
{
    runner &r = *own;
    if (!r.now) {
        report(r, "shared memory in a flat kernel");
        abort();
    }
    block &b = *r.now->home;
    for (shared_piece &piece : b.shared)
        if (piece.site == site) return piece.memory.get();
    b.shared.push_back({site, bytes, std::unique_ptr<unsigned char[]>(new unsigned char[bytes])});
    unsigned char *memory = b.shared.back().memory.get();
    memset(memory, b.rubbish, bytes);
    return memory;
}

void *lsi_shim_dynamic_shared()
{
    return own->now->home->dynamic.get();
}

void lsi_shim_misaligned(const void *at)
{
    GIVE_UP(*own, "a wide access to %p, which is not aligned", at);
}

/* ---- what tests call ---- */

const lsi_shim_kernel *lsi_shim_find(const char *module, const char *name)
{
    for (const lsi_shim_kernel *k = kernels; k; k = k->next)
        if (strcmp(k->name, name) == 0 && strcmp(k->module, module) == 0) return k;
    return nullptr;
}

size_t lsi_shim_args(const lsi_shim_kernel *kernel)
{
    return kernel->args;
}

unsigned lsi_shim_threads(const lsi_shim_kernel *kernel)
{
    return kernel->threads;
}

void lsi_shim_each(void (*put)(void *context, const char *module, const char *name), void *context)
{
    for (const lsi_shim_kernel *k = kernels; k; k = k->next)
        put(context, k->module, k->name);
}

void lsi_shim_on_failure(void (*report)(const char *text))
{
    reporter.store(report);
}

void lsi_shim_run(const lsi_shim_kernel *kernel, unsigned gx, unsigned gy, unsigned gz, unsigned threads,
                  size_t shared_bytes, const void *args, uint64_t seed)
{
    runner &r = *get_runner();
    std::vector<uint64_t> copy((kernel->args + 15) / 8 + 1);
    const uintptr_t start = reinterpret_cast<uintptr_t>(copy.data());
    unsigned char *aligned = reinterpret_cast<unsigned char *>((start + 15) / 16 * 16);
    memcpy(aligned, args, kernel->args);
    launch &w = r.work;
    w = {kernel, aligned, threads, shared_bytes, {gx, gy ? gy : 1, gz ? gz : 1}, 0, 0, 0, 1, seed};
    w.blocks = static_cast<uint64_t>(gx) * w.grid.y * w.grid.z;
    if (w.blocks == 0) return;
    w.first = below(r, w.blocks);
    w.stride = 1 + below(r, w.blocks);
    while (common_divisor(w.stride, w.blocks) != 1)
        w.stride++;
    if (threads != kernel->threads)
        report(r, "launched with %u threads, made for %u", threads, kernel->threads);
    else if (kernel->flat)
        run_flat(r);
    else
        run_fibres(r);
    clean_up(r);
}
