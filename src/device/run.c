/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs on the device: which tier runs one, and tier 0 for programs without reductions. */
#include "device/device.h"
#include "device/space.h"
#include "device/strips.h"

#include <string.h>

/* Strip after strip over the whole space; all strips share the registers of one. */
static void run_strips(lsi_strips *strips, lsi_work *work)
{
    const int64_t count = lsi_strips_count(strips), each = lsi_strips_best(strips);
    const size_t bytes = lsi_strips_scratch(strips, each < count ? each : count);
    lsi_strips_accesses(strips, work);
    void *scratch = bytes > 0 ? lsi_work_scratch(work, bytes) : NULL;
    (void)lsi_work_parts(work, count);
    if (!lsi_work_enter(work)) return;
    for (int64_t start = 0; start < count && !work->status; start += each) {
        const int64_t n = count - start < each ? count - start : each;
        lsi_strips_run(strips, work, scratch, start, n);
        lsi_work_part(work, n);
    }
}

static ls_status run_map(lsi_device *device, const lsi_program *program, lsi_ticket *done)
{
    int order[LS_MAX_NDIM];
    lsi_strips *strips;
    const bool moved = lsi_space_order(program, order);
    const ls_status status = lsi_strips_new(device, program, moved ? order : NULL, &strips);
    if (status) return status;
    lsi_work work;
    lsi_work_begin(&work, device, program->function, program->place);
    run_strips(strips, &work);
    lsi_strips_free(strips);
    return lsi_work_end(&work, done);
}

static bool is_empty(const lsi_program *program)
{
    bool empty = program->nstore == 0;
    for (int d = 0; d < program->ndim; d++)
        empty |= program->shape[d] == 0;
    return empty;
}

ls_status lsi_device_run(lsi_backend *backend, const lsi_program *program, lsi_ticket *done)
{
    lsi_device *device = lsi_device_of(backend);
    if (program->nreduction == 0 && is_empty(program)) {
        memset(done, 0, sizeof *done);
        return LS_OK;
    }
    const ls_status status = lsi_jit_run(device, program, done);
    if (status != (ls_status)LSI_DECLINED || lsi_program_has_rows(program)) return status;
    return program->nreduction > 0 ? lsi_device_reduce(device, program, done) : run_map(device, program, done);
}
