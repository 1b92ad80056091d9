/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small programs of every family (workloads.h). */
#include "device/workloads.h"

static ls_array *elementwise(void)
{
    ls_array *x = ls_linspace(-3, 3, 500), *y = ls_reshape(ls_arange(500), LS_SHAPE(10, 50));
    ls_array *z = ls_add(ls_sin(ls_reshape(x, LS_SHAPE(10, 50))), ls_sqrt(y));
    return ls_where(ls_greater(z, 1.0), ls_floor_divide(y, 7), ls_multiply(z, 0.5));
}

static ls_array *reductions(void)
{
    ls_array *x = ls_reshape(ls_exp(ls_mul(ls_arange(3000), -1e-3)), LS_SHAPE(10, 15, 20));
    ls_array *m = ls_mean(x, .axis = LS_AXIS(1), .keepdims = true);
    return ls_concat(LS_LIST(ls_ravel(ls_var(ls_sub(x, m), .axis = LS_AXIS(0))), ls_ravel(ls_max(x, .axis = LS_AXIS(-1))),
                             ls_reshape(ls_sum(x), LS_SHAPE(1))));
}

static ls_array *random_numbers(void)
{
    ls_rng *rng = ls_rng_new(99);
    ls_array *u = ls_random(rng, LS_SHAPE(300)), *n = ls_standard_normal(rng, LS_SHAPE(300));
    return ls_add(ls_sum(ls_mul(u, n)), ls_integers(rng, 0, 100, LS_SHAPE(50)));
}

static ls_array *products(void)
{
    ls_array *x = ls_reshape(ls_arange(120.0), LS_SHAPE(8, 15)), *y = ls_transpose(x);
    return ls_matmul(x, ls_mul(y, 0.25), .mode = LS_MATMUL_EXACT);
}

static ls_array *scans(void)
{
    return ls_cumulative_sum(ls_sin(ls_arange(5000.0)));
}

static ls_array *writes(void)
{
    ls_array *x = ls_copy(ls_arange(500)), *pending = ls_add(x, 1);
    if (ls_assign(ls_at(x, "10:20"), -5) || ls_assign(ls_at(x, "1:"), ls_at(x, ":-1")) || ls_add_into(x, x, pending))
        return NULL;
    return ls_stack(LS_LIST(x, pending));
}

static ls_array *from_memory(void)
{
    float values[64];
    for (int i = 0; i < 64; i++) values[i] = (float)i / 7;
    ls_array *x = ls_from_host(values, LS_SHAPE(8, 8));
    for (int i = 0; i < 64; i++) values[i] = -1;
    return ls_at(x, "::-2, 1:7:3");
}

static ls_array *text(void)
{
    ls_array *x = ls_linspace(0, 1, 300);
    return ls_eval("where(x > 0.5, x**3 - mean(x), abs(x - 1)) + sum(x, keepdims=True)", x);
}

/* Stored steps that depend on each other, freed as they are used up: memory goes from hand to hand. */
static ls_array *loop(void)
{
    ls_array *state = ls_linspace(0, 1, 700), *total = ls_zeros(LS_SHAPE(700));
    for (int i = 0; i < 12; i++) {
        LS_SCOPE {
            ls_array *next = ls_add(ls_mul(state, 0.5), (double)i);
            if (ls_evaluate(next)) return NULL;
            ls_set(&total, ls_add(total, ls_sub(next, state)));
            if (i % 3 == 2 && ls_evaluate(total)) return NULL;
            ls_set(&state, next);
        }
    }
    return total;
}

const workload workloads[WORKLOADS] = {elementwise, reductions, random_numbers, products, scans,
                                       writes,      from_memory, text,          loop};
const char *const workload_names[WORKLOADS] = {"elementwise", "reductions", "random_numbers", "products", "scans",
                                               "writes",      "from_memory", "text",          "loop"};

void *workload_bytes(workload work, ls_device device, size_t *size, ls_status *status)
{
    void *bytes = NULL;
    *size = 0;
    *status = LS_OK;
    LS_SCOPE {
        *status = ls_use_device(device);
        ls_array *result = *status ? NULL : work();
        if (result) {
            *size = (size_t)ls_size(result) * ls_dtype_size(ls_dtype_of(result));
            bytes = malloc(*size + 1);
            *status = ls_to_host_as(result, bytes, ls_size(result), ls_dtype_of(result));
        } else if (!*status) {
            *status = ls_error();
        }
        if (*status) {
            free(bytes);
            bytes = NULL;
        }
        const ls_status back = ls_use_device((ls_device){0});
        if (!*status) *status = back;
    }
    return bytes;
}
