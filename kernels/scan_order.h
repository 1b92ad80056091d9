/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The canonical order of cumulative sums and products: parallel, the same for every layout, thread count, vector width
 * and machine, and monotone: a cumulative sum of non-negative numbers never decreases.
 *
 * Along the axis, element i of tile t = i / 8192 has the local index l = i % 8192.
 *
 *   1. Within a tile the local prefix p[l] starts as the element itself. Then for s = 1, 2, 4, ..., 4096, every l with
 *   bit
 *      s set takes in the last one of the half before it: p[l] = p[m] + p[l], where m = (l & -(2 s)) + s - 1, the
 *      value of p[m] being that after the steps below s. (p[m] does not change in step s, so a step may run in place.)
 *   2. The first tile's outputs are its local prefixes. For every other tile carry is the last output of the tile
 *   before
 *      it, and the outputs are carry + p[l].
 *   A product has * for +, and ls_mul_* for complex numbers; the left operand is the one named first.
 *
 * Why it is monotone. Rounding is: a <= b gives fl(c + a) <= fl(c + b). By induction over s the prefixes of a half are
 * in order, so they still are when the same p[m] is added to each; and the first of them is fl(p[m] + x) >= p[m] as x
 * >= 0, so the seam is in order too. The same holds for tiles. What matters is that the amount carried is the last
 * output itself: a sum of the tile made in another order may lie above or below it.
 *
 * Error: at most 13 + n / 8192 additions are between an element and an output.
 *
 * Evaluation. Steps below the vector width are permutes, later ones add a broadcast. A tile's last prefix is the plain
 * binary tree over its elements, (x0 + x1) + (x2 + x3) and so on: what a first pass needs for the carries. One element
 * at a time, ls_scan_keep says which prefixes to keep aside.
 *
 * 16-bit floats are accumulated as float32 and every output is rounded once; integers wrap, so any order is exact. */
#ifndef LOCKSTEP_KERNELS_SCAN_ORDER_H
#define LOCKSTEP_KERNELS_SCAN_ORDER_H

#include "portable.h"

#define LS_SCAN_LEVELS 13
#define LS_SCAN_TILE (1 << LS_SCAN_LEVELS) /* elements of a tile */

/* One element at a time: element l of a tile takes in, for every set bit s of l from the lowest on, the last prefix
 * kept for s; after those of the lowest `k` bits, where k = ls_scan_keep(l), its value is what to keep for the bit k.
 * */
LS_FN int ls_scan_keep(int l)
{
    int k = 0;
    for (; l & 1; l >>= 1) k++;
    return k;
}

#endif
