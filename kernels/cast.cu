/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Casts, kernels ls_map_cast_<from>_<to>: every pair, since a cast by way of a third dtype would round twice. */
#include "cast.h"
#include "map_each.h"

#define LS_FROM b
#include "cast_from.h"
#define LS_FROM i8
#include "cast_from.h"
#define LS_FROM i16
#include "cast_from.h"
#define LS_FROM i32
#include "cast_from.h"
#define LS_FROM i64
#include "cast_from.h"
#define LS_FROM u8
#include "cast_from.h"
#define LS_FROM u16
#include "cast_from.h"
#define LS_FROM u32
#include "cast_from.h"
#define LS_FROM u64
#include "cast_from.h"
#define LS_FROM f16
#include "cast_from.h"
#define LS_FROM bf16
#include "cast_from.h"
#define LS_FROM f32
#include "cast_from.h"
#define LS_FROM f64
#include "cast_from.h"
#define LS_FROM c64
#include "cast_from.h"
#define LS_FROM c128
#include "cast_from.h"
