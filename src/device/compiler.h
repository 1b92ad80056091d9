/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A compiler of kernels at run time, as the tier above sees it: NVRTC (nvrtc.c), or, for the simulated GPU of the
 * tests, the host's own. */
#ifndef LSI_DEVICE_COMPILER_H
#define LSI_DEVICE_COMPILER_H

#include "device/text.h"

typedef struct lsi_compiled {
    void *bytes; /* lsi_dealloc; what cuLibraryLoadData takes */
    size_t size;
    bool ptx;    /* for the driver to translate; else machine code */
} lsi_compiled;

typedef struct lsi_compilation {
    const char *source, *name;  /* the name appears in messages */
    int major, minor;           /* compute capability */
    const char *const *options; /* beside those that fix the arithmetic */
    int noptions;
    bool user;                  /* a user's source, which may want all that the compiler declares */
    const volatile bool *stop;  /* set by another thread: give up; may be NULL */
} lsi_compilation;

typedef struct lsi_compiler {
    char name[64];              /* with its version: "NVRTC 13.0" */
    /* False: `log` says why. Any thread, several at once. */
    bool (*compile)(const struct lsi_compiler *compiler, const lsi_compilation *task, lsi_compiled *out, lsi_text *log);
    /* What decides the result beside the task, for the key of a cache: version, options, target. */
    void (*identify)(const struct lsi_compiler *compiler, const lsi_compilation *task, lsi_text *out);
} lsi_compiler;

/* The compiler for GPUs under a driver that supports this version of CUDA (13000 is 13.0). Opened at the first call and
 * kept. NULL: `reason` says in a sentence why there is none. A simulated GPU defines this function itself. */
const lsi_compiler *lsi_compiler_open(int driver_version, char *reason, size_t size);

#endif
