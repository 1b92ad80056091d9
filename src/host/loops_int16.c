/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of the 16-bit integers, for one ISA. */
#define LSI_LOOPS_TAG i16
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG u16
#include "host/loops_dtype.h"
