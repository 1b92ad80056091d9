/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lesson 9: a CUDA kernel of your own on the library's arrays.
 *
 * You learn   to launch a kernel with what it reads and writes declared, so that it is evaluated for and ordered like any
 *             other operation; to time it; and to ask for a GPU without needing one.
 * New         ls_cuda_launch, ls_cuda_trusted_source, ls_cuda_reads, ls_cuda_writes, ls_cuda_number, ls_event_elapsed
 * Expect      10000000 points: 9999999 steps apart, the longest 0.9996543608745244
 *             and before it, without a GPU: not here: ls_cuda_launch: the array is on cpu; CUDA code works ... */
#include <lockstep.h>
#include <lockstep/cuda.h>
#include <stdio.h>

#include "common.h"

/* Distances of neighbours. Any CUDA C++ will do; it is compiled at its first launch. Its text is the program's own: never
 * take one from a file or a user, since a kernel can do anything to the GPU's memory. */
static const char source[] =
    "extern \"C\" __global__ void gaps(const double *x, double *gap, long long n)\n"
    "{\n"
    "    const long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;\n"
    "    if (i < n) gap[i] = fabs(x[i + 1] - x[i]);\n"
    "}\n";

int main(int argc, char **argv)
{
    const int64_t n = SAMPLE_SIZE(argc, argv, 10000000);
    ls_rng *rng = ls_rng_new(9);
    ls_array *x = ls_random(rng, LS_SHAPE(n));     /* pending: the launch computes it first */
    ls_array *gap = ls_empty(LS_SHAPE(n - 1));
    ls_event *start = ls_event_new((ls_device){0}), *stop = ls_event_new((ls_device){0});

    CHECK(ls_evaluate(x));
    CHECK(ls_event_record(start, NULL));
    const ls_status launched =
        ls_cuda_launch(ls_cuda_trusted_source(source, "gaps"), LS_CUDA_SIZE((n - 1 + 255) / 256), LS_CUDA_SIZE(256), 0,
                       ls_cuda_reads(x), ls_cuda_writes(gap), ls_cuda_number((long long)(n - 1)));
    if (ls_device_in_use().id == LS_HOST.id || launched == LS_EUNSUPPORTED) { /* no GPU, or no compiler for it */
        printf("not here: %s\n", ls_error_message());
        ls_clear_error();
        /* The same by operations of the library, which run anywhere. */
        gap = ls_abs(ls_sub(ls_at(x, "1:"), ls_at(x, ":-1")));
    } else if (launched) {
        return ls_perror(NULL);
    }
    CHECK(ls_event_record(stop, NULL));

    double longest, milliseconds;
    CHECK(ls_item(ls_max(gap), &longest)); /* after the kernel, without a word about it */
    CHECK(ls_event_elapsed(start, stop, &milliseconds));
    printf("%lld points: %lld steps apart, the longest %.16g", (long long)n, (long long)(n - 1), longest);
    if (launched == LS_OK) printf("; the kernel took %.3f ms", milliseconds);
    printf("\n");
    ls_event_free(start);
    ls_event_free(stop);
    return 0;
}
