/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decides how a file is replaced. The temporary file is made with O_EXCL and O_NOFOLLOW, so what others put in the
 * directory is never written to, and with the permissions of the file it replaces, else those the umask leaves. */
#include "atomic_file.h"

#include "memory/prim.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static ls_status system_says(const char *path, const char *what)
{
    return lsi_fail(LS_EIO, "%s: %s: %s", path, what, strerror(errno));
}

static char *copy_text(const char *text)
{
    char *copy = lsi_alloc(strlen(text) + 1, 1);
    if (copy) strcpy(copy, text);
    return copy;
}

/* `path`, or what it points to when it is a link to something that exists. */
static char *follow_links(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0 || !S_ISLNK(info.st_mode)) return copy_text(path);
    char *real = realpath(path, NULL);
    if (!real) return copy_text(path);
    char *copy = copy_text(real);
    free(real);
    return copy;
}

static ls_status open_direct(lsi_atomic_file *file)
{
    file->stream = fopen(file->target, "wbe");
    return file->stream ? LS_OK : system_says(file->target, "cannot be opened for writing");
}

/* ".name.<pid>-<count>-<time>.tmp" beside the target; taken names are passed over. */
static int make_temporary(lsi_atomic_file *file, size_t room)
{
    static atomic_uint counter;
    const char *slash = strrchr(file->target, '/');
    const char *base = slash ? slash + 1 : file->target;
    const int directory = (int)(base - file->target);
    int shown = (int)strnlen(base, NAME_MAX / 2); /* a name of full length has no room for more */
    int fd = -1;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        snprintf(file->temporary, room, "%.*s.%.*s.%ld-%u-%08lx.tmp", directory, file->target, shown, base,
                 (long)getpid(), atomic_fetch_add(&counter, 1), (unsigned long)now.tv_nsec);
        fd = open(file->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST) break;
    }
    return fd;
}

static ls_status open_temporary(lsi_atomic_file *file, const struct stat *old)
{
    const size_t room = strlen(file->target) + 96;
    file->temporary = lsi_alloc(room, 1);
    if (!file->temporary) return lsi_fail(LS_ENOMEM, "%s: no memory for a file name", file->target);
    const int fd = make_temporary(file, room);
    if (fd < 0) {
        const ls_status status = system_says(file->target, "no file can be made beside it");
        lsi_dealloc(file->temporary);
        file->temporary = NULL;
        return status;
    }
    if (old && fchmod(fd, old->st_mode & 07777) != 0) errno = 0; /* the owner's wish, not ours to insist on */
    file->stream = fdopen(fd, "w+b");
    if (file->stream) return LS_OK;
    close(fd);
    return system_says(file->target, "cannot be opened for writing");
}

static void forget(lsi_atomic_file *file, bool remove_temporary)
{
    if (remove_temporary && file->temporary) unlink(file->temporary);
    lsi_dealloc(file->temporary);
    lsi_dealloc(file->target);
    memset(file, 0, sizeof *file);
}

/* /dev/stdout and its kin name a stream that is open already, also when it goes to a file. */
static bool names_a_stream(const char *path)
{
    return strncmp(path, "/dev/std", 8) == 0 || strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/", 6) == 0;
}

ls_status lsi_atomic_open(lsi_atomic_file *file, const char *path)
{
    memset(file, 0, sizeof *file);
    const bool stream = names_a_stream(path);
    file->target = stream ? copy_text(path) : follow_links(path);
    if (!file->target) return lsi_fail(LS_ENOMEM, "%s: no memory for a file name", path);
    struct stat old;
    const bool exists = stat(file->target, &old) == 0;
    const bool special = stream || (exists && !S_ISREG(old.st_mode));
    const ls_status status = special ? open_direct(file) : open_temporary(file, exists ? &old : NULL);
    if (status) forget(file, true);
    return status;
}

/* So that the new name survives a crash too. Not every file system can; that is no failure of the file. */
static void sync_directory(const char *target)
{
    char *path = copy_text(target);
    if (!path) return;
    const int fd = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    lsi_dealloc(path);
}

static ls_status commit(lsi_atomic_file *file)
{
    if (fflush(file->stream) != 0) return system_says(file->target, "writing failed");
    if (file->temporary && fsync(fileno(file->stream)) != 0)
        return system_says(file->target, "cannot be flushed to the disk");
    return LS_OK;
}

ls_status lsi_atomic_close(lsi_atomic_file *file, ls_status status)
{
    if (!status) status = commit(file);
    errno = 0;
    if (fclose(file->stream) != 0 && !status) status = system_says(file->target, "writing failed");
    if (!status && file->temporary && rename(file->temporary, file->target) != 0)
        status = system_says(file->target, "cannot be replaced");
    const bool renamed = !status && file->temporary;
    if (renamed) sync_directory(file->target);
    forget(file, !renamed);
    return status;
}
