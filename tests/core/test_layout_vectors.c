/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Slices, reshapes and broadcasts as NumPy does them: reads tests/vectors/layouts.txt (format: make_core.py). Strides are
 * compared where an axis has more than one element, offsets where the result has elements: elsewhere they mean nothing. */
#include "core/error.h"
#include "core/shape.h"
#include "lockstep/error.h"

#include "check.h"

#include <stdlib.h>

enum { MAX_FIELDS = 16 };

static int split(char *line, char *fields[MAX_FIELDS])
{
    int count = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *p = line; p && count < MAX_FIELDS; count++) {
        fields[count] = p;
        p = strchr(p, ';');
        if (p) *p++ = '\0';
    }
    return count;
}

static int list(const char *text, int64_t *out)
{
    int count = 0;
    while (*text) {
        char *end;
        out[count++] = strtoll(text, &end, 10);
        text = *end == ',' ? end + 1 : end;
    }
    return count;
}

static lsi_layout read_layout(char *const *fields)
{
    lsi_layout layout = {.ndim = list(fields[0], layout.shape)};
    list(fields[0], layout.shape);
    list(fields[1], layout.strides);
    layout.offset = atoll(fields[2]);
    return layout;
}

static bool same_elements(const lsi_layout *a, const lsi_layout *b)
{
    if (a->ndim != b->ndim || memcmp(a->shape, b->shape, sizeof(int64_t) * (size_t)a->ndim) != 0) return false;
    return lsi_layout_count(a) == 0 || lsi_layout_same(a, b);
}

static bool check_slice(char *const *f)
{
    const lsi_layout in = read_layout(f + 1);
    lsi_layout out;
    const ls_status status = lsi_layout_slice(&in, f[4], &out);
    if (strcmp(f[5], "index") == 0) return CHECK_STATUS(status, LS_EINDEX);
    if (strcmp(f[5], "syntax") == 0) return CHECK_STATUS(status, LS_ESYNTAX);
    const lsi_layout expected = read_layout(f + 6);
    return CHECK_STATUS(status, LS_OK) && CHECK(same_elements(&out, &expected));
}

static bool check_reshape(char *const *f)
{
    const lsi_layout in = read_layout(f + 1);
    int64_t sizes[LS_MAX_NDIM];
    const ls_shape shape = {list(f[4], sizes), sizes};
    lsi_layout out;
    bool as_view = false;
    const ls_status status = lsi_layout_reshape(&in, shape, &out, &as_view);
    if (strcmp(f[5], "error") == 0) return CHECK(status == LS_ESHAPE || status == LS_EARGUMENT);
    lsi_layout expected = {.ndim = list(f[6], sizes), .offset = in.offset};
    list(f[6], expected.shape);
    if (!CHECK_STATUS(status, LS_OK)) return false;
    if (strcmp(f[5], "copy") == 0) {
        lsi_layout_contiguous(&expected, expected.ndim, sizes);
        return CHECK(!as_view) && CHECK(same_elements(&out, &expected));
    }
    list(f[7], expected.strides);
    return CHECK(as_view) && CHECK(same_elements(&out, &expected));
}

static bool check_broadcast(char *const *f)
{
    lsi_layout operands[MAX_FIELDS];
    const lsi_layout *pointers[MAX_FIELDS];
    int n = 0, ndim;
    int64_t shape[LS_MAX_NDIM], sizes[LS_MAX_NDIM];
    for (; strcmp(f[1 + n], "=") != 0; n++) {
        lsi_layout_contiguous(&operands[n], list(f[1 + n], sizes), sizes);
        pointers[n] = &operands[n];
    }
    const ls_status status = lsi_broadcast_shapes(n, pointers, &ndim, shape);
    if (strcmp(f[n + 2], "error") == 0) return CHECK_STATUS(status, LS_ESHAPE);
    const int expected = list(f[n + 3], sizes);
    bool good = CHECK_STATUS(status, LS_OK) && CHECK_EQ_INT(ndim, expected);
    for (int axis = 0; good && axis < ndim; axis++) good = CHECK_EQ_INT(shape[axis], sizes[axis]);
    for (int k = 0; good && k < n; k++) {
        lsi_layout out;
        good = CHECK_STATUS(lsi_layout_broadcast(&operands[k], ndim, shape, &out), LS_OK);
    }
    return good;
}

TEST(as_numpy)
{
    char line[1024], copy[1024];
    char *fields[MAX_FIELDS];
    int slices = 0, reshapes = 0, broadcasts = 0;
    FILE *file = fopen(LSI_TEST_VECTORS "/layouts.txt", "r");
    if (!CHECK(file != NULL)) return;
    while (fgets(line, sizeof line, file)) {
        memcpy(copy, line, sizeof copy);
        split(line, fields);
        bool good;
        if (strcmp(fields[0], "slice") == 0) slices++, good = check_slice(fields);
        else if (strcmp(fields[0], "reshape") == 0) reshapes++, good = check_reshape(fields);
        else broadcasts++, good = check_broadcast(fields);
        if (!good) printf("  %s  %s\n", copy, ls_error_message());
        ls_clear_error();
    }
    fclose(file);
    CHECK_EQ_INT(slices, 1536);
    CHECK_EQ_INT(reshapes, 1200);
    CHECK_EQ_INT(broadcasts, 300);
}

int main(void)
{
    RUN(as_numpy);
    return check_report();
}
