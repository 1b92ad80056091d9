/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine for bare keys: sorting and partitioning values; and partitions of positions, where vectors of keys are
 * enough for that. */
#include "host/sort_kinds.h"

#if LSI_SORT_LANES
#define SORT_VALUES(kind) LSI_SORT_GLUE(sort_lines_by_lanes, kind)
#define PARTITION_VALUES(kind) LSI_SORT_GLUE(partition_lines_by_lanes, kind)
#define PARTITION_PLACES(kind) LSI_SORT_GLUE(places_by_lanes, kind)
#else
#define SORT_VALUES(kind) LSI_SORT_GLUE(sort_lines, kind)
#define PARTITION_VALUES(kind) LSI_SORT_GLUE(partition_lines, kind)
#define PARTITION_PLACES(kind) NULL
#endif

#define NAME(x) LSI_SORT_GLUE(x, u32)
#define element uint32_t
#define key uint32_t
#define KEY_OF(e) (e)
#define LOAD load_u32
#define STORE store_u32
static void load_u32(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, uint32_t *to)
{
    KEYS.keys_u32(&l->order, l->in + (size_t)(line * l->n + begin) * l->size, n, to);
}
static void store_u32(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const uint32_t *from)
{
    KEYS.elements_u32(&l->order, from, n, l->values + (size_t)(line * l->n + begin) * l->size);
}
typedef struct range_of_u32 { uint32_t low, high; } range_of_u32;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_values.h"
#include "host/sort_kind_end.h"

#define NAME(x) LSI_SORT_GLUE(x, u64)
#define element uint64_t
#define key uint64_t
#define KEY_OF(e) (e)
#define LOAD load_u64
#define STORE store_u64
static void load_u64(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, uint64_t *to)
{
    KEYS.keys_u64(&l->order, l->in + (size_t)(line * l->n + begin) * 8, n, to);
}
static void store_u64(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const uint64_t *from)
{
    KEYS.elements_u64(&l->order, from, n, l->values + (size_t)(line * l->n + begin) * 8);
}
typedef struct range_of_u64 { uint64_t low, high; } range_of_u64;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_values.h"
#include "host/sort_kind_end.h"

#define NAME(x) LSI_SORT_GLUE(x, u128)
#define element ls_sort_pair
#define key ls_u128
#define KEY_OF(e) ((ls_u128)(e).high << 64 | (e).low)
#define LOAD load_u128
#define STORE store_u128
static void load_u128(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, ls_sort_pair *to)
{
    KEYS.keys_u128(&l->order, l->in + (size_t)(line * l->n + begin) * 16, n, to);
}
static void store_u128(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const ls_sort_pair *from)
{
    KEYS.elements_u128(&l->order, from, n, l->values + (size_t)(line * l->n + begin) * 16);
}
typedef struct range_of_u128 { ls_u128 low, high; } range_of_u128;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_kind_end.h"

const lsi_line_engines LSI_ISA_NAME(lsi_engines_of) = {
    .sort = {SORT_VALUES(u32), SORT_VALUES(u64), sort_lines_u128},
    .partition = {PARTITION_VALUES(u32), PARTITION_VALUES(u64), partition_lines_u128},
    .places = {PARTITION_PLACES(u32), PARTITION_PLACES(u64)},
};
