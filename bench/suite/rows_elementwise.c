/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elementwise arithmetic and functions. */
#include "ours.h"

static ls_array *add(const job *j) { return ls_add(j->a, j->b); }
static ls_status add_into(const job *j, ls_array *out) { return ls_add_into(out, j->a, j->b); }
static ls_array *multiply_add(const job *j) { return ls_add(ls_multiply(j->a, j->b), j->c); }
static ls_status multiply_add_into(const job *j, ls_array *out)
{
    return ls_add_into(out, ls_multiply(j->a, j->b), j->c);
}
static ls_array *square(const job *j) { return ls_pow(j->a, 2); }
static ls_status square_into(const job *j, ls_array *out) { return ls_pow_into(out, j->a, 2); }
static ls_array *less(const job *j) { return ls_less(j->a, j->b); }
static ls_status less_into(const job *j, ls_array *out) { return ls_less_into(out, j->a, j->b); }
static ls_array *where(const job *j) { return ls_where(ls_less(j->a, j->b), j->a, j->c); }
static ls_status where_into(const job *j, ls_array *out) { return ls_where_into(out, ls_less(j->a, j->b), j->a, j->c); }
static ls_array *square_root(const job *j) { return ls_sqrt(j->a); }
static ls_status square_root_into(const job *j, ls_array *out) { return ls_sqrt_into(out, j->a); }

static ls_array *exponential(const job *j) { return ls_exp(j->a); }
static ls_status exponential_into(const job *j, ls_array *out) { return ls_exp_into(out, j->a); }
static ls_array *logarithm(const job *j) { return ls_log(j->d); }
static ls_status logarithm_into(const job *j, ls_array *out) { return ls_log_into(out, j->d); }
static ls_array *sine(const job *j) { return ls_sin(j->w); }
static ls_status sine_into(const job *j, ls_array *out) { return ls_sin_into(out, j->w); }
static ls_array *sin_cos(const job *j) { return ls_add(ls_sin(j->w), ls_cos(j->w)); }
static ls_status sin_cos_into(const job *j, ls_array *out) { return ls_add_into(out, ls_sin(j->w), ls_cos(j->w)); }
static ls_array *power(const job *j) { return ls_pow(j->d, j->b); }
static ls_status power_into(const job *j, ls_array *out) { return ls_pow_into(out, j->d, j->b); }
static ls_array *hyperbolic(const job *j) { return ls_tanh(j->w); }
static ls_status hyperbolic_into(const job *j, ls_array *out) { return ls_tanh_into(out, j->w); }

const row elementwise_rows[] = {
    {"add", "ab", add, add_into},
    {"muladd", "abc", multiply_add, multiply_add_into},
    {"square", "a", square, square_into},
    {"less", "ab", less, less_into},
    {"where", "abc", where, where_into},
    {"sqrt", "a", square_root, square_root_into},
    {"exp", "a", exponential, exponential_into},
    {"log", "d", logarithm, logarithm_into},
    {"sin", "w", sine, sine_into},
    {"sin_cos", "w", sin_cos, sin_cos_into},
    {"pow", "bd", power, power_into},
    {"tanh", "w", hyperbolic, hyperbolic_into},
    {0},
};
