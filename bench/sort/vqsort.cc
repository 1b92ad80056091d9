/* SPDX-License-Identifier: BSD-3-Clause */
#include "vqsort.h"

#include <hwy/contrib/sort/vqsort.h>

template <class T>
static bool sort_lines(void *elements, int64_t lines, int64_t n)
{
    const hwy::Sorter sorter;
    T *line = static_cast<T *>(elements);
    for (int64_t i = 0; i < lines; i++, line += n) sorter(line, static_cast<size_t>(n), hwy::SortAscending());
    return true;
}

extern "C" bool vqsort_lines(void *elements, ls_dtype dtype, int64_t lines, int64_t n)
{
    switch (dtype) {
    case LS_FLOAT64: return sort_lines<double>(elements, lines, n);
    case LS_FLOAT32: return sort_lines<float>(elements, lines, n);
    case LS_INT64: return sort_lines<int64_t>(elements, lines, n);
    case LS_INT32: return sort_lines<int32_t>(elements, lines, n);
    case LS_UINT64: return sort_lines<uint64_t>(elements, lines, n);
    default: return false;
    }
}
