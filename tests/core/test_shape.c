/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Shapes and layouts: overflow, axes, error texts, and laws checked by enumerating every element of small layouts.
 * Slices, reshapes and broadcasts against NumPy are in test_layout_vectors.c. */
#include "core/error.h"
#include "core/shape.h"
#include "lockstep/error.h"

#include "check.h"

#include <stdlib.h>

static uint64_t random_state = 0x9E3779B97F4A7C15u;

static int64_t random_below(int64_t n)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7, random_state ^= random_state << 17;
    return (int64_t)((random_state >> 16) % (uint64_t)n);
}

static lsi_layout contiguous(ls_shape shape)
{
    lsi_layout layout;
    lsi_layout_contiguous(&layout, (int)shape.ndim, shape.sizes);
    return layout;
}

/* Element `index` in C order. */
static int64_t element(const lsi_layout *layout, int64_t index)
{
    int64_t at = layout->offset;
    for (int axis = layout->ndim - 1; axis >= 0; axis--) {
        at += index % layout->shape[axis] * layout->strides[axis];
        index /= layout->shape[axis];
    }
    return at;
}

static lsi_layout random_layout(void)
{
    lsi_layout layout = {.ndim = (int)random_below(4), .offset = random_below(30)};
    for (int axis = 0; axis < layout.ndim; axis++) {
        layout.shape[axis] = random_below(12) == 0 ? 0 : 1 + random_below(4);
        layout.strides[axis] = random_below(13) - 4;
    }
    return layout;
}

TEST(checked_sizes)
{
    int64_t out;
    CHECK(lsi_mul_size(INT64_MAX, 1, &out) && out == INT64_MAX);
    CHECK(!lsi_mul_size(INT64_C(1) << 32, INT64_C(1) << 31, &out));
    CHECK(lsi_add_size(INT64_MAX - 1, 1, &out) && out == INT64_MAX);
    CHECK(!lsi_add_size(INT64_MAX, 1, &out));
}

static ls_status count_of(ls_shape shape, size_t size, int64_t *count)
{
    ls_clear_error();
    return lsi_shape_count((int)shape.ndim, shape.sizes, size, count);
}

TEST(count)
{
    int64_t count = -1;
    CHECK_STATUS(count_of(LS_SHAPE0, 8, &count), LS_OK);
    CHECK_EQ_INT(count, 1);
    CHECK_STATUS(count_of(LS_SHAPE(INT64_MAX), 1, &count), LS_OK);
    CHECK_STATUS(count_of(LS_SHAPE(INT64_MAX), 2, &count), LS_EOVERFLOW);
    CHECK_STATUS(count_of(LS_SHAPE(INT64_C(1) << 30, INT64_C(1) << 30), 8, &count), LS_EOVERFLOW);
    CHECK_STR(ls_error_message(), "lockstep: shape (1073741824,1073741824) with elements of 8 bytes exceeds 2^63 bytes");
    CHECK_STATUS(count_of(LS_SHAPE(INT64_C(1) << 30, INT64_C(1) << 29), 8, &count), LS_OK);
    CHECK_STATUS(count_of(LS_SHAPE(INT64_MAX, INT64_MAX, 0), 16, &count), LS_OK); /* zeros before the product */
    CHECK_EQ_INT(count, 0);
    CHECK_STATUS(count_of(LS_SHAPE(3, -1), 8, &count), LS_EARGUMENT);
    CHECK_STR(ls_error_message(), "lockstep: the size of axis 1 is negative (-1)");
    CHECK_STATUS(count_of(LS_SHAPE(0, -1), 8, &count), LS_EARGUMENT);
    const lsi_layout empty = contiguous(LS_SHAPE(INT64_MAX, INT64_MAX, 0, INT64_MAX));
    CHECK(lsi_layout_is_contiguous(&empty));
    CHECK_EQ_INT(lsi_layout_count(&empty), 0);
}

TEST(public_shapes)
{
    int ndim;
    int64_t sizes[LS_MAX_NDIM];
    ls_clear_error();
    CHECK_STATUS(lsi_shape_check(LS_SHAPE(3, 0, 5), &ndim, sizes), LS_OK);
    CHECK(ndim == 3 && sizes[0] == 3 && sizes[1] == 0 && sizes[2] == 5);
    CHECK_STATUS(lsi_shape_check(LS_SHAPE0, &ndim, sizes), LS_OK);
    CHECK_EQ_INT(ndim, 0);
    CHECK_STATUS(lsi_shape_check((ls_shape){33, sizes}, &ndim, sizes), LS_EARGUMENT);
    CHECK_STATUS(lsi_shape_check((ls_shape){-1, sizes}, &ndim, sizes), LS_EARGUMENT);
    CHECK_STATUS(lsi_shape_check((ls_shape){2, NULL}, &ndim, sizes), LS_EARGUMENT);
    CHECK_STATUS(lsi_shape_check(LS_SHAPE(2, -2), &ndim, sizes), LS_EARGUMENT);
    ls_clear_error();
}

TEST(texts)
{
    char text[LSI_SHAPE_TEXT];
    int64_t huge[LS_MAX_NDIM];
    for (int axis = 0; axis < LS_MAX_NDIM; axis++) huge[axis] = INT64_MAX;
    CHECK_STR(lsi_shape_text(0, NULL, text), "()");
    CHECK_STR(lsi_shape_text(1, (int64_t[]){5}, text), "(5,)");
    CHECK_STR(lsi_shape_text(2, (int64_t[]){3, 4}, text), "(3,4)");
    lsi_shape_text(LS_MAX_NDIM, huge, text);
    CHECK(strlen(text) < LSI_SHAPE_TEXT && strcmp(text + strlen(text) - 4, "...)") == 0);
}

TEST(broadcast_texts)
{
    const lsi_layout a = contiguous(LS_SHAPE(3, 4)), b = contiguous(LS_SHAPE(5)), c = contiguous(LS_SHAPE(1));
    const lsi_layout *all[] = {&c, &a, &b};
    int ndim;
    int64_t shape[LS_MAX_NDIM];
    lsi_layout out;
    ls_clear_error();
    CHECK_STATUS(lsi_broadcast_shapes(3, all, &ndim, shape), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "lockstep: shapes (3,4) and (5,) do not broadcast (axis 1: 4 and 5)");
    CHECK_STATUS(lsi_layout_broadcast(&a, 1, (int64_t[]){4}, &out), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "lockstep: shape (3,4) does not broadcast to (4,), which has fewer axes");
    CHECK_STATUS(lsi_layout_broadcast(&b, 2, (int64_t[]){2, 1}, &out), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "lockstep: shape (5,) does not broadcast to (2,1) (axis 1: 5 and 1)");
    CHECK_STATUS(lsi_layout_broadcast(&c, 2, (int64_t[]){2, 0}, &out), LS_OK);
    CHECK(out.ndim == 2 && out.shape[1] == 0 && out.strides[0] == 0 && out.strides[1] == 0);
    CHECK_STATUS(lsi_broadcast_shapes(0, NULL, &ndim, shape), LS_OK);
    CHECK_EQ_INT(ndim, 0);
}

/* -- axes --------------------------------------------------------------------------------------------------------- */

TEST(axes)
{
    int axis = -1;
    bool flags[LS_MAX_NDIM];
    ls_clear_error();
    CHECK_STATUS(lsi_axis_normalise(-1, 3, &axis), LS_OK);
    CHECK_EQ_INT(axis, 2);
    CHECK_STATUS(lsi_axis_normalise(3, 3, &axis), LS_EAXIS);
    CHECK_STR(ls_error_message(), "lockstep: axis 3 is out of range for 3 axes (-3 to 2)");
    CHECK_STATUS(lsi_axis_normalise(0, 0, &axis), LS_EAXIS);
    CHECK_STR(ls_error_message(), "lockstep: axis 0 of an array without axes");
    CHECK_STATUS(lsi_axis_normalise(INT64_MIN, 3, &axis), LS_EAXIS);
    CHECK_STATUS(lsi_axes_normalise((ls_axis){0, NULL}, 2, flags), LS_OK);
    CHECK(flags[0] && flags[1] && !flags[2]);
    CHECK_STATUS(lsi_axes_normalise(LS_AXIS(1, -2), 3, flags), LS_EAXIS);
    CHECK_STATUS(lsi_axes_normalise(LS_AXIS(0, -1), 3, flags), LS_OK);
    CHECK(flags[0] && !flags[1] && flags[2]);
    CHECK_STATUS(lsi_axes_normalise((ls_axis){1, NULL}, 3, flags), LS_EARGUMENT);
    CHECK_STATUS(lsi_axes_normalise((ls_axis){-1, NULL}, 3, flags), LS_EARGUMENT);
    ls_clear_error();
}

static bool has(const lsi_layout *layout, ls_shape shape, const int64_t *strides, int64_t offset)
{
    bool same = layout->ndim == shape.ndim && layout->offset == offset;
    for (int axis = 0; axis < layout->ndim && same; axis++)
        same = layout->shape[axis] == shape.sizes[axis] && layout->strides[axis] == strides[axis];
    return same;
}

TEST(axes_moved)
{
    const lsi_layout a = contiguous(LS_SHAPE(2, 1, 3));
    lsi_layout out;
    CHECK_STATUS(lsi_layout_permute(&a, LS_AXIS(2, 0, -2), &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(3, 2, 1), (int64_t[]){1, 3, 3}, 0));
    CHECK_STATUS(lsi_layout_permute(&a, (ls_axis){0, NULL}, &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(3, 1, 2), (int64_t[]){1, 3, 3}, 0));
    CHECK_STATUS(lsi_layout_permute(&a, LS_AXIS(0, 1), &out), LS_EAXIS);
    CHECK_STATUS(lsi_layout_permute(&a, LS_AXIS(0, 1, 1), &out), LS_EAXIS);
    CHECK_STATUS(lsi_layout_squeeze(&a, (ls_axis){0, NULL}, &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(2, 3), (int64_t[]){3, 1}, 0));
    CHECK_STATUS(lsi_layout_squeeze(&a, LS_AXIS(-2), &out), LS_OK);
    CHECK_EQ_INT(out.ndim, 2);
    ls_clear_error();
    CHECK_STATUS(lsi_layout_squeeze(&a, LS_AXIS(0), &out), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "lockstep: axis 0 has size 2, not 1");
    CHECK_STATUS(lsi_layout_expand(&a, LS_AXIS(0, -1), &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(1, 2, 1, 3, 1), (int64_t[]){0, 3, 3, 1, 0}, 0));
    CHECK_STATUS(lsi_layout_expand(&a, LS_AXIS(4), &out), LS_EAXIS);
    CHECK_STATUS(lsi_layout_expand(&a, (ls_axis){0, NULL}, &out), LS_OK);
    CHECK_EQ_INT(out.ndim, 3);
    CHECK_STATUS(lsi_layout_expand(&a, (ls_axis){-1, NULL}, &out), LS_EARGUMENT);
    CHECK_STATUS(lsi_layout_flip(&a, LS_AXIS(2), &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(2, 1, 3), (int64_t[]){3, 3, -1}, 2));
    CHECK_STATUS(lsi_layout_flip(&a, (ls_axis){0, NULL}, &out), LS_OK);
    CHECK(has(&out, LS_SHAPE(2, 1, 3), (int64_t[]){-3, -3, -1}, 5));
    ls_clear_error();
}

TEST(rank_32)
{
    int64_t sizes[LS_MAX_NDIM], axes[LS_MAX_NDIM];
    for (int axis = 0; axis < LS_MAX_NDIM; axis++) sizes[axis] = axis % 8 == 0 ? 2 : 1, axes[axis] = LS_MAX_NDIM - 1 - axis;
    const lsi_layout full = contiguous((ls_shape){LS_MAX_NDIM, sizes});
    lsi_layout out, back;
    bool as_view;
    CHECK_STATUS(lsi_layout_permute(&full, (ls_axis){LS_MAX_NDIM, axes}, &out), LS_OK);
    CHECK_EQ_INT(out.strides[7], 1);
    CHECK_STATUS(lsi_layout_reshape(&full, LS_SHAPE(4, 4), &out, &as_view), LS_OK);
    CHECK(as_view && lsi_layout_is_contiguous(&out));
    CHECK_STATUS(lsi_layout_reshape(&out, (ls_shape){LS_MAX_NDIM, sizes}, &back, &as_view), LS_OK);
    CHECK(as_view && lsi_layout_same(&full, &back));
    CHECK_STATUS(lsi_layout_expand(&full, LS_AXIS(0), &out), LS_ESHAPE);
    CHECK_STATUS(lsi_layout_slice(&full, "None", &out), LS_ESHAPE);
    CHECK_STATUS(lsi_layout_slice(&full, "None, 0", &out), LS_OK);
    CHECK_EQ_INT(out.ndim, LS_MAX_NDIM);
    CHECK_STATUS(lsi_layout_slice(&full, ":,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,::-1", &out), LS_OK);
    ls_clear_error();
    CHECK_STATUS(lsi_layout_slice(&full, ":,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,:,0", &out), LS_EINDEX);
    ls_clear_error();
}

TEST(slice_texts)
{
    const lsi_layout a = contiguous(LS_SHAPE(3, 5));
    lsi_layout out = a;
    ls_clear_error();
    CHECK_STATUS(lsi_layout_slice(&a, "1, 7", &out), LS_EINDEX);
    CHECK_STR(ls_error_message(), "lockstep: index 7 is out of range for axis 1 of size 5");
    CHECK(lsi_layout_same(&a, &out)); /* a failure writes nothing */
    CHECK_STATUS(lsi_layout_slice(&a, "1, 2, 3", &out), LS_EINDEX);
    CHECK_STR(ls_error_message(), "lockstep: 3 indices for 2 axes in \"1, 2, 3\"");
    CHECK_STATUS(lsi_layout_slice(&a, "1, x", &out), LS_ESYNTAX);
    CHECK_STR(ls_error_message(), "lockstep: a number was expected at position 3 of \"1, x\"");
    CHECK_STATUS(lsi_layout_slice(&a, "::0", &out), LS_ESYNTAX);
    CHECK_STR(ls_error_message(), "lockstep: a step of 0 at position 2 of \"::0\"");
    CHECK_STATUS(lsi_layout_slice(&a, "..., 0, ...", &out), LS_ESYNTAX);
    CHECK_STR(ls_error_message(), "lockstep: a second \"...\" at position 8 of \"..., 0, ...\"");
    CHECK_STATUS(lsi_layout_slice(&a, "9223372036854775808:", &out), LS_ESYNTAX);
    CHECK_STR(ls_error_message(), "lockstep: a number above 2^63 - 1 at position 0 of \"9223372036854775808:\"");
    CHECK_STATUS(lsi_layout_slice(&a, NULL, &out), LS_EARGUMENT);
    ls_clear_error();
}

/* Any bytes at all: no crash, and a success stays inside the array. */
TEST(slice_fuzz)
{
    static const char alphabet[] = "0123456789:::,,,-+ .None xw\t9";
    static char text[512];
    const lsi_layout a = contiguous(LS_SHAPE(4, 3, 5, 2));
    int accepted = 0;
    for (int round = 0; round < 200000; round++) {
        const int64_t length = random_below(round % 100 == 0 ? 500 : 12);
        for (int64_t k = 0; k < length; k++) text[k] = alphabet[random_below(sizeof alphabet - 1)];
        text[length] = '\0';
        lsi_layout out;
        int64_t low, high;
        if (lsi_layout_slice(&a, text, &out) != LS_OK) continue;
        lsi_layout_extent(&out, &low, &high);
        accepted++;
        if (!CHECK(low >= 0 && high < 120)) printf("  \"%s\"\n", text);
    }
    CHECK(accepted > 1000);
    ls_clear_error();
}

/* -- laws by enumeration ------------------------------------------------------------------------------------------ */

static bool really_overlap(const lsi_layout *a, const lsi_layout *b)
{
    for (int64_t i = lsi_layout_count(a) - 1; i >= 0; i--)
        for (int64_t j = lsi_layout_count(b) - 1; j >= 0; j--)
            if (element(a, i) == element(b, j)) return true;
    return false;
}

TEST(overlap_is_never_missed)
{
    int apart = 0, seen = 0;
    for (int round = 0; round < 20000; round++) {
        const lsi_layout a = random_layout(), b = random_layout();
        const bool truth = really_overlap(&a, &b), found = lsi_layout_overlap(&a, &b);
        CHECK(found || !truth);
        CHECK_EQ_INT(found, lsi_layout_overlap(&b, &a));
        apart += !truth;
        seen += !found;
    }
    printf("  of %d pairs that are apart, %d are seen to be\n", apart, seen);
    CHECK(10 * seen > 6 * apart);
}

TEST(overlap_of_usual_views)
{
    const lsi_layout a = contiguous(LS_SHAPE(6, 8));
    static const struct { const char *x, *y; bool overlap; } rows[] = {
        {"::2", "1::2", false}, {":, ::2", ":, 1::2", false}, {":, :4", ":, 4:", false}, {":, :5", ":, 4:", true},
        {"0", "1", false}, {"0", ":, 0", true}, {":3", "3:", false}, {"::-1", "0", true}, {":3, :4", "3:, 4:", false},
        {":3, 4:", "3:, :4", false}, {":, 0", ":, 7", false}, {"0:0", ":", false}, {":, ::-2", ":, ::2", false},
        {"::2, :4", "::2, 4:", false}, {"1:5, 1:5", "2:4, 5:", false}, {"1:5, 1:5", "2:4, 4:", true}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        lsi_layout x, y;
        CHECK_STATUS(lsi_layout_slice(&a, rows[k].x, &x), LS_OK);
        CHECK_STATUS(lsi_layout_slice(&a, rows[k].y, &y), LS_OK);
        if (!CHECK_EQ_INT(lsi_layout_overlap(&x, &y), rows[k].overlap)) printf("  %s and %s\n", rows[k].x, rows[k].y);
    }
}

TEST(extent_and_contiguity)
{
    for (int round = 0; round < 5000; round++) {
        const lsi_layout a = random_layout();
        const int64_t count = lsi_layout_count(&a);
        int64_t low, high, least = count ? INT64_MAX : 0, most = count ? INT64_MIN : 0;
        bool in_order = true;
        for (int64_t i = 0; i < count; i++) {
            const int64_t at = element(&a, i);
            least = at < least ? at : least;
            most = at > most ? at : most;
            in_order &= at == a.offset + i;
        }
        lsi_layout_extent(&a, &low, &high);
        CHECK_EQ_INT(low, least);
        CHECK_EQ_INT(high, most);
        CHECK_EQ_INT(lsi_layout_is_contiguous(&a), in_order);
    }
}

TEST(reshape_keeps_the_order)
{
    for (int round = 0; round < 20000; round++) {
        const lsi_layout a = random_layout();
        const int64_t count = lsi_layout_count(&a);
        const int64_t first = 1 + random_below(6), second = 1 + random_below(4);
        if (count == 0 || count % (first * second) != 0) continue;
        lsi_layout out;
        bool as_view;
        CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(first, -1, second), &out, &as_view), LS_OK);
        CHECK_EQ_INT(lsi_layout_count(&out), count);
        for (int64_t i = 0; i < count && as_view; i++) CHECK_EQ_INT(element(&out, i), element(&a, i));
        if (!as_view) CHECK(lsi_layout_is_contiguous(&out) && !lsi_layout_is_contiguous(&a));
    }
}

/* Joined axes step through the same elements of both operands in the same order, and a barrier holds. */
TEST(collapse_keeps_the_order)
{
    int joined = 0;
    for (int round = 0; round < 20000; round++) {
        lsi_layout a = random_layout(), b = a;
        bool barrier[LS_MAX_NDIM] = {false};
        for (int axis = 0; axis < a.ndim; axis++) barrier[axis] = random_below(4) == 0;
        if (random_below(2)) lsi_layout_contiguous(&a, a.ndim, a.shape);
        if (random_below(2)) lsi_layout_contiguous(&b, b.ndim, b.shape);
        lsi_layout c = a, d = b;
        int64_t *rows[2] = {c.strides, d.strides};
        c.ndim = d.ndim = lsi_collapse(a.ndim, c.shape, 2, rows, round % 2 ? barrier : NULL);
        memcpy(d.shape, c.shape, sizeof d.shape);
        const int64_t count = lsi_layout_count(&a);
        CHECK_EQ_INT(lsi_layout_count(&c), count);
        for (int64_t i = 0; i < count; i++)
            CHECK(element(&a, i) == element(&c, i) && element(&b, i) == element(&d, i));
        for (int axis = 0; axis < c.ndim; axis++) CHECK(c.shape[axis] != 1);
        joined += c.ndim < a.ndim;
    }
    CHECK(joined > 1000);
    lsi_layout matrix = contiguous(LS_SHAPE(3, 4, 5));
    int64_t *rows[1] = {matrix.strides};
    CHECK_EQ_INT(lsi_collapse(3, matrix.shape, 1, rows, (bool[]){false, false, true}), 2);
    CHECK(matrix.shape[0] == 12 && matrix.shape[1] == 5 && matrix.strides[0] == 5);
}

/* A view of a view has the elements that the one picks of the other, and those of the usual kinds are found. */
TEST(views_of_views)
{
    int found = 0;
    for (int round = 0; round < 50000; round++) {
        const lsi_layout of = random_layout();
        lsi_layout view = random_layout(), both;
        int64_t low, high;
        lsi_layout_extent(&view, &low, &high);
        if (low < 0 || high >= lsi_layout_count(&of) || !lsi_layout_through(&view, &of, &both)) continue;
        found++;
        CHECK_EQ_INT(both.ndim, view.ndim);
        for (int64_t i = 0; i < lsi_layout_count(&view); i++)
            CHECK_EQ_INT(element(&both, i), element(&of, element(&view, i)));
    }
    CHECK(found > 1000);
}

TEST(usual_views_of_views)
{
    lsi_layout in = contiguous(LS_SHAPE(4, 5, 6)), of, view, both;
    CHECK_STATUS(lsi_layout_slice(&in, "1:, ::2, ::-1", &of), LS_OK); /* shape 3, 3, 6; in C order: */
    const char *const cuts[] = {"1:, :-1, ::-2", "2", "..., 3:", "::-1, 1, None", "1, 1, 1"};
    const lsi_layout flat = contiguous(LS_SHAPE(3, 3, 6));
    for (int i = 0; i < 5; i++) {
        lsi_layout want;
        CHECK_STATUS(lsi_layout_slice(&flat, cuts[i], &view), LS_OK);
        CHECK_STATUS(lsi_layout_slice(&of, cuts[i], &want), LS_OK);
        CHECK(lsi_layout_through(&view, &of, &both) && lsi_layout_same(&both, &want));
    }
    CHECK_STATUS(lsi_layout_permute(&flat, LS_AXIS(2, 0, 1), &view), LS_OK);
    CHECK(lsi_layout_through(&view, &of, &both));
    view = (lsi_layout){.ndim = 1, .offset = 4, .shape = {4}, .strides = {1}}; /* across the end of a row */
    CHECK(!lsi_layout_through(&view, &of, &both));
    CHECK(lsi_layout_through(&view, &in, &both) && both.offset == 4);
}

TEST(reshape_errors)
{
    const lsi_layout a = contiguous(LS_SHAPE(3, 4)), b = contiguous(LS_SHAPE(4, 3)), empty = contiguous(LS_SHAPE(0, 3));
    const int64_t sizes[33] = {1};
    lsi_layout out = a;
    bool as_view;
    ls_clear_error();
    CHECK(!lsi_layout_same(&a, &b) && lsi_layout_same(&a, &a));
    CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(5, -1), &out, &as_view), LS_ESHAPE);
    CHECK_STR(ls_error_message(), "lockstep: 12 elements of shape (3,4) do not fill shape (5,-1)");
    CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(-1, 2, -1), &out, &as_view), LS_EARGUMENT);
    CHECK_STR(ls_error_message(), "lockstep: only one size may be -1 (axes 0 and 2)");
    CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(-2, 6), &out, &as_view), LS_EARGUMENT);
    CHECK_STATUS(lsi_layout_reshape(&a, (ls_shape){33, sizes}, &out, &as_view), LS_EARGUMENT);
    CHECK_STATUS(lsi_layout_reshape(&a, (ls_shape){1, NULL}, &out, &as_view), LS_EARGUMENT);
    CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(INT64_MAX, 4), &out, &as_view), LS_ESHAPE);
    CHECK_STATUS(lsi_layout_reshape(&a, LS_SHAPE(INT64_MAX, 4, -1), &out, &as_view), LS_ESHAPE);
    CHECK_STATUS(lsi_layout_reshape(&empty, LS_SHAPE(0, -1), &out, &as_view), LS_ESHAPE);
    CHECK_STATUS(lsi_layout_reshape(&empty, LS_SHAPE(5, -1), &out, &as_view), LS_OK);
    CHECK_EQ_INT(out.shape[1], 0);
    CHECK_STATUS(lsi_layout_reshape(&empty, LS_SHAPE(INT64_MAX, 0, INT64_MAX), &out, &as_view), LS_OK);
    ls_clear_error();
}

int main(void)
{
    RUN(reshape_errors);
    RUN(checked_sizes);
    RUN(count);
    RUN(public_shapes);
    RUN(texts);
    RUN(broadcast_texts);
    RUN(axes);
    RUN(axes_moved);
    RUN(rank_32);
    RUN(slice_texts);
    RUN(slice_fuzz);
    RUN(overlap_is_never_missed);
    RUN(overlap_of_usual_views);
    RUN(extent_and_contiguity);
    RUN(reshape_keeps_the_order);
    RUN(collapse_keeps_the_order);
    RUN(views_of_views);
    RUN(usual_views_of_views);
    return check_report();
}
