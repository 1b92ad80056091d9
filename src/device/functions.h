/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Every function that a generated kernel may call, as one text. Never compiled as it is: the build runs the
 * preprocessor over it as NVRTC would and cuts the result into single functions (cmake/split_functions.c), of which a
 * kernel's source gets the ones it needs. Reading all of this costs NVRTC about ten times what a small kernel does. */
#ifndef LSI_DEVICE_FUNCTIONS_H
#define LSI_DEVICE_FUNCTIONS_H

#include "cast.h"
#include "draw_four.h"
#include "element.h"
#include "reduce_fused.h"
#include "reduce_rows.h"
#include "sincos_both.h"

#define LS_TAG b
#include "functions_dtype.h"
#define LS_TAG i8
#include "functions_dtype.h"
#define LS_TAG i16
#include "functions_dtype.h"
#define LS_TAG i32
#include "functions_dtype.h"
#define LS_TAG i64
#include "functions_dtype.h"
#define LS_TAG u8
#include "functions_dtype.h"
#define LS_TAG u16
#include "functions_dtype.h"
#define LS_TAG u32
#include "functions_dtype.h"
#define LS_TAG u64
#include "functions_dtype.h"
#define LS_TAG f16
#include "functions_dtype.h"
#define LS_TAG bf16
#include "functions_dtype.h"
#define LS_TAG f32
#include "functions_dtype.h"
#define LS_TAG f64
#include "functions_dtype.h"
#define LS_TAG c64
#include "functions_dtype.h"
#define LS_TAG c128
#include "functions_dtype.h"

#endif
