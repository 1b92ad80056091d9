/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What strips_plan.c decides and strips.c launches; strips.h is what everybody else sees. */
#ifndef LSI_DEVICE_STRIPS_PLAN_H
#define LSI_DEVICE_STRIPS_PLAN_H

#include "device/space.h"
#include "device/strips.h"
#include "map_args.h"

/* Where a value's elements are while a strip runs. */
typedef enum lsi_place {
    LSI_PLACE_NONE,     /* nobody needs it, or not yet decided */
    LSI_PLACE_SOURCE,   /* dense in a source's memory */
    LSI_PLACE_SINGLE,   /* one element in a source's memory, for all positions */
    LSI_PLACE_CONSTANT, /* one number, an argument of the kernels */
    LSI_PLACE_REGISTER, /* dense in the scratch memory */
    LSI_PLACE_TARGET    /* dense in a store's memory */
} lsi_place;

typedef struct lsi_strip_value {
    uint8_t place, size; /* lsi_place; bytes of an element */
    int16_t same;        /* the value this is another name of: itself mostly */
    int16_t store;       /* TARGET */
    int32_t column;      /* REGISTER: bytes per position that come before it in the scratch memory */
    void *address;       /* in the strip that runs */
} lsi_strip_value;

typedef enum lsi_strip_kind { LSI_STRIP_FETCH, LSI_STRIP_OPERATION, LSI_STRIP_STORE } lsi_strip_kind;

typedef struct lsi_strip_step {
    uint8_t kind, nargs;
    int16_t out;            /* FETCH: the source; OPERATION: the value; STORE: number of the store */
    int16_t in[3];          /* OPERATION: arguments; STORE: the value */
    int16_t each;           /* OPERATION: elements of a thread */
    char module[12], name[36];
} lsi_strip_step;

struct lsi_strips {
    lsi_device *device;
    const lsi_program *program;
    lsi_space space;
    int nvalue, nstep;
    int64_t columns;        /* bytes of registers per position */
    int64_t traffic;        /* bytes per position that should stay in the L2: registers, and operands in place */
    lsi_strip_value *values;
    lsi_strip_step *steps;
    ls_walk *sources, *stores;
};

#endif
