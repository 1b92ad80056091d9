/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ls_load_npz, ls_list_npz, ls_save_npz: named arrays in a ZIP archive, one .npy image a member. */
#include "npy.h"

#include "atomic_file.h"
#include "lockstep/error.h"
#include "memory/prim.h"
#include "zip.h"
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { DEFAULT_MAX_MEMBERS = 1000000, LONGEST_NAME = 1024 };

/* --- reading --- */

static ls_status open_zip(lsi_zip *zip, const lsi_bytes *bytes, const ls_load_options *limits)
{
    return lsi_zip_open(zip, bytes, limits->max_members > 0 ? limits->max_members : DEFAULT_MAX_MEMBERS);
}

/* Length of a member's name without ".npy". */
static size_t label_length(const lsi_zip_member *member)
{
    const size_t n = member->name_length;
    return n >= 4 && memcmp(member->name + n - 4, ".npy", 4) == 0 ? n - 4 : n;
}

static bool called(const lsi_zip_member *member, const char *name)
{
    const size_t length = strlen(name);
    const bool whole = length == member->name_length, label = length == label_length(member);
    return (whole || label) && memcmp(member->name, name, length) == 0;
}

/* The names there are, as far as the text of an error has room. */
static ls_status no_such_name(const lsi_zip *zip, const char *name)
{
    char names[300] = "";
    size_t used = 0;
    for (int64_t i = 0; i < zip->count && used < 200; i++) {
        const size_t length = label_length(&zip->members[i]);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%.*s", i ? ", " : "",
                                 (int)(length < 60 ? length : 60), zip->members[i].name);
    }
    return lsi_fail(LS_EINDEX, "%s: has no array '%.100s'; it has %" PRId64 ": %s", zip->bytes->name, name, zip->count,
                    names);
}

static const lsi_zip_member *find(const lsi_zip *zip, const char *name)
{
    const lsi_zip_member *found = NULL;
    for (int64_t i = 0; i < zip->count; i++) {
        if (!called(&zip->members[i], name)) continue;
        if (found) {
            lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": a second array '%.100s'", zip->bytes->name,
                     zip->members[i].header_at, name);
            return NULL;
        }
        found = &zip->members[i];
    }
    if (!found) no_such_name(zip, name);
    return found;
}

static ls_array *load_member(const lsi_zip *zip, const lsi_zip_member *member, const ls_load_options *limits)
{
    lsi_zip_reader r;
    ls_status status = lsi_zip_reader_open(&r, zip, member, limits->max_ratio);
    ls_array *a = status ? NULL : lsi_npy_read(&r.reader, limits);
    if (a) status = lsi_zip_reader_check(&r);
    lsi_zip_reader_close(&r);
    if (!status) return a;
    lsi_array_drop(a);
    return NULL;
}

static ls_array *load_named(const lsi_bytes *bytes, const char *name, const ls_load_options *limits)
{
    lsi_zip zip;
    ls_array *a = NULL;
    if (!open_zip(&zip, bytes, limits)) {
        const lsi_zip_member *member = find(&zip, name);
        if (member) a = load_member(&zip, member, limits);
    }
    lsi_zip_close(&zip);
    return a;
}

static ls_status open_bytes(const char *path, FILE **file, lsi_bytes *bytes)
{
    struct stat info;
    const ls_status status = lsi_open_read(path, file);
    if (status) return status;
    *bytes = (lsi_bytes){.name = path, .fd = fileno(*file)};
    if (fstat(bytes->fd, &info) == 0 && S_ISREG(info.st_mode)) {
        bytes->size = (int64_t)info.st_size;
        return LS_OK;
    }
    fclose(*file);
    return lsi_fail(LS_EUNSUPPORTED, "%s: no regular file: a .npz is read from its end", path);
}

ls_array *(ls_load_npz)(const char *place, const char *path, const char *name, const ls_load_options *options)
{
    LSI_CALL("ls_load_npz", place);
    const ls_load_options limits = lsi_load_options_read(options);
    FILE *file;
    lsi_bytes bytes;
    if (!path || !name) lsi_fail_null(path ? 2 : 1);
    if (!path || !name || open_bytes(path, &file, &bytes)) return NULL;
    ls_array *a = load_named(&bytes, name, &limits);
    fclose(file);
    return a;
}

ls_array *(ls_load_npz_memory)(const char *place, const void *memory, size_t size, const char *name,
                               const ls_load_options *options)
{
    LSI_CALL("ls_load_npz_memory", place);
    const ls_load_options limits = lsi_load_options_read(options);
    if (!memory || !name) {
        lsi_fail_null(memory ? 3 : 1);
        return NULL;
    }
    if (size > INT64_MAX) {
        lsi_fail(LS_EOVERFLOW, "size %zu is above 2^63 - 1", size);
        return NULL;
    }
    const lsi_bytes bytes = {.name = "memory", .size = (int64_t)size, .fd = -1, .memory = memory};
    return load_named(&bytes, name, &limits);
}

/* --- listing --- */

static ls_status look_into(const lsi_zip *zip, const lsi_zip_member *member, const ls_load_options *limits,
                           lsi_npy_header *header)
{
    lsi_zip_reader r;
    ls_status status = lsi_zip_reader_open(&r, zip, member, limits->max_ratio);
    if (!status) status = lsi_npy_read_header(&r.reader, header);
    lsi_zip_reader_close(&r);
    return status;
}

/* A member this library does not read is listed without a dtype and is no error; one of the caller's own that waits to
 * be reported stays. */
static ls_status list_member(const lsi_zip *zip, const lsi_zip_member *member, ls_npz_visitor *visit, void *context,
                             const ls_load_options *limits)
{
    lsi_npy_header header;
    char name[LONGEST_NAME];
    const ls_status before = lsi_unreported_error(), status = look_into(zip, member, limits, &header);
    if (status && status != LS_EUNSUPPORTED && status != LS_EFORMAT) return status;
    if (status) memset(&header, 0, sizeof header);
    if (status && !before) ls_clear_error();
    const size_t length = label_length(member);
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), member->name);
    lsi_call *call = lsi_call_suspend();
    visit(context, name, header.dtype, (ls_shape){header.ndim, header.shape});
    lsi_call_resume(call);
    return LS_OK;
}

static ls_status list_members(const lsi_bytes *bytes, ls_npz_visitor *visit, void *context,
                              const ls_load_options *limits)
{
    lsi_zip zip;
    ls_status status = open_zip(&zip, bytes, limits);
    for (int64_t i = 0; i < zip.count && !status; i++)
        status = list_member(&zip, &zip.members[i], visit, context, limits);
    lsi_zip_close(&zip);
    return status;
}

ls_status(ls_list_npz)(const char *place, const char *path, ls_npz_visitor *visit, void *context,
                       const ls_load_options *options)
{
    LSI_CALL("ls_list_npz", place);
    const ls_load_options limits = lsi_load_options_read(options);
    FILE *file;
    lsi_bytes bytes;
    if (!path || !visit) return lsi_report(lsi_fail_null(path ? 2 : 1));
    ls_status status = open_bytes(path, &file, &bytes);
    if (status) return lsi_report(status);
    status = list_members(&bytes, visit, context, &limits);
    fclose(file);
    return lsi_report(status);
}

/* --- writing --- */

static ls_status check_name(const char *name, int64_t i)
{
    if (!name || !*name) return lsi_fail(LS_EARGUMENT, "name %" PRId64 " is %s", i, name ? "empty" : "NULL");
    if (strlen(name) > LONGEST_NAME - 5)
        return lsi_fail(LS_EARGUMENT, "name %" PRId64 " has %zu bytes, %d are allowed", i, strlen(name),
                        LONGEST_NAME - 5);
    for (const char *p = name; *p; p++)
        if (*p == '/' || *p == '\\' || (unsigned char)*p < ' ' || *p == 127)
            return lsi_fail(LS_EARGUMENT,
                            "name %" PRId64 " has a character that names in a .npz may not have (byte %d)", i, *p);
    return LS_OK;
}

static ls_status check_arrays(int64_t count, const char *const *names, const ls_array *const *arrays)
{
    for (int64_t i = 0; i < count; i++) {
        const ls_status status = check_name(names[i], i);
        if (status) return status;
        if (!lsi_array_check(arrays[i], 4)) return lsi_unreported_error();
        for (int64_t j = 0; j < i; j++)
            if (strcmp(names[i], names[j]) == 0)
                return lsi_fail(LS_EARGUMENT, "names %" PRId64 " and %" PRId64 " are both '%.100s'", j, i, names[i]);
    }
    return LS_OK;
}

static ls_status write_member(lsi_zip_writer *w, const char *name, const ls_array *a)
{
    char full[LONGEST_NAME + 5], text[LSI_NPY_HEADER_ROOM];
    lsi_npy_header header;
    ls_status status = lsi_npy_plan(a, name, &header);
    if (status) return status;
    snprintf(full, sizeof full, "%s.npy", name);
    status = lsi_zip_begin(w, full, header.bytes + (int64_t)lsi_npy_write_header(&header, text));
    if (!status) status = lsi_npy_write(a, &header, &w->member);
    return status ? status : lsi_zip_end(w);
}

static ls_status write_members(FILE *file, const char *path, int64_t count, const char *const *names,
                               const ls_array *const *arrays, bool compressed)
{
    lsi_zip_writer w;
    ls_status status = lsi_zip_writer_open(&w, path, file, count, compressed);
    for (int64_t i = 0; i < count && !status; i++) status = write_member(&w, names[i], arrays[i]);
    if (!status) status = lsi_zip_finish(&w);
    lsi_zip_writer_close(&w);
    return status;
}

static ls_status save_members(const char *path, int64_t count, const char *const *names, const ls_array *const *arrays,
                              bool compressed)
{
    lsi_atomic_file file;
    ls_status status = check_arrays(count, names, arrays);
    for (int64_t i = 0; i < count && !status; i++) status = lsi_evaluate(1, &arrays[i]);
    if (!status) status = lsi_atomic_open(&file, path);
    if (status) return status;
    status = file.temporary
                 ? write_members(file.stream, path, count, names, arrays, compressed)
                 : lsi_fail(LS_EUNSUPPORTED, "%s: no regular file: a .npz cannot be written to a stream", path);
    return lsi_atomic_close(&file, status);
}

ls_status(ls_save_npz)(const char *place, const char *path, int64_t count, const char *const *names,
                       const ls_array *const *arrays, const ls_save_options *options)
{
    LSI_CALL("ls_save_npz", place);
    ls_save_options read = {.struct_size = sizeof read};
    if (options) memcpy(&read, options, options->struct_size < sizeof read ? options->struct_size : sizeof read);
    if (!path) return lsi_report(lsi_fail_null(1));
    if (count < 0) return lsi_report(lsi_fail(LS_EARGUMENT, "count is %" PRId64, count));
    if (count > 0 && (!names || !arrays)) return lsi_report(lsi_fail_null(names ? 4 : 3));
    return lsi_report(save_members(path, count, names, arrays, read.compressed));
}
