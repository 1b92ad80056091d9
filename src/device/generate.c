/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes the source of a form's kernel: its argument, the thread's place, loads, the expression in a loop over the
 * thread's elements, stores. All loads come before all stores, so that a target may be a source. */
#include "device/generate.h"
#include "core/dtype.h"
#include <stdio.h>
#include <string.h>

/* What the kernel's text rests on beside the functions; under the tests' shim, shim.h says the same for a CPU. */
static const char first_lines[] =
    "#ifndef LS_SHIM\n"
    "typedef signed char int8_t;\n"
    "typedef short int16_t;\n"
    "typedef int int32_t;\n"
    "typedef long long int64_t;\n"
    "typedef unsigned char uint8_t;\n"
    "typedef unsigned short uint16_t;\n"
    "typedef unsigned int uint32_t;\n"
    "typedef unsigned long long uint64_t;\n"
    "#define LS_ALIGNED(bytes) __align__(bytes)\n"
    "#define LS_UNROLL _Pragma(\"unroll\")\n"
    "#define LS_KERNEL(name, type, threads) \\\n"
    "    extern \"C\" __global__ void __launch_bounds__(threads) name(const __grid_constant__ type a)\n"
    "#define LS_FLAT_KERNEL(name, type, threads) LS_KERNEL(name, type, threads)\n"
    "#define LS_SHARED(type, name, count) __shared__ type name[count]\n"
    "#define LS_DYNAMIC_SHARED(type, name) \\\n"
    "    extern __shared__ __align__(16) unsigned char ls_dynamic_shared[]; \\\n"
    "    type *const name = reinterpret_cast<type *>(ls_dynamic_shared)\n"
    "template <typename type> static __device__ __forceinline__ type ls_load_wide(const void *at)\n"
    "{ return *static_cast<const type *>(at); }\n"
    "template <typename type> static __device__ __forceinline__ void ls_store_wide(void *at, type value)\n"
    "{ *static_cast<type *>(at) = value; }\n"
    "#endif\n";

static const char *const tags[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, ...) [LS_##NAME] = #tag,
#include "dtypes.def"
};

static const char *const op_names[LSI_OP_COUNT] = {
#define UNARY(name, ...) [LSI_OP_##name] = #name,
#define BINARY(name, ...) [LSI_OP_##name] = #name,
#define TERNARY(name, ...) [LSI_OP_##name] = #name,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = #name,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = #name,
#include "ops.def"
};

static const uint8_t op_arguments[LSI_OP_COUNT] = {
#define UNARY(name, ...) [LSI_OP_##name] = 1,
#define BINARY(name, ...) [LSI_OP_##name] = 2,
#define TERNARY(name, ...) [LSI_OP_##name] = 3,
#define UNARY_RARE(name, ...) [LSI_OP_##name] = 1,
#define BINARY_RARE(name, ...) [LSI_OP_##name] = 2,
#include "ops.def"
    [LSI_OP_cast] = 1,
    [LSI_OP_where] = 3,
};

static const char *const draw_names[LSI_DRAW_KINDS] = {
    [LSI_DRAW_UNIFORM_F64] = "uniform_f64",         [LSI_DRAW_UNIFORM_F32] = "uniform_f32",
    [LSI_DRAW_BITS64] = "bits64",                   [LSI_DRAW_BITS32] = "bits32",
    [LSI_DRAW_NORMAL_F64] = "normal_f64",           [LSI_DRAW_NORMAL_F32] = "normal_f32",
    [LSI_DRAW_EXPONENTIAL_F64] = "exponential_f64", [LSI_DRAW_EXPONENTIAL_F32] = "exponential_f32",
    [LSI_DRAW_INTEGERS64] = "integers64",           [LSI_DRAW_INTEGERS32] = "integers32",
};
/* What they give; an integer dtype's sign is a matter of the cast. */
static const char *const draw_tags[LSI_DRAW_KINDS] = {
    [LSI_DRAW_UNIFORM_F64] = "f64", [LSI_DRAW_UNIFORM_F32] = "f32",     [LSI_DRAW_BITS64] = "u64",
    [LSI_DRAW_BITS32] = "u32",      [LSI_DRAW_NORMAL_F64] = "f64",      [LSI_DRAW_NORMAL_F32] = "f32",
    [LSI_DRAW_EXPONENTIAL_F64] = "f64", [LSI_DRAW_EXPONENTIAL_F32] = "f32", [LSI_DRAW_INTEGERS64] = "u64",
    [LSI_DRAW_INTEGERS32] = "u64",
};

typedef struct writing {
    const lsi_form *form;
    const char *name;
    lsi_text *out;
    lsi_functions *functions;
    bool known;       /* every function so far exists */
    int16_t pair[LSI_PROGRAM_MAX_INSTRS]; /* of a sine: the cosine of the same number; of the cosine: -2 */
    /* What is being written, all or one pass over rows: */
    int first, end;   /* reductions */
    int nstore;
    uint8_t use[LSI_FORM_VALUES]; /* lsi_row_use */
    lsi_row_plan rows; /* of all passes; nothing where there are no rows */
} writing;

static void need(writing *w, const char *name)
{
    w->known = w->known && lsi_functions_need(w->functions, name);
}

/* The name of a storage type; its text is then part of the source. */
static const char *type_of(writing *w, int dtype)
{
    static const char *const types[LSI_DTYPE_COUNT] = {
#define DTYPE(tag, NAME, ...) [LS_##NAME] = "ls_t_" #tag,
#include "dtypes.def"
    };
    need(w, types[dtype]);
    return types[dtype];
}

/* ---- which part of the program ---- */

static void choose_all(writing *w)
{
    w->first = 0;
    w->end = w->form->reduces;
    w->nstore = w->form->nstore;
    memset(&w->rows, 0, sizeof w->rows);
    memset(w->rows.held, -1, sizeof w->rows.held);
    memset(w->use, LSI_ROW_COMPUTED, sizeof w->use);
}

static void choose_pass(writing *w, int pass)
{
    w->first = w->rows.first[pass];
    w->end = w->rows.end[pass];
    w->nstore = pass == w->form->passes - 1 ? w->form->nstore : 0;
    memcpy(w->use, w->rows.use[pass], sizeof w->use);
}

static bool is_computed(const writing *w, int v)
{
    return w->use[v] == LSI_ROW_COMPUTED;
}

/* ---- the argument ---- */

static void write_field(void *context, lsi_field field)
{
    writing *w = context;
    const int n = field.number, d = field.axis;
    lsi_text_put(w->out, "    LS_ALIGNED(8) ");
    switch (field.kind) {
    case LSI_FIELD_BEGIN: lsi_text_put(w->out, "int64_t begin"); break;
    case LSI_FIELD_COUNT: lsi_text_put(w->out, "int64_t count"); break;
    case LSI_FIELD_HEAD: lsi_text_put(w->out, "int64_t head"); break;
    case LSI_FIELD_ALIGNED_SOURCES: lsi_text_put(w->out, "uint64_t aligned_sources"); break;
    case LSI_FIELD_ALIGNED_STORES: lsi_text_put(w->out, "uint64_t aligned_stores"); break;
    case LSI_FIELD_SIZE: lsi_text_printf(w->out, "int64_t size%d", d); break;
    case LSI_FIELD_DIVISOR: lsi_text_printf(w->out, "uint64_t divisor%d", d); break;
    case LSI_FIELD_POINTER: lsi_text_printf(w->out, "const %s *x%d", type_of(w, w->form->sources[n].dtype), n); break;
    case LSI_FIELD_CONSTANT: lsi_text_printf(w->out, "%s v%d", type_of(w, w->form->sources[n].dtype), n); break;
    case LSI_FIELD_FIRST: lsi_text_printf(w->out, "%s first%d", type_of(w, w->form->sources[n].dtype), n); break;
    case LSI_FIELD_STEP: lsi_text_printf(w->out, "%s step%d", type_of(w, w->form->sources[n].dtype), n); break;
    case LSI_FIELD_LAST: lsi_text_printf(w->out, "%s last%d", type_of(w, w->form->sources[n].dtype), n); break;
    case LSI_FIELD_LAST_AT: lsi_text_printf(w->out, "int64_t last_at%d", n); break;
    case LSI_FIELD_DRAW: lsi_text_printf(w->out, "lsi_draw d%d", n); break;
    case LSI_FIELD_OFFSET: lsi_text_printf(w->out, "int64_t offset%d", n); break;
    case LSI_FIELD_STRIDE: lsi_text_printf(w->out, "int64_t x%d_%d", n, d); break;
    case LSI_FIELD_TARGET: lsi_text_printf(w->out, "%s *y%d", type_of(w, w->form->stores[n].dtype), n); break;
    case LSI_FIELD_TARGET_STRIDE: lsi_text_printf(w->out, "int64_t y%d_%d", n, d); break;
    case LSI_FIELD_REDUCE: lsi_text_put(w->out, "ls_fused_args reduce"); break;
    }
    lsi_text_put(w->out, ";\n");
}

static void write_argument(writing *w)
{
    lsi_text_printf(w->out, "struct %s_args {\n", w->name);
    lsi_form_fields(w->form, write_field, w);
    lsi_text_put(w->out, "};\n");
}

/* ---- where the thread is ---- */

/* i<d>, the indices of the thread's first element: from the innermost axis outwards, n<d> = n<d - 1> * size<d> + i<d>.
 */
static void write_indices(writing *w)
{
    const lsi_form *f = w->form;
    const char *type = f->wide ? "int64_t" : "uint32_t";
    lsi_text_printf(w->out, "    const %s n%d = (%s)p;\n", type, f->axes - 1, type);
    for (int d = f->axes - 1; d > 0; d--) {
        if (f->wide)
            lsi_text_printf(w->out, "    const int64_t n%d = n%d / a.size%d;\n", d - 1, d, d);
        else
            lsi_text_printf(
                w->out,
                "    const uint32_t n%d = ((uint32_t)(((uint64_t)n%d * (uint32_t)a.divisor%d) >> 32) + n%d) "
                ">> (uint32_t)(a.divisor%d >> 32);\n",
                d - 1, d, d, d, d);
        lsi_text_printf(w->out, "    const int64_t i%d = n%d - n%d * (%s)a.size%d;\n", d, d, d - 1, type, d);
    }
    lsi_text_put(w->out, "    const int64_t i0 = n0;\n");
}

/* p: the thread's first element; its elements from `from` to before `to` exist. */
static void write_place(writing *w)
{
    const lsi_form *f = w->form;
    if (f->reduces) {
        lsi_text_put(w->out, "    const int64_t p = base + first;\n    const int from = 0, to = exists;\n");
    } else {
        lsi_text_printf(w->out, "    const int64_t p = ((a.begin + blockIdx.x) * %d + threadIdx.x) * %d%s;\n",
                        LSI_FORM_THREADS, f->vector, f->head ? " - a.head" : "");
        lsi_text_put(w->out, "    if (p >= a.count) return;\n");
        lsi_text_put(w->out, f->head ? "    const int from = p < 0 ? (int)-p : 0;\n" : "    const int from = 0;\n");
        lsi_text_printf(w->out, "    const int to = a.count - p < %d ? (int)(a.count - p) : %d;\n", f->vector,
                        f->vector);
    }
    lsi_text_printf(w->out, "    const bool whole = to - from == %d;\n", f->vector);
    if (f->axes > 0) write_indices(w);
}

/* "i0 * a.x3_0 + i1" : where the thread's first element lies. */
static void write_element(writing *w, const char *letter, int n, int walk)
{
    const int last = w->form->axes - 1;
    if (walk == LSI_WALK_FLAT) {
        lsi_text_put(w->out, "p");
        return;
    }
    if (walk == LSI_WALK_ONE) {
        lsi_text_put(w->out, "0");
        return;
    }
    const int strides = walk == LSI_WALK_STRIDED ? last + 1 : last;
    for (int d = 0; d < strides; d++) lsi_text_printf(w->out, "%si%d * a.%s%d_%d", d ? " + " : "", d, letter, n, d);
    if (walk == LSI_WALK_DENSE) lsi_text_printf(w->out, "%si%d", strides ? " + " : "", last);
    if (walk == LSI_WALK_REPEAT && strides == 0) lsi_text_put(w->out, "0");
}

/* " + e * a.x3_1": how its elements follow. */
static void write_step(writing *w, const char *letter, int n, int walk)
{
    if (walk == LSI_WALK_FLAT || walk == LSI_WALK_DENSE) lsi_text_put(w->out, " + e");
    if (walk == LSI_WALK_STRIDED) lsi_text_printf(w->out, " + e * a.%s%d_%d", letter, n, w->form->axes - 1);
}

/* ---- sources ---- */

static bool is_many(int walk)
{
    return walk == LSI_WALK_FLAT || walk == LSI_WALK_DENSE || walk == LSI_WALK_STRIDED;
}

/* Bytes to which a group of the thread's elements is aligned. */
static int group_alignment(const lsi_form *form, int dtype)
{
    const int bytes = (int)lsi_dtype_size((ls_dtype)dtype) * form->vector;
    return bytes > LSI_FORM_ALIGN ? LSI_FORM_ALIGN : bytes;
}

/* The type that holds a thread's elements of a dtype, once per kernel and dtype. */
static void write_groups(writing *w)
{
    bool used[LSI_DTYPE_COUNT] = {false};
    for (int i = 0; i < w->form->nsource; i++) used[w->form->sources[i].dtype] = true;
    for (int t = 0; t < w->form->nstore; t++) used[w->form->stores[t].dtype] = true;
    for (int d = 0; d < LSI_DTYPE_COUNT; d++)
        if (used[d])
            lsi_text_printf(w->out, "struct LS_ALIGNED(%d) %s_%s { %s e[%d]; };\n", group_alignment(w->form, d),
                            w->name, tags[d], type_of(w, d), w->form->vector);
}

static void write_load(writing *w, int i)
{
    const lsi_form_source *s = &w->form->sources[i];
    const char *type = type_of(w, s->dtype), *tag = tags[s->dtype];
    lsi_text_printf(w->out, "    const %s *const p%d = a.x%d + (", type, i, i);
    write_element(w, "x", i, s->walk);
    lsi_text_put(w->out, ");\n");
    if (!is_many(s->walk)) {
        lsi_text_printf(w->out, "    const %s v%d = *p%d;\n", type, i, i);
        return;
    }
    lsi_text_printf(w->out, "    %s_%s g%d = {};\n", w->name, tag, i);
    if (s->walk != LSI_WALK_STRIDED)
        lsi_text_printf(w->out,
                        "    if (whole && (a.aligned_sources >> %d & 1)) g%d = ls_load_wide<%s_%s>(p%d);\n    else ",
                        i, i, w->name, tag, i);
    else
        lsi_text_put(w->out, "    ");
    lsi_text_printf(w->out, "LS_UNROLL for (int e = 0; e < %d; e++) if (e >= from && e < to) g%d.e[e] = p%d[",
                    w->form->vector, i, i);
    lsi_text_put(w->out, s->walk == LSI_WALK_STRIDED ? "0" : "");
    write_step(w, "x", i, s->walk);
    lsi_text_put(w->out, "];\n");
}

static void write_draw(writing *w, int i)
{
    const lsi_form_source *s = &w->form->sources[i];
    char name[64];
    lsi_text_printf(w->out, "    lsi_draw d%d = a.d%d;\n    d%d.engine = %d, d%d.kind = %d;\n", i, i, i, s->engine, i,
                    s->draw);
    lsi_text_printf(w->out, "    const int64_t k%d = a.offset%d + (", i, i);
    write_element(w, "x", i, s->walk);
    lsi_text_put(w->out, ");\n");
    if (!s->group) return;
    snprintf(name, sizeof name, "ls_draw_%s_%s", s->group == 4 ? "four" : "two", draw_names[s->draw]);
    need(w, name);
    lsi_text_printf(w->out, "    ls_t_%s g%d[%d];\n    %s(&d%d, k%d, g%d);\n", draw_tags[s->draw], i, s->group, name,
                    i, i, i);
}

static void write_sources(writing *w)
{
    for (int i = 0; i < w->form->nsource; i++) {
        const lsi_form_source *s = &w->form->sources[i];
        if (!is_computed(w, i)) continue;
        if (s->kind == LSI_SOURCE_BUFFER) write_load(w, i);
        if (s->kind == LSI_SOURCE_DRAW) write_draw(w, i);
        if (s->kind == LSI_SOURCE_IOTA) {
            lsi_text_printf(w->out, "    const int64_t k%d = a.offset%d + (", i, i);
            write_element(w, "x", i, s->walk);
            lsi_text_put(w->out, ");\n");
        }
    }
}

/* ---- the expression ---- */

/* Inside the loop: the sources that differ from element to element, by their value's name. */
static void write_source_value(writing *w, int i)
{
    const lsi_form_source *s = &w->form->sources[i];
    const char *type = type_of(w, s->dtype);
    char name[64];
    if (s->kind == LSI_SOURCE_CONST) {
        lsi_text_printf(w->out, "        const %s v%d = a.v%d;\n", type, i, i);
    } else if (s->kind == LSI_SOURCE_RESULT) {
        lsi_text_printf(w->out, "        const %s v%d = r.q%d;\n", type, i, s->reduction);
    } else if (s->kind == LSI_SOURCE_BUFFER) {
        if (is_many(s->walk)) lsi_text_printf(w->out, "        const %s v%d = g%d.e[e];\n", type, i, i);
    } else if (s->kind == LSI_SOURCE_DRAW && s->group) {
        lsi_text_printf(w->out, "        const %s v%d = (%s)g%d[e];\n", type, i, type, i);
    } else if (s->kind == LSI_SOURCE_DRAW) {
        snprintf(name, sizeof name, "ls_draw_%s", draw_names[s->draw]);
        need(w, name);
        lsi_text_printf(w->out, "        const %s v%d = (%s)%s(&d%d, k%d", type, i, type, name, i, i);
        write_step(w, "x", i, s->walk);
        lsi_text_put(w->out, ");\n");
    } else {
        lsi_text_printf(w->out, "        const int64_t j%d = k%d", i, i);
        write_step(w, "x", i, s->walk);
        if (s->dtype == LS_FLOAT64)
            lsi_text_printf(
                w->out,
                ";\n        const double v%d = j%d == a.last_at%d ? a.last%d : (double)j%d * a.step%d + a.first%d;\n",
                i, i, i, i, i, i, i);
        else
            lsi_text_printf(
                w->out, ";\n        const %s v%d = (%s)((uint64_t)a.first%d + (uint64_t)j%d * (uint64_t)a.step%d);\n",
                type, i, type, i, i, i);
    }
}

/* The sine and the cosine of one number are made together. */
static void find_pairs(writing *w)
{
    const lsi_form *f = w->form;
    for (int k = 0; k < f->ninstr; k++) w->pair[k] = -1;
    for (int k = 0; k < f->ninstr; k++) {
        const lsi_form_instr *one = &f->instrs[k];
        if (!is_computed(w, f->nsource + k) || w->pair[k] != -1 || (one->op != LSI_OP_sin && one->op != LSI_OP_cos)) continue;
        if (one->dtype != LS_FLOAT32 && one->dtype != LS_FLOAT64) continue;
        for (int j = k + 1; j < f->ninstr; j++) {
            const lsi_form_instr *two = &f->instrs[j];
            const int other = one->op == LSI_OP_sin ? LSI_OP_cos : LSI_OP_sin;
            if (!is_computed(w, f->nsource + j) || two->op != other || two->dtype != one->dtype ||
                two->args[0] != one->args[0] || w->pair[j] != -1)
                continue;
            w->pair[k] = (int16_t)j;
            w->pair[j] = -2;
            break;
        }
    }
}

static void write_pair(writing *w, int k)
{
    const lsi_form_instr *one = &w->form->instrs[k];
    const int here = w->form->nsource + k, there = w->form->nsource + w->pair[k];
    const int sine = one->op == LSI_OP_sin ? here : there, cosine = one->op == LSI_OP_sin ? there : here;
    const char *type = type_of(w, one->dtype);
    char name[64];
    snprintf(name, sizeof name, "ls_sincos_%s", tags[one->dtype]);
    need(w, name);
    lsi_text_printf(w->out, "        %s v%d, v%d;\n        %s(v%d, &v%d, &v%d);\n", type, sine, cosine, name,
                    one->args[0], sine, cosine);
}

static void write_instr(writing *w, int k)
{
    const lsi_form_instr *it = &w->form->instrs[k];
    const int v = w->form->nsource + k;
    char name[64];
    if (w->pair[k] == -2) return;
    if (w->pair[k] >= 0) {
        write_pair(w, k);
        return;
    }
    lsi_text_printf(w->out, "        const %s v%d = ", type_of(w, it->result), v);
    if (it->op == LSI_OP_where) {
        lsi_text_printf(w->out, "v%d ? v%d : v%d;\n", it->args[0], it->args[1], it->args[2]);
        return;
    }
    if (it->op == LSI_OP_cast && it->dtype == it->result) {
        lsi_text_printf(w->out, "v%d;\n", it->args[0]);
        return;
    }
    if (it->op == LSI_OP_cast) snprintf(name, sizeof name, "ls_cast_%s_%s", tags[it->dtype], tags[it->result]);
    else snprintf(name, sizeof name, "ls_op_%s_%s", op_names[it->op], tags[it->dtype]);
    need(w, name);
    lsi_text_printf(w->out, "%s(", name);
    for (int n = 0; n < op_arguments[it->op]; n++) lsi_text_printf(w->out, "%sv%d", n ? ", " : "", it->args[n]);
    lsi_text_put(w->out, ");\n");
}

/* What a reduction's values are read as: numbers, or the bits of what is compared, or truth. */
typedef enum reduced_kind { REDUCED_NUMBER, REDUCED_BITS, REDUCED_TRUTH } reduced_kind;

static reduced_kind reduced_kind_of(const lsi_form_reduction *r)
{
    switch (r->op) {
    case LSI_REDUCE_sum:
    case LSI_REDUCE_prod:
    case LSI_REDUCE_mean:
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return REDUCED_NUMBER;
    case LSI_REDUCE_min:
    case LSI_REDUCE_max:
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax: return REDUCED_BITS;
    default: return REDUCED_TRUTH;
    }
}

/* The C type the reduction's kernels read; integers that are added wrap as unsigned ones. */
static const char *reduced_type(const lsi_form_reduction *r)
{
    static const char *const unsigned_of[] = {[1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t"};
    const size_t size = lsi_dtype_size((ls_dtype)r->dtype);
    if (reduced_kind_of(r) == REDUCED_TRUTH) return "uint8_t";
    if (reduced_kind_of(r) == REDUCED_BITS) return size <= 8 ? unsigned_of[size] : NULL;
    switch (r->dtype) {
    case LS_FLOAT32: return "float";
    case LS_FLOAT64: return "double";
    case LS_COMPLEX64: return "ls_cfloat";
    case LS_COMPLEX128: return "ls_cdouble";
    case LS_INT64:
    case LS_UINT64: return "uint64_t";
    default: return NULL;
    }
}

/* The Op of kernels/reduce_op_gpu.h. */
static const char *reduced_op(const lsi_form_reduction *r)
{
    const bool complex = r->dtype == LS_COMPLEX64 || r->dtype == LS_COMPLEX128;
    switch (r->op) {
    case LSI_REDUCE_sum:
    case LSI_REDUCE_mean: return "ls_sum_op";
    case LSI_REDUCE_prod: return complex ? "ls_complex_prod_op" : "ls_prod_op";
    case LSI_REDUCE_var:
    case LSI_REDUCE_std: return "ls_moments_op";
    case LSI_REDUCE_min:
    case LSI_REDUCE_max: return "ls_extreme_op";
    case LSI_REDUCE_argmin:
    case LSI_REDUCE_argmax: return "ls_place_op";
    default: return "ls_count_op";
    }
}

/* "out.rest.v[e] = ...": the values of reduction q. */
static void write_reduced_value(writing *w, int q)
{
    const lsi_form_reduction *r = &w->form->reductions[q];
    const bool floating = r->dtype == LS_FLOAT32 || r->dtype == LS_FLOAT64;
    char name[32];
    lsi_text_put(w->out, "        out");
    for (int k = w->first; k < q; k++) lsi_text_put(w->out, ".rest");
    if (reduced_kind_of(r) == REDUCED_BITS && floating) {
        snprintf(name, sizeof name, "ls_bits_%s", tags[r->dtype]);
        need(w, name);
        lsi_text_printf(w->out, ".v[at + e] = %s(v%d);\n", name, r->value);
    } else {
        lsi_text_printf(w->out, ".v[at + e] = (%s)v%d;\n", reduced_type(r), r->value);
    }
}

/* "ls_sum_op<double>" */
static void write_op(writing *w, const lsi_form_reduction *r)
{
    need(w, reduced_op(r));
    lsi_text_put(w->out, reduced_op(r));
    if (reduced_kind_of(r) != REDUCED_TRUTH) lsi_text_printf(w->out, "<%s>", reduced_type(r));
}

/* "ls_fused<ls_sum_op<double>, ls_fused_none>" */
static void write_chain(writing *w)
{
    for (int q = w->first; q < w->end; q++) {
        lsi_text_put(w->out, "ls_fused<");
        write_op(w, &w->form->reductions[q]);
        lsi_text_put(w->out, ", ");
    }
    lsi_text_put(w->out, "ls_fused_none");
    for (int q = w->first; q < w->end; q++) lsi_text_put(w->out, ">");
}

static const char *type_of_value(writing *w, int v)
{
    const lsi_form *f = w->form;
    return type_of(w, v < f->nsource ? f->sources[v].dtype : f->instrs[v - f->nsource].result);
}

/* Where the thread's elements of what is held lie: threads are neighbours, so that no two share a bank. */
static void write_held_places(writing *w)
{
    const lsi_form *f = w->form;
    bool any = false;
    for (int v = 0; v < f->nsource + f->ninstr; v++) any |= w->use[v] && w->rows.held[v] >= 0;
    if (!any) return;
    lsi_text_printf(w->out,
                    "    LS_DYNAMIC_SHARED(unsigned char, held);\n"
                    "    const int place = (slot + first / (WIDTH * VEC) * VEC + at) * %d + (int)threadIdx.x;\n",
                    LSI_FORM_THREADS);
    for (int v = 0; v < f->nsource + f->ninstr; v++)
        if (w->use[v] && w->rows.held[v] >= 0)
            lsi_text_printf(w->out, "    %s *const h%d = reinterpret_cast<%s *>(held + a.reduce.each * %d) + place;\n",
                            type_of_value(w, v), v, type_of_value(w, v), w->rows.held[v] * LSI_FORM_THREADS);
}

static void write_value(writing *w, int v)
{
    if (w->use[v] == LSI_ROW_READ)
        lsi_text_printf(w->out, "        const %s v%d = h%d[e * %d];\n", type_of_value(w, v), v, v, LSI_FORM_THREADS);
    else if (v < w->form->nsource)
        write_source_value(w, v);
    else
        write_instr(w, v - w->form->nsource);
}

/* Values that are the same in all of a row (where there are rows), or those that are not. */
static void write_values(writing *w, bool of_row)
{
    for (int v = 0; v < w->form->nsource + w->form->ninstr; v++)
        if (w->use[v] && w->rows.of_row[v] == of_row) write_value(w, v);
}

/* What later passes read. */
static void write_held(writing *w)
{
    for (int v = 0; v < w->form->nsource + w->form->ninstr; v++)
        if (is_computed(w, v) && w->rows.held[v] >= 0)
            lsi_text_printf(w->out, "        if (e >= from && e < to) h%d[e * %d] = v%d;\n", v, LSI_FORM_THREADS, v);
}

static void write_expression(writing *w)
{
    const lsi_form *f = w->form;
    for (int t = 0; t < w->nstore; t++)
        lsi_text_printf(w->out, "    %s_%s r%d;\n", w->name, tags[f->stores[t].dtype], t);
    find_pairs(w);
    write_held_places(w);
    write_values(w, true);
    lsi_text_printf(w->out, "    LS_UNROLL for (int e = 0; e < %d; e++) {\n", f->vector);
    write_values(w, false);
    write_held(w);
    for (int t = 0; t < w->nstore; t++) lsi_text_printf(w->out, "        r%d.e[e] = v%d;\n", t, f->stores[t].value);
    for (int q = w->first; q < w->end; q++) write_reduced_value(w, q);
    lsi_text_put(w->out, "    }\n");
}

/* ---- stores ---- */

static void write_store(writing *w, int t)
{
    const lsi_form_store *s = &w->form->stores[t];
    const char *type = type_of(w, s->dtype), *tag = tags[s->dtype];
    lsi_text_printf(w->out, "    %s *const o%d = a.y%d + (", type, t, t);
    write_element(w, "y", t, s->walk);
    lsi_text_put(w->out, ");\n    ");
    if (s->walk == LSI_WALK_FLAT || s->walk == LSI_WALK_DENSE)
        lsi_text_printf(w->out,
                        "if (whole && (a.aligned_stores >> %d & 1)) ls_store_wide<%s_%s>(o%d, r%d);\n    else ", t,
                        w->name, tag, t, t);
    lsi_text_printf(w->out, "LS_UNROLL for (int e = 0; e < %d; e++) if (e >= from && e < to) o%d[", w->form->vector, t);
    lsi_text_put(w->out, s->walk == LSI_WALK_FLAT || s->walk == LSI_WALK_DENSE ? "" : "0");
    write_step(w, "y", t, s->walk);
    lsi_text_printf(w->out, "] = r%d.e[e];\n", t);
}

void lsi_generate_begin(lsi_text *out)
{
    lsi_text_put(out, first_lines);
}

static void write_map(writing *w)
{
    lsi_text_printf(w->out, "LS_FLAT_KERNEL(%s, %s_args, %d)\n{\n", w->name, w->name, LSI_FORM_THREADS);
    write_place(w);
    write_sources(w);
    write_expression(w);
    for (int t = 0; t < w->form->nstore; t++) write_store(w, t);
    lsi_text_put(w->out, "}\n");
}

/* The values of a leaf as the Source of reduce_fused.h. Elements come all at once where a thread's lanes are neighbours,
 * else one after the other; `exists`: others are neither loaded nor stored. */
static void write_source(writing *w, int pass)
{
    const lsi_form *f = w->form;
    const bool together = f->vector == f->lanes;
    lsi_text_printf(w->out, "struct %s_source%d {\n    typedef ", w->name, pass);
    write_chain(w);
    lsi_text_printf(w->out, " folds;\n    static const int VEC = %d, WIDTH = %d;\n", f->lanes, f->width ? f->width : 32);
    lsi_text_put(w->out, "    typedef folds::values<VEC> values;\n");
    lsi_text_printf(w->out, "    const %s_args &a;\n", w->name);
    if (f->passes) lsi_text_printf(w->out, "    const %s_results &r;\n", w->name);
    lsi_text_put(w->out, f->passes ? "    int64_t base;\n    int slot;\n" : "    int64_t base;\n");
    lsi_text_put(w->out, "    template <bool STORES>\n"
                         "    __device__ __forceinline__ void each(int first, int exists, int at, values &out) const {\n");
    write_place(w);
    write_sources(w);
    write_expression(w);
    if (w->nstore) lsi_text_put(w->out, "    if constexpr (STORES) {\n");
    for (int t = 0; t < w->nstore; t++) write_store(w, t);
    if (w->nstore) lsi_text_put(w->out, "    }\n");
    lsi_text_put(w->out, "    }\n    template <bool STORES>\n    __device__ __forceinline__ void some(int first, int count, values &out) const {\n");
    if (together)
        lsi_text_put(w->out, "        each<STORES>(first, count - first < VEC ? count - first : VEC, 0, out);\n");
    else
        lsi_text_put(w->out, "        LS_UNROLL for (int j = 0; j < VEC; j++)\n"
                             "            each<STORES>(first + j < count ? first + j : count - 1, first + j < count, j, out);\n");
    lsi_text_put(w->out, "    }\n};\n");
}

/* The kernel that folds them. */
static void write_reduction(writing *w)
{
    need(w, "ls_reduce_fused");
    write_source(w, 0);
    lsi_text_printf(w->out, "LS_KERNEL(%s, %s_args, %d)\n{\n", w->name, w->name, LSI_FORM_THREADS);
    lsi_text_printf(w->out, "    const %s_source0 x = {a, 0};\n    ls_reduce_fused(a.reduce, x);\n}\n", w->name);
}

/* ---- rows ---- */

/* What the kernel makes of a state: in the C++ type of the Op, before the cast to the result's dtype. */
static void write_made(writing *w, int q)
{
    const lsi_form_reduction *r = &w->form->reductions[q];
    lsi_text_put(w->out, "ls_row_result<");
    write_op(w, r);
    lsi_text_printf(w->out, ">(a.reduce, a.reduce.part[%d], %d, s", q, r->op);
    for (int k = w->first; k < q; k++) lsi_text_put(w->out, ".rest");
    lsi_text_put(w->out, ".s)");
}

/* The dtype of that, bits being taken for what they stand for; integers count as one that wraps. */
static ls_dtype made_dtype(const lsi_form_reduction *r)
{
    const ls_dtype dtype = (ls_dtype)r->dtype;
    if (r->op == LSI_REDUCE_var || r->op == LSI_REDUCE_std) return lsi_dtype_real(dtype);
    if (r->op == LSI_REDUCE_min || r->op == LSI_REDUCE_max) return dtype;
    return reduced_kind_of(r) == REDUCED_NUMBER && dtype != LS_INT64 ? dtype : LS_UINT64;
}

/* "ls_cast_f64_f16((double)...)": as reduce_op_gpu.h stores them. */
static void write_result(writing *w, int q)
{
    const lsi_form_reduction *r = &w->form->reductions[q];
    const ls_dtype made = made_dtype(r);
    const bool floating = made == LS_FLOAT32 || made == LS_FLOAT64, casts = floating && r->result != made;
    const bool bits = floating && reduced_kind_of(r) == REDUCED_BITS, truth = !floating && r->result == LS_BOOL;
    char name[32];
    lsi_text_printf(w->out, "        r.q%d = ", q);
    if (casts) {
        snprintf(name, sizeof name, "ls_cast_f64_%s", tags[r->result]);
        need(w, name);
        lsi_text_printf(w->out, "%s((double)", name);
    } else {
        lsi_text_printf(w->out, "(%s)(", type_of(w, r->result));
    }
    if (bits) {
        snprintf(name, sizeof name, "ls_from_bits_%s", tags[made]);
        need(w, name);
        lsi_text_printf(w->out, "%s(", name);
    }
    write_made(w, q);
    lsi_text_printf(w->out, "%s%s);\n", bits ? ")" : "", truth ? " != 0" : "");
    lsi_text_printf(w->out,
                    "        if (row.t == 0 && row.count > 0 && a.reduce.part[%d].states)\n"
                    "            static_cast<%s *>(a.reduce.part[%d].states)[row.number] = r.q%d;\n",
                    q, type_of(w, r->result), q, q);
}

/* Results go from pass to pass in `r`. */
static void write_results(writing *w)
{
    lsi_text_printf(w->out, "struct %s_results {\n", w->name);
    for (int q = 0; q < w->form->reduces; q++)
        lsi_text_printf(w->out, "    %s q%d;\n", type_of(w, w->form->reductions[q].result), q);
    lsi_text_put(w->out, "};\n");
}

static void write_rows(writing *w)
{
    const lsi_form *f = w->form;
    const char *kind = f->width ? "lanes" : "block";
    char name[32];
    snprintf(name, sizeof name, "ls_row_pass_%s", kind);
    need(w, name);
    snprintf(name, sizeof name, "ls_row_of_%s", kind);
    need(w, name);
    need(w, "ls_row_result");
    write_results(w);
    lsi_form_plan_rows(f, &w->rows);
    for (int pass = 0; pass < f->passes; pass++) {
        choose_pass(w, pass);
        write_source(w, pass);
    }
    lsi_text_printf(w->out, "LS_KERNEL(%s, %s_args, %d)\n{\n", w->name, w->name, LSI_FORM_THREADS);
    lsi_text_printf(w->out, "    %s_results r;\n    const ls_row row = ls_row_of_%s", w->name, kind);
    if (f->width) lsi_text_printf(w->out, "<%d>", f->width);
    lsi_text_put(w->out, "(a.reduce);\n");
    for (int pass = 0; pass < f->passes; pass++) {
        choose_pass(w, pass);
        lsi_text_printf(w->out, "    {\n        %s_source%d x = {a, r, 0, 0};\n", w->name, pass);
        lsi_text_printf(w->out, "        %s_source%d::folds::states s;\n", w->name, pass);
        lsi_text_printf(w->out, "        ls_row_pass_%s(a.reduce.part + %d, x, row, s);\n", kind, w->first);
        for (int q = w->first; q < w->end; q++) write_result(w, q);
        lsi_text_put(w->out, "    }\n");
    }
    lsi_text_put(w->out, "}\n");
}

static void write_reducing(writing *w)
{
    for (int q = 0; q < w->form->reduces; q++) w->known = w->known && reduced_type(&w->form->reductions[q]) != NULL;
    if (!w->known) return;
    need(w, "ls_fused");
    need(w, "ls_fused_none");
    need(w, "ls_fused_here");
    if (w->form->passes) write_rows(w);
    else write_reduction(w);
}

bool lsi_generate_kernel(const lsi_form *form, const char *name, lsi_functions *functions, lsi_text *out)
{
    writing w = {.form = form, .name = name, .out = out, .functions = functions, .known = true};
    for (int i = 0; i < form->nsource; i++)
        if (form->sources[i].kind == LSI_SOURCE_DRAW) need(&w, "lsi_draw");
    choose_all(&w);
    write_groups(&w);
    write_argument(&w);
    if (form->reduces) write_reducing(&w);
    else write_map(&w);
    return w.known && !out->failed;
}

void lsi_generated_name(const lsi_form *form, char name[LSI_GENERATED_NAME])
{
    snprintf(name, LSI_GENERATED_NAME, "ls_%016llx", (unsigned long long)lsi_form_hash(form));
}

bool lsi_generate(const lsi_form *form, lsi_text *out)
{
    lsi_functions functions = {0};
    lsi_text kernel = {0};
    char name[LSI_GENERATED_NAME];
    lsi_generated_name(form, name);
    const bool known = lsi_generate_kernel(form, name, &functions, &kernel);
    lsi_generate_begin(out);
    lsi_functions_write(&functions, out);
    if (known) lsi_text_put(out, kernel.bytes);
    lsi_text_free(&kernel);
    return known && !out->failed;
}
