/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little that every sample shares. */
#ifndef LOCKSTEP_SAMPLES_COMMON_H
#define LOCKSTEP_SAMPLES_COMMON_H

#include <stdlib.h>

/* A size from the command line, so that the same program runs small in tests. */
#define SAMPLE_SIZE(argc, argv, full) ((argc) > 1 ? strtoll((argv)[1], NULL, 10) : (full))
/* Ends main when a call that ends a chain failed; the message names the call and says what was wrong. */
#define CHECK(call) do { if (call) return ls_perror(NULL); } while (0)

#endif
