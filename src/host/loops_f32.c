/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of float32, for one ISA. */
#define LSI_LOOPS_TAG f32
#include "host/loops_dtype.h"
