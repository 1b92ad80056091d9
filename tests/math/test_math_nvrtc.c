/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compiles all_functions.cu with NVRTC, as the library compiles programs at run time, and writes the PTX for
 * check_ptx.sh.
 * The library is opened at run time; 77 where it is missing.
 *
 *   test_math_nvrtc all_functions.cu kernels-directory out.ptx */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void *program;
static struct {
    int (*create)(program *, const char *, const char *, int, const char *const *, const char *const *);
    int (*compile)(program, int, const char *const *);
    int (*log_size)(program, size_t *);
    int (*log)(program, char *);
    int (*ptx_size)(program, size_t *);
    int (*ptx)(program, char *);
} nvrtc;

static int open_nvrtc(void)
{
    static const char *const names[] = { "libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12",
                                         "/usr/local/cuda/lib64/libnvrtc.so" };
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
    if (!library) return 0;
    *(void **)&nvrtc.create = dlsym(library, "nvrtcCreateProgram");
    *(void **)&nvrtc.compile = dlsym(library, "nvrtcCompileProgram");
    *(void **)&nvrtc.log_size = dlsym(library, "nvrtcGetProgramLogSize");
    *(void **)&nvrtc.log = dlsym(library, "nvrtcGetProgramLog");
    *(void **)&nvrtc.ptx_size = dlsym(library, "nvrtcGetPTXSize");
    *(void **)&nvrtc.ptx = dlsym(library, "nvrtcGetPTX");
    return nvrtc.create && nvrtc.compile && nvrtc.log_size && nvrtc.log && nvrtc.ptx_size && nvrtc.ptx;
}
static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (file && text) text[fread(text, 1, (1 << 20) - 1, file)] = 0;
    if (file) fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    if (argc != 4) return puts("usage: test_math_nvrtc all_functions.cu kernels out.ptx"), 2;
    if (!open_nvrtc()) return puts("skipped: no NVRTC"), 77;
    char include[4096];
    snprintf(include, sizeof include, "-I%s", argv[2]);
    const char *options[] = { "--gpu-architecture=compute_90", "--fmad=false", "--ftz=false", "--prec-div=true",
                              "--prec-sqrt=true", include };
    char *source = read_all(argv[1]);
    program compiled = NULL;
    if (nvrtc.create(&compiled, source, "all_functions.cu", 0, NULL, NULL) != 0) return puts("no program"), 1;
    const int status = nvrtc.compile(compiled, sizeof options / sizeof *options, options);
    size_t size = 0;
    nvrtc.log_size(compiled, &size);
    char *log = calloc(1, size + 1);
    nvrtc.log(compiled, log);
    if (size > 1) fputs(log, stdout);
    if (status != 0) return printf("NVRTC: error %d\n", status), 1;
    nvrtc.ptx_size(compiled, &size);
    char *ptx = calloc(1, size + 1);
    nvrtc.ptx(compiled, ptx);
    FILE *out = fopen(argv[3], "wb");
    const int failed = !out || fwrite(ptx, 1, strlen(ptx), out) == 0;
    if (out) fclose(out);
    free(ptx), free(log), free(source);
    return failed;
}
