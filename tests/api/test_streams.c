/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams, events and CUDA's door on a machine without a GPU: everything works, nothing overlaps, and what needs a GPU says
 * so. The same on a GPU that is simulated: tests/device/test_access.c. */
#include "lockstep/cuda.h"
#include "lockstep.h"
#include "support/check.h"

#include <pthread.h>
#include <string.h>

TEST(a_stream_is_used_until_it_is_not)
{
    ls_stream *a = ls_stream_new(LS_HOST), *b = ls_stream_new((ls_device){0});
    CHECK(a && b && ls_stream_in_use() == NULL);
    CHECK(ls_stream_use(a) == NULL && ls_stream_in_use() == a);
    CHECK(ls_stream_use(b) == a && ls_stream_in_use() == b);
    CHECK(ls_stream_use(NULL) == b && ls_stream_in_use() == NULL);
    CHECK_EQ_INT(ls_stream_device(a).id, LS_HOST.id);
    CHECK_EQ_INT(ls_stream_device(NULL).id, 0);
    ls_stream_use(b);
    ls_stream_free(b);
    CHECK(ls_stream_in_use() == NULL);
    ls_stream_free(a);
    ls_stream_free(NULL);
}

static int leave_early(ls_stream *stream)
{
    LS_STREAM(stream) return ls_stream_in_use() == stream;
    return -1;
}

TEST(blocks_put_back_what_was_in_use)
{
    ls_stream *a = ls_stream_new(LS_HOST), *b = ls_stream_new(LS_HOST);
    LS_STREAM(a) {
        CHECK(ls_stream_in_use() == a);
        LS_STREAM(b) CHECK(ls_stream_in_use() == b);
        LS_STREAM(NULL) CHECK(ls_stream_in_use() == NULL);
        CHECK(ls_stream_in_use() == a);
    }
    CHECK(ls_stream_in_use() == NULL);
    CHECK_EQ_INT(leave_early(b), 1);
    CHECK(ls_stream_in_use() == NULL);
    ls_stream_free(a);
    ls_stream_free(b);
}

static void *other_thread(void *result)
{
    *(ls_stream **)result = ls_stream_in_use();
    return NULL;
}

TEST(the_stream_in_use_is_the_threads)
{
    ls_stream *a = ls_stream_new(LS_HOST), *seen = a;
    pthread_t thread;
    LS_STREAM(a) {
        CHECK_EQ_INT(pthread_create(&thread, NULL, other_thread, &seen), 0);
        pthread_join(thread, NULL);
    }
    CHECK(seen == NULL);
    ls_stream_free(a);
}

TEST(work_on_streams_gives_the_same)
{
    ls_stream *a = ls_stream_new(LS_HOST);
    double there, here;
    ls_array *x = ls_linspace(0, 1, 10001);
    CHECK_STATUS(ls_item(ls_sum(ls_sin(x)), &here), LS_OK);
    LS_STREAM(a) CHECK_STATUS(ls_item(ls_sum(ls_sin(x)), &there), LS_OK);
    CHECK_EQ_DOUBLE(there, here);
    CHECK_STATUS(ls_stream_sync(a), LS_OK);
    CHECK_STATUS(ls_stream_sync(NULL), LS_OK);
    ls_stream_free(a);
}

TEST(events_order_and_time)
{
    ls_stream *a = ls_stream_new(LS_HOST);
    ls_event *start = ls_event_new(LS_HOST), *stop = ls_event_new((ls_device){0});
    double milliseconds = -1;
    CHECK(ls_event_is_done(start)); /* never recorded */
    CHECK_STATUS(ls_event_sync(start), LS_OK);
    CHECK_STATUS(ls_event_wait(start, a), LS_OK);
    CHECK_STATUS(ls_event_elapsed(start, stop, &milliseconds), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "ls_event_elapsed: the first event was never recorded"));
    CHECK_STATUS(ls_event_record(start, a), LS_OK);
    CHECK_STATUS(ls_event_elapsed(start, stop, &milliseconds), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "the second event was never recorded"));
    LS_STREAM(a) CHECK_STATUS(ls_evaluate(ls_sin(ls_arange(300000.0))), LS_OK);
    CHECK_STATUS(ls_event_record(stop, a), LS_OK);
    CHECK_STATUS(ls_event_wait(stop, NULL), LS_OK);
    CHECK_STATUS(ls_event_sync(stop), LS_OK);
    CHECK(ls_event_is_done(stop));
    CHECK_STATUS(ls_event_elapsed(start, stop, &milliseconds), LS_OK);
    CHECK(milliseconds > 0 && milliseconds < 60000);
    double back;
    CHECK_STATUS(ls_event_elapsed(stop, start, &back), LS_OK);
    CHECK_EQ_DOUBLE(back, -milliseconds);
    CHECK_STATUS(ls_event_record(start, NULL), LS_OK); /* again, later than `stop` */
    CHECK_STATUS(ls_event_elapsed(start, stop, &milliseconds), LS_OK);
    CHECK(milliseconds < 0);
    ls_event_free(start);
    ls_event_free(stop);
    ls_event_free(NULL);
    ls_stream_free(a);
}

TEST(wrong_arguments_are_named)
{
    double milliseconds;
    ls_event *event = ls_event_new(LS_HOST);
    CHECK(ls_stream_new((ls_device){9}) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "ls_stream_new: there is no device 9"));
    ls_clear_error();
    CHECK(ls_event_new((ls_device){9}) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    ls_clear_error();
    CHECK_STATUS(ls_event_record(NULL, NULL), LS_EARGUMENT);
    CHECK_STATUS(ls_event_wait(NULL, NULL), LS_EARGUMENT);
    CHECK_STATUS(ls_event_sync(NULL), LS_EARGUMENT);
    CHECK(ls_event_is_done(NULL));
    CHECK_STATUS(ls_event_elapsed(event, NULL, &milliseconds), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "argument 2 is NULL"));
    CHECK_STATUS(ls_event_elapsed(event, event, NULL), LS_EARGUMENT);
    ls_event_free(event);
}

/* --- cuda.h --- */

static int fake;

TEST(kernels_need_a_gpu)
{
    ls_array *x = ls_arange(10.0);
    struct CUfunc_st *function = (struct CUfunc_st *)&fake;
    CHECK_STATUS(ls_cuda_launch(ls_cuda_trusted_source("...", "f"), LS_CUDA_SIZE(1), LS_CUDA_SIZE(32), 0,
                                ls_cuda_number((float)2), ls_cuda_reads(x)), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "ls_cuda_launch: the array is on cpu; CUDA code works on arrays of a GPU"));
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(32), 0, ls_cuda_writes(x)),
                 LS_EDEVICE);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(32), 0,
                                ls_cuda_number((int64_t)1)), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "CUDA code runs on a GPU; cpu is none"));
}

TEST(launches_are_checked_first)
{
    struct CUfunc_st *function = (struct CUfunc_st *)&fake;
    ls_cuda_argument none = ls_cuda_number(1), many[33];
    none.size = 0;
    for (int k = 0; k < 33; k++) many[k] = ls_cuda_number(k);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(NULL), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, many[0]), LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_trusted_source("text", NULL), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, many[0]),
                 LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE((int64_t)1 << 31), LS_CUDA_SIZE(1), 0, many[0]),
                 LS_EOVERFLOW);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1, -1), LS_CUDA_SIZE(1), 0, many[0]),
                 LS_EOVERFLOW);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(64, 32), 0, many[0]),
                 LS_EOVERFLOW);
    CHECK(strstr(ls_error_message(), "a block of 64 x 32 x 1 threads is beyond CUDA's 1024"));
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), -1, many[0]), LS_EOVERFLOW);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, none), LS_EARGUMENT);
    CHECK_STATUS((ls_cuda_launch)(LS_HERE, ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, 33, many),
                 LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(function), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, ls_cuda_reads(NULL)),
                 LS_EARGUMENT);
}

TEST(values_are_passed_as_they_are_written)
{
    const ls_cuda_argument a = ls_cuda_number((float)2), b = ls_cuda_number((int64_t)-3), c = ls_cuda_number('x');
    const float two = 2;
    const int64_t three = -3;
    CHECK(a.size == 4 && memcmp(a.small, &two, 4) == 0);
    CHECK(b.size == 8 && memcmp(b.small, &three, 8) == 0);
    CHECK(c.size == sizeof(int) && !c.array && !c.bytes);
}

TEST(handing_out_needs_a_gpu)
{
    ls_array *x = ls_arange(10.0);
    void *pointer = &fake;
    CHECK_STATUS(ls_cuda_begin_access(x, NULL, LS_CUDA_READ, &pointer), LS_EDEVICE);
    CHECK(pointer == NULL);
    CHECK(strstr(ls_error_message(), "ls_cuda_begin_access: the array is on cpu"));
    CHECK_STATUS(ls_cuda_begin_access(NULL, NULL, LS_CUDA_READ, &pointer), LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_begin_access(x, NULL, LS_CUDA_READ, NULL), LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_begin_access(x, NULL, (ls_cuda_access)4, &pointer), LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_end_access(x, NULL), LS_EDEVICE);
    CHECK_STATUS(ls_cuda_end_access(NULL, NULL), LS_EARGUMENT);
}

TEST(cuda_streams_need_a_gpu)
{
    ls_stream *stream = ls_stream_new(LS_HOST);
    CHECK(ls_cuda_stream(stream) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "ls_cuda_stream: cpu has no CUDA streams"));
    ls_clear_error();
    CHECK(ls_cuda_stream(NULL) == NULL);
    CHECK_STATUS(ls_error(), LS_EARGUMENT);
    ls_clear_error();
    CHECK(ls_cuda_stream_wrap((struct CUstream_st *)&fake, LS_HOST) == NULL);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    ls_clear_error();
    CHECK(ls_cuda_stream_wrap(NULL, LS_HOST) == NULL);
    CHECK_STATUS(ls_error(), LS_EARGUMENT);
    ls_clear_error();
    ls_stream_free(stream);
}

int main(void)
{
    RUN(a_stream_is_used_until_it_is_not);
    RUN(blocks_put_back_what_was_in_use);
    RUN(the_stream_in_use_is_the_threads);
    RUN(work_on_streams_gives_the_same);
    RUN(events_order_and_time);
    RUN(wrong_arguments_are_named);
    RUN(kernels_need_a_gpu);
    RUN(launches_are_checked_first);
    RUN(values_are_passed_as_they_are_written);
    RUN(handing_out_needs_a_gpu);
    RUN(cuda_streams_need_a_gpu);
    return check_report();
}
