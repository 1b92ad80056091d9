/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The vector sort from inside (host/sort_network.h, host/sort_quick.h), compiled for one instruction set and run where
 * that is: networks on keys of two values, which decide whether a network sorts; heap sort; and lines made so that every
 * pivot is nearly the least key left, which end in heap sort. */
#include "host/isa.h"
#include "host/sort_lanes.h"
#include "support/check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LSI_SORT_PASTE(x, kind) x##_##kind
#define LSI_SORT_GLUE(x, kind) LSI_SORT_PASTE(x, kind)

#define NAME(x) LSI_SORT_GLUE(x, u32)
#define key uint32_t
#include "host/sort_network.h"
#include "host/sort_quick.h"
#include "sort/killer.h"
#undef NAME
#undef key
#define NAME(x) LSI_SORT_GLUE(x, u64)
#define key uint64_t
#include "host/sort_network.h"
#include "host/sort_quick.h"
#include "sort/killer.h"
#undef NAME
#undef key

TEST(networks_sort_keys_of_two_values)
{
    CHECK(networks_sort_u32());
    CHECK(networks_sort_u64());
}

TEST(heap_sort_sorts)
{
    for (int64_t n = 0; n < 300; n++) {
        CHECK(heap_sorts_u32(n));
        CHECK(heap_sorts_u64(n));
    }
}

TEST(lines_against_the_pivots)
{
    for (int64_t n = 1000; n < 200000; n = 3 * n + 1) {
        CHECK(survives_killer_u32(n));
        CHECK(survives_killer_u64(n));
    }
}

int main(void)
{
    const lsi_isa wanted = sizeof(vec_u32) == 64 ? LSI_ISA_AVX512 : LSI_ISA_AVX2;
    if (lsi_isa_best() < wanted) {
        printf("no %s here\n", lsi_isa_name(wanted));
        return 0;
    }
    RUN(networks_sort_keys_of_two_values);
    RUN(heap_sort_sorts);
    RUN(lines_against_the_pivots);
    return check_report();
}
