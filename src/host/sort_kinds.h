/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bounds of the sorting method (sort_engine.h), for the files that include it. None shows in a result. */
#ifndef LSI_HOST_SORT_KINDS_H
#define LSI_HOST_SORT_KINDS_H

#include "core/error.h"
#include "host/parallel.h"
#include "host/sort.h"
#include "host/sort_lanes.h"
#include "memory/prim.h"

#include <stdatomic.h>
#include <string.h>

#define LSI_SORT_PASTE(x, kind) x##_##kind
#define LSI_SORT_GLUE(x, kind) LSI_SORT_PASTE(x, kind)

/* The loops of the same instruction set. */
#define KEYS LSI_ISA_NAME(lsi_key_loops_of)

enum {
    BLOCK = 1 << 16,      /* elements sorted by one thread */
    FEW = 20,             /* elements inserted one by one */
    FAR = 40,             /* places an element is moved by insertion before its group is sorted */
    DIGIT_BITS = 9,       /* of a pass within a block */
    SPREAD = 2,           /* bits looked at beyond those that number the elements */
    BIN_BITS = 16,
    BINS = 1 << BIN_BITS, /* of a histogram */
    BUCKETS = 256,
    SPREAD_TO = 128,      /* buckets of bare keys (sort_spread.h) */
    LEVELS = 3,           /* of buckets in buckets there */
    DIRECT = 1 << 26,     /* bytes of keys that one thread sorts without buckets, in caches or not much above */
    CHUNK = 512           /* elements between memory and keys at a time */
};

#endif
