/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens the CUDA driver and fills the table of driver.h from it. The entries are asked for as of CUDA 12.0, so a newer
 * driver gives the prototypes that are declared. */
#include "driver.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { ENTRIES_AS_OF = 12000 };

static const char stub[] = "libcuda.so.1 is the toolkit's stub for linking, not a driver";
static lsi_cuda table;
static bool open_now;
static char problem[320];
static pthread_once_t once = PTHREAD_ONCE_INIT;

typedef lsi_code (*finder)(const char *name, void **entry, int version, uint64_t flags, int *found);

/* ISO C has no cast from an object pointer to a function pointer; POSIX has, by way of memory. */
#define SET_FUNCTION(function, pointer) memcpy(&(function), &(pointer), sizeof(void *))

static bool find(finder get, const char *name, void **entry)
{
    int found = 0;
    *entry = NULL;
    const lsi_code code = get(name, entry, ENTRIES_AS_OF, 0, &found);
    if (code == 0 && *entry) return true;
    if (code == LSI_CUDA_STUB_LIBRARY) snprintf(problem, sizeof problem, "%s", stub);
    else snprintf(problem, sizeof problem, "the NVIDIA driver does not have %s: it is older than 525", name);
    return false;
}

static bool fill(finder get)
{
    struct {
        const char *name;
        void *member;
    } entries[] = {
#define ROW(member, name, parameters) {#name, &table.member},
        LSI_CUDA_ENTRIES(ROW, ROW)
#undef ROW
    };
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        void *entry;
        if (!find(get, entries[i].name, &entry)) return false;
        memcpy(entries[i].member, &entry, sizeof entry);
    }
    return true;
}

/* A driver of CUDA 13 is numbered 580 or higher, of CUDA 12 525 or higher. */
static bool new_enough(void)
{
    int version = 0;
    const int need = LSI_CUDA_BUILD / 1000;
    if (table.driver_version(&version)) version = 0;
    if (version / 1000 >= need) return true;
    snprintf(problem, sizeof problem,
             "the NVIDIA driver supports CUDA %d.%d; this build is made with CUDA %d and needs driver %d or newer",
             version / 1000, version % 1000 / 10, need, need >= 13 ? 580 : 525);
    return false;
}

static bool start(void)
{
    char text[LSI_CODE_TEXT];
    const lsi_code code = table.init(0);
    if (code == 0) return new_enough();
    if (code == LSI_CUDA_STUB_LIBRARY) snprintf(problem, sizeof problem, "%s", stub);
    else if (code == LSI_CUDA_NO_DEVICE) snprintf(problem, sizeof problem, "there is a driver but no NVIDIA GPU");
    else snprintf(problem, sizeof problem, "the driver does not start: %s", lsi_code_text(&table, code, text));
    return false;
}

static void open_driver(void)
{
    void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, "cuGetProcAddress_v2") : NULL;
    if (!library) {
        snprintf(problem, sizeof problem, "no NVIDIA driver: %s", dlerror());
    } else if (!symbol) {
        snprintf(problem, sizeof problem, "the NVIDIA driver is older than 525: it has no cuGetProcAddress_v2");
    } else {
        finder get;
        SET_FUNCTION(get, symbol);
        open_now = fill(get) && start();
    }
}

const lsi_cuda *lsi_cuda_open(char *reason, size_t size)
{
    pthread_once(&once, open_driver);
    snprintf(reason, size, "%s", problem);
    return open_now ? &table : NULL;
}
