/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Products, random numbers, memory and files. */
#include "ours.h"

static ls_array *product(const job *j) { return ls_matmul(j->a, j->b); }
static ls_status product_into(const job *j, ls_array *out) { return ls_matmul_into(out, j->a, j->b); }
static ls_array *exact_product(const job *j) { return ls_matmul(j->a, j->b, .mode = LS_MATMUL_EXACT); }

const row matmul_rows[] = {
    {"matmul", "ab", product, product_into},
    {"matmul_exact", "ab", exact_product, NULL},
    {"matmul_batched", "ab", product, NULL},
    {0},
};

static ls_array *uniform(const job *j) { return ls_random(j->rng, j->size, .dtype = j->dtype); }
static ls_array *uniform32(const job *j) { return ls_random(j->rng32, j->size, .dtype = j->dtype); }
static ls_array *normal(const job *j) { return ls_standard_normal(j->rng, j->size, .dtype = j->dtype); }
static ls_array *integers(const job *j) { return ls_integers(j->rng, 0, 1000, j->size, .dtype = j->dtype); }

static ls_array *zeros(const job *j) { return ls_zeros(j->size, .dtype = j->dtype); }
static ls_array *copy(const job *j) { return ls_copy(j->a); }
static ls_status copy_into(const job *j, ls_array *out) { return ls_assign(out, j->a); }
static ls_status zeros_into(const job *j, ls_array *out) { return (void)j, ls_assign(out, 0); }
static ls_array *to_other_float(const job *j)
{
    return ls_astype(j->a, j->dtype == LS_FLOAT64 ? LS_FLOAT32 : LS_FLOAT64);
}
static ls_array *to_int32(const job *j) { return ls_astype(j->w, LS_INT32); }
static ls_array *load(const job *j) { return ls_load(j->path); }
static ls_status save(const job *j, ls_array *out) { return (void)out, ls_save(j->path, j->a); }

const row other_rows[] = {
    {"uniform", "", uniform, NULL},
    {"uniform_4x32", "", uniform32, NULL},
    {"normal", "", normal, NULL},
    {"integers", "", integers, NULL},
    {"zeros", "", zeros, zeros_into},
    {"copy", "a", copy, copy_into},
    {"astype", "a", to_other_float, NULL},
    {"astype_int", "w", to_int32, NULL},
    {"load", "a", load, NULL},
    {"save", "a", NULL, save},
    {0},
};
