/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The simulated GPU's compiler of kernels: the host's own C++ compiler, which makes a shared object of the text that
 * NVRTC would get; the kernels in it register with the shim. Only where LOCKSTEP_JIT is set, as it takes its time.
 * LOCKSTEP_SIMULATED_CXX names another compiler. */
#include "device/compiler.h"
#include "memory/prim.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool read_file(const char *path, lsi_compiled *out)
{
    struct stat it;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    char *bytes = fstat(file, &it) == 0 && it.st_size > 0 ? lsi_alloc((size_t)it.st_size, 1) : NULL;
    const bool good = bytes && read(file, bytes, (size_t)it.st_size) == it.st_size;
    close(file);
    if (!good) {
        lsi_dealloc(bytes);
        return false;
    }
    *out = (lsi_compiled){bytes, (size_t)it.st_size, false};
    return true;
}

static bool write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file) return false;
    fputs(text, file);
    return fclose(file) == 0;
}

static void take_log(const char *path, lsi_text *log)
{
    char text[2048] = "";
    FILE *file = fopen(path, "r");
    const size_t got = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[got] = '\0';
    if (file) fclose(file);
    lsi_text_put(log, text);
}

/* Vectorising would make fused multiply-subtracts of neighbours (kernels/portable.h). */
static bool run_compiler(const char *source, const char *object, const char *log)
{
    const char *wish = getenv("LOCKSTEP_SIMULATED_CXX"), *compiler = wish ? wish : SIMULATED_CXX;
    const char *arguments[] = {compiler, "-std=c++17", "-O1", "-fPIC", "-shared", "-w", "-fno-tree-vectorize",
                               "-fno-tree-slp-vectorize", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
                               "-fwrapv", "-DLS_SHIM", "-DLS_SHIM_MODULE=generated", "-I" SIMULATED_SHIM, "-include",
                               SIMULATED_WORDS, source, "-o", object, NULL};
    posix_spawn_file_actions_t files;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int code = posix_spawnp(&child, compiler, &files, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    return code == 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool compile(const lsi_compiler *compiler, const lsi_compilation *task, lsi_compiled *out, lsi_text *log)
{
    (void)compiler;
    char folder[] = "/tmp/lockstep-kernel-XXXXXX", source[64], object[64], words[64];
    if (!mkdtemp(folder)) return false;
    snprintf(source, sizeof source, "%s/kernel.cc", folder);
    snprintf(object, sizeof object, "%s/kernel.so", folder);
    snprintf(words, sizeof words, "%s/log", folder);
    const bool good = write_file(source, task->source) && run_compiler(source, object, words) && read_file(object, out);
    if (!good) take_log(words, log);
    unlink(source);
    unlink(object);
    unlink(words);
    rmdir(folder);
    return good;
}

static void identify(const lsi_compiler *compiler, const lsi_compilation *task, lsi_text *out)
{
    (void)task;
    lsi_text_put(out, compiler->name);
}

const lsi_compiler *lsi_compiler_open(int driver_version, char *reason, size_t size)
{
    static const lsi_compiler host = {"the simulated GPU's compiler", compile, identify};
    (void)driver_version;
    if (getenv("LOCKSTEP_JIT")) return &host;
    snprintf(reason, size, "the simulated GPU compiles only where LOCKSTEP_JIT is set");
    return NULL;
}
