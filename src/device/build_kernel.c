/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Builds one kernel. A cached one that the driver refuses is compiled anew. */
#include "device/build_kernel.h"

#include <string.h>
#include <time.h>

/* All that decides what the compiler makes: its version, its options and target, the driver, this library, the source.
 */
static bool key_of(lsi_device *device, const lsi_compiler *compiler, const lsi_compilation *task,
                   unsigned char key[LSI_SHA256_BYTES])
{
    lsi_text text = {0};
    int driver = 0;
    (void)device->cuda->driver_version(&driver);
    lsi_text_printf(&text, "Lockstep %s\ndriver %d\ncompute capability %d.%d\n", LS_VERSION_STRING, driver, task->major,
                    task->minor);
    compiler->identify(compiler, task, &text);
    lsi_text_put(&text, task->source);
    lsi_sha256 hash;
    lsi_sha256_begin(&hash);
    if (!text.failed) lsi_sha256_add(&hash, text.bytes, text.length);
    lsi_sha256_end(&hash, key);
    const bool made = !text.failed;
    lsi_text_free(&text);
    return made;
}

static bool load(lsi_device *device, const lsi_compiled *compiled, const char *name, lsi_built *out, lsi_text *log)
{
    const lsi_cuda *cuda = device->cuda;
    lsi_context before;
    lsi_kernel_handle kernel = NULL;
    char text[LSI_CODE_TEXT];
    const char *step = "starting the GPU";
    lsi_code code = lsi_device_enter(device, &before);
    if (!code) {
        step = "loading the compiled kernel";
        code = cuda->library_load(&out->library, compiled->bytes, NULL, NULL, 0, NULL, NULL, 0);
        if (!code) {
            step = "finding the kernel";
            code = cuda->library_kernel(&kernel, out->library, name);
            if (!code) code = cuda->kernel_function(&out->function, kernel);
            if (code) (void)cuda->library_unload(out->library);
        }
        lsi_device_leave(device, before);
    }
    if (code) lsi_text_printf(log, "%s: %s", step, lsi_code_text(cuda, code, text));
    return code == 0;
}

static double milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

bool lsi_build_kernel(lsi_device *device, const lsi_compiler *compiler, const lsi_jit_cache *cache,
                      const lsi_compilation *task, const char *name, lsi_built *out, lsi_text *log)
{
    unsigned char key[LSI_SHA256_BYTES];
    lsi_compiled compiled = {0};
    lsi_text refused = {0};
    memset(out, 0, sizeof *out);
    const double start = milliseconds();
    const bool keyed = key_of(device, compiler, task, key);
    bool good = keyed && lsi_jit_cache_get(cache, key, &compiled) && load(device, &compiled, name, out, &refused);
    out->from_disk = good;
    lsi_text_free(&refused);
    if (!good) {
        lsi_dealloc(compiled.bytes);
        compiled = (lsi_compiled){0};
        good = compiler->compile(compiler, task, &compiled, log) && load(device, &compiled, name, out, log);
        if (good && keyed) lsi_jit_cache_put(cache, key, &compiled);
    }
    lsi_dealloc(compiled.bytes);
    out->milliseconds = milliseconds() - start;
    return good;
}
