/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every float32 function of one argument over all 2^32 inputs: the default device against the host, bit for bit (all NaNs
 * are one). One line per function, "name inputs different". The status is 1 when any differ.
 *
 *   exhaustive [--stride N]    every N-th input only */
#include <lockstep.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Elements that differ, one NaN being as good as another. */
static ls_status compare(const function *f, const ls_array *bits, int64_t *different)
{
    ls_array *here = f->call(LS_HERE, ls_operand_array(bits));
    ls_array *there = ls_to_device(f->call(LS_HERE, ls_operand_array(ls_to_device(bits, ls_device_in_use()))), LS_HOST);
    ls_array *both_nan = ls_logical_and(ls_isnan(here), ls_isnan(there));
    ls_array *same = ls_logical_and(ls_equal(here, there), ls_equal(ls_signbit(here), ls_signbit(there)));
    return ls_item(ls_count_nonzero(ls_logical_not(ls_logical_or(same, both_nan))), different);
}

int main(int argc, char **argv)
{
    enum { CHUNK = 1 << 24 };
    const uint64_t stride = argc > 2 && strcmp(argv[1], "--stride") == 0 ? strtoull(argv[2], NULL, 10) : 1;
    float *inputs = malloc(sizeof(float) * CHUNK);
    if (!inputs || stride == 0) return 2;
    int64_t differ[sizeof functions / sizeof *functions] = {0}, total = 0;
    uint64_t tried = 0;
    for (uint64_t next = 0; next < (uint64_t)1 << 32;) LS_SCOPE {
        int64_t n = 0;
        for (; n < CHUNK && next < (uint64_t)1 << 32; next += stride) {
            const uint32_t word = (uint32_t)next;
            memcpy(&inputs[n++], &word, sizeof word);
        }
        tried += (uint64_t)n;
        ls_array *bits = ls_wrap(inputs, LS_SHAPE(n));
        for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
            if (!(functions[k].set & LS_HAS_FLOAT)) continue;
            int64_t different = 0;
            LS_SCOPE {
                if (compare(&functions[k], bits, &different)) return ls_perror(functions[k].name);
            }
            differ[k] += different;
        }
    }
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        if (!(functions[k].set & LS_HAS_FLOAT)) continue;
        printf("%s %" PRIu64 " %" PRId64 "\n", functions[k].name, tried, differ[k]);
        total += differ[k];
    }
    free(inputs);
    return total != 0;
}
