/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the machine is made of, as far as the process may use it. hwloc says when it was built in; without it, or where it
 * fails, the affinity mask, sysconf and sysfs do. Decided once, at the first question. */
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

static lsi_topology topology;

/* Appends "first-last" or "first" to the list in `binding`; what does not fit is left out. */
static void add_range(int first, int last)
{
    const size_t used = strlen(topology.binding), room = sizeof topology.binding - used;
    const char *comma = used ? "," : "";
    const int written = first == last ? snprintf(topology.binding + used, room, "%s%d", comma, first)
                                      : snprintf(topology.binding + used, room, "%s%d-%d", comma, first, last);
    if (written < 0 || (size_t)written >= room) topology.binding[used] = '\0';
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
static void read_affinity(void)
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
                add_range(run, cpu - 1);
                run = -1;
            }
        }
        topology.processing_units = units;
        topology.cores = cores;
    }
    CPU_FREE(mask);
}

static void read_caches(void)
{
    for (int index = 0; index < 8; index++) {
        const long level = read_number("/sys/devices/system/cpu/cpu%d/cache/index%d/level", 0, index);
        const long bytes = read_number("/sys/devices/system/cpu/cpu%d/cache/index%d/size", 0, index);
        if (level < 0 || bytes <= 0) continue;
        if (level == 1) topology.l1_bytes = (size_t)bytes; /* instruction and data caches are of one size or nearly */
        if (level == 2) topology.l2_bytes = (size_t)bytes;
        if (level >= 3) topology.l3_bytes = (size_t)bytes;
    }
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
static void read_affinity(void) {}
static void read_caches(void) {}
static int count_nodes(void) { return 0; }
#endif

static void from_system(void)
{
    read_affinity();
    read_caches();
    topology.numa_nodes = count_nodes();
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    if (pages > 0 && page > 0) topology.memory_bytes = (size_t)pages * (size_t)page;
    if (topology.processing_units == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        topology.processing_units = topology.cores = online > 0 ? (int)online : 1;
    }
}

#ifdef LSI_HAVE_HWLOC
static size_t cache_of(hwloc_topology_t machine, hwloc_obj_type_t type)
{
    const hwloc_obj_t cache = hwloc_get_obj_by_type(machine, type, 0);
    return cache && cache->attr ? (size_t)cache->attr->cache.size : 0;
}

static void read_binding(hwloc_const_bitmap_t set)
{
    int cpu = hwloc_bitmap_first(set);
    while (cpu >= 0) {
        int last = cpu, next = hwloc_bitmap_next(set, cpu);
        while (next == last + 1) {
            last = next;
            next = hwloc_bitmap_next(set, next);
        }
        add_range(cpu, last);
        cpu = next;
    }
}

static bool from_hwloc(void)
{
    hwloc_topology_t machine;
    if (hwloc_topology_init(&machine) != 0) return false;
    bool read = false;
    hwloc_bitmap_t mine = hwloc_bitmap_alloc();
    if (mine && hwloc_topology_load(machine) == 0) {
        if (hwloc_get_cpubind(machine, mine, HWLOC_CPUBIND_PROCESS) != 0)
            hwloc_bitmap_copy(mine, hwloc_topology_get_allowed_cpuset(machine));
        topology.cores = hwloc_get_nbobjs_inside_cpuset_by_type(machine, mine, HWLOC_OBJ_CORE);
        topology.processing_units = hwloc_get_nbobjs_inside_cpuset_by_type(machine, mine, HWLOC_OBJ_PU);
        topology.numa_nodes = hwloc_get_nbobjs_by_type(machine, HWLOC_OBJ_NUMANODE);
        topology.l1_bytes = cache_of(machine, HWLOC_OBJ_L1CACHE);
        topology.l2_bytes = cache_of(machine, HWLOC_OBJ_L2CACHE);
        topology.l3_bytes = cache_of(machine, HWLOC_OBJ_L3CACHE);
        topology.memory_bytes = (size_t)hwloc_get_root_obj(machine)->total_memory;
        read_binding(mine);
        if (topology.cores <= 0) topology.cores = topology.processing_units;
        read = topology.processing_units > 0;
    }
    hwloc_bitmap_free(mine);
    hwloc_topology_destroy(machine);
    return read;
}
#else
static bool from_hwloc(void)
{
    return false;
}
#endif

static void read_once(void)
{
    topology.from_hwloc = from_hwloc();
    if (topology.from_hwloc) return;
    memset(&topology, 0, sizeof topology);
    from_system();
}

const lsi_topology *lsi_topology_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_once);
    return &topology;
}
