/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens modules that use the library, from the main thread and from one that ends, and closes them while the library's
 * threads are alive: nothing may crash then, nor at the end. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static double open_use_close(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        fprintf(stderr, "%s\n", dlerror());
        return -1;
    }
    double (*total)(int seed);
    void *symbol = dlsym(handle, "module_total");
    memcpy(&total, &symbol, sizeof total);
    const double result = total ? total(7) : -1;
    dlclose(handle);
    usleep(20000); /* the team goes to sleep over code that must still be there */
    return result;
}

static void *in_a_thread(void *path)
{
    static double result;
    result = open_use_close(path);
    return &result;
}

int main(void)
{
    const char *const paths[] = {MODULE, MODULE_STATIC};
    double first = 0;
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < 2; i++) {
            pthread_t thread;
            void *theirs;
            const double mine = open_use_close(paths[i]);
            pthread_create(&thread, NULL, in_a_thread, (void *)(size_t)paths[i]);
            pthread_join(thread, &theirs);
            if (turn == 0 && i == 0) first = mine;
            if (mine <= 0 || mine != first || *(double *)theirs != first) {
                fprintf(stderr, "%s: %.17g and %.17g, not %.17g\n", paths[i], mine, *(double *)theirs, first);
                return 1;
            }
        }
    }
    puts("12 passed, 0 failed");
    return 0;
}
