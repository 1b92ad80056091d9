/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of the 16-bit floats: only the rows that have bits of their own for them, for one ISA. */
#define LSI_LOOPS_TAG f16
#include "host/loops_dtype.h"
#define LSI_LOOPS_TAG bf16
#include "host/loops_dtype.h"
