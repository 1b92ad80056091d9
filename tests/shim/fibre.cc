/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fibres; see fibre.h. */
#include "fibre.h"
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define FIBRE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBRE_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define FIBRE_TSAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define FIBRE_TSAN 1
#endif

#if defined(FIBRE_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(FIBRE_TSAN)
extern "C" void *__tsan_create_fiber(unsigned flags);
extern "C" void *__tsan_get_current_fiber(void);
extern "C" void __tsan_switch_to_fiber(void *fiber, unsigned flags);
#endif

/* ---- what the sanitizers must know ---- */

#if defined(FIBRE_ASAN)
static thread_local lsi_fibre *leaving; /* that switched to the running one */

static void before_switch(lsi_fibre *from, lsi_fibre *to)
{
    leaving = from;
    __sanitizer_start_switch_fiber(&from->fake_stack, to->stack, to->stack_bytes);
}
static void after_switch(lsi_fibre *now)
{
    const void *bottom;
    size_t bytes;
    __sanitizer_finish_switch_fiber(now->fake_stack, &bottom, &bytes);
    if (!leaving->stack) { /* where the host thread's own stack lies is learnt when it is first left */
        leaving->stack = static_cast<char *>(const_cast<void *>(bottom));
        leaving->stack_bytes = bytes;
    }
}
static void fresh(lsi_fibre *fibre)
{
    fibre->fake_stack = nullptr;
    __asan_unpoison_memory_region(fibre->stack, fibre->stack_bytes);
}
#elif defined(FIBRE_TSAN)
static void before_switch(lsi_fibre *from, lsi_fibre *to)
{
    if (!from->tsan) from->tsan = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to->tsan, 0);
}
static void after_switch(lsi_fibre *) {}
static void fresh(lsi_fibre *fibre)
{
    if (!fibre->tsan) fibre->tsan = __tsan_create_fiber(0);
}
#else
static void before_switch(lsi_fibre *, lsi_fibre *) {}
static void after_switch(lsi_fibre *) {}
static void fresh(lsi_fibre *) {}
#endif

/* ---- the switch ---- */

static thread_local lsi_fibre *starting;

static void begin()
{
    lsi_fibre *fibre = starting;
    after_switch(fibre);
    fibre->entry(fibre->argument);
    __builtin_trap();
}

#if defined(__x86_64__)

/* Saves what a called function must keep, takes the other stack, and returns there. */
extern "C" void lsi_fibre_swap(void **top, void *other);
asm(".text\n"
    ".p2align 4\n"
    ".hidden lsi_fibre_swap\n"
    ".globl lsi_fibre_swap\n"
    ".type lsi_fibre_swap, @function\n"
    "lsi_fibre_swap:\n"
    "    pushq %rbp\n"
    "    pushq %rbx\n"
    "    pushq %r12\n"
    "    pushq %r13\n"
    "    pushq %r14\n"
    "    pushq %r15\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsi, %rsp\n"
    "    popq %r15\n"
    "    popq %r14\n"
    "    popq %r13\n"
    "    popq %r12\n"
    "    popq %rbx\n"
    "    popq %rbp\n"
    "    ret\n"
    ".size lsi_fibre_swap, . - lsi_fibre_swap\n");

static void place(lsi_fibre *fibre)
{
    uintptr_t *top = reinterpret_cast<uintptr_t *>((reinterpret_cast<uintptr_t>(fibre->stack) + fibre->stack_bytes) &
                                                   ~static_cast<uintptr_t>(15));
    *--top = 0; /* the return address begin() does not have, which also aligns its frame */
    *--top = reinterpret_cast<uintptr_t>(begin);
    for (int k = 0; k < 6; k++)
        *--top = 0;
    fibre->top = top;
}
static void swap(lsi_fibre *from, lsi_fibre *to)
{
    lsi_fibre_swap(&from->top, to->top);
}

#else

static void place(lsi_fibre *fibre)
{
    getcontext(&fibre->context);
    fibre->context.uc_stack.ss_sp = fibre->stack;
    fibre->context.uc_stack.ss_size = fibre->stack_bytes;
    fibre->context.uc_link = nullptr;
    makecontext(&fibre->context, begin, 0);
}
static void swap(lsi_fibre *from, lsi_fibre *to)
{
    swapcontext(&from->context, &to->context);
}

#endif

void lsi_fibre_prepare(lsi_fibre *fibre, char *stack, size_t bytes, void (*entry)(void *), void *argument)
{
    fibre->stack = stack;
    fibre->stack_bytes = bytes;
    fibre->entry = entry;
    fibre->argument = argument;
    fresh(fibre);
    place(fibre);
}

void lsi_fibre_switch(lsi_fibre *from, lsi_fibre *to)
{
    starting = to;
    before_switch(from, to);
    swap(from, to);
    after_switch(from);
}
