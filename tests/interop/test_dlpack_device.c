/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tensors of a CUDA device: they say so, share the memory both ways, and are computed when they are handed out. Wants a
 * device as the default (LOCKSTEP_CUDA_PLUGIN names the simulated GPU). */
#include "lockstep.h"
#include "lockstep/dlpack.h"
#include "api/dlpack_abi.h"
#include "support/check.h"

typedef struct DLManagedTensorVersioned managed;

static int deleted;

static void count_deletion(managed *self)
{
    (void)self;
    deleted++;
}

TEST(tensors_are_on_the_device)
{
    LS_SCOPE {
        ls_array *a = ls_mul(ls_reshape(ls_arange(24.0), LS_SHAPE(4, 6)), 0.5), *view = ls_at(a, "::-1, 1::2");
        CHECK(ls_device_of(a).id != LS_HOST.id);
        managed *m = ls_to_dlpack(view);
        if (!CHECK(m)) return;
        CHECK_EQ_INT(m->tensor.device.type, DL_CUDA);
        CHECK_EQ_INT(m->tensor.device.id, 0);
        CHECK_EQ_INT(m->flags, DL_READ_ONLY);
        CHECK_EQ_INT(m->tensor.strides[0], -6);
        ls_array *back = ls_from_dlpack(m);
        CHECK_EQ_INT(ls_device_of(back).id, ls_device_of(a).id);
        bool same = false;
        CHECK(!ls_assign(a, 0)); /* the tensor is a snapshot */
        double total = 0;
        CHECK(!ls_item(ls_sum(back), &total));
        CHECK_EQ_DOUBLE(total, 0.5 * (1 + 3 + 5 + 7 + 9 + 11 + 13 + 15 + 17 + 19 + 21 + 23));
        CHECK(!ls_item(ls_all(ls_equal(a, 0)), &same));
        CHECK(same);
        CHECK(ls_assign(back, 1) != LS_OK); /* read-only */
        ls_clear_error();
    }
}

/* A producer's tensor over memory of the device: that of an array, made to look foreign. */
TEST(memory_of_another_owner_on_the_device)
{
    deleted = 0;
    LS_SCOPE {
        managed *owner = ls_to_dlpack(ls_add(ls_arange(10.0), 1), .copy = true);
        if (!CHECK(owner)) return;
        managed foreign = *owner;
        foreign.deleter = count_deletion;
        LS_SCOPE {
            ls_array *a = ls_from_dlpack(&foreign);
            double total = 0;
            CHECK(!ls_assign(ls_at(a, "3"), 100));
            CHECK(!ls_item(ls_sum(ls_sqrt(ls_mul(a, a))), &total));
            CHECK_EQ_DOUBLE(total, 55.0 - 4 + 100);
        }
        CHECK_EQ_INT(deleted, 1);
        ls_array *again = ls_from_dlpack(owner); /* the write landed in that memory */
        double fourth = 0;
        CHECK(!ls_item(ls_at(again, "3"), &fourth));
        CHECK_EQ_DOUBLE(fourth, 100);
    }
}

int main(void)
{
    if (ls_device_in_use().id == LS_HOST.id) {
        puts("skipped: no device");
        return 77;
    }
    RUN(tensors_are_on_the_device);
    RUN(memory_of_another_owner_on_the_device);
    return check_report();
}
