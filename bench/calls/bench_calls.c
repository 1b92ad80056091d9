/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a call costs: nanoseconds per turn of loops around single calls of the public API, beside what the parts cannot
 * do without (malloc and free, the loop over the elements in plain C). Figures are the best of interleaved rounds.
 *
 *   bench_calls [rounds] [part of a name]    only the rows whose names contain the part */
#include <lockstep.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIZES = 5 };
static const int64_t sizes[SIZES] = {1, 10, 100, 1000, 10000};

static ls_array *a[SIZES], *b[SIZES], *out[SIZES], *r, *step, *zero_d;
static double *x[SIZES], *y[SIZES], *z[SIZES];
static int64_t failures;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void note(ls_status status)
{
    failures += status != LS_OK;
}

/* --- the rows: `turns` turns each; k is the number of the size --- */

static void make_evaluate(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            ls_array *c = ls_add(a[k], b[k]);
            note(ls_evaluate(c));
        }
    }
}

static void make_only(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            failures += ls_add(a[k], b[k]) == NULL;
        }
    }
}

static void make_evaluate_free(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        ls_array *c = ls_add(a[k], b[k]);
        note(ls_evaluate(c));
        ls_free(c);
    }
}

static void add_number(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            ls_array *c = ls_add(a[k], 1.5);
            note(ls_evaluate(c));
        }
    }
}

static void add_into(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) note(ls_add_into(out[k], a[k], b[k]));
}

static void set_evaluate(int64_t turns, int k)
{
    (void)k;
    for (int64_t i = 0; i < turns; i++) {
        ls_set(&r, ls_add(r, step));
        note(ls_evaluate(r));
    }
}

static void chain4(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            ls_array *c = ls_multiply(ls_subtract(ls_multiply(ls_add(a[k], b[k]), a[k]), b[k]), a[k]);
            note(ls_evaluate(c));
        }
    }
}

static void chain4_into(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            note(ls_multiply_into(out[k], ls_subtract(ls_multiply(ls_add(a[k], b[k]), a[k]), b[k]), a[k]));
        }
    }
}

static void sum_item(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            double total;
            note(ls_item(ls_sum(a[k]), &total));
        }
    }
}

static void item(int64_t turns, int k)
{
    (void)k;
    for (int64_t i = 0; i < turns; i++) {
        double value;
        note(ls_item(zero_d, &value));
    }
}

static void zeros(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            failures += ls_zeros(LS_SHAPE(sizes[k])) == NULL;
        }
    }
}

static void zeros_evaluate(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            note(ls_evaluate(ls_zeros(LS_SHAPE(sizes[k]))));
        }
    }
}

static void view(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            failures += ls_at(a[k], "0:1") == NULL;
        }
    }
}

static void eval_text(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            ls_array *p = a[k], *q = b[k];
            note(ls_evaluate(ls_eval("(p + q) * p - q", p, q)));
        }
    }
}

static void empty_scope(int64_t turns, int k)
{
    (void)k;
    for (int64_t i = 0; i < turns; i++) {
        LS_SCOPE {
            __asm__ volatile("");
        }
    }
}

static void malloc_free(int64_t turns, int k)
{
    for (int64_t i = 0; i < turns; i++) {
        void *volatile block = malloc((size_t)sizes[k] * 8);
        free(block);
    }
}

static void plain_loop(int64_t turns, int k)
{
    const double *restrict p = x[k], *restrict q = y[k];
    double *restrict to = z[k];
    for (int64_t i = 0; i < turns; i++) {
        for (int64_t j = 0; j < sizes[k]; j++) to[j] = p[j] + q[j];
        __asm__ volatile("" : : "r"(to) : "memory");
    }
}

typedef struct row {
    const char *name;
    void (*run)(int64_t turns, int k);
    int from, to; /* sizes */
    double best[SIZES];
} row;

static row rows[] = {
    {"limit: plain C loop of a + b", plain_loop, 0, SIZES, {0}},
    {"limit: malloc, free", malloc_free, 0, SIZES, {0}},
    {"scope { }", empty_scope, 2, 3, {0}},
    {"scope { a + b }, not evaluated", make_only, 2, 3, {0}},
    {"scope { evaluate(a + b) }", make_evaluate, 0, SIZES, {0}},
    {"evaluate(a + b), free", make_evaluate_free, 2, 3, {0}},
    {"scope { evaluate(a + 1.5) }", add_number, 2, 3, {0}},
    {"add_into(out, a, b)", add_into, 0, SIZES, {0}},
    {"set(&r, r + step), evaluate(r)", set_evaluate, 2, 3, {0}},
    {"scope { evaluate(chain of 4) }", chain4, 0, SIZES, {0}},
    {"scope { chain of 4 into out }", chain4_into, 2, 3, {0}},
    {"scope { item(sum(a)) }", sum_item, 2, 4, {0}},
    {"item(0-d)", item, 2, 3, {0}},
    {"scope { zeros }", zeros, 2, 3, {0}},
    {"scope { evaluate(zeros) }", zeros_evaluate, 2, 3, {0}},
    {"scope { at(a, \"0:1\") }", view, 2, 3, {0}},
    {"scope { evaluate(eval(text)) }", eval_text, 2, 3, {0}},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void measure(row *w, int k)
{
    const int64_t turns = k == SIZES - 1 ? 200 : k == SIZES - 2 ? 1000 : 3000;
    const double start = now();
    w->run(turns, k);
    const double each = (now() - start) / (double)turns;
    if (w->best[k] == 0 || each < w->best[k]) w->best[k] = each;
}

static int prepare(void)
{
    for (int k = 0; k < SIZES; k++) {
        a[k] = ls_linspace(0.5, 2, sizes[k]);
        b[k] = ls_linspace(1, 3, sizes[k]);
        out[k] = ls_zeros(LS_SHAPE(sizes[k]));
        if (ls_evaluate(a[k], b[k], out[k])) return ls_perror("bench_calls");
        x[k] = calloc((size_t)sizes[k], sizeof *x[k]);
        y[k] = calloc((size_t)sizes[k], sizeof *y[k]);
        z[k] = calloc((size_t)sizes[k], sizeof *z[k]);
        if (!x[k] || !y[k] || !z[k]) return 1;
    }
    r = ls_zeros(LS_SHAPE(100));
    step = ls_full(LS_SHAPE(100), 1.0);
    zero_d = ls_sum(a[2]);
    return ls_evaluate(r, step, zero_d) ? ls_perror("bench_calls") : 0;
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? atoi(argv[1]) : 40;
    const char *part = argc > 2 ? argv[2] : "";
    if (prepare()) return 1;
    for (int round = 0; round < rounds; round++)
        for (size_t i = 0; i < ROWS; i++)
            for (int k = rows[i].from; strstr(rows[i].name, part) && k < rows[i].to; k++) measure(&rows[i], k);
    if (failures) return ls_perror("bench_calls");
    printf("ns per turn, float64; elements:");
    for (int k = 0; k < SIZES; k++) printf("%9lld", (long long)sizes[k]);
    printf("\n");
    for (size_t i = 0; i < ROWS; i++) {
        if (!strstr(rows[i].name, part)) continue;
        printf("%-32s", rows[i].name);
        for (int k = 0; k < SIZES; k++)
            if (k >= rows[i].from && k < rows[i].to) printf("%9.1f", rows[i].best[k]);
            else printf("%9s", "");
        printf("\n");
    }
    return 0;
}
