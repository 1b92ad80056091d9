/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Scenarios of every other public function. Each gives the status of the first call that failed. */
#include "failing.h"
#include "api/dlpack_abi.h"
#include "core/error.h"
#include "lockstep/cuda.h"
#include "lockstep/dlpack.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define SCENARIO(name) static ls_status name(const inputs *in, const scenario *s __attribute__((unused)))
/* The scenario goes on when the call gave LS_OK. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        ls_status tried = (call);                                                                                      \
        if (tried) return tried;                                                                                       \
    } while (0)

/* --- creation --- */

SCENARIO(constants)
{
    (void)in;
    TRY(take(ls_zeros(LS_SHAPE(3, 4), .dtype = LS_FLOAT32)));
    TRY(take(ls_ones(LS_SHAPE(5))));
    TRY(take(ls_full(LS_SHAPE(2, 2), 2.5)));
    return take(ls_eye(4, .columns = 5, .k = 1));
}
SCENARIO(empties)
{
    ls_array *a = ls_empty(LS_SHAPE(3)), *b = ls_empty_like(in->x);
    TRY(ls_assign(a, 1));
    TRY(ls_assign(b, in->x));
    TRY(take(a));
    return take(b);
}
SCENARIO(likes)
{
    TRY(take(ls_zeros_like(in->whole)));
    TRY(take(ls_ones_like(in->x, .dtype = LS_BOOL)));
    return take(ls_full_like(in->z, 3));
}
SCENARIO(progressions)
{
    (void)in;
    TRY(take(ls_arange(7)));
    TRY(take(ls_arange(0.5, 9.5, 1.25)));
    return take(ls_linspace(0, 1, 11, .dtype = LS_FLOAT32));
}
SCENARIO(conversions)
{
    TRY(take(ls_astype(in->x, LS_INT16)));
    TRY(take(ls_astype(in->x, LS_FLOAT64)));
    return take(ls_copy(ls_transpose(in->x)));
}
SCENARIO(from_host)
{
    (void)in;
    float data[6] = {1, 2, 3, 4, 5, 6};
    TRY(take(ls_from_host(data, LS_SHAPE(2, 3))));
    return take(ls_from_host(data, LS_SHAPE(6), .dtype = LS_INT8));
}
static void count_call(void *context)
{
    ++*(int *)context;
}
SCENARIO(wrap)
{
    (void)in;
    static double data[4];
    int deleted = 0;
    ls_status status = LS_OK;
    bool made = false;
    for (int i = 0; i < 4; i++) data[i] = i;
    LS_SCOPE {
        ls_array *a = ls_wrap(data, LS_SHAPE(4), .deleter = count_call, .context = &deleted);
        made = a != NULL;
        ls_array *pending = ls_mul(a, 2); /* keeps the old values: the write must make a copy */
        status = ls_assign(ls_at(a, "::-1"), a);
        status = status ? status : take(pending);
        status = status ? status : take(a);
        ls_changed(a);
    }
    take_number(deleted);
    return deleted == made ? status : LS_EINTERNAL;
}

/* --- views --- */

/* A tensor out and in again: the way back needs a handle only. */
SCENARIO(tensors)
{
    ls_array *a = ls_add(in->x, 1);
    struct DLManagedTensorVersioned *tensor = ls_to_dlpack(ls_at(a, "1:"));
    if (!tensor) return ls_error();
    ls_array *back = ls_from_dlpack(tensor);
    if (!back) {
        tensor->deleter(tensor);
        return ls_error();
    }
    TRY(take(back));
    struct DLManagedTensor *old = ls_to_dlpack_unversioned(a, .copy = true);
    if (!old) return ls_error();
    back = ls_from_dlpack_unversioned(old);
    if (!back) {
        old->deleter(old);
        return ls_error();
    }
    return take(back);
}
SCENARIO(shapes)
{
    TRY(take(ls_at(in->x, "1:5:2, %d", 3)));
    TRY(take(ls_reshape(in->x, LS_SHAPE(4, -1))));
    TRY(take(ls_reshape(ls_transpose(in->x), LS_SHAPE(3, 8))));
    return take(ls_ravel(ls_transpose(in->x)));
}
SCENARIO(axes)
{
    TRY(take(ls_transpose(in->x, .axis = LS_AXIS(1, 0))));
    TRY(take(ls_permute_dims(in->x, LS_AXIS(1, 0))));
    TRY(take(ls_matrix_transpose(in->x)));
    TRY(take(ls_swapaxes(in->x, 0, 1)));
    TRY(take(ls_moveaxis(in->x, 0, -1)));
    TRY(take(ls_squeeze(ls_expand_dims(in->x, LS_AXIS(0, 2)))));
    TRY(take(ls_broadcast_to(in->x, LS_SHAPE(2, 6, 4))));
    return take(ls_flip(in->x, .axis = LS_AXIS(1)));
}
SCENARIO(joins)
{
    TRY(take(ls_concat(LS_LIST(in->x, in->whole), .axis = LS_AXIS(1))));
    return take(ls_stack(LS_LIST(in->x, in->y, in->x), .axis = LS_AXIS(-1)));
}
SCENARIO(split)
{
    ls_array *parts[3];
    ls_status status = ls_split(in->x, 3, parts);
    for (int i = 0; i < 3; i++) {
        if (status && parts[i]) return LS_EINTERNAL;
        if (!status) TRY(take(parts[i]));
    }
    return status ? ls_error() : LS_OK;
}

/* --- chains of every length, scans, products --- */

SCENARIO(chain)
{
    ls_array *r = ls_copy(in->x);
    for (int i = 0; i < 100; i++) { /* passes the bound of a pending tree: operands are evaluated on the way */
        r = ls_add(ls_sin(r), in->y);
    }
    return take(ls_sub(r, ls_mean(r)));
}
SCENARIO(several)
{
    ls_array *a = ls_exp(ls_mul(in->x, 0.01)), *low = ls_min(a), *high = ls_max(a), *total = ls_sum(ls_at(a, "::2"));
    TRY(ls_evaluate(a, low, high, total));
    TRY(take(a));
    TRY(take(low));
    TRY(take(high));
    return take(total);
}
SCENARIO(scans)
{
    TRY(take(ls_cumulative_sum(in->x, .axis = LS_AXIS(0), .include_initial = true)));
    return take(ls_cumulative_prod(ls_add(ls_arange(3000), 1.0), .dtype = LS_FLOAT32));
}
SCENARIO(sorts)
{
    ls_array *turned = ls_transpose(in->x), *index = NULL, *inverse = NULL, *counts = NULL;
    TRY(take(ls_sort(turned, .descending = true)));
    TRY(take(ls_argsort(in->x, .axis = LS_AXIS(0))));
    TRY(take(ls_partition(in->z, 2)));
    TRY(take(ls_argpartition(turned, -1)));
    ls_array *unique = ls_unique(in->whole, .index = &index, .inverse = &inverse, .counts = &counts);
    TRY(take(unique));
    TRY(take(index));
    TRY(take(inverse));
    return take(counts);
}
SCENARIO(searches)
{
    ls_array *flat = ls_ravel(in->x);
    TRY(take(ls_searchsorted(flat, in->y, .sorter = ls_argsort(flat))));
    TRY(take(ls_searchsorted(flat, 2, .right = true)));
    TRY(take(ls_nonzero(ls_transpose(in->x))));
    return take(ls_flatnonzero(in->whole));
}
SCENARIO(products)
{
    TRY(take(ls_matmul(in->x, in->matrix, .mode = LS_MATMUL_EXACT)));
    TRY(take(ls_matmul(in->whole, ls_transpose(in->whole))));
    TRY(take(ls_dot(in->x, ls_at(in->matrix, ":, ::2"), .mode = LS_MATMUL_EXACT)));
    TRY(take(ls_vecdot(in->z, in->y)));
    TRY(take(ls_outer(ls_at(in->x, "0"), in->y)));
    ls_array *big = ls_mul(ls_ones(LS_SHAPE(70, 4100)), 0.5);
    return take(ls_matmul(big, ls_transpose(big), .mode = LS_MATMUL_EXACT));
}
SCENARIO(fast_products)
{
    ls_matmul_mode before = ls_set_matmul_mode(LS_MATMUL_FAST);
    ls_array *a = ls_matmul(in->x, ls_add(in->matrix, 0));
    ls_set_matmul_mode(before);
    take_number(ls_get_matmul_mode());
    TRY(take(ls_round(a)));
    return take(ls_round(ls_matmul(ls_at(in->z, "::-1"), ls_transpose(in->z))));
}
SCENARIO(matmul_into)
{
    TRY(ls_matmul_into(in->out, in->x, ls_at(in->matrix, ":, :4"), .mode = LS_MATMUL_EXACT));
    target_written();
    TRY(take(in->out));
    TRY(ls_matmul_into(in->out, in->out, ls_at(in->out, ":4")));
    return take(ls_round(in->out));
}

/* --- random numbers --- */

SCENARIO(generators)
{
    (void)in;
    ls_rng *rng = ls_rng_keep(ls_rng_new(7)), *children[3];
    if (!rng) return ls_error();
    ls_rng_state state;
    ls_status status = ls_rng_save(rng, &state);
    status = status ? status : ls_rng_spawn(rng, 3, children);
    status = status ? status : take(ls_random(children[2], LS_SHAPE(9)));
    ls_array *drawn = status ? NULL : ls_random(rng, LS_SHAPE(5));
    status = status ? status : take(drawn);
    status = status ? status : ls_rng_restore(rng, &state);
    status = status ? status : take(ls_random(rng, LS_SHAPE(5)));
    ls_rng_free(rng);
    return status;
}
SCENARIO(draws)
{
    (void)in;
    ls_rng *rng = ls_rng_new_words(((const uint32_t[]){1, 2, 3}), 3, .engine = LS_PHILOX4X32);
    TRY(take(ls_uniform(rng, -1, 1, LS_SHAPE(3, 3))));
    TRY(take(ls_integers(rng, 0, 10, LS_SHAPE(20), .dtype = LS_INT8)));
    TRY(take(ls_random_bits(rng, LS_SHAPE(4), .dtype = LS_UINT32)));
    TRY(take(ls_standard_normal(rng, LS_SHAPE(5), .dtype = LS_FLOAT32)));
    TRY(take(ls_normal(rng, 1.0, 2.0, LS_SHAPE(5))));
    TRY(take(ls_exponential(rng, 3.0, LS_SHAPE(5))));
    return take(ls_normal(rng, ls_arange(5.0), ls_ones(LS_SHAPE(5)), LS_SHAPE(5)));
}

/* --- where chains end --- */

SCENARIO(expression)
{
    const ls_array *x = in->x, *y = in->y, *m = in->matrix;
    TRY(take(ls_eval("sqrt(x*x + y*y) > 1", x, y)));
    TRY(take(ls_eval("where(x > 2, sum(y, axis=0), 2**-1) + float32(3)", x, y)));
    TRY(take(ls_eval("round(x @ m) % 7", x, m)));
    return take(ls_eval("clip(x, None, 3) * pi - cumulative_sum(x, axis=1)", x));
}
SCENARIO(values)
{
    double number;
    float data[24];
    TRY(ls_item(ls_at(in->x, "2, 2"), &number));
    take_number(number);
    TRY(ls_to_host(ls_flip(in->x), data, 24));
    take_number(data[5]);
    const double *direct = ls_host_data(ls_add(in->x, 1));
    if (!direct) return ls_error();
    take_number(direct[3]);
    return ls_sync();
}
SCENARIO(assign_whole)
{
    ls_array *pending = ls_mul(in->out, 2);
    TRY(ls_assign(in->out, ls_add(in->x, pending)));
    target_written();
    TRY(take(pending));
    return take(in->out);
}
SCENARIO(assign_overlapping)
{
    ls_array *pending = ls_sum(in->out);
    TRY(ls_assign(ls_at(in->out, "1:"), ls_at(in->out, ":5")));
    target_written();
    TRY(take(in->out));
    return take(pending);
}
static int twice(int64_t n, const void *const *given, void *output, void *context)
{
    const double *x = given[0];
    (void)context;
    for (int64_t i = 0; i < n; i++) ((double *)output)[i] = 2 * x[i];
    double total;
    ls_array *own = ls_sum(ls_arange(n));
    return ls_item(own, &total) || total != (double)(n * (n - 1)) / 2;
}
static int ignore_progress(double fraction, void *context)
{
    (void)fraction, (void)context;
    return 0;
}
SCENARIO(map_host)
{
    ls_list list = LS_LIST(ls_transpose(in->x), ls_at(in->y, "0, 0"));
    return take(ls_map_host(twice, list, .grain = 5, .progress = ignore_progress));
}
SCENARIO(to_device)
{
    ls_device other = ls_device_from_name("other:0");
    TRY(take(ls_to_device(ls_to_device(ls_transpose(in->x), other), LS_HOST)));
    return take(ls_to_device(in->x, LS_HOST));
}

/* --- streams --- */

SCENARIO(streams)
{
    double total = 0, milliseconds;
    ls_stream *stream = ls_stream_new((ls_device){0});
    ls_event *start = stream ? ls_event_new((ls_device){0}) : NULL, *stop = start ? ls_event_new((ls_device){0}) : NULL;
    ls_status status = stop ? ls_event_record(start, stream) : ls_error();
    ls_stream *before = ls_stream_use(stream);
    status = status ? status : ls_item(ls_sum(ls_add(in->x, 1)), &total);
    take_number(total + (before == NULL) + (ls_stream_in_use() == stream));
    ls_stream_use(before);
    status = status ? status : ls_event_record(stop, stream);
    status = status ? status : ls_event_wait(stop, stream);
    status = status ? status : ls_event_elapsed(start, stop, &milliseconds);
    status = status ? status : ls_event_sync(stop);
    status = status ? status : ls_stream_sync(stream);
    take_number(stop ? ls_event_is_done(stop) + (double)ls_stream_device(stream).id : 0);
    ls_event_free(start);
    ls_event_free(stop);
    ls_stream_free(stream);
    return status;
}
/* On the host each says that there is no GPU, before any memory is needed; with one: tests/device/test_access.c. */
static ls_status refused(ls_status status)
{
    if (status != LS_EDEVICE) return status ? status : LS_EINTERNAL;
    ls_clear_error();
    return LS_OK;
}
SCENARIO(cuda)
{
    static int fake;
    struct CUstream_st *queue = (struct CUstream_st *)&fake;
    void *pointer;
    ls_array *x = ls_to_device(in->x, LS_HOST);
    if (!x) return ls_error();
    TRY(refused(ls_cuda_launch(ls_cuda_trusted_source("", "f"), LS_CUDA_SIZE(1), LS_CUDA_SIZE(1), 0, ls_cuda_reads(x),
                               ls_cuda_number(1))));
    TRY(refused(ls_cuda_begin_access(x, queue, LS_CUDA_READ, &pointer)));
    TRY(refused(ls_cuda_end_access(x, queue)));
    TRY(refused(ls_cuda_stream_wrap(queue, LS_HOST) ? LS_OK : ls_error()));
    ls_stream *stream = ls_stream_new(LS_HOST);
    if (!stream) return ls_error();
    ls_status status = refused(ls_cuda_stream(stream) ? LS_OK : ls_error());
    ls_stream_free(stream);
    return status;
}

/* --- scopes --- */

SCENARIO(scopes)
{
    ls_array *slot = NULL, *previous = NULL, *kept = NULL;
    ls_status status = LS_OK;
    int depth = ls_scope_open();
    LS_SCOPE {
        kept = ls_keep(ls_keep(ls_add(in->x, 1)));
        ls_set(&slot, ls_mul(in->x, 3));
    }
    for (int i = 0; i < 5 && !status; i++) {
        LS_SCOPE {
            ls_set(&previous, slot);
            ls_set(&slot, ls_add(slot, kept));
        }
    }
    ls_array *mine = ls_retain(ls_sub(slot, previous));
    ls_scope_close(depth + 1000);
    status = take(mine);
    ls_free(kept);
    ls_release(mine);
    ls_free(mine == NULL ? NULL : slot);
    ls_scope_close(depth);
    return status;
}
typedef struct job {
    const inputs *in;
    ls_status status;
    double result;
    char text[200];
} job;
static void *work(void *pointer)
{
    job *j = pointer;
    j->status = ls_item(ls_sum(ls_add(j->in->x, j->in->y)), &j->result);
    snprintf(j->text, sizeof j->text, "%s", ls_error_message());
    return NULL;
}
/* The first calls of a thread make what it keeps until its end. */
SCENARIO(new_thread)
{
    job j = {in, LS_OK, 0, ""};
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, &j)) return LS_EINTERNAL;
    pthread_join(thread, NULL);
    take_number(j.result);
    return j.status ? lsi_fail_for("ls_item", NULL, j.status, "%s", j.text) : LS_OK; /* its error, on this thread */
}

/* --- files and text --- */

static const char *file_in(const inputs *in, const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", in->directory, name);
    return path;
}
SCENARIO(save)
{
    TRY(ls_save(file_in(in, "new.npy"), ls_mul(in->x, 2)));
    return take(ls_load(file_in(in, "new.npy")));
}
SCENARIO(stream)
{
    FILE *stream = tmpfile();
    if (!stream) return LS_EIO;
    ls_status status = ls_save_file(stream, ls_transpose(ls_at(in->x, "::2")));
    rewind(stream);
    status = status ? status : take(ls_load_file(stream));
    fclose(stream);
    return status;
}
SCENARIO(memory)
{
    char bytes[1024];
    size_t needed = 0;
    TRY(ls_save_memory(in->whole, bytes, sizeof bytes, &needed));
    take_number((double)needed);
    return take(ls_load_memory(bytes, needed));
}
/* The same compressed, where the library can. */
static ls_status compressed(const inputs *in)
{
    const ls_array *arrays[1] = {in->whole};
    ls_status status =
        ls_save_npz(file_in(in, "new.npz"), 1, ((const char *const[]){"w"}), arrays, .compressed = true);
    if (status == LS_EUNSUPPORTED) {
        ls_clear_error();
        return LS_OK;
    }
    return status ? status : take(ls_load_npz(file_in(in, "new.npz"), "w"));
}
static void see(void *context, const char *name, ls_dtype dtype, ls_shape shape)
{
    (void)context, (void)name;
    take_number((double)dtype + (double)shape.ndim);
}
SCENARIO(archive)
{
    const char *names[2] = {"x", "sum"};
    const ls_array *arrays[2] = {in->x, ls_sum(in->x)};
    char bytes[8192];
    TRY(ls_save_npz(file_in(in, "new.npz"), 2, names, arrays));
    TRY(take(ls_load_npz(file_in(in, "new.npz"), "sum")));
    TRY(ls_list_npz(file_in(in, "new.npz"), see, NULL));
    FILE *file = fopen(file_in(in, "data.npz"), "rb");
    if (!file) return LS_EIO;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    TRY(take(ls_load_npz_memory(bytes, size, "x")));
    return compressed(in);
}
static int go_on(double fraction, void *context)
{
    (void)fraction, (void)context;
    return 0;
}
SCENARIO(profile)
{
    TRY(ls_profile_start(100));
    ls_on_progress(go_on, NULL);
    ls_status status = take(ls_add(in->x, 5));
    ls_on_progress(NULL, NULL);
    ls_profile_stop();
    TRY(status);
    take_number((double)ls_profile_count());
    FILE *null = fopen("/dev/null", "w");
    if (!null) return LS_EIO;
    status = ls_profile_write(null, LS_PROFILE_JSON);
    fclose(null);
    return status;
}
SCENARIO(debugging)
{
    ls_array *a = ls_add(in->x, 5);
    if (!a) return ls_error();
    take_number((double)ls_list_arrays(NULL) * 0);
    ls_set_debug(true);
    ls_array *b = ls_add(a, 1);
    ls_set_debug(false);
    return take(b);
}
SCENARIO(text)
{
    char buffer[2000];
    int64_t length = ls_format(ls_add(in->x, 0.25), buffer, sizeof buffer, .precision = 3);
    if (length < 0) return ls_error();
    take_number((double)length + buffer[7]);
    FILE *null = fopen("/dev/null", "w");
    if (!null) return LS_EIO;
    ls_status status = ls_fprint(null, in->z);
    fclose(null);
    return status;
}
/* Sends a descriptor to nowhere; gives what `restore` needs to undo that. */
static int silence(FILE *stream)
{
    fflush(stream);
    int saved = dup(fileno(stream)), null = open("/dev/null", O_WRONLY);
    dup2(null, fileno(stream));
    close(null);
    return saved;
}
static void restore(FILE *stream, int saved)
{
    fflush(stream);
    dup2(saved, fileno(stream));
    close(saved);
}
SCENARIO(print)
{
    int saved = silence(stdout);
    ls_status status = ls_print(ls_sqrt(in->x));
    restore(stdout, saved);
    return status;
}
SCENARIO(show)
{
    int saved = silence(stderr);
    ls_status status = ls_show(ls_sqrt(in->x));
    restore(stderr, saved);
    return status;
}

/* --- questions: they answer whatever memory says --- */

static void hear(void *context, const char *section, const char *key, const char *value)
{
    ++*(int *)context;
    (void)section, (void)key, (void)value;
}
SCENARIO(questions)
{
    int lines = 0;
    ls_memory memory;
    ls_work done = ls_work_done();
    take_number((double)(ls_ndim(in->x) + ls_size(in->x) + ls_dim(in->x, -1) + ls_sizes(in->x)[0]));
    take_number((double)ls_dtype_of(in->x) + (double)ls_device_of(in->x).id + (double)ls_dtype_size(LS_FLOAT32));
    take_number((double)ls_dtype_name(LS_INT8)[0] + (double)ls_dtype_from_name("int8"));
    take_number((double)ls_result_type(LS_INT8, LS_FLOAT32) + (double)ls_version()[0] + (double)(done.programs >= 0));
    take_number((double)ls_device_count() + ls_device_name(LS_HOST)[0] + ls_device_from_name("cpu").id);
    take_number((double)ls_device_in_use().id + (ls_num_threads() > 0) + ls_status_text(LS_ENOMEM)[0]);
    ls_set_num_threads(0);
    TRY(ls_use_device((ls_device){0}));
    TRY(ls_memory_stats(LS_HOST, &memory));
    TRY(ls_reinit_after_fork()); /* no child: nothing to do */
    TRY(ls_memory_reset_peak(LS_HOST));
    TRY(ls_memory_set_limit(LS_HOST, 0));
    TRY(ls_memory_trim(LS_HOST, 0));
    return ls_info(hear, &lines) || lines == 0 ? LS_EINTERNAL : LS_OK;
}

const scenario call_scenarios[] = {
    {.covers = "ls_zeros ls_ones ls_full ls_eye", .run = constants},
    {.covers = "ls_empty ls_empty_like", .run = empties},
    {.covers = "ls_zeros_like ls_ones_like ls_full_like", .run = likes},
    {.covers = "ls_arange ls_linspace", .run = progressions},
    {.covers = "ls_astype ls_copy", .run = conversions},
    {.covers = "ls_from_host", .run = from_host},
    {.covers = "ls_wrap ls_changed", .run = wrap},
    {.covers = "ls_to_dlpack ls_to_dlpack_unversioned ls_from_dlpack ls_from_dlpack_unversioned", .run = tensors},
    {.covers = "ls_at ls_reshape ls_ravel", .run = shapes},
    {.covers = "ls_transpose ls_permute_dims ls_matrix_transpose ls_swapaxes ls_moveaxis ls_squeeze ls_expand_dims "
               "ls_broadcast_to ls_flip", .run = axes},
    {.covers = "ls_concat ls_stack", .run = joins},
    {.covers = "ls_split", .run = split},
    {.covers = "", .run = chain},
    {.covers = "ls_evaluate", .run = several},
    {.covers = "ls_cumulative_sum ls_cumulative_prod", .run = scans},
    {.covers = "ls_sort ls_argsort ls_partition ls_argpartition ls_unique", .run = sorts},
    {.covers = "ls_searchsorted ls_nonzero ls_flatnonzero", .run = searches},
    {.covers = "ls_matmul ls_dot ls_vecdot ls_outer", .run = products},
    {.covers = "ls_set_matmul_mode ls_get_matmul_mode", .run = fast_products},
    {.covers = "ls_matmul_into", .run = matmul_into},
    {.covers = "ls_rng_new ls_rng_keep ls_rng_free ls_rng_save ls_rng_spawn ls_rng_restore ls_random",
     .run = generators},
    {.covers = "ls_rng_new_words ls_uniform ls_integers ls_random_bits ls_standard_normal ls_normal ls_exponential",
     .run = draws},
    {.covers = "ls_eval", .run = expression},
    {.covers = "ls_item ls_to_host ls_host_data ls_sync", .run = values},
    {.covers = "ls_assign", .run = assign_whole},
    {.covers = "", .run = assign_overlapping},
    {.covers = "ls_map_host", .run = map_host},
    {.covers = "ls_to_device", .run = to_device},
    {.covers = "ls_stream_new ls_stream_free ls_stream_use ls_stream_in_use ls_stream_sync ls_stream_device ls_event_new "
               "ls_event_free ls_event_record ls_event_wait ls_event_sync ls_event_is_done ls_event_elapsed",
     .run = streams},
    {.covers = "ls_cuda_launch ls_cuda_begin_access ls_cuda_end_access ls_cuda_stream ls_cuda_stream_wrap", .run = cuda},
    {.covers = "ls_scope_open ls_scope_close ls_keep ls_free ls_set ls_retain ls_release", .run = scopes},
    {.covers = "", .run = new_thread},
    {.covers = "ls_save ls_load", .run = save},
    {.covers = "ls_save_file ls_load_file", .run = stream},
    {.covers = "ls_save_memory ls_load_memory", .run = memory},
    {.covers = "ls_save_npz ls_load_npz ls_list_npz ls_load_npz_memory", .run = archive},
    {.covers = "ls_profile_start ls_profile_stop ls_profile_count ls_profile_write ls_on_progress", .run = profile},
    {.covers = "ls_set_debug ls_list_arrays", .run = debugging},
    {.covers = "ls_format ls_fprint", .run = text},
    {.covers = "ls_print", .run = print},
    {.covers = "ls_show", .run = show},
    {.covers = "ls_ndim ls_size ls_dim ls_sizes ls_dtype_of ls_device_of ls_dtype_size ls_dtype_name "
               "ls_dtype_from_name ls_result_type ls_version ls_work_done ls_device_count ls_device_name "
               "ls_device_from_name ls_device_in_use ls_num_threads ls_set_num_threads ls_status_text ls_use_device "
               "ls_memory_stats ls_memory_reset_peak ls_memory_set_limit ls_memory_trim ls_info "
               "ls_reinit_after_fork", .run = questions},
};
const int call_count = sizeof call_scenarios / sizeof call_scenarios[0];
