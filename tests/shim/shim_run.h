/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Running the CUDA kernels of kernels/ on a CPU, for tests. Every thread of a block is a fibre; threads and blocks take
 * turns in a random order that the seed decides, changing at barriers, warp operations and atomics. Shared memory is
 * filled with rubbish when a block starts. What a kernel may not do is reported: a barrier that some threads of a block
 * never reach, two different barriers or warp operations at once, a deadlock, a misaligned wide access, a block of
 * another size than the kernel is made for.
 *
 * One launch runs to its end on the calling thread; several host threads may launch at once. C and C++. */
#ifndef LSI_TESTS_SHIM_RUN_H
#define LSI_TESTS_SHIM_RUN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lsi_shim_kernel lsi_shim_kernel;

const lsi_shim_kernel *lsi_shim_find(const char *module, const char *name); /* NULL: there is none */
size_t lsi_shim_args(const lsi_shim_kernel *kernel);                        /* bytes of its one struct */
unsigned lsi_shim_threads(const lsi_shim_kernel *kernel);                   /* of a block */
/* `args` is copied first. A size of 0 in y or z counts as 1; `threads` must be what the kernel says. */
void lsi_shim_run(const lsi_shim_kernel *kernel, unsigned gx, unsigned gy, unsigned gz, unsigned threads,
                  size_t shared_bytes, const void *args, uint64_t seed);

/* Every kernel, in no particular order: calls put(context, module, name). */
void lsi_shim_each(void (*put)(void *context, const char *module, const char *name), void *context);

/* What happens to a report; the launch is given up after it. NULL, the default: it is printed and the process aborts.
 * For all threads. */
void lsi_shim_on_failure(void (*report)(const char *text));

#ifdef __cplusplus
}
#endif

#endif
