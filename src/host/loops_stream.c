/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows so cheap that beyond the caches only memory is to be waited for: their results go past the caches from where
 * they are made. By way of a register, a strip reads and writes in turns, which costs a tenth. One ISA. */
#include "element.h"
#include "host/loops.h"
#include "host/stream_line.h"

LSI_INLINE void stream_2(int64_t n, const char *x, const char *y, int s, char *out,
                         void (*f)(const void *, const void *, void *))
{
    char block[LSI_STREAM_BLOCK] __attribute__((aligned(64)));
    const int64_t each = LSI_STREAM_BLOCK / s;
    int64_t i = count_before_line(out, s, n);
    lsi_loop_2(i, x, y, s, out, s, f);
    for (; i + each <= n; i += each) {
        LSI_INDEPENDENT
        for (int64_t k = 0; k < each; k++)
            f(x + (i + k) * s, y + (i + k) * s, block + k * s);
        stream_block(out + i * s, block);
    }
    lsi_loop_2(n - i, x + i * s, y + i * s, s, out + i * s, s, f);
}

#define LS_TAG f32
#include "host/stream_template.h"
#define LS_TAG f64
#include "host/stream_template.h"
#define LS_TAG i32
#include "host/stream_template.h"
#define LS_TAG i64
#include "host/stream_template.h"
