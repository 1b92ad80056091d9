/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of float64, for one ISA. */
#include "element.h"
#include "host/loop_shape.h"
#include "host/loop_sqrt.h"

#define LS_TAG f64
#include "host/loop_easy_template.h"
#define LSI_LOOPS_TAG f64
#include "host/loops_dtype.h"
