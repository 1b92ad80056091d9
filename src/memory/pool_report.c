/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a pool says about itself: statistics, and the line that goes with a request that failed. */
#include "pool_parts.h"

#include <stdio.h>

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void lsi_pool_get_stats(lsi_pool *pool, lsi_pool_stats *out)
{
    pthread_mutex_lock(&pool->lock);
    *out = pool->stats;
    out->largest_free = larger((int64_t)lsi_large_biggest(&pool->large), (int64_t)lsi_range_biggest(&pool->ranges));
    out->segments += pool->ranges.first != NULL;
    pthread_mutex_unlock(&pool->lock);
}

void lsi_pool_count_reused(lsi_pool *pool, int nsize, const int64_t *sizes)
{
    pthread_mutex_lock(&pool->lock);
    for (int k = 0; k < nsize; k++) {
        pool->stats.sizes[k] += sizes[k];
        pool->stats.allocations += sizes[k];
        pool->stats.reused += sizes[k];
    }
    pthread_mutex_unlock(&pool->lock);
}

/* "1.5 GiB" */
static const char *in_words(char *text, size_t size, double bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    while (bytes >= 1024 && unit < 6) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, size, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return text;
}

void lsi_pool_report(lsi_pool *pool, size_t bytes, char *text, size_t size)
{
    char asked[32], held[32], cached[32], biggest[32], limit[64] = "", machine[96] = "", a[32], b[32];
    size_t total = 0, available = 0;
    lsi_pool_stats s;
    lsi_pool_get_stats(pool, &s);
    lsi_prim *prim = pool->prim;
    if (prim->capacity) prim->capacity(prim, &total, &available);
    pthread_mutex_lock(&pool->lock);
    const size_t most = pool->limit;
    pthread_mutex_unlock(&pool->lock);
    if (most != SIZE_MAX) snprintf(limit, sizeof limit, ", the limit is %s", in_words(a, sizeof a, (double)most));
    if (total)
        snprintf(machine, sizeof machine, "; %s of the device's %s are free", in_words(a, sizeof a, (double)available),
                 in_words(b, sizeof b, (double)total));
    snprintf(text, size, "%s were asked for, arrays hold %s, %s are cached (largest block %s)%s%s",
             in_words(asked, sizeof asked, (double)bytes), in_words(held, sizeof held, (double)s.in_use),
             in_words(cached, sizeof cached, (double)(s.reserved - s.in_use)),
             in_words(biggest, sizeof biggest, (double)s.largest_free), limit, machine);
}
