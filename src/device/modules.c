/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kernels compiled ahead of time, by module and name. A module is loaded when a kernel of it is first launched, a
 * kernel looked up once. Says in a sentence why a kernel cannot run on this GPU. */
#include "device/device.h"

#include <stdio.h>
#include <string.h>

#ifndef LSI_ARCHITECTURES
#define LSI_ARCHITECTURES "none"
#endif

enum { SLOTS_AT_FIRST = 64, MAX_MODULES = 64, SHARED_WITHOUT_ASKING = 48 * 1024 };

typedef struct entry {
    uint32_t hash;
    char *module, *name;      /* one block, which `module` starts */
    lsi_function function;
} entry;

typedef struct lsi_modules {
    pthread_mutex_t lock;
    lsi_library libraries[MAX_MODULES]; /* as lsi_images; NULL: not loaded yet */
    size_t slots, used;                 /* slots: a power of two */
    entry **table;
    char explanation[256];
} lsi_modules;

bool lsi_modules_new(lsi_device *device)
{
    lsi_modules *modules = lsi_alloc(1, sizeof *modules);
    device->modules = modules;
    if (!modules) return false;
    modules->slots = SLOTS_AT_FIRST;
    modules->table = lsi_alloc(modules->slots, sizeof *modules->table);
    pthread_mutex_init(&modules->lock, NULL);
    return modules->table != NULL;
}

void lsi_modules_delete(lsi_device *device)
{
    if (device->modules) lsi_dealloc(device->modules->table);
    lsi_dealloc(device->modules);
}

/* --- the table --- */

static uint32_t hash_text(uint32_t hash, const char *text)
{
    for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 16777619u;
    return (hash ^ '/') * 16777619u;
}

static entry **slot_of(const lsi_modules *modules, uint32_t hash, lsi_kernel kernel)
{
    for (size_t i = hash;; i++) {
        entry **slot = &modules->table[i & (modules->slots - 1)], *e = *slot;
        if (!e || (e->hash == hash && strcmp(e->name, kernel.name) == 0 && strcmp(e->module, kernel.module) == 0))
            return slot;
    }
}

static bool grow(lsi_modules *modules)
{
    lsi_modules larger = {.slots = 2 * modules->slots};
    larger.table = lsi_alloc(larger.slots, sizeof *larger.table);
    if (!larger.table) return false;
    for (size_t i = 0; i < modules->slots; i++) {
        entry *e = modules->table[i];
        if (e) *slot_of(&larger, e->hash, (lsi_kernel){e->module, e->name}) = e;
    }
    lsi_dealloc(modules->table);
    modules->table = larger.table;
    modules->slots = larger.slots;
    return true;
}

static entry *add(lsi_modules *modules, uint32_t hash, lsi_kernel kernel, lsi_function function)
{
    if (2 * modules->used >= modules->slots && !grow(modules)) return NULL;
    const size_t module_size = strlen(kernel.module) + 1, name_size = strlen(kernel.name) + 1;
    entry *e = lsi_alloc(1, sizeof *e);
    char *text = e ? lsi_alloc(1, module_size + name_size) : NULL;
    if (!text) {
        lsi_dealloc(e);
        return NULL;
    }
    memcpy(text, kernel.module, module_size);
    memcpy(text + module_size, kernel.name, name_size);
    *e = (entry){hash, text, text + module_size, function};
    *slot_of(modules, hash, kernel) = e;
    modules->used++;
    return e;
}

/* --- loading --- */

static const char *explain(lsi_modules *modules, const lsi_device *device, lsi_code code)
{
    int driver = 0;
    char *text = modules->explanation;
    const size_t size = sizeof modules->explanation;
    (void)device->cuda->driver_version(&driver);
    switch (code) {
    case LSI_CUDA_NO_BINARY_FOR_GPU:
        snprintf(text, size, "this build has code for the architectures %s, the GPU (%s) has compute capability %d.%d",
                 LSI_ARCHITECTURES, device->gpu_name, device->major, device->minor);
        return text;
    case LSI_CUDA_UNSUPPORTED_PTX_VERSION:
        snprintf(text, size, "this build has no machine code for compute capability %d.%d, and its PTX, of CUDA %d, is "
                 "too new for the driver, of CUDA %d.%d", device->major, device->minor, LSI_CUDA_BUILD / 1000,
                 driver / 1000, driver % 1000 / 10);
        return text;
    case LSI_CUDA_JIT_COMPILER_NOT_FOUND:
        snprintf(text, size, "this build has no machine code for compute capability %d.%d, and the driver's compiler of "
                 "PTX (libnvidia-ptxjitcompiler) is not installed", device->major, device->minor);
        return text;
    case LSI_CUDA_NOT_FOUND: return "there is no such kernel in this build";
    default: return NULL;
    }
}

static lsi_code load(const lsi_device *device, lsi_modules *modules, const char *module, lsi_library *library)
{
    for (int i = 0; lsi_images[i].module && i < MAX_MODULES; i++) {
        if (strcmp(lsi_images[i].module, module) != 0) continue;
        lsi_code code = 0;
        if (!modules->libraries[i])
            code = device->cuda->library_load(&modules->libraries[i], lsi_images[i].start, NULL, NULL, 0, NULL, NULL, 0);
        *library = modules->libraries[i];
        return code;
    }
    return LSI_CUDA_NOT_FOUND;
}

static lsi_code look_up(const lsi_device *device, lsi_modules *modules, lsi_kernel kernel, lsi_function *function)
{
    lsi_library library = NULL;
    lsi_kernel_handle handle = NULL;
    lsi_code code = load(device, modules, kernel.module, &library);
    if (!code) code = device->cuda->library_kernel(&handle, library, kernel.name);
    return code ? code : device->cuda->kernel_function(function, handle);
}

lsi_code lsi_modules_find(lsi_device *device, lsi_kernel kernel, lsi_found *found)
{
    lsi_modules *modules = device->modules;
    const uint32_t hash = hash_text(hash_text(2166136261u, kernel.module), kernel.name);
    lsi_code code = 0;
    *found = (lsi_found){NULL, NULL, NULL};
    pthread_mutex_lock(&modules->lock);
    const entry *e = *slot_of(modules, hash, kernel);
    if (!e) {
        lsi_function function = NULL;
        code = look_up(device, modules, kernel, &function);
        if (!code) e = add(modules, hash, kernel, function);
        if (!code && !e) code = LSI_CUDA_OUT_OF_MEMORY;
    }
    if (!code) *found = (lsi_found){e->function, e->name, NULL};
    else found->explain = explain(modules, device, code);
    pthread_mutex_unlock(&modules->lock);
    return code;
}

lsi_code lsi_modules_allow_shared(lsi_device *device, lsi_function function, unsigned bytes)
{
    int allowed = 0;
    if (bytes <= SHARED_WITHOUT_ASKING) return 0;
    if (device->cuda->function_attribute(&allowed, LSI_FUNCTION_DYNAMIC_SHARED, function) == 0 && allowed >= (int)bytes)
        return 0;
    return device->cuda->function_set(function, LSI_FUNCTION_DYNAMIC_SHARED, (int)bytes);
}
