/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops that cast from floats and complex numbers to every dtype, for one ISA. */
#include "cast.h"
#include "host/loop_shape.h"
#include "host/loops.h"

#define LSI_FROM f16
#include "host/loops_cast_from.h"
#define LSI_FROM bf16
#include "host/loops_cast_from.h"
#define LSI_FROM f32
#include "host/loops_cast_from.h"
#define LSI_FROM f64
#include "host/loops_cast_from.h"
#define LSI_FROM c64
#include "host/loops_cast_from.h"
#define LSI_FROM c128
#include "host/loops_cast_from.h"
