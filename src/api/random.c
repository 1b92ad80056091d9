/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Generators and draws as the public sees them: checks, ownership, and the arithmetic around what a draw yields. The
 * stream itself is random_stream.c's, its numbers are kernels/draw.h's. */
#include "lockstep/random.h"
#include "api/call.h"
#include "api/random_stream.h"
#include "core/shape.h"
#include "lazy/scope.h"
#include "lockstep/scope.h"
#include "memory/prim.h"

#include <math.h>
#include <stdio.h>

enum { RNG_ALIVE = 0x4c53524e, RNG_DEAD = 0x44524e47 };

struct ls_rng {
    lsi_owned owned;
    uint32_t magic; /* RNG_ALIVE, or RNG_DEAD once released */
    lsi_stream stream;
};

/* ---- generators -------------------------------------------------------------------------------------------------- */

static void release(lsi_owned *owned)
{
    ls_rng *rng = (ls_rng *)(void *)owned;
    rng->magic = RNG_DEAD;
    lsi_dealloc(rng);
}

static ls_rng *rng_of_stream(const lsi_stream *stream)
{
    ls_rng *rng = lsi_alloc(1, sizeof *rng);
    if (rng) {
        rng->magic = RNG_ALIVE;
        rng->stream = *stream;
        if (lsi_scope_adopt(&rng->owned, release)) {
            return rng;
        }
        lsi_dealloc(rng);
    }
    lsi_fail(LS_ENOMEM, "out of memory for a generator");
    return NULL;
}

/* A generator that is there; else false with the error recorded. */
static bool rng_check(const ls_rng *rng)
{
    if (!rng) {
        lsi_fail_null(1);
        return false;
    }
    if (rng->magic != RNG_ALIVE) {
        lsi_fail(LS_EARGUMENT, "argument 1 is not a generator, or was freed");
        return false;
    }
    return true;
}

static ls_status engine_take(const ls_rng_options *given, uint32_t *engine)
{
    ls_rng_options options;
    ls_status status = lsi_options(&options, sizeof options, given);
    if (status) {
        return status;
    }
    if (options.engine != LS_PHILOX4X64 && options.engine != LS_PHILOX4X32) {
        return lsi_fail(LS_EARGUMENT, "%d is not an engine", (int)options.engine);
    }
    *engine = options.engine == LS_PHILOX4X32 ? LSI_ENGINE_PHILOX4X32 : LSI_ENGINE_PHILOX4X64;
    return LS_OK;
}

static ls_rng *rng_of_seed(const uint32_t *words, size_t count, const ls_rng_options *options)
{
    uint32_t engine = LSI_ENGINE_PHILOX4X64;
    if (engine_take(options, &engine)) {
        return NULL;
    }
    const lsi_stream stream = lsi_stream_of_seed(engine, words, count);
    return rng_of_stream(&stream);
}

ls_rng *(ls_rng_new)(const char *place, ls_operand seed, const ls_rng_options *options)
{
    LSI_CALL("ls_rng_new", place);
    if (seed.kind != LS_OPERAND_INT && seed.kind != LS_OPERAND_UINT) {
        lsi_fail(LS_EDTYPE, "the seed must be an integer");
        return NULL;
    }
    if (seed.kind == LS_OPERAND_INT && seed.value.i < 0) {
        lsi_fail(LS_EARGUMENT, "seed %lld is negative", (long long)seed.value.i);
        return NULL;
    }
    const uint32_t words[2] = {(uint32_t)seed.value.u, (uint32_t)(seed.value.u >> 32)};
    return rng_of_seed(words, 2, options);
}

ls_rng *(ls_rng_new_words)(const char *place, const uint32_t *words, size_t count, const ls_rng_options *options)
{
    LSI_CALL("ls_rng_new_words", place);
    if (!words && count > 0) {
        lsi_fail_null(1);
        return NULL;
    }
    return rng_of_seed(words, count, options);
}

void ls_rng_free(ls_rng *rng)
{
    if (rng && rng->magic == RNG_ALIVE) {
        lsi_scope_disown(&rng->owned);
        release(&rng->owned);
    }
}

ls_rng *ls_rng_keep(ls_rng *rng)
{
    if (rng && rng->magic == RNG_ALIVE) {
        lsi_scope_lift(&rng->owned);
    }
    return rng;
}

static ls_status spawn(ls_rng *rng, int64_t count, ls_rng **children)
{
    if (!rng_check(rng)) {
        return lsi_pending_error();
    }
    if (count < 0) {
        return lsi_fail(LS_EARGUMENT, "count %lld is negative", (long long)count);
    }
    if (!children && count > 0) {
        return lsi_fail_null(3);
    }
    if (count > (int64_t)(UINT32_MAX - rng->stream.spawned)) {
        return lsi_fail(LS_EOVERFLOW, "%lld children after %lu are more than 2^32 - 1", (long long)count,
                        (unsigned long)rng->stream.spawned);
    }
    lsi_stream parent = rng->stream;
    for (int64_t i = 0; i < count; i++) {
        const lsi_stream child = lsi_stream_spawn(&parent);
        children[i] = rng_of_stream(&child);
        if (!children[i]) {
            for (int64_t k = 0; k < count; k++) {
                if (k < i) {
                    ls_rng_free(children[k]);
                }
                children[k] = NULL;
            }
            return LS_ENOMEM;
        }
    }
    rng->stream = parent;
    return LS_OK;
}

ls_status (ls_rng_spawn)(const char *place, ls_rng *rng, int64_t count, ls_rng **children)
{
    LSI_CALL("ls_rng_spawn", place);
    return lsi_report(spawn(rng, count, children));
}

ls_status (ls_rng_save)(const char *place, const ls_rng *rng, ls_rng_state *state)
{
    LSI_CALL("ls_rng_save", place);
    if (!rng_check(rng)) {
        return lsi_report(lsi_pending_error());
    }
    if (!state) {
        return lsi_report(lsi_fail_null(2));
    }
    _Static_assert(sizeof state->words == LSI_STREAM_PACKED * sizeof(uint64_t), "the public size of a state");
    lsi_stream_pack(&rng->stream, state->words);
    return LS_OK;
}

ls_status (ls_rng_restore)(const char *place, ls_rng *rng, const ls_rng_state *state)
{
    LSI_CALL("ls_rng_restore", place);
    if (!rng_check(rng)) {
        return lsi_report(lsi_pending_error());
    }
    if (!state) {
        return lsi_report(lsi_fail_null(2));
    }
    lsi_stream stream;
    if (!lsi_stream_unpack(&stream, state->words)) {
        return lsi_report(lsi_fail(LS_EFORMAT, "not the state of a generator, or damaged"));
    }
    rng->stream = stream;
    return LS_OK;
}

/* ---- draws ------------------------------------------------------------------------------------------------------- */

/* A draw as it was asked for. */
typedef struct request {
    ls_rng *rng;
    ls_dtype dtype;   /* of the result */
    ls_dtype compute; /* of the draw and the arithmetic around it */
    int ndim;
    int64_t count;
    int64_t shape[LS_MAX_NDIM];
} request;

static ls_status request_make(request *r, ls_rng *rng, ls_shape shape, ls_dtype dtype)
{
    if (!rng_check(rng)) {
        return lsi_pending_error();
    }
    r->rng = rng;
    r->dtype = dtype;
    r->compute = dtype;
    ls_status status = lsi_shape_check(shape, &r->ndim, r->shape);
    if (!status) {
        status = lsi_shape_count(r->ndim, r->shape, 8, &r->count);
    }
    return status ? status : lsi_init();
}

/* A request for real numbers: options and dtype. 16-bit floats are drawn as float32. */
static ls_status request_real(request *r, ls_rng *rng, ls_shape shape, const ls_random_options *given)
{
    ls_random_options options;
    ls_status status = lsi_options(&options, sizeof options, given);
    if (!status) {
        status = request_make(r, rng, shape, options.dtype ? options.dtype : LS_FLOAT64);
    }
    if (status) {
        return status;
    }
    if (lsi_dtype_kind(r->dtype) != LSI_KIND_FLOAT) {
        return lsi_fail(LS_EDTYPE, "%s is not a real floating dtype", lsi_dtype_name(r->dtype));
    }
    r->compute = lsi_dtype_is_half(r->dtype) ? LS_FLOAT32 : r->dtype;
    return LS_OK;
}

/* Takes the numbers off the stream and makes the node; `range` for integers, else NULL. */
static ls_array *draw_taking(const request *r, uint32_t kind, int64_t count, const uint64_t *range)
{
    const lsi_stream before = r->rng->stream;
    lsi_draw draw;
    if (!lsi_stream_take(&r->rng->stream, kind, count, &draw)) {
        lsi_fail(LS_EOVERFLOW, "the generator has fewer than %lld numbers left", (long long)count);
        return NULL;
    }
    if (range) {
        draw.range[0] = range[0];
        draw.range[1] = range[1];
        draw.range[2] = lsi_draw_threshold(kind, range[1]);
    }
    ls_array *a = lsi_array_from_draw(&draw, r->compute, r->ndim, r->shape);
    if (!a) {
        r->rng->stream = before;
    }
    return a;
}

static ls_array *draw_real(const request *r, uint32_t kind_f64, uint32_t kind_f32)
{
    return draw_taking(r, r->compute == LS_FLOAT64 ? kind_f64 : kind_f32, r->count, NULL);
}

/* `result` made of `part`, which nobody else knows. */
static ls_array *replacing(ls_array *part, ls_array *result)
{
    if (result != part) {
        ls_free(part);
    }
    return result;
}

/* The result in the dtype asked for, of the shape asked for: parameters that are arrays may have changed either. */
static ls_array *finish(const request *r, ls_array *a)
{
    if (!a) {
        return NULL;
    }
    bool same = a->ndim == r->ndim;
    for (int k = 0; same && k < r->ndim; k++) {
        same = lsi_array_shape(a)[k] == r->shape[k];
    }
    if (!same) {
        char asked[LSI_SHAPE_TEXT], became[LSI_SHAPE_TEXT];
        lsi_fail(LS_ESHAPE, "parameters stretch the shape %s to %s", lsi_shape_text(r->ndim, r->shape, asked),
                 lsi_shape_text(a->ndim, lsi_array_shape(a), became));
        return replacing(a, NULL);
    }
    return a->dtype == r->dtype ? a : replacing(a, lsi_array_cast(a, r->dtype));
}

/* shift + a * scale, each rounded; without a shift for NONE. */
static ls_array *affine(ls_array *a, ls_operand scale, ls_operand shift)
{
    if (!a) {
        return NULL;
    }
    a = replacing(a, lsi_array_map(LSI_OP_multiply, 2, (const ls_operand[]){scale, ls_operand_array(a)}));
    if (!a || shift.kind == LS_OPERAND_NONE) {
        return a;
    }
    return replacing(a, lsi_array_map(LSI_OP_add, 2, (const ls_operand[]){shift, ls_operand_array(a)}));
}

/* Everything a draw with parameters does once its parameters are known to make sense; on failure it never happened. */
static ls_array *drawn(const request *r, uint32_t kind_f64, uint32_t kind_f32, ls_operand scale, ls_operand shift)
{
    const lsi_stream before = r->rng->stream;
    ls_array *a = finish(r, affine(draw_real(r, kind_f64, kind_f32), scale, shift));
    if (!a) {
        r->rng->stream = before;
    }
    return a;
}

/* Whether the operand is a C number, and which. */
static bool number_of(ls_operand operand, double *number)
{
    switch (operand.kind) {
    case LS_OPERAND_BOOL:
    case LS_OPERAND_INT: *number = (double)operand.value.i; return true;
    case LS_OPERAND_UINT: *number = (double)operand.value.u; return true;
    case LS_OPERAND_FLOAT: *number = operand.value.f; return true;
    default: return false;
    }
}

/* Parameters are real numbers or arrays of real numbers. `position` counts the arguments. */
static ls_status parameter_check(ls_operand operand, int position, const char *name)
{
    if (operand.kind == LS_OPERAND_ARRAY) {
        const ls_array *a = lsi_array_check(operand.value.array, position);
        if (!a) {
            return lsi_pending_error();
        }
        if (lsi_dtype_kind(a->dtype) == LSI_KIND_COMPLEX) {
            return lsi_fail(LS_EDTYPE, "%s is complex (%s)", name, lsi_dtype_name(a->dtype));
        }
        return LS_OK;
    }
    double number;
    return number_of(operand, &number) ? LS_OK : lsi_fail(LS_EDTYPE, "%s is not a real number", name);
}

/* A parameter that may not be negative. */
static ls_status scale_check(ls_operand operand, int position, const char *name)
{
    double number;
    ls_status status = parameter_check(operand, position, name);
    if (!status && number_of(operand, &number) && !(number >= 0)) {
        return lsi_fail(LS_EARGUMENT, "%s %.17g is negative or not a number", name, number);
    }
    return status;
}

ls_array *(ls_random)(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *options)
{
    LSI_CALL("ls_random", place);
    request r;
    if (request_real(&r, rng, shape, options)) {
        return NULL;
    }
    return finish(&r, draw_real(&r, LSI_DRAW_UNIFORM_F64, LSI_DRAW_UNIFORM_F32));
}

ls_array *(ls_standard_normal)(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *options)
{
    LSI_CALL("ls_standard_normal", place);
    request r;
    if (request_real(&r, rng, shape, options)) {
        return NULL;
    }
    return finish(&r, draw_real(&r, LSI_DRAW_NORMAL_F64, LSI_DRAW_NORMAL_F32));
}

/* high - low as an operand. Two numbers are subtracted in float64, as NumPy does whatever the dtype; arrays, as arrays:
 * *made is theirs. */
static ls_status uniform_width(ls_operand low, ls_operand high, ls_operand *width, ls_array **made)
{
    double a, b;
    *made = NULL;
    if (number_of(low, &a) && number_of(high, &b)) {
        *width = ls_operand_f64(b - a);
        if (isfinite(b - a)) {
            return LS_OK;
        }
        return lsi_fail(LS_EARGUMENT, "the range from %.17g to %.17g is not finite", a, b);
    }
    *made = lsi_array_map(LSI_OP_subtract, 2, (const ls_operand[]){high, low});
    *width = ls_operand_array(*made);
    return *made ? LS_OK : lsi_pending_error();
}

ls_array *(ls_uniform)(const char *place, ls_rng *rng, ls_operand low, ls_operand high, ls_shape shape,
                       const ls_random_options *options)
{
    LSI_CALL("ls_uniform", place);
    request r;
    ls_operand width;
    ls_array *made;
    if (request_real(&r, rng, shape, options) || parameter_check(low, 2, "low") || parameter_check(high, 3, "high") ||
        uniform_width(low, high, &width, &made)) {
        return NULL;
    }
    ls_array *a = drawn(&r, LSI_DRAW_UNIFORM_F64, LSI_DRAW_UNIFORM_F32, width, low);
    ls_free(made);
    return a;
}

ls_array *(ls_normal)(const char *place, ls_rng *rng, ls_operand mean, ls_operand deviation, ls_shape shape,
                      const ls_random_options *options)
{
    LSI_CALL("ls_normal", place);
    request r;
    if (request_real(&r, rng, shape, options) || parameter_check(mean, 2, "mean") ||
        scale_check(deviation, 3, "deviation")) {
        return NULL;
    }
    return drawn(&r, LSI_DRAW_NORMAL_F64, LSI_DRAW_NORMAL_F32, deviation, mean);
}

ls_array *(ls_exponential)(const char *place, ls_rng *rng, ls_operand scale, ls_shape shape,
                           const ls_random_options *options)
{
    LSI_CALL("ls_exponential", place);
    request r;
    if (request_real(&r, rng, shape, options) || scale_check(scale, 2, "scale")) {
        return NULL;
    }
    return drawn(&r, LSI_DRAW_EXPONENTIAL_F64, LSI_DRAW_EXPONENTIAL_F32, scale, ls_operand_none());
}

ls_array *(ls_random_bits)(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *given)
{
    LSI_CALL("ls_random_bits", place);
    ls_random_options options;
    request r;
    if (lsi_options(&options, sizeof options, given) ||
        request_make(&r, rng, shape, options.dtype ? options.dtype : LS_UINT64)) {
        return NULL;
    }
    if (r.dtype != LS_UINT64 && r.dtype != LS_UINT32) {
        lsi_fail(LS_EDTYPE, "random bits come as uint64 or uint32, not %s", lsi_dtype_name(r.dtype));
        return NULL;
    }
    return draw_taking(&r, r.dtype == LS_UINT64 ? LSI_DRAW_BITS64 : LSI_DRAW_BITS32, r.count, NULL);
}

/* ---- integers ---------------------------------------------------------------------------------------------------- */

/* An integer of either sign as its distance from -2^63, in two words: orders and subtracts like the number. */
typedef struct bound {
    uint64_t high, low;
} bound;

static ls_status bound_of(ls_operand operand, const char *name, bound *out)
{
    switch (operand.kind) {
    case LS_OPERAND_BOOL:
    case LS_OPERAND_INT:
        *out = (bound){0, (uint64_t)operand.value.i + ((uint64_t)1 << 63)};
        return LS_OK;
    case LS_OPERAND_UINT:
        out->low = operand.value.u + ((uint64_t)1 << 63);
        out->high = operand.value.u >> 63;
        return LS_OK;
    case LS_OPERAND_ARRAY:
        return lsi_fail(LS_EARGUMENT, "%s is an array; integers are drawn between two numbers", name);
    default: return lsi_fail(LS_EDTYPE, "%s is not an integer", name);
    }
}

static bool below(bound a, bound b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

/* Decimal text of an operand that is an integer. */
static const char *integer_text(ls_operand operand, char text[24])
{
    if (operand.kind == LS_OPERAND_UINT) {
        snprintf(text, 24, "%llu", (unsigned long long)operand.value.u);
    } else {
        snprintf(text, 24, "%lld", (long long)operand.value.i);
    }
    return text;
}

/* The lowest and highest value of a dtype. */
static void dtype_bounds(ls_dtype dtype, bound *lowest, bound *highest)
{
    const unsigned bits = dtype == LS_BOOL ? 1 : 8 * (unsigned)lsi_dtype_size(dtype);
    const bool is_signed = lsi_dtype_kind(dtype) == LSI_KIND_INT;
    const uint64_t top = is_signed ? ((uint64_t)1 << (bits - 1)) - 1 : ~(uint64_t)0 >> (64 - bits);
    (void)bound_of(ls_operand_u64(top), "", highest);
    (void)bound_of(ls_operand_i64(is_signed ? -(int64_t)top - 1 : 0), "", lowest);
}

/* range[0]: the lowest value's bits; range[1]: how far above it the highest is. */
static ls_status integers_range(ls_operand low, ls_operand high, ls_dtype dtype, bool endpoint, uint64_t range[2])
{
    bound first = {0}, last = {0}, lowest, highest;
    char low_text[24], high_text[24];
    ls_status status = bound_of(low, "low", &first);
    if (!status) {
        status = bound_of(high, "high", &last);
    }
    if (status) {
        return status;
    }
    if (below(last, first) || (!endpoint && !below(first, last))) {
        return lsi_fail(LS_EARGUMENT, "there is no integer from %s to %s%s", integer_text(low, low_text),
                        endpoint ? "" : "below ", integer_text(high, high_text));
    }
    if (!endpoint) {
        last.high -= last.low == 0;
        last.low--;
    }
    dtype_bounds(dtype, &lowest, &highest);
    if (below(first, lowest) || below(highest, last)) {
        return lsi_fail(LS_EARGUMENT, "integers from %s to %s%s do not all fit %s", integer_text(low, low_text),
                        endpoint ? "" : "below ", integer_text(high, high_text), lsi_dtype_name(dtype));
    }
    range[0] = first.low - ((uint64_t)1 << 63);
    range[1] = last.low - first.low;
    return LS_OK;
}

ls_array *(ls_integers)(const char *place, ls_rng *rng, ls_operand low, ls_operand high, ls_shape shape,
                        const ls_integers_options *given)
{
    LSI_CALL("ls_integers", place);
    ls_integers_options options;
    request r;
    uint64_t range[2] = {0, 0};
    if (lsi_options(&options, sizeof options, given) ||
        request_make(&r, rng, shape, options.dtype ? options.dtype : LS_INT64)) {
        return NULL;
    }
    const lsi_kind kind = lsi_dtype_kind(r.dtype);
    if (kind != LSI_KIND_INT && kind != LSI_KIND_UINT && kind != LSI_KIND_BOOL) {
        lsi_fail(LS_EDTYPE, "%s is not an integer dtype", lsi_dtype_name(r.dtype));
        return NULL;
    }
    if (integers_range(low, high, r.dtype, options.endpoint, range)) {
        return NULL;
    }
    r.compute = r.dtype == LS_UINT64 ? LS_UINT64 : LS_INT64;
    const lsi_stream before = rng->stream;
    const uint32_t width = range[1] <= UINT32_MAX ? LSI_DRAW_INTEGERS32 : LSI_DRAW_INTEGERS64;
    ls_array *a = finish(&r, draw_taking(&r, width, range[1] ? r.count : 0, range));
    if (!a) {
        rng->stream = before;
    }
    return a;
}
