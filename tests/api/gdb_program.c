/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the test of tools/gdb/lockstep.py stops in. Includes the library's own types, so that their layout is known
 * whatever the library was built with. */
#include "lockstep.h"
#include "lazy/array.h"

__attribute__((noinline)) void stop_here(const ls_array *a);
void stop_here(const ls_array *a)
{
    __asm__ volatile("" : : "r"(a) : "memory");
}

int main(void)
{
    ls_array *pending = ls_add(ls_arange(4.0), 1.5);
    stop_here(pending);
    if (ls_evaluate(pending)) return 1;
    stop_here(ls_at(pending, "::-2"));
    return 0;
}
