/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little that every sample shares. */
#ifndef LOCKSTEP_SAMPLES_COMMON_H
#define LOCKSTEP_SAMPLES_COMMON_H

#include <lockstep.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A size from the command line, so that the same program runs small in tests. */
#define SAMPLE_SIZE(argc, argv, full) ((argc) > 1 ? strtoll((argv)[1], NULL, 10) : (full))
/* Ends main when a call that ends a chain failed; the message names the call and says what was wrong. */
#define CHECK(call) do { if (call) return ls_perror(NULL); } while (0)

/* Draws how far a long evaluation is: [#######      ]  54 %. */
static inline int sample_bar(double fraction, void *context)
{
    static const char full[] = "########################################";
    const int width = (int)sizeof full - 1, done = (int)(fraction * width);
    (void)context;
    fprintf(stderr, "\r[%.*s%*s] %3.0f %%%s", done, full, width - done, "", 100 * fraction, fraction < 1 ? "" : "\r\033[K");
    return 0; /* anything else would cancel */
}
/* From here on, where somebody looks at a terminal. */
static inline void sample_show_progress(void)
{
    if (isatty(STDERR_FILENO)) ls_on_progress(sample_bar, NULL);
}

#endif
