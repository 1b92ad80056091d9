/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What starting found out. */
#ifndef LSI_API_INIT_H
#define LSI_API_INIT_H

#include <stdbool.h>

/* Why there is no CUDA device; a sentence for `lockstep info`. */
const char *lsi_cuda_note(void);

/* For fork.c: the lock that is held while the library starts, and whether it has started. */
void lsi_init_lock(void);
void lsi_init_unlock(void);
bool lsi_init_done(void);

/* profile.c: LOCKSTEP_PROFILE; debug.c: LOCKSTEP_DEBUG. */
void lsi_profile_from_environment(void);
void lsi_debug_from_environment(void);

#endif
