/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of the 64-bit integers, for one ISA. */
#define LSI_LOOPS_TAG i64
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG u64
#include "host/loops_dtype.h"
