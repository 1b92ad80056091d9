/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Matrix products by the public calls, on the simulated GPU and on the host: the same bits, for every dtype, kind of tile,
 * cut of the depth and view, between other work that depends on them. */
#include "../support/check.h"
#include "device/workloads.h"

#include <string.h>

static struct product {
    int64_t batch, m, n, k;
    bool transposed_x, every_second_y, shared_y;
} now;
static ls_dtype dtype;

/* From -50 to 50, with digits. */
static ls_array *numbers(ls_rng *rng, ls_shape shape)
{
    return ls_astype(ls_mul(ls_sub(ls_random(rng, shape), 0.5), 100.0), dtype);
}

static ls_array *multiply(void)
{
    ls_rng *rng = ls_rng_new(5);
    ls_array *x = now.transposed_x ? ls_matrix_transpose(numbers(rng, LS_SHAPE(now.batch, now.k, now.m)))
                                   : numbers(rng, LS_SHAPE(now.batch, now.m, now.k));
    ls_array *y = numbers(rng, LS_SHAPE(now.shared_y ? 1 : now.batch, now.k, now.every_second_y ? 2 * now.n : now.n));
    if (now.every_second_y) y = ls_at(y, "..., ::2");
    ls_array *product = ls_matmul(x, y, .mode = LS_MATMUL_EXACT);
    ls_array *again = ls_matmul(ls_matrix_transpose(product), ls_add(product, product), .mode = LS_MATMUL_EXACT);
    return ls_concat(LS_LIST(ls_ravel(product), ls_ravel(again)));
}

static const ls_dtype dtypes[] = {LS_FLOAT32, LS_FLOAT64, LS_COMPLEX64, LS_COMPLEX128, LS_FLOAT16, LS_BFLOAT16, LS_INT8,
                                  LS_UINT8,   LS_INT16,   LS_UINT16,    LS_INT32,      LS_UINT32,  LS_INT64,    LS_UINT64};
static const struct product products[] = {
    {1, 5, 6, 7, false, false, false},  {3, 40, 33, 20, true, false, true},   {1, 130, 70, 40, false, true, false},
    {2, 3, 150, 64, true, true, false}, {1, 140, 2, 4200, false, false, false}, {500, 2, 3, 4, false, false, false},
    {1, 1, 1, 9000, false, false, false},
};

int main(void)
{
    CHECK_STR(ls_device_name(ls_device_in_use()), "cuda:0");
    const ls_device gpu = ls_device_in_use();
    for (size_t p = 0; p < sizeof products / sizeof *products; p++)
        for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++) {
            now = products[p], dtype = dtypes[d];
            size_t size, host_size;
            ls_status status;
            void *there = workload_bytes(multiply, gpu, &size, &status);
            CHECK_STATUS(status, LS_OK);
            void *here = workload_bytes(multiply, LS_HOST, &host_size, &status);
            CHECK_STATUS(status, LS_OK);
            if (!CHECK(there && here && size == host_size && memcmp(there, here, size) == 0))
                printf("dtype %d, product %zu: %s\n", (int)dtype, p, ls_error_message());
            free(there), free(here);
        }
    return check_report();
}
