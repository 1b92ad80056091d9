/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Register tiles of one accumulator type. Included once per type with
 *   TAG        suffix of every name made here (f32, f64, u16, u32, u64)
 *   TYPE       the accumulator, and the packed element
 *   TILE_ROWS  rows of a register tile (4 or 8)
 *   TILE_VECTORS  vectors across it
 *
 * out tile += A panel * B panel over `depth` steps in ascending order, one fused multiply-add per element and step; the
 * tile is loaded first when it `resume`s a chain. Packed panels: A is TILE_ROWS numbers per step, B is TILE_COLS. */
#define FN(name) LSI_ISA_PASTE(name, TAG)
#define VEC FN(v)
#define VEC_FMA FN(v_fma)
#define LOAD_PART FN(v_load_part)
#define STORE_PART FN(v_store_part)
#define MASKS FN(MASKS)

enum { FN(LANES) = VECTOR_BYTES / (int)sizeof(TYPE), FN(TILE_COLS) = FN(LANES) * TILE_VECTORS, FN(ROWS) = TILE_ROWS };

LS_FN VEC FN(load)(const TYPE *from)
{
    VEC v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}
LS_FN void FN(store)(TYPE *to, VEC v)
{
    __builtin_memcpy(to, &v, sizeof v);
}
#if VECTOR_PARTS_BY_LOOPS
LS_FN VEC LOAD_PART(const TYPE *from, int count)
{
    VEC v = {0};
    for (int i = 0; i < count; i++) v[i] = from[i];
    return v;
}
LS_FN void STORE_PART(TYPE *to, VEC v, int count)
{
    for (int i = 0; i < count; i++) to[i] = v[i];
}
#endif

/* Columns of the next panel where `cols` are left. Four vectors go as two and two: a tile of one vector has a load for
 * every multiply-add. */
LS_FN int FN(panel_width)(int64_t cols)
{
    if (TILE_VECTORS == 3 && cols > FN(TILE_COLS) && cols <= FN(TILE_COLS) + FN(LANES)) return 2 * FN(LANES);
    return cols < FN(TILE_COLS) ? (int)cols : FN(TILE_COLS);
}

/* One step: `rows` numbers of A, a_row apart, times the vectors of B. Unless `keep` is NULL they are packed there, and
 * those of a later step asked for: rows of B may lie a page apart, where processors do not see what comes. */
LS_FN void FN(tile_step)(const TYPE *a, int64_t a_row, const TYPE *b, int64_t b_step, TYPE *keep,
                         VEC sum[TILE_ROWS][TILE_VECTORS], int last, const int rows, const int vectors,
                         const bool masked)
{
    enum { AHEAD = 16 };
    VEC right[TILE_VECTORS];
    LSI_UNROLLED
    for (int v = 0; v < vectors; v++) {
        right[v] = masked && v == vectors - 1 ? LOAD_PART(b + v * FN(LANES), last) : FN(load)(b + v * FN(LANES));
        if (keep) {
            FN(store)(keep + v * FN(LANES), right[v]);
            __builtin_prefetch(b + AHEAD * b_step + v * FN(LANES), 0, 2);
        }
    }
    LSI_UNROLLED
    for (int i = 0; i < rows; i++) {
        const VEC left = a[i * a_row] - (VEC){0}; /* x - 0 is x for every x, x + 0 is not */
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) sum[i][v] = VEC_FMA(left, right[v], sum[i][v]);
    }
}

/* What is asked for while a tile is multiplied, NULL where it is in the caches or nothing comes: the sums of the tile
 * to come, and one of the rows of A that the next panel has. */
typedef struct FN(ahead) {
    const TYPE *sums, *row;
} FN(ahead);

/* Asks for one cache line of the sums of a tile of `rows`, row after row of each column of lines. */
LS_FN void FN(ask)(const TYPE *sums, int64_t row, int64_t line, const int rows)
{
    __builtin_prefetch(sums + line % rows * row + line / rows * FN(LANES), 1);
}

/* `rows`, `vectors` and `masked` are constants at every call: the accumulators live in registers. `masked`: the last
 * vector of the columns is as wide as they are, not padded. The columns are packed at `keep`, unless NULL.
 *
 * Whole tiles ask for what is ahead a line at a time, as often as they pass a line of A: many at once would hold up the
 * columns, which come from the second cache. The sums are asked for in the last turns, for they do not stay in the first
 * cache while a panel of columns passes, and at once where the turns do not suffice. Loops take four steps to a round:
 * processors learn when a short one ends. */
LS_FN void FN(tile)(int64_t depth, const TYPE *a, int64_t a_row, int64_t a_step, const TYPE *b, int64_t b_step,
                    TYPE *keep, TYPE *c, int64_t c_row, FN(ahead) ahead, int cols, bool resume, const int rows,
                    const int vectors, const bool masked)
{
    enum { TURN = 64 / (int)sizeof(TYPE), SPARE_TURNS = 2 };
    VEC sum[TILE_ROWS][TILE_VECTORS];
    const int last = cols - (vectors - 1) * FN(LANES);
    const bool whole = last == FN(LANES);
    LSI_UNROLLED
    for (int i = 0; i < rows; i++) {
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) {
            const TYPE *from = c + i * c_row + v * FN(LANES);
            sum[i][v] = !resume ? (VEC){0} : v < vectors - 1 || whole ? FN(load)(from) : LOAD_PART(from, last);
        }
    }
    int64_t p = 0;
    if (ahead.sums) {
        const int64_t lines = rows * vectors, turns = rows == TILE_ROWS ? depth / TURN : 0;
        int64_t line = lines + SPARE_TURNS - turns;
        for (int64_t early = 0; early < line && early < lines; early++) FN(ask)(ahead.sums, c_row, early, rows);
        for (; p + TURN <= depth && rows == TILE_ROWS; line++) {
            if (ahead.row) __builtin_prefetch(ahead.row + p, 0, 2);
            if (line >= 0 && line < lines) FN(ask)(ahead.sums, c_row, line, rows);
            const int64_t end = p + TURN;
#pragma GCC unroll 4
            for (; p < end; p++, a += a_step, b += b_step)
                FN(tile_step)(a, a_row, b, b_step, keep ? keep + p * FN(TILE_COLS) : NULL, sum, last, rows, vectors,
                              masked);
        }
    }
    if (rows == TILE_ROWS) {
#pragma GCC unroll 4
        for (; p < depth; p++, a += a_step, b += b_step)
            FN(tile_step)(a, a_row, b, b_step, keep ? keep + p * FN(TILE_COLS) : NULL, sum, last, rows, vectors,
                          masked);
    } else {
        for (; p < depth; p++, a += a_step, b += b_step)
            FN(tile_step)(a, a_row, b, b_step, keep ? keep + p * FN(TILE_COLS) : NULL, sum, last, rows, vectors,
                          masked);
    }
    LSI_UNROLLED
    for (int i = 0; i < rows; i++) {
        LSI_UNROLLED
        for (int v = 0; v < vectors; v++) {
            TYPE *to = c + i * c_row + v * FN(LANES);
            if (v < vectors - 1 || whole) FN(store)(to, sum[i][v]);
            else STORE_PART(to, sum[i][v], last);
        }
    }
}

/* A tile of any size up to TILE_ROWS x TILE_COLS, from instances whose sizes are constants. */
LS_FN void FN(tile_columns)(int64_t depth, const TYPE *a, int64_t a_row, int64_t a_step, const TYPE *b, int64_t b_step,
                            TYPE *keep, TYPE *c, int64_t c_row, FN(ahead) ahead, int cols, bool resume,
                            const int rows, const bool masked)
{
    if (cols > 2 * FN(LANES) && TILE_VECTORS > 2)
        FN(tile)(depth, a, a_row, a_step, b, b_step, keep, c, c_row, ahead, cols, resume, rows, TILE_VECTORS, masked);
    else if (cols > FN(LANES))
        FN(tile)(depth, a, a_row, a_step, b, b_step, keep, c, c_row, ahead, cols, resume, rows, 2, masked);
    else
        FN(tile)(depth, a, a_row, a_step, b, b_step, keep, c, c_row, ahead, cols, resume, rows, 1, masked);
}
LS_FN void FN(tile_any)(int64_t depth, const TYPE *a, int64_t a_row, int64_t a_step, const TYPE *b, int64_t b_step,
                        TYPE *c, int64_t c_row, FN(ahead) ahead, int rows, int cols, bool resume,
                        const bool masked)
{
    while (rows > 0) {
        const int taken = rows >= TILE_ROWS ? TILE_ROWS : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
        if (taken == TILE_ROWS)
            FN(tile_columns)(depth, a, a_row, a_step, b, b_step, NULL, c, c_row, ahead, cols, resume, TILE_ROWS, masked);
        else if (taken == 4)
            FN(tile_columns)(depth, a, a_row, a_step, b, b_step, NULL, c, c_row, ahead, cols, resume,
                             TILE_ROWS < 4 ? 1 : 4, masked);
        else if (taken == 2)
            FN(tile_columns)(depth, a, a_row, a_step, b, b_step, NULL, c, c_row, ahead, cols, resume, 2, masked);
        else
            FN(tile_columns)(depth, a, a_row, a_step, b, b_step, NULL, c, c_row, ahead, cols, resume, 1, masked);
        rows -= taken;
        a += taken * a_row;
        c += taken * c_row;
    }
}

/* Rows times packed columns into a block of the output: each panel of rows stays in the first cache while it passes over
 * the B panels, which stay in the second. `a_panel` is from one panel of rows to the next. Rows that are not packed are
 * asked for one by one, with the first tiles of the panel before: they are pieces too short for processors to see what
 * comes. */
LS_FN void FN(block_of)(int64_t depth, const TYPE *a, int64_t a_row, int64_t a_step, int64_t a_panel, const TYPE *b,
                        TYPE *c, int64_t c_row, int64_t rows, int64_t cols, bool resume)
{
    for (int64_t i = 0; i < rows; i += TILE_ROWS, a += a_panel) {
        const int height = rows - i < TILE_ROWS ? (int)(rows - i) : TILE_ROWS;
        const TYPE *panel = b;
        for (int64_t j = 0, width; j < cols; j += width, panel += FN(TILE_COLS) * depth) {
            width = FN(panel_width)(cols - j);
            const int64_t tile = j / FN(TILE_COLS);
            const bool row = a_step == 1 && tile < TILE_ROWS && i + TILE_ROWS + tile < rows;
            const FN(ahead) ahead = {j + width < cols ? c + i * c_row + j + width : c + (i + height) * c_row,
                                     row ? a + a_panel + tile * a_row : NULL};
            FN(tile_any)(depth, a, a_row, a_step, panel, FN(TILE_COLS), c + i * c_row + j, c_row, ahead, height,
                         (int)width, resume, false);
        }
    }
}
static void FN(block)(int64_t depth, const void *a, const void *b, void *c, int64_t c_row, int64_t rows, int64_t cols,
                      bool resume)
{
    FN(block_of)(depth, a, 1, TILE_ROWS, TILE_ROWS * depth, b, c, c_row, rows, cols, resume);
}
/* Rows where they are, `a_row` apart, each of neighbours in memory. */
static void FN(block_rows)(int64_t depth, const void *a, int64_t a_row, const void *b, void *c, int64_t c_row,
                           int64_t rows, int64_t cols, bool resume)
{
    FN(block_of)(depth, a, a_row, 1, TILE_ROWS * a_row, b, c, c_row, rows, cols, resume);
}

/* The same while the columns are packed: the first rows read them where they are, and leave the panels for the others. */
static void FN(block_packing)(int64_t depth, const void *a, int64_t a_row, const void *b, int64_t b_step, void *packed,
                              void *c, int64_t c_row, int64_t rows, int64_t cols, bool resume)
{
    const TYPE *left = a, *right = b;
    TYPE *panel = packed, *out = c;
    for (int64_t j = 0, width; j < cols; j += width, panel += FN(TILE_COLS) * depth) {
        width = FN(panel_width)(cols - j);
        const FN(ahead) ahead = {j + width < cols ? out + j + width : out + TILE_ROWS * c_row, NULL};
        if (MASKS == 2 || width % FN(LANES))
            FN(tile_columns)(depth, left, a_row, 1, right + j, b_step, panel, out + j, c_row, ahead, (int)width, resume,
                             TILE_ROWS, true);
        else
            FN(tile_columns)(depth, left, a_row, 1, right + j, b_step, panel, out + j, c_row, ahead, (int)width, resume,
                             TILE_ROWS, false);
    }
    FN(block_rows)(depth, left + TILE_ROWS * a_row, a_row, packed, out + TILE_ROWS * c_row, c_row, rows - TILE_ROWS,
                   cols, resume);
}

/* The same on operands where they are: rows of any strides, columns that are neighbours in memory. Nothing is read
 * beyond the operand: fewer columns than a vector go by a masked load, or are packed in `tail` where there is none. */
static void FN(block_in_place)(int64_t depth, const void *a, int64_t a_row, int64_t a_step, const void *b, int64_t b_step,
                               const void *tail, void *c, int64_t c_row, int64_t rows, int64_t cols, bool resume)
{
    const TYPE *left = a, *right = b;
    TYPE *out = c;
    const FN(ahead) nothing = {NULL, NULL};
    const bool always = MASKS == 2;
    const int64_t whole = always ? cols : cols - cols % FN(LANES);
    for (int64_t i = 0; i < rows; i += TILE_ROWS) {
        const int height = rows - i < TILE_ROWS ? (int)(rows - i) : TILE_ROWS;
        const TYPE *row = left + i * a_row;
        TYPE *to = out + i * c_row;
        for (int64_t j = 0, width; j < whole; j += width) {
            width = FN(panel_width)(whole - j);
            FN(tile_any)(depth, row, a_row, a_step, right + j, b_step, to + j, c_row, nothing, height, (int)width,
                         resume, MASKS == 2);
        }
        if (!always && whole < cols)
            FN(tile_any)(depth, row, a_row, a_step, MASKS ? right + whole : tail, MASKS ? b_step : FN(TILE_COLS),
                         to + whole, c_row, nothing, height, (int)(cols - whole), resume, MASKS == 1);
    }
}

/* Few outputs: rows (at most 4) by cols (at most a vector) over whole pieces, PIECES of them side by side, so that one
 * chain adds while the others wait. Piece q's sums, from zero, go to sums + q * 4 * LANES, rows LANES apart. */
LS_FN void FN(pieces_of)(const TYPE *a, int64_t a_row, int64_t a_step, const TYPE *b, int64_t b_step, TYPE *sums,
                         int cols, const int rows)
{
    VEC sum[MATMUL_PIECES][4] = {0};
    const int64_t a_piece = LS_MATMUL_BLOCK * a_step, b_piece = LS_MATMUL_BLOCK * b_step;
    for (int p = 0; p < LS_MATMUL_BLOCK; p++, a += a_step, b += b_step)
        LSI_UNROLLED
        for (int q = 0; q < MATMUL_PIECES; q++) {
            const VEC right = LOAD_PART(b + q * b_piece, cols);
            LSI_UNROLLED
            for (int i = 0; i < rows; i++)
                sum[q][i] = VEC_FMA(a[i * a_row + q * a_piece] - (VEC){0}, right, sum[q][i]);
        }
    LSI_UNROLLED
    for (int q = 0; q < MATMUL_PIECES; q++)
        LSI_UNROLLED
        for (int i = 0; i < rows; i++) FN(store)(sums + (q * 4 + i) * FN(LANES), sum[q][i]);
}
static void FN(pieces_in_place)(const void *a, int64_t a_row, int64_t a_step, const void *b, int64_t b_step,
                                void *sums, int rows, int cols)
{
    switch (rows) {
    case 1: FN(pieces_of)(a, a_row, a_step, b, b_step, sums, cols, 1); break;
    case 2: FN(pieces_of)(a, a_row, a_step, b, b_step, sums, cols, 2); break;
    case 3: FN(pieces_of)(a, a_row, a_step, b, b_step, sums, cols, 3); break;
    default: FN(pieces_of)(a, a_row, a_step, b, b_step, sums, cols, 4);
    }
}

/* left += right: two partial sums of the tree. */
static void FN(combine)(void *left, int64_t left_row, const void *right, int64_t right_row, int64_t rows, int64_t cols)
{
    TYPE *l = left;
    const TYPE *r = right;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++) l[i * left_row + j] = (TYPE)(l[i * left_row + j] + r[i * right_row + j]);
}

#undef FN
#undef VEC
#undef VEC_FMA
#undef LOAD_PART
#undef STORE_PART
#undef MASKS
#undef TAG
#undef TYPE
#undef TILE_ROWS
#undef TILE_VECTORS
