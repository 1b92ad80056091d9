/* SPDX-License-Identifier: BSD-3-Clause
 *
 * NVRTC as the compiler. Decides where the library is looked for, for which target it compiles, and the options that
 * make arithmetic on the GPU what it is on the CPU. NVRTC is never linked: a machine without it, or with one that is
 * too new for its driver, has one feature less and a sentence that says so. */
#include "device/compiler.h"
#include "memory/prim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct program *program; /* nvrtcProgram */

enum { OLDEST_MAJOR = 12, NEWEST_MAJOR = 13, INVALID_OPTION = 5, MAX_ARCHITECTURES = 64, MAX_OPTIONS = 48 };

#define ENTRIES(ENTRY)                                                                                                 \
    ENTRY(version, nvrtcVersion, (int *major, int *minor))                                                             \
    ENTRY(error_text, nvrtcGetErrorString, (int code))                                                                 \
    ENTRY(architecture_count, nvrtcGetNumSupportedArchs, (int *count))                                                 \
    ENTRY(architectures, nvrtcGetSupportedArchs, (int *list))                                                          \
    ENTRY(create, nvrtcCreateProgram,                                                                                  \
          (program *made, const char *source, const char *name, int headers, const char *const *texts,                 \
           const char *const *names))                                                                                  \
    ENTRY(destroy, nvrtcDestroyProgram, (program *gone))                                                               \
    ENTRY(compile, nvrtcCompileProgram, (program of, int count, const char *const *options))                           \
    ENTRY(log_size, nvrtcGetProgramLogSize, (program of, size_t *size))                                                \
    ENTRY(log, nvrtcGetProgramLog, (program of, char *text))                                                           \
    ENTRY(cubin_size, nvrtcGetCUBINSize, (program of, size_t *size))                                                   \
    ENTRY(cubin, nvrtcGetCUBIN, (program of, char *bytes))                                                             \
    ENTRY(ptx_size, nvrtcGetPTXSize, (program of, size_t *size))                                                       \
    ENTRY(ptx, nvrtcGetPTX, (program of, char *bytes))

#define RESULT_version int
#define RESULT_error_text const char *
#define RESULT_architecture_count int
#define RESULT_architectures int
#define RESULT_create int
#define RESULT_destroy int
#define RESULT_compile int
#define RESULT_log_size int
#define RESULT_log int
#define RESULT_cubin_size int
#define RESULT_cubin int
#define RESULT_ptx_size int
#define RESULT_ptx int

#define MEMBER(member, name, parameters) RESULT_##member(*member) parameters;
typedef struct nvrtc {
    lsi_compiler compiler; /* first */
    int major, minor;
    int narchitecture, architecture[MAX_ARCHITECTURES]; /* 75, 80, ... 121 */
    bool minimal;          /* knows --minimal, which leaves out declarations that generated source does not use */
    ENTRIES(MEMBER)
    int (*set_flow)(program of, int (*stop)(void *payload, void *reserved), void *payload); /* NULL before 12.x */
} nvrtc;
#undef MEMBER

static const char *const arithmetic[] = {"--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true"};

/* ---- opening ---- */

static void *open_in(const char *folder, const char *inside, int major)
{
    char path[512];
    const int length = snprintf(path, sizeof path, "%s%slibnvrtc.so.%d", folder, inside, major);
    return length < (int)sizeof path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/* By its versioned name as the system's loader finds it, then where toolkits are, as cublas.c has it. */
static void *open_library(int major)
{
    const char *const roots[] = {secure_getenv("CUDA_PATH"), secure_getenv("CUDA_HOME"), "/usr/local/cuda",
                                 major == 13 ? "/usr/local/cuda-13" : "/usr/local/cuda-12", "/opt/cuda"};
    static const char *const insides[] = {"/lib64/", "/lib/", "/targets/x86_64-linux/lib/", "/targets/sbsa-linux/lib/"};
    static const char *const folders[] = {"/usr/lib/x86_64-linux-gnu/", "/usr/lib/aarch64-linux-gnu/", "/usr/lib64/"};
    void *library = open_in("", "", major);
    for (size_t r = 0; r < sizeof roots / sizeof *roots; r++)
        for (size_t i = 0; i < sizeof insides / sizeof *insides && !library; i++)
            if (roots[r] && roots[r][0] == '/') library = open_in(roots[r], insides[i], major);
    for (size_t f = 0; f < sizeof folders / sizeof *folders && !library; f++) library = open_in(folders[f], "", major);
    return library;
}

static bool fill(nvrtc *n, void *library, char *reason, size_t size)
{
    const struct {
        const char *name;
        void *member;
    } entries[] = {
#define ROW(member, name, parameters) {#name, &n->member},
        ENTRIES(ROW)
#undef ROW
    };
    for (size_t k = 0; k < sizeof entries / sizeof *entries; k++) {
        void *symbol = dlsym(library, entries[k].name);
        if (!symbol) {
            snprintf(reason, size, "NVRTC has no %s: it is older than CUDA 12", entries[k].name);
            return false;
        }
        memcpy(entries[k].member, &symbol, sizeof symbol);
    }
    void *symbol = dlsym(library, "nvrtcSetFlowCallback");
    memcpy(&n->set_flow, &symbol, sizeof symbol);
    return true;
}

static bool ask(nvrtc *n, char *reason, size_t size)
{
    int count = 0;
    if (n->version(&n->major, &n->minor) || n->architecture_count(&count) || count < 1 || count > MAX_ARCHITECTURES ||
        n->architectures(n->architecture)) {
        snprintf(reason, size, "NVRTC does not say what it is");
        return false;
    }
    n->narchitecture = count;
    n->minimal = n->major >= 13;
    snprintf(n->compiler.name, sizeof n->compiler.name, "NVRTC %d.%d", n->major, n->minor);
    return true;
}

static bool nvrtc_compile(const lsi_compiler *compiler, const lsi_compilation *task, lsi_compiled *out, lsi_text *log);
static void nvrtc_identify(const lsi_compiler *compiler, const lsi_compilation *task, lsi_text *out);

/* A driver runs what compilers of its own major release make, and of older ones. */
static const lsi_compiler *open_best(nvrtc *n, int driver_version, char *reason, size_t size)
{
    const int newest = driver_version / 1000 < NEWEST_MAJOR ? driver_version / 1000 : NEWEST_MAJOR;
    void *library = NULL;
    for (int major = newest; major >= OLDEST_MAJOR && !library; major--) library = open_library(major);
    if (!library) {
        for (int major = newest + 1; major <= NEWEST_MAJOR && !library; major++) {
            library = open_library(major);
            if (library)
                snprintf(reason, size, "libnvrtc.so.%d is newer than the driver, which supports CUDA %d.%d", major,
                         driver_version / 1000, driver_version % 1000 / 10);
        }
        if (!library) snprintf(reason, size, "no libnvrtc.so.%d was found; it is part of the CUDA toolkit", newest);
        return NULL;
    }
    if (!fill(n, library, reason, size) || !ask(n, reason, size)) return NULL;
    n->compiler.compile = nvrtc_compile;
    n->compiler.identify = nvrtc_identify;
    return &n->compiler;
}

__attribute__((weak)) const lsi_compiler *lsi_compiler_open(int driver_version, char *reason, size_t size)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static nvrtc only;
    static bool tried;
    static const lsi_compiler *opened;
    static char why[192];
    pthread_mutex_lock(&lock);
    if (!tried) opened = open_best(&only, driver_version, why, sizeof why);
    tried = true;
    pthread_mutex_unlock(&lock);
    if (!opened) snprintf(reason, size, "%s", why);
    return opened;
}

/* ---- compiling ---- */

typedef struct target {
    int architecture; /* 90 */
    bool ptx;
} target;

/* Machine code of the largest architecture of the GPU's major that is not above it; else PTX, which drivers translate
 * for newer GPUs. 0: the GPU is older than all. */
static target choose_target(const nvrtc *n, int major, int minor)
{
    const int own = major * 10 + minor;
    int best = 0;
    for (int k = 0; k < n->narchitecture; k++)
        if (n->architecture[k] <= own && n->architecture[k] > best) best = n->architecture[k];
    return (target){best, best / 10 != major};
}

/* The options into `list`; their number. */
static int collect_options(const lsi_compilation *task, target to, bool minimal, char *arch, size_t size,
                           const char **list)
{
    int count = 0;
    snprintf(arch, size, "--gpu-architecture=%s_%d", to.ptx ? "compute" : "sm", to.architecture);
    list[count++] = arch;
    for (size_t k = 0; k < sizeof arithmetic / sizeof *arithmetic; k++) list[count++] = arithmetic[k];
    if (minimal) list[count++] = "--minimal";
    for (int k = 0; k < task->noptions && count < MAX_OPTIONS; k++) list[count++] = task->options[k];
    return count;
}

static int asked_to_stop(void *payload, void *reserved)
{
    (void)reserved;
    return *(const volatile bool *)payload;
}

static void take_log(const nvrtc *n, program made, int code, lsi_text *log)
{
    size_t size = 0;
    char *text = n->log_size(made, &size) == 0 && size > 1 ? lsi_alloc(size + 1, 1) : NULL;
    if (text && n->log(made, text) == 0) lsi_text_put(log, text);
    else lsi_text_printf(log, "%.200s", n->error_text(code));
    lsi_dealloc(text);
}

static bool take_result(const nvrtc *n, program made, bool ptx, lsi_compiled *out, lsi_text *log)
{
    size_t size = 0;
    int code = ptx ? n->ptx_size(made, &size) : n->cubin_size(made, &size);
    char *bytes = code == 0 && size > 0 ? lsi_alloc(size, 1) : NULL;
    if (bytes) code = ptx ? n->ptx(made, bytes) : n->cubin(made, bytes);
    if (!bytes || code) {
        lsi_text_put(log, bytes ? n->error_text(code) : "NVRTC gave nothing, or out of memory");
        lsi_dealloc(bytes);
        return false;
    }
    *out = (lsi_compiled){bytes, size, ptx};
    return true;
}

static int compile_once(const nvrtc *n, const lsi_compilation *task, target to, bool minimal, lsi_compiled *out,
                        lsi_text *log)
{
    const char *options[MAX_OPTIONS];
    char arch[48];
    program made = NULL;
    const int count = collect_options(task, to, minimal, arch, sizeof arch, options);
    int code = n->create(&made, task->source, task->name, 0, NULL, NULL);
    if (code) {
        lsi_text_put(log, n->error_text(code));
        return code;
    }
    if (task->stop && n->set_flow) (void)n->set_flow(made, asked_to_stop, (void *)(uintptr_t)task->stop);
    code = n->compile(made, count, options);
    if (code == 0) code = take_result(n, made, to.ptx, out, log) ? 0 : -1;
    else if (code != INVALID_OPTION || !minimal) take_log(n, made, code, log);
    (void)n->destroy(&made);
    return code;
}

static bool nvrtc_compile(const lsi_compiler *compiler, const lsi_compilation *task, lsi_compiled *out, lsi_text *log)
{
    const nvrtc *n = (const nvrtc *)(const void *)compiler;
    const target to = choose_target(n, task->major, task->minor);
    if (to.architecture == 0) {
        lsi_text_printf(log, "%s does not compile for GPUs of compute capability %d.%d any more", compiler->name,
                        task->major, task->minor);
        return false;
    }
    const bool minimal = n->minimal && !task->user;
    int code = compile_once(n, task, to, minimal, out, log);
    if (code == INVALID_OPTION && minimal) code = compile_once(n, task, to, false, out, log);
    return code == 0;
}

static void nvrtc_identify(const lsi_compiler *compiler, const lsi_compilation *task, lsi_text *out)
{
    const nvrtc *n = (const nvrtc *)(const void *)compiler;
    const char *options[MAX_OPTIONS];
    char arch[48];
    const target to = choose_target(n, task->major, task->minor);
    const int count = collect_options(task, to, n->minimal && !task->user, arch, sizeof arch, options);
    lsi_text_printf(out, "%s\n", compiler->name);
    for (int k = 0; k < count; k++) {
        lsi_text_put(out, options[k]);
        lsi_text_put(out, "\n");
    }
}
