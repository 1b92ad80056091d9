/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether this process is the child of a fork and has not been made ready since. Decides nothing: src/api/fork.c sets
 * it, and the gates every call passes (lsi_init, lsi_array_check) ask. */
#ifndef LSI_CORE_PROCESS_H
#define LSI_CORE_PROCESS_H

#include "lockstep/types.h"
#include <stdatomic.h>

extern atomic_bool lsi_process_forked;

/* LS_OK, or LS_EFORKED recorded: threads and devices of the parent do not exist here. */
ls_status lsi_process_refuse(void);
static inline ls_status lsi_process_check(void)
{
    return atomic_load_explicit(&lsi_process_forked, memory_order_relaxed) ? lsi_process_refuse() : LS_OK;
}

#endif
