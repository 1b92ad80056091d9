/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A device that has no sort of its own: every call gives the host's results, as arrays of the device. The device is the
 * stand-in, or the one that a plug-in brings: the simulated GPU declines every sort. */
#include "device/standin.h"
#include "sort/check_sort.h"
#include "sort/reference.h"
#include "support/check.h"

#include <stdlib.h>

static int device;

static ls_array *filled(ls_dtype dtype, int64_t n)
{
    void *bytes = malloc((size_t)n * lsi_dtype_size(dtype) + 16);
    fill(dtype, 3, 11, n, bytes);
    ls_array *a = (ls_from_host)(LS_HERE, bytes, dtype, LS_SHAPE(n), NULL);
    free(bytes);
    return a;
}

TEST(results_are_the_hosts_and_live_on_the_device)
{
    for (int dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++) {
        LS_SCOPE {
            const ls_array *flat = filled((ls_dtype)dtype, 600), *a = ls_reshape(flat, LS_SHAPE(20, 30));
            CHECK_EQ_INT(ls_device_of(a).id, device);
            CHECK(check_sorts(a, 0, "device"));
            CHECK(check_sorts(ls_transpose(a), 0, "device"));
            CHECK(check_partitions(a, 1, 4, "device"));
            CHECK(check_unique(a, "device"));
            CHECK(check_nonzero(a, "device"));
            CHECK(check_search(flat, ls_at(flat, ":50"), "device"));
            CHECK_EQ_INT(ls_device_of(ls_sort(a)).id, device);
            CHECK_EQ_INT(ls_device_of(ls_nonzero(a)).id, device);
            CHECK_EQ_INT(ls_device_of(ls_searchsorted(flat, 1)).id, device);
        }
    }
}

TEST(work_that_is_pending_there_comes_first)
{
    double first;
    const ls_array *x = ls_sub(3.0, ls_arange(50.0));
    CHECK_STATUS(ls_item(ls_at(ls_sort(x), "0"), &first), LS_OK);
    CHECK_EQ_DOUBLE(first, -46);
}

TEST(operands_on_two_devices_are_refused)
{
    const ls_array *x = ls_arange(5), *there = ls_to_device(x, LS_HOST);
    CHECK(ls_searchsorted(x, there) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    ls_clear_error();
    CHECK(ls_searchsorted(x, 1, .sorter = there) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    ls_clear_error();
}

int main(void)
{
    ls_array *start = ls_zeros(LS_SHAPE(1));
    if (!start) return 1;
    device = getenv("LOCKSTEP_CUDA_PLUGIN") ? ls_device_of(start).id : standin_register();
    if (device < 2) return 1;
    RUN(results_are_the_hosts_and_live_on_the_device);
    RUN(work_that_is_pending_there_comes_first);
    RUN(operands_on_two_devices_are_refused);
    return check_report();
}
