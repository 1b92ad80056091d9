/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Readers and writers over memory and C streams. Decides when missing bytes are the file's fault (LS_EFORMAT) and when
 * the system's (LS_EIO). */
#include "stream.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

ls_status lsi_read_some(lsi_reader *reader, void *to, size_t bytes, size_t *got)
{
    *got = 0;
    if (reader->left >= 0 && bytes > (uint64_t)reader->left) bytes = (size_t)reader->left;
    if (bytes == 0) return LS_OK;
    const ls_status status = reader->read(reader, to, bytes, got);
    reader->position += (int64_t)*got;
    if (reader->left >= 0) reader->left -= (int64_t)*got;
    return status;
}

ls_status lsi_read_all(lsi_reader *reader, void *to, size_t bytes, const char *what)
{
    size_t got;
    const ls_status status = lsi_read_some(reader, to, bytes, &got);
    if (status) return status;
    if (got == bytes) return LS_OK;
    return lsi_fail(LS_EFORMAT, "%s: ends at byte %" PRId64 ", inside %s: %zu of its %zu bytes are missing",
                    reader->name, reader->position, what, bytes - got, bytes);
}

ls_status lsi_read_end(lsi_reader *reader)
{
    if (!reader->whole || reader->left <= 0) return LS_OK;
    return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": %" PRId64 " bytes after the end of the data", reader->name,
                    reader->position, reader->left);
}

static ls_status memory_read(lsi_reader *reader, void *to, size_t bytes, size_t *got)
{
    const lsi_memory_reader *memory = reader->context;
    memcpy(to, memory->bytes + reader->position, bytes);
    *got = bytes;
    return LS_OK;
}

void lsi_memory_reader_open(lsi_memory_reader *memory, const char *name, const void *bytes, size_t size)
{
    memory->reader =
        (lsi_reader){.name = name, .left = (int64_t)size, .whole = true, .context = memory, .read = memory_read};
    memory->bytes = bytes;
}

static ls_status file_read(lsi_reader *reader, void *to, size_t bytes, size_t *got)
{
    FILE *file = reader->context;
    size_t done = 0;
    errno = 0;
    while (done < bytes) {
        const size_t step = fread((char *)to + done, 1, bytes - done, file);
        done += step;
        if (done == bytes || feof(file)) break;
        if (ferror(file) && errno != EINTR) {
            *got = done;
            return lsi_fail(LS_EIO, "%s: reading failed at byte %" PRId64 ": %s", reader->name,
                            reader->position + (int64_t)done, errno ? strerror(errno) : "unknown cause");
        }
        clearerr(file);
    }
    *got = done;
    return LS_OK;
}

static bool file_read_ahead(const lsi_reader *reader, void *to, size_t bytes, size_t ahead)
{
    const int fd = fileno(reader->context);
    for (size_t done = 0; done < bytes;) {
        const off_t at = (off_t)(reader->position + (int64_t)(ahead + done));
        const ssize_t got = pread(fd, (char *)to + done, bytes - done, at);
        if (got > 0) done += (size_t)got;
        else if (got == 0 || errno != EINTR) return false;
    }
    return true;
}

static bool file_skip(lsi_reader *reader, size_t bytes)
{
    if (fseeko(reader->context, (off_t)bytes, SEEK_CUR) != 0) return false;
    reader->position += (int64_t)bytes;
    reader->left -= (int64_t)bytes;
    return true;
}

void lsi_file_reader_open(lsi_reader *reader, const char *name, FILE *file)
{
    *reader = (lsi_reader){.name = name, .left = -1, .context = file, .read = file_read};
    const int fd = fileno(file);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return;
    const off_t at = ftello(file);
    if (at < 0) return;
    reader->position = (int64_t)at;
    reader->left = info.st_size > at ? (int64_t)(info.st_size - at) : 0;
    reader->read_ahead = file_read_ahead;
    reader->skip = file_skip;
}

ls_status lsi_write_all(lsi_writer *writer, const void *from, size_t bytes)
{
    if (bytes == 0) return LS_OK;
    const ls_status status = writer->write(writer, from, bytes);
    if (!status) writer->position += (int64_t)bytes;
    return status;
}

static ls_status write_failed(const lsi_writer *writer)
{
    return lsi_fail(LS_EIO, "%s: writing failed at byte %" PRId64 ": %s", writer->name, writer->position,
                    errno ? strerror(errno) : "unknown cause");
}

static ls_status file_write(lsi_writer *writer, const void *from, size_t bytes)
{
    errno = 0;
    if (fwrite(from, 1, bytes, writer->context) == bytes) return LS_OK;
    return write_failed(writer);
}

void lsi_file_writer_open(lsi_writer *writer, const char *name, FILE *file)
{
    *writer = (lsi_writer){.name = name, .context = file, .write = file_write};
}

ls_status lsi_file_writer_flush(lsi_writer *writer)
{
    errno = 0;
    return fflush(writer->context) == 0 ? LS_OK : write_failed(writer);
}

static ls_status memory_write(lsi_writer *writer, const void *from, size_t bytes)
{
    memcpy((char *)writer->context + writer->position, from, bytes);
    return LS_OK;
}

void lsi_memory_writer_open(lsi_writer *writer, void *buffer)
{
    *writer = (lsi_writer){.name = "memory", .context = buffer, .write = memory_write};
}

ls_status lsi_open_read(const char *path, FILE **file)
{
    *file = fopen(path, "rbe");
    if (!*file) return lsi_fail(LS_EIO, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat info;
    if (fstat(fileno(*file), &info) == 0 && S_ISDIR(info.st_mode)) {
        fclose(*file);
        *file = NULL;
        return lsi_fail(LS_EIO, "%s: is a directory", path);
    }
    return LS_OK;
}
