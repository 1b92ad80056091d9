/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Loops that only carry elements of one size: fill, choose, move. No include guard: include it with LSI_UNIT, an
 * unsigned type (or a struct) of that size, LSI_BITS, its name's suffix, and LSI_HAS_BLOCK where transpose_block_<bits>
 * is there already; all are undefined here. */
#define LSI_SIZED(name) LSI_ISA_PASTE(name, LSI_BITS)

static void LSI_SIZED(fill)(int64_t n, const void *element, void *out)
{
    const LSI_UNIT value = *(const LSI_UNIT *)element;
    LSI_UNIT *to = out;
    for (int64_t i = 0; i < n; i++)
        to[i] = value;
}

LSI_INLINE void LSI_SIZED(choose)(const void *condition, const void *x, const void *y, void *out)
{
    const LSI_UNIT a = *(const LSI_UNIT *)x, b = *(const LSI_UNIT *)y;
    *(LSI_UNIT *)out = *(const uint8_t *)condition ? a : b;
}

static void LSI_SIZED(where)(int64_t n, const void *const *in, void *out)
{
    lsi_loop_3(n, in[0], 1, in[1], in[2], (int)sizeof(LSI_UNIT), out, (int)sizeof(LSI_UNIT), LSI_SIZED(choose));
}

LSI_INLINE void LSI_SIZED(row)(int64_t cols, const char *from, int64_t from_col, char *to, int64_t to_col)
{
    for (int64_t j = 0; j < cols; j++)
        *(LSI_UNIT *)(to + j * to_col) = *(const LSI_UNIT *)(from + j * from_col);
}

/* One row, with the common strides as constants so that the compiler knows them. */
LSI_INLINE void LSI_SIZED(any_row)(int64_t cols, const char *from, int64_t from_col, char *to, int64_t to_col)
{
    const int64_t size = (int64_t)sizeof(LSI_UNIT);
    if (to_col == size) {
        if (from_col == size)
            LSI_SIZED(row)(cols, from, size, to, size);
        else if (from_col == 0)
            LSI_SIZED(fill)(cols, from, to);
        else if (from_col == 2 * size)
            LSI_SIZED(row)(cols, from, 2 * size, to, size);
        else if (from_col == -size)
            LSI_SIZED(row)(cols, from, -size, to, size);
        else
            LSI_SIZED(row)(cols, from, from_col, to, size);
    } else if (from_col == size) {
        if (to_col == 2 * size)
            LSI_SIZED(row)(cols, from, size, to, 2 * size);
        else
            LSI_SIZED(row)(cols, from, size, to, to_col);
    } else {
        LSI_SIZED(row)(cols, from, from_col, to, to_col);
    }
}

/* out(i, j) = in(j, i) for eight by eight: both are runs of eight elements, `from_run` and `to_run` bytes apart. */
#ifndef LSI_HAS_BLOCK
LSI_INLINE void LSI_SIZED(transpose_block)(const char *from, int64_t from_run, char *to, int64_t to_run)
{
    LSI_UNROLLED
    for (int64_t j = 0; j < 8; j++)
        LSI_SIZED(row)(8, from + j * from_run, (int64_t)sizeof(LSI_UNIT), to + j * (int64_t)sizeof(LSI_UNIT), to_run);
}
#endif

/* `runs` source runs of `length` elements become `length` target runs of `runs` elements, in blocks of eight by eight,
 * so that each line read and each line written is used whole while the processor still holds it. */
static void LSI_SIZED(transpose)(int64_t runs, int64_t length, const char *from, int64_t from_run, char *to,
                                 int64_t to_run)
{
    const int64_t size = (int64_t)sizeof(LSI_UNIT), whole_runs = runs - runs % 8, whole_length = length - length % 8;
    for (int64_t i = 0; i < whole_length; i += 8)
        for (int64_t j = 0; j < whole_runs; j += 8)
            LSI_SIZED(transpose_block)(from + j * from_run + i * size, from_run, to + i * to_run + j * size, to_run);
    for (int64_t j = whole_runs; j < runs; j++)
        LSI_SIZED(row)(whole_length, from + j * from_run, size, to + j * size, to_run);
    for (int64_t i = whole_length; i < length; i++)
        LSI_SIZED(row)(runs, from + i * size, from_run, to + i * to_run, size);
}

/* The first row, then copies of it, twice as long each time. */
static void LSI_SIZED(repeat)(int64_t rows, int64_t cols, const char *from, int64_t from_col, char *to)
{
    const int64_t size = (int64_t)sizeof(LSI_UNIT), all = rows * cols;
    LSI_SIZED(any_row)(cols, from, from_col, to, size);
    for (int64_t done = cols; done < all;) {
        const int64_t more = done < all - done ? done : all - done;
        memcpy(to + done * size, to, (size_t)(more * size));
        done += more;
    }
}

static void LSI_SIZED(move)(int64_t rows, int64_t cols, const char *from, int64_t from_row, int64_t from_col, char *to,
                            int64_t to_row, int64_t to_col)
{
    const int64_t size = (int64_t)sizeof(LSI_UNIT);
    if (rows > 1 && from_row == 0 && to_col == size && to_row == cols * size) {
        LSI_SIZED(repeat)(rows, cols, from, from_col, to);
    } else if (rows >= 8 && cols >= 8 && from_row == size && to_col == size && from_col != 0) {
        LSI_SIZED(transpose)(cols, rows, from, from_col, to, to_row);
    } else if (rows >= 8 && cols >= 8 && to_row == size && from_col == size && from_row != 0) {
        LSI_SIZED(transpose)(rows, cols, from, from_row, to, to_col);
    } else if (from_col == size && to_col == size && cols * size >= 128) {
        for (int64_t i = 0; i < rows; i++)
            memmove(to + i * to_row, from + i * from_row, (size_t)(cols * size));
    } else if (cols < 8 && rows >= 16) {
        for (int64_t j = 0; j < cols; j++) /* few columns: long loops down each of them */
            LSI_SIZED(row)(rows, from + j * from_col, from_row, to + j * to_col, to_row);
    } else {
        for (int64_t i = 0; i < rows; i++)
            LSI_SIZED(any_row)(cols, from + i * from_row, from_col, to + i * to_row, to_col);
    }
}

#undef LSI_SIZED
#undef LSI_UNIT
#undef LSI_BITS
#undef LSI_HAS_BLOCK
