/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Streams, events and the user's own kernels over the simulated GPU. Its kernels stand for the user's: they are launched
 * with their one struct, and take its size as a second parameter. A launch that names no array stands for foreign work:
 * the simulated GPU knows nothing of what it touches, so only the right order gives the right numbers; where arrays are
 * named, its happens-before check looks at them. Every test is done in many orders. */
#include "device/simulated.h"
#include "lockstep/cuda.h"
#include "lockstep.h"
#include "map_args.h"
#include "support/check.h"

#include <string.h>

enum { N = 5000, ORDERS = 24 };

static const simulated_control *gpu;
static ls_device device;
static struct CUfunc_st *multiply; /* of doubles */

/* The argument of `to = from * by`. */
static ls_map_args times(const void *from, void *to, double by)
{
    ls_map_args args = {.in = {from, NULL}, .out = to, .n = N, .single = 2};
    memcpy(&args.value[1][0], &by, sizeof by);
    return args;
}

static ls_cuda_size blocks(void)
{
    const int64_t each = LS_MAP_THREADS * ls_map_each(LS_MAP_BYTES, sizeof(double));
    return LS_CUDA_SIZE((N + each - 1) / each);
}

/* The address of an array, which stays while nobody else holds its elements. */
static void *address_of(ls_array *a, ls_cuda_access access)
{
    void *pointer = NULL;
    ls_stream *stream = ls_stream_new(device);
    CHECK_STATUS(ls_cuda_begin_access(a, ls_cuda_stream(stream), access, &pointer), LS_OK);
    CHECK_STATUS(ls_cuda_end_access(a, ls_cuda_stream(stream)), LS_OK);
    ls_stream_free(stream);
    return pointer;
}

/* Foreign work: nothing is declared. */
static void launch_foreign(ls_stream *stream, const void *from, void *to, double by)
{
    const ls_map_args args = times(from, to, by);
    LS_STREAM(stream)
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args)), LS_OK);
}

static ls_status launch_on(ls_array *x, ls_array *y, double by)
{
    const ls_map_args args = times(address_of(x, LS_CUDA_READ), address_of(y, LS_CUDA_WRITE), by);
    return ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                          ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args), ls_cuda_reads(x),
                          ls_cuda_writes(y));
}

static double sum_of(const ls_array *a)
{
    static double values[N];
    double total = 0;
    CHECK_STATUS(ls_to_host(a, values, N), LS_OK);
    for (int k = 0; k < N; k++) total += values[k];
    return total;
}

static ls_array *ramp(void)
{
    static double values[N];
    for (int k = 0; k < N; k++) values[k] = k;
    return ls_from_host(values, LS_SHAPE(N));
}
static const double ramp_sum = N * (N - 1.0) / 2;

static void in_every_order(void (*test)(void))
{
    for (int order = 0; order < ORDERS; order++) {
        if (gpu) gpu->reseed(1000 + (uint64_t)order, NULL);
        LS_SCOPE test();
    }
    CHECK_STR(gpu ? gpu->violation() : "", "");
}

static void kernels_are_ordered_once(void)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N));
    CHECK_STATUS(launch_on(x, y, 2), LS_OK);
    ls_array *z = ls_add(y, x); /* reads what the kernel wrote */
    CHECK_STATUS(ls_evaluate(z), LS_OK);
    CHECK_STATUS(launch_on(z, y, 10), LS_OK); /* writes what z read, and no longer needs */
    CHECK_EQ_DOUBLE(sum_of(z), 3 * ramp_sum);
    CHECK_EQ_DOUBLE(sum_of(y), 30 * ramp_sum);
}
TEST(kernels_are_ordered) { in_every_order(kernels_are_ordered_once); }

/* Each kernel on another stream than the one before. */
static void kernels_on_streams_are_ordered_once(void)
{
    ls_stream *first = ls_stream_new(device), *second = ls_stream_new(device);
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N)), *z = ls_empty(LS_SHAPE(N));
    LS_STREAM(first) CHECK_STATUS(launch_on(x, y, 2), LS_OK);
    LS_STREAM(second) CHECK_STATUS(launch_on(y, z, 3), LS_OK);
    LS_STREAM(first) CHECK_STATUS(launch_on(x, y, 5), LS_OK); /* over what the second reads */
    CHECK_EQ_DOUBLE(sum_of(z), 6 * ramp_sum);
    CHECK_EQ_DOUBLE(sum_of(y), 5 * ramp_sum);
    ls_stream_free(first);
    ls_stream_free(second);
}
TEST(kernels_on_streams_are_ordered) { in_every_order(kernels_on_streams_are_ordered_once); }

/* A result that is still pending keeps the elements it was described with. */
static void pending_work_keeps_old_elements_once(void)
{
    ls_array *x = ramp(), *y = ls_mul(ramp(), 3.0);
    CHECK_STATUS(ls_evaluate(y), LS_OK);
    ls_array *before = ls_add(y, 0.0), *copy = ls_reshape(y, LS_SHAPE(N, 1));
    void *pointer = address_of(y, LS_CUDA_READ_WRITE);
    const ls_map_args args = times(address_of(x, LS_CUDA_READ), pointer, 7);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args), ls_cuda_reads(x),
                                ls_cuda_updates(y)), LS_OK);
    CHECK_EQ_DOUBLE(sum_of(before), 3 * ramp_sum);
    CHECK_EQ_DOUBLE(sum_of(y), 7 * ramp_sum);
    CHECK_EQ_DOUBLE(sum_of(copy), 7 * ramp_sum); /* a view sees the write */
}
TEST(pending_work_keeps_old_elements) { in_every_order(pending_work_keeps_old_elements_once); }

/* x on the library's streams, y = 3 x on a foreign one, z = y + x on the library's again. */
static void foreign_work_is_ordered_once(void)
{
    ls_stream *foreign = ls_stream_new(device);
    struct CUstream_st *queue = ls_cuda_stream(foreign);
    ls_array *x = ls_add(ramp(), 1.0), *y = ls_empty(LS_SHAPE(N));
    void *from, *to, *again;
    CHECK(queue != NULL);
    CHECK_STATUS(ls_cuda_begin_access(x, queue, LS_CUDA_READ, &from), LS_OK);
    CHECK_STATUS(ls_cuda_begin_access(y, queue, LS_CUDA_WRITE, &to), LS_OK);
    CHECK_STATUS(ls_cuda_begin_access(y, queue, LS_CUDA_WRITE, &again), LS_EARGUMENT);
    CHECK(again == NULL);
    launch_foreign(foreign, from, to, 3);
    CHECK_STATUS(ls_cuda_end_access(x, queue), LS_OK);
    CHECK_STATUS(ls_cuda_end_access(x, queue), LS_EARGUMENT);
    CHECK_STATUS(ls_cuda_end_access(y, queue), LS_OK);
    CHECK_EQ_DOUBLE(sum_of(ls_add(y, x)), 4 * (ramp_sum + N));
    ls_stream_free(foreign);
}
TEST(foreign_work_is_ordered) { in_every_order(foreign_work_is_ordered_once); }

/* Views that are not C-contiguous are gathered for reading and refused for writing. */
TEST(views)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N)), *half;
    ls_array *twice = ls_reshape(ls_stack(LS_LIST(x, x), .axis = LS_AXIS(1)), LS_SHAPE(2 * N));
    half = ls_at(twice, "::2");
    void *pointer;
    CHECK_STATUS(ls_evaluate(half), LS_OK);
    CHECK_STATUS(ls_cuda_begin_access(half, NULL, LS_CUDA_READ, &pointer), LS_EARGUMENT);
    const ls_map_args args = times(address_of(x, LS_CUDA_READ), address_of(y, LS_CUDA_WRITE), 5);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args), ls_cuda_reads(x),
                                ls_cuda_reads(half), ls_cuda_writes(y)), LS_OK);
    CHECK_EQ_DOUBLE(sum_of(y), 5 * ramp_sum);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_writes(half)), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "ls_cuda_launch: the array is a view that is not C-contiguous"));
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), LS_CUDA_SIZE(0), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_writes(y)), LS_OK); /* launches nothing */
    ls_stream *stream = ls_stream_new(device);
    void *start = NULL, *middle = NULL;
    ls_array *part = ls_at(x, "100:");
    CHECK_STATUS(ls_cuda_begin_access(x, ls_cuda_stream(stream), LS_CUDA_READ, &start), LS_OK);
    CHECK_STATUS(ls_cuda_begin_access(part, ls_cuda_stream(stream), LS_CUDA_READ, &middle), LS_OK);
    CHECK_EQ_INT((char *)middle - (char *)start, 100 * sizeof(double));
    CHECK_STATUS(ls_cuda_end_access(part, ls_cuda_stream(stream)), LS_OK);
    CHECK_STATUS(ls_cuda_end_access(x, ls_cuda_stream(stream)), LS_OK);
    ls_stream_free(stream);
    ls_array *here = ls_to_device(x, LS_HOST);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0, ls_cuda_reads(x),
                                ls_cuda_writes(here)), LS_EDEVICE);
}

TEST(a_refused_launch_is_reported)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N));
    const ls_map_args args = times(address_of(x, LS_CUDA_READ), address_of(y, LS_CUDA_WRITE), 5);
    CHECK_STATUS(ls_evaluate(x, y), LS_OK);
    gpu->fail_call("cuLaunchKernel", 1, 701);
    CHECK_STATUS(ls_cuda_launch(ls_cuda_function(multiply), blocks(), LS_CUDA_SIZE(LS_MAP_THREADS), 0,
                                ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args), ls_cuda_reads(x),
                                ls_cuda_writes(y)), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "ls_cuda_launch") && strstr(ls_error_message(), "your kernel"));
    gpu->heal();
    CHECK_STATUS(launch_on(x, y, 5), LS_OK);
    CHECK_EQ_DOUBLE(sum_of(y), 5 * ramp_sum);
}

/* --- streams --- */

static void streams_do_not_change_results_once(void)
{
    ls_stream *streams[5];
    ls_array *x = ramp(), *parts[5];
    for (int k = 0; k < 5; k++) streams[k] = ls_stream_new(device); /* more than there are queues */
    for (int k = 0; k < 5; k++) {
        CHECK(streams[k] && ls_stream_device(streams[k]).id == device.id);
        LS_STREAM(streams[k]) {
            parts[k] = ls_mul(k ? parts[k - 1] : x, 2.0);
            CHECK_STATUS(ls_evaluate(parts[k]), LS_OK);
        }
    }
    CHECK_EQ_DOUBLE(sum_of(parts[4]), 32 * ramp_sum);
    CHECK_EQ_DOUBLE(sum_of(parts[0]), 2 * ramp_sum);
    CHECK_STATUS(ls_stream_sync(streams[2]), LS_OK);
    for (int k = 0; k < 5; k++) ls_stream_free(streams[k]);
}
TEST(streams_do_not_change_results) { in_every_order(streams_do_not_change_results_once); }

/* Two foreign streams that share memory the library knows nothing of are ordered by events alone. */
static void events_order_foreign_work_once(void)
{
    ls_stream *first = ls_stream_new(device), *second = ls_stream_new(device);
    ls_event *event = ls_event_new(device);
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N)), *z = ls_empty(LS_SHAPE(N));
    void *from = address_of(x, LS_CUDA_READ), *between = address_of(y, LS_CUDA_WRITE), *to = address_of(z, LS_CUDA_WRITE);
    CHECK_STATUS(ls_sync(), LS_OK);
    CHECK(ls_cuda_stream(first) != ls_cuda_stream(second));
    launch_foreign(first, from, between, 3);
    CHECK_STATUS(ls_event_record(event, first), LS_OK);
    CHECK_STATUS(ls_event_wait(event, second), LS_OK);
    launch_foreign(second, between, to, 5);
    CHECK_STATUS(ls_event_record(event, second), LS_OK);
    CHECK_STATUS(ls_event_wait(event, NULL), LS_OK); /* everybody */
    CHECK_EQ_DOUBLE(sum_of(z), 15 * ramp_sum);
    CHECK_STATUS(ls_event_sync(event), LS_OK);
    CHECK(ls_event_is_done(event));
    ls_event_free(event);
    ls_stream_free(first);
    ls_stream_free(second);
}
TEST(events_order_foreign_work) { in_every_order(events_order_foreign_work_once); }

TEST(events_take_times)
{
    ls_event *start = ls_event_new(device), *stop = ls_event_new(device);
    ls_stream *stream = ls_stream_new(device);
    double milliseconds = -1;
    CHECK_STATUS(ls_event_record(start, stream), LS_OK);
    LS_STREAM(stream) CHECK_STATUS(ls_evaluate(ls_sqrt(ramp())), LS_OK);
    CHECK_STATUS(ls_event_record(stop, stream), LS_OK);
    CHECK_STATUS(ls_event_elapsed(start, stop, &milliseconds), LS_OK);
    CHECK(milliseconds > 0);
    CHECK_STATUS(ls_event_record(stop, NULL), LS_OK);
    CHECK_STATUS(ls_event_sync(stop), LS_OK);
    ls_event *here = ls_event_new(LS_HOST);
    CHECK_STATUS(ls_event_record(here, stream), LS_EARGUMENT);
    CHECK_STATUS(ls_event_record(here, NULL), LS_OK);
    CHECK_STATUS(ls_event_elapsed(here, stop, &milliseconds), LS_EARGUMENT);
    ls_event_free(here);
    ls_event_free(start);
    ls_event_free(stop);
    ls_stream_free(stream);
}

/* A CUDA stream of somebody else's: here the queue behind another stream. */
TEST(wrapped_streams)
{
    ls_stream *theirs = ls_stream_new(device);
    ls_stream *ours = ls_cuda_stream_wrap(ls_cuda_stream(theirs), device);
    if (CHECK(ours != NULL)) {
        CHECK(ls_cuda_stream(ours) == ls_cuda_stream(theirs));
        LS_STREAM(ours) CHECK_EQ_DOUBLE(sum_of(ls_mul(ramp(), 4.0)), 4 * ramp_sum);
    }
    ls_stream *more[8];
    int wrapped = 0;
    while (wrapped < 8 && (more[wrapped] = ls_cuda_stream_wrap(ls_cuda_stream(theirs), device))) wrapped++;
    CHECK(wrapped > 0 && wrapped < 8);
    CHECK_STATUS(ls_error(), LS_EDEVICE);
    CHECK(strstr(ls_error_message(), "places for streams on cuda:0 are taken"));
    ls_clear_error();
    while (wrapped > 0) ls_stream_free(more[--wrapped]);
    ls_stream_free(ours);
    ls_stream_free(theirs);
    ls_stream *own = ls_stream_new(device); /* places are as they were */
    LS_STREAM(own) CHECK_EQ_DOUBLE(sum_of(ls_mul(ramp(), 4.0)), 4 * ramp_sum);
    ls_stream_free(own);
}

/* --- source text: compiled by the host's compiler, in a run of its own ("source") --- */

/* In the words of the shim: one struct, which the kernel calls `a`. */
static const char source[] =
    "struct triple_args { const double *x; double *y; long long n; };\n"
    "LS_KERNEL(triple, triple_args, 128) {\n"
    "    const long long i = (long long)blockIdx.x * 128 + threadIdx.x;\n"
    "    if (i < a.n) a.y[i] = 3 * a.x[i];\n"
    "}\n";

static ls_status launch_source(const char *text, const char *name, ls_array *x, ls_array *y)
{
    const struct { const void *x; void *y; long long n; } args = {address_of(x, LS_CUDA_READ),
                                                                  address_of(y, LS_CUDA_WRITE), N};
    return ls_cuda_launch(ls_cuda_trusted_source(text, name), LS_CUDA_SIZE((N + 127) / 128), LS_CUDA_SIZE(128), 0,
                          ls_cuda_struct(&args, sizeof args), ls_cuda_number(sizeof args), ls_cuda_reads(x),
                          ls_cuda_writes(y));
}

static void source_runs_once(void)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N));
    CHECK_STATUS(launch_source(source, "triple", x, y), LS_OK);
    CHECK_EQ_DOUBLE(sum_of(y), 3 * ramp_sum);
}
TEST(source_is_compiled_and_ordered) { in_every_order(source_runs_once); }

TEST(source_that_does_not_compile_says_why)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N));
    CHECK_STATUS(launch_source("this is no C", "triple", x, y), LS_ESYNTAX);
    CHECK(strstr(ls_error_message(), "ls_cuda_launch: the kernel \"triple\" does not compile: "));
    CHECK(strstr(ls_error_message(), "error"));
    CHECK_STATUS(launch_source("int nothing;", "nowhere", x, y), LS_ESYNTAX);
    CHECK_STATUS(launch_source(source, "triple", x, y), LS_OK);
}

TEST(source_needs_a_compiler)
{
    ls_array *x = ramp(), *y = ls_empty(LS_SHAPE(N));
    CHECK_STATUS(launch_source(source, "triple", x, y), LS_EUNSUPPORTED);
    CHECK(strstr(ls_error_message(), "kernels cannot be compiled here: "));
}

TEST(kernels_are_in_profiles)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    CHECK_STATUS(ls_profile_start(0), LS_OK);
    kernels_are_ordered_once();
    ls_profile_stop();
    CHECK(file && ls_profile_write(file, LS_PROFILE_JSON) == LS_OK && fclose(file) == 0);
    const char *row = text ? strstr(text, "\"what\": \"kernel\", \"call\": \"ls_cuda_launch\"") : NULL;
    CHECK(row && strstr(row, "test_access.c:"));
    free(text);
}

TEST(nothing_is_left)
{
    simulated_stats before, after;
    gpu->stats(&before);
    for (int k = 0; k < 20; k++) LS_SCOPE foreign_work_is_ordered_once();
    for (int k = 0; k < 20; k++) LS_SCOPE events_order_foreign_work_once();
    CHECK_STATUS(ls_sync(), LS_OK);
    gpu->stats(&after);
    CHECK(after.events_alive < before.events_alive + 40); /* of 600 recorded; the scheduler keeps some to use again */
    CHECK(after.queued < 100); /* records nobody waits for */
}

int main(int argc, char **argv)
{
    gpu = simulated_get();
    device = ls_device_from_name("cuda:0");
    if (!CHECK(device.id >= 2)) return check_report();
    if (!gpu) { /* a real one, whose compiled kernels are not to be had by name */
        RUN(source_is_compiled_and_ordered);
        RUN(source_that_does_not_compile_says_why);
        return check_report();
    }
    multiply = gpu->function("map_f64", "ls_map_multiply_f64");
    if (!CHECK(multiply != NULL)) return check_report();
    if (argc > 1 && strcmp(argv[1], "source") == 0) {
        RUN(source_is_compiled_and_ordered);
        RUN(source_that_does_not_compile_says_why);
        return check_report();
    }
    RUN(source_needs_a_compiler);
    RUN(kernels_are_ordered);
    RUN(kernels_on_streams_are_ordered);
    RUN(pending_work_keeps_old_elements);
    RUN(foreign_work_is_ordered);
    RUN(views);
    RUN(a_refused_launch_is_reported);
    RUN(streams_do_not_change_results);
    RUN(events_order_foreign_work);
    RUN(events_take_times);
    RUN(wrapped_streams);
    RUN(kernels_are_in_profiles);
    RUN(nothing_is_left);
    return check_report();
}
