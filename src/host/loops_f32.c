/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The elementwise loops of float32, for one ISA. */
#include "element.h"
#include "host/loop_shape.h"
#include "host/loop_look_up.h"

#define LS_TAG f32
#include "host/loop_easy_template.h"
#define LSI_LOOPS_TAG f32
#include "host/loops_dtype.h"
