/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Parts of the contract that are not there yet. Each stands aside, being weak, for the file that has it. */
#include "core/error.h"
#include "device/device.h"

#define WEAK __attribute__((weak))

static ls_status absent(lsi_backend *backend, const char *function, const char *place, const char *what)
{
    return lsi_fail_for(function, place, LS_EUNSUPPORTED, "%s: no %s yet", backend->name, what);
}

WEAK ls_status lsi_device_reduce(lsi_device *device, const lsi_program *program, lsi_ticket *done)
{
    (void)done;
    return absent(&device->backend, program->function, program->place, "reductions");
}

WEAK ls_status lsi_device_scan(lsi_backend *backend, const lsi_scan *scan, lsi_ticket *done)
{
    (void)done;
    return absent(backend, scan->function, scan->place, "scans");
}

WEAK ls_status lsi_device_matmul(lsi_backend *backend, const lsi_matmul *task, lsi_ticket *done)
{
    (void)done;
    return absent(backend, task->function, task->place, "matrix products");
}

WEAK ls_status lsi_jit_run(lsi_device *device, const lsi_program *program, lsi_ticket *done)
{
    (void)device, (void)program, (void)done;
    return (ls_status)LSI_DECLINED;
}

typedef void (*putter)(void *context, const char *key, const char *value);

WEAK void lsi_jit_describe(lsi_device *device, putter put, void *context)
{
    (void)device, (void)put, (void)context;
}

WEAK void lsi_blas_describe(lsi_device *device, putter put, void *context)
{
    (void)device, (void)put, (void)context;
}

WEAK void lsi_cub_describe(lsi_device *device, putter put, void *context)
{
    (void)device, (void)put, (void)context;
}
