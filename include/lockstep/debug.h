/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Help with debugging: showing an array, listing the arrays that are alive, and catching uses of freed ones.
 *
 * LOCKSTEP_DEBUG=1 (or ls_set_debug) makes the library remember every handle: freed ones are kept aside for a while, so
 * that a call with one says who made it and that it was freed instead of reading memory that is something else by now,
 * and freeing one twice is an error too. With the variable set, arrays that were retained and never released are listed on
 * stderr when the program ends. In gdb, `source tools/gdb/lockstep.py` makes `print *a` readable. */
#ifndef LOCKSTEP_DEBUG_H
#define LOCKSTEP_DEBUG_H

#include "types.h"
#include <stdio.h>

LS_BEGIN_DECLS

/** Writes an array's name, dtype, shape, device, origin and (evaluating it) its elements, as ls_print does, to stderr:
 *      y: float64 (3,) on cpu, made by ls_sin at app.c:12
 *      [0.         0.84147098 0.90929743]
 *  The name is the argument's text. Returns what evaluating returns. */
LS_API ls_status ls_show(const char *place, const char *name, const ls_array *a);
#define ls_show(a) ls_show(LS_HERE, #a, (a))

/** Writes one line for every array that is alive to `stream` (NULL: only counts) and returns their number: this thread's
 *  scopes from the root inwards, with who made each array and where; with debugging on also the arrays of other
 *  threads and those that no scope owns (ls_retain). */
LS_API int64_t ls_list_arrays(FILE *stream);

/** Debugging on or off from now on, for the whole process. Arrays made before are not remembered. */
LS_API void ls_set_debug(bool on);

LS_END_DECLS

#endif
