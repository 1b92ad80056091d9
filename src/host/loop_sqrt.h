/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Square roots of float64 on AVX-512. The hardware's root keeps the divider busy for 20 cycles a vector and nothing
 * else meanwhile, so three vectors of four are done by multiplications beside it. Their bits are the same because each
 * result is proved by itself: what is not proved is done by the hardware after all.
 *
 * Claim: for x > 0 and a positive normal s with neighbours p < s < q, s is the root of x rounded to nearest if and
 * only if s p < x <= s q. Proof. The root is never the middle of two numbers, whose square has too many places; so s
 * is nearest if and only if (p + s)^2 / 4 < x < (s + q)^2 / 4. The right side is s q + (u / 2)^2 with u = q - s. s q
 * is a whole number of u^2, and an x above it is one, too: its last place is 2^52 u^2 or more. So x < s q + u^2 / 4 is
 * x <= s q. The left side is s p + (u / 2)^2 with u = s - p, and an x above s p is again a whole number of u^2, its
 * last place being 2^52 u^2 or more (2^53 if s is a power of two). So it is s p < x.
 *
 * The signs of s q - x and s p - x are right, as fused operations round the exact difference. Where x is 0, below 0,
 * infinite or NaN both results are NaN of one sign and nothing is proved. How s was found does not matter for the bits,
 * so neither do the places that the hardware's estimate has beyond the 14 it promises. */
#ifndef LSI_HOST_LOOP_SQRT_H
#define LSI_HOST_LOOP_SQRT_H

#include "host/loop_shape.h"

#if defined(__AVX512F__)
#include <immintrin.h>

/* From the estimate, right to 2^-14, one step of third order for root and half the inverse root, and one of Newton's:
 * about 2^-80, so that one number in 2^25 is not proved. Then the top bit of *unproved is set. */
LSI_INLINE __m512d root_by_products(__m512d x, __m512i *unproved)
{
    const __m512d half = _mm512_set1_pd(0.5), estimate = _mm512_rsqrt14_pd(x);
    const __m512d h = _mm512_mul_pd(estimate, half), g = _mm512_mul_pd(estimate, x), e = _mm512_fnmadd_pd(g, h, half);
    const __m512d step = _mm512_mul_pd(e, _mm512_fmadd_pd(e, _mm512_set1_pd(1.5), _mm512_set1_pd(1)));
    const __m512d near = _mm512_fmadd_pd(g, step, g), half_inverse = _mm512_fmadd_pd(h, step, h);
    const __m512d s = _mm512_fmadd_pd(_mm512_fnmadd_pd(near, near, x), half_inverse, near);
    const __m512i bits = _mm512_castpd_si512(s), one = _mm512_set1_epi64(1);
    const __m512d p = _mm512_castsi512_pd(_mm512_sub_epi64(bits, one));
    const __m512d q = _mm512_castsi512_pd(_mm512_add_epi64(bits, one));
    const __m512i above = _mm512_castpd_si512(_mm512_fmsub_pd(s, q, x)); /* 0 or more */
    const __m512i below = _mm512_castpd_si512(_mm512_fmsub_pd(s, p, x)); /* less than 0 */
    *unproved = _mm512_ternarylogic_epi64(*unproved, above, below, 0xfd); /* *unproved | above | ~below */
    return s;
}

/* As lsi_loop_1, for the row's element function f. */
LSI_INLINE void lsi_loop_sqrt_f64(int64_t n, const char *x, int sx, char *out, int so, void (*f)(const void *, void *))
{
    enum { VECTOR = 64, GROUP = 4 * VECTOR };
    int64_t at = 0;
    for (; at + GROUP <= n * 8; at += GROUP) {
        const __m512d a = _mm512_loadu_pd(x + at), b = _mm512_loadu_pd(x + at + VECTOR);
        const __m512d c = _mm512_loadu_pd(x + at + 2 * VECTOR), d = _mm512_loadu_pd(x + at + 3 * VECTOR);
        __m512i unproved = _mm512_setzero_si512();
        __m512d root_b = root_by_products(b, &unproved), root_c = root_by_products(c, &unproved),
                root_d = root_by_products(d, &unproved);
        if (__builtin_expect(_mm512_movepi64_mask(unproved) != 0, 0))
            root_b = _mm512_sqrt_pd(b), root_c = _mm512_sqrt_pd(c), root_d = _mm512_sqrt_pd(d);
        _mm512_storeu_pd(out + at, _mm512_sqrt_pd(a));
        _mm512_storeu_pd(out + at + VECTOR, root_b);
        _mm512_storeu_pd(out + at + 2 * VECTOR, root_c);
        _mm512_storeu_pd(out + at + 3 * VECTOR, root_d);
    }
    lsi_loop_1(n - at / 8, x + at, sx, out + at, so, f);
}

#define LSI_OWN_sqrt_f64 , lsi_loop_sqrt_f64
#endif

#endif
