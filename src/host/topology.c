/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the machine is made of, as far as the process may use it. Decided once, at the first question, from the
 * affinity mask, sysconf, sysfs and the control group's processor quota, which takes 0.3 ms. hwloc, when built in, is
 * asked where these leave something open, and by `lockstep info`: loading it takes 20 to 30 ms, most of it for plug-ins
 * that look for devices, which is too long for every start of a small program. */
#include "host/parallel.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#endif
#ifdef LSI_HAVE_HWLOC
#include <hwloc.h>
#endif

/* Appends "first-last" or "first" to the list in `binding`; what does not fit is left out. */
static void add_range(lsi_topology *t, int first, int last)
{
    const size_t used = strlen(t->binding), room = sizeof t->binding - used;
    const char *comma = used ? "," : "";
    const int written = first == last ? snprintf(t->binding + used, room, "%s%d", comma, first)
                                      : snprintf(t->binding + used, room, "%s%d-%d", comma, first, last);
    if (written < 0 || (size_t)written >= room) t->binding[used] = '\0';
}

#if defined(__linux__)
/* Reads a small number such as "0" or "32K" from a file of sysfs; -1 when there is none. */
static long read_number(const char *format, int a, int b)
{
    char path[128];
    snprintf(path, sizeof path, format, a, b);
    FILE *file = fopen(path, "re");
    if (!file) return -1;
    char text[32] = "";
    const size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    if (length == 0) return -1;
    char *end;
    const long value = strtol(text, &end, 10);
    if (end == text || value < 0) return -1;
    return *end == 'K' ? value * 1024 : *end == 'M' ? value * 1024 * 1024 : value;
}

/* Counts the processing units of the affinity mask, and of them those that are the first of their core. */
static void read_affinity(lsi_topology *t)
{
    enum { MOST = 4096 };
    cpu_set_t *mask = CPU_ALLOC(MOST);
    const size_t size = CPU_ALLOC_SIZE(MOST);
    if (!mask) return;
    CPU_ZERO_S(size, mask);
    if (sched_getaffinity(0, size, mask) == 0) {
        int units = 0, cores = 0, run = -1;
        for (int cpu = 0; cpu <= MOST; cpu++) {
            const int in = cpu < MOST && CPU_ISSET_S((size_t)cpu, size, mask);
            if (in) {
                const long first = read_number("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu, 0);
                const int counted_before = first >= 0 && first < cpu && CPU_ISSET_S((size_t)first, size, mask);
                units++;
                cores += !counted_before;
                if (run < 0) run = cpu;
            } else if (run >= 0) {
                add_range(t, run, cpu - 1);
                run = -1;
            }
        }
        t->processing_units = units;
        t->cores = cores;
    }
    CPU_FREE(mask);
}

/* Processing units in a list of sysfs such as "0-3,8"; 0 when there is none. */
static int count_units(const char *format, int a, int b)
{
    char path[128], text[256] = "";
    snprintf(path, sizeof path, format, a, b);
    FILE *file = fopen(path, "re");
    if (!file) return 0;
    const size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    int units = 0;
    for (char *at = text, *end; at < text + length; at = *end ? end + 1 : end) {
        const long first = strtol(at, &end, 10), last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        if (end == at) break;
        units += last >= first ? (int)(last - first + 1) : 0;
    }
    return units;
}

static void read_caches(lsi_topology *t)
{
    for (int index = 0; index < 8; index++) {
        const long level = read_number("/sys/devices/system/cpu/cpu%d/cache/index%d/level", 0, index);
        const long bytes = read_number("/sys/devices/system/cpu/cpu%d/cache/index%d/size", 0, index);
        if (level < 0 || bytes <= 0) continue;
        if (level == 1) t->l1_bytes = (size_t)bytes; /* instruction and data caches are of one size or nearly */
        if (level == 2) t->l2_bytes = (size_t)bytes;
        if (level < 3) continue;
        t->l3_bytes = (size_t)bytes;
        const int units = count_units("/sys/devices/system/cpu/cpu%d/cache/index%d/shared_cpu_list", 0, index);
        const int siblings = count_units("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", 0, 0);
        t->l3_cores = siblings > 0 ? units / siblings : units;
    }
}

/* Processors' worth of time per period the control group may use, rounded up; 0: no limit. Version 2 writes "quota
 * period" or "max period" in one file, version 1 a number in each of two, -1 for no limit. */
static int read_quota(void)
{
    long quota = 0, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (file) {
        const int read = fscanf(file, "%ld %ld", &quota, &period);
        fclose(file);
        if (read != 2) return 0;
    } else {
        quota = read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", 0, 0);
        period = read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us", 0, 0);
    }
    return quota > 0 && period > 0 ? (int)((quota + period - 1) / period) : 0;
}

static int count_nodes(void)
{
    int nodes = 0;
    char path[64];
    for (;;) {
        snprintf(path, sizeof path, "/sys/devices/system/node/node%d", nodes);
        if (access(path, F_OK) != 0) return nodes;
        nodes++;
    }
}
#else
static void read_affinity(lsi_topology *t) { (void)t; }
static void read_caches(lsi_topology *t) { (void)t; }
static int read_quota(void) { return 0; }
static int count_nodes(void) { return 0; }
#endif

static void ask_system(lsi_topology *t)
{
    read_affinity(t);
    read_caches(t);
    t->numa_nodes = count_nodes();
    t->quota = read_quota();
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) t->memory_bytes = (size_t)pages * (size_t)page;
    if (t->processing_units == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        t->processing_units = online > 0 ? (int)online : 1;
    }
}

#ifdef LSI_HAVE_HWLOC
static size_t cache_of(hwloc_topology_t machine, hwloc_obj_type_t type)
{
    const hwloc_obj_t cache = hwloc_get_obj_by_type(machine, type, 0);
    return cache && cache->attr ? (size_t)cache->attr->cache.size : 0;
}

static void read_binding(lsi_topology *t, hwloc_const_bitmap_t set)
{
    int cpu = hwloc_bitmap_first(set);
    while (cpu >= 0) {
        int last = cpu, next = hwloc_bitmap_next(set, cpu);
        while (next == last + 1) {
            last = next;
            next = hwloc_bitmap_next(set, next);
        }
        add_range(t, cpu, last);
        cpu = next;
    }
}

bool lsi_topology_ask_hwloc(lsi_topology *t)
{
    memset(t, 0, sizeof *t);
    hwloc_topology_t machine;
    if (hwloc_topology_init(&machine) != 0) return false;
    hwloc_bitmap_t mine = hwloc_bitmap_alloc();
    if (mine && hwloc_topology_load(machine) == 0) {
        if (hwloc_get_cpubind(machine, mine, HWLOC_CPUBIND_PROCESS) != 0)
            hwloc_bitmap_copy(mine, hwloc_topology_get_allowed_cpuset(machine));
        t->cores = hwloc_get_nbobjs_inside_cpuset_by_type(machine, mine, HWLOC_OBJ_CORE);
        t->processing_units = hwloc_get_nbobjs_inside_cpuset_by_type(machine, mine, HWLOC_OBJ_PU);
        t->numa_nodes = hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_NUMANODE);
        t->l1_bytes = cache_of(machine, HWLOC_OBJ_L1CACHE);
        t->l2_bytes = cache_of(machine, HWLOC_OBJ_L2CACHE);
        t->l3_bytes = cache_of(machine, HWLOC_OBJ_L3CACHE);
        read_binding(t, mine);
        t->from_hwloc = t->processing_units > 0;
    }
    hwloc_bitmap_free(mine);
    hwloc_topology_destroy(machine);
    return t->from_hwloc;
}
#else
bool lsi_topology_ask_hwloc(lsi_topology *t)
{
    memset(t, 0, sizeof *t);
    return false;
}
#endif

static lsi_topology topology;

static void fill_gaps(lsi_topology *t)
{
    lsi_topology other;
    if (t->cores > 0 && t->l3_bytes + t->l2_bytes > 0) return;
    if (lsi_topology_ask_hwloc(&other)) {
        if (t->cores <= 0) t->cores = other.cores;
        if (t->l1_bytes == 0) t->l1_bytes = other.l1_bytes;
        if (t->l2_bytes == 0) t->l2_bytes = other.l2_bytes;
        if (t->l3_bytes == 0) t->l3_bytes = other.l3_bytes;
        if (t->numa_nodes == 0) t->numa_nodes = other.numa_nodes;
        t->from_hwloc = true;
    }
    if (t->cores <= 0) t->cores = t->processing_units;
}

/* A virtual machine is told of the whole last-level cache and of its own few cores, while others use the cache, too. So
 * no core counts on more of it than has been built for one: 12 MiB, on processors with stacked caches. */
static size_t cache_in_reach(const lsi_topology *t)
{
    const size_t most_per_core = (size_t)12 << 20;
    const int sharing = t->l3_cores > 0 ? t->l3_cores : t->cores;
    const size_t share = most_per_core * (size_t)sharing, one = t->l3_bytes < share ? t->l3_bytes : share;
    const int caches = sharing > 0 ? (t->cores + sharing - 1) / sharing : 1;
    return one * (size_t)caches + t->l2_bytes * (size_t)t->cores;
}

static void read_once(void)
{
    ask_system(&topology);
    fill_gaps(&topology);
    topology.cache_bytes = cache_in_reach(&topology);
}

const lsi_topology *lsi_topology_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_once);
    return &topology;
}
