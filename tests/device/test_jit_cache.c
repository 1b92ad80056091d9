/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The disk cache of compiled kernels, against damage, strangers and accidents: what is not exactly as it was written is
 * never given back, and no trouble is more than "not there". */
#include "device/jit_cache.h"
#include "memory/prim.h"
#include "support/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[256]; /* of this run; ours alone */
static const unsigned char key_a[LSI_SHA256_BYTES] = {1, 2, 3}, key_b[LSI_SHA256_BYTES] = {9};

static void path_in(char out[512], const char *name)
{
    snprintf(out, 512, "%s/%s", root, name);
}

static bool open_at(lsi_jit_cache *cache, const char *name)
{
    char path[512];
    path_in(path, name);
    lsi_jit_cache_open(cache, path);
    return cache->folder >= 0;
}

static lsi_compiled some(size_t size, char first)
{
    static char bytes[1 << 20];
    for (size_t k = 0; k < size; k++) bytes[k] = (char)(first + (char)(k * 7));
    return (lsi_compiled){bytes, size, false};
}

/* The only kernel in the folder. */
static void only_file(const char *folder, char out[512])
{
    char path[512];
    path_in(path, folder);
    DIR *list = opendir(path);
    out[0] = '\0';
    for (const struct dirent *at; list && (at = readdir(list)) != NULL;)
        if (at->d_name[0] != '.') snprintf(out, 512, "%.250s/%.250s", path, at->d_name);
    if (list) closedir(list);
}

static int files_in(const char *folder)
{
    char path[512];
    int count = 0;
    path_in(path, folder);
    DIR *list = opendir(path);
    for (const struct dirent *at; list && (at = readdir(list)) != NULL;) count += at->d_name[0] != '.';
    if (list) closedir(list);
    return count;
}

static bool gives(const lsi_jit_cache *cache, const unsigned char *key, const lsi_compiled *expected)
{
    lsi_compiled got = {0};
    if (!lsi_jit_cache_get(cache, key, &got)) return false;
    const bool same = got.size == expected->size && memcmp(got.bytes, expected->bytes, got.size) == 0;
    CHECK(same); /* wrong bytes are worse than none */
    lsi_dealloc(got.bytes);
    return same;
}

TEST(sha256_is_that_of_the_standard)
{
    /* FIPS 180-4's own examples */
    static const struct { const char *text, *hash; } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        unsigned char bytes[LSI_SHA256_BYTES];
        char text[2 * LSI_SHA256_BYTES + 1];
        lsi_sha256 hash;
        lsi_sha256_begin(&hash);
        for (const char *at = rows[r].text; *at; at++) lsi_sha256_add(&hash, at, 1);
        lsi_sha256_end(&hash, bytes);
        for (int k = 0; k < LSI_SHA256_BYTES; k++) snprintf(text + 2 * k, 3, "%02x", bytes[k]);
        CHECK_STR(text, rows[r].hash);
    }
}

TEST(what_was_put_comes_back_and_to_others_too)
{
    lsi_jit_cache one, two;
    const lsi_compiled a = some(5000, 'a'), b = {.bytes = (char[]){'p', 't', 'x'}, .size = 3, .ptx = true};
    if (!CHECK(open_at(&one, "plain")) || !CHECK(open_at(&two, "plain"))) return;
    CHECK(!gives(&one, key_a, &a));
    lsi_jit_cache_put(&one, key_a, &a);
    lsi_jit_cache_put(&one, key_b, &b);
    CHECK(gives(&two, key_a, &a));
    lsi_compiled got;
    if (CHECK(lsi_jit_cache_get(&two, key_b, &got))) {
        CHECK(got.ptx);
        lsi_dealloc(got.bytes);
    }
    CHECK_EQ_INT(files_in("plain"), 2);
    lsi_jit_cache_close(&one);
    lsi_jit_cache_close(&two);
}

TEST(the_directory_is_the_users_alone)
{
    lsi_jit_cache cache;
    struct stat it;
    char path[512];
    if (!CHECK(open_at(&cache, "mine"))) return;
    path_in(path, "mine");
    CHECK(stat(path, &it) == 0 && (it.st_mode & 07777) == 0700);
    lsi_jit_cache_close(&cache);
    CHECK(chmod(path, 0770) == 0); /* a group may write */
    CHECK(!open_at(&cache, "mine") && cache.reason[0]);
    CHECK(chmod(path, 0707) == 0); /* everybody */
    CHECK(!open_at(&cache, "mine"));
    CHECK(chmod(path, 0755) == 0); /* others may read */
    CHECK(open_at(&cache, "mine"));
    lsi_jit_cache_close(&cache);
}

TEST(a_loose_parent_must_be_sticky)
{
    lsi_jit_cache cache;
    char path[512];
    path_in(path, "loose");
    CHECK(mkdir(path, 0700) == 0 && chmod(path, 0777) == 0);
    CHECK(!open_at(&cache, "loose/cache"));
    CHECK(chmod(path, 01777) == 0);
    CHECK(open_at(&cache, "loose/cache"));
    lsi_jit_cache_close(&cache);
}

TEST(links_are_not_followed)
{
    lsi_jit_cache cache;
    char real[512], link[512], file[512], moved[600];
    const lsi_compiled a = some(100, 'a');
    path_in(real, "real");
    path_in(link, "link");
    CHECK(mkdir(real, 0700) == 0 && symlink(real, link) == 0);
    CHECK(!open_at(&cache, "link"));
    if (!CHECK(open_at(&cache, "real"))) return;
    lsi_jit_cache_put(&cache, key_a, &a);
    only_file("real", file);
    snprintf(moved, sizeof moved, "%s.moved", file);
    CHECK(rename(file, moved) == 0 && symlink(moved, file) == 0);
    CHECK(!gives(&cache, key_a, &a));
    CHECK(access(moved, F_OK) == 0); /* the link went, not what it pointed to */
    lsi_jit_cache_close(&cache);
}

TEST(files_of_others_are_not_read)
{
    lsi_jit_cache cache;
    char file[512];
    const lsi_compiled a = some(100, 'a');
    if (!CHECK(open_at(&cache, "modes"))) return;
    lsi_jit_cache_put(&cache, key_a, &a);
    only_file("modes", file);
    CHECK(chmod(file, 0622) == 0);
    CHECK(!gives(&cache, key_a, &a));
    lsi_jit_cache_put(&cache, key_a, &a);
    only_file("modes", file);
    if (geteuid() == 0) {
        CHECK(chown(file, 12345, 12345) == 0);
        CHECK(!gives(&cache, key_a, &a));
        char folder[512];
        path_in(folder, "modes");
        lsi_jit_cache other;
        CHECK(chown(folder, 12345, 12345) == 0);
        CHECK(!open_at(&other, "modes"));
        CHECK(chown(folder, 0, 0) == 0);
    }
    lsi_jit_cache_close(&cache);
}

/* Every byte changed and every length cut: never anything but the right bytes or nothing. */
TEST(damage_is_found)
{
    lsi_jit_cache cache;
    char file[512];
    const lsi_compiled a = some(200, 'a');
    if (!CHECK(open_at(&cache, "damaged"))) return;
    lsi_jit_cache_put(&cache, key_a, &a);
    only_file("damaged", file);
    struct stat it;
    CHECK(stat(file, &it) == 0);
    for (off_t at = 0; at < it.st_size; at++) {
        unsigned char byte = 0;
        lsi_jit_cache_put(&cache, key_a, &a);
        const int open_file = open(file, O_RDWR);
        CHECK(pread(open_file, &byte, 1, at) == 1);
        byte ^= 1 << at % 8;
        CHECK(pwrite(open_file, &byte, 1, at) == 1);
        close(open_file);
        CHECK(!gives(&cache, key_a, &a));
        CHECK(access(file, F_OK) != 0); /* removed */
    }
    for (off_t size = 0; size < it.st_size; size++) {
        lsi_jit_cache_put(&cache, key_a, &a);
        CHECK(truncate(file, size) == 0);
        CHECK(!gives(&cache, key_a, &a));
    }
    lsi_jit_cache_put(&cache, key_a, &a);
    CHECK(truncate(file, it.st_size + 1) == 0);
    CHECK(!gives(&cache, key_a, &a));
    lsi_jit_cache_close(&cache);
}

TEST(another_keys_file_is_not_taken)
{
    lsi_jit_cache cache;
    char a_file[512], b_file[512];
    const lsi_compiled a = some(100, 'a'), b = {.bytes = (char[]){'b'}, .size = 1};
    if (!CHECK(open_at(&cache, "swapped"))) return;
    lsi_jit_cache_put(&cache, key_a, &a);
    only_file("swapped", a_file);
    CHECK(unlink(a_file) == 0);
    lsi_jit_cache_put(&cache, key_b, &b);
    only_file("swapped", b_file);
    CHECK(rename(b_file, a_file) == 0);
    CHECK(!gives(&cache, key_a, &a));
    lsi_jit_cache_close(&cache);
}

/* Two processes write and read the same keys at once. */
TEST(processes_may_race)
{
    lsi_jit_cache cache;
    if (!CHECK(open_at(&cache, "race"))) return;
    enum { CHILDREN = 3, ROUNDS = 300 };
    pid_t child[CHILDREN];
    for (int c = 0; c < CHILDREN; c++) {
        child[c] = fork();
        if (child[c] != 0) continue;
        const lsi_compiled mine = some(30000, 'x');
        int wrong = 0;
        for (int round = 0; round < ROUNDS; round++) {
            lsi_compiled got;
            lsi_jit_cache_put(&cache, key_a, &mine);
            if (!lsi_jit_cache_get(&cache, key_a, &got)) continue;
            wrong += got.size != mine.size || memcmp(got.bytes, mine.bytes, got.size) != 0;
            lsi_dealloc(got.bytes);
        }
        _exit(wrong != 0);
    }
    for (int c = 0; c < CHILDREN; c++) {
        int status = -1;
        CHECK(waitpid(child[c], &status, 0) == child[c]);
        CHECK_EQ_INT(status, 0);
    }
    CHECK_EQ_INT(files_in("race"), 1); /* nothing half-written is left */
    lsi_jit_cache_close(&cache);
}

TEST(a_full_disk_keeps_nothing)
{
    lsi_jit_cache cache;
    const lsi_compiled a = some(1 << 19, 'a');
    if (!CHECK(open_at(&cache, "full"))) return;
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {1 << 16, 1 << 16};
        setrlimit(RLIMIT_FSIZE, &limit);
        lsi_jit_cache_put(&cache, key_a, &a); /* SIGXFSZ would end this process */
        _exit(0);
    }
    int status = -1;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_EQ_INT(status, 0);
    CHECK_EQ_INT(files_in("full"), 0);
    CHECK(!gives(&cache, key_a, &a));
    lsi_jit_cache_close(&cache);
}

TEST(the_longest_unused_goes_first)
{
    lsi_jit_cache cache;
    const lsi_compiled a = some(10000, 'a');
    if (!CHECK(open_at(&cache, "bounded"))) return;
    cache.most_bytes = 35000;
    unsigned char key[LSI_SHA256_BYTES] = {0};
    for (int k = 0; k < 6; k++) {
        key[0] = (unsigned char)k;
        lsi_jit_cache_put(&cache, key, &a);
        usleep(15000);
        key[0] = 0;
        CHECK(gives(&cache, key, &a)); /* used all the time */
    }
    CHECK_EQ_INT(files_in("bounded"), 3);
    key[0] = 1;
    CHECK(!gives(&cache, key, &a));
    key[0] = 5;
    CHECK(gives(&cache, key, &a));
    lsi_jit_cache_close(&cache);
}

TEST(settings_say_where)
{
    lsi_jit_cache cache;
    char path[512], expected[600];
    lsi_jit_cache_open(&cache, "off");
    CHECK(cache.folder < 0 && strstr(cache.reason, "off"));
    lsi_jit_cache_open(&cache, "relative/path");
    CHECK(cache.folder < 0 && cache.reason[0]);
    path_in(path, "xdg");
    CHECK(mkdir(path, 0700) == 0);
    setenv("XDG_CACHE_HOME", path, 1);
    lsi_jit_cache_open(&cache, NULL);
    snprintf(expected, sizeof expected, "%s/lockstep/kernels", path);
    CHECK(cache.folder >= 0);
    CHECK_STR(cache.path, expected);
    lsi_jit_cache_close(&cache);
    setenv("XDG_CACHE_HOME", "relative", 1); /* to be ignored, says the specification */
    setenv("HOME", path, 1);
    lsi_jit_cache_open(&cache, NULL);
    snprintf(expected, sizeof expected, "%s/.cache/lockstep/kernels", path);
    CHECK_STR(cache.path, expected);
    lsi_jit_cache_close(&cache);
    unsetenv("HOME");
    unsetenv("XDG_CACHE_HOME");
    lsi_jit_cache_open(&cache, NULL);
    CHECK(cache.folder < 0 && cache.reason[0]);
}

int main(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/lockstep-cache-XXXXXX", temporary && *temporary == '/' ? temporary : "/tmp");
    if (!mkdtemp(root)) return 1;
    RUN(sha256_is_that_of_the_standard);
    RUN(what_was_put_comes_back_and_to_others_too);
    RUN(the_directory_is_the_users_alone);
    RUN(a_loose_parent_must_be_sticky);
    RUN(links_are_not_followed);
    RUN(files_of_others_are_not_read);
    RUN(damage_is_found);
    RUN(another_keys_file_is_not_taken);
    RUN(processes_may_race);
    RUN(a_full_disk_keeps_nothing);
    RUN(the_longest_unused_goes_first);
    RUN(settings_say_where);
    char command[320];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    if (system(command) != 0) return 1;
    return check_report();
}
