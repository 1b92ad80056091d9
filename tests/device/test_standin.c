/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Residency and ordering without a GPU: programs of every family run on the stand-in device and on the host, and must
 * agree in every bit; work must wait, memory must go back, failures must leave things as they were. */
#include "device/standin.h"
#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>

static ls_device gpu;

/* A workload: makes its result on the device in force. */
typedef ls_array *(*workload)(void);

static ls_array *elementwise(void)
{
    ls_array *x = ls_linspace(-3, 3, 5000), *y = ls_reshape(ls_arange(5000), LS_SHAPE(100, 50));
    ls_array *z = ls_add(ls_sin(ls_reshape(x, LS_SHAPE(100, 50))), ls_sqrt(y));
    return ls_where(ls_greater(z, 1.0), ls_floor_divide(y, 7), ls_multiply(z, 0.5));
}

static ls_array *reductions(void)
{
    ls_array *x = ls_reshape(ls_exp(ls_mul(ls_arange(12000), -1e-3)), LS_SHAPE(20, 30, 20));
    ls_array *m = ls_mean(x, .axis = LS_AXIS(1), .keepdims = true);
    return ls_concat(LS_LIST(ls_ravel(ls_var(ls_sub(x, m), .axis = LS_AXIS(0))), ls_ravel(ls_max(x, .axis = LS_AXIS(-1))),
                             ls_reshape(ls_sum(x), LS_SHAPE(1))));
}

static ls_array *random_numbers(void)
{
    ls_rng *rng = ls_rng_new(99);
    ls_array *u = ls_random(rng, LS_SHAPE(1000)), *n = ls_standard_normal(rng, LS_SHAPE(1000));
    return ls_add(ls_sum(ls_mul(u, n)), ls_integers(rng, 0, 100, LS_SHAPE(50)));
}

static ls_array *products(void)
{
    ls_array *x = ls_reshape(ls_arange(600.0), LS_SHAPE(20, 30)), *y = ls_transpose(x);
    return ls_matmul(x, ls_mul(y, 0.25), .mode = LS_MATMUL_EXACT);
}

static ls_array *scans(void)
{
    return ls_cumulative_sum(ls_sin(ls_arange(20000.0)));
}

static ls_array *writes(void)
{
    ls_array *x = ls_copy(ls_arange(1000)), *pending = ls_add(x, 1);
    if (ls_assign(ls_at(x, "10:20"), -5) || ls_assign(ls_at(x, "1:"), ls_at(x, ":-1")) || ls_add_into(x, x, pending)) {
        return NULL;
    }
    return ls_stack(LS_LIST(x, pending));
}

static ls_array *from_memory(void)
{
    float values[64];
    for (int i = 0; i < 64; i++) {
        values[i] = (float)i / 7;
    }
    ls_array *x = ls_from_host(values, LS_SHAPE(8, 8));
    memset(values, 0xff, sizeof values); /* the copy was taken at the call */
    return ls_at(x, "::-2, 1:7:3");
}

static ls_array *text(void)
{
    ls_array *x = ls_linspace(0, 1, 300);
    return ls_eval("where(x > 0.5, x**3 - mean(x), abs(x - 1)) + sum(x, keepdims=True)", x);
}

/* All bytes of a workload's result on a device; NULL when it failed. */
static void *bytes_on(ls_device device, workload work, size_t *size)
{
    void *bytes = NULL;
    LS_SCOPE {
        CHECK_STATUS(ls_use_device(device), LS_OK);
        ls_array *result = work();
        if (CHECK(result != NULL)) {
            CHECK_EQ_INT(ls_device_of(result).id, device.id);
            *size = (size_t)ls_size(result) * ls_dtype_size(ls_dtype_of(result));
            bytes = malloc(*size);
            CHECK_STATUS(ls_to_host_as(result, bytes, ls_size(result), ls_dtype_of(result)), LS_OK);
        } else {
            ls_perror("workload");
        }
        CHECK_STATUS(ls_use_device((ls_device){0}), LS_OK);
    }
    return bytes;
}

static void same_on_both(workload work)
{
    size_t host_size = 0, device_size = 1;
    void *host = bytes_on(LS_HOST, work, &host_size), *device = bytes_on(gpu, work, &device_size);
    if (CHECK(host && device)) {
        CHECK_EQ_INT(host_size, device_size);
        CHECK(host_size == device_size && memcmp(host, device, host_size) == 0);
    }
    free(host);
    free(device);
}

TEST(the_default_device_is_the_registered_one)
{
    CHECK_STR(ls_device_name(ls_device_in_use()), "standin");
    LS_SCOPE {
        CHECK_EQ_INT(ls_device_of(ls_zeros(LS_SHAPE(3))).id, gpu.id);
    }
}

TEST(every_family_gives_the_same_bits)
{
    static const workload all[] = {elementwise, reductions, random_numbers, products, scans, writes, from_memory, text};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        same_on_both(all[i]);
    }
}

TEST(evaluating_only_hands_work_over)
{
    LS_SCOPE {
        CHECK_STATUS(ls_sync(), LS_OK);
        long ran = standin_ran();
        ls_array *x = ls_mul(ls_arange(100), 2);
        CHECK_STATUS(ls_evaluate(x), LS_OK);
        CHECK_EQ_INT(standin_ran(), ran);
        CHECK(standin_queued() >= 1);
        double value = 0;
        CHECK_STATUS(ls_item(ls_at(x, "-1"), &value), LS_OK);
        CHECK_EQ_DOUBLE(value, 198.0);
        CHECK(standin_ran() > ran);
    }
}

TEST(memory_freed_while_work_is_queued_is_used_in_order)
{
    LS_SCOPE {
        ls_array *total = NULL;
        for (int i = 0; i < 50; i++) {
            LS_SCOPE {
                ls_array *x = ls_full(LS_SHAPE(1000), (double)i);
                CHECK_STATUS(ls_evaluate(x), LS_OK);
                ls_array *sum = ls_sum(x);
                CHECK_STATUS(ls_evaluate(sum), LS_OK);
                ls_set(&total, total ? ls_add(total, sum) : sum);
            }
        }
        double value = 0;
        CHECK_STATUS(ls_item(total, &value), LS_OK);
        CHECK_EQ_DOUBLE(value, 1225000.0);
    }
}

TEST(nothing_is_left_behind)
{
    CHECK_STATUS(ls_sync(), LS_OK);
    CHECK_EQ_INT(standin_blocks(), 0);
    CHECK_EQ_INT(standin_queued(), 0);
}

TEST(devices_do_not_mix)
{
    LS_SCOPE {
        ls_array *on_host = ls_ones(LS_SHAPE(3), .device = LS_HOST), *on_gpu = ls_ones(LS_SHAPE(3), .device = gpu);
        CHECK(ls_add(on_host, on_gpu) == NULL);
        CHECK(strstr(ls_error_message(), "ls_add: operands are on different devices: cpu and standin") != NULL);
        ls_clear_error();
        double value = 0;
        CHECK_STATUS(ls_item(ls_sum(ls_add(ls_to_device(on_host, gpu), on_gpu)), &value), LS_OK);
        CHECK_EQ_DOUBLE(value, 6.0);
        CHECK_STATUS(ls_item(ls_sum(ls_add(on_host, ls_to_device(on_gpu, LS_HOST))), &value), LS_OK);
        CHECK_EQ_DOUBLE(value, 6.0);
        CHECK(ls_host_data(on_gpu) == NULL);
        CHECK_STATUS(ls_error(), LS_EUNSUPPORTED);
        ls_clear_error();
    }
}

TEST(a_refused_program_leaves_everything_as_it_was)
{
    LS_SCOPE {
        ls_array *x = ls_mul(ls_arange(1000), 2), *y = ls_sub(x, ls_mean(x));
        for (long n = 1; n <= 2; n++) {
            standin_fail_at(n);
            CHECK_STATUS(ls_evaluate(y), LS_EDEVICE);
            CHECK(strstr(ls_error_message(), "the stand-in device was told to fail") != NULL);
            standin_fail_at(0);
        }
        double value = -1;
        CHECK_STATUS(ls_item(ls_sum(y), &value), LS_OK); /* pending again, so a retry works */
        CHECK_EQ_DOUBLE(value, 0.0);
    }
}

TEST(files_pass_through)
{
    LS_SCOPE {
        ls_array *x = ls_reshape(ls_arange(60.0), LS_SHAPE(3, 4, 5));
        char bytes[2048];
        size_t needed = 0;
        CHECK_STATUS(ls_save_memory(ls_transpose(x), bytes, sizeof bytes, &needed), LS_OK);
        ls_array *back = ls_load_memory(bytes, needed);
        bool same = false;
        CHECK_STATUS(ls_item(ls_all(ls_equal(back, ls_transpose(x))), &same), LS_OK);
        CHECK(same);
        char text_of[512];
        CHECK(ls_format(ls_at(x, "0, 0"), text_of, sizeof text_of) > 0);
        CHECK_STR(text_of, "[0. 1. 2. 3. 4.]");
    }
}

int main(void)
{
    CHECK(ls_device_count() == 1);
    gpu.id = standin_register();
    if (!CHECK(gpu.id != 0)) {
        return check_report();
    }
    RUN(the_default_device_is_the_registered_one);
    RUN(every_family_gives_the_same_bits);
    RUN(evaluating_only_hands_work_over);
    RUN(memory_freed_while_work_is_queued_is_used_in_order);
    RUN(devices_do_not_mix);
    RUN(a_refused_program_leaves_everything_as_it_was);
    RUN(files_pass_through);
    RUN(nothing_is_left_behind);
    return check_report();
}
