/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The way past plans and programs for what most small programs consist of: one pending elementwise operation whose
 * operands are stored and lie in order. Making a plan and a program costs several times what adding a hundred numbers
 * does. Decides whether a node is of that kind; what it means, what is counted and when memory is given up are as in
 * evaluate.c. Whatever is not of that kind, or goes wrong, is left to evaluate.c. */
#include "lazy/direct.h"
#include "lazy/ops.h"
#include "lazy/profile.h"
#include "memory/prim.h"
#include "sets.h"

/* Work that takes less than giving up the lock and keeping its sources meanwhile runs under the lock. */
enum { BRIEF_NANOSECONDS = 250 };

/* The dtype in which operand i is wanted. */
static ls_dtype wanted(const lsi_version *v, int i)
{
    return v->op == LSI_OP_where && i == 0 ? LS_BOOL : v->operand;
}

static bool lowered(const lsi_version *v)
{
    return lsi_dtype_is_half(v->operand) && v->op < LSI_OP_ROWS && !(lsi_op_infos[v->op].set & LS_HAS_HALF);
}

/* Fills in operand i; false when it is none that can be read as it lies. */
static bool take_operand(const lsi_version *v, int i, lsi_direct_map *map)
{
    const lsi_input *input = &v->inputs[i];
    const lsi_version *in = input->version;
    map->constant[i] = NULL;
    if (in && in->state == LSI_STORED && input->whole && in->dtype == wanted(v, i)) {
        map->in[i] = in->buffer->address;
        return true;
    }
    if (!in) {
        map->constant[i] = &input->constant;
    } else if (in->state == LSI_PENDING && in->kind == LSI_NODE_CONST) {
        map->constant[i] = &in->u.constant;
    }
    return map->constant[i] && map->constant[i]->dtype == wanted(v, i);
}

bool lsi_direct_describe(const lsi_version *v, lsi_direct_map *map)
{
    const bool plain = v->kind == LSI_NODE_MAP && v->count > 0 && v->backend->direct && !lowered(v) &&
                       !(v->op == LSI_OP_cast && v->operand == v->dtype);
    if (!plain) {
        return false;
    }
    int constants = 0;
    map->op = v->op;
    map->dtype = v->operand;
    map->result = v->dtype;
    map->ninput = v->ninput;
    map->count = v->count;
    map->in[1] = map->in[2] = NULL;
    for (int i = 0; i < v->ninput; i++) {
        if (!take_operand(v, i, map)) {
            return false;
        }
        constants += map->constant[i] != NULL;
    }
    return constants < v->ninput && v->backend->direct_accept(v->backend, map);
}

/* As evaluate.c counts the program that this would be. */
void lsi_direct_count(const lsi_direct_map *map, const ls_dtype *dtypes)
{
    lsi_counts.programs++;
    lsi_counts.instructions++;
    lsi_counts.values_stored++;
    lsi_counts.bytes_written += map->count * (int64_t)lsi_dtype_size(map->result);
    for (int i = 0; i < map->ninput; i++) {
        bool again = map->constant[i] != NULL;
        for (int k = 0; k < i; k++) {
            again = again || (!map->constant[k] && map->in[k] == map->in[i]);
        }
        if (!again) {
            lsi_counts.sources_read++;
            lsi_counts.bytes_read += map->count * (int64_t)lsi_dtype_size(dtypes[i]);
        }
    }
}

static void count(const lsi_version *v, const lsi_direct_map *map)
{
    ls_dtype dtypes[3];
    for (int i = 0; i < v->ninput; i++) {
        dtypes[i] = wanted(v, i);
    }
    lsi_direct_count(map, dtypes);
}

/* Without the lock: the sources are kept, the version is running. */
static void run_unlocked(lsi_version *v, const lsi_direct_map *map)
{
    lsi_buffer *kept[3] = {NULL, NULL, NULL};
    for (int i = 0; i < v->ninput; i++) {
        kept[i] = map->constant[i] ? NULL : lsi_buffer_retain(v->inputs[i].version->buffer);
    }
    lsi_version_set_state(v, LSI_RUNNING);
    lsi_graph_run_begin();
    v->backend->direct(v->backend, map);
    for (int i = 0; i < 3; i++) {
        lsi_buffer_release(kept[i]);
    }
    lsi_graph_run_end();
}

/* Holding the lock. */
static bool run(lsi_version *v, lsi_inputs *dropped)
{
    lsi_direct_map map;
    lsi_buffer *buffer = v->state == LSI_PENDING && lsi_direct_describe(v, &map)
                             ? lsi_buffer_new(v->backend, lsi_version_bytes(v))
                             : NULL;
    if (!buffer) {
        return false;
    }
    map.out = buffer->address;
    count(v, &map);
    if (map.nanoseconds < BRIEF_NANOSECONDS) {
        v->backend->direct(v->backend, &map);
    } else {
        run_unlocked(v, &map);
    }
    lsi_version_store(v, buffer, dropped);
    lsi_graph_broadcast();
    return true;
}

bool lsi_evaluate_direct(lsi_version *version)
{
    lsi_inputs dropped;
    dropped.count = 0;
    if (atomic_load_explicit(&lsi_profile_on, memory_order_relaxed)) {
        return false;
    }
    lsi_graph_lock();
    const bool done = run(version, &dropped);
    lsi_graph_unlock();
    for (int i = 0; i < dropped.count; i++) {
        lsi_version_release(dropped.versions[i]);
    }
    return done;
}
