/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What NVRTC makes of generated kernels: that it takes every test program's, and that its PTX holds no approximation,
 * no flush to zero, no sum or product that could still be contracted, and a fused multiply-add only where one was
 * written. Needs the library, no GPU; without the library it is skipped.
 *
 *   test_nvrtc part parts    the programs k with k % parts == part
 *   test_nvrtc times         single kernels, with the time each takes */
#include "device/compiler.h"
#include "device/generate.h"
#include "memory/prim.h"
#include "programs.h"
#include "support/check.h"
#include <stdlib.h>
#include <time.h>

enum { SKIPPED = 77, DRIVER = 13000, GPU_WITHOUT_MACHINE_CODE = 99 };

static const lsi_compiler *compiler;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* others may be busy here */
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* PTX for a GPU of an unknown future; else machine code of sm_90. */
static bool compile(const char *source, bool ptx, lsi_compiled *out)
{
    const lsi_compilation task = {.source = source, .name = "test.cu", .major = ptx ? GPU_WITHOUT_MACHINE_CODE : 9};
    lsi_text log = {0};
    const bool good = compiler->compile(compiler, &task, out, &log);
    if (!CHECK(good)) printf("%.3000s\n", log.bytes ? log.bytes : "");
    lsi_text_free(&log);
    return good;
}

/* ---- reading PTX ---- */

typedef struct findings {
    int approximate, flushing, contractible, fused;
} findings;

static bool is_instruction(const char *line, const char *start)
{
    return strncmp(line, start, strlen(start)) == 0;
}

/* A sum or product of floats must say .rn: without it ptxas may make one fused multiply-add of two. */
static bool may_be_contracted(const char *line)
{
    static const char *const loose[] = {"add.f", "sub.f", "mul.f", "mad.f", "add.ftz", "sub.ftz", "mul.ftz", "fma.f"};
    bool found = false;
    for (size_t k = 0; k < sizeof loose / sizeof *loose; k++) found |= is_instruction(line, loose[k]);
    return found;
}

static findings read_ptx(const char *text, size_t size)
{
    findings found = {0};
    char line[512];
    for (const char *at = text, *end = text + size; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        const size_t length = (size_t)(stop - at) < sizeof line - 1 ? (size_t)(stop - at) : sizeof line - 1;
        memcpy(line, at, length);
        line[length] = '\0';
        const char *word = line + strspn(line, " \t");
        if (*word == '@') word += strcspn(word, " \t"), word += strspn(word, " \t");
        found.approximate += strstr(word, ".approx") != NULL;
        found.flushing += strstr(word, ".ftz") != NULL;
        found.contractible += may_be_contracted(word);
        found.fused += is_instruction(word, "fma.rn");
        if (may_be_contracted(word) || strstr(word, ".approx") || strstr(word, ".ftz")) printf("  %s\n", word);
        at = stop + 1;
    }
    return found;
}

/* ---- all programs ---- */

static void add_program(int k, lsi_functions *functions, lsi_text *kernels)
{
    lsi_form form;
    lsi_form_launch launch;
    char name[32];
    test_program *test = test_program_make(k);
    snprintf(name, sizeof name, "program_%d", k);
    CHECK(lsi_form_make(&test->program, &form, &launch));
    CHECK(lsi_generate_kernel(&form, name, functions, kernels));
    test_program_free(test);
}

static void check_part(int part, int parts)
{
    lsi_functions functions = {0};
    lsi_text source = {0}, kernels = {0};
    lsi_compiled made;
    int count = 0;
    for (int k = part; k < test_program_count(); k += parts, count++) add_program(k, &functions, &kernels);
    lsi_generate_begin(&source);
    lsi_functions_write(&functions, &source);
    lsi_text_put(&source, kernels.bytes);
    const double start = seconds();
    if (compile(source.bytes, true, &made)) {
        CHECK(made.ptx);
        const findings found = read_ptx(made.bytes, made.size);
        CHECK_EQ_INT(found.approximate, 0);
        CHECK_EQ_INT(found.flushing, 0);
        CHECK_EQ_INT(found.contractible, 0);
        CHECK(found.fused > 0); /* the mathematical functions' own: the reader can see them */
        printf("%d kernels, %zu bytes of PTX, %.1f s\n", count, made.size, seconds() - start);
        lsi_dealloc(made.bytes);
    }
    lsi_text_free(&source);
    lsi_text_free(&kernels);
}

/* ---- single programs ---- */

static lsi_buffer memory[3] = {{.address = (void *)4096}, {.address = (void *)8192}, {.address = (void *)12288}};

/* One program over two dense sources, the second one drawn when `draws`, stored or reduced: its source. */
static void write_any(int ninstr, const lsi_instr *instrs, ls_dtype dtype, bool draws, const lsi_reduce_op *reduce,
                      lsi_text *out)
{
    const lsi_source sources[2] = {
        {.kind = LSI_SOURCE_BUFFER, .dtype = dtype, .strides = {1}, .buffer = &memory[0]},
        {.kind = draws ? LSI_SOURCE_DRAW : LSI_SOURCE_BUFFER, .dtype = dtype, .strides = {1}, .buffer = &memory[1],
         .draw.kind = dtype == LS_FLOAT64 ? LSI_DRAW_UNIFORM_F64 : LSI_DRAW_UNIFORM_F32}};
    const lsi_store store = {.value = 1 + ninstr, .buffer = &memory[2], .strides = {1}};
    const lsi_reduction reduction = {.op = reduce ? *reduce : LSI_REDUCE_sum, .value = 1 + ninstr, .dtype = dtype,
                                     .result = dtype, .buffer = &memory[2]};
    const lsi_program program = {.ndim = 1,
                                 .shape = {10000},
                                 .reduced = {reduce != NULL},
                                 .nsource = 2,
                                 .ninstr = ninstr,
                                 .nstore = !reduce,
                                 .nreduction = reduce != NULL,
                                 .sources = sources,
                                 .instrs = instrs,
                                 .stores = &store,
                                 .reductions = &reduction};
    lsi_form form;
    lsi_form_launch launch;
    CHECK(lsi_form_make(&program, &form, &launch));
    CHECK(lsi_generate(&form, out));
}

static void write_one(int ninstr, const lsi_instr *instrs, ls_dtype dtype, lsi_text *out)
{
    write_any(ninstr, instrs, dtype, false, NULL, out);
}

TEST(products_and_sums_stay_apart)
{
    const lsi_instr instrs[] = {{LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {0, 1, -1}},
                                {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {2, 1, -1}},
                                {LSI_OP_multiply, LS_FLOAT64, LS_FLOAT64, {3, 3, -1}},
                                {LSI_OP_subtract, LS_FLOAT64, LS_FLOAT64, {4, 0, -1}}};
    lsi_text source = {0};
    lsi_compiled made;
    write_one(4, instrs, LS_FLOAT64, &source);
    if (compile(source.bytes, true, &made)) {
        const findings found = read_ptx(made.bytes, made.size);
        CHECK_EQ_INT(found.fused, 0);
        CHECK_EQ_INT(found.contractible, 0);
        lsi_dealloc(made.bytes);
    }
    lsi_text_free(&source);
}

TEST(the_reader_of_ptx_sees_what_it_looks_for)
{
    static const char bad[] =
        "\tadd.f64 %fd1, %fd2, %fd3;\n\t@%p1 mul.ftz.f32 %f1, %f2, %f3;\n ex2.approx.f32 %f1, %f2;\n"
        "fma.rn.f64 %fd1;\nadd.rn.f64 %fd1;\nadd.s64 %rd1;";
    const findings found = read_ptx(bad, sizeof bad - 1);
    CHECK_EQ_INT(found.contractible, 2);
    CHECK_EQ_INT(found.flushing, 1);
    CHECK_EQ_INT(found.approximate, 1);
    CHECK_EQ_INT(found.fused, 1);
}

TEST(options_decide_the_arithmetic_and_the_key)
{
    const lsi_compilation h100 = {.source = "", .name = "", .major = 9, .minor = 0};
    const lsi_compilation h100_2 = {.source = "", .name = "", .major = 9, .minor = 2};
    const lsi_compilation future = {.source = "", .name = "", .major = GPU_WITHOUT_MACHINE_CODE};
    lsi_text one = {0}, two = {0}, three = {0};
    compiler->identify(compiler, &h100, &one);
    compiler->identify(compiler, &h100_2, &two);
    compiler->identify(compiler, &future, &three);
    CHECK(strstr(one.bytes, "--fmad=false") && strstr(one.bytes, "--ftz=false"));
    CHECK(strstr(one.bytes, "--prec-div=true") && strstr(one.bytes, "--prec-sqrt=true"));
    CHECK(strstr(one.bytes, "--gpu-architecture=sm_90\n") != NULL);
    CHECK(strstr(two.bytes, "--gpu-architecture=sm_90\n") !=
          NULL); /* the largest of that major which is not above it */
    CHECK(strstr(three.bytes, "--gpu-architecture=compute_") != NULL);
    lsi_text_free(&one);
    lsi_text_free(&two);
    lsi_text_free(&three);
}

TEST(errors_come_with_the_compilers_words)
{
    const lsi_compilation wrong = {
        .source = "extern \"C\" __global__ void k() { nonsense; }", .name = "mine.cu", .major = 9};
    const lsi_compilation old = {.source = "", .name = "", .major = 2};
    lsi_compiled made;
    lsi_text log = {0}, old_log = {0};
    CHECK(!compiler->compile(compiler, &wrong, &made, &log));
    CHECK(log.bytes && strstr(log.bytes, "nonsense") && strstr(log.bytes, "mine.cu"));
    CHECK(!compiler->compile(compiler, &old, &made, &old_log));
    CHECK(old_log.bytes && strstr(old_log.bytes, "2.0"));
    lsi_text_free(&log);
    lsi_text_free(&old_log);
}

TEST(more_than_2_to_the_31_elements_have_64_bit_indices)
{
    const lsi_source sources[2] = {
        {.kind = LSI_SOURCE_BUFFER, .dtype = LS_INT8, .strides = {4096, 1}, .buffer = &memory[0]},
        {.kind = LSI_SOURCE_BUFFER, .dtype = LS_INT8, .strides = {0, 1}, .buffer = &memory[1]}};
    const lsi_instr instr = {LSI_OP_add, LS_INT8, LS_INT8, {0, 1, -1}};
    const lsi_store store = {.value = 2, .buffer = &memory[2], .strides = {4096, 1}};
    const lsi_program program = {.ndim = 2, .shape = {1 << 20, 4096}, .nsource = 2, .ninstr = 1, .nstore = 1,
                                 .sources = sources, .instrs = &instr, .stores = &store};
    lsi_form form;
    lsi_form_launch launch;
    lsi_text source = {0};
    lsi_compiled made;
    CHECK(lsi_form_make(&program, &form, &launch));
    CHECK(form.wide && form.axes == 2);
    CHECK_EQ_INT((long long)launch.blocks * form.vector * LSI_FORM_THREADS, (long long)1 << 32);
    CHECK(lsi_generate(&form, &source));
    CHECK(strstr(source.bytes, "int64_t n0 = n1 / a.size1") != NULL);
    if (compile(source.bytes, false, &made)) lsi_dealloc(made.bytes);
    lsi_text_free(&source);
}

/* The best of three, in time of the processor: others may be busy here. */
static void time_one(const char *what, lsi_text *source)
{
    double best = 1e9;
    size_t size = 0;
    for (int round = 0; round < 3; round++) {
        lsi_compiled made;
        const double start = seconds();
        if (!compile(source->bytes, false, &made)) break;
        CHECK(!made.ptx);
        if (seconds() - start < best) best = seconds() - start;
        size = made.size;
        lsi_dealloc(made.bytes);
    }
    printf("  %-28s %6.1f ms, %5zu bytes of source, %6zu of machine code\n", what, best * 1e3, source->length, size);
    lsi_text_free(source);
}

static const lsi_instr sum[] = {{LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {0, 1, -1}}};
static const lsi_instr waves[] = {{LSI_OP_sin, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}},
                                  {LSI_OP_cos, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}},
                                  {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {2, 3, -1}}};
static const lsi_instr power[] = {{LSI_OP_pow, LS_FLOAT64, LS_FLOAT64, {0, 1, -1}}};
static const lsi_instr bell[] = {{LSI_OP_multiply, LS_FLOAT32, LS_FLOAT32, {0, 0, -1}},
                                 {LSI_OP_negative, LS_FLOAT32, LS_FLOAT32, {2, -1, -1}},
                                 {LSI_OP_exp, LS_FLOAT32, LS_FLOAT32, {3, -1, -1}},
                                 {LSI_OP_multiply, LS_FLOAT32, LS_FLOAT32, {4, 1, -1}}};

/* exp(x - max(x)) / sum(exp(x - max(x))) of rows of n float32, and the same with the variance of the exponentials as a
 * third reduction. */
static bool write_softmax(int64_t n, bool variance, lsi_form *form, lsi_text *out)
{
    const lsi_source sources[] = {{.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT32, .strides = {n, 1}, .buffer = &memory[0]},
                                  {.kind = LSI_SOURCE_RESULT, .dtype = LS_FLOAT32, .reduction = 0},
                                  {.kind = LSI_SOURCE_RESULT, .dtype = LS_FLOAT32, .reduction = variance ? 2 : 1}};
    const lsi_instr instrs[] = {{LSI_OP_subtract, LS_FLOAT32, LS_FLOAT32, {0, 1, -1}},
                                {LSI_OP_exp, LS_FLOAT32, LS_FLOAT32, {3, -1, -1}},
                                {LSI_OP_sqrt, LS_FLOAT32, LS_FLOAT32, {2, -1, -1}},
                                {LSI_OP_divide, LS_FLOAT32, LS_FLOAT32, {4, variance ? 5 : 2, -1}}};
    const lsi_store store = {.value = 6, .buffer = &memory[2], .strides = {n, 1}};
    const lsi_reduction reductions[] = {{.op = LSI_REDUCE_max, .value = 0, .dtype = LS_FLOAT32, .result = LS_FLOAT32},
                                        {.op = LSI_REDUCE_sum, .value = 4, .dtype = LS_FLOAT32, .result = LS_FLOAT32},
                                        {.op = LSI_REDUCE_var, .value = 4, .dtype = LS_FLOAT32, .result = LS_FLOAT32}};
    const lsi_program program = {.ndim = 2, .shape = {1000, n}, .reduced = {false, true}, .nsource = 3, .ninstr = 4,
                                 .nstore = 1, .nreduction = variance ? 3 : 2, .sources = sources, .instrs = instrs,
                                 .stores = &store, .reductions = reductions};
    lsi_form_launch launch;
    return CHECK(lsi_form_make(&program, form, &launch)) && CHECK(lsi_generate(form, out)) && CHECK(launch.blocks > 0);
}

TEST(single_kernels_compile_in_reasonable_time)
{
    static const lsi_reduce_op add = LSI_REDUCE_sum, variance = LSI_REDUCE_var, least = LSI_REDUCE_argmin;
    lsi_text source = {0};
    write_one(1, sum, LS_FLOAT64, &source);
    time_one("x + y", &source);
    write_one(3, waves, LS_FLOAT64, &source);
    time_one("sin(x) + cos(x)", &source);
    write_one(1, power, LS_FLOAT64, &source);
    time_one("pow(x, y)", &source);
    write_one(4, bell, LS_FLOAT32, &source);
    time_one("exp(-x*x) * y, float32", &source);
    write_any(1, sum, LS_FLOAT64, true, NULL, &source);
    time_one("x + random", &source);
    write_any(1, sum, LS_FLOAT64, false, &add, &source);
    time_one("sum(x + y)", &source);
    write_any(1, sum, LS_FLOAT64, true, &add, &source);
    time_one("sum(x + random)", &source);
    write_any(3, waves, LS_FLOAT64, false, &add, &source);
    time_one("sum(sin(x) + cos(x))", &source);
    write_any(1, sum, LS_FLOAT64, false, &variance, &source);
    time_one("var(x + y)", &source);
    write_any(4, bell, LS_FLOAT32, false, &least, &source);
    time_one("argmin(exp(-x*x) * y)", &source);
    lsi_form form;
    if (write_softmax(1000, false, &form, &source)) time_one("softmax, rows of 1000", &source);
    if (write_softmax(5000, false, &form, &source)) time_one("softmax, rows of 5000", &source);
}

/* Every reduction's kernel, and its PTX. */
TEST(reductions_compile_and_stay_exact)
{
    for (int op = 0; op < LSI_REDUCE_COUNT; op++) {
        const bool of_truth = op == LSI_REDUCE_any || op == LSI_REDUCE_all || op == LSI_REDUCE_count_nonzero;
        const lsi_instr truth[] = {{LSI_OP_logical_or, LS_BOOL, LS_BOOL, {0, 1, -1}}};
        const lsi_reduce_op reduce = (lsi_reduce_op)op;
        lsi_text source = {0};
        lsi_compiled made;
        write_any(1, of_truth ? truth : sum, of_truth ? LS_BOOL : LS_FLOAT64, false, &reduce, &source);
        if (compile(source.bytes, true, &made)) {
            const findings found = read_ptx(made.bytes, made.size);
            CHECK_EQ_INT(found.approximate + found.flushing + found.contractible, 0);
            CHECK_EQ_INT(found.fused, 0);
            lsi_dealloc(made.bytes);
        }
        lsi_text_free(&source);
    }
}

/* Four of them in one kernel, beside a store: the expression is there once, and what the kernel takes fits its launch. */
TEST(several_reductions_beside_a_store_compile)
{
    const lsi_source sources[2] = {{.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .strides = {10000, 1}, .buffer = &memory[0]},
                                   {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT64, .strides = {0, 1}, .buffer = &memory[1]}};
    const lsi_instr instrs[] = {{LSI_OP_sin, LS_FLOAT64, LS_FLOAT64, {0, -1, -1}},
                                {LSI_OP_add, LS_FLOAT64, LS_FLOAT64, {2, 1, -1}},
                                {LSI_OP_cast, LS_FLOAT64, LS_BOOL, {3, -1, -1}}};
    const lsi_store store = {.value = 3, .buffer = &memory[2], .strides = {10000, 1}};
    const lsi_reduction reductions[] = {{.op = LSI_REDUCE_sum, .value = 3, .dtype = LS_FLOAT64, .result = LS_FLOAT64},
                                        {.op = LSI_REDUCE_max, .value = 2, .dtype = LS_FLOAT64, .result = LS_FLOAT64},
                                        {.op = LSI_REDUCE_argmin, .value = 3, .dtype = LS_FLOAT64, .result = LS_INT64},
                                        {.op = LSI_REDUCE_any, .value = 4, .dtype = LS_BOOL, .result = LS_BOOL},
                                        {.op = LSI_REDUCE_prod, .value = 2, .dtype = LS_FLOAT64, .result = LS_FLOAT64}};
    lsi_program program = {.ndim = 2, .shape = {7, 10000}, .reduced = {false, true}, .nsource = 2, .ninstr = 3, .nstore = 1,
                           .nreduction = 4, .sources = sources, .instrs = instrs, .stores = &store, .reductions = reductions};
    lsi_form form;
    lsi_form_launch launch;
    lsi_text source = {0};
    lsi_compiled made;
    CHECK(lsi_form_make(&program, &form, &launch) && form.reduces == 4 && form.lanes == 2);
    CHECK(lsi_generate(&form, &source));
    const char *once = source.bytes ? strstr(source.bytes, "= ls_op_sin_f64(") : NULL;
    CHECK(once && !strstr(once + 1, "= ls_op_sin_f64("));
    if (compile(source.bytes, true, &made)) {
        const findings found = read_ptx(made.bytes, made.size);
        CHECK_EQ_INT(found.approximate + found.flushing + found.contractible, 0);
        lsi_dealloc(made.bytes);
    }
    lsi_text_free(&source);
    /* What has no kernel of its own: five, and two readings of what is stored over. */
    program.nreduction = 5;
    CHECK(!lsi_form_make(&program, &form, &launch));
    const lsi_reduction twice = {.op = LSI_REDUCE_var, .value = 3, .dtype = LS_FLOAT64, .result = LS_FLOAT64};
    program.nreduction = 1, program.reductions = &twice;
    CHECK(lsi_form_make(&program, &form, &launch));
    const lsi_store back = {.value = 3, .buffer = &memory[1], .strides = {10000, 1}};
    program.stores = &back;
    CHECK(!lsi_form_make(&program, &form, &launch));
}

/* Accumulators of 4, 8 and 16 bytes: each thread has the neighbours of the widest. */
TEST(sums_of_unlike_sizes_share_a_kernel)
{
    const lsi_source source = {.kind = LSI_SOURCE_BUFFER, .dtype = LS_FLOAT32, .strides = {1}, .buffer = &memory[0]};
    const lsi_instr instrs[] = {{LSI_OP_cast, LS_FLOAT32, LS_FLOAT64, {0, -1, -1}},
                                {LSI_OP_cast, LS_FLOAT32, LS_COMPLEX128, {0, -1, -1}}};
    const lsi_reduction reductions[] = {{.op = LSI_REDUCE_std, .value = 0, .dtype = LS_FLOAT32, .result = LS_FLOAT32},
                                        {.op = LSI_REDUCE_sum, .value = 1, .dtype = LS_FLOAT64, .result = LS_FLOAT64},
                                        {.op = LSI_REDUCE_prod, .value = 2, .dtype = LS_COMPLEX128, .result = LS_COMPLEX128}};
    lsi_program program = {.ndim = 1, .shape = {10000}, .reduced = {true}, .nsource = 1, .ninstr = 2, .sources = &source,
                           .instrs = instrs, .reductions = reductions};
    for (program.nreduction = 1; program.nreduction <= 3; program.nreduction++) {
        lsi_form form;
        lsi_form_launch launch;
        lsi_text text = {0};
        lsi_compiled made;
        CHECK(lsi_form_make(&program, &form, &launch) && lsi_generate(&form, &text));
        CHECK_EQ_INT(form.lanes, 8 >> program.nreduction);
        if (compile(text.bytes, true, &made)) {
            const findings found = read_ptx(made.bytes, made.size);
            CHECK_EQ_INT(found.approximate + found.flushing + found.contractible, 0);
            CHECK(strstr(made.bytes, ".local") == NULL); /* accumulators are registers */
            lsi_dealloc(made.bytes);
        }
        lsi_text_free(&text);
    }
}

static int times_in(const char *text, const char *words)
{
    int times = 0;
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++) times++;
    return times;
}

/* Three passes over a row by four lanes, sixteen, a warp and a block; all they hold is in registers. */
TEST(a_softmax_is_one_kernel)
{
    static const struct { int64_t n; int width, vector, holds; } cases[] = {
        {8, 4, 4, 1}, {62, 16, 1, 1}, {128, 32, 4, 1}, {1024, 32, 4, 1}, {1028, 0, 4, 1}, {LSI_ROW_MOST, 0, 4, 0}};
    for (size_t k = 0; k < 2 * sizeof cases / sizeof *cases; k++) {
        lsi_form form;
        lsi_text source = {0};
        lsi_compiled made;
        if (!write_softmax(cases[k / 2].n, k % 2, &form, &source)) continue;
        CHECK_EQ_INT(form.passes, 3);
        CHECK_EQ_INT(form.width, cases[k / 2].width);
        CHECK_EQ_INT(form.vector, cases[k / 2].vector);
        CHECK_EQ_INT(form.holds, cases[k / 2].holds);
        CHECK_EQ_INT(times_in(source.bytes, "= ls_op_exp_f32("), cases[k / 2].holds ? 1 : 2); /* held, or computed again */
        if (compile(source.bytes, true, &made)) {
            const findings found = read_ptx(made.bytes, made.size);
            CHECK_EQ_INT(found.approximate + found.flushing + found.contractible, 0);
            CHECK(strstr(made.bytes, ".local") == NULL);
            lsi_dealloc(made.bytes);
        }
        lsi_text_free(&source);
    }
}

int main(int argc, char **argv)
{
    char reason[256];
    compiler = lsi_compiler_open(DRIVER, reason, sizeof reason);
    if (!compiler) {
        printf("skipped: %s\n", reason);
        return SKIPPED;
    }
    printf("%s\n", compiler->name);
    if (argc == 3) {
        check_part(atoi(argv[1]), atoi(argv[2]));
    } else {
        RUN(the_reader_of_ptx_sees_what_it_looks_for);
        RUN(options_decide_the_arithmetic_and_the_key);
        RUN(products_and_sums_stay_apart);
        RUN(errors_come_with_the_compilers_words);
        RUN(more_than_2_to_the_31_elements_have_64_bit_indices);
        RUN(reductions_compile_and_stay_exact);
        RUN(several_reductions_beside_a_store_compile);
        RUN(sums_of_unlike_sizes_share_a_kernel);
        RUN(a_softmax_is_one_kernel);
        RUN(single_kernels_compile_in_reasonable_time);
    }
    return check_report();
}
