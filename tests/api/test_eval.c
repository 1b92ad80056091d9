/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expressions as text: NumPy's operators and precedence bit for bit (tests/vectors/api_eval.txt), the same nodes as the
 * calls make, and 200,000 texts of random bytes and tokens, which may be refused and must do nothing worse. */
#include "memory/prim.h"
#include "vectors.h"

enum { FUZZ = 200000 };

static ls_array *x, *y, *f, *i, *j, *u, *b;

/* As arrays() of make_api_vectors.py. */
static void make_arrays(void)
{
    const bool flags[3] = {true, false, true};
    x = ls_reshape(ls_sub(ls_mul(ls_arange(12.0), 0.75), 3), LS_SHAPE(3, 4));
    y = ls_reshape(ls_sub(5, ls_mul(ls_arange(12.0), 0.5)), LS_SHAPE(3, 4));
    f = ls_astype(ls_add(ls_mul(ls_arange(4), 0.3), 0.1), LS_FLOAT32);
    i = ls_reshape(ls_sub(ls_remainder(ls_mul(ls_arange(12), 5), 17), 8), LS_SHAPE(3, 4));
    j = ls_reshape(ls_add(ls_remainder(ls_arange(12), 5), 1), LS_SHAPE(3, 4));
    u = ls_astype(ls_mul(ls_arange(4), 60), LS_UINT8);
    b = ls_from_host(flags, LS_SHAPE(3, 1));
    CHECK_STATUS(ls_evaluate(x, y, f, i, j, u, b), LS_OK);
}

TEST(as_numpy)
{
    static vector_line line;
    FILE *file = fopen("tests/vectors/api_eval.txt", "r");
    int count = 0;
    if (!CHECK(file != NULL)) {
        return;
    }
    while (fgets(line.text, sizeof line.text, file)) {
        if (line.text[0] == '#' || !CHECK(vector_split(&line, 4))) {
            continue;
        }
        count++;
        LS_SCOPE {
            ls_array *a = ls_eval(line.columns[0], x, y, f, i, j, u, b);
            if (!CHECK(a && vector_matches(&line, a))) {
                vector_complain(&line, a);
                printf("  not %s %s\n", line.columns[1], line.columns[3]);
            }
            ls_clear_error();
        }
    }
    fclose(file);
    printf("  %d expressions\n", count);
    CHECK(count > 600);
}

static bool same_bits(const ls_array *p, const ls_array *q)
{
    uint64_t of_p[64], of_q[64];
    int64_t n = ls_size(p);
    ls_dtype dtype = ls_dtype_of(p);
    if (!p || !q || n > 32 || ls_size(q) != n || ls_ndim(p) != ls_ndim(q) || ls_dtype_of(q) != dtype) {
        return false;
    }
    return !ls_to_host_as(p, (void *)of_p, n, dtype) && !ls_to_host_as(q, (void *)of_q, n, dtype) &&
           memcmp(of_p, of_q, (size_t)n * ls_dtype_size(dtype)) == 0;
}

TEST(the_same_nodes_as_the_calls)
{
    LS_SCOPE {
        ls_array *m = ls_transpose(y);
        CHECK(same_bits(ls_eval("sin(x) * cos(y) + exp(-x*x)", x, y),
                        ls_add(ls_mul(ls_sin(x), ls_cos(y)), ls_exp(ls_mul(ls_negative(x), x)))));
        CHECK(same_bits(ls_eval("var(x, axis=1, ddof=1)", x), ls_var(x, .axis = LS_AXIS(1), .correction = 1)));
        CHECK(same_bits(ls_eval("mean(x, axis=(0, -1), keepdims=True)", x), ls_mean(x, .keepdims = true)));
        CHECK(same_bits(ls_eval("round(x @ m)", x, m), ls_round(ls_matmul(x, m))));
        CHECK(same_bits(ls_eval("clip(x, None, 2)", x), ls_clip(x, LS_NONE, 2)));
        CHECK(same_bits(ls_eval("clip(x, -1, None)", x), ls_clip(x, -1, LS_NONE)));
        CHECK(same_bits(ls_eval("x * 2j", x), ls_mul(x, ls_operand_c128(0, 2))));
        CHECK(same_bits(ls_eval("mul(x, sub(y, 1))", x, y), ls_mul(x, ls_sub(y, 1))));
        CHECK(same_bits(ls_eval("cumulative_prod(f)", f), ls_cumulative_prod(f)));
        CHECK(same_bits(ls_eval("x", x), x));
        double weak = 0.1;
        CHECK_EQ_INT(ls_dtype_of(ls_eval("f * weak + 1", f, weak)), LS_FLOAT32);
        CHECK(same_bits(ls_eval("f * weak", f, weak), ls_mul(f, weak)));
        CHECK_EQ_INT(ls_dtype_of(ls_eval("1 + 2")), LS_INT64);
        CHECK_EQ_INT(ls_dtype_of(ls_eval("1 / 2")), LS_FLOAT64);
        CHECK_EQ_INT(ls_dtype_of(ls_eval("True")), LS_BOOL);
        CHECK_EQ_INT(ls_error(), LS_OK);
    }
}

TEST(one_pass)
{
    LS_SCOPE {
        ls_work before = ls_work_done();
        CHECK_STATUS(ls_evaluate(ls_eval("sqrt(x*x + y*y) > 1", x, y)), LS_OK);
        CHECK_EQ_INT(ls_work_done().programs - before.programs, 1);
    }
}

TEST(sixteen_names)
{
    LS_SCOPE {
        ls_array *a = ls_arange(1), *c = a, *d = a, *g = a, *h = a, *k = a, *l = a, *m = a, *n = a, *o = a, *p = a;
        int64_t total = -1;
        const char *text = "a+c+d+g+h+k+l+m+n+o+p+q0+q1+q2+q3+q4";
        CHECK(ls_eval(text, a, c, d, g, h, k, l, m, n, o, p) == NULL); /* q0 is unknown */
        CHECK_STATUS(ls_error(), LS_ESYNTAX);
        ls_clear_error();
        int q0 = 1, q1 = 2, q2 = 3, q3 = 4, q4 = 5;
        ls_array *all = ls_eval(text, a, c, d, g, h, k, l, m, n, o, p, q0, q1, q2, q3, q4);
        CHECK_STATUS(ls_item(all, &total), LS_OK);
        CHECK_EQ_INT(total, 15);
    }
}

/* --- random texts --- */

static uint64_t state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 33) % n;
}

static const char *const tokens[] = {
    "x", "y", "i", "b", "f", "(", ")", "(", ")", ",", "+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|",
    "^", "~", "<", "<=", ">", ">=", "==", "!=", "=", "@", "1", "2", "0", "2.5", "1e3", "1e999", ".5", "0x1F",
    "9223372036854775808", "18446744073709551616", "2j", "sin(", "sum(", "sum(x, axis=0)", "max(", "where(",
    "clip(", "axis=", "keepdims=True", "correction=1", "None", "True", "False", "pi", "nan", "inf", "float32(",
    "int64(", "bool(", "cumulative_sum(", " ", "pow(", "unknown", "unknown(", "std(y,axis=(0,-1))", "[", "]",
    "#", "\"", "'", ";", "\\", "..", "1.2.3", "1e", "0x"};

static void random_text(char *text, size_t size)
{
    uint32_t style = random_below(4), length = 1 + random_below(style == 3 ? 300 : 24);
    size_t used = 0;
    for (uint32_t k = 0; k < length && used + 32 < size; k++) {
        if (style == 0) {
            text[used++] = (char)(1 + random_below(255));
        } else {
            const char *token = tokens[random_below(sizeof tokens / sizeof tokens[0])];
            used += (size_t)snprintf(text + used, size - used, "%s%s", token, random_below(3) ? "" : " ");
        }
    }
    text[used] = 0;
}

/* A text that is likely to be well-formed, then perhaps damaged at one place. */
static size_t grow(char *text, size_t used, int depth)
{
    static const char *const leaves[] = {"x", "y", "i", "b", "f", "2", "0.5", "pi", "True"};
    static const char *const ops[] = {"+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "<", "==", "@"};
    static const char *const calls[] = {"sin(", "sum(", "abs(", "(", "-(", "~(", "any(", "exp(", "float32(", "min("};
    if (depth == 0) {
        return used + (size_t)sprintf(text + used, "%s", leaves[random_below(9)]);
    }
    if (random_below(3) == 0) {
        used += (size_t)sprintf(text + used, "%s", calls[random_below(10)]);
        used = grow(text, used, depth - 1);
        return used + (size_t)sprintf(text + used, ")");
    }
    used = grow(text, used, depth - 1);
    used += (size_t)sprintf(text + used, "%s", ops[random_below(15)]);
    return grow(text, used, (int)random_below((uint32_t)depth));
}

TEST(random_texts_do_no_harm)
{
    static char text[8192];
    long accepted = 0, silent = 0;
    int64_t live = lsi_alloc_live();
    for (int k = 0; k < FUZZ; k++) {
        if (k % 2) {
            random_text(text, sizeof text);
        } else {
            size_t used = grow(text, 0, 1 + (int)random_below(5));
            if (k % 4 == 0) {
                text[random_below((uint32_t)used)] = (char)(32 + random_below(96));
            }
        }
        LS_SCOPE {
            ls_array *a = ls_eval(text, x, y, i, b, f);
            silent += !a && ls_error() == LS_OK;
            if (a && k % 16 == 0) {
                ls_status status = ls_evaluate(a);
                CHECK(status == LS_OK);
            }
            accepted += a != NULL;
            ls_clear_error();
        }
    }
    printf("  %d texts, %ld accepted\n", FUZZ, accepted);
    CHECK_EQ_INT(silent, 0); /* what is refused says why */
    CHECK(accepted > 1000 && accepted < FUZZ);
    const int64_t kept = ls_device_in_use().id == LS_HOST.id ? 0 : 4000; /* a GPU's kernels, once looked up */
    CHECK(lsi_alloc_live() < live + 50 + kept);
}

int main(void)
{
    make_arrays();
    RUN(as_numpy);
    RUN(the_same_nodes_as_the_calls);
    RUN(one_pass);
    RUN(sixteen_names);
    RUN(random_texts_do_no_harm);
    return check_report();
}
