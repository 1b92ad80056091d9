/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/api/fork.c needs of this layer: its locks around a fork, and what the child must not wait for. */
#ifndef LSI_LAZY_FORK_H
#define LSI_LAZY_FORK_H

/* Every lock of this layer, in the order in which calls take them. */
void lsi_lazy_lock(void);
void lsi_lazy_unlock(void);
/* In the child, holding the locks: programs that the parent's other threads were running never end here; what they were
 * computing is pending again. */
void lsi_lazy_forget_runs(void);

#endif
