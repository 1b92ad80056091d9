/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of bool and the 8-bit integers, for one ISA. */
#define LSI_LOOPS_TAG b
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG i8
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG u8
#include "host/loops_dtype.h"
