/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A device that is none: it fills the backend contract with host memory that behaves as a GPU's would.
 *
 * Its addresses are not the host's (a bias makes them fault when followed), fresh and released memory is poisoned, and
 * work only happens when somebody waits for it, in order: programs, scans, products, uploads and releases queue up until
 * `wait` or `download`. The arithmetic is the host backend's. So a test that passes here has shown that nothing outside a
 * backend follows an address, reads before waiting, or counts on work being done. */
#ifndef LOCKSTEP_TESTS_STANDIN_H
#define LOCKSTEP_TESTS_STANDIN_H

#include "backend.h"

/* Makes the device, registers it as the default one and returns its id; 0 when that fails. Once per process. */
int standin_register(void);

/* Operations queued and not run, and operations run so far. */
long standin_queued(void);
long standin_ran(void);
/* Blocks of its memory alive now, releases still queued not counted. */
long standin_blocks(void);
/* The n-th piece of work from now on (1: the next) is refused when it is handed over, with LS_EDEVICE; 0: none. */
void standin_fail_at(long n);

#endif
