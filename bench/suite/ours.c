/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker that runs this library's side of the suite, on the public API alone: makes the inputs, evaluates rows as
 * often as the driver asks, and says what the results are, so that the driver can compare them with the peers'.
 *
 * Without arguments it serves the driver (worker.h). `bench_suite_ours once KEY DTYPE MODE N SHAPE` runs one row once
 * and prints the peak memory of the process: for cold starts and memory. `bench_suite_ours list` names the rows. */
#include "ours.h"
#include "worker.h"
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const row *const tables[] = {elementwise_rows, reduce_rows, layout_rows, program_rows, matmul_rows, other_rows};
enum { TABLES = sizeof tables / sizeof *tables };

static const row *find_row(const char *key)
{
    for (int t = 0; t < TABLES; t++)
        for (const row *r = tables[t]; r->key; r++)
            if (!strcmp(r->key, key)) return r;
    return NULL;
}

/* --- inputs: at most PERIOD numbers of NumPy's Philox stream, repeated as often as it takes, so that they cost little.
 * The last array of each letter is kept for the rows to come. inputs.py makes the same. --- */

enum { PERIOD = 1000003 };
typedef struct input {
    char letter;
    ls_dtype dtype;
    ls_array *values; /* one axis */
} input;
static input inputs[5] = {{.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}, {.letter = 'd'}, {.letter = 'w'}};

static ls_array *period_of(char letter, ls_dtype dtype, int64_t n)
{
    ls_array *u = ls_random(ls_rng_new(letter), LS_SHAPE(n < PERIOD ? n : PERIOD));
    if (letter == 'w') u = ls_subtract(ls_multiply(u, 200), 100);
    if (letter == 'd') u = ls_add(u, 0.5);
    if (dtype == LS_INT32 || dtype == LS_INT64) u = ls_floor(ls_multiply(u, 100));
    return ls_astype(u, dtype);
}

/* Inputs as large as this are kept only while a row needs them, and so is the pool's memory. */
enum { BIG = 10000000, KEPT_BYTES = 1 << 30 };

static void keep_only(const char *letters)
{
    for (input *in = inputs; in < inputs + sizeof inputs / sizeof *inputs; in++)
        if (!strchr(letters, in->letter)) ls_release(in->values), in->values = NULL;
    if (ls_memory_trim(LS_HOST, KEPT_BYTES)) ls_clear_error();
}

static ls_array *values_of(char letter, ls_dtype dtype, int64_t n)
{
    input *in = inputs;
    while (in->letter != letter) in++;
    if (in->values && in->dtype == dtype && ls_size(in->values) == n) return in->values;
    ls_release(in->values);
    in->values = NULL, in->dtype = dtype;
    LS_SCOPE {
        ls_array *period = period_of(letter, dtype, n), *all = ls_empty(LS_SHAPE(n), .dtype = dtype);
        if (ls_evaluate(period)) return NULL;
        for (int64_t at = 0; at < n; at += PERIOD) LS_SCOPE {
            const int64_t end = at + PERIOD < n ? at + PERIOD : n;
            const ls_array *part = ls_at(all, "%lld:%lld", (long long)at, (long long)end);
            if (ls_assign(part, ls_at(period, ":%lld", (long long)(end - at)))) return NULL;
        }
        in->values = ls_retain(all);
    }
    return in->values;
}

/* --- the row in hand --- */

static job current;
static const row *chosen;
static bool reuses, starts_cold; /* the modes out and first */
static ls_array *out;
static double known;

static ls_dtype dtype_of(const char *name)
{
    static const struct { const char *name; ls_dtype dtype; } names[] = {
        {"f64", LS_FLOAT64}, {"f32", LS_FLOAT32}, {"i32", LS_INT32}, {"i64", LS_INT64}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i].name, name)) return names[i].dtype;
    return LS_DTYPE_DEFAULT;
}

static ls_array **slot_of(char letter)
{
    switch (letter) {
    case 'a': return &current.a;
    case 'b': return &current.b;
    case 'c': return &current.c;
    case 'd': return &current.d;
    default: return &current.w;
    }
}

static void finish(void)
{
    for (const char *l = "abcdw"; *l; l++) ls_release(*slot_of(*l)), *slot_of(*l) = NULL;
    ls_release(out);
    if (*current.path) unlink(current.path);
    out = NULL, chosen = NULL, *current.path = 0;
}

static bool make_inputs(const char *letters)
{
    if (current.n >= BIG) keep_only(letters);
    for (const char *l = letters; *l; l++) LS_SCOPE {
        ls_array **slot = slot_of(*l), *values = values_of(*l, current.dtype, current.n);
        ls_array *shaped = ls_reshape(values, current.size);
        if (!shaped || ls_evaluate(shaped)) return false;
        *slot = ls_retain(shaped);
    }
    return true;
}

static ls_array *result(void)
{
    return chosen->make ? chosen->make(&current) : NULL;
}

/* One call as a program would write it: what is made is freed at the end of the scope. */
static bool one_call(void *context, double *untimed)
{
    (void)context;
    if (starts_cold) {
        const double start = now();
        if (ls_memory_trim(LS_HOST, 0)) return false;
        *untimed += now() - start;
    }
    bool good = false;
    LS_SCOPE good = reuses ? !chosen->into(&current, out) : !ls_evaluate(result());
    return good;
}

static const char *setup(const request *r)
{
    finish();
    chosen = find_row(r->key);
    const ls_dtype dtype = dtype_of(r->dtype);
    if (!chosen || !dtype) return "none";
    current = (job){.dtype = dtype, .n = r->n, .ndim = r->ndim, .rng = current.rng, .rng32 = current.rng32};
    memcpy(current.shape, r->shape, sizeof current.shape);
    current.size = (ls_shape){r->ndim, current.shape};
    known = 0;
    reuses = !strcmp(r->mode, "out") || !chosen->make, starts_cold = !strcmp(r->mode, "first");
    if (reuses && !chosen->into) return "none";
    const char *folder = getenv("LOCKSTEP_BENCH_SCRATCH");
    if (!strcmp(r->key, "load") || !strcmp(r->key, "save"))
        snprintf(current.path, sizeof current.path, "%s/ours-%ld.npy", folder ? folder : "/tmp", (long)getpid());
    if (!make_inputs(chosen->inputs)) return "error";
    if (*current.path && ls_save(current.path, current.a)) return "error";
    if (reuses && chosen->make) LS_SCOPE {
        ls_array *first = result();
        if (ls_evaluate(first)) return "error";
        out = ls_retain(ls_copy(first));
        if (ls_evaluate(out)) return "error";
    }
    return NULL;
}

/* --- answers: count, sum, sum of squares and some elements of the result, as text --- */

enum { SAMPLES = 16 };

static bool print_answer(void)
{
    LS_SCOPE {
        if (!one_call(NULL, &(double){0})) return false;
        ls_array *a = *current.path && reuses ? ls_load(current.path) : reuses ? out : result();
        ls_array *flat = ls_ravel(a);
        const ls_dtype dtype = ls_dtype_of(flat);
        /* By hand, not by the sums that are being measured; a piece at a time, so that it takes little memory. */
        double sum = 0, squares = 0, sample[SAMPLES] = {0};
        static double piece[1 << 16];
        const int64_t n = ls_size(flat), most = sizeof piece / sizeof *piece;
        if (n < 0 || ls_evaluate(flat)) return false;
        for (int64_t at = 0; at < n; at += most) LS_SCOPE {
            const int64_t count = n - at < most ? n - at : most;
            const ls_array *part = ls_at(flat, "%lld:%lld", (long long)at, (long long)(at + count));
            if (ls_to_host(part, piece, count)) return false;
            for (int64_t i = 0; i < count; i++) sum += piece[i], squares += piece[i] * piece[i];
            for (int64_t s = 0; s < SAMPLES; s++) {
                const int64_t place = s * (n - 1) / (SAMPLES - 1);
                if (place >= at && place < at + count) sample[s] = piece[place - at];
            }
        }
        printf("ok %s %lld %.17g %.17g", ls_dtype_name(dtype), (long long)n, sum, squares);
        for (int s = 0; s < SAMPLES; s++) printf(" %.17g", sample[s]);
        putchar('\n');
    }
    return true;
}

/* --- hello --- */

static void put_fact(void *context, const char *section, const char *key, const char *value)
{
    const char *wanted[] = {"version", "isa", "threads", "BLAS"};
    (void)context, (void)section;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!strcmp(key, wanted[i])) printf("\t%s=%s", key, value);
    if (strcmp(key, "BLAS")) return;
    /* The library's path is the last word; it is loaded already. */
    const char *path = strrchr(value, ' ');
    void *blas = path ? dlopen(path + 1, RTLD_NOW | RTLD_NOLOAD) : NULL;
    char *(*core)(void) = NULL;
    if (blas) *(void **)&core = dlsym(blas, "openblas_get_corename");
    if (core) printf("\tBLAS core=%s", core());
}

static void hello(void)
{
    printf("ok\tname=ours");
    if (ls_info(put_fact, NULL)) printf("\terror=%s", ls_error_message());
    putchar('\n');
}

static void print_error(void)
{
    printf("error %s\n", ls_error_message());
    ls_clear_error();
}

/* --- commands of the shell --- */

static int list(void)
{
    for (int t = 0; t < TABLES; t++)
        for (const row *r = tables[t]; r->key; r++) puts(r->key);
    return 0;
}

static int print_peak(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6)) printf("peak %s", line + 6);
    return status ? fclose(status) : 0;
}

static int once(char **words)
{
    request r = {.n = strtoll(words[3], NULL, 10)};
    snprintf(r.key, sizeof r.key, "%s", words[0]);
    snprintf(r.dtype, sizeof r.dtype, "%s", words[1]);
    snprintf(r.mode, sizeof r.mode, "%s", words[2]);
    char *rest = NULL;
    for (char *size = strtok_r(words[4], ",", &rest); size && r.ndim < 4; size = strtok_r(NULL, ",", &rest))
        r.shape[r.ndim++] = strtoll(size, NULL, 10);
    if (setup(&r) || !one_call(NULL, &(double){0})) return ls_perror(r.key);
    puts("done");
    fflush(stdout);
    return print_peak();
}

static void serve(const request *r)
{
    const char *problem = NULL;
    int64_t calls = 0;
    if (!strcmp(r->verb, "hello")) {
        hello();
    } else if (!strcmp(r->verb, "setup")) {
        problem = setup(r);
        if (problem && !strcmp(problem, "none")) puts(problem);
        else if (problem || !print_answer()) print_error();
    } else if (!strcmp(r->verb, "time")) {
        const double ns = time_calls(one_call, NULL, r->milliseconds, &known, &calls);
        if (ns < 0) print_error();
        else printf("ok %.3f %lld\n", ns, (long long)calls);
    } else {
        finish();
        puts("ok");
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "list")) return list();
    current.rng = ls_rng_new(42);
    current.rng32 = ls_rng_new(42, .engine = LS_PHILOX4X32);
    if (argc == 7 && !strcmp(argv[1], "once")) return once(argv + 2);
    for (request r; next_request(&r);) {
        LS_SCOPE serve(&r);
        fflush(stdout);
    }
    finish();
    return 0;
}
