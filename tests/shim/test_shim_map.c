/* SPDX-License-Identifier: BSD-3-Clause
 *
 * test_shim_map DTYPE|casts|where: the elementwise kernels, run on the CPU, give the bits of the host's loops: every
 * operation of the dtype, sizes around every boundary, operands dense, unaligned, one value in memory or in the
 * arguments, the output over an input. What lies around the output stays as it was. */
#include "host/loops.h"
#include "map_args.h"
#include "random_values.h"
#include "shim_run.h"
#include "support/check.h"
#include <stdlib.h>

enum { MOST = 2100, GUARD = 64, ELEMENT = 16 };

static const int64_t sizes[] = {1, 2, 3, 4, 5, 7, 255, 256, 257, 1023, 1025, 2049, MOST};

static const char *const tags[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, ...) [LS_##NAME] = #tag,
#include "dtypes.def"
};

typedef struct kernel_case {
    char module[16], name[48];
    int nargs;
    int64_t bytes;           /* LS_MAP_BYTES or LS_MAP_BYTES_MATH */
    ls_dtype in[3], out;
    lsi_loop loop;           /* the host's */
} kernel_case;

/* How one launch lays out its operands. */
typedef struct layout {
    unsigned single;  /* bit k: operand k is one value ... */
    bool in_memory;   /* ... which the kernel reads from memory */
    int64_t shift;    /* elements by which everything is off its alignment */
    bool in_place;
} layout;

static _Alignas(64) unsigned char inputs[3][(MOST + GUARD) * ELEMENT], expanded[3][MOST * ELEMENT];
static _Alignas(64) unsigned char output[(MOST + 2 * GUARD) * ELEMENT], expected[MOST * ELEMENT];
static long launches;

static void expect(const kernel_case *c, layout l, int64_t n)
{
    const void *in[3];
    for (int k = 0; k < c->nargs; k++) {
        const size_t size = lsi_dtype_size(c->in[k]);
        for (int64_t i = 0; i < n; i++) {
            const int64_t from = l.shift + (l.single >> k & 1 ? 0 : i);
            memcpy(expanded[k] + (size_t)i * size, inputs[k] + (size_t)from * size, size);
        }
        in[k] = expanded[k];
    }
    for (int k = c->nargs; k < 3; k++)
        in[k] = in[0];
    c->loop(n, in, expected);
}

static int64_t widest(const kernel_case *c)
{
    const size_t in = lsi_dtype_size(c->in[c->nargs - 1]), out = lsi_dtype_size(c->out);
    return (int64_t)(in > out ? in : out);
}

static bool run(const kernel_case *c, const lsi_shim_kernel *kernel, layout l, int64_t n)
{
    const size_t size = lsi_dtype_size(c->out);
    const int64_t each = ls_map_each(c->bytes, widest(c));
    ls_map_args args = {.n = n};
    unsigned char *out = output + GUARD * ELEMENT + (size_t)l.shift * size;
    memset(output, 0x5a, sizeof output);
    for (int k = 0; k < c->nargs; k++) {
        const size_t in_size = lsi_dtype_size(c->in[k]);
        const unsigned char *from = inputs[k] + (size_t)l.shift * in_size;
        if (l.in_place && k == 0) {
            memcpy(out, from, (size_t)n * size);
            from = out;
        }
        args.in[k] = from;
        if (l.single >> k & 1) {
            args.single |= 1u << k;
            if (!l.in_memory) args.in[k] = NULL, memcpy(args.value[k], from, in_size);
        } else if ((uintptr_t)from % ((size_t)each * in_size) == 0) {
            args.wide |= 1u << k;
        }
    }
    args.out = out;
    if ((uintptr_t)out % ((size_t)each * size) == 0) args.wide |= 1u << LS_MAP_OUT;
    const int64_t per_block = LS_MAP_THREADS * each;
    lsi_shim_run(kernel, (unsigned)((n + per_block - 1) / per_block), 1, 1, LS_MAP_THREADS, 0, &args, (uint64_t)n);
    launches++;
    for (int64_t i = 0; i < n; i++) {
        if (values_same(c->out, out + (size_t)i * size, expected + (size_t)i * size)) continue;
        printf("%s, element %lld of %lld, single %u, shift %lld%s\n", c->name, (long long)i, (long long)n, l.single,
               (long long)l.shift, l.in_place ? ", in place" : "");
        return false;
    }
    for (unsigned char *b = output; b < output + sizeof output; b++)
        if ((b < out || b >= out + (size_t)n * size) && *b != 0x5a) {
            printf("%s writes elsewhere\n", c->name);
            return false;
        }
    return true;
}

static void test_kernel(const kernel_case *c)
{
    const lsi_shim_kernel *kernel = lsi_shim_find(c->module, c->name);
    if (!kernel) printf("no %s in %s\n", c->name, c->module);
    if (!CHECK(kernel) || !CHECK_EQ_INT(lsi_shim_args(kernel), sizeof(ls_map_args))) return;
    for (int k = 0; k < c->nargs; k++)
        for (int64_t i = 0; i < MOST + GUARD; i++)
            values_element(c->in[k], inputs[k] + (size_t)i * lsi_dtype_size(c->in[k]));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const int64_t n = sizes[s];
        for (unsigned single = 0; single < 1u << c->nargs; single++) {
            const bool same_size = lsi_dtype_size(c->in[0]) == lsi_dtype_size(c->out);
            const bool may_replace = !(single & 1) && same_size && c->in[0] == c->in[c->nargs - 1];
            for (int64_t shift = 0; shift < 2; shift++) {
                const layout l = {.single = single, .shift = shift, .in_memory = s & 1};
                expect(c, l, n);
                if (!CHECK(run(c, kernel, l, n))) return;
                const layout over = {.single = single, .shift = shift, .in_memory = s & 1, .in_place = true};
                if (may_replace && !CHECK(run(c, kernel, over, n))) return;
            }
        }
    }
}

/* ---- the cases ---- */

static const struct row { const char *name; uint8_t arity, result; int16_t bytes; } rows[] = {
#define RESULT_SAME 0
#define RESULT_BOOL 1
#define RESULT_REAL 2
#define UNARY(name, SET, RESULT, ...) {#name, 1, RESULT_##RESULT, ROW_BYTES},
#define BINARY(name, SET, RESULT, ...) {#name, 2, RESULT_##RESULT, ROW_BYTES},
#define TERNARY(name, SET, RESULT, ...) {#name, 3, RESULT_##RESULT, ROW_BYTES},
#define UNARY_RARE(name, SET, RESULT, ...) {#name, 1, RESULT_##RESULT, ROW_BYTES},
#define BINARY_RARE(name, SET, RESULT, ...) {#name, 2, RESULT_##RESULT, ROW_BYTES},
#define ROW_BYTES LS_MAP_BYTES
#include "elementwise.def"
#undef ROW_BYTES
#define ROW_BYTES LS_MAP_BYTES_MATH
#include "math.def"
};

static int test_rows(ls_dtype dtype)
{
    int kernels = 0;
    for (int op = 0; op < LSI_OP_ROWS; op++) {
        const struct row *row = &rows[op];
        kernel_case c = {.nargs = row->arity, .bytes = row->bytes, .in = {dtype, dtype, dtype}};
        c.loop = lsi_loop_table_of_baseline.rows[dtype]->row[op];
        if (!c.loop) continue;
        c.out = row->result == RESULT_BOOL ? LS_BOOL : row->result == RESULT_REAL ? lsi_dtype_real(dtype) : dtype;
        snprintf(c.module, sizeof c.module, "map_%s", tags[dtype]);
        snprintf(c.name, sizeof c.name, "ls_map_%s_%s", row->name, tags[dtype]);
        test_kernel(&c);
        kernels++;
    }
    return kernels;
}

static int test_casts(void)
{
    int kernels = 0;
    for (ls_dtype from = LS_BOOL; from <= LS_COMPLEX128; from++) {
        for (ls_dtype to = LS_BOOL; to <= LS_COMPLEX128; to++, kernels++) {
            kernel_case c = {.module = "cast", .nargs = 1, .bytes = LS_MAP_BYTES, .in = {from, from, from}, .out = to};
            c.loop = lsi_loop_table_of_baseline.casts[from]->to[to];
            snprintf(c.name, sizeof c.name, "ls_map_cast_%s_%s", tags[from], tags[to]);
            test_kernel(&c);
        }
    }
    return kernels;
}

static int test_where(void)
{
    int kernels = 0;
    for (ls_dtype dtype = LS_BOOL; dtype <= LS_COMPLEX128; dtype++, kernels++) {
        const size_t size = lsi_dtype_size(dtype);
        kernel_case c = {.module = "move", .nargs = 3, .bytes = LS_MAP_BYTES, .out = dtype};
        c.in[0] = LS_BOOL;
        c.in[1] = c.in[2] = dtype;
        c.loop = lsi_loop_table_of_baseline.moves->where[lsi_size_log(size)];
        snprintf(c.name, sizeof c.name, "ls_where_%d", (int)size);
        test_kernel(&c);
    }
    return kernels;
}

int main(int argc, char **argv)
{
    int kernels = 0;
    if (argc == 2 && strcmp(argv[1], "casts") == 0) kernels = test_casts();
    if (argc == 2 && strcmp(argv[1], "where") == 0) kernels = test_where();
    for (int dtype = LS_BOOL; dtype < LSI_DTYPE_COUNT && argc == 2; dtype++)
        if (strcmp(argv[1], tags[dtype]) == 0) kernels = test_rows((ls_dtype)dtype);
    CHECK(kernels > 0);
    printf("%d kernels, %ld launches\n", kernels, launches);
    return check_report();
}
