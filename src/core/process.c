/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The state of a forked child, and the words for it. */
#include "core/process.h"
#include "core/error.h"

atomic_bool lsi_process_forked;

ls_status lsi_process_refuse(void)
{
    return lsi_fail(LS_EFORKED, "this process was forked from one that had used Lockstep; "
                                "call ls_reinit_after_fork() in the child first");
}
