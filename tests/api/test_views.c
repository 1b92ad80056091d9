/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creation, views, and arrays put together, against NumPy (tests/vectors/api_views.txt), bit for bit: what NumPy
 * refuses is refused. And arrays of 32 axes. */
#include "vectors.h"

static ls_array *base(const char *sizes)
{
    int64_t shape[VECTOR_SIZES];
    int ndim = vector_ints(sizes, shape);
    int64_t n = 1;
    for (int i = 0; i < ndim; i++) {
        n *= shape[i];
    }
    return ls_reshape(ls_arange(n), ((ls_shape){ndim, shape}));
}

/* The arguments of a case: parts between " ; ". */
typedef struct arguments {
    char *parts[3];
    int64_t numbers[VECTOR_SIZES]; /* of the second part */
    int count;
} arguments;

static arguments arguments_of(char *text)
{
    arguments a = {{text, NULL, NULL}, {0}, 0};
    for (int i = 1; i < 3; i++) {
        char *bar = a.parts[i - 1] ? strstr(a.parts[i - 1], " ; ") : NULL;
        if (bar) {
            *bar = 0;
            a.parts[i] = bar + 3;
        }
    }
    a.count = a.parts[1] ? vector_ints(a.parts[1], a.numbers) : 0;
    return a;
}

static ls_array *created(const char *op, const char *text, bool *known)
{
    double f[3] = {0};
    long long n[3] = {0};
    *known = true;
    if (strcmp(op, "arange1") == 0) {
        return ls_arange(atoi(text));
    }
    if (strcmp(op, "arange3f") == 0) {
        CHECK_EQ_INT(sscanf(text, "%la %la %la", &f[0], &f[1], &f[2]), 3);
        return ls_arange(f[0], f[1], f[2]);
    }
    if (strcmp(op, "linspace") == 0) {
        CHECK_EQ_INT(sscanf(text, "%la %la %lld %lld", &f[0], &f[1], &n[0], &n[1]), 4);
        return ls_linspace(f[0], f[1], n[0], .open = n[1] != 0);
    }
    *known = strcmp(op, "arange3i") == 0 || strcmp(op, "eye") == 0;
    CHECK(!*known || sscanf(text, "%lld %lld %lld", &n[0], &n[1], &n[2]) == 3);
    return !*known ? NULL : *op == 'a' ? ls_arange(n[0], n[1], n[2]) : ls_eye(n[0], .columns = n[1], .k = n[2]);
}

static ls_array *part_of_split(const ls_array *a, int64_t count, int64_t axis)
{
    ls_array *parts[8];
    return ls_split(a, count, parts, .axis = LS_AXIS(axis)) ? NULL : parts[count - 1];
}

static ls_array *viewed(const char *op, const arguments *g)
{
    ls_array *a = base(g->parts[0]);
    const int64_t *n = g->numbers;
    if (strcmp(op, "at") == 0) return ls_at(a, "%s", g->parts[1]);
    if (strcmp(op, "reshape") == 0) return ls_reshape(a, ((ls_shape){g->count, n}));
    if (strcmp(op, "reshape_of_transpose") == 0) return ls_reshape(ls_transpose(a), ((ls_shape){g->count, n}));
    if (strcmp(op, "permute") == 0) return ls_permute_dims(a, ((ls_axis){g->count, n}));
    if (strcmp(op, "swapaxes") == 0) return ls_swapaxes(a, n[0], n[1]);
    if (strcmp(op, "moveaxis") == 0) return ls_moveaxis(a, n[0], n[1]);
    if (strcmp(op, "flip") == 0) return ls_flip(a, .axis = LS_AXIS(n[0]));
    if (strcmp(op, "squeeze") == 0) return ls_squeeze(a, .axis = LS_AXIS(n[0]));
    if (strcmp(op, "expand") == 0) return ls_expand_dims(a, LS_AXIS(n[0]));
    if (strcmp(op, "squeeze_all") == 0) return ls_squeeze(a);
    if (strcmp(op, "flip_all") == 0) return ls_flip(a);
    if (strcmp(op, "transpose") == 0) return ls_transpose(a);
    if (strcmp(op, "broadcast") == 0) return ls_broadcast_to(a, ((ls_shape){g->count, n}));
    if (strcmp(op, "concat") == 0) return ls_concat(LS_LIST(a, base(g->parts[1])), .axis = LS_AXIS(atoi(g->parts[2])));
    if (strcmp(op, "stack") == 0) return ls_stack(LS_LIST(a, ls_negative(a), a), .axis = LS_AXIS(n[0]));
    if (strcmp(op, "split") == 0) return part_of_split(a, n[0], atoi(g->parts[2]));
    CHECK_STR(op, "a known operation");
    return NULL;
}

static void check_case(vector_line *line)
{
    LS_SCOPE {
        char given[200];
        bool known;
        snprintf(given, sizeof given, "%s", line->columns[1]);
        ls_array *a = created(line->columns[0], given, &known);
        if (!known) {
            arguments g = arguments_of(given);
            a = viewed(line->columns[0], &g);
        }
        bool refused = strcmp(line->columns[2], "error") == 0;
        if (!CHECK(refused ? a == NULL : a != NULL && vector_matches(line, a))) {
            printf("  %s\n", line->columns[1]);
            vector_complain(line, a);
        }
        CHECK((ls_error() == LS_OK) == !refused);
        ls_clear_error();
    }
}

TEST(as_numpy)
{
    static vector_line line;
    FILE *file = fopen("tests/vectors/api_views.txt", "r");
    int count = 0;
    if (!CHECK(file != NULL)) {
        return;
    }
    while (fgets(line.text, sizeof line.text, file)) {
        if (line.text[0] != '#' && CHECK(vector_split(&line, 5))) {
            check_case(&line);
            count++;
        }
    }
    fclose(file);
    printf("  %d cases\n", count);
    CHECK(count > 1500);
}

/* --- 32 axes --- */

static ls_array *deep(void)
{
    int64_t sizes[LS_MAX_NDIM];
    for (int i = 0; i < LS_MAX_NDIM; i++) {
        sizes[i] = i % 4 == 3 ? 2 : 1; /* 2^8 elements */
    }
    return ls_reshape(ls_arange(256), ((ls_shape){LS_MAX_NDIM, sizes}));
}

static int64_t whole(const ls_array *a)
{
    int64_t value = -1;
    CHECK_STATUS(ls_item(a, &value), LS_OK);
    return value;
}

TEST(thirty_two_axes)
{
    LS_SCOPE {
        ls_array *a = deep(), *t = ls_transpose(a);
        CHECK_EQ_INT(ls_ndim(a), 32);
        CHECK_EQ_INT(whole(ls_sum(a)), 255 * 128);
        int64_t elements[256], bits = 0;
        CHECK_STATUS(ls_to_host(ls_ravel(t), elements, 256), LS_OK);
        for (int i = 0; i < 256; i++) { /* element i of the transpose has the bits of i in the other order */
            int64_t mirrored = 0;
            for (int k = 0; k < 8; k++) {
                mirrored |= (int64_t)(i >> k & 1) << (7 - k);
            }
            bits += elements[i] == mirrored;
        }
        CHECK_EQ_INT(bits, 256);
        CHECK_EQ_INT(ls_ndim(ls_sum(a, .axis = LS_AXIS(3, 7, -1))), 29);
        CHECK_EQ_INT(whole(ls_max(ls_add(a, t))), 510);
        CHECK_EQ_INT(ls_ndim(ls_squeeze(a)), 8);
        CHECK_EQ_INT(whole(ls_at(ls_squeeze(a), "1, 0, 0, 0, 0, 0, 0, 1")), 129);
        CHECK_EQ_INT(ls_ndim(ls_cumulative_sum(a, .axis = LS_AXIS(31))), 32);
        CHECK(ls_expand_dims(a, LS_AXIS(0)) == NULL);
        CHECK_STATUS(ls_error(), LS_ESHAPE);
        ls_clear_error();
        CHECK(ls_at(a, "None") == NULL);
        CHECK_STATUS(ls_error(), LS_ESHAPE);
        ls_clear_error();
        CHECK(ls_stack(LS_LIST(a, a)) == NULL);
        CHECK_STATUS(ls_error(), LS_ESHAPE);
        ls_clear_error();
        CHECK_STATUS(ls_assign(a, ls_at(ls_flip(a), "...")), LS_OK);
        CHECK_EQ_INT(whole(ls_at(ls_ravel(a), "1")), 254);
        ls_array *joined = ls_concat(LS_LIST(a, t), .axis = LS_AXIS(0));
        CHECK(joined == NULL); /* axes of size 1 and 2 */
        ls_clear_error();
        CHECK_EQ_INT(ls_dim(ls_concat(LS_LIST(a, a), .axis = LS_AXIS(-1)), 31), 4);
    }
}

int main(void)
{
    RUN(as_numpy);
    RUN(thirty_two_axes);
    return check_report();
}
