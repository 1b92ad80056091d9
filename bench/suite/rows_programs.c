/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole programs: the five workloads of the textbooks, from nothing to the result, and two of several operations. */
#include "ours.h"

/* --- the textbook: what is made is part of the time --- */

static ls_array *square_of_arange(const job *j) { return ls_square(ls_arange(j->n)); }
static ls_array *product(const job *j) { return ls_matmul(j->a, j->b); }
static ls_array *sum_of_random(const job *j) { return ls_sum(ls_random(ls_rng_new(42), j->size)); }
static ls_array *sine_and_cosine(const job *j) { return ls_add(ls_sin(j->a), ls_cos(j->a)); }
/* Lesson 6: columns centred by their means. */
static ls_array *centred(const job *j)
{
    return ls_subtract(j->a, ls_mean(j->a, .axis = LS_AXIS(0), .keepdims = true));
}

/* --- prices of European calls (Black and Scholes 1973); a: price, b: strike, c: years, all in [0, 1) and moved --- */

static ls_array *normal_below(ls_array *x)
{
    return ls_multiply(ls_add(ls_erf(ls_multiply(x, 0.70710678118654752)), 1), 0.5);
}

static ls_array *black_scholes(const job *j)
{
    const double rate = 0.05, volatility = 0.2;
    ls_array *price = ls_add(ls_multiply(j->a, 50), 75), *strike = ls_add(ls_multiply(j->b, 50), 75);
    ls_array *years = ls_add(j->c, 0.1);
    ls_array *spread = ls_multiply(ls_sqrt(years), volatility);
    ls_array *drift = ls_multiply(years, rate + 0.5 * volatility * volatility);
    ls_array *d1 = ls_divide(ls_add(ls_log(ls_divide(price, strike)), drift), spread);
    ls_array *d2 = ls_subtract(d1, spread);
    ls_array *discounted = ls_multiply(strike, ls_exp(ls_multiply(years, -rate)));
    return ls_subtract(ls_multiply(price, normal_below(d1)), ls_multiply(discounted, normal_below(d2)));
}

/* --- how many turns of z*z + c stay within 2, of 30; a and b are c's parts in [0, 1) and moved --- */

enum { TURNS = 30 };

static ls_array *mandelbrot(const job *j)
{
    ls_array *re = ls_subtract(ls_multiply(j->a, 3), 2), *im = ls_subtract(ls_multiply(j->b, 2), 1);
    ls_array *x = re, *y = im, *count = ls_zeros(j->size, .dtype = j->dtype);
    for (int i = 0; i < TURNS; i++) {
        ls_array *xx = ls_multiply(x, x), *yy = ls_multiply(y, y);
        ls_array *inside = ls_less_equal(ls_add(xx, yy), 4);
        count = ls_add(count, inside);
        /* Points that left stay where they are, so that no number overflows. */
        ls_array *next = ls_add(ls_multiply(ls_multiply(x, y), 2), im);
        x = ls_where(inside, ls_add(ls_subtract(xx, yy), re), x);
        y = ls_where(inside, next, y);
    }
    return count;
}

const row program_rows[] = {
    {"square_arange", "", square_of_arange, NULL},
    {"textbook_matmul", "ab", product, NULL},
    {"sum_random", "", sum_of_random, NULL},
    {"sin_plus_cos", "a", sine_and_cosine, NULL},
    {"centre_columns", "a", centred, NULL},
    {"black_scholes", "abc", black_scholes, NULL},
    {"mandelbrot", "ab", mandelbrot, NULL},
    {0},
};
