/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Profiles for people and for tools. Decides what a line of the table is: one kind of work, asked for by one call at one
 * place, on one device. */
#include "lockstep/profile.h"
#include "api/call.h"
#include "api/init.h"
#include "core/progress.h"
#include "lazy/profile.h"
#include "lockstep/create.h"
#include "lockstep/evaluate.h"
#include "lockstep/scope.h"

#include <stdlib.h>
#include <unistd.h>

enum { DEFAULT_EVENTS = 1000000 };

static const char *const kind_names[LSI_WORK_KINDS] = {
    [LSI_WORK_PROGRAM] = "program", [LSI_WORK_SCAN] = "scan",     [LSI_WORK_MATMUL] = "matmul",
    [LSI_WORK_SORT] = "sort",       [LSI_WORK_UPLOAD] = "upload", [LSI_WORK_DOWNLOAD] = "download",
    [LSI_WORK_KERNEL] = "kernel",
};

ls_status ls_profile_start(int64_t max_events)
{
    LSI_CALL("ls_profile_start", NULL);
    if (max_events < 0) {
        return lsi_report(lsi_fail(LS_EARGUMENT, "%lld events", (long long)max_events));
    }
    return lsi_report(lsi_profile_begin_recording(max_events ? max_events : DEFAULT_EVENTS));
}

void ls_profile_stop(void)
{
    atomic_store(&lsi_profile_on, false);
}

int64_t ls_profile_count(void)
{
    return lsi_profile_recorded();
}

void ls_on_progress(ls_progress_fn progress, void *context)
{
    lsi_progress_set(progress, context);
}

/* --- rows --- */

typedef struct row {
    lsi_event total; /* sums; start is unused */
    int64_t count;
} row;

static int compare_text(const char *a, const char *b)
{
    return a == b ? 0 : !a ? -1 : !b ? 1 : strcmp(a, b);
}

static int compare_key(const void *left, const void *right)
{
    const lsi_event *a = left, *b = right;
    if (a->device != b->device) return a->device < b->device ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    const int by_function = compare_text(a->function, b->function);
    return by_function ? by_function : compare_text(a->place, b->place);
}

static int compare_time(const void *left, const void *right)
{
    const row *a = left, *b = right;
    if (a->total.duration != b->total.duration) return a->total.duration > b->total.duration ? -1 : 1;
    return compare_key(&a->total, &b->total);
}

static void add_event(row *r, const lsi_event *e)
{
    r->total.duration += e->duration;
    r->total.waited += e->waited;
    r->total.bytes_read += e->bytes_read;
    r->total.bytes_written += e->bytes_written;
    r->total.allocations += e->allocations;
    r->count++;
}

/* Sorts the events and adds them up; the rows, the longest first, to be freed with lsi_dealloc. */
static row *make_rows(lsi_event *events, int64_t count, int64_t *nrows)
{
    row *rows = lsi_alloc((size_t)count, sizeof *rows);
    *nrows = 0;
    if (!rows) {
        return NULL;
    }
    qsort(events, (size_t)count, sizeof *events, compare_key);
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || compare_key(&events[i - 1], &events[i]) != 0) {
            rows[*nrows].total = events[i];
            rows[(*nrows)++].count = 1;
        } else {
            add_event(&rows[*nrows - 1], &events[i]);
        }
    }
    qsort(rows, (size_t)*nrows, sizeof *rows, compare_time);
    return rows;
}

/* Bytes per second at which the device copies, best of a few; 0 when it cannot be measured. */
static double copy_bandwidth(int device)
{
    enum { COUNT = 8 << 20, ROUNDS = 4 };
    double best = 0;
    const int scope = ls_scope_open();
    ls_array *from = (ls_ones)(NULL, LS_SHAPE(COUNT), &(ls_array_options){.struct_size = sizeof(ls_array_options),
                                                                         .device = {device}});
    bool fine = from && !lsi_evaluate(1, (const ls_array *const[]){from});
    for (int round = 0; fine && round < ROUNDS; round++) {
        ls_array *to = (ls_copy)(NULL, from);
        lsi_backend *backend = lsi_backend_get(device);
        struct timespec begin, end;
        clock_gettime(CLOCK_MONOTONIC, &begin);
        fine = to && !lsi_evaluate(1, (const ls_array *const[]){to}) && !backend->wait(backend, (lsi_ticket){0, 0});
        clock_gettime(CLOCK_MONOTONIC, &end);
        const double seconds =
            (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
        const double rate = 2.0 * sizeof(double) * COUNT / seconds;
        best = fine && rate > best ? rate : best;
        ls_free(to);
    }
    ls_scope_close(scope);
    return best;
}

/* --- the table --- */

static void write_table(FILE *file, const row *rows, int64_t nrows, int64_t dropped)
{
    double bandwidth[LSI_MAX_DEVICES + 1] = {0};
    double total = 0;
    for (int64_t i = 0; i < nrows; i++) {
        total += (double)rows[i].total.duration;
        if (bandwidth[rows[i].total.device] == 0) {
            bandwidth[rows[i].total.device] = copy_bandwidth(rows[i].total.device);
        }
    }
    fprintf(file, "%10s %6s %8s %10s %9s %9s %7s %7s %7s  %-8s %-7s %s\n", "ms", "%", "count", "us each", "ms waited", "MB",
            "GB/s", "% copy", "blocks", "what", "device", "call");
    for (int64_t i = 0; i < nrows; i++) {
        const lsi_event *e = &rows[i].total;
        const double ns = (double)e->duration, bytes = (double)(e->bytes_read + e->bytes_written);
        const double rate = ns > 0 ? bytes / ns : 0; /* GB/s */
        const double copy = bandwidth[e->device] * 1e-9;
        fprintf(file, "%10.3f %6.1f %8lld %10.2f %9.3f %9.1f %7.2f %7.0f %7lld  %-8s %-7s %s at %s\n", ns * 1e-6,
                total > 0 ? 100 * ns / total : 0, (long long)rows[i].count, ns * 1e-3 / (double)rows[i].count,
                (double)e->waited * 1e-6, bytes * 1e-6, rate, copy > 0 ? 100 * rate / copy : 0, (long long)e->allocations, kind_names[e->kind],
                lsi_backend_get(e->device) ? lsi_backend_get(e->device)->name : "gone",
                e->function ? e->function : "?", e->place ? e->place : "?");
    }
    fprintf(file, "%10.3f in all\n", total * 1e-6);
    if (dropped) {
        fprintf(file, "%lld later events were not recorded\n", (long long)dropped);
    }
}

/* --- JSON --- */

static void write_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(file, "\\%c", *c);
        } else if ((unsigned char)*c < 0x20) {
            fprintf(file, "\\u%04x", (unsigned)*c);
        } else {
            fputc(*c, file);
        }
    }
    fputc('"', file);
}

static void write_facts(FILE *file, const lsi_event *e)
{
    fprintf(file, "\"what\": \"%s\", \"call\": ", kind_names[e->kind]);
    write_text(file, e->function);
    fputs(", \"place\": ", file);
    write_text(file, e->place);
    fputs(", \"device\": ", file);
    write_text(file, lsi_backend_get(e->device) ? lsi_backend_get(e->device)->name : "gone");
    fprintf(file,
            ", \"bytes_read\": %lld, \"bytes_written\": %lld, \"allocations\": %lld, \"waited_us\": %.3f",
            (long long)e->bytes_read, (long long)e->bytes_written, (long long)e->allocations, (double)e->waited * 1e-3);
}

static void write_json(FILE *file, const row *rows, int64_t nrows, int64_t dropped)
{
    fputs("{\"rows\": [", file);
    for (int64_t i = 0; i < nrows; i++) {
        fprintf(file, "%s\n  {\"us\": %.3f, \"count\": %lld, ", i ? "," : "", (double)rows[i].total.duration * 1e-3,
                (long long)rows[i].count);
        write_facts(file, &rows[i].total);
        fputc('}', file);
    }
    fprintf(file, "\n], \"dropped\": %lld}\n", (long long)dropped);
}

/* https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete events, microseconds. */
static void write_trace(FILE *file, const lsi_event *events, int64_t count, int64_t dropped)
{
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [", file);
    for (int64_t i = 0; i < count; i++) {
        const lsi_event *e = &events[i];
        fprintf(file, "%s\n  {\"ph\": \"X\", \"name\": ", i ? "," : "");
        write_text(file, e->function);
        fprintf(file, ", \"cat\": \"%s\", \"ts\": %.3f, \"dur\": %.3f, \"pid\": %d, \"tid\": %u, \"args\": {",
                kind_names[e->kind], (double)e->start * 1e-3, (double)e->duration * 1e-3, e->device, e->thread);
        write_facts(file, e);
        fprintf(file, ", \"instructions\": %d, \"reductions\": %d}}", e->instructions, e->reductions);
    }
    fprintf(file, "\n], \"otherData\": {\"dropped\": %lld}}\n", (long long)dropped);
}

static ls_status write_profile(FILE *file, ls_profile_format format)
{
    int64_t count, dropped, nrows = 0;
    lsi_event *events = lsi_profile_copy(&count, &dropped);
    row *rows = events && format != LS_PROFILE_TRACE ? make_rows(events, count, &nrows) : NULL;
    if (count < 0 || (events && format != LS_PROFILE_TRACE && !rows)) {
        lsi_dealloc(events);
        return lsi_fail(LS_ENOMEM, "out of memory for a profile of %lld events", (long long)lsi_profile_recorded());
    }
    const bool was_on = atomic_exchange(&lsi_profile_on, false); /* the measurement of bandwidth is not the user's work */
    if (format == LS_PROFILE_TRACE) {
        write_trace(file, events, count, dropped);
    } else if (format == LS_PROFILE_JSON) {
        write_json(file, rows, nrows, dropped);
    } else {
        write_table(file, rows, nrows, dropped);
    }
    atomic_store(&lsi_profile_on, was_on);
    lsi_dealloc(rows);
    lsi_dealloc(events);
    return fflush(file) || ferror(file) ? lsi_fail(LS_EIO, "the profile could not be written") : LS_OK;
}

ls_status (ls_profile_write)(const char *place, FILE *file, ls_profile_format format)
{
    LSI_CALL("ls_profile_write", place);
    if (!file) {
        return lsi_report(lsi_fail_null(1));
    }
    if ((int)format < LS_PROFILE_TABLE || format > LS_PROFILE_TRACE) {
        return lsi_report(lsi_fail(LS_EARGUMENT, "%d is no format of a profile", (int)format));
    }
    return lsi_report(write_profile(file, format));
}

/* --- LOCKSTEP_PROFILE --- */

static char path_at_exit[4096]; /* "": stderr */
static pid_t recorder; /* a forked child that exits has nothing to say, and would write over its parent's file */

static bool is_json(const char *path)
{
    const size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".json") == 0;
}

static void write_at_exit(void)
{
    if (getpid() != recorder) {
        return;
    }
    ls_profile_stop();
    FILE *file = path_at_exit[0] ? fopen(path_at_exit, "w") : stderr;
    if (!file) {
        return;
    }
    write_profile(file, is_json(path_at_exit) ? LS_PROFILE_TRACE : LS_PROFILE_TABLE);
    if (file != stderr) {
        fclose(file);
    }
}

void lsi_profile_from_environment(void)
{
    const char *wish = secure_getenv("LOCKSTEP_PROFILE");
    if (!wish || !*wish || strcmp(wish, "0") == 0 || strlen(wish) >= sizeof path_at_exit) {
        return;
    }
    if (strcmp(wish, "1") != 0) {
        strcpy(path_at_exit, wish);
    }
    recorder = getpid();
    if (lsi_profile_begin_recording(DEFAULT_EVENTS) || atexit(write_at_exit)) {
        ls_profile_stop();
    }
}
