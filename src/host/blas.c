/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens a CBLAS when the first fast product asks for one, and calls it without copies. Nothing is linked: a machine
 * without a BLAS, or LOCKSTEP_BLAS=off, means our own kernels.
 *
 * Which is the faster. On AVX-512 real matrices are multiplied by our exact kernels without a look for a library:
 * opening it takes 12 ms, and then it is no faster (own_is_best). Elsewhere OpenBLAS chooses a core of kernels by the
 * CPU's model, and on a model younger than itself a core of old: five times slower than our exact kernels. So it is asked
 * for its core, and not used where that has narrower vectors than the instruction set we run. LOCKSTEP_BLAS=on, or a
 * path, uses the library all the same.
 *
 * Which library. LOCKSTEP_BLAS names one by absolute path, and then no other is tried. Else OpenBLAS: its OpenMP build
 * first, because it shares our threads instead of bringing a second set, then whatever libopenblas.so.0 is. What was
 * really opened is asked of the library, since distributions put either build behind that name. A build with 64-bit
 * integers is refused: the calls below pass int.
 *
 * The library's results carry its own rounding: for each output |error| <= k * eps * sum over p of |x_p| |y_p| (twice
 * that for complex), whatever its order of addition. */
#include "host/blas.h"
#include "backend.h"
#include "host/isa.h"
#include "host/parallel.h"
#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 }; /* CBLAS's numbers */
enum { BLAS_SEQUENTIAL, BLAS_PTHREADS, BLAS_OPENMP };       /* openblas_get_parallel's */

typedef struct blas {
    void (*sgemm)(int order, int a_form, int b_form, int m, int n, int k, float alpha, const float *a, int a_ld,
                  const float *b, int b_ld, float beta, float *c, int c_ld);
    void (*dgemm)(int order, int a_form, int b_form, int m, int n, int k, double alpha, const double *a, int a_ld,
                  const double *b, int b_ld, double beta, double *c, int c_ld);
    void (*cgemm)(int order, int a_form, int b_form, int m, int n, int k, const void *alpha, const void *a, int a_ld,
                  const void *b, int b_ld, const void *beta, void *c, int c_ld);
    void (*zgemm)(int order, int a_form, int b_form, int m, int n, int k, const void *alpha, const void *a, int a_ld,
                  const void *b, int b_ld, const void *beta, void *c, int c_ld);
    void (*sgemv)(int order, int form, int m, int n, float alpha, const float *a, int a_ld, const float *x, int x_step,
                  float beta, float *y, int y_step);
    void (*dgemv)(int order, int form, int m, int n, double alpha, const double *a, int a_ld, const double *x,
                  int x_step, double beta, double *y, int y_step);
    int (*get_threads)(void);        /* of an OpenMP build: the calling thread's own setting */
    void (*set_threads)(int threads);
    bool usable;
    int threading;
    char description[512];
} blas;

static blas library;
static pthread_once_t library_opened = PTHREAD_ONCE_INIT;
static bool wished; /* by the user: called even where our kernels are the faster */
static pthread_once_t wish_read = PTHREAD_ONCE_INIT;

/* --- opening --- */

static bool find(void *handle, const char *name, void *pointer)
{
    void *symbol = dlsym(handle, name);
    memcpy(pointer, &symbol, sizeof symbol); /* ISO C has no conversion to a function pointer */
    return symbol != NULL;
}

static void describe(const char *text, const char *detail)
{
    snprintf(library.description, sizeof library.description, "none, own kernels (%s%s)", text, detail);
}

static const char *path_of(void *handle)
{
    struct link_map *map = NULL;
    return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map->l_name ? map->l_name : "";
}

/* Multiply-adds of float32 per instruction, of OpenBLAS's cores for x86-64. A core that is not here is younger than
 * this table, or of another architecture: as good as any. */
static int core_width(const char *core)
{
    static const struct { const char *name; int width; } cores[] = {
        {"Prescott", 2}, {"Core2", 2}, {"Penryn", 2}, {"Dunnington", 2}, {"Nehalem", 2}, {"Athlon", 2}, {"Opteron", 2},
        {"Opteron_SSE3", 2}, {"Barcelona", 2}, {"Bobcat", 2}, {"Atom", 2}, {"Nano", 2}, {"Banias", 2},
        {"Katmai", 2}, {"Coppermine", 2}, {"Northwood", 2}, {"Generic", 2}, {"Sandybridge", 4}, {"Bulldozer", 4},
        {"Piledriver", 4}, {"Steamroller", 4}, {"Excavator", 4}, {"Haswell", 8}, {"Zen", 8}};
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcasecmp(core, cores[i].name) == 0) return cores[i].width;
    return 16;
}

/* The same of our kernels; without fused multiply-adds they are no match for any library. */
static int own_width(void)
{
#if defined(__x86_64__)
    static const int widths[LSI_ISA_COUNT] = {0, 8, 16};
    return widths[lsi_isa_current()];
#else
    return 0;
#endif
}

/* Whether a library whose vectors are as wide as ours is no faster with real matrices, so that there is no need to know
 * whether there is one. On AVX-512 our kernels are at 1.0 to 1.3 of OpenBLAS (0.3.30, SkylakeX) from 128 x 128 on, at 0.99
 * with 4096; at about 2 with 16 steps of depth or fewer; and at 0.8 to 0.95 between 32 and 100, where it takes thousands
 * of products to make up for the opening (bench_matmul). */
static bool own_is_best(void)
{
    return lsi_isa_current() == LSI_ISA_AVX512;
}

/* How the library threads, and how it is told to use fewer. */
static void find_threading(void *handle)
{
    int (*get_parallel)(void);
    library.threading = find(handle, "openblas_get_parallel", &get_parallel) ? get_parallel() : BLAS_SEQUENTIAL;
    const bool openmp = library.threading == BLAS_OPENMP;
    if (library.threading == BLAS_SEQUENTIAL ||
        !find(handle, openmp ? "omp_get_max_threads" : "openblas_get_num_threads", &library.get_threads) ||
        !find(handle, openmp ? "omp_set_num_threads" : "openblas_set_num_threads", &library.set_threads))
        library.set_threads = NULL;
}

static bool take(void *handle)
{
    static const char *const threading[] = {"one thread", "its own threads", "OpenMP"};
    const char *(*get_config)(void) = NULL;
    const char *config = find(handle, "openblas_get_config", &get_config) ? get_config() : "unknown CBLAS";
    if (strstr(config, "USE64BITINT")) {
        describe("64-bit integers in ", path_of(handle));
        return false;
    }
    if (!find(handle, "cblas_sgemm", &library.sgemm) || !find(handle, "cblas_dgemm", &library.dgemm) ||
        !find(handle, "cblas_cgemm", &library.cgemm) || !find(handle, "cblas_zgemm", &library.zgemm) ||
        !find(handle, "cblas_sgemv", &library.sgemv) || !find(handle, "cblas_dgemv", &library.dgemv)) {
        describe("no CBLAS in ", path_of(handle));
        return false;
    }
    find_threading(handle);
    const char *how = library.threading >= 0 && library.threading <= BLAS_OPENMP ? threading[library.threading] : "?";
    const char *(*get_core)(void) = NULL;
    const char *core = find(handle, "openblas_get_corename", &get_core) ? get_core() : "unknown";
    char found[sizeof library.description - 64];
    snprintf(found, sizeof found, "%s; threads: %s; %s", config, how, path_of(handle));
    library.usable = wished || core_width(core) >= own_width();
    if (library.usable)
        snprintf(library.description, sizeof library.description, "%s%s",
                 !wished && own_is_best() ? "own kernels for real matrices, else " : "", found);
    else
        snprintf(library.description, sizeof library.description,
                 "own kernels: core %.16s is slower (%s)", core, found);
    return true;
}

static bool try_open(const char *name)
{
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return false;
    if (take(handle)) return true; /* never closed: threads may be running in it */
    dlclose(handle);
    return false;
}

static void read_wish(void)
{
    const char *wish = secure_getenv("LOCKSTEP_BLAS");
    wished = wish && (strcmp(wish, "on") == 0 || wish[0] == '/');
}

static void open_library(void)
{
    pthread_once(&wish_read, read_wish);
    static const char *const names[] = {
#if defined(__x86_64__)
        "/usr/lib/x86_64-linux-gnu/openblas-openmp/libopenblas.so.0",
#elif defined(__aarch64__)
        "/usr/lib/aarch64-linux-gnu/openblas-openmp/libopenblas.so.0",
#endif
        "libopenblaso.so.0", "libopenblas.so.0"};
    const char *wish = secure_getenv("LOCKSTEP_BLAS");
    describe("no libopenblas.so.0 found", "");
    if (wish && strcmp(wish, "off") == 0) {
        describe("LOCKSTEP_BLAS=off", "");
    } else if (wish && wish[0] == '/') {
        describe("cannot open ", wish);
        try_open(wish);
    } else if (wish && *wish && strcmp(wish, "on") != 0) {
        describe("LOCKSTEP_BLAS is neither \"on\", \"off\" nor an absolute path: ", wish);
    } else {
        for (size_t i = 0; i < sizeof names / sizeof *names && !try_open(names[i]); i++) continue;
    }
}

const char *lsi_blas_description(void)
{
    pthread_once(&library_opened, open_library);
    return library.description;
}

/* --- calling --- */

/* A matrix as the BLAS knows it, row-major: as it is or transposed, rows `ld` elements apart. */
typedef struct form {
    int kind; /* AS_IT_IS, TRANSPOSED, 0: neither */
    int64_t ld;
} form;

/* Strides of axes of size 1 do not matter, and then a leading dimension is made up. */
static form form_of(int64_t rows, int64_t cols, int64_t row, int64_t col)
{
    if ((col == 1 || cols == 1) && (row >= cols || rows == 1)) return (form){AS_IT_IS, rows == 1 ? cols : row};
    if ((row == 1 || rows == 1) && (col >= rows || cols == 1)) return (form){TRANSPOSED, cols == 1 ? rows : col};
    return (form){0, 0};
}

typedef struct call {
    ls_dtype dtype;
    form x, y;
    int64_t m, n, k, out_ld;
} call;

/* The task in row-major terms: an output stored by columns is the transposed product stored by rows. */
static bool plan(lsi_matmul *task, call *c)
{
    form out = form_of(task->m, task->n, task->out_row, task->out_col);
    if (out.kind == TRANSPOSED) {
        lsi_matmul t = *task;
        t.m = task->n, t.n = task->m;
        t.x = task->y, t.x_offset = task->y_offset, t.x_row = task->y_col, t.x_col = task->y_row;
        t.y = task->x, t.y_offset = task->x_offset, t.y_row = task->x_col, t.y_col = task->x_row;
        memcpy(t.x_batch, task->y_batch, sizeof t.x_batch);
        memcpy(t.y_batch, task->x_batch, sizeof t.y_batch);
        t.out_row = task->out_col, t.out_col = task->out_row;
        *task = t;
        out = form_of(t.m, t.n, t.out_row, t.out_col);
    }
    c->dtype = task->dtype;
    c->x = form_of(task->m, task->k, task->x_row, task->x_col);
    c->y = form_of(task->k, task->n, task->y_row, task->y_col);
    c->m = task->m, c->n = task->n, c->k = task->k, c->out_ld = out.ld;
    return out.kind == AS_IT_IS && c->x.kind && c->y.kind && task->m <= INT_MAX && task->n <= INT_MAX &&
           task->k <= INT_MAX && c->x.ld <= INT_MAX && c->y.ld <= INT_MAX && out.ld <= INT_MAX;
}

/* A matrix of which one side is 1, as the vector of a gemv. */
static int step_of(form f, bool is_row)
{
    return (f.kind == AS_IT_IS) == is_row ? 1 : (int)f.ld;
}

static void multiply_vector(const call *c, const void *x, const void *y, void *out)
{
    const bool right = c->n == 1; /* out = x * vector, else out^T = y^T * vector */
    const form matrix = right ? c->x : c->y;
    const int64_t rows = right ? c->m : c->k, cols = right ? c->k : c->n;
    const int kind = right ? matrix.kind : matrix.kind == AS_IT_IS ? TRANSPOSED : AS_IT_IS;
    const bool stored_as_is = matrix.kind == AS_IT_IS;
    const int stored_rows = (int)(stored_as_is ? rows : cols), stored_cols = (int)(stored_as_is ? cols : rows);
    const void *a = right ? x : y, *v = right ? y : x;
    const int v_step = right ? step_of(c->y, false) : step_of(c->x, true);
    const int out_step = right ? (int)c->out_ld : 1;
    if (c->dtype == LS_FLOAT32)
        library.sgemv(ROW_MAJOR, kind, stored_rows, stored_cols, 1, a, (int)matrix.ld, v, v_step, 0, out, out_step);
    else
        library.dgemv(ROW_MAJOR, kind, stored_rows, stored_cols, 1, a, (int)matrix.ld, v, v_step, 0, out, out_step);
}

static void multiply(const call *c, const void *x, const void *y, void *out)
{
    static const float one[2] = {1, 0}, zero[2] = {0, 0};
    static const double one_wide[2] = {1, 0}, zero_wide[2] = {0, 0};
    const int m = (int)c->m, n = (int)c->n, k = (int)c->k;
    const int x_ld = (int)c->x.ld, y_ld = (int)c->y.ld, out_ld = (int)c->out_ld;
    switch (c->dtype) {
    case LS_FLOAT32:
        library.sgemm(ROW_MAJOR, c->x.kind, c->y.kind, m, n, k, 1, x, x_ld, y, y_ld, 0, out, out_ld);
        break;
    case LS_FLOAT64:
        library.dgemm(ROW_MAJOR, c->x.kind, c->y.kind, m, n, k, 1, x, x_ld, y, y_ld, 0, out, out_ld);
        break;
    case LS_COMPLEX64:
        library.cgemm(ROW_MAJOR, c->x.kind, c->y.kind, m, n, k, one, x, x_ld, y, y_ld, zero, out, out_ld);
        break;
    default:
        library.zgemm(ROW_MAJOR, c->x.kind, c->y.kind, m, n, k, one_wide, x, x_ld, y, y_ld, zero_wide, out, out_ld);
    }
}

static void multiply_batches(const lsi_matmul *task, const call *c)
{
    const int64_t size = (int64_t)lsi_dtype_size(task->dtype);
    const bool vector = (task->m == 1 || task->n == 1) && (c->dtype == LS_FLOAT32 || c->dtype == LS_FLOAT64);
    int64_t batches = 1;
    for (int axis = 0; axis < task->nbatch; axis++) batches *= task->batch[axis];
    for (int64_t b = 0; b < batches; b++) {
        int64_t x = task->x_offset, y = task->y_offset, out = task->out_offset, rest = b;
        for (int axis = task->nbatch - 1; axis >= 0; axis--) {
            const int64_t at = rest % task->batch[axis];
            rest /= task->batch[axis];
            x += at * task->x_batch[axis];
            y += at * task->y_batch[axis];
            out += at * task->out_batch[axis];
        }
        (vector ? multiply_vector : multiply)(c, (const char *)task->x->address + x * size,
                                              (const char *)task->y->address + y * size,
                                              (char *)task->out->address + out * size);
    }
}

/* Products below these sizes are sooner done by our own kernels: no call into a library, and batches in parallel. */
static bool worth_calling(const lsi_matmul *task)
{
    enum { SMALLEST = 32 * 32 * 32, SMALLEST_VECTOR = 64 * 64, SMALLEST_IN_BATCH = 256 * 256 * 256 };
    const double work = (double)task->m * (double)task->n * (double)task->k;
    if (task->m == 1 && task->n == 1) return false; /* our dot reads memory as fast as it comes */
    if (task->nbatch > 0) return work >= SMALLEST_IN_BATCH;
    return work >= (task->m == 1 || task->n == 1 ? SMALLEST_VECTOR : SMALLEST);
}

static bool own_is_faster(const lsi_matmul *task)
{
    return own_is_best() && (task->dtype == LS_FLOAT32 || task->dtype == LS_FLOAT64) && task->m != 1 && task->n != 1;
}

ls_status lsi_blas_matmul(const lsi_matmul *given)
{
    const ls_dtype dtype = given->dtype;
    if (dtype != LS_FLOAT32 && dtype != LS_FLOAT64 && dtype != LS_COMPLEX64 && dtype != LS_COMPLEX128)
        return (ls_status)LSI_DECLINED;
    lsi_matmul task = *given;
    call c;
    if (given->k == 0 || !worth_calling(given) || !plan(&task, &c)) return (ls_status)LSI_DECLINED;
    pthread_once(&wish_read, read_wish);
    if (!wished && own_is_faster(given)) return (ls_status)LSI_DECLINED;
    pthread_once(&library_opened, open_library);
    if (!library.usable) return (ls_status)LSI_DECLINED;
    const int threads = lsi_parallel_threads();
    const int before = library.set_threads ? library.get_threads() : threads;
    if (before != threads) library.set_threads(threads);
    multiply_batches(&task, &c);
    if (before != threads && library.threading == BLAS_OPENMP) library.set_threads(before);
    return LS_OK;
}
