/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What starting found out. */
#ifndef LSI_API_INIT_H
#define LSI_API_INIT_H

/* Why there is no CUDA device; a sentence for `lockstep info`. */
const char *lsi_cuda_note(void);

#endif
