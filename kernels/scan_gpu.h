/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cumulative sums and products on a GPU in the order of scan_order.h.
 *
 *   ls_scan_tiles     long lines: a block per tile of 8192, read and written once
 *   ls_scan_lines     lines of at most 1024: several to a warp where they are short
 *   ls_scan_columns   neighbours in memory are of different lines: a thread owns a column
 *   ls_scan_chain     carries of tiles, for the last one
 *
 * A warp holds 1024 elements in ROWS rows of 512 bytes, VEC neighbours to a lane; the steps of the order are within a
 * lane, then between lanes, rows, warps.
 *
 * The carry of a tile is the last output of the one before. Tiles are taken in order. A block tells its last prefix as
 * soon as it has it, looks back to the nearest tile whose last output is known, and chains the prefixes since: the same
 * additions in the same order whoever makes them, so when a tile is seen to be ready shows in no bit. */
#ifndef LOCKSTEP_KERNELS_SCAN_GPU_H
#define LOCKSTEP_KERNELS_SCAN_GPU_H

#include "reduce_gpu.h"
#include "scan_args.h"
#include "scan_order.h"

template <class type>
struct ls_scan_sum {
    typedef type acc;
    static LS_MEMBER acc fold(acc left, acc right) { return ls_plus(left, right); }
};
template <class type>
struct ls_scan_prod {
    typedef type acc;
    static LS_MEMBER acc fold(acc left, acc right) { return ls_times(left, right); }
};

/* --- elements in and out --- */

LS_FN uint64_t ls_from_lane(uint64_t x, int lane)
{
    return (uint64_t)__shfl_sync(LS_ALL_LANES, (unsigned long long)x, lane);
}
LS_FN float ls_from_lane(float x, int lane) { return __shfl_sync(LS_ALL_LANES, x, lane); }
LS_FN double ls_from_lane(double x, int lane) { return __shfl_sync(LS_ALL_LANES, x, lane); }
LS_FN ls_cfloat ls_from_lane(ls_cfloat x, int lane)
{
    return ls_make_c64(ls_from_lane(x.re, lane), ls_from_lane(x.im, lane));
}
LS_FN ls_cdouble ls_from_lane(ls_cdouble x, int lane)
{
    return ls_make_c128(ls_from_lane(x.re, lane), ls_from_lane(x.im, lane));
}

/* How an element is read as an accumulator, and written. */
template <class type, class acc>
struct ls_scan_native {
    typedef type element;
    static LS_MEMBER acc read(element x) { return (acc)x; }
    static LS_MEMBER element made(acc x) { return (element)x; }
};
struct ls_scan_bool {
    typedef uint8_t element;
    static LS_MEMBER uint64_t read(element x) { return x != 0; }
    static LS_MEMBER element made(uint64_t x) { return x != 0; }
};
struct ls_scan_f16 {
    typedef ls_t_f16 element;
    static LS_MEMBER float read(element x) { return ls_cast_f16_f32(x); }
    static LS_MEMBER element made(float x) { return ls_cast_f32_f16(x); }
};
struct ls_scan_bf16 {
    typedef ls_t_bf16 element;
    static LS_MEMBER float read(element x) { return ls_cast_bf16_f32(x); }
    static LS_MEMBER element made(float x) { return ls_cast_f32_bf16(x); }
};

/* visit.of<conversion>() for the conversion between a dtype and the accumulator. */
template <class Visit>
LS_FN void ls_scan_by_dtype(float, int dtype, const Visit &visit)
{
    if (dtype == LS_RESULT_f16) visit.template of<ls_scan_f16>();
    else if (dtype == LS_RESULT_bf16) visit.template of<ls_scan_bf16>();
    else visit.template of<ls_scan_native<float, float>>();
}
template <class Visit>
LS_FN void ls_scan_by_dtype(double, int, const Visit &visit)
{
    visit.template of<ls_scan_native<double, double>>();
}
template <class Visit>
LS_FN void ls_scan_by_dtype(ls_cfloat, int, const Visit &visit)
{
    visit.template of<ls_scan_native<ls_cfloat, ls_cfloat>>();
}
template <class Visit>
LS_FN void ls_scan_by_dtype(ls_cdouble, int, const Visit &visit)
{
    visit.template of<ls_scan_native<ls_cdouble, ls_cdouble>>();
}
template <class Visit>
LS_FN void ls_scan_by_dtype(uint64_t, int dtype, const Visit &visit)
{
    switch (dtype) {
    case LS_RESULT_i8: visit.template of<ls_scan_native<int8_t, uint64_t>>(); return;
    case LS_RESULT_i16: visit.template of<ls_scan_native<int16_t, uint64_t>>(); return;
    case LS_RESULT_i32: visit.template of<ls_scan_native<int32_t, uint64_t>>(); return;
    case LS_RESULT_b: visit.template of<ls_scan_bool>(); return;
    case LS_RESULT_u8: visit.template of<ls_scan_native<uint8_t, uint64_t>>(); return;
    case LS_RESULT_u16: visit.template of<ls_scan_native<uint16_t, uint64_t>>(); return;
    case LS_RESULT_u32: visit.template of<ls_scan_native<uint32_t, uint64_t>>(); return;
    default: visit.template of<ls_scan_native<uint64_t, uint64_t>>(); return;
    }
}
/* --- a warp's elements --- */

template <class acc>
struct ls_scan_held {
    static const int VEC = ls_vector<acc>::VEC, ROWS = ls_vector<acc>::ROWS;
    acc v[ROWS][VEC];
};

/* Where element j of lane t in row k is: `line_rows` rows are a line of `count` elements, the first `lines` of which
 * exist; line l begins at starts(l). */
template <class acc>
struct ls_scan_place {
    static const int VEC = ls_vector<acc>::VEC;
    int t, line_rows, count, lines;
    LS_MEMBER int line(int k) const { return k / line_rows; }
    LS_MEMBER int at(int k, int j) const { return ((k & (line_rows - 1)) * 32 + t) * VEC + j; }
    LS_MEMBER bool is(int k, int j) const { return line(k) < lines && at(k, j) < count; }
};

/* Reads what exists; the rest becomes rubbish that nothing existing takes in. */
template <class acc>
struct ls_scan_reader {
    const ls_scan_args &a;
    const ls_scan_place<acc> &place;
    const int64_t *starts;
    ls_scan_held<acc> &held;
    template <class conversion>
    LS_MEMBER void of() const
    {
        typedef typename conversion::element element;
        const element *x = static_cast<const element *>(a.in);
        LS_UNROLL
        for (int k = 0; k < ls_scan_held<acc>::ROWS; k++)
            LS_UNROLL
            for (int j = 0; j < ls_scan_held<acc>::VEC; j++) {
                const bool is = place.is(k, j);
                const int line = is ? place.line(k) : 0, at = is ? place.at(k, j) : 0;
                held.v[k][j] = conversion::read(x[starts[line] + at * a.in_step]);
            }
    }
};
template <class acc>
struct ls_scan_writer {
    const ls_scan_args &a;
    const ls_scan_place<acc> &place;
    const int64_t *starts;
    const ls_scan_held<acc> &held;
    template <class conversion>
    LS_MEMBER void of() const
    {
        typedef typename conversion::element element;
        element *out = static_cast<element *>(a.out);
        LS_UNROLL
        for (int k = 0; k < ls_scan_held<acc>::ROWS; k++)
            LS_UNROLL
            for (int j = 0; j < ls_scan_held<acc>::VEC; j++)
                if (place.is(k, j))
                    out[starts[place.line(k)] + place.at(k, j) * a.out_step] = conversion::made(held.v[k][j]);
    }
};

/* `x` = c . x where `take`. */
template <class Op>
LS_FN void ls_lead(typename Op::acc c, typename Op::acc &x, bool take)
{
    const typename Op::acc led = Op::fold(c, x);
    x = take ? led : x;
}

/* Local prefixes of a warp's lines. */
template <class Op>
LS_FN void ls_scan_warp(ls_scan_held<typename Op::acc> &held, int t, int line_rows)
{
    typedef typename Op::acc acc;
    const int VEC = ls_scan_held<acc>::VEC, ROWS = ls_scan_held<acc>::ROWS;
    LS_UNROLL
    for (int k = 0; k < ROWS; k++) {
        LS_UNROLL
        for (int s = 1; s < VEC; s *= 2)
            LS_UNROLL
            for (int j = 0; j < VEC; j++)
                if (j & s) held.v[k][j] = Op::fold(held.v[k][(j & -(2 * s)) + s - 1], held.v[k][j]);
        LS_UNROLL
        for (int h = 1; h < 32; h *= 2) {
            const acc c = ls_from_lane(held.v[k][VEC - 1], (t & -(2 * h)) + h - 1);
            LS_UNROLL
            for (int j = 0; j < VEC; j++) ls_lead<Op>(c, held.v[k][j], (t & h) != 0);
        }
    }
    LS_UNROLL
    for (int h = 1; h < ROWS; h *= 2) {
        if (h >= line_rows) break;
        LS_UNROLL
        for (int k = 0; k < ROWS; k++) {
            if (!(k & h)) continue;
            const acc c = ls_from_lane(held.v[(k & -(2 * h)) + h - 1][VEC - 1], 31);
            LS_UNROLL
            for (int j = 0; j < VEC; j++) held.v[k][j] = Op::fold(c, held.v[k][j]);
        }
    }
}

template <class Op>
LS_FN void ls_lead_all(ls_scan_held<typename Op::acc> &held, typename Op::acc c)
{
    LS_UNROLL
    for (int k = 0; k < ls_scan_held<typename Op::acc>::ROWS; k++)
        LS_UNROLL
        for (int j = 0; j < ls_scan_held<typename Op::acc>::VEC; j++) held.v[k][j] = Op::fold(c, held.v[k][j]);
}

/* Neighbours from `x` on, as long as they lie at multiples of 16 bytes. */
template <class acc>
LS_FN void ls_scan_load_wide(ls_scan_held<acc> &held, const acc *x, int t)
{
    const int VEC = ls_scan_held<acc>::VEC;
    LS_UNROLL
    for (int k = 0; k < ls_scan_held<acc>::ROWS; k++) {
        const ls_pack<acc> pack = ls_load_wide<ls_pack<acc>>(x + (k * 32 + t) * VEC);
        LS_UNROLL
        for (int j = 0; j < VEC; j++) held.v[k][j] = pack.v[j];
    }
}
template <class acc>
LS_FN void ls_scan_store_wide(const ls_scan_held<acc> &held, acc *out, int t)
{
    const int VEC = ls_scan_held<acc>::VEC;
    LS_UNROLL
    for (int k = 0; k < ls_scan_held<acc>::ROWS; k++) {
        ls_pack<acc> pack;
        LS_UNROLL
        for (int j = 0; j < VEC; j++) pack.v[j] = held.v[k][j];
        ls_store_wide(out + (k * 32 + t) * VEC, pack);
    }
}

template <class acc>
struct ls_scan_tag;
template <> struct ls_scan_tag<float> { static const int IS = LS_RESULT_f32, OR = LS_RESULT_f32; };
template <> struct ls_scan_tag<double> { static const int IS = LS_RESULT_f64, OR = LS_RESULT_f64; };
template <> struct ls_scan_tag<uint64_t> { static const int IS = LS_RESULT_u64, OR = LS_RESULT_i64; };
template <> struct ls_scan_tag<ls_cfloat> { static const int IS = LS_RESULT_c64, OR = LS_RESULT_c64; };
template <> struct ls_scan_tag<ls_cdouble> { static const int IS = LS_RESULT_c128, OR = LS_RESULT_c128; };

/* Whether the memory holds accumulators, neighbours from a multiple of 16 bytes on. */
template <class acc>
LS_FN bool ls_scan_is_wide(const void *at, int64_t start, int dtype, int64_t step)
{
    const bool same = dtype == ls_scan_tag<acc>::IS || dtype == ls_scan_tag<acc>::OR;
    return same && step == 1 && ((uint64_t)(static_cast<const acc *>(at) + start) & 15) == 0;
}

/* --- short lines --- */

/* Blocks: by 8 warps of ROWS / line_rows lines. */
template <class Op>
LS_FN void ls_scan_lines(const ls_scan_args &a)
{
    typedef typename Op::acc acc;
    const int MOST = ls_scan_held<acc>::ROWS * LS_SCAN_WARPS;
    LS_SHARED(int64_t, in_starts, MOST);
    LS_SHARED(int64_t, out_starts, MOST);
    const int warp = (int)threadIdx.x / 32, per_warp = ls_scan_held<acc>::ROWS / a.line_rows;
    const int per_block = per_warp * LS_SCAN_WARPS;
    const int64_t first = (int64_t)blockIdx.x * per_block;
    const int lines = ls_lesser(a.lines - first, per_block);
    for (int l = (int)threadIdx.x; l < lines; l += LS_SCAN_THREADS) {
        in_starts[l] = ls_axes_offset(a.in_axes, first + l);
        out_starts[l] = ls_axes_offset(a.out_axes, first + l);
    }
    __syncthreads();
    if (warp * per_warp >= lines) return;
    ls_scan_place<acc> place;
    place.t = (int)threadIdx.x % 32;
    place.line_rows = a.line_rows;
    place.count = (int)a.n;
    place.lines = ls_lesser(lines - warp * per_warp, per_warp);
    ls_scan_held<acc> held;
    const ls_scan_reader<acc> reader = {a, place, in_starts + warp * per_warp, held};
    ls_scan_by_dtype(acc(), a.in_dtype, reader);
    ls_scan_warp<Op>(held, place.t, a.line_rows);
    const ls_scan_writer<acc> writer = {a, place, out_starts + warp * per_warp, held};
    ls_scan_by_dtype(acc(), a.out_dtype, writer);
}

/* --- tiles --- */

/* What another block may have written meanwhile: past the caches that are not kept in step. */
LS_FN uint32_t ls_fresh(const uint32_t *at) { return *static_cast<const volatile uint32_t *>(at); }
LS_FN uint64_t ls_fresh(const uint64_t *at) { return *static_cast<const volatile uint64_t *>(at); }
LS_FN float ls_fresh(const float *at) { return *static_cast<const volatile float *>(at); }
LS_FN double ls_fresh(const double *at) { return *static_cast<const volatile double *>(at); }
LS_FN ls_cfloat ls_fresh(const ls_cfloat *at) { return ls_make_c64(ls_fresh(&at->re), ls_fresh(&at->im)); }
LS_FN ls_cdouble ls_fresh(const ls_cdouble *at) { return ls_make_c128(ls_fresh(&at->re), ls_fresh(&at->im)); }

LS_FN void ls_tell(uint32_t *known, uint32_t what)
{
    __threadfence();
    *static_cast<volatile uint32_t *>(known) = what;
}

/* By one warp: the carry of tile `number`, whose line begins at tile `first`, before it. `chain` has room for 32. */
template <class Op>
LS_FN typename Op::acc ls_scan_look_back(const ls_scan_args &a, int64_t number, int64_t first, int t,
                                         typename Op::acc *chain)
{
    typedef typename Op::acc acc;
    const acc *totals = static_cast<const acc *>(a.totals), *outputs = static_cast<const acc *>(a.outputs);
    int64_t from = number; /* tiles [from, number) have told their prefixes, not their outputs */
    for (;;) {
        const int64_t tile = from - 1 - t;
        const uint32_t known = tile >= first ? ls_fresh(a.known + tile) : 2;
        const uint32_t unknown = __ballot_sync(LS_ALL_LANES, known == 0);
        const uint32_t done = __ballot_sync(LS_ALL_LANES, known == 2);
        const uint32_t nearest = done & (0u - done), before = nearest - 1; /* all ones where there is none */
        if (unknown & before) {
            __threadfence(); /* try again */
            continue;
        }
        int lane = 0;
        while (nearest && !(nearest >> lane & 1)) lane++;
        from -= nearest ? lane : 32;
        if (nearest) break;
    }
    /* What a lane has seen known, all lanes read: each lane's fence comes after its look, and the warp meets behind it. */
    __threadfence();
    __syncwarp();
    acc carry = ls_fresh(outputs + from - 1);
    for (; from < number; from += 32) {
        const int count = ls_lesser(number - from, 32);
        if (t < count) chain[t] = ls_fresh(totals + from + t);
        __syncwarp();
        LS_UNROLL_BY_8
        for (int i = 0; i < count; i++) carry = Op::fold(carry, chain[i]);
        __syncwarp();
    }
    return carry;
}

/* Blocks: by tiles, line by line. */
template <class Op>
LS_FN void ls_scan_tiles(const ls_scan_args &a)
{
    typedef typename Op::acc acc;
    LS_SHARED(acc, lasts, LS_SCAN_WARPS);
    LS_SHARED(acc, chain, 32);
    LS_SHARED(int64_t, places, 3);
    const int warp = (int)threadIdx.x / 32, t = (int)threadIdx.x % 32;
    if (threadIdx.x == 0) {
        const int64_t number = (int64_t)atomicAdd(reinterpret_cast<unsigned long long *>(a.ticket), 1ull);
        const int64_t line = number / a.tiles;
        places[0] = number;
        places[1] = ls_axes_offset(a.in_axes, line) + (number - line * a.tiles) * LS_SCAN_TILE * a.in_step;
        places[2] = ls_axes_offset(a.out_axes, line) + (number - line * a.tiles) * LS_SCAN_TILE * a.out_step;
    }
    __syncthreads();
    const int64_t number = places[0], first = number - number % a.tiles, at = (number - first) * LS_SCAN_TILE;
    const int run = warp * LS_SCAN_RUN, count = ls_lesser(a.n - at, LS_SCAN_TILE) - run;
    const int64_t in_start = places[1] + run * a.in_step, out_start = places[2] + run * a.out_step;
    const bool whole = count >= LS_SCAN_RUN;
    ls_scan_place<acc> place;
    place.t = t;
    place.line_rows = ls_scan_held<acc>::ROWS;
    place.count = whole ? LS_SCAN_RUN : count > 0 ? count : 0;
    place.lines = 1;
    ls_scan_held<acc> held;
    if (whole && ls_scan_is_wide<acc>(a.in, in_start, a.in_dtype, a.in_step)) {
        ls_scan_load_wide(held, static_cast<const acc *>(a.in) + in_start, t);
    } else {
        /* A warp past the end reads what the first one does, and writes nothing. */
        const int64_t readable = count > 0 ? in_start : places[1];
        const ls_scan_reader<acc> reader = {a, place, &readable, held};
        ls_scan_by_dtype(acc(), a.in_dtype, reader);
    }
    ls_scan_warp<Op>(held, t, ls_scan_held<acc>::ROWS);
    for (int h = 1; h < LS_SCAN_WARPS; h *= 2) {
        if (t == 31) lasts[warp] = held.v[ls_scan_held<acc>::ROWS - 1][ls_scan_held<acc>::VEC - 1];
        __syncthreads();
        if (warp & h) ls_lead_all<Op>(held, lasts[(warp & -(2 * h)) + h - 1]);
        __syncthreads();
    }
    if (t == 31) lasts[warp] = held.v[ls_scan_held<acc>::ROWS - 1][ls_scan_held<acc>::VEC - 1];
    __syncthreads();
    if (warp == 0) {
        const acc total = lasts[LS_SCAN_WARPS - 1];
        const bool begins = number == first;
        acc *totals = static_cast<acc *>(a.totals), *outputs = static_cast<acc *>(a.outputs);
        if (t == 0 && !begins) {
            totals[number] = total;
            ls_tell(a.known + number, 1);
        }
        acc carry = total;
        if (!begins) carry = ls_scan_look_back<Op>(a, number, first, t, chain);
        if (t == 0) {
            outputs[number] = begins ? total : Op::fold(carry, total);
            ls_tell(a.known + number, 2);
            lasts[0] = carry;
        }
    }
    __syncthreads();
    if (number != first) ls_lead_all<Op>(held, lasts[0]);
    if (whole && ls_scan_is_wide<acc>(a.out, out_start, a.out_dtype, a.out_step)) {
        ls_scan_store_wide(held, static_cast<acc *>(a.out) + out_start, t);
    } else {
        const ls_scan_writer<acc> writer = {a, place, &out_start, held};
        ls_scan_by_dtype(acc(), a.out_dtype, writer);
    }
}

/* --- columns --- */

template <class acc>
struct ls_scan_column {
    acc v[LS_SCAN_COLUMN_EACH];
};

/* Rows [first, first + 16) of a column. */
template <class acc>
struct ls_scan_column_reader {
    const ls_scan_args &a;
    int64_t start, first;
    ls_scan_column<acc> &held;
    template <class conversion>
    LS_MEMBER void of() const
    {
        const typename conversion::element *x = static_cast<const typename conversion::element *>(a.in) + start;
        LS_UNROLL
        for (int k = 0; k < LS_SCAN_COLUMN_EACH; k++)
            held.v[k] = conversion::read(x[(first + k < a.n ? first + k : a.n - 1) * a.in_step]);
    }
};
template <class acc>
struct ls_scan_column_writer {
    const ls_scan_args &a;
    int64_t start, first;
    const ls_scan_column<acc> &held;
    template <class conversion>
    LS_MEMBER void of() const
    {
        typename conversion::element *out = static_cast<typename conversion::element *>(a.out) + start;
        LS_UNROLL
        for (int k = 0; k < LS_SCAN_COLUMN_EACH; k++)
            if (first + k < a.n) out[(first + k) * a.out_step] = conversion::made(held.v[k]);
    }
};

template <class Op>
LS_FN void ls_lead_column(ls_scan_column<typename Op::acc> &held, typename Op::acc c)
{
    LS_UNROLL
    for (int k = 0; k < LS_SCAN_COLUMN_EACH; k++) held.v[k] = Op::fold(c, held.v[k]);
}

/* Blocks: by 32 columns, then (in tiles) by tiles, then by rows of lines. */
template <class Op>
LS_FN void ls_scan_columns(const ls_scan_args &a)
{
    typedef typename Op::acc acc;
    typedef acc row[32];
    LS_SHARED(row, lasts, LS_SCAN_WARPS);
    LS_SHARED(row, kept, LS_SCAN_COLUMN_LEVELS + 1);
    LS_SHARED(row, carries, 1);
    const int warp = (int)threadIdx.x / 32, t = (int)threadIdx.x % 32, last = LS_SCAN_COLUMN_EACH - 1;
    const int64_t blocks = (a.width + 31) / 32, item = blockIdx.x / blocks;
    const int64_t column = (blockIdx.x - item * blocks) * 32 + t;
    const int64_t pieces = a.phase == LS_SCAN_WHOLE ? 1 : a.tiles, line = item / pieces, piece = item - line * pieces;
    const int64_t begin = a.phase == LS_SCAN_WHOLE ? 0 : piece * LS_SCAN_TILE;
    const int64_t end = a.phase == LS_SCAN_WHOLE || begin + LS_SCAN_TILE > a.n ? a.n : begin + LS_SCAN_TILE;
    const bool is = column < a.width;
    acc *mine = static_cast<acc *>(a.totals) + (line * a.tiles + piece) * a.width + column; /* in tiles only */
    const int64_t in_start = ls_axes_offset(a.in_axes, line) + (is ? column : a.width - 1);
    const int64_t out_start = ls_axes_offset(a.out_axes, line) + column;
    if (a.phase == LS_SCAN_TOTALS && end - begin < LS_SCAN_TILE) return; /* nobody asks for the last one's */
    if (a.phase == LS_SCAN_OUTPUTS && warp == 0 && is && piece > 0) carries[0][t] = mine[-a.width];
    for (int64_t chunk = begin; chunk < end; chunk += LS_SCAN_COLUMN_CHUNK) {
        const int within = (int)((chunk & (LS_SCAN_TILE - 1)) / LS_SCAN_COLUMN_CHUNK);
        const int64_t first = chunk + warp * LS_SCAN_COLUMN_EACH;
        ls_scan_column<acc> held;
        const ls_scan_column_reader<acc> reader = {a, in_start, first, held};
        ls_scan_by_dtype(acc(), a.in_dtype, reader);
        LS_UNROLL
        for (int s = 1; s < LS_SCAN_COLUMN_EACH; s *= 2)
            LS_UNROLL
            for (int k = 0; k < LS_SCAN_COLUMN_EACH; k++)
                if (k & s) held.v[k] = Op::fold(held.v[(k & -(2 * s)) + s - 1], held.v[k]);
        for (int h = 1; h < LS_SCAN_WARPS; h *= 2) {
            lasts[warp][t] = held.v[last];
            __syncthreads();
            if (warp & h) ls_lead_column<Op>(held, lasts[(warp & -(2 * h)) + h - 1][t]);
            __syncthreads();
        }
        /* Later chunks are led by what chunks keep; what a chunk keeps is led by the lowest ones alone. */
        const int level = ls_scan_keep(within);
        acc keep = held.v[last];
        for (int k = 0; k < LS_SCAN_COLUMN_LEVELS; k++) {
            if (k == level) keep = held.v[last];
            if (within >> k & 1) ls_lead_column<Op>(held, kept[k][t]);
        }
        if (level == LS_SCAN_COLUMN_LEVELS) keep = held.v[last]; /* the tile's last local prefix */
        const bool ends = level == LS_SCAN_COLUMN_LEVELS;
        if (chunk >= LS_SCAN_TILE && a.phase != LS_SCAN_TOTALS) ls_lead_column<Op>(held, carries[0][t]);
        __syncthreads(); /* all have read what is kept */
        if (warp == LS_SCAN_WARPS - 1) {
            kept[level][t] = keep;
            if (ends && a.phase == LS_SCAN_WHOLE) carries[0][t] = held.v[last];
            if (ends && a.phase == LS_SCAN_TOTALS && is) *mine = keep;
        }
        __syncthreads();
        if (a.phase == LS_SCAN_TOTALS || !is) continue;
        const ls_scan_column_writer<acc> writer = {a, out_start, first, held};
        ls_scan_by_dtype(acc(), a.out_dtype, writer);
    }
}

/* Last prefixes of tiles become last outputs. Threads: by columns of all rows of lines. */
template <class Op>
LS_FN void ls_scan_chain(const ls_scan_args &a)
{
    typedef typename Op::acc acc;
    const int64_t number = (int64_t)blockIdx.x * LS_SCAN_THREADS + threadIdx.x;
    const int64_t line = number / a.width, column = number - line * a.width;
    if (line >= a.lines) return;
    acc *at = static_cast<acc *>(a.totals) + line * a.tiles * a.width + column;
    acc carry = *at;
    LS_UNROLL_BY_8
    for (int64_t tile = 1; tile < a.tiles - 1; tile++) {
        carry = Op::fold(carry, at[tile * a.width]);
        at[tile * a.width] = carry;
    }
}

#endif
