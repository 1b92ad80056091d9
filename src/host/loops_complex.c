/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of the complex dtypes, for one ISA. */
#define LSI_LOOPS_TAG c64
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG c128
#include "host/loops_dtype.h"
