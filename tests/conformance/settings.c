/* SPDX-License-Identifier: BSD-3-Clause
 *
 * See settings.h. */
#include "settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- layouts ---------------------------------------------------------------------------------------------------- */

/* The parent array, and where in it element (0, 0) is and the next ones along both axes are. */
typedef struct placing {
    int64_t parent[3], first, down, across;
    const char *slices; /* the view of the parent, transposed when that is said */
    bool transposed;
} placing;

static placing place(layout how, int64_t r, int64_t c)
{
    switch (how) {
    case STEP: return (placing){{2 * c, 1, 1}, 0, 0, 2, "::2, 0, 0", false};
    case REVERSED: return (placing){{c, 1, 1}, c - 1, 0, -1, "::-1, 0, 0", false};
    case REVERSED_STEP: return (placing){{3 * c, 1, 1}, 3 * c - 1, 0, -3, "::-3, 0, 0", false};
    case OFFSET: return (placing){{c + 7, 1, 1}, 3, 0, 1, "3:-4, 0, 0", false};
    case PADDED_ROWS: return (placing){{r, c + 3, 1}, 1, c + 3, 1, ":, 1:-2, 0", false};
    case TRANSPOSED: return (placing){{c, r, 1}, 0, 1, r, ":, :, 0", true};
    case TURNED: return (placing){{c, r, 1}, c * r - 1, -1, -r, "::-1, ::-1, 0", true};
    case INNER: return (placing){{r, c, 3}, 1, 3 * c, 3, "..., 1", false};
    default: return (placing){{c, 1, 1}, 0, 0, 1, ":, 0, 0", false};
    }
}

ls_array *lay_out(layout how, ls_dtype dtype, const void *elements, int64_t rows, int64_t columns)
{
    const int64_t r = how < PADDED_ROWS ? 1 : rows;
    const size_t size = dtype_size(dtype);
    const placing at = place(how, r, columns);
    const int64_t total = at.parent[0] * at.parent[1] * at.parent[2];
    unsigned char *parent = malloc((size_t)total * size + 1);
    memset(parent, dtype == LS_BOOL ? 1 : 0x7f, (size_t)total * size); /* between the elements: NaN or large */
    for (int64_t k = 0; k < r * columns; k++) {
        const int64_t to = at.first + k / columns * at.down + k % columns * at.across;
        memcpy(parent + (size_t)to * size, (const unsigned char *)elements + (size_t)k * size, size);
    }
    ls_array *whole_array = ls_from_host(parent, ((ls_shape){3, at.parent}), .data_dtype = dtype);
    ls_array *view = ls_at(whole_array, "%s", at.slices);
    free(parent);
    return at.transposed ? ls_transpose(view) : view;
}

/* --- settings --------------------------------------------------------------------------------------------------- */

static const int64_t sizes[] = {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 2049, POOL};
enum { SIZES = sizeof sizes / sizeof *sizes };

/* Shapes of the strided ones: within one strip, and beyond. */
static const int64_t grids[][2] = {{5, 13}, {25, 41}};
enum { GRIDS = sizeof grids / sizeof *grids };

static const struct mixture {
    const char *name;
    int arity;
    form forms[OPERANDS];
    layout layouts[OPERANDS];
} mixtures[] = {
    {"turned with contiguous", 2, {FULL, FULL, FULL}, {TURNED, PADDED_ROWS, TRANSPOSED}},
    {"column on the right", 2, {FULL, COLUMN, ROW}, {PADDED_ROWS, 0, 0}},
    {"row on the right", 2, {FULL, ROW, COLUMN}, {TRANSPOSED, 0, 0}},
    {"row on the left", 2, {ROW, FULL, FULL}, {0, PADDED_ROWS, INNER}},
    {"column with row", 2, {COLUMN, ROW, POINT}, {0, 0, 0}},
    {"stretched point", 1, {POINT, FULL, FULL}, {0, INNER, PADDED_ROWS}},
    {"number on the right", 2, {FULL, NUMBER, NUMBER}, {TURNED, 0, 0}},
    {"number on the left", 2, {NUMBER, FULL, FULL}, {0, PADDED_ROWS, TRANSPOSED}},
};
enum { MIXTURES = sizeof mixtures / sizeof *mixtures };

static const int64_t few_axes[][3] = {{0, 0, 0}, {2, 0, 3}, {2, 3, 0}}; /* ndim and shape: no axis, no elements */
enum { FEW = sizeof few_axes / sizeof *few_axes };

int settings_count(int arity)
{
    int mixed = 0;
    for (int m = 0; m < MIXTURES; m++) mixed += mixtures[m].arity <= arity;
    return SIZES + (LAYOUTS - 1) * GRIDS + FEW + mixed;
}

static const unsigned char *pool_element(const pool *inputs, int operand, int64_t k)
{
    return inputs->elements[operand] + (size_t)k * dtype_size(inputs->dtype);
}

static setting new_setting(const char *name, int arity, int ndim, int64_t rows, int64_t columns)
{
    setting s = {.name = name, .arity = arity, .ndim = ndim, .is_pool = true};
    s.shape[0] = ndim == 1 ? columns : rows;
    s.shape[1] = columns;
    s.n = ndim == 0 ? 1 : ndim == 1 ? columns : rows * columns;
    return s;
}

/* The pool's elements that operand `k` holds in C order: copied, so that every setting owns its own. */
static void hold(setting *s, const pool *inputs, int operand, form how)
{
    const size_t size = dtype_size(inputs->dtype);
    s->elements[operand] = malloc((size_t)s->n * size + 1);
    for (int64_t k = 0; k < s->n; k++) {
        const int64_t from = how == ROW ? k % s->shape[1] : how == COLUMN ? k / s->shape[1] : how == POINT ? 40 : k;
        memcpy(s->elements[operand] + (size_t)k * size, pool_element(inputs, operand, from), size);
    }
    s->is_pool = s->is_pool && how == FULL;
}

static ls_operand number_operand(setting *s, ls_dtype dtype, int operand)
{
    static const double re = 1.5, im = -0.5;
    const value v = dtype_kind(dtype) == BOOL    ? value_of_whole(1)
                    : dtype_kind(dtype) <= UINT  ? value_of_whole(3)
                    : dtype_kind(dtype) == FLOAT ? value_of_real(re)
                                                 : value_of_complex(re, im);
    for (int64_t k = 0; k < s->n; k++) value_store(dtype, v, s->elements[operand], k);
    switch (dtype_kind(dtype)) {
    case BOOL: return ls_operand_bool(true);
    case INT:
    case UINT: return ls_operand_i64(3);
    case FLOAT: return ls_operand_f64(re);
    default: return ls_operand_c128(re, im);
    }
}

static ls_operand formed(setting *s, const pool *inputs, int operand, form how, layout in)
{
    const void *first = inputs->elements[operand];
    const int64_t rows = s->shape[0], columns = s->shape[1];
    const ls_dtype dtype = inputs->dtype;
    hold(s, inputs, operand, how);
    switch (how) {
    case ROW: return ls_operand_array(lay_out(CONTIGUOUS, dtype, first, 0, columns));
    case COLUMN: return ls_operand_array(ls_from_host(first, LS_SHAPE(rows, 1), .data_dtype = dtype));
    case POINT: {
        ls_array *point = ls_from_host(pool_element(inputs, operand, 40), LS_SHAPE0, .data_dtype = dtype);
        return ls_operand_array(ls_broadcast_to(point, LS_SHAPE(rows, columns)));
    }
    case NUMBER: return number_operand(s, dtype, operand);
    default: return ls_operand_array(lay_out(in, dtype, s->elements[operand], rows, columns));
    }
}

static setting plain(const pool *inputs, const char *name, int ndim, int64_t rows, int64_t columns)
{
    setting s = new_setting(name, 1, ndim, rows, columns);
    for (int k = 0; k < OPERANDS; k++) {
        hold(&s, inputs, k, FULL);
        const ls_shape shape = {ndim, s.shape};
        s.operands[k] = ls_operand_array(ls_from_host(s.elements[k], shape, .data_dtype = inputs->dtype));
    }
    return s;
}

static setting strided(const pool *inputs, layout how, const int64_t grid[2])
{
    static const char *const names[LAYOUTS] = {"contiguous", "step",       "reversed", "reversed step", "offset",
                                               "padded rows", "transposed", "turned",   "inner"};
    setting s = how < PADDED_ROWS ? new_setting(names[how], 1, 1, 0, grid[0] * grid[1])
                                  : new_setting(names[how], 1, 2, grid[0], grid[1]);
    for (int k = 0; k < OPERANDS; k++) {
        hold(&s, inputs, k, FULL);
        const int64_t columns = how < PADDED_ROWS ? s.n : grid[1];
        s.operands[k] = ls_operand_array(lay_out(how, inputs->dtype, s.elements[k], grid[0], columns));
    }
    return s;
}

static setting mixed(const pool *inputs, const struct mixture *m)
{
    setting s = new_setting(m->name, m->arity, 2, grids[0][0], grids[0][1]);
    for (int k = 0; k < OPERANDS; k++) s.operands[k] = formed(&s, inputs, k, m->forms[k], m->layouts[k]);
    return s;
}

int settings_make(setting list[SETTINGS], const pool *inputs)
{
    int count = 0;
    for (int k = 0; k < SIZES; k++) list[count++] = plain(inputs, "contiguous", 1, 0, sizes[k]);
    for (int k = 0; k < FEW; k++)
        list[count++] = plain(inputs, "few axes", (int)few_axes[k][0], few_axes[k][1], few_axes[k][2]);
    for (int how = STEP; how < LAYOUTS; how++)
        for (int g = 0; g < GRIDS; g++) list[count++] = strided(inputs, (layout)how, grids[g]);
    for (int m = 0; m < MIXTURES; m++) list[count++] = mixed(inputs, &mixtures[m]);
    return count;
}

void settings_free(setting list[SETTINGS], int count)
{
    for (int s = 0; s < count; s++)
        for (int k = 0; k < OPERANDS; k++) free(list[s].elements[k]);
}

bool settings_unchanged(const setting list[SETTINGS], int count, ls_dtype dtype)
{
    const size_t size = dtype_size(dtype);
    unsigned char *now = malloc(POOL * size);
    bool same = true;
    for (int s = 0; s < count; s++)
        for (int k = 0; k < OPERANDS; k++) {
            const setting *at = &list[s];
            if (at->operands[k].kind != LS_OPERAND_ARRAY) continue;
            const ls_shape shape = {at->ndim, at->shape};
            const ls_array *full = ls_broadcast_to(at->operands[k].value.array, shape);
            same = same && ls_to_host_as(full, now, at->n, dtype) == LS_OK &&
                   memcmp(now, at->elements[k], (size_t)at->n * size) == 0;
        }
    free(now);
    return same;
}

/* --- results ---------------------------------------------------------------------------------------------------- */

static bool same_shape(const ls_array *result, const setting *s)
{
    bool same = ls_ndim(result) == s->ndim;
    for (int axis = 0; same && axis < s->ndim; axis++) same = ls_dim(result, axis) == s->shape[axis];
    return same;
}

static void print_value(const char *before, ls_dtype dtype, value v)
{
    if (dtype_kind(dtype) >= FLOAT)
        printf("%s(%a, %a)", before, v.re, v.im);
    else
        printf("%s%lld", before, (long long)v.i);
}

bool is_result(const ls_array *result, const setting *s, ls_dtype dtype, const void *expected)
{
    static unsigned char got[POOL * LARGEST_ELEMENT];
    const size_t size = dtype_size(dtype);
    const bool alike = result && ls_dtype_of(result) == dtype && same_shape(result, s);
    if (!alike || ls_to_host_as(result, got, s->n, dtype) != LS_OK) {
        printf("  %s, n = %lld: no result, or one of another dtype or shape: %s\n", s->name, (long long)s->n,
               ls_error_message());
        return false;
    }
    const unsigned char *want = expected;
    int64_t k = 0;
    while (k < s->n && memcmp(got + (size_t)k * size, want + (size_t)k * size, size) == 0) k++;
    if (k == s->n) return true;
    printf("  %s, n = %lld, element %lld ", s->name, (long long)s->n, (long long)k);
    print_value("is ", dtype, value_load(dtype, got, k));
    print_value(", not ", dtype, value_load(dtype, expected, k));
    printf("\n");
    return false;
}
