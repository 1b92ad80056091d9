/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A libcuda.so.1 that is too old, in the way that OLD_DRIVER says: "entry": lacks one that is asked for; a number: supports
 * that version of CUDA (12020 is 12.2). Nothing else of it works. Calls have any parameters, which on the ABIs of Linux the
 * caller alone cares for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int cuGetProcAddress_v2(const char *name, void **entry, int version, uint64_t flags, int *found);

static int works(void)
{
    return 0;
}

static int driver_version(int *version)
{
    const char *text = getenv("OLD_DRIVER");
    *version = text ? atoi(text) : 0;
    return 0;
}

__attribute__((visibility("default"))) int cuGetProcAddress_v2(const char *name, void **entry, int version, uint64_t flags,
                                                               int *found)
{
    enum { NOT_FOUND = 500 };
    const char *text = getenv("OLD_DRIVER");
    int (*const any)(void) = works;
    int (*const asked)(int *) = driver_version;
    (void)version, (void)flags;
    if (text && strcmp(text, "entry") == 0 && strcmp(name, "cuLaunchKernel") == 0) return NOT_FOUND;
    if (strcmp(name, "cuDriverGetVersion") == 0) memcpy(entry, &asked, sizeof asked);
    else memcpy(entry, &any, sizeof any);
    *found = 0;
    return 0;
}
