/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packing of one element type: any strides in, panels out. Included once per dtype with
 *   TAG         suffix of every name made here
 *   SOURCE      element in memory
 *   TYPE        packed element, a real number
 *   GET(x)      element to packed element
 *   PUT(x)      accumulated number to element (also back to memory at the end)
 *
 * A panel holds `width` neighbours per step of depth; the last one is filled up with zeros, whose results nobody
 * stores. */
#define FN(name) LSI_ISA_PASTE(name, TAG)

/* One panel of `width` (a constant at every call) of which `count` exist. Four loops, one per common stride: a compiler
 * that knows a stride of 1 reads or copies vectors. Along a stride of 1 in depth, sixteen steps at a time keep each
 * cache line read once although the rows may be a power of two apart. */
LS_FN void FN(pack_panel)(TYPE *to, const SOURCE *from, int64_t stride, int64_t step, int64_t depth, int64_t count,
                          const int width)
{
    if (count < width) {
        for (int64_t p = 0; p < depth; p++)
            for (int w = 0; w < width; w++) to[p * width + w] = w < count ? GET(from[w * stride + p * step]) : (TYPE)0;
    } else if (stride == 1) {
        for (int64_t p = 0; p < depth; p++)
            for (int w = 0; w < width; w++) to[p * width + w] = GET(from[w + p * step]);
    } else if (step == 1) {
        for (int64_t p = 0; p < depth; p += 16) {
            const int64_t end = p + 16 < depth ? p + 16 : depth;
            for (int w = 0; w < width; w++)
                for (int64_t q = p; q < end; q++) to[q * width + w] = GET(from[w * stride + q]);
        }
    } else {
        for (int64_t p = 0; p < depth; p++)
            for (int w = 0; w < width; w++) to[p * width + w] = GET(from[w * stride + p * step]);
    }
}

static void FN(pack_rows)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    TYPE *panel = to;
    for (int64_t w = 0; w < count; w += PANEL_ROWS, panel += PANEL_ROWS * depth)
        FN(pack_panel)(panel, (const SOURCE *)from + w * stride, stride, step, depth, count - w, PANEL_ROWS);
}
static void FN(pack_cols)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    TYPE *panel = to;
    for (int64_t w = 0; w < count; w += PANEL_COLS, panel += PANEL_COLS * depth)
        FN(pack_panel)(panel, (const SOURCE *)from + w * stride, stride, step, depth, count - w, PANEL_COLS);
}

/* Accumulated numbers to elements of any strides, each rounded once where the element is narrower. */
static void FN(finish)(void *out, int64_t out_row, int64_t out_col, const void *from, int64_t from_row, int64_t rows,
                       int64_t cols)
{
    SOURCE *to = out;
    const TYPE *sum = from;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) to[i * out_row + j * out_col] = PUT(sum[i * from_row + j]);
}

#undef FN
#undef TAG
#undef SOURCE
#undef TYPE
#undef GET
#undef PUT
#undef PANEL_ROWS
#undef PANEL_COLS
