/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arrays as text against NumPy's own (vectors/print_vectors.txt), and what ls_print and ls_format promise beside it. */
#include "files.h"

#include <locale.h>

typedef struct print_case {
    char dtype[16];
    int ndim, lines;
    int64_t shape[LS_MAX_NDIM], count;
    ls_print_options options;
} print_case;

static int read_facts(const char *line, print_case *c)
{
    int used = 0, suppress;
    memset(c, 0, sizeof *c);
    if (sscanf(line, "case %15s %d%n", c->dtype, &c->ndim, &used) != 2) return 0;
    line += used;
    c->count = 1;
    for (int i = 0; i < c->ndim; i++) {
        char *end;
        c->shape[i] = strtoll(line, &end, 10);
        c->count *= c->shape[i];
        line = end;
    }
    long long o[4];
    if (sscanf(line, "%lld %lld %lld %lld %d %d", &o[0], &o[1], &o[2], &o[3], &suppress, &c->lines) != 6) return 0;
    c->options = (ls_print_options){sizeof c->options, o[0], o[1], o[2], o[3], suppress};
    return 1;
}

static ls_array *make_array(const print_case *c, const char *data)
{
    const ls_shape shape = {c->ndim, c->shape};
    const ls_dtype dtype = ls_dtype_from_name(c->dtype);
    if (strncmp(data, "arange", 6) == 0) return ls_astype(ls_reshape(ls_arange(c->count), shape), dtype);
    const size_t size = (size_t)c->count * ls_dtype_size(dtype);
    unsigned char *bytes = malloc(size + 1);
    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        sscanf(data + 2 * i, "%2x", &byte);
        bytes[i] = (unsigned char)byte;
    }
    ls_array *a = ls_from_host((void *)bytes, shape, .data_dtype = dtype);
    free(bytes);
    return a;
}

static int check_case(FILE *file, char *line, size_t room)
{
    static char data[1 << 16], expected[1 << 16], got[1 << 16];
    print_case c;
    if (!fgets(line, (int)room, file)) return 0;
    if (!CHECK(read_facts(line, &c)) || !fgets(data, sizeof data, file)) return 0;
    size_t used = 0;
    for (int i = 0; i < c.lines && fgets(expected + used, (int)(sizeof expected - used), file); i++)
        used += strlen(expected + used);
    expected[used - 1] = '\0'; /* the last newline */
    LS_SCOPE {
        const int64_t length = (ls_format)(LS_HERE, make_array(&c, data), got, sizeof got, &c.options);
        if (!CHECK_EQ_INT(length, strlen(expected)) || !CHECK_STR(got, expected)) printf("  %s", line);
    }
    return fgets(line, (int)room, file) != NULL;
}

TEST(as_numpy_prints)
{
    FILE *file = fopen(VECTORS "/print_vectors.txt", "r");
    char line[1024];
    int cases = 0;
    while (file && check_case(file, line, sizeof line)) cases++;
    if (file) fclose(file);
    printf("%d cases\n", cases);
    CHECK(cases > 300);
}

TEST(format_counts_like_snprintf)
{
    char text[8] = "unused";
    ls_array *x = ls_arange(10);
    CHECK_EQ_INT(ls_format(x, NULL, 0), 21);
    CHECK_EQ_INT(ls_format(x, text, 1), 21);
    CHECK_STR(text, "");
    CHECK_EQ_INT(ls_format(x, text, sizeof text), 21);
    CHECK_STR(text, "[0 1 2 ");
    CHECK_EQ_INT(ls_format(NULL, text, sizeof text), -1);
    CHECK_EQ_INT(ls_error(), LS_EARGUMENT);
    CHECK_STR(text, "");
    ls_clear_error();
}

TEST(halves_print_their_shortest_digits)
{
    char text[64];
    const double numbers[] = {0.1, 1.0 / 3, 2, 50};
    ls_format(ls_from_host(numbers, LS_SHAPE(4), .dtype = LS_FLOAT16), text, sizeof text);
    CHECK_STR(text, "[ 0.1     0.3333  2.     50.    ]");
    ls_format(ls_from_host(numbers, LS_SHAPE(4), .dtype = LS_BFLOAT16), text, sizeof text);
    CHECK_STR(text, "[ 0.1    0.334  2.    50.   ]");
    ls_format(ls_full(LS_SHAPE0, 0.1, .dtype = LS_BFLOAT16), text, sizeof text);
    CHECK_STR(text, "0.1");
}

TEST(locales_do_not_show)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"};
    char text[64];
    for (int i = 0; i < 3; i++) {
        if (!setlocale(LC_ALL, names[i])) continue;
        ls_format(ls_mul(ls_arange(3), 0.5), text, sizeof text);
        CHECK_STR(text, "[0.  0.5 1. ]");
        printf("tried %s\n", names[i]);
    }
    setlocale(LC_ALL, "C");
}

TEST(streams)
{
    char text[64] = "";
    FILE *memory = fmemopen(text, sizeof text, "w");
    CHECK_STATUS(ls_fprint(memory, ls_arange(3)), LS_OK);
    fclose(memory);
    CHECK_STR(text, "[0 1 2]\n");
    CHECK_STATUS(ls_print(ls_arange(3)), LS_OK);
    CHECK_STATUS(ls_print(NULL), LS_EARGUMENT);
    CHECK_STATUS(ls_fprint(NULL, ls_arange(3)), LS_EARGUMENT);
    if (access("/dev/full", W_OK) != 0) return;
    FILE *full = fopen("/dev/full", "w");
    setvbuf(full, NULL, _IONBF, 0);
    CHECK_STATUS(ls_fprint(full, ls_arange(3)), LS_EIO);
    fclose(full);
}

TEST(too_long_texts_are_refused)
{
    ls_array *wide = ls_broadcast_to(ls_zeros(LS_SHAPE0), LS_SHAPE(6, 6, 6, 6, 6, 6, 6, 6, 6, 6));
    CHECK_STATUS(ls_print(wide), LS_EOVERFLOW);
}

int main(void)
{
    RUN(as_numpy_prints);
    RUN(format_counts_like_snprintf);
    RUN(halves_print_their_shortest_digits);
    RUN(locales_do_not_show);
    RUN(streams);
    RUN(too_long_texts_are_refused);
    return check_report();
}
