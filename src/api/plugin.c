/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding and opening the CUDA plug-in. Where no driver is, that is one failed look-up and nothing else; where there is
 * one, the plug-in stands in the folder of this library or in lockstep/ below it, or where LOCKSTEP_CUDA_PLUGIN says.
 * Never the working directory, never a search path: who can write there could run code here. Never closed again. */
#include "api/plugin.h"
#include "core/error.h"
#include "device/services.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

static ls_status fail_for(const char *function, const char *place, ls_status status, const char *text)
{
    return lsi_fail_for(function, place, status, "%s", text);
}

static ls_status fail(ls_status status, const char *text)
{
    return lsi_fail(status, "%s", text);
}

#define SERVICE(result, name, parameters, arguments) .name = name,
static const lsi_services services = {.abi = LSI_PLUGIN_ABI,
                                      .size = sizeof(lsi_services),
                                      .backend_size = sizeof(lsi_backend),
                                      .buffer_size = sizeof(lsi_buffer),
                                      .program_size = sizeof(lsi_program),
                                      .version = LS_VERSION_STRING,
                                      .fail_for = fail_for,
                                      .fail = fail,
                                      LSI_SERVICES(SERVICE, SERVICE)};
#undef SERVICE

/* The folder this code was loaded from, "/usr/lib" say; for a statically linked program its own. */
static bool own_folder(char folder[PATH_ROOM])
{
    Dl_info info;
    if (!dladdr(&services, &info) || !info.dli_fname) return false;
    if (info.dli_fname[0] == '/') {
        snprintf(folder, PATH_ROOM, "%s", info.dli_fname);
    } else { /* the program, named as it was called */
        const ssize_t length = readlink("/proc/self/exe", folder, PATH_ROOM - 1);
        if (length <= 0) return false;
        folder[length] = '\0';
    }
    char *end = strrchr(folder, '/');
    if (!end) return false;
    *end = '\0';
    return true;
}

static bool driver_is_there(char *note, size_t size)
{
    if (dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL)) return true; /* stays open: the plug-in is about to use it */
    snprintf(note, size, "no NVIDIA driver (libcuda.so.1)");
    return false;
}

static void *open_beside_us(char *note, size_t size)
{
    static const char *const places[] = {"lockstep/", ""};
    char folder[PATH_ROOM], path[PATH_ROOM + 64];
    if (!own_folder(folder)) {
        snprintf(note, size, "a driver is there, but not where this library was loaded from");
        return NULL;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, sizeof path, "%s/%sliblockstep-cuda.so", folder, places[i]);
        if (access(path, F_OK) != 0) continue;
        void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!plugin) snprintf(note, size, "%s", dlerror());
        return plugin;
    }
    snprintf(note, size, "a driver is there, but no liblockstep-cuda.so in %.120s or lockstep/ there", folder);
    return NULL;
}

static void *open_named(const char *path, char *note, size_t size)
{
    if (path[0] != '/') {
        snprintf(note, size, "LOCKSTEP_CUDA_PLUGIN=%.120s is not an absolute path", path);
        return NULL;
    }
    void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!plugin) snprintf(note, size, "LOCKSTEP_CUDA_PLUGIN: %s", dlerror());
    return plugin;
}

void lsi_plugin_open(char *note, size_t size)
{
    const char *named = secure_getenv("LOCKSTEP_CUDA_PLUGIN");
    void *plugin = NULL;
    if (named && *named) plugin = open_named(named, note, size);
    else if (driver_is_there(note, size)) plugin = open_beside_us(note, size);
    if (!plugin) return;
    void *symbol = dlsym(plugin, LSI_PLUGIN_ENTRY);
    lsi_plugin_entry entry;
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast for this */
    if (symbol) entry(&services, note, size);
    else snprintf(note, size, "the plug-in has no entry '%s'", LSI_PLUGIN_ENTRY);
}
