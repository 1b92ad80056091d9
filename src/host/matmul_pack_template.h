/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packing of one element type: any strides in, panels out. Included once per dtype with
 *   TAG         suffix of every name made here
 *   SOURCE      element in memory
 *   TYPE        packed element, a real number
 *   SUM         tag of the register tiles that read the panels (f32 for float)
 *   GET(x)      element to packed element
 *   PUT(x)      accumulated number to element (also back to memory at the end)
 *   TRANSPOSABLE  1 where SOURCE and TYPE are the same bits of 4 or 8 bytes
 *
 * A panel has room for `width` neighbours per step of depth. The last ones may have fewer (panel_width), filled up with
 * zeros to a whole vector at least, whose results nobody stores. */
#define FN(name) LSI_ISA_PASTE(name, TAG)
#define OF_TILES(name) LSI_ISA_PASTE(name, SUM)

/* `count` numbers of each of `depth` steps, from any strides, into a panel of `width`. */
LS_FN void FN(pack_any)(TYPE *to, const SOURCE *from, int64_t stride, int64_t step, int64_t depth, int64_t count,
                        const int width)
{
    for (int64_t p = 0; p < depth; p++)
        for (int64_t w = 0; w < count; w++) to[p * width + w] = GET(from[w * stride + p * step]);
}

/* How many of `left` neighbours the next panel takes; `width` is that of a full one, of rows or of columns. */
LS_FN int64_t FN(taken)(int64_t left, const int width, const bool columns)
{
    return columns ? OF_TILES(panel_width)(left) : left < width ? left : width;
}

/* Neighbours in memory: a panel takes eight steps at a time, so that reading goes along the rows and writing stays in few
 * places. */
LS_FN void FN(pack_along)(TYPE *to, const SOURCE *from, int64_t step, int64_t depth, int64_t count, const int width,
                          const bool columns)
{
    for (int64_t p = 0; p < depth; p += 8) {
        TYPE *panel = to;
        for (int64_t w = 0, some; w < count; w += some, panel += width * depth) {
            const int64_t end = p + 8 < depth ? p + 8 : depth;
            some = FN(taken)(count - w, width, columns);
            for (int64_t q = p; q < end; q++) {
                TYPE *line = panel + q * width;
                const SOURCE *source = from + w + q * step;
                if (some == width) {
                    for (int i = 0; i < width; i++) line[i] = GET(source[i]);
                } else {
                    int64_t i = 0;
                    for (; i < some; i++) line[i] = GET(source[i]);
                    for (; i % OF_TILES(LANES); i++) line[i] = 0;
                }
            }
        }
    }
}

/* Steps are neighbours in memory: `count` rows of `depth` numbers are turned over, sixteen steps at a time, so that each
 * cache line is read once although the rows may lie a power of two apart. */
LS_FN void FN(pack_across)(TYPE *to, const SOURCE *from, int64_t stride, int64_t depth, int64_t count, int64_t ahead,
                         const int width)
{
    enum { STEPS = 16 };
    int64_t p = 0;
    for (; p + STEPS <= depth; p += STEPS) {
        int64_t w = 0;
        for (int64_t next = 0; next < ahead; next++) {
            __builtin_prefetch(from + (count + next) * stride + p);
            __builtin_prefetch(from + (count + next) * stride + p + STEPS - 1);
        }
#if defined(SHUFFLE) && TRANSPOSABLE
        for (; w + TRANSPOSE_SIZE <= count; w += TRANSPOSE_SIZE)
            for (int q = 0; q < STEPS; q += TRANSPOSE_SIZE)
                transpose_square(to + (p + q) * width + w, width, from + w * stride + p + q, stride, sizeof(TYPE));
#endif
        for (; w < count; w++)
            for (int q = 0; q < STEPS; q++) to[(p + q) * width + w] = GET(from[w * stride + p + q]);
    }
    FN(pack_any)(to + p * width, from + p, stride, 1, depth - p, count, width);
}

/* All panels of `count` neighbours. `width` and `columns` are constants at every call. */
LS_FN void FN(pack)(TYPE *to, const SOURCE *from, int64_t stride, int64_t step, int64_t count, int64_t depth,
                    const int width, const bool columns)
{
    if (stride == 1) {
        FN(pack_along)(to, from, step, depth, count, width, columns);
        return;
    }
    for (int64_t w = 0, some; w < count; w += some, to += width * depth) {
        some = FN(taken)(count - w, width, columns);
        if (some < width) __builtin_memset(to, 0, (size_t)(width * depth) * sizeof(TYPE));
        const int64_t ahead = FN(taken)(count - w - some, width, columns);
        if (step == 1)
            FN(pack_across)(to, from + w * stride, stride, depth, some, ahead, width);
        else
            FN(pack_any)(to, from + w * stride, stride, step, depth, some, width);
    }
}

static void FN(pack_rows)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    FN(pack)(to, from, stride, step, count, depth, OF_TILES(ROWS), false);
}
static void FN(pack_cols)(void *to, const void *from, int64_t stride, int64_t step, int64_t count, int64_t depth)
{
    FN(pack)(to, from, stride, step, count, depth, OF_TILES(TILE_COLS), true);
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
#undef TRANSPOSABLE
#undef SUM
#undef OF_TILES
