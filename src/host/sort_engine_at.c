/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine for keys with positions: argsort, argpartition, and sorts that want both. A key of 32 bits and a position
 * below 2^32 share one word. */
#include "host/sort_kinds.h"

/* Where the results of a line go. */
static inline char *values_at(const lsi_lines *l, int64_t line, int64_t begin)
{
    return l->values + (size_t)(line * l->n + begin) * l->size;
}
static inline const char *input_at(const lsi_lines *l, int64_t line, int64_t begin)
{
    return l->in + (size_t)(line * l->n + begin) * l->size;
}
static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

#define NAME(x) LSI_SORT_GLUE(x, at32)
#define element uint64_t
#define key uint32_t
#define KEY_OF(e) ((uint32_t)((e) >> 32))
#define LOAD load_at32
#define STORE store_at32
static void load_at32(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, uint64_t *to)
{
    uint32_t keys[CHUNK];
    for (int64_t done = 0, m; done < n; done += m) {
        m = smaller(n - done, CHUNK);
        KEYS.keys_u32(&l->order, input_at(l, line, begin + done), m, keys);
        for (int64_t i = 0; i < m; i++) to[done + i] = (uint64_t)keys[i] << 32 | (uint64_t)(begin + done + i);
    }
}
static void store_at32(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const uint64_t *from)
{
    uint32_t keys[CHUNK];
    int64_t *indices = l->indices + line * l->n + begin;
    for (int64_t i = 0; l->indices && i < n; i++) indices[i] = (int64_t)(from[i] & 0xffffffffu);
    for (int64_t done = 0, m; l->values && done < n; done += m) {
        m = smaller(n - done, CHUNK);
        for (int64_t i = 0; i < m; i++) keys[i] = KEY_OF(from[done + i]);
        KEYS.elements_u32(&l->order, keys, m, values_at(l, line, begin + done));
    }
}
typedef struct range_of_at32 { uint32_t low, high; } range_of_at32;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_kind_end.h"

typedef struct at64 {
    uint64_t k, at;
} at64;

#define NAME(x) LSI_SORT_GLUE(x, at64)
#define element at64
#define key uint64_t
#define KEY_OF(e) ((e).k)
#define LOAD load_at64
#define STORE store_at64
/* Also keys of 32 bits, of lines too long for at32. */
static void load_at64(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, at64 *to)
{
    uint64_t keys[CHUNK];
    uint32_t narrow[CHUNK];
    for (int64_t done = 0, m; done < n; done += m) {
        m = smaller(n - done, CHUNK);
        if (l->size == 8) {
            KEYS.keys_u64(&l->order, input_at(l, line, begin + done), m, keys);
        } else {
            KEYS.keys_u32(&l->order, input_at(l, line, begin + done), m, narrow);
            for (int64_t i = 0; i < m; i++) keys[i] = narrow[i];
        }
        for (int64_t i = 0; i < m; i++) to[done + i] = (at64){keys[i], (uint64_t)(begin + done + i)};
    }
}
static void store_at64(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const at64 *from)
{
    uint64_t keys[CHUNK];
    uint32_t narrow[CHUNK];
    int64_t *indices = l->indices + line * l->n + begin;
    for (int64_t i = 0; l->indices && i < n; i++) indices[i] = (int64_t)from[i].at;
    for (int64_t done = 0, m; l->values && done < n; done += m) {
        m = smaller(n - done, CHUNK);
        for (int64_t i = 0; i < m; i++) {
            keys[i] = from[done + i].k;
            narrow[i] = (uint32_t)keys[i];
        }
        if (l->size == 8) {
            KEYS.elements_u64(&l->order, keys, m, values_at(l, line, begin + done));
        } else {
            KEYS.elements_u32(&l->order, narrow, m, values_at(l, line, begin + done));
        }
    }
}
typedef struct range_of_at64 { uint64_t low, high; } range_of_at64;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_kind_end.h"

typedef struct at128 {
    ls_sort_pair k;
    uint64_t at;
} at128;

#define NAME(x) LSI_SORT_GLUE(x, at128)
#define element at128
#define key ls_u128
#define KEY_OF(e) ((ls_u128)(e).k.high << 64 | (e).k.low)
#define LOAD load_at128
#define STORE store_at128
static void load_at128(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, at128 *to)
{
    ls_sort_pair keys[CHUNK];
    for (int64_t done = 0, m; done < n; done += m) {
        m = smaller(n - done, CHUNK);
        KEYS.keys_u128(&l->order, input_at(l, line, begin + done), m, keys);
        for (int64_t i = 0; i < m; i++) to[done + i] = (at128){keys[i], (uint64_t)(begin + done + i)};
    }
}
static void store_at128(const lsi_lines *l, int64_t line, int64_t begin, int64_t n, const at128 *from)
{
    ls_sort_pair keys[CHUNK];
    int64_t *indices = l->indices + line * l->n + begin;
    for (int64_t i = 0; l->indices && i < n; i++) indices[i] = (int64_t)from[i].at;
    for (int64_t done = 0, m; l->values && done < n; done += m) {
        m = smaller(n - done, CHUNK);
        for (int64_t i = 0; i < m; i++) keys[i] = from[done + i].k;
        KEYS.elements_u128(&l->order, keys, m, values_at(l, line, begin + done));
    }
}
typedef struct range_of_at128 { ls_u128 low, high; } range_of_at128;
#include "host/sort_engine.h"
#include "host/sort_select.h"
#include "host/sort_kind_end.h"

const lsi_line_engines LSI_ISA_NAME(lsi_engines_at_of) = {
    .sort = {sort_lines_at32, sort_lines_at64, sort_lines_at128},
    .partition = {partition_lines_at32, partition_lines_at64, partition_lines_at128},
};
