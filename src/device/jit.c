/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tier 1: programs as kernels of their own. Decides when a program is worth compiling, remembers what was compiled, and
 * runs it. Because a result's bits do not depend on fusion, tier 0 runs a program until its kernel is there, and nobody
 * waits for a compiler.
 *
 *   LOCKSTEP_JIT=background   (default) a program seen twice, or large, is compiled by one thread beside the others
 *   LOCKSTEP_JIT=wait         every program is compiled before it runs
 *   LOCKSTEP_JIT=off          never
 *
 * The compiler is opened with the first program that is worth it. No lock is held while something is compiled. */
#include "device/jit.h"
#include "core/error.h"
#include "device/build_kernel.h"
#include "device/generate.h"
#include "device/jit_reduce.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 1024, MOST_KERNELS = 512, SEEN_OFTEN = 2, LARGE = 1 << 22, LOG_SHOWN = 600 };
enum { LONG_ROW = 2 * 1024 }; /* a few of them, a block each, would leave the other multiprocessors idle */

typedef enum mode { MODE_OFF, MODE_BACKGROUND, MODE_WAIT } mode;
typedef enum stage { SEEN, QUEUED, COMPILING, READY, FAILED } stage;

/* A program's form and its kernel; for a user's source the key alone. */
typedef struct entry {
    struct entry *next;             /* of its slot */
    struct entry *newer, *older;    /* by last use */
    struct entry *queued;           /* after it in the queue */
    uint64_t hash;
    bool user;
    unsigned char key[LSI_SHA256_BYTES]; /* user's */
    stage stage;
    int seen, users;                /* users: threads between finding and launching it */
    lsi_library library;
    lsi_function function;
    lsi_form form;                  /* not the user's */
} entry;

struct lsi_jit {
    pthread_mutex_t lock;
    pthread_cond_t work, change;    /* something is queued; some entry came to a new stage */
    mode mode;
    pid_t process;                  /* a child of a fork has no thread, and maybe a held lock */
    lsi_device *device;
    entry *slots[SLOTS], *newest, *oldest, *first, *last;
    int count;
    bool thread_runs, busy;
    volatile bool stop;
    pthread_t thread;
    bool opened;                    /* the compiler was asked for */
    const lsi_compiler *compiler;
    lsi_jit_cache cache;
    lsi_jit_stats stats;
    char reason[256];               /* why there is no compiler */
    char failure[256];              /* of the last program that did not compile */
    struct lsi_jit *another;        /* of the process, for the end */
};

typedef struct lsi_jit lsi_jit;

static lsi_jit *all;
static pthread_mutex_t all_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- making ---- */

static mode wanted_mode(void)
{
    const char *wish = secure_getenv("LOCKSTEP_JIT");
    if (wish && strcmp(wish, "off") == 0) return MODE_OFF;
    if (wish && strcmp(wish, "wait") == 0) return MODE_WAIT;
    return MODE_BACKGROUND;
}

static lsi_jit *make(lsi_device *device)
{
    lsi_jit *jit = lsi_alloc(1, sizeof *jit);
    if (!jit) return NULL;
    jit->device = device;
    jit->mode = wanted_mode();
    jit->process = getpid();
    jit->cache.folder = -1;
    pthread_mutex_init(&jit->lock, NULL);
    pthread_cond_init(&jit->work, NULL);
    pthread_cond_init(&jit->change, NULL);
    jit->another = all;
    all = jit;
    return jit;
}

/* The device's; NULL when out of memory or in a forked child. */
static lsi_jit *jit_of(lsi_device *device)
{
    lsi_jit *jit = __atomic_load_n(&device->jit, __ATOMIC_ACQUIRE);
    if (!jit) {
        pthread_mutex_lock(&all_lock);
        jit = device->jit ? device->jit : make(device);
        __atomic_store_n(&device->jit, jit, __ATOMIC_RELEASE);
        pthread_mutex_unlock(&all_lock);
    }
    return jit && jit->process == getpid() ? jit : NULL;
}

/* Before the compiler's own end: no thread may be inside it then. */
static void stop_threads(void)
{
    for (lsi_jit *jit = all; jit; jit = jit->another) {
        if (jit->process != getpid()) return;
        pthread_mutex_lock(&jit->lock);
        const bool runs = jit->thread_runs;
        jit->stop = true;
        jit->thread_runs = false;
        pthread_cond_broadcast(&jit->work);
        pthread_mutex_unlock(&jit->lock);
        if (runs) pthread_join(jit->thread, NULL);
    }
}

static void register_end(void)
{
    (void)atexit(stop_threads);
}

/* Asked for by every compilation; loads a large library the first time. */
static const lsi_compiler *compiler_of(lsi_jit *jit)
{
    static pthread_once_t at_exit = PTHREAD_ONCE_INIT;
    static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&opening);
    if (!jit->opened) {
        int driver = 0;
        (void)jit->device->cuda->driver_version(&driver);
        jit->compiler = lsi_compiler_open(driver, jit->reason, sizeof jit->reason);
        if (jit->compiler) lsi_jit_cache_open(&jit->cache, secure_getenv("LOCKSTEP_JIT_CACHE"));
        __atomic_store_n(&jit->opened, true, __ATOMIC_RELEASE);
        /* registered after the compiler was loaded, so called before it ends */
        (void)pthread_once(&at_exit, register_end);
    }
    pthread_mutex_unlock(&opening);
    return jit->compiler;
}

/* ---- the table; with the lock ---- */

static void unlink_use(lsi_jit *jit, entry *e)
{
    if (e->newer) e->newer->older = e->older;
    else jit->newest = e->older;
    if (e->older) e->older->newer = e->newer;
    else jit->oldest = e->newer;
}

static void link_newest(lsi_jit *jit, entry *e)
{
    e->newer = NULL;
    e->older = jit->newest;
    if (jit->newest) jit->newest->newer = e;
    else jit->oldest = e;
    jit->newest = e;
}

static void use_now(lsi_jit *jit, entry *e)
{
    if (jit->newest == e) return;
    unlink_use(jit, e);
    link_newest(jit, e);
}

static entry *find_form(lsi_jit *jit, uint64_t hash, const lsi_form *form)
{
    entry *e = jit->slots[hash % SLOTS];
    while (e && (e->user || e->hash != hash || !lsi_form_equal(&e->form, form))) e = e->next;
    return e;
}

static entry *find_user(lsi_jit *jit, const unsigned char key[LSI_SHA256_BYTES])
{
    uint64_t hash;
    memcpy(&hash, key, sizeof hash);
    entry *e = jit->slots[hash % SLOTS];
    while (e && (!e->user || memcmp(e->key, key, LSI_SHA256_BYTES) != 0)) e = e->next;
    return e;
}

static void forget(lsi_jit *jit, entry *e)
{
    entry **at = &jit->slots[e->hash % SLOTS];
    while (*at != e) at = &(*at)->next;
    *at = e->next;
    unlink_use(jit, e);
    jit->count--;
    lsi_dealloc(e);
}

/* Makes room for one more: what has no kernel goes first. Kernels are let go by trim(), which may take a while. */
static bool make_room(lsi_jit *jit)
{
    if (jit->count < MOST_KERNELS) return true;
    for (entry *e = jit->oldest; e; e = e->newer) {
        if ((e->stage != SEEN && e->stage != FAILED) || e->users > 0) continue;
        forget(jit, e);
        return true;
    }
    return jit->count < 2 * MOST_KERNELS;
}

static entry *add(lsi_jit *jit, uint64_t hash)
{
    entry *e = make_room(jit) ? lsi_alloc(1, sizeof *e) : NULL;
    if (!e) return NULL;
    e->hash = hash;
    e->next = jit->slots[hash % SLOTS];
    jit->slots[hash % SLOTS] = e;
    link_newest(jit, e);
    jit->count++;
    return e;
}

/* ---- compiling; called and left with the lock, without it in between ---- */

/* Lets kernels go, longest unused first, while there are too many. Work that is enqueued may still need their code. */
static void trim(lsi_jit *jit)
{
    while (jit->count > MOST_KERNELS) {
        entry *e = jit->oldest;
        while (e && (e->stage != READY || e->users > 0)) e = e->newer;
        if (!e) return;
        const lsi_library library = e->library;
        forget(jit, e);
        jit->stats.kernels--;
        pthread_mutex_unlock(&jit->lock);
        lsi_context before;
        (void)lsi_device_wait(&jit->device->backend, (lsi_ticket){0, 0});
        if (lsi_device_enter(jit->device, &before) == 0) {
            (void)jit->device->cuda->library_unload(library);
            lsi_device_leave(jit->device, before);
        }
        pthread_mutex_lock(&jit->lock);
    }
}

static void note_end(lsi_jit *jit, entry *e, bool good, const lsi_built *built, const lsi_text *log)
{
    e->stage = good ? READY : FAILED;
    e->library = built->library;
    e->function = built->function;
    jit->stats.kernels += good;
    jit->stats.failed += !good;
    jit->stats.from_disk += good && built->from_disk;
    jit->stats.compiled += good && !built->from_disk;
    jit->stats.milliseconds += built->milliseconds;
    if (!good) snprintf(jit->failure, sizeof jit->failure, "%.250s", log->bytes ? log->bytes : "out of memory");
    pthread_cond_broadcast(&jit->change);
}

/* The entry's stage is COMPILING, which keeps it. */
static void compile_form(lsi_jit *jit, entry *e)
{
    lsi_text source = {0}, log = {0};
    lsi_built built = {0};
    char name[LSI_GENERATED_NAME];
    e->stage = COMPILING;
    pthread_mutex_unlock(&jit->lock);
    const lsi_compiler *compiler = compiler_of(jit);
    lsi_generated_name(&e->form, name);
    bool good = compiler && lsi_generate(&e->form, &source);
    if (good) {
        const lsi_compilation task = {.source = source.bytes, .name = "lockstep.cu", .major = jit->device->major,
                                      .minor = jit->device->minor, .stop = &jit->stop};
        good = lsi_build_kernel(jit->device, compiler, &jit->cache, &task, name, &built, &log);
    } else {
        lsi_text_put(&log, compiler ? "the program has no source" : jit->reason);
    }
    pthread_mutex_lock(&jit->lock);
    note_end(jit, e, good, &built, &log);
    lsi_text_free(&source);
    lsi_text_free(&log);
    trim(jit);
}

/* ---- the thread beside the others ---- */

static void *compile_queued(void *context)
{
    lsi_jit *jit = context;
    pthread_mutex_lock(&jit->lock);
    while (!jit->stop) {
        entry *e = jit->first;
        if (!e) {
            pthread_cond_wait(&jit->work, &jit->lock);
            continue;
        }
        jit->first = e->queued;
        if (!jit->first) jit->last = NULL;
        jit->busy = true;
        compile_form(jit, e);
        jit->busy = false;
        pthread_cond_broadcast(&jit->change);
    }
    pthread_mutex_unlock(&jit->lock);
    return NULL;
}

/* Signals are for the program's own threads. */
static bool start_thread(lsi_jit *jit)
{
    sigset_t every, before;
    if (jit->thread_runs) return true;
    if (jit->stop) return false;
    sigfillset(&every);
    pthread_sigmask(SIG_SETMASK, &every, &before);
    jit->thread_runs = pthread_create(&jit->thread, NULL, compile_queued, jit) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return jit->thread_runs;
}

static void enqueue(lsi_jit *jit, entry *e)
{
    if (!start_thread(jit)) return;
    e->stage = QUEUED;
    e->queued = NULL;
    if (jit->last) jit->last->queued = e;
    else jit->first = e;
    jit->last = e;
    pthread_cond_signal(&jit->work);
}

/* ---- running ---- */

static int64_t elements_of(const lsi_program *program)
{
    int64_t count = 1;
    for (int d = 0; d < program->ndim; d++) count *= program->shape[d];
    return count;
}

/* With the lock: the entry of a kernel that is ready, held for its launch, or NULL. */
static entry *hold_ready(lsi_jit *jit, const lsi_form *form, int64_t elements)
{
    const uint64_t hash = lsi_form_hash(form);
    entry *e = find_form(jit, hash, form);
    if (!e) {
        e = add(jit, hash);
        if (!e) return NULL;
        e->form = *form;
    }
    use_now(jit, e);
    if (e->stage == SEEN) {
        e->seen++;
        if (jit->mode == MODE_WAIT) compile_form(jit, e);
        else if (e->seen >= SEEN_OFTEN || elements >= LARGE) enqueue(jit, e);
    }
    while (jit->mode == MODE_WAIT && (e->stage == COMPILING || e->stage == QUEUED))
        pthread_cond_wait(&jit->change, &jit->lock);
    if (e->stage != READY) return NULL;
    e->users++;
    return e;
}

static ls_status launch(lsi_device *device, const lsi_program *program, lsi_function function,
                        lsi_form_launch *what, lsi_ticket *done)
{
    lsi_work work;
    lsi_work_begin(&work, device, program->function, program->place);
    for (int i = 0; i < program->nsource; i++)
        if (program->sources[i].kind == LSI_SOURCE_BUFFER) lsi_work_reads(&work, program->sources[i].buffer);
    for (int t = 0; t < program->nstore; t++) lsi_work_writes(&work, program->stores[t].buffer);
    for (int q = 0; q < program->nreduction; q++)
        if (program->reductions[q].buffer) lsi_work_writes(&work, program->reductions[q].buffer);
    if (program->nreduction && !lsi_program_has_rows(program))
        lsi_jit_reduction_run(&work, program, function, what);
    else if (lsi_work_enter(&work))
        lsi_work_launch_parts(&work, function, (int64_t)what->blocks, LSI_FORM_THREADS, what->shared, what->args,
                              what->size, what->begin_at, elements_of(program));
    return lsi_work_end(&work, done);
}

/* Kernels are made, as far as one can tell. */
static bool has_compiler(const lsi_jit *jit)
{
    return jit && jit->mode != MODE_OFF && (!__atomic_load_n(&jit->opened, __ATOMIC_ACQUIRE) || jit->compiler);
}

bool lsi_jit_rows_fit(lsi_backend *backend, int64_t rows, int64_t length)
{
    lsi_device *device = lsi_device_of(backend);
    const bool enough = length <= LONG_ROW || rows >= device->multiprocessors;
    return !atomic_load_explicit(&device->lost, memory_order_relaxed) && length <= LSI_ROW_MOST && enough &&
           has_compiler(jit_of(device));
}

ls_status lsi_jit_run(lsi_device *device, const lsi_program *program, lsi_ticket *done)
{
    lsi_form form;
    lsi_form_launch what;
    lsi_jit *jit = jit_of(device);
    if (!has_compiler(jit)) return (ls_status)LSI_DECLINED;
    if (!lsi_form_make(program, &form, &what) || what.blocks == 0) return (ls_status)LSI_DECLINED;
    if (form.passes && !lsi_jit_rows_suit(device, &form, &what)) return (ls_status)LSI_DECLINED;
    if (form.reduces && !form.passes && !lsi_jit_reduction_suits(program, &form)) return (ls_status)LSI_DECLINED;
    pthread_mutex_lock(&jit->lock);
    entry *e = hold_ready(jit, &form, elements_of(program));
    jit->stats.runs += e != NULL;
    jit->stats.declined += e == NULL;
    pthread_mutex_unlock(&jit->lock);
    if (!e) return (ls_status)LSI_DECLINED;
    const ls_status status = launch(device, program, e->function, &what, done);
    pthread_mutex_lock(&jit->lock);
    e->users--;
    pthread_mutex_unlock(&jit->lock);
    return status;
}

/* ---- a user's own source ---- */

static void user_key(const char *source, const char *name, const char *const *options,
                     unsigned char key[LSI_SHA256_BYTES])
{
    lsi_sha256 hash;
    lsi_sha256_begin(&hash);
    lsi_sha256_add(&hash, source, strlen(source) + 1);
    lsi_sha256_add(&hash, name, strlen(name) + 1);
    for (int k = 0; options && options[k]; k++) lsi_sha256_add(&hash, options[k], strlen(options[k]) + 1);
    lsi_sha256_end(&hash, key);
}

/* The driver has no lock of ours around it: two threads may compile the same source, and one of them keeps it. */
static lsi_function keep_user(lsi_jit *jit, const unsigned char key[LSI_SHA256_BYTES], const lsi_built *built)
{
    uint64_t hash;
    memcpy(&hash, key, sizeof hash);
    pthread_mutex_lock(&jit->lock);
    entry *e = find_user(jit, key);
    if (!e && (e = add(jit, hash)) != NULL) {
        e->user = true;
        e->users = 1; /* for good: the user may launch it whenever he likes */
        memcpy(e->key, key, LSI_SHA256_BYTES);
        const lsi_text none = {0};
        note_end(jit, e, true, built, &none);
    }
    const lsi_function function = e ? e->function : built->function;
    pthread_mutex_unlock(&jit->lock);
    return function;
}

ls_status lsi_jit_compile_user(lsi_device *device, const char *function, const char *place, const char *source,
                               const char *name, const char *const *options, lsi_function *out)
{
    static const char *const none[] = {NULL};
    unsigned char key[LSI_SHA256_BYTES];
    lsi_jit *jit = jit_of(device);
    if (!jit) return lsi_fail_for(function, place, LS_ENOMEM, "out of memory for a compiler");
    if (!options) options = none;
    user_key(source, name, options, key);
    pthread_mutex_lock(&jit->lock);
    const entry *known = find_user(jit, key);
    if (known) *out = known->function;
    pthread_mutex_unlock(&jit->lock);
    if (known) return LS_OK;

    const lsi_compiler *compiler = compiler_of(jit);
    if (!compiler)
        return lsi_fail_for(function, place, LS_EUNSUPPORTED, "kernels cannot be compiled here: %s", jit->reason);
    int noptions = 0;
    while (options[noptions]) noptions++;
    const lsi_compilation task = {.source = source, .name = "kernel.cu", .major = device->major, .minor = device->minor,
                                  .options = options, .noptions = noptions, .user = true};
    lsi_built built;
    lsi_text log = {0};
    ls_status status = LS_OK;
    if (lsi_build_kernel(device, compiler, &jit->cache, &task, name, &built, &log))
        *out = keep_user(jit, key, &built);
    else
        status = lsi_fail_for(function, place, LS_ESYNTAX, "the kernel \"%.60s\" does not compile: %.*s", name,
                              LOG_SHOWN, log.bytes ? log.bytes : "out of memory");
    lsi_text_free(&log);
    return status;
}

/* ---- what people want to know ---- */

void lsi_jit_get_stats(lsi_device *device, lsi_jit_stats *out)
{
    lsi_jit *jit = jit_of(device);
    memset(out, 0, sizeof *out);
    if (!jit) return;
    pthread_mutex_lock(&jit->lock);
    *out = jit->stats;
    pthread_mutex_unlock(&jit->lock);
}

void lsi_jit_settle(lsi_device *device)
{
    lsi_jit *jit = jit_of(device);
    if (!jit) return;
    pthread_mutex_lock(&jit->lock);
    while (jit->thread_runs && (jit->first || jit->busy)) pthread_cond_wait(&jit->change, &jit->lock);
    pthread_mutex_unlock(&jit->lock);
}

void lsi_jit_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context)
{
    static const char *const modes[] = {"off", "background", "wait"};
    char text[640];
    lsi_jit *jit = jit_of(device);
    if (!jit) return;
    if (jit->mode == MODE_OFF) {
        put(context, "fused kernels", "off (LOCKSTEP_JIT=off)");
        return;
    }
    const lsi_compiler *compiler = compiler_of(jit);
    if (!compiler) {
        snprintf(text, sizeof text, "none: %s", jit->reason);
        put(context, "fused kernels", text);
        return;
    }
    pthread_mutex_lock(&jit->lock);
    const lsi_jit_stats s = jit->stats;
    snprintf(text, sizeof text, "%s, %s; %lld ready, %lld compiled in %.0f ms, %lld from disk", compiler->name,
             modes[jit->mode], (long long)s.kernels, (long long)s.compiled, s.milliseconds, (long long)s.from_disk);
    put(context, "fused kernels", text);
    if (s.failed) {
        snprintf(text, sizeof text, "%lld, the last: %s", (long long)s.failed, jit->failure);
        put(context, "programs that did not compile", text);
    }
    pthread_mutex_unlock(&jit->lock);
    if (jit->cache.folder >= 0) snprintf(text, sizeof text, "%s", jit->cache.path);
    else snprintf(text, sizeof text, "in memory only: %s", jit->cache.reason);
    put(context, "compiled kernels are kept", text);
}
