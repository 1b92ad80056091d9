/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/device tells the kernels of map.cu, cast.cu, move.cu and random.cu. */
#ifndef LOCKSTEP_KERNELS_MAP_ARGS_H
#define LOCKSTEP_KERNELS_MAP_ARGS_H

#include "draw_record.h"
#include "walk.h"

enum {
    LS_MAP_THREADS = 256,
    LS_MAP_BYTES = 16,    /* of the widest operand, per thread of an elementwise kernel, ... */
    LS_MAP_BYTES_MATH = 8, /* ... of a row of math.def: long code, and little of the time is memory's */
    LS_MAP_MOST = 4,      /* elements per thread of either */
    LS_MOVE_EACH = 4,     /* elements per thread of a kernel that moves */
    LS_TILE_SIDE = 32     /* of the tiles of a transposition */
};

/* Elements of a thread where the widest operand has `size` bytes: what both sides must agree on. */
LS_FN int64_t ls_map_each(int64_t bytes, int64_t size)
{
    const int64_t most = LS_MAP_MOST, fit = bytes / size < most ? bytes / size : most;
    return fit > 0 ? fit : 1;
}

/* An operand is dense, or one value: bit k of `single` is operand k's, and in[k] then its address, NULL where the value
 * is here. Bit k of `wide`: the operand is aligned to what a thread takes of it; bit LS_MAP_OUT is the output's. The
 * output may be exactly an input. */
enum { LS_MAP_OUT = 3 };
typedef struct ls_map_args {
    const void *in[3];
    void *out;
    int64_t n;
    uint32_t single, wide;
    uint64_t value[3][2];
} ls_map_args;

/* n elements of one size between a dense place and the walk's elements from position `start` on. What is filled or
 * scattered may be one value (`single`), at `from` or, where that is NULL, here. */
typedef struct ls_move_args {
    const void *from;
    void *to;
    int64_t n, start;
    int64_t single;
    uint64_t value[2];
    ls_walk walk;
} ls_move_args;

/* to[(b * rows + i) * cols + j] = from[b * batch + i * row + j * col], blocks of LS_TILE_SIDE squared; y is b. */
typedef struct ls_tile_args {
    const void *from;
    void *to;
    int64_t rows, cols, row, col, batch;
    int64_t across; /* blocks along cols */
} ls_tile_args;

/* Numbers of a progression: bits of first, step and last as int64 or double. */
typedef struct ls_iota_args {
    void *to;
    int64_t n, start;
    uint64_t first, step, last;
    int64_t last_at; /* -1: none */
    ls_walk walk;
} ls_iota_args;

/* Elements of a draw at the walk's places; the fours kernels: element origin + position. */
typedef struct ls_random_args {
    void *to;
    int64_t n, start;
    int64_t head; /* fours: elements before the first one in its group of four */
    lsi_draw draw;
    ls_walk walk;
} ls_random_args;

#endif
