/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Register tiles of complex numbers, whose parts are packed in separate planes: per step a panel holds all real parts,
 * then all imaginary ones. Included once per type with
 *   TAG, REAL        suffix of the complex type and of its real type (c64, f32)
 *   TYPE, PART       ls_cfloat and float, or ls_cdouble and double
 *   TILE_ROWS, TILE_VECTORS
 *
 * The chain of a step x * y, as kernels/matmul_order.h has it:
 *   re = fma(x.re, y.re, re), re = fma(-x.im, y.im, re), im = fma(x.re, y.im, im), im = fma(x.im, y.re, im).
 * Where the driver has exchanged the operands, y is the one in the rows: `swapped` keeps the order of the last two. */
#define FN(name) LSI_ISA_PASTE(name, TAG)
#define PARTS(name) LSI_ISA_PASTE(name, REAL)
#define VEC PARTS(v)

enum { FN(LANES) = PARTS(LANES), FN(TILE_COLS) = FN(LANES) * TILE_VECTORS, FN(ROWS) = TILE_ROWS };

/* `rows` and `vectors` are constants at every call. */
LS_FN void FN(tile)(int64_t depth, const PART *a, const PART *b, TYPE *c, int64_t c_row, int cols, bool resume,
                    const int rows, const int vectors, const bool swapped)
{
    VEC re[TILE_ROWS][TILE_VECTORS], im[TILE_ROWS][TILE_VECTORS];
    PART parts[2][TILE_VECTORS * FN(LANES)];
    __builtin_memset(parts, 0, sizeof parts);
    LSI_UNROLLED
    for (int i = 0; i < rows; i++) {
        for (int j = 0; resume && j < cols; j++) parts[0][j] = c[i * c_row + j].re, parts[1][j] = c[i * c_row + j].im;
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) {
            re[i][v] = PARTS(load)(parts[0] + v * FN(LANES));
            im[i][v] = PARTS(load)(parts[1] + v * FN(LANES));
        }
    }
    for (int64_t p = 0; p < depth; p++) {
        VEC b_re[TILE_VECTORS], b_im[TILE_VECTORS];
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) {
            b_re[v] = PARTS(load)(b + v * FN(LANES));
            b_im[v] = PARTS(load)(b + (TILE_VECTORS + v) * FN(LANES));
        }
        LSI_UNROLLED
        for (int i = 0; i < rows; i++) {
            const VEC a_re = a[i] - (VEC){0}, a_im = a[TILE_ROWS + i] - (VEC){0};
            LSI_UNROLLED
            for (int v = 0; v < vectors; v++) {
                re[i][v] = PARTS(v_fma)(a_re, b_re[v], re[i][v]);
                re[i][v] = PARTS(v_fnma)(a_im, b_im[v], re[i][v]);
                im[i][v] = swapped ? PARTS(v_fma)(a_im, b_re[v], im[i][v]) : PARTS(v_fma)(a_re, b_im[v], im[i][v]);
                im[i][v] = swapped ? PARTS(v_fma)(a_re, b_im[v], im[i][v]) : PARTS(v_fma)(a_im, b_re[v], im[i][v]);
            }
        }
        a += 2 * TILE_ROWS;
        b += 2 * FN(TILE_COLS);
    }
    LSI_UNROLLED
    for (int i = 0; i < rows; i++) {
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) {
            PARTS(store)(parts[0] + v * FN(LANES), re[i][v]);
            PARTS(store)(parts[1] + v * FN(LANES), im[i][v]);
        }
        for (int j = 0; j < cols; j++) c[i * c_row + j] = (TYPE){parts[0][j], parts[1][j]};
    }
}

LS_FN void FN(tile_any)(int64_t depth, const PART *a, const PART *b, TYPE *c, int64_t c_row, int rows, int cols,
                        bool resume, const bool swapped)
{
    while (rows > 0) {
        const int taken = rows >= TILE_ROWS ? TILE_ROWS : 1;
        const bool narrow = cols <= FN(LANES);
        if (taken == TILE_ROWS && narrow)
            FN(tile)(depth, a, b, c, c_row, cols, resume, TILE_ROWS, 1, swapped);
        else if (taken == TILE_ROWS)
            FN(tile)(depth, a, b, c, c_row, cols, resume, TILE_ROWS, TILE_VECTORS, swapped);
        else if (narrow)
            FN(tile)(depth, a, b, c, c_row, cols, resume, 1, 1, swapped);
        else
            FN(tile)(depth, a, b, c, c_row, cols, resume, 1, TILE_VECTORS, swapped);
        rows -= taken;
        a += taken;
        c += taken * c_row;
    }
}

LS_FN void FN(block_any)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows,
                         int64_t cols, bool resume, const bool swapped)
{
    const PART *left = a, *right = b;
    TYPE *out = c;
    for (int64_t i = 0; i < rows; i += TILE_ROWS)
        for (int64_t j = 0; j < cols; j += FN(TILE_COLS)) {
            const int height = rows - i < TILE_ROWS ? (int)(rows - i) : TILE_ROWS;
            const int width = cols - j < FN(TILE_COLS) ? (int)(cols - j) : FN(TILE_COLS);
            FN(tile_any)(depth, left + 2 * i * depth, right + 2 * j * depth, out + i * c_row + j, c_row, height, width,
                         resume, swapped);
        }
}
static void FN(block)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows, int64_t cols,
                      bool resume)
{
    FN(block_any)(depth, a, b, c, c_row, rows, cols, resume, false);
}
static void FN(block_swapped)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows,
                              int64_t cols, bool resume)
{
    FN(block_any)(depth, a, b, c, c_row, rows, cols, resume, true);
}

static void FN(combine)(void *left, int64_t left_row, const void *right, int64_t right_row, int64_t rows, int64_t cols)
{
    TYPE *l = left;
    const TYPE *r = right;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) {
            TYPE *sum = &l[i * left_row + j];
            *sum = (TYPE){sum->re + r[i * right_row + j].re, sum->im + r[i * right_row + j].im};
        }
}

LS_FN void FN(pack_panel)(PART *to, const TYPE *from, int64_t stride, int64_t step, int64_t depth, int64_t count,
                          const int width)
{
    const TYPE zero = {0, 0};
    for (int64_t p = 0; p < depth; p++)
        for (int w = 0; w < width; w++) {
            const TYPE z = w < count ? from[w * stride + p * step] : zero;
            to[2 * p * width + w] = z.re;
            to[(2 * p + 1) * width + w] = z.im;
        }
}
static void FN(pack_rows)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    PART *panel = to;
    for (int64_t w = 0; w < count; w += TILE_ROWS, panel += 2 * TILE_ROWS * depth)
        FN(pack_panel)(panel, (const TYPE *)from + w * stride, stride, step, depth, count - w, TILE_ROWS);
}
static void FN(pack_cols)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    PART *panel = to;
    for (int64_t w = 0; w < count; w += FN(TILE_COLS), panel += 2 * FN(TILE_COLS) * depth)
        FN(pack_panel)(panel, (const TYPE *)from + w * stride, stride, step, depth, count - w, FN(TILE_COLS));
}

static void FN(finish)(void *out, int64_t out_row, int64_t out_col, const void *from, int64_t from_row, int64_t rows,
                       int64_t cols)
{
    TYPE *to = out;
    const TYPE *sum = from;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) to[i * out_row + j * out_col] = sum[i * from_row + j];
}

#undef FN
#undef PARTS
#undef VEC
#undef TAG
#undef REAL
#undef TYPE
#undef PART
#undef TILE_ROWS
#undef TILE_VECTORS
