/* SPDX-License-Identifier: BSD-3-Clause
 *
 * When the system fails: reads and writes that come in pieces or not at all, full disks, memory that runs out, memory
 * the host cannot reach. The result is an error, nothing leaks, and the file that was there before is still there. */
#include "files.h"

#include "backend.h"
#include "host/parallel.h"
#include "memory/pool.h"
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- streams that misbehave --- */

typedef struct trickle {
    const unsigned char *bytes;
    size_t size, at;
    size_t most;    /* bytes per call */
    size_t fail_at; /* EIO from here on */
} trickle;

static ssize_t trickle_read(void *cookie, char *to, size_t size)
{
    trickle *t = cookie;
    if (t->at >= t->fail_at) {
        errno = EIO;
        return -1;
    }
    size_t n = size < t->most ? size : t->most;
    if (n > t->size - t->at) n = t->size - t->at;
    memcpy(to, t->bytes + t->at, n);
    t->at += n;
    return (ssize_t)n;
}

static ssize_t trickle_write(void *cookie, const char *from, size_t size)
{
    trickle *t = cookie;
    (void)from;
    if (t->at >= t->fail_at) {
        errno = ENOSPC;
        return 0;
    }
    const size_t n = size < t->most ? size : t->most;
    t->at += n;
    return (ssize_t)n;
}

static FILE *open_trickle(trickle *t, const char *mode)
{
    FILE *file = fopencookie(t, mode, (cookie_io_functions_t){.read = trickle_read, .write = trickle_write});
    if (file) setvbuf(file, NULL, _IONBF, 0);
    return file;
}

static unsigned char image[4096];
static size_t image_size;

static void make_image(void)
{
    CHECK_STATUS(ls_save_memory(ls_mul(ls_arange(100), 0.5), image, sizeof image, &image_size), LS_OK);
}

TEST(pieces_are_put_together)
{
    for (size_t most = 1; most < 100; most += 7) LS_SCOPE {
        trickle t = {image, image_size, 0, most, SIZE_MAX};
        FILE *file = open_trickle(&t, "rb");
        double sum = 0;
        CHECK_STATUS(ls_item(ls_sum(ls_load_file(file)), &sum), LS_OK);
        CHECK_EQ_DOUBLE(sum, 2475.0);
        fclose(file);
    }
}

TEST(a_read_error_is_the_systems_fault)
{
    for (size_t fail_at = 0; fail_at < image_size; fail_at += 13) {
        trickle t = {image, image_size, 0, 13, fail_at};
        FILE *file = open_trickle(&t, "rb");
        CHECK(ls_load_file(file) == NULL);
        CHECK_EQ_INT(ls_error(), LS_EIO);
        CHECK(strstr(ls_error_message(), strerror(EIO)) != NULL);
        ls_clear_error();
        fclose(file);
    }
}

TEST(a_short_stream_is_the_files_fault)
{
    for (size_t size = 0; size < image_size; size += 11) {
        trickle t = {image, size, 0, 1000, SIZE_MAX};
        FILE *file = open_trickle(&t, "rb");
        CHECK(ls_load_file(file) == NULL);
        CHECK_EQ_INT(ls_error(), LS_EFORMAT);
        ls_clear_error();
        fclose(file);
    }
}

TEST(a_stream_that_promises_too_much_gets_little_memory)
{
    char promise[128] = "\x93NUMPY\x01\x00\x76";
    memset(promise + 10, ' ', 118);
    const char *dict = "{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }";
    memcpy(promise + 10, dict, strlen(dict));
    trickle t = {(unsigned char *)promise, 128, 0, 4096, SIZE_MAX};
    ls_memory before, after;
    CHECK_STATUS(ls_memory_reset_peak((ls_device){0}), LS_OK);
    CHECK_STATUS(ls_memory_stats((ls_device){0}, &before), LS_OK);
    FILE *file = open_trickle(&t, "rb");
    CHECK(ls_load_file(file) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EFORMAT);
    ls_clear_error();
    fclose(file);
    CHECK_STATUS(ls_memory_stats((ls_device){0}, &after), LS_OK);
    CHECK_EQ_INT(after.peak_in_use, before.peak_in_use);
}

TEST(long_streams_arrive)
{
    LS_SCOPE {
        const int64_t count = 5 << 20; /* 40 MiB: more than is trusted at once */
        ls_array *x = ls_arange(count);
        const char *path = scratch("long.npy");
        CHECK_STATUS(ls_save(path, x), LS_OK);
        size_t size = 0;
        unsigned char *bytes = read_file(path, &size);
        trickle t = {bytes, size, 0, 1 << 20, SIZE_MAX};
        FILE *file = open_trickle(&t, "rb");
        bool same = false;
        CHECK_STATUS(ls_item(ls_all(ls_equal(ls_load_file(file), x)), &same), LS_OK);
        CHECK(same);
        fclose(file);
        t = (trickle){bytes, size / 2, 0, 1 << 20, SIZE_MAX};
        file = open_trickle(&t, "rb");
        CHECK(ls_load_file(file) == NULL);
        CHECK_EQ_INT(ls_error(), LS_EFORMAT);
        ls_clear_error();
        fclose(file);
        free(bytes);
        unlink(path);
    }
}

TEST(write_errors_are_told)
{
    ls_array *x = ls_arange(1000);
    for (size_t fail_at = 0; fail_at < 8000; fail_at += 777) {
        trickle t = {NULL, 0, 0, 1 << 20, fail_at};
        FILE *file = open_trickle(&t, "wb");
        const ls_status status = ls_save_file(file, x);
        CHECK_EQ_INT(status, fail_at <= 128 ? LS_EIO : LS_OK); /* two writes: header and data */
        fclose(file);
    }
    if (access("/dev/full", W_OK) != 0) return;
    CHECK_STATUS(ls_save("/dev/full", x), LS_EIO);
    CHECK(strstr(ls_error_message(), strerror(ENOSPC)) != NULL);
    FILE *full = fopen("/dev/full", "wb");
    CHECK_STATUS(ls_save_file(full, x), LS_EIO);
    fclose(full);
    const char *names[] = {"x"};
    const ls_array *arrays[] = {x};
    CHECK_STATUS(ls_save_npz("/dev/full", 1, names, arrays), LS_EUNSUPPORTED);
}

/* Within a large array: the error is the caller's, says where, and nothing is written after it. */
TEST(write_errors_in_the_middle_are_told)
{
    const size_t step = 1 << 20, bytes = 5 * step + 24;
    ls_array *x = ls_zeros(LS_SHAPE((int64_t)bytes / 8));
    for (int threads = 1; threads <= 2; threads++) {
        lsi_parallel_force(threads);
        for (size_t fail_at = 128 + step; fail_at < bytes; fail_at += step) {
            trickle t = {NULL, 0, 0, 2 * step, fail_at};
            FILE *file = open_trickle(&t, "wb");
            char where[64];
            snprintf(where, sizeof where, "stream: writing failed at byte %zu: ", fail_at);
            CHECK_STATUS(ls_save_file(file, x), LS_EIO);
            CHECK(strstr(ls_error_message(), where) != NULL);
            CHECK_EQ_INT(t.at, fail_at);
            fclose(file);
        }
    }
    lsi_parallel_force(0);
}

TEST(a_device_is_written_directly)
{
    CHECK_STATUS(ls_save("/dev/null", ls_arange(10)), LS_OK);
    struct stat info;
    CHECK(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode));
}

/* --- the file system --- */

static int entries(const char *path)
{
    char directory[200];
    snprintf(directory, sizeof directory, "%.*s", (int)(strrchr(path, '/') - path), path);
    DIR *dir = opendir(directory);
    int n = 0;
    while (dir && readdir(dir)) n++;
    if (dir) closedir(dir);
    return n;
}

TEST(failures_leave_the_old_file_and_nothing_else)
{
    const char *path = scratch("old.npy");
    CHECK_STATUS(ls_save(path, ls_arange(5)), LS_OK);
    const int before = entries(path);
    CHECK_STATUS(ls_save(path, ls_zeros(LS_SHAPE(2), .dtype = LS_BFLOAT16)), LS_EDTYPE);
    CHECK_EQ_INT(entries(path), before);
    CHECK_EQ_INT(ls_size(ls_load(path)), 5);
    CHECK_STATUS(ls_save(path, ls_arange(6)), LS_OK);
    CHECK_EQ_INT(entries(path), before);
    CHECK_EQ_INT(ls_size(ls_load(path)), 6);
    CHECK_STATUS(ls_save("/nowhere/x.npy", ls_arange(5)), LS_EIO);
    CHECK(strstr(ls_error_message(), "/nowhere/x.npy") != NULL);
}

TEST(permissions_and_links_stay)
{
    char real[160], link[160];
    strcpy(real, scratch("real.npy"));
    strcpy(link, scratch("link.npy"));
    CHECK_STATUS(ls_save(real, ls_arange(5)), LS_OK);
    CHECK(chmod(real, 0640) == 0 && symlink("real.npy", link) == 0);
    CHECK_STATUS(ls_save(link, ls_arange(9)), LS_OK);
    struct stat info;
    CHECK(lstat(link, &info) == 0 && S_ISLNK(info.st_mode));
    CHECK(stat(real, &info) == 0 && (info.st_mode & 07777) == 0640);
    CHECK_EQ_INT(ls_size(ls_load(real)), 9);
}

/* Shared memory lies under /dev as streams do, and its files are files: replaced, so that who reads the old one keeps it. */
TEST(files_of_shared_memory_are_replaced)
{
    char path[64];
    snprintf(path, sizeof path, "/dev/shm/lockstep-test-%ld.npy", (long)getpid());
    FILE *old = fopen(path, "w+");
    if (!old) return; /* no such place here */
    fputs("read me", old);
    CHECK_STATUS(ls_save(path, ls_arange(5)), LS_OK);
    char kept[8] = "";
    rewind(old);
    CHECK(fread(kept, 1, 7, old) == 7 && !strcmp(kept, "read me"));
    CHECK_EQ_INT(ls_size(ls_load(path)), 5);
    fclose(old);
    unlink(path);
}

/* --- memory --- */

static void memory_round(void)
{
    const char *names[] = {"x", "y"};
    char text[400];
    LS_SCOPE {
        ls_array *x = ls_load_memory(image, image_size), *y = ls_load_file(NULL);
        (void)y;
        ls_clear_error();
        x = ls_load_memory(image, image_size);
        const ls_array *arrays[] = {x, x};
        (void)!ls_save(scratch("m.npy"), x);
        (void)!ls_save(scratch("n.npy"), ls_divide(x, 0)); /* has a NaN */
        (void)!ls_save_npz(scratch("m.npz"), 2, names, arrays, .compressed = HAVE_ZLIB);
        (void)ls_load_npz(scratch("m.npz"), "y");
        (void)ls_format(x, text, sizeof text);
        ls_clear_error();
    }
}

TEST(every_allocation_may_fail)
{
    memory_round();
    lsi_alloc_fail_at(0, false);
    memory_round();
    const int64_t sites = lsi_alloc_count();
    CHECK(sites > 20);
    const int64_t live = lsi_alloc_live();
    for (int64_t n = 1; n <= sites; n++) {
        for (int persistent = 0; persistent <= 1; persistent++) {
            lsi_alloc_fail_at(n, persistent);
            memory_round();
        }
    }
    lsi_alloc_fail_at(0, false);
    CHECK_EQ_INT(lsi_alloc_live(), live);
    printf("%lld allocation sites\n", (long long)sites);
}

/* --- memory the host cannot reach: the host's own backend over a pool that says so --- */

static void *distant_allocate(lsi_prim *prim, size_t bytes)
{
    (void)prim;
    return lsi_prim_host()->allocate(lsi_prim_host(), bytes);
}
static void distant_release(lsi_prim *prim, void *block, size_t bytes)
{
    (void)prim, lsi_prim_host()->release(lsi_prim_host(), block, bytes);
}
static void distant_capacity(lsi_prim *prim, size_t *total, size_t *free_bytes)
{
    (void)prim, *total = *free_bytes = 0;
}

TEST(distant_memory_goes_through_a_stage)
{
    static lsi_prim prim;
    static lsi_backend distant;
    prim = *lsi_prim_host();
    prim.name = "distant";
    prim.host_readable = false;
    prim.allocate = distant_allocate;
    prim.release = distant_release;
    prim.capacity = distant_capacity;
    distant = *lsi_backend_host();
    distant.name = "distant";
    distant.pool = lsi_pool_new(&prim);
    const int device = lsi_backend_register(&distant, false);
    CHECK_STATUS(ls_use_device((ls_device){device}), LS_OK);
    LS_SCOPE {
        const char *path = scratch("distant.npy");
        ls_array *x = ls_reshape(ls_mul(ls_arange(2000000), 0.25), LS_SHAPE(1000, 2000));
        CHECK_STATUS(ls_save(path, ls_transpose(x)), LS_OK);
        ls_array *y = ls_load(path);
        CHECK_EQ_INT(ls_device_of(y).id, device);
        bool same = false;
        CHECK_STATUS(ls_item(ls_all(ls_equal(ls_transpose(x), y)), &same), LS_OK);
        CHECK(same);
        char text[200];
        CHECK_EQ_INT(ls_format(ls_at(y, "::1000, ::500"), text, sizeof text), 50);
        CHECK_STR(text, "[[0.0000e+00 2.5000e+05]\n [2.5000e+02 2.5025e+05]]");
    }
    CHECK_STATUS(ls_use_device((ls_device){0}), LS_OK);
    lsi_backend_unregister(&distant);
    lsi_pool_delete(distant.pool);
}

int main(void)
{
    make_image();
    RUN(pieces_are_put_together);
    RUN(a_read_error_is_the_systems_fault);
    RUN(a_short_stream_is_the_files_fault);
    RUN(a_stream_that_promises_too_much_gets_little_memory);
    RUN(long_streams_arrive);
    RUN(write_errors_are_told);
    RUN(write_errors_in_the_middle_are_told);
    RUN(a_device_is_written_directly);
    RUN(failures_leave_the_old_file_and_nothing_else);
    RUN(permissions_and_links_stay);
    RUN(files_of_shared_memory_are_replaced);
    RUN(every_allocation_may_fail);
    RUN(distant_memory_goes_through_a_stage);
    return check_report();
}
