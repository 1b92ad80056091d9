/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fibres: functions with a stack of their own that hand the processor over where they choose. On x86-64 a switch is a
 * dozen instructions, elsewhere ucontext; both tell the sanitizers. */
#ifndef LSI_TESTS_SHIM_FIBRE_H
#define LSI_TESTS_SHIM_FIBRE_H

#include <stddef.h>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

struct lsi_fibre {
#if defined(__x86_64__)
    void *top; /* of the stack when it does not run */
#else
    ucontext_t context;
#endif
    char *stack;       /* NULL: the host thread's own */
    size_t stack_bytes;
    void *fake_stack;  /* AddressSanitizer's */
    void *tsan;        /* ThreadSanitizer's */
    void (*entry)(void *);
    void *argument;
};

/* Makes the fibre start `entry`, which never returns, at the next switch to it. May be done anew at any time while it
 * does not run. */
void lsi_fibre_prepare(lsi_fibre *fibre, char *stack, size_t bytes, void (*entry)(void *), void *argument);
void lsi_fibre_switch(lsi_fibre *from, lsi_fibre *to);

#endif
