/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every float32 function of one argument over all 2^32 inputs: the default device against the host, bit for bit (all NaNs
 * are one). One line per function, "name inputs different". The status is 1 when any differ.
 *
 *   exhaustive [--stride N] [--seconds S]    every N-th input only; what is done after S seconds
 *
 * Pieces of the inputs are taken in the order of their numbers read backwards in binary, so that what is done in too
 * little time is spread over all of them. */
#include <lockstep.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ALIAS(alias, name)
#define TERNARY(...)
#define BINARY(...)
#define BINARY_RARE(...)

/* The rows that exist for float32. */
typedef struct function {
    const char *name;
    ls_array *(*call)(const char *place, ls_operand x);
    unsigned set;
} function;
#include "sets.h"
#define UNARY(name, SET, ...) {#name, (ls_##name), LS_SET_##SET},
#define UNARY_RARE(name, SET, ...) {#name, (ls_##name), LS_SET_##SET},
static const function functions[] = {
#include "ops.def"
};

enum { CHUNK = 1 << 24 };

static int64_t differ[sizeof functions / sizeof *functions];

/* Elements that differ, one NaN being as good as another. `bits` on the host and on the device. */
static ls_status compare(const function *f, const ls_array *host, const ls_array *device, int64_t *different)
{
    ls_array *here = f->call(LS_HERE, ls_operand_array(host));
    ls_array *there = ls_to_device(f->call(LS_HERE, ls_operand_array(device)), LS_HOST);
    ls_array *both_nan = ls_logical_and(ls_isnan(here), ls_isnan(there));
    ls_array *same = ls_logical_and(ls_equal(here, there), ls_equal(ls_signbit(here), ls_signbit(there)));
    return ls_item(ls_count_nonzero(ls_logical_not(ls_logical_or(same, both_nan))), different);
}

static bool is_there(const function *f)
{
    return (f->set & LS_HAS_FLOAT) != 0;
}

/* Every function over these inputs. */
static ls_status sweep(const float *inputs, int64_t n)
{
    ls_status status = LS_OK;
    LS_SCOPE {
        const ls_array *host = ls_wrap((float *)(uintptr_t)inputs, LS_SHAPE(n));
        const ls_array *device = ls_to_device(host, ls_device_in_use());
        for (size_t k = 0; k < sizeof functions / sizeof *functions && !status; k++) {
            int64_t different = 0;
            if (!is_there(&functions[k])) continue;
            LS_SCOPE {
                status = compare(&functions[k], host, device, &different);
            }
            differ[k] += different;
        }
    }
    return status;
}

/* The inputs of a piece: words piece * CHUNK * stride, and every stride-th after it. */
static int64_t fill(float *inputs, uint64_t piece, uint64_t stride)
{
    int64_t n = 0;
    for (uint64_t word = piece * CHUNK * stride; n < CHUNK && word < (uint64_t)1 << 32; word += stride) {
        const uint32_t bits = (uint32_t)word;
        memcpy(&inputs[n++], &bits, sizeof bits);
    }
    return n;
}

static uint64_t backwards(uint64_t number, int bits)
{
    uint64_t turned = 0;
    for (int k = 0; k < bits; k++) turned |= (number >> k & 1) << (bits - 1 - k);
    return turned;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int report(uint64_t tried)
{
    int64_t total = 0;
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        if (!is_there(&functions[k])) continue;
        printf("%s %" PRIu64 " %" PRId64 "\n", functions[k].name, tried, differ[k]);
        total += differ[k];
    }
    return total != 0;
}

int main(int argc, char **argv)
{
    uint64_t stride = 1, tried = 0;
    double seconds = 1e30;
    for (int k = 1; k + 1 < argc; k += 2) {
        if (strcmp(argv[k], "--stride") == 0) stride = strtoull(argv[k + 1], NULL, 10);
        if (strcmp(argv[k], "--seconds") == 0) seconds = strtod(argv[k + 1], NULL);
    }
    float *inputs = malloc(sizeof(float) * CHUNK);
    if (!inputs || stride == 0 || stride > UINT32_MAX) return 2;
    const uint64_t pieces = (((uint64_t)1 << 32) + CHUNK * stride - 1) / (CHUNK * stride);
    const double begin = now();
    int bits = 0;
    while ((uint64_t)1 << bits < pieces) bits++;
    for (uint64_t k = 0; k < (uint64_t)1 << bits && now() - begin < seconds; k++) {
        const uint64_t piece = backwards(k, bits);
        const int64_t n = piece < pieces ? fill(inputs, piece, stride) : 0;
        if (n > 0 && sweep(inputs, n)) return ls_perror("exhaustive");
        tried += (uint64_t)n;
    }
    const int status = report(tried);
    free(inputs);
    return status;
}
