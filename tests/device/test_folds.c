/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole programs of reductions and scans on the device give the host's bytes: values in place and computed, several
 * results at once, views, axes, and elements enough for several strips, groups and tiles. */
#include "device/workloads.h"
#include "support/check.h"

#include <string.h>

static ls_array *wave(int64_t n)
{
    return ls_sin(ls_mul(ls_arange((double)n), 0.37));
}

static ls_array *flat(ls_array *x)
{
    return x ? ls_ravel(ls_astype(x, LS_FLOAT64)) : NULL;
}

static ls_array *kept(ls_array *x)
{
    return ls_evaluate(x) ? NULL : x;
}

static ls_array *stored_rows(void)
{
    ls_array *x = kept(ls_reshape(wave(40 * 1500), LS_SHAPE(40, 1500)));
    return ls_concat(LS_LIST(flat(ls_sum(x, .axis = LS_AXIS(1))), flat(ls_argmax(x, .axis = LS_AXIS(1))),
                             flat(ls_std(x, .axis = LS_AXIS(1))), flat(ls_min(x, .axis = LS_AXIS(1)))));
}

static ls_array *stored_columns(void)
{
    ls_array *x = kept(ls_reshape(wave(1500 * 40), LS_SHAPE(1500, 40)));
    return ls_concat(LS_LIST(flat(ls_sum(x, .axis = LS_AXIS(0))), flat(ls_argmin(x, .axis = LS_AXIS(0))),
                             flat(ls_var(x, .axis = LS_AXIS(0))), flat(ls_max(x, .axis = LS_AXIS(0)))));
}

static ls_array *computed(void)
{
    ls_array *x = ls_reshape(wave(3 * 20000), LS_SHAPE(3, 20000)), *y = ls_add(ls_mul(x, x), 0.25);
    return ls_concat(LS_LIST(flat(ls_sum(y)), flat(ls_mean(y, .axis = LS_AXIS(1))), flat(ls_var(y, .axis = LS_AXIS(1))),
                             flat(ls_argmax(y)), flat(ls_any(ls_greater(y, 1.2))),
                             flat(ls_count_nonzero(ls_less(x, 0)))));
}

static ls_array *transposed(void)
{
    ls_array *x = kept(ls_reshape(wave(250 * 130), LS_SHAPE(250, 130))), *t = ls_transpose(x);
    return ls_concat(LS_LIST(flat(ls_sum(t)), flat(ls_sum(t, .axis = LS_AXIS(0))), flat(ls_sum(t, .axis = LS_AXIS(1))),
                             flat(ls_std(ls_mul(t, 3))), flat(ls_argmin(t))));
}

static ls_array *views(void)
{
    ls_array *x = kept(ls_reshape(wave(60 * 70 * 5), LS_SHAPE(60, 70, 5))), *v = ls_at(x, "1:50:3, ::-1, 1:4");
    return ls_concat(LS_LIST(flat(ls_sum(v)), flat(ls_prod(v, .axis = LS_AXIS(1))),
                             flat(ls_mean(v, .axis = LS_AXIS(0, 2))), flat(ls_max(v, .axis = LS_AXIS(0)))));
}

static ls_array *small_types(void)
{
    ls_array *x = kept(ls_astype(ls_mul(wave(9000), 100), LS_INT8)), *h = kept(ls_astype(wave(9000), LS_FLOAT16));
    return ls_concat(LS_LIST(flat(ls_sum(x)), flat(ls_min(x)), flat(ls_argmax(x)), flat(ls_mean(h)), flat(ls_max(h)),
                             flat(ls_cumulative_sum(ls_at(x, "::90"))), flat(ls_cumulative_sum(ls_at(h, ":300")))));
}

static ls_array *long_scans(void)
{
    ls_array *x = wave(70000);
    return ls_concat(LS_LIST(ls_cumulative_sum(x),
                             ls_cumulative_prod(ls_add(ls_mul(x, 1e-4), 1), .include_initial = true)));
}

static ls_array *scans_of_axes(void)
{
    ls_array *x = kept(ls_reshape(wave(9000 * 12), LS_SHAPE(9000, 12)));
    return ls_concat(LS_LIST(flat(ls_cumulative_sum(x, .axis = LS_AXIS(0))),
                             flat(ls_cumulative_sum(x, .axis = LS_AXIS(1))),
                             flat(ls_cumulative_sum(ls_transpose(x), .axis = LS_AXIS(0)))));
}

static ls_array *nothing(void)
{
    ls_array *x = ls_zeros(LS_SHAPE(5, 0));
    return ls_concat(LS_LIST(flat(ls_sum(x)), flat(ls_prod(x, .axis = LS_AXIS(1))),
                             flat(ls_mean(x, .axis = LS_AXIS(1))),
                             flat(ls_cumulative_sum(x, .axis = LS_AXIS(1), .include_initial = true))));
}

static ls_array *a_loop(void)
{
    ls_array *total = ls_zeros(LS_SHAPE(64));
    for (int i = 1; i <= 20; i++) {
        LS_SCOPE {
            ls_array *x = ls_add(ls_reshape(wave(100 * 64), LS_SHAPE(100, 64)), (double)i);
            ls_set(&total, ls_add(total, ls_mean(x, .axis = LS_AXIS(0))));
        }
    }
    return total;
}

static void compare(const char *name, workload work)
{
    size_t size[2];
    ls_status status[2];
    void *host = workload_bytes(work, (ls_device){1}, &size[0], &status[0]);
    void *device = workload_bytes(work, ls_device_in_use(), &size[1], &status[1]);
    const int fine = CHECK_STATUS(status[0], LS_OK) & CHECK_STATUS(status[1], LS_OK) & CHECK(size[0] == size[1]);
    if (!fine || !CHECK(memcmp(host, device, size[0]) == 0)) printf("  of %s: %s\n", name, ls_error_message());
    free(host);
    free(device);
}

#define COMPARED(name) TEST(name##_agree) { compare(#name, name); }
COMPARED(stored_rows)
COMPARED(stored_columns)
COMPARED(computed)
COMPARED(transposed)
COMPARED(views)
COMPARED(small_types)
COMPARED(long_scans)
COMPARED(scans_of_axes)
COMPARED(nothing)
COMPARED(a_loop)

int main(void)
{
    if (!CHECK(strncmp(ls_device_name(ls_device_in_use()), "cuda", 4) == 0)) return check_report();
    RUN(stored_rows_agree);
    RUN(stored_columns_agree);
    RUN(computed_agree);
    RUN(transposed_agree);
    RUN(views_agree);
    RUN(small_types_agree);
    RUN(long_scans_agree);
    RUN(scans_of_axes_agree);
    RUN(nothing_agree);
    RUN(a_loop_agree);
    return check_report();
}
