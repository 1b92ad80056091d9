/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/device/scan.c tells the kernels of scan_gpu.h. A line is what is scanned: n elements along the axis. */
#ifndef LOCKSTEP_KERNELS_SCAN_ARGS_H
#define LOCKSTEP_KERNELS_SCAN_ARGS_H

#include "reduce_args.h"

enum {
    LS_SCAN_THREADS = 256,
    LS_SCAN_WARPS = LS_SCAN_THREADS / 32,
    LS_SCAN_RUN = 1024,        /* elements a warp holds: a tile is a block's */
    LS_SCAN_COLUMN_EACH = 16,  /* rows a thread of the columns kernel holds */
    LS_SCAN_COLUMN_CHUNK = LS_SCAN_COLUMN_EACH * LS_SCAN_WARPS,
    LS_SCAN_COLUMN_LEVELS = 6  /* steps above a chunk within a tile */
};

/* Columns kernel: lines at once, or in tiles: last prefixes, then outputs. */
enum { LS_SCAN_WHOLE, LS_SCAN_TOTALS, LS_SCAN_OUTPUTS };

typedef struct ls_scan_args {
    const void *in;
    void *out;              /* the first output that is computed */
    int64_t n, lines;
    int64_t in_step, out_step; /* along the axis, elements */
    int64_t tiles;          /* of a line */
    int64_t width;          /* columns kernel: lines that are neighbours; `lines` counts rows of them there */
    int32_t in_dtype, out_dtype; /* LS_RESULT_ */
    int32_t line_rows;      /* lines kernel: rows of registers a line takes, a power of two */
    int32_t phase;
    /* Tiles kernel, by tile of all lines: what it is to others. All zero at the start. */
    uint64_t *ticket;       /* number of the next tile to be worked on */
    uint32_t *known;        /* 1: totals, 2: outputs too */
    void *totals;           /* last local prefix; columns and chain kernels: [line][tile][column] */
    void *outputs;          /* last output */
    ls_axes in_axes, out_axes; /* of lines */
} ls_scan_args;

#endif
