/* SPDX-License-Identifier: BSD-3-Clause
 *
 * .npy against NumPy: every file it wrote is read, every array that came from one is written as NumPy wrote it. */
#include "files.h"

#include "host/parallel.h"
#include "lazy/array.h"
#include <math.h>
#include <sys/stat.h>

typedef struct vector {
    size_t offset, length;
    char dtype[16];
    int own, ndim;
    int64_t shape[LS_MAX_NDIM];
} vector;

static unsigned char *images;
static size_t images_size;
static vector vectors[256];
static int vector_count;

static void read_vectors(void)
{
    images = read_file(VECTORS "/npy_vectors.bin", &images_size);
    FILE *list = fopen(VECTORS "/npy_vectors.txt", "r");
    if (!CHECK(images && list)) exit(1);
    vector *v = vectors;
    while (vector_count < 256 &&
           fscanf(list, "%zu %zu %15s %d %d", &v->offset, &v->length, v->dtype, &v->own, &v->ndim) == 5) {
        for (int i = 0; i < v->ndim; i++) {
            long long size;
            if (fscanf(list, "%lld", &size) == 1) v->shape[i] = size;
        }
        v = &vectors[++vector_count];
    }
    fclose(list);
    CHECK(vector_count > 100);
}

static int check_array(const vector *v, const ls_array *a)
{
    if (!CHECK(a != NULL)) return ls_perror(v->dtype);
    int same = CHECK_STR(ls_dtype_name(ls_dtype_of(a)), v->dtype) && CHECK_EQ_INT(ls_ndim(a), v->ndim);
    for (int i = 0; i < v->ndim && same; i++) same = CHECK_EQ_INT(ls_dim(a, i), v->shape[i]);
    return same && CHECK(is_vector(a));
}

TEST(every_image_is_read)
{
    for (int i = 0; i < vector_count; i++) LS_SCOPE
        check_array(&vectors[i], ls_load_memory(images + vectors[i].offset, vectors[i].length));
}

TEST(what_numpy_saved_is_saved_the_same)
{
    int compared = 0;
    for (int i = 0; i < vector_count; i++) LS_SCOPE {
        const vector *v = &vectors[i];
        size_t needed;
        if (!v->own) continue;
        ls_array *a = ls_load_memory(images + v->offset, v->length);
        if (!CHECK_STATUS(ls_save_memory(a, NULL, 0, &needed), LS_OK)) continue;
        CHECK_EQ_INT(needed, v->length);
        unsigned char *bytes = malloc(needed);
        CHECK_STATUS(ls_save_memory(a, bytes, needed, NULL), LS_OK);
        CHECK(memcmp(bytes, images + v->offset, needed) == 0);
        CHECK_STATUS(ls_save_memory(a, bytes, needed - 1, NULL), LS_EARGUMENT);
        free(bytes);
        compared++;
    }
    CHECK(compared > 80);
}

TEST(arrays_follow_each_other_in_a_stream)
{
    FILE *file = fopen(VECTORS "/npy_vectors.bin", "rb"), *pipe = fmemopen(images, images_size, "rb");
    for (int i = 0; i < vector_count; i++) LS_SCOPE {
        check_array(&vectors[i], ls_load_file(file));
        check_array(&vectors[i], ls_load_file(pipe)); /* has no descriptor, so its size is unknown */
    }
    CHECK(ls_load_file(file) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EFORMAT);
    fclose(file);
    fclose(pipe);
}

TEST(files_hold_exactly_one_array)
{
    const vector *v = &vectors[0];
    char longer[512];
    const char *path = scratch("one.npy");
    CHECK(write_file(path, images + v->offset, v->length));
    check_array(v, ls_load(path));
    memcpy(longer, images + v->offset, v->length);
    memcpy(longer + v->length, "xyz", 3);
    CHECK(write_file(path, longer, v->length + 3));
    CHECK(ls_load(path) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EFORMAT);
    CHECK(strstr(ls_error_message(), "3 bytes after the end") != NULL);
    CHECK(strstr(ls_error_message(), path) != NULL);
}

TEST(fortran_order_comes_as_a_view)
{
    for (int i = 0; i < vector_count; i++) LS_SCOPE {
        const vector *v = &vectors[i];
        if (v->ndim != 3 || !memmem(images + v->offset, v->length, "'fortran_order': True", 21)) continue;
        ls_array *a = ls_load_memory(images + v->offset, v->length);
        CHECK_EQ_INT(lsi_array_strides(a)[0], 1);
    }
}

TEST(save_and_load_of_computed_arrays)
{
    const char *path = scratch("computed.npy");
    LS_SCOPE {
        ls_array *x = ls_reshape(ls_arange(24), LS_SHAPE(2, 3, 4));
        CHECK_STATUS(ls_save(path, ls_add(x, 0.5)), LS_OK);
        double back[24];
        CHECK_STATUS(ls_to_host(ls_load(path), back, 24), LS_OK);
        for (int i = 0; i < 24; i++) CHECK_EQ_DOUBLE(back[i], i + 0.5);
        CHECK_STATUS(ls_save(path, ls_at(x, "::-1, 1:, ::2")), LS_OK); /* a gathered view */
        int64_t part[8];
        ls_array *view = ls_load(path);
        CHECK_EQ_INT(ls_dim(view, 1), 2);
        CHECK_STATUS(ls_to_host(view, part, 8), LS_OK);
        const int64_t expected[] = {16, 18, 20, 22, 4, 6, 8, 10};
        for (int i = 0; i < 8; i++) CHECK_EQ_INT(part[i], expected[i]);
    }
}

TEST(large_views_are_written_in_steps)
{
    const char *path = scratch("large.npy");
    LS_SCOPE {
        ls_array *x = ls_reshape(ls_arange(3000000), LS_SHAPE(1500, 2000));
        CHECK_STATUS(ls_save(path, ls_at(x, ":, ::-1")), LS_OK);
        bool same;
        CHECK_STATUS(ls_item(ls_all(ls_equal(ls_load(path), ls_at(x, ":, ::-1"))), &same), LS_OK);
        CHECK(same);
        FILE *file = fopen(path, "rb"), *again = fopen(scratch("again.npy"), "wb+");
        CHECK_STATUS(ls_save_file(again, ls_load_file(file)), LS_OK);
        CHECK_EQ_INT(ftell(again), 128 + 24000000);
        fclose(file);
        fclose(again);
    }
}

TEST(nans_are_canonical_and_bools_are_bits)
{
    const uint64_t bits[] = {0xfff8000000000001, 0x7ff0000000000001, 0x7ff0000000000000, 0};
    double numbers[4];
    memcpy(numbers, bits, sizeof bits);
    unsigned char bytes[256], flags[131];
    size_t needed;
    CHECK_STATUS(ls_save_memory(ls_from_host(numbers, LS_SHAPE(4)), bytes, sizeof bytes, &needed), LS_OK);
    const uint64_t canonical[] = {0x7ff8000000000000, 0x7ff8000000000000, 0x7ff0000000000000, 0};
    CHECK(memcmp(bytes + 128, canonical, sizeof canonical) == 0);

    const bool zeros[3] = {0};
    CHECK_STATUS(ls_save_memory(ls_from_host(zeros, LS_SHAPE(3)), flags, sizeof flags, &needed), LS_OK);
    flags[128] = 2, flags[129] = 255;
    int64_t set;
    CHECK_STATUS(ls_item(ls_sum(ls_load_memory(flags, sizeof flags)), &set), LS_OK);
    CHECK_EQ_INT(set, 2);
}

/* One NaN in a large array, where steps begin and end and in the last one, which is short: found by whoever looks. */
TEST(nans_of_large_arrays_are_canonical)
{
    enum { COUNT = 700001, IN_STEP = (1 << 20) / 8 };
    static const int64_t places[] = {0, IN_STEP - 1, IN_STEP, 3 * IN_STEP + 5, 5 * IN_STEP - 1, 5 * IN_STEP, COUNT - 1};
    static const uint64_t odd = 0xfff8000000000001, canonical = 0x7ff8000000000000;
    double *numbers = malloc(COUNT * sizeof *numbers);
    unsigned char *bytes = malloc(COUNT * sizeof *numbers + 128);
    for (int64_t i = 0; i < COUNT; i++) numbers[i] = i == 7 ? INFINITY : (double)i; /* worth a second look */
    for (int threads = 1; threads <= 3; threads++) {
        lsi_parallel_force(threads);
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) LS_SCOPE {
            const double kept = numbers[places[p]];
            memcpy(numbers + places[p], &odd, sizeof odd);
            CHECK_STATUS(ls_save_memory(ls_wrap(numbers, LS_SHAPE(COUNT)), bytes, COUNT * 8 + 128, NULL), LS_OK);
            memcpy(numbers + places[p], &canonical, sizeof canonical);
            CHECK(memcmp(bytes + 128, numbers, COUNT * sizeof *numbers) == 0);
            numbers[places[p]] = kept;
        }
    }
    lsi_parallel_force(0);
    free(numbers);
    free(bytes);
}

TEST(refusals_say_why)
{
    static const struct {
        const char *dict;
        ls_status status;
        const char *words;
    } cases[] = {
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "pickled"},
        {"{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "strings"},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "structured"},
        {"{'descr': '<V2', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "raw"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "'<f16'"},
        {"{'descr': '|f8', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "'|f8'"},
        {"{'descr': 'f8', 'fortran_order': False, 'shape': (1,), }", LS_EUNSUPPORTED, "'f8'"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", LS_EFORMAT, "True or False"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1), }", LS_EFORMAT, "(n,)"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", LS_EFORMAT, "digits"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (True,), }", LS_EFORMAT, "digits"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1.0,), }", LS_EFORMAT, "','"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775808,), }", LS_EFORMAT, "2^63"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807,), }", LS_EFORMAT, "2^63"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", LS_EFORMAT, "2^63"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846975,), }", LS_EFORMAT, "0 are there"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", LS_EFORMAT, "'x'"},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", LS_EFORMAT, "twice"},
        {"{'descr': '<f8', 'shape': (1,), }", LS_EFORMAT, "lacks 'fortran_order'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x", LS_EFORMAT, "end of the header"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", LS_EFORMAT, "ends where"},
        {"{'descr': '\\x3cf8', 'fortran_order': False, 'shape': (1,), }", LS_EFORMAT, "plain character"},
        {"", LS_EFORMAT, "'{'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char file[512] = "\x93NUMPY\x01\x00";
        const size_t length = strlen(cases[i].dict);
        file[8] = (unsigned char)length;
        memcpy(file + 10, cases[i].dict, length);
        CHECK(ls_load_memory(file, 10 + length) == NULL);
        if (!CHECK_EQ_INT(ls_error(), cases[i].status) || !CHECK(strstr(ls_error_message(), cases[i].words) != NULL))
            printf("  %s\n  %s\n", cases[i].dict, ls_error_message());
        ls_clear_error();
    }
}

static void check_refused(const void *bytes, size_t size, ls_status status, const char *words)
{
    CHECK(ls_load_memory(bytes, size) == NULL);
    CHECK_EQ_INT(ls_error(), status);
    if (!CHECK(strstr(ls_error_message(), words) != NULL)) printf("  %s\n", ls_error_message());
    ls_clear_error();
}

TEST(prefixes_that_are_not_ours)
{
    check_refused("PK\3\4xxxxxxxx", 12, LS_EFORMAT, "ls_load_npz");
    check_refused("not a file at all", 17, LS_EFORMAT, "not a .npy file");
    check_refused("\x93NUMPY\x04\x00\x00\x00\x00\x00", 12, LS_EUNSUPPORTED, "version 4.0");
    check_refused("\x93NUMPY\x01\x01\x00\x00\x00\x00", 12, LS_EUNSUPPORTED, "version 1.1");
    check_refused("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12, LS_EFORMAT, "4294967295 bytes");
    check_refused("\x93NUMPY\x01\x00\xff\xff", 10, LS_EFORMAT, "65535 bytes is declared, 0 are left");
    check_refused("", 0, LS_EFORMAT, "byte 0");
    CHECK(ls_load_memory(NULL, 5) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EARGUMENT);
    ls_clear_error();
    CHECK(ls_load(NULL) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EARGUMENT);
    ls_clear_error();
    CHECK(ls_load("/nowhere/at/all.npy") == NULL);
    CHECK_EQ_INT(ls_error(), LS_EIO);
    ls_clear_error();
    CHECK(ls_load("/") == NULL);
    CHECK(strstr(ls_error_message(), "directory") != NULL);
    ls_clear_error();
}

TEST(zero_sizes_hide_no_overflow)
{
    static const char file[] = "\x93NUMPY\x01\x00\x70\x00{'descr': '<f8', 'fortran_order': False, "
                               "'shape': (0, 4611686018427387904, 4611686018427387904), }";
    char padded[122];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, file, sizeof file - 1);
    ls_array *a = ls_load_memory(padded, sizeof padded);
    CHECK_EQ_INT(ls_size(a), 0);
    CHECK_EQ_INT(ls_dim(a, 1), INT64_C(1) << 62);
}

TEST(limits_are_kept)
{
    unsigned char bytes[256];
    size_t needed;
    CHECK_STATUS(ls_save_memory(ls_arange(10), bytes, sizeof bytes, &needed), LS_OK);
    CHECK(ls_load_memory(bytes, needed, .max_bytes = 80) != NULL);
    CHECK(ls_load_memory(bytes, needed, .max_bytes = 79) == NULL);
    CHECK_EQ_INT(ls_error(), LS_EOVERFLOW);
    ls_clear_error();
}

TEST(bfloat16_is_refused_with_advice)
{
    CHECK_STATUS(ls_save(scratch("b.npy"), ls_zeros(LS_SHAPE(3), .dtype = LS_BFLOAT16)), LS_EDTYPE);
    CHECK(strstr(ls_error_message(), "ls_astype") != NULL);
    CHECK(access(scratch("b.npy"), F_OK) != 0);
}

TEST(chains_report_their_first_error)
{
    ls_array *bad = ls_add(ls_zeros(LS_SHAPE(2)), ls_zeros(LS_SHAPE(3)));
    CHECK_STATUS(ls_save(scratch("bad.npy"), bad), LS_ESHAPE);
    CHECK(access(scratch("bad.npy"), F_OK) != 0);
}

int main(void)
{
    read_vectors();
    RUN(every_image_is_read);
    RUN(what_numpy_saved_is_saved_the_same);
    RUN(arrays_follow_each_other_in_a_stream);
    RUN(files_hold_exactly_one_array);
    RUN(fortran_order_comes_as_a_view);
    RUN(save_and_load_of_computed_arrays);
    RUN(large_views_are_written_in_steps);
    RUN(nans_are_canonical_and_bools_are_bits);
    RUN(nans_of_large_arrays_are_canonical);
    RUN(refusals_say_why);
    RUN(prefixes_that_are_not_ours);
    RUN(zero_sizes_hide_no_overflow);
    RUN(limits_are_kept);
    RUN(bfloat16_is_refused_with_advice);
    RUN(chains_report_their_first_error);
    free(images);
    return check_report();
}
