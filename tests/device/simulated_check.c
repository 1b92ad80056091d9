/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whether what touches the same memory is ordered. Two accesses of which one writes must be ordered by their stream, by
 * events, or by the host having waited in between: then the earlier one is in the later one's clock. That is a property of
 * what was enqueued, not of the order that happened to be run. */
#include "simulated_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct access {
    lsi_address from, to;
    int stream;
    uint64_t sequence;
    bool write;
    char what[48];
} access;

static access *accesses;
static int count, room;

bool sim_forgive;
long sim_violations;
char sim_violation_text[512];

void sim_violation(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sim_violation_text, sizeof sim_violation_text, format, arguments);
    va_end(arguments);
    sim_violations++;
    if (sim_forgive) return;
    fprintf(stderr, "simulated GPU: %s\n", sim_violation_text);
    abort();
}

void sim_clock_join(sim_clock *into, const sim_clock *other)
{
    for (int i = 0; i < SIM_STREAMS; i++)
        if (other->at[i] > into->at[i]) into->at[i] = other->at[i];
}

static void add(access a)
{
    if (count == room) {
        room = room ? 2 * room : 256;
        accesses = realloc(accesses, (size_t)room * sizeof *accesses);
        if (!accesses) abort();
    }
    accesses[count++] = a;
}

static bool overlap(const access *a, lsi_address from, lsi_address to)
{
    return a->from < to && from < a->to;
}

/* Whether the later access `b` makes `a` needless: whoever comes after b comes after a. */
static bool replaces(const access *b, const access *a)
{
    const bool covers = b->from <= a->from && a->to <= b->to;
    return covers && (b->write || (!a->write && a->stream == b->stream));
}

static void look(const access *now, const sim_clock *clock)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        const access *a = &accesses[i];
        if (overlap(a, now->from, now->to) && (a->write || now->write) && clock->at[a->stream] < a->sequence)
            sim_violation("nothing orders '%s' (%s, work %llu of stream %d) before '%s' (%s, stream %d) on %zu bytes at %#llx",
                          a->what, a->write ? "writes" : "reads", (unsigned long long)a->sequence, a->stream, now->what,
                          now->write ? "writes" : "reads", now->stream, (size_t)(now->to - now->from), now->from);
        if (!replaces(now, a)) accesses[kept++] = *a;
    }
    count = kept;
    add(*now);
}

void sim_check_accesses(int stream, uint64_t sequence, const sim_clock *clock, const char *what, int n,
                        const sim_range *ranges)
{
    for (int i = 0; i < n; i++) {
        const sim_range *r = &ranges[i];
        if (!sim_memory_has(r->address, r->bytes))
            sim_violation("'%s' uses %zu bytes at %#llx, which are not all allocated", what, r->bytes, r->address);
        access now = {r->address, r->address + r->bytes, stream, sequence, r->write, ""};
        snprintf(now.what, sizeof now.what, "%s", what);
        look(&now, clock);
    }
}

void sim_check_free(lsi_address address, size_t bytes, const sim_clock *host)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        const access *a = &accesses[i];
        if (overlap(a, address, address + bytes)) {
            if (host->at[a->stream] < a->sequence)
                sim_violation("memory is given back that '%s' on stream %d may still use", a->what, a->stream);
        } else {
            accesses[kept++] = *a;
        }
    }
    count = kept;
}

void sim_check_forget(const sim_clock *host)
{
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (host->at[accesses[i].stream] < accesses[i].sequence) accesses[kept++] = accesses[i];
    count = kept;
}
