/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finds and opens cuBLAS, and calls it. Nothing is linked: without it, or with LOCKSTEP_CUBLAS=off, products are our own
 * kernels'. LOCKSTEP_CUBLAS may name a library by absolute path, and then no other is tried. Else: by its versioned
 * names, as the system's loader finds them, then in the folders where CUDA is usually unpacked.
 *
 * cuBLAS gives the same bits from run to run for one version, GPU and workspace. So every stream has a workspace of its
 * own, all of one size, kept from its first product on until memory runs out; TF32 and reduced sums are never used unless
 * the user's own NVIDIA_TF32_OVERRIDE asks. */
#include "device/cublas.h"
#include "memory/prim.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST = 120000, WORKSPACE = 8 << 20, WORKSPACE_SINCE_9 = 32 << 20 }; /* sizes NVIDIA recommends */

/* --- the library --- */

static struct {
    lsi_blas_entries entries;
    bool usable;
    char path[384]; /* or the reason */
} library;
static pthread_once_t library_opened = PTHREAD_ONCE_INIT;

static void reason(const char *text, const char *detail)
{
    snprintf(library.path, sizeof library.path, "%s%s", text, detail);
}

static bool find(void *handle, const char *name, void *entry)
{
    void *symbol = dlsym(handle, name);
    memcpy(entry, &symbol, sizeof symbol); /* ISO C has no conversion to a function pointer */
    if (!symbol) reason("older than CUDA 12: no ", name);
    return symbol != NULL;
}

static bool find_all(void *handle)
{
#define LSI_BLAS_FIND(member, name, parameters) find(handle, #name, &library.entries.member) &&
    return LSI_BLAS_ENTRIES(LSI_BLAS_FIND) true;
#undef LSI_BLAS_FIND
}

static bool try_open(const char *name)
{
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return false;
    library.usable = find_all(handle);
    if (!library.usable) return dlclose(handle), false;
    struct link_map *map = NULL;
    const bool known = dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map->l_name;
    snprintf(library.path, sizeof library.path, "%s", known ? map->l_name : name);
    return true; /* never closed: kernels may be running */
}

static bool try_folder(const char *folder, const char *inside, const char *name)
{
    char path[512];
    if (!folder || folder[0] != '/') return false;
    const int length = snprintf(path, sizeof path, "%s%s/%s", folder, inside, name);
    return length < (int)sizeof path && try_open(path);
}

static bool search(void)
{
    static const char *const names[] = {"libcublas.so.13", "libcublas.so.12"};
    static const char *const insides[] = {"/lib64", "/lib", "/targets/x86_64-linux/lib", "/targets/sbsa-linux/lib"};
    const char *const folders[] = {secure_getenv("CUDA_PATH"), secure_getenv("CUDA_HOME"), "/usr/local/cuda", "/opt/cuda"};
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        if (try_open(names[n])) return true;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++)
        for (size_t f = 0; f < sizeof folders / sizeof *folders; f++)
            for (size_t i = 0; i < sizeof insides / sizeof *insides; i++)
                if (try_folder(folders[f], insides[i], names[n])) return true;
    return false;
}

static void open_library(void)
{
    const char *wish = secure_getenv("LOCKSTEP_CUBLAS");
    reason("no libcublas.so.13 or .12 found", "");
    if (wish && strcmp(wish, "off") == 0) {
        reason("LOCKSTEP_CUBLAS=off", "");
    } else if (wish && *wish && wish[0] != '/') {
        reason("LOCKSTEP_CUBLAS is neither \"off\" nor an absolute path: ", wish);
    } else if (wish && *wish) {
        reason("cannot open ", wish);
        try_open(wish);
    } else {
        search();
    }
}

/* --- a device's handle --- */

static void refuse(lsi_blas *blas, const char *text, int status)
{
    blas->entries = NULL;
    if (status) snprintf(blas->description, sizeof blas->description, "none, own kernels (%s: status %d)", text, status);
    else snprintf(blas->description, sizeof blas->description, "none, own kernels (%s)", text);
}

/* In the device's context. */
static void create_handle(lsi_blas *blas)
{
    int version = 0, status = blas->entries->create(&blas->handle);
    if (status) {
        refuse(blas, "cublasCreate", status);
        return;
    }
    status = blas->entries->get_version(blas->handle, &version);
    if (!status) status = blas->entries->set_math_mode(blas->handle, LSI_BLAS_FULL_PRECISION_SUMS);
    if (status || version < OLDEST) refuse(blas, "older than CUDA 12", status);
    else
        snprintf(blas->description, sizeof blas->description, "%d.%d.%d, %s", version / 10000, version / 100 % 100,
                 version % 100, library.path);
}

static void open_for(lsi_blas *blas, lsi_device *device)
{
    pthread_once(&library_opened, open_library);
    if (!library.usable || (device->cuda && device->cuda->declare)) {
        refuse(blas, library.usable ? "the GPU is a simulated one" : library.path, 0);
        return;
    }
    blas->entries = &library.entries;
    blas->workspace_bytes = device->major >= 9 ? WORKSPACE_SINCE_9 : WORKSPACE;
    lsi_context before;
    const lsi_code code = lsi_device_enter(device, &before);
    if (code) {
        refuse(blas, "the GPU cannot be used", (int)code);
        return;
    }
    create_handle(blas);
    lsi_device_leave(device, before);
}

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

lsi_blas *lsi_blas_of(lsi_device *device)
{
    static lsi_blas without_memory = {.description = "none, own kernels (out of memory)"};
    pthread_mutex_lock(&opening);
    lsi_blas *blas = device->blas;
    if (!blas && (blas = lsi_alloc(1, sizeof *blas)) != NULL) {
        memset(blas, 0, sizeof *blas);
        open_for(blas, device);
        device->blas = blas;
    }
    pthread_mutex_unlock(&opening);
    return blas ? blas : &without_memory;
}

static lsi_blas *if_open(lsi_device *device)
{
    pthread_mutex_lock(&opening);
    lsi_blas *blas = device->blas;
    pthread_mutex_unlock(&opening);
    return blas;
}

/* Whoever had the memory before is done with it when this returns; after that it is the stream's alone. */
bool lsi_blas_make_workspace(lsi_device *device, lsi_blas *blas, int stream)
{
    lsi_clock earlier = {{0}};
    void *none = NULL, *made = lsi_pool_allocate_after(device->backend.pool, blas->workspace_bytes, &earlier);
    if (!made) return false;
    if (!lsi_clock_is_zero(&earlier)) lsi_device_settle(device, &earlier);
    if (!atomic_compare_exchange_strong(&blas->workspaces[stream], &none, made))
        lsi_pool_free(device->backend.pool, made); /* another thread was faster */
    return true;
}

/* A product has its workspace by the scheduler's lock, from the look at it to the last call. */
void lsi_blas_give_back(lsi_device *device)
{
    void *workspaces[LSI_MAX_STREAMS] = {NULL};
    lsi_blas *blas = atomic_load(&device->lost) ? NULL : if_open(device); /* a forked child takes no lock */
    int stream;
    if (!blas || lsi_scheduler_begin(device->scheduler, LSI_LANE_COMPUTE, -1, 0, NULL, &stream)) return;
    for (int i = 0; i < LSI_MAX_STREAMS; i++) workspaces[i] = atomic_exchange(&blas->workspaces[i], NULL);
    blas->told = 0;
    lsi_scheduler_end(device->scheduler, stream, 0, NULL, false, NULL);
    lsi_clock work;
    lsi_scheduler_now(device->scheduler, &work);
    for (int i = 0; i < LSI_MAX_STREAMS; i++) lsi_pool_free_after(device->backend.pool, workspaces[i], &work);
}

/* Says what would be used without starting the GPU for it. */
void lsi_blas_describe(lsi_device *device, void (*put)(void *context, const char *key, const char *value), void *context)
{
    char text[512];
    pthread_once(&library_opened, open_library);
    pthread_mutex_lock(&opening);
    if (device->blas) snprintf(text, sizeof text, "%s", device->blas->description);
    else if (!library.usable) snprintf(text, sizeof text, "none, own kernels (%s)", library.path);
    else snprintf(text, sizeof text, "%s, not used yet", library.path);
    pthread_mutex_unlock(&opening);
    put(context, "cublas", text);
}

/* --- calling --- */

typedef struct kind {
    int type, compute; /* compute 0: none */
} kind;
static const kind kinds[LSI_DTYPE_COUNT] = {
    [LS_FLOAT16] = {LSI_BLAS_REAL_16, LSI_BLAS_COMPUTE_32},     [LS_BFLOAT16] = {LSI_BLAS_BRAIN_16, LSI_BLAS_COMPUTE_32},
    [LS_FLOAT32] = {LSI_BLAS_REAL_32, LSI_BLAS_COMPUTE_32},     [LS_FLOAT64] = {LSI_BLAS_REAL_64, LSI_BLAS_COMPUTE_64},
    [LS_COMPLEX64] = {LSI_BLAS_COMPLEX_32, LSI_BLAS_COMPUTE_32}, [LS_COMPLEX128] = {LSI_BLAS_COMPLEX_64, LSI_BLAS_COMPUTE_64},
};

bool lsi_blas_has(ls_dtype dtype)
{
    return kinds[dtype].compute != 0;
}

int lsi_blas_use_stream(lsi_blas *blas, lsi_stream stream, int number)
{
    if (blas->told == number + 1 && blas->stream == stream) return 0; /* places for the user's streams change theirs */
    blas->told = 0;
    int status = blas->entries->set_stream(blas->handle, stream);
    /* Setting a stream takes the workspace away. */
    if (!status)
        status = blas->entries->set_workspace(blas->handle, atomic_load(&blas->workspaces[number]), blas->workspace_bytes);
    if (!status) blas->stream = stream, blas->told = number + 1;
    return status;
}

int lsi_blas_multiply(const lsi_blas *blas, const lsi_blas_call *call)
{
    static const float one[2] = {1, 0}, zero[2] = {0, 0}; /* complex too */
    static const double one_wide[2] = {1, 0}, zero_wide[2] = {0, 0};
    const kind k = kinds[call->dtype];
    const bool wide = k.compute == LSI_BLAS_COMPUTE_64;
    return blas->entries->multiply(
        blas->handle, call->a.form, call->b.form, call->m, call->n, call->k, wide ? (const void *)one_wide : one,
        call->a.at, k.type, call->a.ld, call->a.batch, call->b.at, k.type, call->b.ld, call->b.batch,
        wide ? (const void *)zero_wide : zero, (void *)(uintptr_t)call->c.at, k.type, call->c.ld, call->c.batch,
        call->batches, k.compute, LSI_BLAS_ANY_ALGORITHM);
}
