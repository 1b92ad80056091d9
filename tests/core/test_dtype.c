/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dtypes: facts, promotion against NumPy's own table, and single elements. Conversions are kernels/cast.h's, tested
 * there; here it is shown that this file reaches the right ones and that C numbers are accepted or refused as promised. */
#include "core/dtype.h"
#include "core/error.h"
#include "lockstep/error.h"

#include "check.h"

#include <float.h>

static ls_dtype named(const char *name)
{
    return lsi_dtype_from_name(name, strlen(name));
}

TEST(facts)
{
    for (int d = -3; d < 100; d++) CHECK_EQ_INT(lsi_dtype_valid((ls_dtype)d), d >= LS_BOOL && d <= LS_COMPLEX128);
    for (int d = LS_BOOL; d <= LS_COMPLEX128; d++) CHECK_EQ_INT(named(lsi_dtype_name((ls_dtype)d)), d);
    CHECK_STR(lsi_dtype_name((ls_dtype)99), "(invalid dtype 99)");
    CHECK_EQ_INT(named("float65"), 0);
    CHECK_EQ_INT(named(""), 0);
    CHECK_EQ_INT(lsi_dtype_from_name("float64", 6), 0);
    CHECK_EQ_INT(lsi_dtype_from_name("float64x", 7), LS_FLOAT64);
    CHECK_EQ_INT(lsi_dtype_size(LS_COMPLEX128), 16);
    CHECK_EQ_INT(lsi_dtype_size((ls_dtype)99), 0);
    CHECK_EQ_INT(lsi_dtype_size(LS_DTYPE_DEFAULT), 0);
    CHECK_STR(lsi_dtype_npy(LS_BFLOAT16), "");
    CHECK_STR(lsi_dtype_npy(LS_UINT16), "u2");
    CHECK(lsi_dtype_kind(LS_BFLOAT16) == LSI_KIND_FLOAT && lsi_dtype_kind(LS_BOOL) == LSI_KIND_BOOL);
    CHECK(lsi_dtype_is_half(LS_FLOAT16) && lsi_dtype_is_half(LS_BFLOAT16) && !lsi_dtype_is_half(LS_INT16));
    CHECK_EQ_INT(lsi_dtype_real(LS_COMPLEX64), LS_FLOAT32);
    CHECK_EQ_INT(lsi_dtype_real(LS_INT8), LS_INT8);
}

static int python_kind(const char *text)
{
    return strcmp(text, "bool") == 0    ? LS_OPERAND_BOOL
           : strcmp(text, "int") == 0   ? LS_OPERAND_INT
           : strcmp(text, "float") == 0 ? LS_OPERAND_FLOAT
                                        : LS_OPERAND_COMPLEX;
}

static void check_promotion(const char *line, const char *a, const char *b, const char *expected)
{
    const ls_dtype want = named(expected);
    ls_dtype got;
    if (strncmp(b, "python ", 7) == 0) got = lsi_promote_weak(named(a), python_kind(b + 7));
    else if (strcmp(b, "as float") == 0) got = lsi_dtype_as_float(named(a));
    else got = lsi_promote(named(a), named(b));
    if (!CHECK_EQ_INT(got, want)) printf("  %s\n", line);
}

TEST(promotion_as_numpy)
{
    char line[200], a[64], b[64], expected[64];
    int lines = 0;
    FILE *file = fopen(LSI_TEST_VECTORS "/promotions.txt", "r");
    if (!CHECK(file != NULL)) return;
    for (; fgets(line, sizeof line, file); lines++)
        if (CHECK_EQ_INT(sscanf(line, "%63[^;];%63[^;];%63[^\n]", a, b, expected), 3)) check_promotion(line, a, b, expected);
    fclose(file);
    CHECK_EQ_INT(lines, 14 * 14 + 14 * 5);
}

TEST(promotion_of_bfloat16)
{
    static const struct { ls_dtype with, result; } rows[] = {
        {LS_BOOL, LS_BFLOAT16}, {LS_INT8, LS_BFLOAT16}, {LS_UINT8, LS_BFLOAT16}, {LS_INT16, LS_FLOAT32},
        {LS_UINT16, LS_FLOAT32}, {LS_INT32, LS_FLOAT64}, {LS_UINT32, LS_FLOAT64}, {LS_INT64, LS_FLOAT64},
        {LS_UINT64, LS_FLOAT64}, {LS_FLOAT16, LS_FLOAT32}, {LS_BFLOAT16, LS_BFLOAT16}, {LS_FLOAT32, LS_FLOAT32},
        {LS_FLOAT64, LS_FLOAT64}, {LS_COMPLEX64, LS_COMPLEX64}, {LS_COMPLEX128, LS_COMPLEX128}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        CHECK_EQ_INT(lsi_promote(LS_BFLOAT16, rows[k].with), rows[k].result);
        CHECK_EQ_INT(lsi_promote(rows[k].with, LS_BFLOAT16), rows[k].result);
    }
    CHECK_EQ_INT(lsi_promote_weak(LS_BFLOAT16, LS_OPERAND_FLOAT), LS_BFLOAT16);
    CHECK_EQ_INT(lsi_promote_weak(LS_BFLOAT16, LS_OPERAND_COMPLEX), LS_COMPLEX64);
    CHECK_EQ_INT(lsi_dtype_as_float(LS_BFLOAT16), LS_BFLOAT16);
    CHECK_EQ_INT(lsi_promote_weak(LS_BOOL, LS_OPERAND_UINT), LS_INT64);
    CHECK_EQ_INT(lsi_promote_weak(LS_UINT8, LS_OPERAND_UINT), LS_UINT8);
}

/* Commutative everywhere; a dtype with itself is itself. (Not associative, as NumPy's is not.) */
TEST(promotion_laws)
{
    for (int a = LS_BOOL; a <= LS_COMPLEX128; a++)
        for (int b = LS_BOOL; b <= LS_COMPLEX128; b++)
            CHECK_EQ_INT(lsi_promote((ls_dtype)a, (ls_dtype)b), lsi_promote((ls_dtype)b, (ls_dtype)a));
    for (int a = LS_BOOL; a <= LS_COMPLEX128; a++) CHECK_EQ_INT(lsi_promote((ls_dtype)a, (ls_dtype)a), a);
}

TEST(scalar_dtypes)
{
    ls_operand o = ls_operand_bool(true);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_BOOL);
    o = ls_operand_i64(-1);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_INT64);
    o = ls_operand_u64(INT64_MAX);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_INT64);
    o = ls_operand_u64((uint64_t)INT64_MAX + 1);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_UINT64);
    o = ls_operand_f64(1);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_FLOAT64);
    o = ls_operand_c128(1, 2);
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), LS_COMPLEX128);
    o = ls_operand_none();
    CHECK_EQ_INT(lsi_dtype_of_scalar(&o), 0);
}

/* -- numbers into dtypes ------------------------------------------------------------------------------------------ */

static ls_status fits(ls_operand operand, ls_dtype dtype, lsi_scalar *out)
{
    ls_clear_error();
    const ls_status status = lsi_scalar_from_operand(&operand, dtype, out);
    CHECK_STATUS(ls_error(), status);
    return status;
}

/* The limits of each integer dtype: both ends fit, one beyond either does not. */
TEST(integer_limits)
{
    static const struct { ls_dtype dtype; int64_t low; uint64_t high; } rows[] = {
        {LS_BOOL, 0, 1}, {LS_INT8, INT8_MIN, INT8_MAX}, {LS_INT16, INT16_MIN, INT16_MAX},
        {LS_INT32, INT32_MIN, INT32_MAX}, {LS_INT64, INT64_MIN, INT64_MAX}, {LS_UINT8, 0, UINT8_MAX},
        {LS_UINT16, 0, UINT16_MAX}, {LS_UINT32, 0, UINT32_MAX}, {LS_UINT64, 0, UINT64_MAX}};
    lsi_scalar s;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        const ls_dtype d = rows[k].dtype;
        CHECK_STATUS(fits(ls_operand_i64(rows[k].low), d, &s), LS_OK);
        CHECK_EQ_INT(s.value.i, rows[k].low);
        CHECK_EQ_INT(s.dtype, d);
        CHECK_STATUS(fits(ls_operand_u64(rows[k].high), d, &s), LS_OK);
        CHECK(s.value.u == rows[k].high);
        if (rows[k].low > INT64_MIN) CHECK_STATUS(fits(ls_operand_i64(rows[k].low - 1), d, &s), LS_EOVERFLOW);
        if (rows[k].high < UINT64_MAX) CHECK_STATUS(fits(ls_operand_u64(rows[k].high + 1), d, &s), LS_EOVERFLOW);
        CHECK_STATUS(fits(ls_operand_bool(true), d, &s), LS_OK);
        CHECK_EQ_INT(s.value.i, 1);
        CHECK_STATUS(fits(ls_operand_f64(1.0), d, &s), LS_EDTYPE);
        CHECK_STATUS(fits(ls_operand_c128(1.0, 0.0), d, &s), LS_EDTYPE);
    }
    CHECK_STATUS(fits(ls_operand_i64(300), LS_UINT8, &s), LS_EOVERFLOW);
    CHECK_STR(ls_error_message(), "lockstep: 300 does not fit uint8");
    CHECK_STATUS(fits(ls_operand_f64(2.5), LS_INT64, &s), LS_EDTYPE);
    CHECK_STR(ls_error_message(), "lockstep: the floating-point number 2.5 does not go into int64");
}

TEST(numbers_into_floats)
{
    lsi_scalar s;
    CHECK_STATUS(fits(ls_operand_f64(0.1), LS_FLOAT32, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, (double)0.1f);
    CHECK_STATUS(fits(ls_operand_f64(1e300), LS_FLOAT32, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, (double)INFINITY);
    CHECK_STATUS(fits(ls_operand_f64(65519.9), LS_FLOAT16, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, 65504.0);
    CHECK_STATUS(fits(ls_operand_i64(257), LS_BFLOAT16, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, 256.0);
    /* Rounded once: above the tie of float32, on which a first rounding to float64 would put it. */
    CHECK_STATUS(fits(ls_operand_i64((INT64_C(1) << 54) + (INT64_C(1) << 30) + 1), LS_FLOAT32, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, 0x1p54 + 0x1p31);
    CHECK_STATUS(fits(ls_operand_u64(UINT64_MAX), LS_FLOAT64, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.f, 0x1p64);
    CHECK_STATUS(fits(ls_operand_c128(0.1, -0.0), LS_COMPLEX64, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.c.re, (double)0.1f);
    CHECK_EQ_DOUBLE(s.value.c.im, -0.0);
    CHECK_STATUS(fits(ls_operand_f64(-0.0), LS_COMPLEX128, &s), LS_OK);
    CHECK_EQ_DOUBLE(s.value.c.re, -0.0);
    CHECK_STATUS(fits(ls_operand_c128(1, 0), LS_FLOAT64, &s), LS_EDTYPE);
    CHECK_STATUS(fits(ls_operand_none(), LS_FLOAT64, &s), LS_EARGUMENT);
    CHECK_STATUS(fits(ls_operand_f64(1), LS_DTYPE_DEFAULT, &s), LS_EDTYPE);
    CHECK_STATUS(fits(ls_operand_f64(1), (ls_dtype)99, &s), LS_EDTYPE);
}

/* -- elements in memory ------------------------------------------------------------------------------------------- */

/* Every bit pattern of the 8- and 16-bit dtypes comes back as it was, but for NaNs, which become the canonical one. */
TEST(round_trip_small)
{
    static const ls_dtype dtypes[] = {LS_INT8, LS_UINT8, LS_INT16, LS_UINT16, LS_FLOAT16, LS_BFLOAT16};
    for (size_t k = 0; k < sizeof dtypes / sizeof *dtypes; k++) {
        const unsigned patterns = lsi_dtype_size(dtypes[k]) == 1 ? 1u << 8 : 1u << 16;
        for (unsigned bits = 0; bits < patterns; bits++) {
            unsigned char bytes[4] = {0, (unsigned char)bits, (unsigned char)(bits >> 8), 0};
            uint16_t out = 0;
            lsi_scalar s;
            lsi_scalar_load(dtypes[k], bytes + 1, &s); /* not aligned */
            lsi_scalar_store(&s, &out);
            const unsigned infinity = dtypes[k] == LS_FLOAT16 ? 0x7c00u : dtypes[k] == LS_BFLOAT16 ? 0x7f80u : 0xffffu;
            const unsigned nan = dtypes[k] == LS_FLOAT16 ? 0x7e00u : 0x7fc0u;
            if (!CHECK_EQ_INT(out, (bits & 0x7fffu) > infinity ? nan : bits)) return;
        }
    }
}

TEST(round_trip_wide)
{
    unsigned char in[16], out[16];
    uint64_t state = 88172645463325252u;
    for (int d = LS_BOOL; d <= LS_COMPLEX128; d++)
        for (int k = 0; k < 2000; k++) {
            for (int b = 0; b < 16; b++) {
                state ^= state << 13, state ^= state >> 7, state ^= state << 17;
                in[b] = (unsigned char)(state >> 32);
            }
            lsi_scalar s, again;
            lsi_scalar_load((ls_dtype)d, in, &s);
            lsi_scalar_store(&s, out);
            lsi_scalar_load((ls_dtype)d, out, &again);
            CHECK_EQ_INT(again.dtype, d);
            const bool integer = lsi_dtype_kind((ls_dtype)d) <= LSI_KIND_UINT;
            if (integer) CHECK(again.value.u == s.value.u && (d == LS_BOOL || !memcmp(in, out, lsi_dtype_size((ls_dtype)d))));
            else if (lsi_dtype_kind((ls_dtype)d) == LSI_KIND_FLOAT) CHECK_EQ_DOUBLE(again.value.f, s.value.f);
            else CHECK(check_double(__FILE__, __LINE__, "re", again.value.c.re, s.value.c.re) &&
                       check_double(__FILE__, __LINE__, "im", again.value.c.im, s.value.c.im));
        }
}

TEST(nan_is_canonical)
{
    const uint64_t odd64 = 0xfff4dead00000001u;
    const uint32_t odd32 = 0xff800001u;
    uint64_t bits64;
    uint32_t bits32;
    lsi_scalar s;
    lsi_scalar_load(LS_FLOAT64, &odd64, &s);
    lsi_scalar_store(&s, &bits64);
    CHECK(bits64 == 0x7ff8000000000000u);
    lsi_scalar_load(LS_FLOAT32, &odd32, &s);
    lsi_scalar_store(&s, &bits32);
    CHECK(bits32 == 0x7fc00000u);
    s = lsi_scalar_cast(&s, LS_COMPLEX64);
    unsigned char complex_bytes[8];
    lsi_scalar_store(&s, complex_bytes);
    memcpy(&bits32, complex_bytes, 4);
    CHECK(bits32 == 0x7fc00000u);
}

static lsi_scalar real(double x)
{
    lsi_scalar s = {.dtype = LS_FLOAT64};
    s.value.f = x;
    return s;
}

TEST(casts)
{
    lsi_scalar s = real(300.7);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_INT8).value.i, 127);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_INT16).value.i, 300);
    s = real(-5.9);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_UINT32).value.u, 0);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_INT32).value.i, -5);
    s = real((double)NAN);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_INT64).value.i, 0);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_BOOL).value.i, 1);
    s = real(1e30);
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_INT64).value.i, INT64_MAX);
    CHECK(lsi_scalar_cast(&s, LS_UINT64).value.u == UINT64_MAX);
    s = (lsi_scalar){.dtype = LS_INT64, .value = {.i = -1}};
    CHECK_EQ_INT(lsi_scalar_cast(&s, LS_UINT8).value.u, 255);
    CHECK(lsi_scalar_cast(&s, LS_UINT64).value.u == UINT64_MAX);
    s = lsi_scalar_cast(&s, LS_COMPLEX64);
    CHECK_EQ_DOUBLE(s.value.c.re, -1.0);
    CHECK_EQ_DOUBLE(s.value.c.im, 0.0);
}

/* A dtype that is none reads as nothing and writes nothing. */
TEST(no_dtype)
{
    char bytes[16] = "untouched";
    lsi_scalar s = real(1.5);
    const lsi_scalar none = lsi_scalar_cast(&s, (ls_dtype)99);
    CHECK_EQ_INT(none.value.u, 0);
    lsi_scalar_load(LS_DTYPE_DEFAULT, bytes, &s);
    CHECK_EQ_INT(s.value.u, 0);
    lsi_scalar_store(&none, bytes);
    CHECK_STR(bytes, "untouched");
    CHECK_EQ_INT(lsi_promote(LS_DTYPE_DEFAULT, LS_INT8), LS_INT8);
    CHECK_EQ_INT(lsi_promote(LS_INT8, LS_DTYPE_DEFAULT), LS_INT8);
}

int main(void)
{
    RUN(no_dtype);
    RUN(facts);
    RUN(promotion_as_numpy);
    RUN(promotion_of_bfloat16);
    RUN(promotion_laws);
    RUN(scalar_dtypes);
    RUN(integer_limits);
    RUN(numbers_into_floats);
    RUN(round_trip_small);
    RUN(round_trip_wide);
    RUN(nan_is_canonical);
    RUN(casts);
    return check_report();
}
