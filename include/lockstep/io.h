/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files and text: NumPy's .npy and .npz, and arrays printed as NumPy prints them.
 *
 * Files are untrusted input here: a malformed one is an error with the file's name, the byte offset and the values,
 * never a crash, and nothing is allocated before the bytes a file declares are known to be there. Pickled objects,
 * strings and structured types are refused. Names inside a .npz are labels, never paths.
 *
 * Reading   bool, int8-64, uint8-64, float16, float32, float64, complex64, complex128; both byte orders; C and Fortran
 *           order (the latter comes as a transposed view of the memory as it was read); versions 1.0 to 3.0.
 * Writing   the bytes numpy.save writes, little-endian, version 1.0; Fortran order for a view that is contiguous in
 *           that order alone. NaNs become the canonical one. bfloat16 has no .npy type: save ls_astype(a, LS_FLOAT32).
 * Memory    data goes straight into, or comes straight out of, the array's memory where the host can reach it, else
 *           through a buffer of 4 MiB. Loaded arrays live on the device in force and belong to the innermost scope.
 * Errors    loading gives NULL; what ends a chain gives an ls_status. LS_EIO: the system said no. LS_EFORMAT: the bytes
 *           are not what they should be. LS_EUNSUPPORTED: they are, but this library does not read them (object dtypes,
 *           compression without zlib, encryption). LS_EOVERFLOW: over a limit. LS_ENOMEM.
 * Threads   any thread; a FILE * is used by one call at a time.
 *
 * Each call is a macro that adds its place; the function behind it, named in parentheses, takes the place first and
 * options last (NULL for none). */
#ifndef LOCKSTEP_IO_H
#define LOCKSTEP_IO_H

#include "types.h"
#include <stdio.h>

LS_BEGIN_DECLS

/** Limits on what a load accepts; 0 is the default. Written last: ls_load(path, .max_bytes = 1 << 30). */
typedef struct ls_load_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    int64_t max_bytes;   /**< most bytes of data in one array; default: what the file holds, and memory */
    int64_t max_members; /**< most members of a .npz; default 1,000,000 */
    int64_t max_ratio;   /**< most times a compressed member may grow; default: what deflate can reach, 1032 */
} ls_load_options;

/** How a .npz is written; 0 is the default. */
typedef struct ls_save_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    bool compressed; /**< deflate the members (needs a library built with zlib) */
} ls_save_options;

/** How arrays become text: NumPy's print options; 0 is NumPy's default. */
typedef struct ls_print_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    int64_t precision; /**< most digits after the point; default 8, -1 for none */
    int64_t threshold; /**< more elements than this are summarised; default 1000 */
    int64_t edgeitems; /**< elements shown at each end of a summarised axis; default 3 */
    int64_t linewidth; /**< columns; default 75 */
    bool suppress;     /**< write small numbers as 0. rather than switch to exponents for them */
} ls_print_options;

/**
 * An array from a .npy file.
 *
 * Path      not changed or expanded. A regular file must hold the header and exactly the data it declares; a pipe or
 *           device is read like a stream.
 * Errors    LS_EIO, LS_EFORMAT, LS_EUNSUPPORTED, LS_EOVERFLOW (.max_bytes), LS_ENOMEM.
 * See       ls_load_npz for .npz; ls_save; samples/08_hubble.c
 */
LS_API ls_array *(ls_load)(const char *place, const char *path, const ls_load_options *options);

/**
 * An array from an open stream, at its position; leaves the stream just behind the array, so that several can follow
 * each other. A stream that cannot tell its size must deliver an eighth of what its header declares before the memory
 * for all of it is taken (above 16 MiB).
 */
LS_API ls_array *(ls_load_file)(const char *place, FILE *stream, const ls_load_options *options);

/** An array from the bytes of a .npy file in memory; `size` is exactly the file's. The bytes are copied. */
LS_API ls_array *(ls_load_memory)(const char *place, const void *bytes, size_t size, const ls_load_options *options);

/**
 * Writes an array to a .npy file. Ends a chain.
 *
 * Atomic    the file appears complete or not at all: it is written under a temporary name in the same directory,
 *           flushed to the disk and renamed. A file already there keeps its permissions; a symbolic link keeps
 *           pointing, at the new file. What is no regular file (/dev/stdout, a pipe) is written to directly.
 * Errors    what the array's computation failed with; LS_EIO; LS_EDTYPE for bfloat16; LS_ENOMEM. The old file stays.
 */
LS_API LS_WARN_UNUSED ls_status(ls_save)(const char *place, const char *path, const ls_array *a);

/** Writes an array to an open stream, at its position, and flushes it. After an error part of it may be there. */
LS_API LS_WARN_UNUSED ls_status(ls_save_file)(const char *place, FILE *stream, const ls_array *a);

/**
 * Writes the bytes of a .npy file into memory, at most `size`. *needed (may be NULL) becomes the number of bytes: call
 * with buffer NULL and size 0 to ask. A buffer that is too small is LS_EARGUMENT and stays untouched.
 */
LS_API LS_WARN_UNUSED ls_status(ls_save_memory)(const char *place, const ls_array *a, void *buffer, size_t size,
                                                size_t *needed);

/**
 * The array called `name` in a .npz file ("x" finds the member x.npy, as in NumPy; the full name works too).
 *
 * Checked   the whole directory of the archive: members inside the file, not overlapping, headers in agreement; of the
 *           member that is read, every byte against its CRC. Compressed members need a library built with zlib.
 * Errors    as ls_load, and LS_EINDEX when there is no such name (the text lists names).
 */
LS_API ls_array *(ls_load_npz)(const char *place, const char *path, const char *name, const ls_load_options *options);

/** The same from the bytes of a .npz file in memory. */
LS_API ls_array *(ls_load_npz_memory)(const char *place, const void *bytes, size_t size, const char *name,
                                      const ls_load_options *options);

/** Told about one array of a .npz: its name without ".npy", and dtype and shape; LS_DTYPE_DEFAULT when the member is
 * nothing this library reads. What it is given is valid during the call. */
typedef void ls_npz_visitor(void *context, const char *name, ls_dtype dtype, ls_shape shape);

/** Calls visit(context, ...) for every member of a .npz file, in the order of the archive. */
LS_API LS_WARN_UNUSED ls_status(ls_list_npz)(const char *place, const char *path, ls_npz_visitor *visit, void *context,
                                             const ls_load_options *options);

/**
 * Writes `count` arrays to a .npz file under their names. Ends a chain; atomic as ls_save. The same arrays give the
 * same bytes: members carry no time. ZIP64 where sizes need it.
 *
 * Names     not empty, different, without "/", "\" and control characters; ".npy" is appended.
 * Errors    as ls_save, LS_EARGUMENT for a name, LS_EUNSUPPORTED for .compressed in a library without zlib.
 */
LS_API LS_WARN_UNUSED ls_status(ls_save_npz)(const char *place, const char *path, int64_t count,
                                             const char *const *names, const ls_array *const *arrays,
                                             const ls_save_options *options);

/** Prints an array and a newline to stdout, as Python's print does with a NumPy array. Ends a chain. Of an array with
 * more than 1000 elements only the ends are read. */
LS_API LS_WARN_UNUSED ls_status(ls_print)(const char *place, const ls_array *a, const ls_print_options *options);

/** The same to a stream. LS_EIO when it cannot be written. */
LS_API LS_WARN_UNUSED ls_status(ls_fprint)(const char *place, FILE *stream, const ls_array *a,
                                           const ls_print_options *options);

/**
 * An array as text, as numpy.array2string writes it: at most size - 1 characters and a NUL into buffer (which may be
 * NULL when size is 0). Gives the length of the whole text without the NUL, as snprintf does; -1 with the error
 * recorded when the array cannot be read.
 */
LS_API int64_t(ls_format)(const char *place, const ls_array *a, char *buffer, size_t size,
                          const ls_print_options *options);

LS_END_DECLS

#define ls_save(path, a) (ls_save)(LS_HERE, path, a)
#define ls_save_file(stream, a) (ls_save_file)(LS_HERE, stream, a)
#define ls_save_memory(a, buffer, size, needed) (ls_save_memory)(LS_HERE, a, buffer, size, needed)

#define ls_load(...) LS_WITH_OPTIONS((ls_load), ls_load_options, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define ls_load_file(...) LS_WITH_OPTIONS((ls_load_file), ls_load_options, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define ls_load_memory(bytes, ...) LS_LOAD_MEMORY_(bytes, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define LS_LOAD_MEMORY_(bytes, size, ...)                                                                              \
    LS_WITH_OPTIONS2((ls_load_memory), ls_load_options, bytes, size, __VA_ARGS__)
#define ls_load_npz(path, ...) LS_LOAD_NPZ_(path, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define LS_LOAD_NPZ_(path, name, ...) LS_WITH_OPTIONS2((ls_load_npz), ls_load_options, path, name, __VA_ARGS__)
#define ls_load_npz_memory(bytes, size, ...)                                                                           \
    LS_LOAD_NPZ_MEMORY_(bytes, size, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define LS_LOAD_NPZ_MEMORY_(bytes, size, name, ...)                                                                    \
    LS_WITH_OPTIONS3((ls_load_npz_memory), ls_load_options, bytes, size, name, __VA_ARGS__)
#define ls_list_npz(path, visit, ...) LS_LIST_NPZ_(path, visit, __VA_ARGS__, LS_OPTIONS_END(ls_load_options))
#define LS_LIST_NPZ_(path, visit, context, ...)                                                                        \
    LS_WITH_OPTIONS3((ls_list_npz), ls_load_options, path, visit, context, __VA_ARGS__)
#define ls_save_npz(path, count, names, ...)                                                                           \
    LS_SAVE_NPZ_(path, count, names, __VA_ARGS__, LS_OPTIONS_END(ls_save_options))
#define LS_SAVE_NPZ_(path, count, names, arrays, ...)                                                                  \
    LS_WITH_OPTIONS4((ls_save_npz), ls_save_options, path, count, names, arrays, __VA_ARGS__)
#define ls_print(...) LS_WITH_OPTIONS((ls_print), ls_print_options, __VA_ARGS__, LS_OPTIONS_END(ls_print_options))
#define ls_fprint(stream, ...) LS_FPRINT_(stream, __VA_ARGS__, LS_OPTIONS_END(ls_print_options))
#define LS_FPRINT_(stream, a, ...) LS_WITH_OPTIONS2((ls_fprint), ls_print_options, stream, a, __VA_ARGS__)
#define ls_format(a, buffer, ...) LS_FORMAT_(a, buffer, __VA_ARGS__, LS_OPTIONS_END(ls_print_options))
#define LS_FORMAT_(a, buffer, size, ...)                                                                               \
    LS_WITH_OPTIONS3((ls_format), ls_print_options, a, buffer, size, __VA_ARGS__)

#endif
