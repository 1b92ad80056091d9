/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The disk cache. Decides which directories can be trusted, what a file looks like, and what is removed when there is
 * too much. A file is written under a random name and renamed, so that readers see all of it or nothing; a torn one,
 * which a crash may leave, does not pass its own hash. */
#include "device/jit_cache.h"
#include "memory/prim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_MEGABYTES = 256, MOST_FILE = 64 << 20, NAME_BYTES = 2 * LSI_SHA256_BYTES + 8, STALE_SECONDS = 3600 };

typedef struct header {
    char magic[8];
    uint64_t size;
    uint64_t ptx;
    unsigned char key[LSI_SHA256_BYTES], hash[LSI_SHA256_BYTES]; /* of what stands before it and the payload */
} header;
static const char magic[8] = "LSJIT\0\0\1";

/* ---- directories ---- */

/* A directory that others cannot put things into: ours, or the system's, and written by its owner alone or sticky. */
static bool keeps_others_out(const struct stat *it)
{
    return (it->st_uid == geteuid() || it->st_uid == 0) && ((it->st_mode & 022) == 0 || (it->st_mode & S_ISVTX) != 0);
}

static bool is_ours_alone(const struct stat *it)
{
    return S_ISDIR(it->st_mode) && it->st_uid == geteuid() && (it->st_mode & 022) == 0;
}

/* The directory `name` in `parent`, made when it is not there; -1 where it cannot be trusted. */
static int enter(lsi_jit_cache *cache, int parent, const char *name)
{
    struct stat above, it;
    if (fstat(parent, &above) != 0 || !keeps_others_out(&above)) {
        snprintf(cache->reason, sizeof cache->reason, "others may write to the directory above %s", name);
        return -1;
    }
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST) {
        snprintf(cache->reason, sizeof cache->reason, "%s cannot be made: %s", name, strerror(errno));
        return -1;
    }
    const int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0 && fstat(folder, &it) == 0 && is_ours_alone(&it)) return folder;
    snprintf(cache->reason, sizeof cache->reason, folder < 0 ? "%s is not a directory" : "%s is not the user's alone",
             name);
    if (folder >= 0) close(folder);
    return -1;
}

static void enter_path(lsi_jit_cache *cache, const char *base, const char *const *names)
{
    int folder = open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t used = (size_t)snprintf(cache->path, sizeof cache->path, "%s", base);
    if (folder < 0) snprintf(cache->reason, sizeof cache->reason, "%.100s: %s", base, strerror(errno));
    for (; folder >= 0 && *names && used < sizeof cache->path; names++) {
        const int inner = enter(cache, folder, *names);
        used += (size_t)snprintf(cache->path + used, sizeof cache->path - used, "/%s", *names);
        close(folder);
        folder = inner;
    }
    cache->folder = folder;
}

/* A path given by the user: its last part is made, the rest is there. */
static void enter_given(lsi_jit_cache *cache, const char *setting)
{
    char parent[512];
    const char *last = strrchr(setting, '/');
    if (setting[0] != '/' || !last[1] || strlen(setting) >= sizeof parent) {
        snprintf(cache->reason, sizeof cache->reason, "LOCKSTEP_JIT_CACHE is neither off nor an absolute path");
        return;
    }
    memcpy(parent, setting, (size_t)(last - setting) + 1);
    parent[last == setting ? 1 : last - setting] = '\0';
    enter_path(cache, parent, (const char *const[]){last + 1, NULL});
}

void lsi_jit_cache_open(lsi_jit_cache *cache, const char *setting)
{
    *cache = (lsi_jit_cache){.folder = -1, .most_bytes = (uint64_t)MOST_MEGABYTES << 20};
    const char *cache_home = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
    if (setting && strcmp(setting, "off") == 0)
        snprintf(cache->reason, sizeof cache->reason, "LOCKSTEP_JIT_CACHE=off");
    else if (getauxval(AT_SECURE))
        snprintf(cache->reason, sizeof cache->reason, "the process runs with rights that are not its user's");
    else if (setting && *setting)
        enter_given(cache, setting);
    else if (cache_home && cache_home[0] == '/')
        enter_path(cache, cache_home, (const char *const[]){"lockstep", "kernels", NULL});
    else if (home && home[0] == '/')
        enter_path(cache, home, (const char *const[]){".cache", "lockstep", "kernels", NULL});
    else
        snprintf(cache->reason, sizeof cache->reason, "neither XDG_CACHE_HOME nor HOME is set");
}

void lsi_jit_cache_close(lsi_jit_cache *cache)
{
    if (cache->folder >= 0) close(cache->folder);
    cache->folder = -1;
}

/* ---- files ---- */

static void name_of(const unsigned char key[LSI_SHA256_BYTES], char name[NAME_BYTES])
{
    for (int k = 0; k < LSI_SHA256_BYTES; k++) snprintf(name + 2 * k, 3, "%02x", key[k]);
    memcpy(name + 2 * LSI_SHA256_BYTES, ".kernel", 8);
}

static void hash_of(const header *head, const void *bytes, unsigned char out[LSI_SHA256_BYTES])
{
    lsi_sha256 hash;
    lsi_sha256_begin(&hash);
    lsi_sha256_add(&hash, head, offsetof(header, hash));
    lsi_sha256_add(&hash, bytes, (size_t)head->size);
    lsi_sha256_end(&hash, out);
}

static bool read_all(int file, void *to, size_t size)
{
    for (size_t got = 0; got < size;) {
        const ssize_t n = read(file, (char *)to + got, size - got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        got += (size_t)n;
    }
    return true;
}

static bool write_all(int file, const void *from, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t n = write(file, (const char *)from + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

/* The payload, when all of the file is as it was written. */
static bool read_verified(int file, const unsigned char key[LSI_SHA256_BYTES], lsi_compiled *out)
{
    struct stat it;
    header head;
    unsigned char hash[LSI_SHA256_BYTES];
    if (fstat(file, &it) != 0 || !S_ISREG(it.st_mode) || it.st_uid != geteuid() || (it.st_mode & 022) != 0)
        return false;
    if (!read_all(file, &head, sizeof head) || memcmp(head.magic, magic, sizeof magic) != 0) return false;
    if (memcmp(head.key, key, sizeof head.key) != 0 || head.size == 0 || head.size > MOST_FILE || head.ptx > 1)
        return false;
    if ((uint64_t)it.st_size != sizeof head + head.size) return false;
    char *bytes = lsi_alloc((size_t)head.size, 1);
    if (bytes && read_all(file, bytes, (size_t)head.size)) {
        hash_of(&head, bytes, hash);
        if (memcmp(hash, head.hash, sizeof hash) == 0) {
            *out = (lsi_compiled){bytes, (size_t)head.size, head.ptx != 0};
            return true;
        }
    }
    lsi_dealloc(bytes);
    return false;
}

bool lsi_jit_cache_get(const lsi_jit_cache *cache, const unsigned char key[LSI_SHA256_BYTES], lsi_compiled *out)
{
    char name[NAME_BYTES];
    if (cache->folder < 0) return false;
    name_of(key, name);
    const int file = openat(cache->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        if (errno == ELOOP) (void)unlinkat(cache->folder, name, 0);
        return false;
    }
    const bool good = read_verified(file, key, out);
    if (good) (void)futimens(file, NULL); /* used now */
    else (void)unlinkat(cache->folder, name, 0);
    close(file);
    return good;
}

/* ---- the bound ---- */

typedef struct entry {
    char name[NAME_BYTES];
    uint64_t size;
    struct timespec used;
} entry;

static bool is_stale(const char *name, const struct stat *it)
{
    return strncmp(name, "new-", 4) == 0 && time(NULL) - it->st_mtime > STALE_SECONDS;
}

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* The file used longest ago, and the bytes of all. Removes what writers that died left behind. */
static bool survey(int folder, entry *oldest, uint64_t *bytes)
{
    const int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    if (!list) {
        if (again >= 0) close(again);
        return false;
    }
    bool found = false;
    *bytes = 0;
    for (const struct dirent *at; (at = readdir(list)) != NULL;) {
        struct stat it;
        if (fstatat(folder, at->d_name, &it, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(it.st_mode)) continue;
        if (is_stale(at->d_name, &it)) (void)unlinkat(folder, at->d_name, 0);
        if (strlen(at->d_name) != NAME_BYTES - 1) continue;
        *bytes += (uint64_t)it.st_size;
        if (found && !is_before(&it.st_mtim, &oldest->used)) continue;
        memcpy(oldest->name, at->d_name, NAME_BYTES);
        oldest->size = (uint64_t)it.st_size;
        oldest->used = it.st_mtim;
        found = true;
    }
    closedir(list);
    return found;
}

static void keep_within(const lsi_jit_cache *cache)
{
    entry oldest;
    uint64_t bytes;
    while (survey(cache->folder, &oldest, &bytes) && bytes > cache->most_bytes)
        if (unlinkat(cache->folder, oldest.name, 0) != 0) return;
}

/* ---- writing ---- */

static int create_new(int folder, char name[40])
{
    unsigned char random[16];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) return -1;
    memcpy(name, "new-", 5);
    for (int k = 0; k < 16; k++) snprintf(name + 4 + 2 * k, 3, "%02x", random[k]);
    return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Passing the process's limit would send it a signal that ends it. */
static bool may_write(size_t bytes)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || bytes <= limit.rlim_cur;
}

void lsi_jit_cache_put(const lsi_jit_cache *cache, const unsigned char key[LSI_SHA256_BYTES], const lsi_compiled *it)
{
    char name[NAME_BYTES], new_name[40];
    header head = {.size = it->size, .ptx = it->ptx};
    if (cache->folder < 0 || it->size == 0 || it->size > MOST_FILE || !may_write(it->size + sizeof head)) return;
    memcpy(head.magic, magic, sizeof magic);
    memcpy(head.key, key, sizeof head.key);
    hash_of(&head, it->bytes, head.hash);
    const int file = create_new(cache->folder, new_name);
    if (file < 0) return;
    bool good = write_all(file, &head, sizeof head) && write_all(file, it->bytes, it->size);
    good &= close(file) == 0;
    name_of(key, name);
    if (good) good = renameat(cache->folder, new_name, cache->folder, name) == 0;
    if (!good) (void)unlinkat(cache->folder, new_name, 0);
    keep_within(cache);
}
