/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two cheap rows in one loop, the second of which takes the first one's result: (x + y) + z, z - x * y and so on. What
 * comes between is rounded as if it were stored; it only spares the way through a register. One ISA. */
#include "element.h"
#include "host/loops.h"
#include "host/stream_line.h"

typedef void (*element_fn)(const void *, const void *, const void *, void *);

LSI_INLINE void pair(int64_t n, const char *x, const char *y, const char *z, int s, char *out, element_fn f)
{
    LSI_INDEPENDENT_BY(4)
    for (int64_t i = 0; i < n; i++)
        f(x + i * s, y + i * s, z + i * s, out + i * s);
}

LSI_INLINE void stream_3(int64_t n, const char *x, const char *y, const char *z, int s, char *out, element_fn f)
{
    char block[LSI_STREAM_BLOCK] __attribute__((aligned(64)));
    const int64_t each = LSI_STREAM_BLOCK / s;
    int64_t i = count_before_line(out, s, n);
    lsi_loop_3(i, x, s, y, z, s, out, s, f);
    for (; i + each <= n; i += each) {
        LSI_INDEPENDENT
        for (int64_t k = 0; k < each; k++)
            f(x + (i + k) * s, y + (i + k) * s, z + (i + k) * s, block + k * s);
        stream_block(out + i * s, block);
    }
    lsi_loop_3(n - i, x + i * s, s, y + i * s, z + i * s, s, out + i * s, s, f);
}

#define LS_TAG f32
#include "host/pairs_template.h"
#define LS_TAG f64
#include "host/pairs_template.h"
