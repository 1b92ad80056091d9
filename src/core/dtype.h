/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Facts about element types and how two of them promote. Pure functions over kernels/dtypes.def. */
#ifndef LSI_CORE_DTYPE_H
#define LSI_CORE_DTYPE_H

#include "lockstep/types.h"

enum { LSI_DTYPE_COUNT = LS_COMPLEX128 + 1 };
typedef enum lsi_kind { LSI_KIND_NONE, LSI_KIND_BOOL, LSI_KIND_INT, LSI_KIND_UINT, LSI_KIND_FLOAT, LSI_KIND_COMPLEX } lsi_kind;

bool lsi_dtype_valid(ls_dtype dtype);       /* one of the 15; LS_DTYPE_DEFAULT is not */
const char *lsi_dtype_name(ls_dtype dtype); /* "float64"; "(invalid dtype 99)" */
static inline size_t lsi_dtype_size(ls_dtype dtype) /* bytes; 0 for what is no dtype */
{
    static const uint8_t sizes[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, name, size, kind, npy) [LS_##NAME] = size,
#include "dtypes.def"
    };
    return (unsigned)dtype < LSI_DTYPE_COUNT ? sizes[dtype] : 0;
}
static inline lsi_kind lsi_dtype_kind(ls_dtype dtype)
{
    static const uint8_t kinds[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, name, size, kind, npy) [LS_##NAME] = LSI_KIND_##kind,
#include "dtypes.def"
    };
    return (lsi_kind)((unsigned)dtype < LSI_DTYPE_COUNT ? kinds[dtype] : LSI_KIND_NONE);
}
const char *lsi_dtype_npy(ls_dtype dtype);  /* "f8", "" when the .npy format has none */
static inline bool lsi_dtype_is_half(ls_dtype dtype) /* float16 or bfloat16: arithmetic goes through float32 */
{
    return dtype == LS_FLOAT16 || dtype == LS_BFLOAT16;
}
ls_dtype lsi_dtype_real(ls_dtype dtype);    /* complex64 -> float32, complex128 -> float64, others themselves */
ls_dtype lsi_dtype_from_name(const char *name, size_t length); /* NumPy's name; 0 when unknown */

/* The dtype both convert to: the array API's table; int with float as NumPy 2 (int32 + float32 -> float64). */
ls_dtype lsi_promote(ls_dtype a, ls_dtype b);
/* The floating dtype an integer or bool takes in a function of FLOAT only (NumPy: int8 -> float16, int16 -> float32,
 * else float64; bool -> float16). Floats and complex are themselves. */
ls_dtype lsi_dtype_as_float(ls_dtype dtype);
/* Promotion of an array dtype with a weak C number of `operand_kind` (LS_OPERAND_*): the kind may rise, not the width
 * (float32 with 2.0 stays, int32 with 2.0 -> float64, bool with 2 -> int64, float32 with a complex -> complex64). */
ls_dtype lsi_promote_weak(ls_dtype array, int operand_kind);
/* dtype of a C number on its own: bool, int64, uint64 (only above INT64_MAX, else int64), float64, complex128. */
ls_dtype lsi_dtype_of_scalar(const ls_operand *scalar);

/* One element of any dtype, in the widest form of its kind. */
typedef struct lsi_scalar {
    ls_dtype dtype;
    union {
        int64_t i;      /* bool, signed */
        uint64_t u;     /* unsigned */
        double f;       /* every float */
        ls_complex c;   /* complex */
    } value;
} lsi_scalar;
/* A C number as an element of `dtype`: rounded for floats; LS_EOVERFLOW with the value in the text when an integer does
 * not fit an integer dtype, LS_EDTYPE when the kind would fall (2.5 to int64). */
ls_status lsi_scalar_from_operand(const ls_operand *operand, ls_dtype dtype, lsi_scalar *out);
/* Element in memory <-> scalar. `bytes` need not be aligned. store canonicalises NaN. */
void lsi_scalar_load(ls_dtype dtype, const void *bytes, lsi_scalar *out);
void lsi_scalar_store(const lsi_scalar *scalar, void *bytes);
/* Conversion under the cast rules of kernels/cast.h (saturating, NaN -> 0). */
lsi_scalar lsi_scalar_cast(const lsi_scalar *scalar, ls_dtype dtype);

#endif
