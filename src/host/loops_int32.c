/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of the 32-bit integers, for one ISA. */
#define LSI_LOOPS_TAG i32
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG u32
#include "host/loops_dtype.h"
