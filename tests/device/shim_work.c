/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See shim_work.h. Scratch is exactly as long as asked for and full of rubbish. */
#include "shim_work.h"
#include "core/error.h"
#include "device/strips.h"
#include "host/strip.h"
#include "memory/pool.h"
#include "shim_run.h"
#include "support/check.h"
#include <stdarg.h>
#include <stdlib.h>

lsi_device shim_device = {.multiprocessors = 1, .backend = {.name = "shim"}};
uint64_t shim_seed = 1;
int64_t shim_strip = 8192;
long shim_launches, shim_strips;

enum { NAMES = 256 };
static struct launched {
    const char *name;
    long times;
} launched[NAMES];

static void count_launch(const char *name)
{
    int i = 0;
    while (i < NAMES - 1 && launched[i].name && strcmp(launched[i].name, name) != 0) i++;
    launched[i].name = name;
    launched[i].times++;
    shim_launches++;
}

long shim_launched(const char *prefix)
{
    long times = 0;
    for (int i = 0; i < NAMES && launched[i].name; i++)
        if (strncmp(launched[i].name, prefix, strlen(prefix)) == 0) times += launched[i].times;
    return times;
}

void shim_open(void)
{
    shim_device.backend.pool = lsi_host_backend_new()->pool;
}

/* Programs beside what is tested: the host's. */
ls_status lsi_device_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    (void)backend;
    *done = (lsi_ticket){0, 0};
    return lsi_host_map(program);
}

/* --- work --- */

void lsi_work_begin(lsi_work *work, lsi_device *device, const char *function, const char *place)
{
    memset(work, 0, sizeof *work);
    work->device = device;
    work->function = function;
    work->place = place;
}

void lsi_work_reads(lsi_work *work, lsi_buffer *buffer) { (void)work, (void)buffer; }
void lsi_work_writes(lsi_work *work, lsi_buffer *buffer) { (void)work, (void)buffer; }

void *lsi_work_scratch(lsi_work *work, size_t bytes)
{
    void *memory = malloc(bytes);
    if (work->nscratch == LSI_WORK_SCRATCH) abort();
    memset(memory, 0xa5, bytes);
    work->scratch[work->nscratch++].address = memory;
    return memory;
}

bool lsi_work_enter(lsi_work *work) { return work->entered = work->status == LS_OK; }

void lsi_work_launch(lsi_work *work, lsi_kernel kernel, lsi_grid blocks, unsigned threads, unsigned shared_bytes,
                     const void *args, size_t size)
{
    const lsi_shim_kernel *found = lsi_shim_find(kernel.module, kernel.name);
    if (work->status || blocks.x == 0) return;
    if (!found) printf("  no kernel %s in %s\n", kernel.name, kernel.module);
    if (!CHECK(found && lsi_shim_args(found) == size && lsi_shim_threads(found) == threads)) return;
    count_launch(kernel.name);
    lsi_shim_run(found, (unsigned)blocks.x, blocks.y ? blocks.y : 1, blocks.z ? blocks.z : 1, threads, shared_bytes,
                 args, shim_seed++);
}

void lsi_work_fill(lsi_work *work, void *address, unsigned char byte, size_t bytes)
{
    if (!work->status) memset(address, byte, bytes);
}

void lsi_work_copy(lsi_work *work, void *to, const void *from, size_t bytes)
{
    if (!work->status) memcpy(to, from, bytes);
}

void lsi_work_fail(lsi_work *work, ls_status status, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (work->status) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    work->status = lsi_fail_for(work->function, work->place, status, "%s", text);
}

int64_t lsi_work_parts(lsi_work *work, int64_t units)
{
    (void)work;
    return units;
}
void lsi_work_part(lsi_work *work, int64_t units) { (void)work, (void)units; }

ls_status lsi_work_end(lsi_work *work, lsi_ticket *done)
{
    for (int i = 0; i < work->nscratch; i++) free(work->scratch[i].address);
    if (done) *done = (lsi_ticket){0, 0};
    return work->status;
}

/* --- strips --- */

enum { VALUE_BYTES = 16 };

struct lsi_strips {
    const lsi_program *program;
    lsi_plan *plan;
    char *registers;
    int64_t n; /* of the strip just run */
};

ls_status lsi_strips_new(lsi_device *device, const lsi_program *program, const int *axis_order, lsi_strips **strips)
{
    (void)device;
    *strips = calloc(1, sizeof **strips);
    (*strips)->program = program;
    return lsi_plan_new(program, axis_order, &(*strips)->plan);
}

void lsi_strips_free(lsi_strips *strips)
{
    if (strips) lsi_plan_free(strips->plan);
    free(strips);
}

int64_t lsi_strips_count(const lsi_strips *strips) { return lsi_plan_count(strips->plan); }
int64_t lsi_strips_best(const lsi_strips *strips)
{
    (void)strips;
    return shim_strip;
}

size_t lsi_strips_scratch(const lsi_strips *strips, int64_t n)
{
    return (size_t)n * VALUE_BYTES * (size_t)strips->program->nreduction;
}

void lsi_strips_accesses(const lsi_strips *strips, lsi_work *work) { (void)strips, (void)work; }

static char *register_of(const lsi_strips *strips, int q)
{
    return strips->registers + (size_t)q * (size_t)strips->n * VALUE_BYTES;
}

void lsi_strips_run(lsi_strips *strips, lsi_work *work, void *scratch, int64_t start, int64_t n)
{
    const lsi_program *p = strips->program;
    lsi_worker *worker = lsi_worker_get(strips->plan);
    if (work->status) return;
    strips->registers = scratch;
    strips->n = n;
    shim_strips++;
    for (int64_t at = 0; at < n; at += LSI_STRIP) {
        const int part = (int)(n - at < LSI_STRIP ? n - at : LSI_STRIP);
        lsi_strip_run(worker, start + at, part);
        for (int q = 0; q < p->nreduction; q++) {
            const size_t size = lsi_dtype_size(p->reductions[q].dtype);
            memcpy(register_of(strips, q) + (size_t)at * size, lsi_strip_value(worker, p->reductions[q].value),
                   (size_t)part * size);
        }
    }
}

const void *lsi_strips_value(const lsi_strips *strips, int value)
{
    for (int q = 0; q < strips->program->nreduction; q++)
        if (strips->program->reductions[q].value == value) return register_of(strips, q);
    return NULL;
}
