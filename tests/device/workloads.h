/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small programs of every family, for running on one device and another: each makes its result on the device in force. */
#ifndef LOCKSTEP_TESTS_WORKLOADS_H
#define LOCKSTEP_TESTS_WORKLOADS_H

#include "lockstep.h"

#include <stdlib.h>

typedef ls_array *(*workload)(void);
enum { WORKLOADS = 9 };
extern const workload workloads[WORKLOADS];
extern const char *const workload_names[WORKLOADS];

/* The bytes of a workload's result on a device, malloc'ed; NULL when something failed, whose status is then in `status`
 * and reported. */
void *workload_bytes(workload work, ls_device device, size_t *size, ls_status *status);

#endif
