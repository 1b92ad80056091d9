/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lsi_work for tests of parts of src/device that only launch: every launch runs at once through the shim, on plain
 * memory. */
#ifndef LSI_TESTS_DIRECT_WORK_H
#define LSI_TESTS_DIRECT_WORK_H

#include "device/device.h"

extern uint64_t direct_seed;  /* of the next launch's turns */
extern long direct_launches, direct_copies;
/* How many launches there were of kernels whose name begins so. */
long direct_launched(const char *prefix);

#endif
