/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The calls from C++17: operands, shapes, options, scopes, text. */
#include "lockstep.h"
#include "lockstep/cuda.h"

#include "support/check.h"

#include <complex>

static double item(const ls_array *a)
{
    double value = -1;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

TEST(operands_take_arrays_and_numbers)
{
    LS_SCOPE {
        ls_array *x = ls_reshape(ls_arange(12), LS_SHAPE(3, 4));
        CHECK_EQ_DOUBLE(item(ls_sum(ls_add(x, 1))), 78);
        CHECK_EQ_DOUBLE(item(ls_sum(ls_add(2.5, ls_mul(x, 2u)))), 162);
        CHECK_EQ_INT(ls_dtype_of(ls_mul(x, std::complex<double>(0, 1))), LS_COMPLEX128);
        CHECK_EQ_INT(ls_dtype_of(ls_arange(3.0)), LS_FLOAT64);
        CHECK(ls_add(nullptr, x) == nullptr);
        ls_clear_error();
    }
}

TEST(options_are_objects)
{
    LS_SCOPE {
        ls_array *x = ls_ones(LS_SHAPE(3, 4), ls_opt::dtype(LS_FLOAT32));
        CHECK_EQ_INT(ls_dtype_of(x), LS_FLOAT32);
        ls_array *s = ls_sum(x, ls_opt::axis(0), ls_opt::keepdims(true));
        CHECK_EQ_INT(ls_ndim(s), 2);
        CHECK_EQ_INT(ls_dim(s, 1), 4);
        CHECK_EQ_DOUBLE(item(ls_at(s, "0, %d", 2)), 3);
    }
}

TEST(a_scope_lets_loops_continue)
{
    int turns = 0;
    for (int i = 0; i < 4; i++) {
        LS_SCOPE {
            if (i == 1) {
                continue;
            }
            if (i == 3) {
                break;
            }
            CHECK(ls_zeros(LS_SHAPE(10)) != nullptr);
            turns++;
        }
    }
    CHECK_EQ_INT(turns, 2);
}

TEST(text_writing_and_lists)
{
    LS_SCOPE {
        ls_array *x = ls_arange(4), *z = ls_zeros(LS_SHAPE(2, 2));
        CHECK_EQ_DOUBLE(item(ls_eval("sum(x**2) + 1", x)), 15);
        CHECK_STATUS(ls_assign(z, 3), LS_OK);
        CHECK_STATUS(ls_add_into(z, z, 1.0), LS_OK);
        CHECK_EQ_DOUBLE(item(ls_sum(ls_concat(LS_LIST(z, z), ls_opt::axis(1)))), 32);
        int values[] = {1, 2, 3, 4};
        CHECK_EQ_INT(ls_dtype_of(ls_from_host(values, LS_SHAPE(2, 2))), LS_INT32);
        float out[4];
        CHECK_STATUS(ls_to_host(z, out, 4), LS_OK);
        CHECK_EQ_DOUBLE(out[3], 4);
    }
}

TEST(every_family_has_its_options)
{
    LS_SCOPE {
        ls_rng *rng = ls_rng_new(5, ls_opt::engine(LS_PHILOX4X32));
        ls_array *x = ls_random(rng, LS_SHAPE(4, 4), ls_opt::dtype(LS_FLOAT32));
        CHECK_EQ_INT(ls_dtype_of(x), LS_FLOAT32);
        ls_array *p = ls_matmul(x, ls_transpose(x), ls_opt::mode(LS_MATMUL_EXACT));
        CHECK_EQ_INT(ls_dim(ls_outer(ls_vecdot(x, p), ls_arange(3)), 1), 3);
        char text[64];
        CHECK(ls_format(ls_full(LS_SHAPE(2), 0.123456), text, sizeof text, ls_opt::precision(3)) > 0);
        CHECK_STR(text, "[0.123 0.123]");
        char bytes[512];
        size_t needed = 0;
        CHECK_STATUS(ls_save_memory(p, bytes, sizeof bytes, &needed), LS_OK);
        CHECK_EQ_INT(ls_size(ls_load_memory(bytes, needed)), 16);
    }
}

TEST(streams_and_kernels)
{
    LS_SCOPE {
        ls_stream *stream = ls_stream_new(LS_HOST);
        ls_event *event = ls_event_new(LS_HOST);
        for (int turn = 0; turn < 3; turn++) {
            LS_STREAM(stream) {
                CHECK(ls_stream_in_use() == stream);
                if (turn == 1) continue; /* of the loop, as in LS_SCOPE */
            }
            CHECK(turn != 1 && ls_stream_in_use() == nullptr);
        }
        CHECK(ls_stream_in_use() == nullptr);
        CHECK_STATUS(ls_event_record(event, stream), LS_OK);
        ls_array *x = ls_arange(4.0), *y = ls_to_device(ls_zeros(LS_SHAPE(4)), LS_HOST);
        const ls_cuda_argument two = ls_cuda_number(2.5f);
        CHECK(two.size == sizeof(float));
        CHECK_STATUS(ls_cuda_launch(ls_cuda_trusted_source("", "f"), LS_CUDA_SIZE(4), LS_CUDA_SIZE(32, 2), 0,
                                    ls_cuda_reads(ls_to_device(x, LS_HOST)), ls_cuda_writes(y), two),
                     LS_EDEVICE);
        void *pointer;
        CHECK_STATUS(ls_cuda_begin_access(y, nullptr, LS_CUDA_READ, &pointer), LS_EDEVICE);
        ls_event_free(event);
        ls_stream_free(stream);
    }
}

int main()
{
    RUN(operands_take_arrays_and_numbers);
    RUN(options_are_objects);
    RUN(a_scope_lets_loops_continue);
    RUN(text_writing_and_lists);
    RUN(every_family_has_its_options);
    RUN(streams_and_kernels);
    return check_report();
}
