/* SPDX-License-Identifier: BSD-3-Clause
 *
 * .npz: NumPy's archives are read, ours hold what was saved, and archives that lie are refused. */
#include "files.h"

static void check_member(const char *path, const char *name, int64_t ndim, int64_t size)
{
    ls_array *a = ls_load_npz(path, name);
    if (!CHECK(a != NULL)) {
        ls_perror(path);
        return;
    }
    CHECK_EQ_INT(ls_ndim(a), ndim);
    CHECK_EQ_INT(ls_size(a), size);
    CHECK(is_vector(a));
}

static void check_archive(const char *path)
{
    LS_SCOPE {
        check_member(path, "a", 2, 12);
        check_member(path, "a.npy", 2, 12);
        check_member(path, "b", 1, 5);
        check_member(path, "empty", 2, 0);
        check_member(path, "\xce\xb1", 2, 4);
    }
}

TEST(archives_of_numpy)
{
    check_archive(VECTORS "/stored.npz");
    if (!HAVE_ZLIB) {
        CHECK(ls_load_npz(VECTORS "/deflated.npz", "a") == NULL);
        CHECK_EQ_INT(ls_error(), LS_EUNSUPPORTED);
        CHECK(strstr(ls_error_message(), "zlib") != NULL);
        ls_clear_error();
        return;
    }
    check_archive(VECTORS "/deflated.npz");
    check_archive(VECTORS "/piped.npz");
    double sum = 1;
    CHECK_STATUS(ls_item(ls_sum(ls_load_npz(VECTORS "/deflated.npz", "zeros")), &sum), LS_OK);
    CHECK_EQ_DOUBLE(sum, 0);
}

static void add_line(void *context, const char *name, ls_dtype dtype, ls_shape shape)
{
    char *text = context;
    snprintf(text + strlen(text), 512 - strlen(text), "%s %s %lld; ", name, dtype ? ls_dtype_name(dtype) : "-",
             (long long)shape.ndim);
}

TEST(listing)
{
    char text[512] = "";
    CHECK_STATUS(ls_list_npz(VECTORS "/stored.npz", add_line, text), LS_OK);
    CHECK_STR(text, "a float64 2; b bool 1; empty int32 2; \xce\xb1 complex64 2; ");
    if (!HAVE_ZLIB) return;
    *text = 0;
    CHECK_STATUS(ls_list_npz(VECTORS "/piped.npz", add_line, text), LS_OK);
    CHECK_STR(text, "a float64 2; b bool 1; empty int32 2; \xce\xb1 complex64 2; readme.txt - 0; ");
    CHECK_EQ_INT(ls_error(), LS_OK);
}

TEST(absent_names_are_told)
{
    CHECK(ls_load_npz(VECTORS "/stored.npz", "c") == NULL);
    CHECK_EQ_INT(ls_error(), LS_EINDEX);
    CHECK(strstr(ls_error_message(), "a, b, empty") != NULL);
    ls_clear_error();
}

static int same(ls_array *a, ls_array *b)
{
    bool equal = false;
    return !ls_item(ls_all(ls_equal(a, b)), &equal) && equal;
}

static void save_and_load(bool compressed)
{
    LS_SCOPE {
        const char *path = scratch("ours.npz");
        ls_array *x = ls_reshape(ls_arange(300000), LS_SHAPE(500, 600)), *y = ls_transpose(x),
                 *z = ls_mul(ls_arange(7), 0.5);
        const char *names[] = {"x", "y", "z e t"};
        const ls_array *arrays[] = {x, y, z};
        CHECK_STATUS(ls_save_npz(path, 3, names, arrays, .compressed = compressed), LS_OK);
        CHECK(same(ls_load_npz(path, "x"), x));
        CHECK(same(ls_load_npz(path, "y"), y));
        CHECK(same(ls_load_npz(path, "z e t"), z));
        size_t size = 0, again = 0;
        unsigned char *first = read_file(path, &size);
        CHECK(same(ls_load_npz_memory(first, size, "y"), y));
        CHECK_STATUS(ls_save_npz(path, 3, names, arrays, .compressed = compressed), LS_OK);
        unsigned char *second = read_file(path, &again);
        CHECK(size == again && memcmp(first, second, size) == 0);
        if (compressed) CHECK(size < 2400000);
        free(first);
        free(second);
    }
}

TEST(save_and_load_stored) { save_and_load(false); }

TEST(save_and_load_compressed)
{
    if (HAVE_ZLIB) {
        save_and_load(true);
        return;
    }
    const char *names[] = {"x"};
    const ls_array *arrays[] = {ls_arange(3)};
    CHECK_STATUS(ls_save_npz(scratch("no.npz"), 1, names, arrays, .compressed = true), LS_EUNSUPPORTED);
    CHECK(access(scratch("no.npz"), F_OK) != 0);
}

TEST(empty_archive)
{
    CHECK_STATUS(ls_save_npz(scratch("empty.npz"), 0, NULL, NULL), LS_OK);
    char text[512] = "";
    CHECK_STATUS(ls_list_npz(scratch("empty.npz"), add_line, text), LS_OK);
    CHECK_STR(text, "");
}

TEST(names_are_checked)
{
    const ls_array *arrays[] = {ls_arange(3), ls_arange(4)};
    const char *const bad[] = {"", "a/b", "..\\x", "a\nb", NULL};
    for (int i = 0; i < 5; i++) {
        CHECK_STATUS(ls_save_npz(scratch("names.npz"), 1, &bad[i], arrays), LS_EARGUMENT);
        CHECK(access(scratch("names.npz"), F_OK) != 0);
    }
    const char *twice[] = {"x", "x"};
    CHECK_STATUS(ls_save_npz(scratch("names.npz"), 2, twice, arrays), LS_EARGUMENT);
    CHECK(strstr(ls_error_message(), "both 'x'") != NULL);
}

/* --- archives that lie --- */

static void refused(const unsigned char *bytes, size_t size, const char *name, ls_status status, const char *words)
{
    CHECK(ls_load_npz_memory(bytes, size, name) == NULL);
    if (!CHECK_EQ_INT(ls_error(), status) || !CHECK(strstr(ls_error_message(), words) != NULL))
        printf("  %s\n", ls_error_message());
    ls_clear_error();
}

static unsigned char *find(unsigned char *bytes, size_t size, const char *what, size_t length, int nth)
{
    unsigned char *p = bytes;
    for (;; p++) {
        p = memmem(p, size - (size_t)(p - bytes), what, length);
        if (!p || nth-- == 0) return p;
    }
}

TEST(lies_are_found)
{
    size_t size = 0;
    unsigned char *good = read_file(VECTORS "/stored.npz", &size), *bytes = malloc(size + 16);
#define FRESH() memcpy(bytes, good, size)
#define CENTRAL(n) find(bytes, size, "PK\1\2", 4, n)
    FRESH();
    bytes[200]++; /* inside the data of the first member */
    refused(bytes, size, "a", LS_EFORMAT, "CRC");
    FRESH();
    CENTRAL(0)[10] = 12; /* method */
    refused(bytes, size, "a", LS_EFORMAT, "disagree");
    FRESH();
    memcpy(CENTRAL(1) + 42, CENTRAL(0) + 42, 4); /* b's header is a's */
    refused(bytes, size, "a", LS_EFORMAT, "disagree");
    FRESH();
    memcpy(CENTRAL(1), CENTRAL(0), 46 + 5); /* the same member twice: the names have one length */
    refused(bytes, size, "a", LS_EFORMAT, "overlap");
    FRESH();
    CENTRAL(0)[20]++; /* packed size */
    refused(bytes, size, "a", LS_EFORMAT, "disagree");
    FRESH();
    memcpy(CENTRAL(0) + 42, "\xff\xff\xff\x7f", 4);
    refused(bytes, size, "a", LS_EFORMAT, "outside");
    FRESH();
    memcpy(CENTRAL(0) + 20, "\xff\xff\xff\xff", 4); /* 64 bits asked for, none there */
    refused(bytes, size, "a", LS_EFORMAT, "ZIP64");
    FRESH();
    bytes[size - 22 + 10]++;
    refused(bytes, size, "a", LS_EFORMAT, "parts");
    bytes[size - 22 + 8]++;
    refused(bytes, size, "a", LS_EFORMAT, "");
    FRESH();
    bytes[size - 22 + 16]++; /* the directory's place */
    refused(bytes, size, "a", LS_EFORMAT, "directory");
    FRESH();
    memcpy(bytes + size, "more", 4);
    refused(bytes, size + 4, "a", LS_EFORMAT, "no end");
    refused(bytes + 1, size - 1, "a", LS_EFORMAT, "directory");
    FRESH();
    find(bytes, size, "PK\3\4", 4, 0)[6] |= 1, CENTRAL(0)[8] |= 1;
    refused(bytes, size, "a", LS_EUNSUPPORTED, "encrypted");
    FRESH();
    find(bytes, size, "PK\3\4", 4, 0)[8] = 12, CENTRAL(0)[10] = 12;
    refused(bytes, size, "a", LS_EUNSUPPORTED, "method 12");
    free(good);
    free(bytes);
}

TEST(bombs_are_refused)
{
    if (!HAVE_ZLIB) return;
    size_t size = 0;
    unsigned char *bytes = read_file(VECTORS "/deflated.npz", &size);
    CHECK(ls_load_npz_memory(bytes, size, "zeros", .max_ratio = 100) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EOVERFLOW);
    ls_clear_error();
    CHECK(ls_load_npz_memory(bytes, size, "zeros", .max_bytes = 1000) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EOVERFLOW);
    ls_clear_error();
    CHECK(ls_load_npz_memory(bytes, size, "zeros", .max_members = 4) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EOVERFLOW);
    ls_clear_error();
    free(bytes);
}

int main(void)
{
    RUN(archives_of_numpy);
    RUN(listing);
    RUN(absent_names_are_told);
    RUN(save_and_load_stored);
    RUN(save_and_load_compressed);
    RUN(empty_archive);
    RUN(names_are_checked);
    RUN(lies_are_found);
    RUN(bombs_are_refused);
    return check_report();
}
