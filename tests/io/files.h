/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the tests of src/io share: files as bytes, and what the elements of the vectors are (make_npy_vectors.py). */
#ifndef LOCKSTEP_TESTS_IO_FILES_H
#define LOCKSTEP_TESTS_IO_FILES_H

#include "check.h"
#include <dirent.h>
#include <lockstep.h>
#include <stdlib.h>
#include <unistd.h>

/* A whole file; free() it. NULL when it cannot be read. */
__attribute__((unused)) static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    *size = 0;
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size + 1);
    if (bytes && fread(bytes, 1, *size, file) != *size) {
        free(bytes);
        bytes = NULL;
    }
    fclose(file);
    return bytes;
}

__attribute__((unused)) static int write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file) return 0;
    const int whole = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && whole;
}

/* A directory of this run, which goes away with it. */
static char scratch_directory[32];

__attribute__((unused)) static void remove_scratch(void)
{
    char path[320];
    DIR *directory = opendir(scratch_directory);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        snprintf(path, sizeof path, "%s/%s", scratch_directory, entry->d_name);
        unlink(path);
    }
    if (directory) closedir(directory);
    rmdir(scratch_directory);
}

/* A file name in that directory; valid until the next call but three. */
__attribute__((unused)) static const char *scratch(const char *name)
{
    static char paths[4][160];
    static int next;
    if (!*scratch_directory) {
        strcpy(scratch_directory, "io-scratch-XXXXXX");
        if (!mkdtemp(scratch_directory) || atexit(remove_scratch)) abort();
    }
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_directory, name);
    return path;
}

/* Element i of the vector of a dtype, as a complex number. */
__attribute__((unused)) static ls_complex vector_element(ls_dtype dtype, int64_t i)
{
    switch (dtype) {
    case LS_BOOL: return (ls_complex){i % 3 == 0, 0};
    case LS_INT8: return (ls_complex){(int8_t)(i * 7 - 20), 0};
    case LS_INT16: case LS_INT32: case LS_INT64: return (ls_complex){(double)(i * 7 - 20), 0};
    case LS_UINT8: return (ls_complex){(uint8_t)(i * 7 + 1), 0};
    case LS_UINT16: case LS_UINT32: case LS_UINT64: return (ls_complex){(double)(i * 7 + 1), 0};
    case LS_COMPLEX64: case LS_COMPLEX128: return (ls_complex){(double)(i - 5) * 0.5, (double)i * 0.25};
    default: return (ls_complex){(double)(i - 5) * 0.5, 0};
    }
}

/* All elements are the vector's. */
__attribute__((unused)) static int is_vector(const ls_array *a)
{
    const int64_t count = ls_size(a);
    if (count < 0) return 0;
    double *numbers = malloc(((size_t)count + 1) * 2 * sizeof *numbers);
    int same = !ls_to_host_as(a, numbers, count, LS_COMPLEX128);
    for (int64_t i = 0; i < count && same; i++) {
        const ls_complex z = vector_element(ls_dtype_of(a), i);
        same = numbers[2 * i] == z.re && numbers[2 * i + 1] == z.im;
    }
    free(numbers);
    return same;
}

#endif
