/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Generated kernels, run by the shim on a CPU, against the host path: the same bits in every element, and nothing
 * written elsewhere. The kernels were compiled from the text that NVRTC gets. */
#include "device/form.h"
#include "programs.h"
#include "shim_run.h"
#include "support/check.h"

#include <stdlib.h>

enum { GENERATED_PARTS = 4 }; /* modules they were compiled in, as in CMakeLists.txt */

/* NaN payloads are free inside; what is left of them is made one before comparing. */
static void canonical(ls_dtype dtype, char *bytes, size_t size)
{
    const size_t each = lsi_dtype_size(dtype);
    for (size_t k = 0; k + each <= size; k += each) {
        lsi_scalar x;
        lsi_scalar_load(dtype, bytes + k, &x);
        lsi_scalar_store(&x, bytes + k);
    }
}

static void canonical_stores(test_program *test)
{
    for (int t = 0; t < test->program.nstore; t++) {
        lsi_buffer *buffer = test->stores[t].buffer;
        const ls_dtype dtype = lsi_program_dtype(&test->program, test->stores[t].value);
        if (lsi_dtype_kind(dtype) == LSI_KIND_FLOAT || lsi_dtype_kind(dtype) == LSI_KIND_COMPLEX)
            canonical(dtype, buffer->address, buffer->bytes);
    }
}

static void canonical_results(test_program *test)
{
    for (int q = 0; q < test->program.nreduction; q++) {
        const lsi_reduction *r = &test->reductions[q];
        const lsi_kind kind = lsi_dtype_kind(r->result);
        if (r->buffer && (kind == LSI_KIND_FLOAT || kind == LSI_KIND_COMPLEX))
            canonical(r->result, r->buffer->address, r->buffer->bytes);
    }
}

static void run_kernel(int k, test_program *test)
{
    lsi_form form;
    lsi_form_launch launch;
    char name[32], module[32];
    snprintf(name, sizeof name, "program_%d", k);
    snprintf(module, sizeof module, "generated_%d", k % GENERATED_PARTS);
    const lsi_shim_kernel *kernel = lsi_shim_find(module, name);
    if (!CHECK(kernel != NULL) || !CHECK(lsi_form_make(&test->program, &form, &launch))) return;
    CHECK_EQ_INT((long long)lsi_shim_args(kernel), (long long)launch.size);
    /* in two launches where there is more than a block */
    const int64_t first = (int64_t)launch.blocks / 2;
    if (first > 0) lsi_shim_run(kernel, (unsigned)first, 1, 1, LSI_FORM_THREADS, launch.shared, launch.args, (uint64_t)k);
    memcpy(launch.args + launch.begin_at, &first, sizeof first);
    lsi_shim_run(kernel, (unsigned)(launch.blocks - (uint64_t)first), 1, 1, LSI_FORM_THREADS, launch.shared, launch.args,
                 (uint64_t)k);
}

static lsi_backend *host;

static void run_on_host(const lsi_program *program)
{
    lsi_ticket done;
    CHECK_EQ_INT(host->run(host, program, &done), LS_OK);
    CHECK_EQ_INT(host->wait(host, done), LS_OK);
}

/* Rows as the host has them: one reduction after another, each stored and read from there, then the stores. */
static void run_in_parts(test_program *test)
{
    enum { MOST = LSI_PROGRAM_MAX_ROW_REDUCTIONS };
    const lsi_program whole = test->program;
    lsi_buffer stored[MOST] = {{0}};
    lsi_source sources[LSI_PROGRAM_MAX_SOURCES];
    memcpy(sources, test->sources, sizeof sources);
    for (int i = 0; i < whole.nsource; i++) /* nobody needs a result that is still to come */
        if (sources[i].kind == LSI_SOURCE_RESULT)
            sources[i] = (lsi_source){
                .kind = LSI_SOURCE_CONST, .dtype = sources[i].dtype, .constant.dtype = sources[i].dtype};
    for (int q = 0; q < whole.nreduction; q++) {
        int64_t outputs = 1;
        for (int d = 0; d < whole.ndim; d++) outputs *= whole.reduced[d] ? 1 : whole.shape[d];
        lsi_reduction one = test->reductions[q];
        stored[q].bytes = (size_t)outputs * lsi_dtype_size(one.result);
        stored[q].address = aligned_alloc(64, (stored[q].bytes + 63) / 64 * 64);
        one.buffer = &stored[q];
        lsi_program part = whole;
        part.sources = sources;
        part.reductions = &one;
        part.nreduction = 1;
        part.nstore = 0;
        run_on_host(&part);
        if (test->reductions[q].buffer) memcpy(test->reductions[q].buffer->address, stored[q].address, stored[q].bytes);
        for (int i = 0; i < whole.nsource; i++)
            if (test->sources[i].kind == LSI_SOURCE_RESULT && test->sources[i].reduction == q) {
                sources[i] = (lsi_source){.kind = LSI_SOURCE_BUFFER, .dtype = one.result, .buffer = &stored[q]};
                memcpy(sources[i].strides, one.strides, sizeof one.strides);
            }
    }
    lsi_program last = whole;
    last.sources = sources;
    last.nreduction = 0;
    memset(last.reduced, 0, sizeof last.reduced);
    run_on_host(&last);
    for (int q = 0; q < whole.nreduction; q++) free(stored[q].address);
}

static size_t first_difference(const test_program *a, const test_program *b)
{
    size_t at = 0;
    while (at < a->memory_bytes && a->memory[at] == b->memory[at]) at++;
    return at;
}

TEST(all_programs_give_the_bits_of_the_host)
{
    for (int k = 0; k < test_program_count(); k++) {
        test_program *ours = test_program_make(k), *theirs = test_program_make(k);
        if (lsi_program_has_rows(&theirs->program)) run_in_parts(theirs);
        else run_on_host(&theirs->program);
        run_kernel(k, ours);
        canonical_stores(ours);
        canonical_stores(theirs);
        canonical_results(ours);
        canonical_results(theirs);
        const size_t at = first_difference(ours, theirs);
        if (!CHECK(at == ours->memory_bytes)) {
            printf("program %d differs at byte %zu\n", k, at);
            for (int b = 0; b < ours->nbuffer; b++) {
                const size_t begin = (size_t)((char *)ours->buffers[b].address - ours->memory);
                if (at >= begin && at < begin + ours->buffers[b].bytes)
                    printf("  buffer %d, byte %zu\n", b, at - begin);
            }
        }
        test_program_free(ours);
        test_program_free(theirs);
    }
}

TEST(every_operation_was_there_with_every_dtype)
{
    int pairs;
    CHECK_EQ_INT(test_program_missing(&pairs), 0);
    CHECK(pairs > 500);
    printf("%d operations with a dtype each, %d programs\n", pairs, test_program_count());
}

int main(void)
{
    host = lsi_host_backend_new();
    if (!host) return 1;
    RUN(all_programs_give_the_bits_of_the_host);
    RUN(every_operation_was_there_with_every_dtype);
    return check_report();
}
