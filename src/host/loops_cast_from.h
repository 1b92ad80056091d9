/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cast loops from one dtype, LSI_FROM, to all, and their table lsi_casts_<tag>_<isa>. No include guard; undefines
 * LSI_FROM. */
#define LSI_TO b
#include "host/loops_cast_pair.h"
#define LSI_TO i8
#include "host/loops_cast_pair.h"
#define LSI_TO i16
#include "host/loops_cast_pair.h"
#define LSI_TO i32
#include "host/loops_cast_pair.h"
#define LSI_TO i64
#include "host/loops_cast_pair.h"
#define LSI_TO u8
#include "host/loops_cast_pair.h"
#define LSI_TO u16
#include "host/loops_cast_pair.h"
#define LSI_TO u32
#include "host/loops_cast_pair.h"
#define LSI_TO u64
#include "host/loops_cast_pair.h"
#define LSI_TO f16
#include "host/loops_cast_pair.h"
#define LSI_TO bf16
#include "host/loops_cast_pair.h"
#define LSI_TO f32
#include "host/loops_cast_pair.h"
#define LSI_TO f64
#include "host/loops_cast_pair.h"
#define LSI_TO c64
#include "host/loops_cast_pair.h"
#define LSI_TO c128
#include "host/loops_cast_pair.h"

#define DTYPE(tag, NAME, ...) [LS_##NAME] = LS_PASTE4(cast_, LSI_FROM, _to_, tag),
extern const lsi_casts LSI_ISA_NAME(LS_PASTE(lsi_casts_, LSI_FROM));
const lsi_casts LSI_ISA_NAME(LS_PASTE(lsi_casts_, LSI_FROM)) = {{
#include "dtypes.def"
}};
#undef LSI_FROM
