/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Facts about dtypes, promotion, and single elements. Decides the promotion table by rule instead of by list; leaves the
 * meaning of every conversion to kernels/cast.h, so that an element converted here is the element a kernel makes. */
#include "dtype.h"
#include "error.h"

#include "cast.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct dtype_info {
    const char *name, *npy;
    size_t size;
    lsi_kind kind;
} dtype_info;

static const dtype_info infos[LSI_DTYPE_COUNT] = {
    [LS_DTYPE_DEFAULT] = {"default", "", 0, LSI_KIND_NONE},
#define DTYPE(tag, NAME, name, size, kind, npy) [LS_##NAME] = {name, npy, size, LSI_KIND_##kind},
#include "dtypes.def"
};

bool lsi_dtype_valid(ls_dtype dtype)
{
    return (unsigned)dtype - 1u < LSI_DTYPE_COUNT - 1u;
}

/* The row of a dtype; that of the default (size 0, kind NONE) for anything that is no dtype. */
static const dtype_info *info(ls_dtype dtype)
{
    return &infos[lsi_dtype_valid(dtype) ? dtype : LS_DTYPE_DEFAULT];
}

const char *lsi_dtype_name(ls_dtype dtype)
{
    static _Thread_local char unknown[40];
    if (lsi_dtype_valid(dtype)) return infos[dtype].name;
    snprintf(unknown, sizeof unknown, "(invalid dtype %d)", (int)dtype);
    return unknown;
}

const char *lsi_dtype_npy(ls_dtype dtype)
{
    return info(dtype)->npy;
}

ls_dtype lsi_dtype_real(ls_dtype dtype)
{
    return dtype == LS_COMPLEX64 ? LS_FLOAT32 : dtype == LS_COMPLEX128 ? LS_FLOAT64 : dtype;
}

ls_dtype lsi_dtype_from_name(const char *name, size_t length)
{
    for (int d = 1; d < LSI_DTYPE_COUNT; d++)
        if (strlen(infos[d].name) == length && memcmp(infos[d].name, name, length) == 0) return (ls_dtype)d;
    return LS_DTYPE_DEFAULT;
}

/* -- promotion ---------------------------------------------------------------------------------------------------- */

static bool is_integer(lsi_kind kind)
{
    return kind == LSI_KIND_INT || kind == LSI_KIND_UINT;
}

/* The dtype of an integer kind with the given size; float64 where there is none (beyond 8 bytes). */
static ls_dtype integer_of_size(lsi_kind kind, size_t size)
{
    for (int d = LS_INT8; d <= LS_UINT64; d++)
        if (infos[d].kind == kind && infos[d].size == size) return (ls_dtype)d;
    return LS_FLOAT64;
}

static ls_dtype promote_integers(ls_dtype a, ls_dtype b)
{
    if (info(a)->kind == info(b)->kind) return info(a)->size >= info(b)->size ? a : b;
    const ls_dtype with_sign = info(a)->kind == LSI_KIND_INT ? a : b;
    const ls_dtype without = info(a)->kind == LSI_KIND_INT ? b : a;
    if (info(with_sign)->size > info(without)->size) return with_sign;
    return integer_of_size(LSI_KIND_INT, 2 * info(without)->size);
}

static ls_dtype promote_floats(ls_dtype a, ls_dtype b)
{
    if (a != b && lsi_dtype_is_half(a) && lsi_dtype_is_half(b)) return LS_FLOAT32;
    return info(a)->size >= info(b)->size ? a : b;
}

/* bfloat16's 8 bits hold the 8-bit integers as float16's 11 do, so it keeps its own; wider ones go through the table. */
static ls_dtype promote_integer_float(ls_dtype integer, ls_dtype floating)
{
    if (floating == LS_BFLOAT16 && info(integer)->size == 1) return LS_BFLOAT16;
    return promote_floats(lsi_dtype_as_float(integer), floating);
}

static ls_dtype promote_reals(ls_dtype a, ls_dtype b)
{
    const lsi_kind ka = info(a)->kind, kb = info(b)->kind;
    if (ka == LSI_KIND_BOOL) return b;
    if (kb == LSI_KIND_BOOL) return a;
    if (is_integer(ka) && is_integer(kb)) return promote_integers(a, b);
    if (is_integer(ka)) return promote_integer_float(a, b);
    if (is_integer(kb)) return promote_integer_float(b, a);
    return promote_floats(a, b);
}

ls_dtype lsi_promote(ls_dtype a, ls_dtype b)
{
    if (!lsi_dtype_valid(a)) return b;
    if (!lsi_dtype_valid(b)) return a;
    const ls_dtype real = promote_reals(lsi_dtype_real(a), lsi_dtype_real(b));
    if (info(a)->kind != LSI_KIND_COMPLEX && info(b)->kind != LSI_KIND_COMPLEX) return real;
    return real == LS_FLOAT64 ? LS_COMPLEX128 : LS_COMPLEX64;
}

ls_dtype lsi_dtype_as_float(ls_dtype dtype)
{
    const dtype_info *row = info(dtype);
    if (row->kind == LSI_KIND_BOOL) return LS_FLOAT16;
    if (!is_integer(row->kind)) return dtype;
    return row->size == 1 ? LS_FLOAT16 : row->size == 2 ? LS_FLOAT32 : LS_FLOAT64;
}

ls_dtype lsi_promote_weak(ls_dtype array, int operand_kind)
{
    const lsi_kind kind = info(array)->kind;
    switch (operand_kind) {
    case LS_OPERAND_INT:
    case LS_OPERAND_UINT: return kind == LSI_KIND_BOOL ? LS_INT64 : array;
    case LS_OPERAND_FLOAT: return kind == LSI_KIND_BOOL || is_integer(kind) ? LS_FLOAT64 : array;
    case LS_OPERAND_COMPLEX:
        if (kind == LSI_KIND_COMPLEX) return array;
        return lsi_dtype_is_half(array) || array == LS_FLOAT32 ? LS_COMPLEX64 : LS_COMPLEX128;
    default: return array;
    }
}

ls_dtype lsi_dtype_of_scalar(const ls_operand *scalar)
{
    switch (scalar->kind) {
    case LS_OPERAND_BOOL: return LS_BOOL;
    case LS_OPERAND_INT: return LS_INT64;
    case LS_OPERAND_UINT: return scalar->value.u > (uint64_t)INT64_MAX ? LS_UINT64 : LS_INT64;
    case LS_OPERAND_FLOAT: return LS_FLOAT64;
    case LS_OPERAND_COMPLEX: return LS_COMPLEX128;
    default: return LS_DTYPE_DEFAULT;
    }
}

/* -- single elements ---------------------------------------------------------------------------------------------- */

/* narrow_<tag>(s): the scalar as an element of that dtype, by the cast from the widest dtype of its kind, which holds
 * its value exactly: one rounding at most. */
#define DTYPE(tag, NAME, name, size, kind, npy)                                                                        \
    static ls_t_##tag narrow_##tag(const lsi_scalar *s)                                                                \
    {                                                                                                                  \
        const ls_cdouble z = {s->value.c.re, s->value.c.im};                                                           \
        switch (lsi_dtype_kind(s->dtype)) {                                                                            \
        case LSI_KIND_UINT: return ls_cast_u64_##tag(s->value.u);                                                      \
        case LSI_KIND_FLOAT: return ls_cast_f64_##tag(s->value.f);                                                     \
        case LSI_KIND_COMPLEX: return ls_cast_c128_##tag(z);                                                           \
        default: return ls_cast_i64_##tag(s->value.i);                                                                 \
        }                                                                                                              \
    }
#include "dtypes.def"

/* widen_<KIND>(out, x): the other way, exact. */
#define widen_BOOL(tag, out, x) (out)->value.i = ls_cast_##tag##_b(x)
#define widen_INT(tag, out, x) (out)->value.i = ls_cast_##tag##_i64(x)
#define widen_UINT(tag, out, x) (out)->value.u = ls_cast_##tag##_u64(x)
#define widen_FLOAT(tag, out, x) (out)->value.f = ls_cast_##tag##_f64(x)
#define widen_COMPLEX(tag, out, x) (out)->value.c = to_complex(ls_cast_##tag##_c128(x))

static ls_complex to_complex(ls_cdouble z)
{
    return (ls_complex){z.re, z.im};
}

static double canonical(double x)
{
    return x == x ? x : ls_from_bits_f64(0x7ff8000000000000u);
}

static lsi_scalar canonical_scalar(const lsi_scalar *scalar)
{
    lsi_scalar s = *scalar;
    const lsi_kind kind = info(s.dtype)->kind;
    if (kind == LSI_KIND_FLOAT) s.value.f = canonical(s.value.f);
    if (kind == LSI_KIND_COMPLEX) s.value.c = (ls_complex){canonical(s.value.c.re), canonical(s.value.c.im)};
    return s;
}

void lsi_scalar_load(ls_dtype dtype, const void *bytes, lsi_scalar *out)
{
    memset(out, 0, sizeof *out);
    out->dtype = dtype;
    switch (dtype) {
#define DTYPE(tag, NAME, name, size, kind, npy)                                                                        \
    case LS_##NAME: {                                                                                                  \
        ls_t_##tag x;                                                                                                  \
        memcpy(&x, bytes, sizeof x);                                                                                   \
        widen_##kind(tag, out, x);                                                                                     \
        break;                                                                                                         \
    }
#include "dtypes.def"
    default: break;
    }
}

void lsi_scalar_store(const lsi_scalar *scalar, void *bytes)
{
    const lsi_scalar s = canonical_scalar(scalar);
    switch (s.dtype) {
#define DTYPE(tag, NAME, name, size, kind, npy)                                                                        \
    case LS_##NAME: {                                                                                                  \
        const ls_t_##tag x = narrow_##tag(&s);                                                                         \
        memcpy(bytes, &x, sizeof x);                                                                                   \
        break;                                                                                                         \
    }
#include "dtypes.def"
    default: break;
    }
}

lsi_scalar lsi_scalar_cast(const lsi_scalar *scalar, ls_dtype dtype)
{
    const lsi_scalar s = canonical_scalar(scalar);
    lsi_scalar out;
    memset(&out, 0, sizeof out);
    out.dtype = dtype;
    switch (dtype) {
#define DTYPE(tag, NAME, name, size, kind, npy)                                                                        \
    case LS_##NAME: widen_##kind(tag, &out, narrow_##tag(&s)); break;
#include "dtypes.def"
    default: break;
    }
    return canonical_scalar(&out);
}

/* A C number in the widest dtype of its kind. */
static ls_status scalar_as_given(const ls_operand *operand, lsi_scalar *out)
{
    memset(out, 0, sizeof *out);
    switch (operand->kind) {
    case LS_OPERAND_BOOL: out->dtype = LS_BOOL; out->value.i = operand->value.i != 0; return LS_OK;
    case LS_OPERAND_INT: out->dtype = LS_INT64; out->value.i = operand->value.i; return LS_OK;
    case LS_OPERAND_UINT: out->dtype = LS_UINT64; out->value.u = operand->value.u; return LS_OK;
    case LS_OPERAND_FLOAT: out->dtype = LS_FLOAT64; out->value.f = operand->value.f; return LS_OK;
    case LS_OPERAND_COMPLEX: out->dtype = LS_COMPLEX128; out->value.c = operand->value.c; return LS_OK;
    default: return lsi_fail(LS_EARGUMENT, "a number is needed here");
    }
}

/* bool < integers < floats < complex */
static int kind_rank(lsi_kind kind)
{
    return kind == LSI_KIND_UINT ? LSI_KIND_INT : (int)kind;
}

static ls_status fail_kind(const lsi_scalar *given, ls_dtype dtype)
{
    if (given->dtype == LS_COMPLEX128)
        return lsi_fail(LS_EDTYPE, "the complex number %.17g%+.17gi does not go into %s", given->value.c.re,
                        given->value.c.im, lsi_dtype_name(dtype));
    return lsi_fail(LS_EDTYPE, "the floating-point number %.17g does not go into %s", given->value.f,
                    lsi_dtype_name(dtype));
}

static ls_status fail_range(const lsi_scalar *given, ls_dtype dtype)
{
    if (given->dtype == LS_UINT64)
        return lsi_fail(LS_EOVERFLOW, "%" PRIu64 " does not fit %s", given->value.u, lsi_dtype_name(dtype));
    return lsi_fail(LS_EOVERFLOW, "%" PRId64 " does not fit %s", given->value.i, lsi_dtype_name(dtype));
}

/* Integers of either sign: the same number. A bit pattern may agree where the sign does not. */
static bool same_integer(const lsi_scalar *a, const lsi_scalar *b)
{
    const bool a_negative = info(a->dtype)->kind != LSI_KIND_UINT && a->value.i < 0;
    const bool b_negative = info(b->dtype)->kind != LSI_KIND_UINT && b->value.i < 0;
    return a->value.u == b->value.u && a_negative == b_negative;
}

ls_status lsi_scalar_from_operand(const ls_operand *operand, ls_dtype dtype, lsi_scalar *out)
{
    lsi_scalar given;
    const ls_status status = scalar_as_given(operand, &given);
    if (status != LS_OK) return status;
    if (!lsi_dtype_valid(dtype)) return lsi_fail(LS_EDTYPE, "%s", lsi_dtype_name(dtype));
    const int from = kind_rank(info(given.dtype)->kind), to = kind_rank(info(dtype)->kind);
    if (from > to && from > LSI_KIND_INT) return fail_kind(&given, dtype);
    const lsi_scalar result = lsi_scalar_cast(&given, dtype);
    if (to <= LSI_KIND_INT && !same_integer(&given, &result)) return fail_range(&given, dtype);
    *out = result;
    return LS_OK;
}
