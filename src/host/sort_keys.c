/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements to keys and back, by the rules of kernels/sort_key.h. */
#include "core/dtype.h"
#include "host/sort.h"

/* --- to keys --- */

static void keys_8(const uint8_t *x, int64_t n, uint32_t sign, ls_sort_order o, uint32_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_int32(x[i], sign, 0xff, o);
}

static void keys_16(const uint16_t *x, int64_t n, uint32_t sign, ls_sort_order o, uint32_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_int32(x[i], sign, 0xffff, o);
}

static void keys_half(const uint16_t *x, int64_t n, uint32_t infinity, ls_sort_order o, uint32_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_half(x[i], infinity, o);
}

static void keys_32(const uint32_t *x, int64_t n, uint32_t sign, ls_sort_order o, uint32_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_int32(x[i], sign, 0xffffffffu, o);
}

static void keys_f32(const uint32_t *x, int64_t n, ls_sort_order o, uint32_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_f32(x[i], o);
}

static void keys_u32(const lsi_key_order *order, const void *from, int64_t n, uint32_t *keys)
{
    const ls_sort_order o = order->order;
    switch (order->dtype) {
    case LS_BOOL:
    case LS_UINT8:
        keys_8(from, n, 0, o, keys);
        return;
    case LS_INT8:
        keys_8(from, n, 0x80, o, keys);
        return;
    case LS_UINT16:
        keys_16(from, n, 0, o, keys);
        return;
    case LS_INT16:
        keys_16(from, n, 0x8000, o, keys);
        return;
    case LS_FLOAT16:
        keys_half(from, n, 0x7c00, o, keys);
        return;
    case LS_BFLOAT16:
        keys_half(from, n, 0x7f80, o, keys);
        return;
    case LS_UINT32:
        keys_32(from, n, 0, o, keys);
        return;
    case LS_INT32:
        keys_32(from, n, 0x80000000u, o, keys);
        return;
    default:
        keys_f32(from, n, o, keys);
        return;
    }
}

static void keys_64(const uint64_t *x, int64_t n, uint64_t sign, ls_sort_order o, uint64_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_int64(x[i], sign, o);
}

static void keys_f64(const uint64_t *x, int64_t n, ls_sort_order o, uint64_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_f64(x[i], o);
}

static void keys_c64(const uint32_t *x, int64_t n, ls_sort_order o, uint64_t *keys)
{
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_c64(x[2 * i], x[2 * i + 1], o);
}

static void keys_u64(const lsi_key_order *order, const void *from, int64_t n, uint64_t *keys)
{
    switch (order->dtype) {
    case LS_UINT64:
        keys_64(from, n, 0, order->order, keys);
        return;
    case LS_INT64:
        keys_64(from, n, (uint64_t)1 << 63, order->order, keys);
        return;
    case LS_FLOAT64:
        keys_f64(from, n, order->order, keys);
        return;
    default:
        keys_c64(from, n, order->order, keys);
        return;
    }
}

static void keys_u128(const lsi_key_order *order, const void *from, int64_t n, ls_sort_pair *keys)
{
    const uint64_t *x = from;
    for (int64_t i = 0; i < n; i++) keys[i] = ls_sort_key_c128(x[2 * i], x[2 * i + 1], order->order);
}

/* --- to elements: the inverse of an integer's key is the same formula --- */

static void elements_8(const uint32_t *keys, int64_t n, uint32_t sign, ls_sort_order o, uint8_t *x)
{
    for (int64_t i = 0; i < n; i++) x[i] = (uint8_t)ls_sort_key_int32(keys[i], sign, 0xff, o);
}

static void elements_16(const uint32_t *keys, int64_t n, uint32_t sign, ls_sort_order o, uint16_t *x)
{
    for (int64_t i = 0; i < n; i++) x[i] = (uint16_t)ls_sort_key_int32(keys[i], sign, 0xffff, o);
}

static void elements_half(const uint32_t *keys, int64_t n, uint32_t nan, ls_sort_order o, uint16_t *x)
{
    for (int64_t i = 0; i < n; i++) x[i] = (uint16_t)ls_sort_half(keys[i], nan, o);
}

static void elements_f32(const uint32_t *keys, int64_t n, ls_sort_order o, uint32_t *x)
{
    for (int64_t i = 0; i < n; i++) x[i] = ls_sort_f32(keys[i], o);
}

static void elements_u32(const lsi_key_order *order, const uint32_t *keys, int64_t n, void *to)
{
    const ls_sort_order o = order->order;
    switch (order->dtype) {
    case LS_BOOL:
    case LS_UINT8:
        elements_8(keys, n, 0, o, to);
        return;
    case LS_INT8:
        elements_8(keys, n, 0x80, o, to);
        return;
    case LS_UINT16:
        elements_16(keys, n, 0, o, to);
        return;
    case LS_INT16:
        elements_16(keys, n, 0x8000, o, to);
        return;
    case LS_FLOAT16:
        elements_half(keys, n, 0x7e00, o, to);
        return;
    case LS_BFLOAT16:
        elements_half(keys, n, 0x7fc0, o, to);
        return;
    case LS_UINT32:
        keys_32(keys, n, 0, o, to);
        return;
    case LS_INT32:
        keys_32(keys, n, 0x80000000u, o, to);
        return;
    default:
        elements_f32(keys, n, o, to);
        return;
    }
}

static void elements_f64(const uint64_t *keys, int64_t n, ls_sort_order o, uint64_t *x)
{
    for (int64_t i = 0; i < n; i++) x[i] = ls_sort_f64(keys[i], o);
}

static void elements_c64(const uint64_t *keys, int64_t n, ls_sort_order o, uint32_t *x)
{
    for (int64_t i = 0; i < n; i++) {
        const ls_sort_pair bits = ls_sort_c64(keys[i], o);
        x[2 * i] = (uint32_t)bits.high;
        x[2 * i + 1] = (uint32_t)bits.low;
    }
}

static void elements_u64(const lsi_key_order *order, const uint64_t *keys, int64_t n, void *to)
{
    switch (order->dtype) {
    case LS_UINT64:
        keys_64(keys, n, 0, order->order, to);
        return;
    case LS_INT64:
        keys_64(keys, n, (uint64_t)1 << 63, order->order, to);
        return;
    case LS_FLOAT64:
        elements_f64(keys, n, order->order, to);
        return;
    default:
        elements_c64(keys, n, order->order, to);
        return;
    }
}

static void elements_u128(const lsi_key_order *order, const ls_sort_pair *keys, int64_t n, void *to)
{
    uint64_t *x = to;
    for (int64_t i = 0; i < n; i++) {
        const ls_sort_pair bits = ls_sort_c128(keys[i], order->order);
        x[2 * i] = bits.high;
        x[2 * i + 1] = bits.low;
    }
}

const lsi_key_loops LSI_ISA_NAME(lsi_key_loops_of) = {
    .keys_u32 = keys_u32,
    .keys_u64 = keys_u64,
    .keys_u128 = keys_u128,
    .elements_u32 = elements_u32,
    .elements_u64 = elements_u64,
    .elements_u128 = elements_u128,
};
