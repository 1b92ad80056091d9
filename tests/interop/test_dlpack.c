/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a tensor says about an array, who keeps what alive, and what is refused. */
#include "lockstep.h"
#include "lockstep/dlpack.h"
#include "api/dlpack_abi.h"
#include "support/check.h"

#include <stdlib.h>

typedef struct DLManagedTensorVersioned managed;
typedef struct DLManagedTensor managed_old;

static int deleted;

static void count_deletion(managed *self)
{
    (void)self;
    deleted++;
}

static void count_old_deletion(managed_old *self)
{
    (void)self;
    deleted++;
}

/* The element of a tensor at a flat C-order index. */
static const char *element(const dl_tensor *t, int64_t index, size_t size)
{
    int64_t at = 0;
    for (int i = t->ndim - 1; i >= 0; i--) {
        at += index % t->shape[i] * t->strides[i];
        index /= t->shape[i];
    }
    return (const char *)t->data + t->byte_offset + at * (int64_t)size;
}

TEST(every_dtype_goes_out_and_comes_back)
{
    for (int d = LS_BOOL; d <= LS_COMPLEX128; d++) LS_SCOPE {
        const ls_dtype dtype = (ls_dtype)d;
        ls_array *a = ls_astype(ls_reshape(ls_arange(24), LS_SHAPE(2, 3, 4)), dtype);
        managed *m = ls_to_dlpack(ls_at(a, "::-1, 1:, ::2"));
        if (!CHECK(m)) return;
        CHECK_EQ_INT(m->version.major, 1);
        CHECK_EQ_INT(m->flags, DL_READ_ONLY);
        CHECK_EQ_INT(m->tensor.ndim, 3);
        CHECK_EQ_INT(m->tensor.dtype.bits, 8 * ls_dtype_size(dtype));
        CHECK_EQ_INT(m->tensor.dtype.lanes, 1);
        CHECK_EQ_INT(m->tensor.device.type, DL_CPU);
        CHECK(m->tensor.strides[0] < 0);
        ls_array *back = ls_from_dlpack(m);
        int64_t same = 0;
        CHECK_EQ_INT(ls_dtype_of(back), dtype);
        CHECK(!ls_item(ls_sum(ls_equal(back, ls_at(a, "::-1, 1:, ::2"))), &same));
        CHECK_EQ_INT(same, 8);
        CHECK(ls_assign(back, 0) != LS_OK);
    }
}

TEST(a_tensor_outlives_its_array_and_is_a_snapshot)
{
    managed *m = NULL;
    LS_SCOPE {
        ls_array *a = ls_add(ls_arange(6), 1);
        m = ls_to_dlpack(a);
        CHECK(!ls_assign(a, -1));
    }
    if (!CHECK(m)) return;
    for (int64_t i = 0; i < 6; i++) {
        CHECK_EQ_INT(*(const int64_t *)element(&m->tensor, i, 8), i + 1);
    }
    m->deleter(m);
}

TEST(writable_tensors_share_both_ways)
{
    LS_SCOPE {
        ls_array *a = ls_add(ls_arange(4), 0.5);
        managed *m = ls_to_dlpack(a, .writable = true);
        if (!CHECK(m)) return;
        CHECK_EQ_INT(m->flags, 0);
        double *data = m->tensor.data, number = 0;
        data[2] = 40;
        ls_changed(a);
        CHECK(!ls_item(ls_sum(a), &number));
        CHECK_EQ_DOUBLE(number, 0.5 + 1.5 + 40 + 3.5);
        CHECK(!ls_assign(ls_at(a, "0"), 7));
        CHECK_EQ_DOUBLE(data[0], 7);
        m->deleter(m);
    }
}

TEST(copies_are_the_consumers)
{
    LS_SCOPE {
        ls_array *a = ls_add(ls_arange(4), 0.5);
        double number = 0;
        managed *m = ls_to_dlpack(a, .copy = true);
        if (!CHECK(m)) return;
        CHECK_EQ_INT(m->flags, DL_IS_COPIED);
        ((double *)m->tensor.data)[0] = 99;
        CHECK(!ls_item(ls_at(a, "0"), &number));
        CHECK_EQ_DOUBLE(number, 0.5);
        m->deleter(m);
        managed_old *old = ls_to_dlpack_unversioned(a, .copy = true);
        if (!CHECK(old)) return;
        CHECK_EQ_DOUBLE(*(const double *)element(&old->tensor, 3, 8), 3.5);
        old->deleter(old);
    }
}

/* A producer's tensor over `data`. */
static managed *produce(void *data, int32_t ndim, int64_t *shape, int64_t *strides)
{
    static managed m;
    memset(&m, 0, sizeof m);
    m.version.major = 1;
    m.deleter = count_deletion;
    m.tensor.data = data;
    m.tensor.device.type = DL_CPU;
    m.tensor.ndim = ndim;
    m.tensor.dtype.code = DL_FLOAT;
    m.tensor.dtype.bits = 64;
    m.tensor.dtype.lanes = 1;
    m.tensor.shape = shape;
    m.tensor.strides = strides;
    return &m;
}

TEST(foreign_memory_is_used_in_place_and_given_back_once)
{
    double data[6] = {0, 1, 2, 3, 4, 5}, number = 0;
    int64_t shape[2] = {3, 2}, strides[2] = {1, 3};
    deleted = 0;
    ls_array *view = NULL;
    LS_SCOPE {
        ls_array *a = ls_from_dlpack(produce(data, 2, shape, strides));
        CHECK(!ls_item(ls_at(a, "2, 1"), &number));
        CHECK_EQ_DOUBLE(number, 5);
        CHECK(!ls_assign(ls_at(a, "0, 1"), 30));
        CHECK_EQ_DOUBLE(data[3], 30);
        view = ls_keep(ls_at(a, "1"));
    }
    CHECK_EQ_INT(deleted, 0);
    CHECK(!ls_item(ls_sum(view), &number));
    CHECK_EQ_DOUBLE(number, 1 + 4);
    ls_free(view);
    CHECK_EQ_INT(deleted, 1);

    managed_old old = {.tensor = produce(data, 2, shape, NULL)->tensor, .deleter = count_old_deletion};
    old.tensor.byte_offset = 8; /* and no strides: C order */
    shape[0] = 2;
    LS_SCOPE {
        CHECK(!ls_item(ls_at(ls_from_dlpack_unversioned(&old), "1, 1"), &number));
        CHECK_EQ_DOUBLE(number, 4);
    }
    CHECK_EQ_INT(deleted, 2);
}

static void refused(managed *m, ls_status status, const char *says)
{
    LS_SCOPE {
        CHECK(!ls_from_dlpack(m));
        CHECK_EQ_INT(ls_error(), status);
        if (!CHECK(strstr(ls_error_message(), says))) printf("  it says: %s\n", ls_error_message());
        ls_clear_error();
    }
}

TEST(what_cannot_be_is_refused_and_stays_the_callers)
{
    double data[6] = {0};
    int64_t shape[40] = {3, 2};
    deleted = 0;
    managed *m = produce(data, 2, shape, NULL);
    m->version.major = 2;
    refused(m, LS_EUNSUPPORTED, "DLPack 2.0");
    m = produce(data, 2, shape, NULL);
    m->tensor.dtype.lanes = 4;
    refused(m, LS_EUNSUPPORTED, "4 lanes");
    m = produce(data, 2, shape, NULL);
    m->tensor.dtype.bits = 8;
    refused(m, LS_EUNSUPPORTED, "code 2, 8 bits");
    m = produce(data, 2, shape, NULL);
    m->tensor.device.type = 7;
    refused(m, LS_EUNSUPPORTED, "device type 7");
    m = produce(data, 2, shape, NULL);
    m->tensor.device.type = DL_CUDA;
    m->tensor.device.id = 31;
    refused(m, LS_EDEVICE, "cuda:31");
    refused(produce((char *)data + 1, 2, shape, NULL), LS_EARGUMENT, "not aligned");
    refused(produce(NULL, 2, shape, NULL), LS_EARGUMENT, "NULL for 6 elements");
    refused(produce(data, 40, shape, NULL), LS_EARGUMENT, "40");
    int64_t far[2] = {INT64_MAX / 2, 1};
    refused(produce(data, 2, shape, far), LS_EOVERFLOW, "stride");
    int64_t negative[2] = {3, -2};
    managed *n = produce(data, 2, negative, NULL);
    CHECK(!ls_from_dlpack(n));
    CHECK(strstr(ls_error_message(), "-2"));
    ls_clear_error();
    refused(NULL, LS_EARGUMENT, "NULL");
    CHECK_EQ_INT(deleted, 0);
}

int main(void)
{
    RUN(every_dtype_goes_out_and_comes_back);
    RUN(a_tensor_outlives_its_array_and_is_a_snapshot);
    RUN(writable_tensors_share_both_ways);
    RUN(copies_are_the_consumers);
    RUN(foreign_memory_is_used_in_place_and_given_back_once);
    RUN(what_cannot_be_is_refused_and_stays_the_callers);
    return check_report();
}
