/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two devices: a second host backend stands in for another one. Arrays stay where they were made, calls refuse to mix
 * and name both, and the same program gives the same bits on either. */
#include "backend.h"
#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>

static ls_device other; /* "other:0", or a GPU where there is one beside the host as the default */

static void register_other(void)
{
    if (ls_device_count() == 2) {
        other = (ls_device){2};
        return;
    }
    CHECK_EQ_INT(ls_device_count(), 1);
    lsi_backend *backend = lsi_host_backend_new();
    if (CHECK(backend != NULL)) {
        backend->name = "other:0";
        CHECK(lsi_backend_register(backend, false));
        other = (ls_device){backend->device};
    }
}

/* Puts "other:0" for the name of the device that it is. */
static void call_it_other(char *text, size_t size)
{
    const char *name = ls_device_name(other), *at;
    char copy[300];
    if (strcmp(name, "other:0") == 0) return;
    while ((at = strstr(text, name)) != NULL) {
        snprintf(copy, sizeof copy, "%.*sother:0%s", (int)(at - text), text, at + strlen(name));
        snprintf(text, size, "%s", copy);
    }
}

/* The call fails with LS_EDEVICE and this text (without the place). */
static void check_refused(int line, bool failed, const char *text)
{
    check_true(__FILE__, line, "the call fails", failed);
    check_int(__FILE__, line, "code", ls_error(), LS_EDEVICE);
    char got[300];
    snprintf(got, sizeof got, "%s", ls_error_message());
    char *place = strstr(got, " at test_devices.c:");
    if (place) {
        *place = 0;
    }
    call_it_other(got, sizeof got);
    check_str(__FILE__, line, "text", got, text);
    ls_clear_error();
}
#define REFUSED(call, text) check_refused(__LINE__, (call) == NULL, text)
#define REFUSED_STATUS(call, text) check_refused(__LINE__, (call) == LS_EDEVICE, text)

TEST(devices_have_names_and_numbers)
{
    CHECK_EQ_INT(ls_device_count(), 2);
    CHECK_STR(ls_device_name(LS_HOST), "cpu");
    char name[300];
    snprintf(name, sizeof name, "%s", ls_device_name(other));
    CHECK_EQ_INT(ls_device_from_name(name).id, other.id);
    call_it_other(name, sizeof name);
    CHECK_STR(name, "other:0");
    CHECK_EQ_INT(ls_device_from_name(NULL).id, 0);
    CHECK_EQ_INT(ls_device_in_use().id, 1);
}

TEST(operands_must_be_together)
{
    LS_SCOPE {
        ls_array *x = ls_ones(LS_SHAPE(3)), *y = ls_ones(LS_SHAPE(3), .device = other);
        CHECK_EQ_INT(ls_device_of(x).id, 1);
        CHECK_EQ_INT(ls_device_of(y).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_mul(y, 2)).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_zeros_like(y)).id, other.id);
        REFUSED(ls_add(x, y), "ls_add: operands are on different devices: cpu and other:0");
        REFUSED(ls_where(y, x, 1), "ls_where: operands are on different devices: other:0 and cpu");
        REFUSED(ls_concat(LS_LIST(x, y)), "ls_concat: arrays 1 and 2 are on different devices: cpu and other:0");
        REFUSED(ls_matmul(x, y), "ls_matmul: operands are on different devices: cpu and other:0");
        REFUSED(ls_eval("x + y", x, y), "ls_eval: operands are on different devices: cpu and other:0");
    }
}

TEST(arrays_without_axes_come_from_anywhere)
{
    LS_SCOPE {
        ls_array *x = ls_to_device(ls_arange(4.0), other), *half = ls_div(ls_sum(ls_ones(LS_SHAPE(2))), 4);
        double total;
        ls_array *y = ls_mul(ls_add(half, x), half);
        CHECK_EQ_INT(ls_device_of(y).id, other.id);
        CHECK(!ls_item(ls_sum(y), &total));
        CHECK_EQ_DOUBLE(total, (0.5 + 1.5 + 2.5 + 3.5) * 0.5);
        CHECK_EQ_INT(ls_dtype_of(ls_add(ls_astype(x, LS_FLOAT32), half)), LS_FLOAT64); /* arrays are not weak */
        CHECK(!ls_item(ls_sum(ls_where(ls_less(half, x), x, half)), &total));
        CHECK_EQ_DOUBLE(total, 0.5 + 1 + 2 + 3);
        ls_array *both = ls_add(half, ls_to_device(half, other)); /* no axes anywhere: the first decides */
        CHECK_EQ_INT(ls_device_of(both).id, LS_HOST.id);
        const int64_t before = ls_list_arrays(NULL);
        ls_array *z = ls_add(x, half);
        CHECK_EQ_INT(ls_list_arrays(NULL), before + 1); /* nothing but z is left in the scope */
        CHECK(z);
    }
}

TEST(the_device_in_use_is_the_threads)
{
    LS_SCOPE {
        CHECK_STATUS(ls_use_device(other), LS_OK);
        CHECK_EQ_INT(ls_device_of(ls_arange(3)).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_linspace(0, 1, 3)).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_eye(3)).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_random(ls_rng_new(1), LS_SHAPE(3))).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_from_host(((const double[]){1}), LS_SHAPE(1))).id, other.id);
        CHECK_EQ_INT(ls_device_of(ls_wrap(((double[]){1}), LS_SHAPE(1))).id, 1);
        CHECK_EQ_INT(ls_device_of(ls_zeros(LS_SHAPE(1), .device = LS_HOST)).id, 1);
        CHECK_STATUS(ls_use_device((ls_device){0}), LS_OK);
        CHECK_EQ_INT(ls_device_of(ls_arange(3)).id, 1);
    }
}

TEST(the_same_bits_on_either)
{
    LS_SCOPE {
        uint64_t bits[2];
        for (int i = 0; i < 2; i++) {
            CHECK_STATUS(ls_use_device(i ? other : LS_HOST), LS_OK);
            ls_array *x = ls_random(ls_rng_new(3), LS_SHAPE(100, 30)), *y = ls_add(ls_sin(x), ls_cos(ls_mul(x, 7)));
            double value = 0;
            CHECK_STATUS(ls_item(ls_sum(ls_matmul(y, ls_transpose(x), .mode = LS_MATMUL_EXACT)), &value), LS_OK);
            memcpy(&bits[i], &value, sizeof value);
        }
        CHECK_STATUS(ls_use_device((ls_device){0}), LS_OK);
        CHECK(bits[0] == bits[1]);
    }
}

TEST(arrays_move)
{
    LS_SCOPE {
        ls_array *x = ls_flip(ls_arange(6.0)), *there = ls_to_device(ls_at(x, "::2"), other), *back;
        CHECK_EQ_INT(ls_device_of(there).id, other.id);
        back = ls_to_device(ls_add(there, 1), LS_HOST);
        double got[3] = {0};
        CHECK_STATUS(ls_to_host(back, got, 3), LS_OK);
        CHECK(got[0] == 6 && got[1] == 4 && got[2] == 2);
        ls_array *same = ls_to_device(x, LS_HOST); /* a view */
        CHECK_STATUS(ls_assign(x, 0), LS_OK);
        CHECK_STATUS(ls_item(ls_sum(same), &got[0]), LS_OK);
        CHECK_EQ_DOUBLE(got[0], 0.0);
        CHECK_EQ_INT(ls_size(ls_to_device(ls_zeros(LS_SHAPE(0, 3)), other)), 0);
        CHECK_STATUS(ls_sync(), LS_OK);
    }
}

static int twice(int64_t n, const void *const *inputs, void *output, void *context)
{
    const double *x = inputs[0];
    (void)context;
    for (int64_t i = 0; i < n; i++) {
        ((double *)output)[i] = 2 * x[i];
    }
    return 0;
}

/* The same program runs where arrays live on a GPU: inputs come to the host, the result goes where they are. */
TEST(map_host_takes_arrays_from_anywhere)
{
    LS_SCOPE {
        double total = 0;
        ls_array *y = ls_map_host(twice, LS_LIST(ls_at(ls_to_device(ls_arange(6.0), other), "::-2")));
        CHECK_EQ_INT(ls_device_of(y).id, other.id);
        CHECK(!ls_item(ls_sum(y), &total));
        CHECK_EQ_DOUBLE(total, 2 * (5 + 3 + 1));
    }
}

TEST(writing_moves_elements_between_devices)
{
    LS_SCOPE {
        double memory[4] = {0};
        ls_array *mine = ls_wrap(memory, LS_SHAPE(4)), *y = ls_full(LS_SHAPE(4), 2.5, .device = other);
        CHECK(!ls_assign(ls_at(mine, "1:3"), ls_at(ls_mul(y, 2), ":2")));
        CHECK_EQ_DOUBLE(memory[0], 0);
        CHECK_EQ_DOUBLE(memory[1], 5);
        CHECK_EQ_DOUBLE(memory[2], 5);
        CHECK(!ls_add_into(mine, y, 1));
        CHECK_EQ_DOUBLE(memory[3], 3.5);
        CHECK(!ls_assign(y, mine));
        double total = 0;
        CHECK(!ls_item(ls_sum(y), &total));
        CHECK_EQ_DOUBLE(total, 14);
    }
}

TEST(memory_is_counted_for_each)
{
    ls_memory host, there;
    LS_SCOPE {
        ls_memory before;
        CHECK_STATUS(ls_memory_stats(LS_HOST, &before), LS_OK);
        ls_array *y = ls_empty(LS_SHAPE(1000), .device = other);
        CHECK_STATUS(ls_memory_stats(LS_HOST, &host), LS_OK);
        CHECK_STATUS(ls_memory_stats(other, &there), LS_OK);
        CHECK_EQ_INT(host.in_use, before.in_use);
        CHECK(there.in_use >= 8000);
        CHECK_STATUS(ls_memory_set_limit(other, 1), LS_OK);
        CHECK(ls_empty(LS_SHAPE(1 << 20), .device = other) == NULL);
        CHECK_STATUS(ls_error(), LS_ENOMEM);
        CHECK_STATUS(ls_memory_set_limit(other, 0), LS_OK);
        CHECK(ls_empty(LS_SHAPE(1 << 20), .device = other) != NULL);
        ls_clear_error();
        (void)y;
    }
    CHECK_STATUS(ls_memory_stats(other, &there), LS_OK);
    CHECK_EQ_INT(there.in_use, 0);
    CHECK_STATUS(ls_memory_trim(other, 0), LS_OK);
    CHECK_STATUS(ls_memory_stats(other, &there), LS_OK);
    CHECK_EQ_INT(there.reserved, 0);
    CHECK(there.peak_in_use >= 8000);
}

int main(void)
{
    setenv("LOCKSTEP_DEVICE", "cpu", 1); /* the host is the default, whatever there is */
    register_other();
    RUN(devices_have_names_and_numbers);
    RUN(operands_must_be_together);
    RUN(arrays_without_axes_come_from_anywhere);
    RUN(the_device_in_use_is_the_threads);
    RUN(the_same_bits_on_either);
    RUN(arrays_move);
    RUN(map_host_takes_arrays_from_anywhere);
    RUN(writing_moves_elements_between_devices);
    RUN(memory_is_counted_for_each);
    return check_report();
}
