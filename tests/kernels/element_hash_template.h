/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Part of test_element_hashes.c: all functions of one real and one complex dtype. No include guard: included once per pair
 * with HASH_PART and HASH_COMPLEX, which are undefined here. */
#define N(name) LS_PASTE4(name, _, HASH_PART, _hash)
#define REAL LS_PASTE(ls_t_, HASH_PART)
#define CPLX LS_PASTE(ls_t_, HASH_COMPLEX)
#define P(f) LS_PASTE4(ls_, f, _, HASH_PART)
#define Z(f) LS_PASTE4(ls_, f, _, HASH_COMPLEX)
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

static REAL N(x)[COUNT], N(y)[COUNT], N(out)[COUNT];
static CPLX N(z)[COUNT], N(w)[COUNT], N(zout)[COUNT];

/* Half of the numbers any bits at all, half between -4 and 4. */
static REAL N(number)(int i)
{
    const uint64_t bits = random_bits();
    const REAL plain = (REAL)((double)(int64_t)bits * 0x1p-61);
    return i & 1 ? P(from_bits)(bits & ((uint64_t)-1 >> (64 - 8 * (int)sizeof(REAL)))) : plain;
}

static void N(fill)(void)
{
    for (int i = 0; i < COUNT; i++) {
        N(z)[i].re = N(x)[i] = N(number)(i);
        N(z)[i].im = N(number)(i);
        N(w)[i].re = N(y)[i] = N(number)(i);
        N(w)[i].im = N(number)(i);
    }
}

LS_FN void N(real)(const char *name, REAL (*f)(REAL, REAL))
{
    uint64_t hash = 7;
    for (int i = 0; i < COUNT; i++) N(out)[i] = f(N(x)[i], N(y)[i]);
    for (int i = 0; i < COUNT; i++) hash = mix(hash, P(bits)(P(canonical)(N(out)[i])));
    settle(name, TEXT(HASH_PART), hash);
}
LS_FN void N(settle_complex)(const char *name)
{
    uint64_t hash = 7;
    for (int i = 0; i < COUNT; i++) {
        const CPLX v = Z(canonical)(N(zout)[i]);
        hash = mix(mix(hash, P(bits)(v.re)), P(bits)(v.im));
    }
    settle(name, TEXT(HASH_COMPLEX), hash);
}
LS_FN void N(unary)(const char *name, CPLX (*f)(CPLX))
{
    for (int i = 0; i < COUNT; i++) N(zout)[i] = f(N(z)[i]);
    N(settle_complex)(name);
}
LS_FN void N(binary)(const char *name, CPLX (*f)(CPLX, CPLX))
{
    for (int i = 0; i < COUNT; i++) N(zout)[i] = f(N(z)[i], N(w)[i]);
    N(settle_complex)(name);
}

LS_FN REAL N(degrees)(REAL x, REAL y) { return (void)y, P(degrees)(x); }
LS_FN REAL N(radians)(REAL x, REAL y) { return (void)y, P(radians)(x); }

static void LS_PASTE(all_of_, HASH_PART)(void)
{
    N(fill)();
    N(real)("floor_divide", P(floor_divide));
    N(real)("remainder", P(remainder));
    N(real)("fmod", P(fmod));
    N(real)("minimum", P(minimum));
    N(real)("fmax", P(fmax));
    N(real)("degrees", N(degrees));
    N(real)("radians", N(radians));
    N(binary)("multiply", Z(mul));
    N(binary)("divide", Z(div));
    N(binary)("pow", Z(pow));
    N(unary)("sign", Z(signum));
    N(unary)("reciprocal", Z(reciprocal));
    N(unary)("sqrt", Z(sqrt));
    N(unary)("exp", Z(exp));
    N(unary)("expm1", Z(expm1));
    N(unary)("log", Z(log));
    N(unary)("log2", Z(log2));
    N(unary)("log10", Z(log10));
    N(unary)("log1p", Z(log1p));
    N(unary)("sin", Z(sin));
    N(unary)("cos", Z(cos));
    N(unary)("tan", Z(tan));
    N(unary)("sinh", Z(sinh));
    N(unary)("cosh", Z(cosh));
    N(unary)("tanh", Z(tanh));
    N(unary)("asin", Z(asin));
    N(unary)("acos", Z(acos));
    N(unary)("atan", Z(atan));
    N(unary)("asinh", Z(asinh));
    N(unary)("acosh", Z(acosh));
    N(unary)("atanh", Z(atanh));
}

#undef N
#undef REAL
#undef CPLX
#undef P
#undef Z
#undef TEXT_
#undef TEXT
#undef HASH_PART
#undef HASH_COMPLEX
