/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of float64, for one ISA. */
#define LSI_LOOPS_TAG f64
#include "host/loops_dtype.h"
