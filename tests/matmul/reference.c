/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference.h"
#include "backend.h"
#include "half.h"
#include <math.h>
#include <string.h>

/* A running sum of any dtype. */
typedef union sum {
    uint64_t u;
    float f;
    double d;
    float cf[2];
    double cd[2];
} sum;

static sum read_element(ls_dtype dtype, const void *at)
{
    sum s;
    memset(&s, 0, sizeof s);
    switch (dtype) {
    case LS_INT8: case LS_UINT8: s.u = *(const uint8_t *)at; break;
    case LS_INT16: case LS_UINT16: s.u = *(const uint16_t *)at; break;
    case LS_INT32: case LS_UINT32: s.u = *(const uint32_t *)at; break;
    case LS_INT64: case LS_UINT64: s.u = *(const uint64_t *)at; break;
    case LS_FLOAT16: s.f = ls_cast_f16_f32(*(const uint16_t *)at); break;
    case LS_BFLOAT16: s.f = ls_cast_bf16_f32(*(const uint16_t *)at); break;
    default: memcpy(&s, at, reference_size(dtype));
    }
    return s;
}

static void write_element(ls_dtype dtype, void *at, sum s)
{
    switch (dtype) {
    case LS_INT8: case LS_UINT8: *(uint8_t *)at = (uint8_t)s.u; break;
    case LS_INT16: case LS_UINT16: *(uint16_t *)at = (uint16_t)s.u; break;
    case LS_INT32: case LS_UINT32: *(uint32_t *)at = (uint32_t)s.u; break;
    case LS_INT64: case LS_UINT64: *(uint64_t *)at = s.u; break;
    case LS_FLOAT16: *(uint16_t *)at = ls_cast_f32_f16(s.f); break;
    case LS_BFLOAT16: *(uint16_t *)at = ls_cast_f32_bf16(s.f); break;
    default: memcpy(at, &s, reference_size(dtype));
    }
}

static sum step(ls_dtype dtype, sum x, sum y, sum s)
{
    switch (dtype) {
    case LS_FLOAT16: case LS_BFLOAT16: case LS_FLOAT32:
        s.f = fmaf(x.f, y.f, s.f);
        break;
    case LS_FLOAT64:
        s.d = fma(x.d, y.d, s.d);
        break;
    case LS_COMPLEX64:
        s.cf[0] = fmaf(-x.cf[1], y.cf[1], fmaf(x.cf[0], y.cf[0], s.cf[0]));
        s.cf[1] = fmaf(x.cf[1], y.cf[0], fmaf(x.cf[0], y.cf[1], s.cf[1]));
        break;
    case LS_COMPLEX128:
        s.cd[0] = fma(-x.cd[1], y.cd[1], fma(x.cd[0], y.cd[0], s.cd[0]));
        s.cd[1] = fma(x.cd[1], y.cd[0], fma(x.cd[0], y.cd[1], s.cd[1]));
        break;
    default:
        s.u += x.u * y.u; /* the low bits are the wrapped ones of every width */
    }
    return s;
}

static sum add(ls_dtype dtype, sum a, sum b)
{
    switch (dtype) {
    case LS_FLOAT16: case LS_BFLOAT16: case LS_FLOAT32: a.f += b.f; break;
    case LS_FLOAT64: a.d += b.d; break;
    case LS_COMPLEX64: a.cf[0] += b.cf[0], a.cf[1] += b.cf[1]; break;
    case LS_COMPLEX128: a.cd[0] += b.cd[0], a.cd[1] += b.cd[1]; break;
    default: a.u += b.u;
    }
    return a;
}

typedef struct line {
    ls_dtype dtype;
    const char *x, *y;
    int64_t x_step, y_step, k; /* bytes, bytes, steps */
} line;

static sum chain(const line *l, int64_t begin, int64_t end)
{
    sum s;
    memset(&s, 0, sizeof s);
    for (int64_t p = begin; p < end; p++)
        s = step(l->dtype, read_element(l->dtype, l->x + p * l->x_step), read_element(l->dtype, l->y + p * l->y_step), s);
    return s;
}

/* Node `number` of a level whose nodes span `span` numbers of the depth. */
static sum node(const line *l, int64_t number, int64_t span)
{
    const int64_t begin = number * span;
    if (span == 2048) return chain(l, begin, begin + 2048 < l->k ? begin + 2048 : l->k);
    const sum left = node(l, 2 * number, span / 2);
    return begin + span / 2 < l->k ? add(l->dtype, left, node(l, 2 * number + 1, span / 2)) : left;
}

void reference_matmul(const lsi_matmul *task, void *out)
{
    const int64_t size = (int64_t)reference_size(task->dtype);
    int64_t batches = 1, span = 2048;
    for (int axis = 0; axis < task->nbatch; axis++) batches *= task->batch[axis];
    while (span < task->k) span *= 2;
    char *to = out;
    for (int64_t b = 0; b < batches; b++) {
        int64_t rest = b, x = task->x_offset, y = task->y_offset;
        for (int axis = task->nbatch - 1; axis >= 0; axis--) {
            x += rest % task->batch[axis] * task->x_batch[axis];
            y += rest % task->batch[axis] * task->y_batch[axis];
            rest /= task->batch[axis];
        }
        for (int64_t i = 0; i < task->m; i++)
            for (int64_t j = 0; j < task->n; j++, to += size) {
                const line l = {task->dtype, (const char *)task->x->address + (x + i * task->x_row) * size,
                                (const char *)task->y->address + (y + j * task->y_col) * size, task->x_col * size,
                                task->y_row * size, task->k};
                write_element(task->dtype, to, node(&l, 0, span));
            }
    }
}

size_t reference_size(ls_dtype dtype)
{
    static const size_t sizes[] = {[LS_BOOL] = 1, [LS_INT8] = 1, [LS_INT16] = 2, [LS_INT32] = 4, [LS_INT64] = 8,
                                   [LS_UINT8] = 1, [LS_UINT16] = 2, [LS_UINT32] = 4, [LS_UINT64] = 8,
                                   [LS_FLOAT16] = 2, [LS_BFLOAT16] = 2, [LS_FLOAT32] = 4, [LS_FLOAT64] = 8,
                                   [LS_COMPLEX64] = 8, [LS_COMPLEX128] = 16};
    return sizes[dtype];
}

bool reference_same(ls_dtype dtype, const void *a, const void *b)
{
    const sum x = read_element(dtype, a), y = read_element(dtype, b);
    if (memcmp(a, b, reference_size(dtype)) == 0) return true;
    switch (dtype) {
    case LS_FLOAT16: case LS_BFLOAT16: case LS_FLOAT32: return isnan(x.f) && isnan(y.f);
    case LS_FLOAT64: return isnan(x.d) && isnan(y.d);
    case LS_COMPLEX64:
        for (int i = 0; i < 2; i++)
            if (memcmp(&x.cf[i], &y.cf[i], 4) != 0 && !(isnan(x.cf[i]) && isnan(y.cf[i]))) return false;
        return true;
    case LS_COMPLEX128:
        for (int i = 0; i < 2; i++)
            if (memcmp(&x.cd[i], &y.cd[i], 8) != 0 && !(isnan(x.cd[i]) && isnan(y.cd[i]))) return false;
        return true;
    default: return false;
    }
}

static uint64_t next_word(uint64_t *state) /* splitmix64 */
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double next_real(uint64_t *state, bool special, int scales)
{
    const uint64_t word = next_word(state);
    const double unit = (double)(int64_t)word * 0x1p-63;
    const unsigned choice = (unsigned)(word & 1023);
    if (choice < 8) return choice & 1 ? 0.0 : -0.0;
    if (special && choice < 12) return choice & 1 ? (double)INFINITY : -(double)INFINITY;
    if (special && choice == 12) return (double)NAN;
    return ldexp(unit, (int)(next_word(state) % (unsigned)(2 * scales + 1)) - scales);
}

void reference_fill(ls_dtype dtype, void *elements, int64_t count, uint64_t seed, bool special)
{
    uint64_t state = seed;
    for (int64_t i = 0; i < count; i++) {
        char *at = (char *)elements + i * (int64_t)reference_size(dtype);
        sum s;
        memset(&s, 0, sizeof s);
        switch (dtype) {
        case LS_FLOAT16: s.f = (float)next_real(&state, special, special ? 14 : 3); break;
        case LS_BFLOAT16: case LS_FLOAT32: s.f = (float)next_real(&state, special, special ? 75 : 8); break;
        case LS_FLOAT64: s.d = next_real(&state, special, special ? 540 : 12); break;
        case LS_COMPLEX64:
            for (int part = 0; part < 2; part++) s.cf[part] = (float)next_real(&state, special, special ? 75 : 8);
            break;
        case LS_COMPLEX128:
            for (int part = 0; part < 2; part++) s.cd[part] = next_real(&state, special, special ? 540 : 12);
            break;
        default: s.u = next_word(&state);
        }
        write_element(dtype, at, s);
    }
}
