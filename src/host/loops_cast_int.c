/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops that cast from bool and the integers to every dtype, for one ISA. */
#include "cast.h"
#include "host/loop_shape.h"
#include "host/loops.h"

#define LSI_FROM b
#include "host/loops_cast_from.h"
#define LSI_FROM i8
#include "host/loops_cast_from.h"
#define LSI_FROM i16
#include "host/loops_cast_from.h"
#define LSI_FROM i32
#include "host/loops_cast_from.h"
#define LSI_FROM i64
#include "host/loops_cast_from.h"
#define LSI_FROM u8
#include "host/loops_cast_from.h"
#define LSI_FROM u16
#include "host/loops_cast_from.h"
#define LSI_FROM u32
#include "host/loops_cast_from.h"
#define LSI_FROM u64
#include "host/loops_cast_from.h"
