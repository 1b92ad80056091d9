/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lsi_work and lsi_strips on the CPU, for tests of single parts of src/device: launches run at once through the shim,
 * on plain memory; values of strips are made by the host's loops. */
#ifndef LOCKSTEP_TESTS_DEVICE_SHIM_WORK_H
#define LOCKSTEP_TESTS_DEVICE_SHIM_WORK_H

#include "device/device.h"

extern lsi_device shim_device;    /* a test may set `multiprocessors` */
extern uint64_t shim_seed;        /* of the interleaving; changes with every launch */
extern int64_t shim_strip;        /* positions of the best strip */
extern long shim_launches, shim_strips;
void shim_open(void);             /* gives the device memory for buffers; the process keeps it */
/* How often kernels whose name begins so were launched. */
long shim_launched(const char *prefix);

#endif
