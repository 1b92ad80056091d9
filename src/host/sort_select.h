/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Partitioning lines of one kind of element; included after sort_engine.h, in its words. A line becomes its elements
 * below element kth of the order, those equal to it, those above it, each part in the order of the line: one result,
 * whatever the method. A short line is sorted to find element kth. In a long one the histogram of keys tells the bin
 * that holds it, and the elements of that bin alone are looked at again. */


static inline int NAME(side)(key k, key pivot)
{
    return (k >= pivot) + (k > pivot);
}

/* --- lines that fit a block --- */

static void NAME(partition_line)(element *a, element *sorted, element *spare, int64_t n, int64_t kth)
{
    memcpy(sorted, a, (size_t)n * sizeof *a);
    NAME(sort_block)(sorted, spare, n);
    int64_t below = kth, up_to = kth + 1;
    const key pivot = KEY_OF(sorted[kth]);
    while (below > 0 && KEY_OF(sorted[below - 1]) == pivot) below--;
    while (up_to < n && KEY_OF(sorted[up_to]) == pivot) up_to++;
    int64_t at[3] = {0, below, up_to};
    for (int64_t i = 0; i < n; i++) sorted[at[NAME(side)(KEY_OF(a[i]), pivot)]++] = a[i];
}

static void NAME(short_partition)(int thread, int threads, void *context)
{
    const NAME(short_job) *job = context;
    const lsi_lines *lines = job->lines;
    const int64_t n = lines->n;
    element *a = job->memory + 3 * n * thread;
    int64_t begin, end;
    lsi_parallel_part(lines->lines, job->grain, thread, threads, &begin, &end);
    for (int64_t line = begin; line < end; line++) {
        LOAD(lines, line, 0, n, a);
        NAME(partition_line)(a, a + n, a + 2 * n, n, lines->kth);
        STORE(lines, line, 0, n, a + n);
    }
}

/* --- a long line --- */

/* The elements of the chosen bin, to where the part's place says. */
static void NAME(collect)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK];
    element *to = job->to + job->places[(int64_t)part * BUCKETS];
    const key low = job->low;
    const int shift = job->shift;
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        for (int64_t i = 0; i < n; i++)
            if ((uint32_t)((key)(KEY_OF(e[i]) - low) >> shift) == job->chosen) *to++ = e[i];
    }
}

/* Finds the bin of the element of this rank; the elements before the bin leave the rank. */
static void NAME(choose)(NAME(long_job) *job, int64_t *rank)
{
    uint32_t bin = 0;
    NAME(make_totals)(job);
    for (; *rank >= job->totals[bin]; bin++) *rank -= job->totals[bin];
    job->chosen = bin;
    int64_t at = 0;
    for (int part = 0; part < job->parts; part++) {
        job->places[(int64_t)part * BUCKETS] = at;
        at += job->counts[(int64_t)part * BINS + bin];
    }
}

/* Sets the job's pivot: the key of element `rank` of the order. Leaves source and size of the job changed. */
static ls_status NAME(find)(NAME(long_job) *job, int64_t rank)
{
    element *held = NULL;
    ls_status status = LS_OK;
    for (;;) {
        NAME(run)(job, NAME(measure));
        if (!NAME(whole_range)(job)) {
            job->pivot = job->low;
            break;
        }
        NAME(run)(job, NAME(count));
        NAME(choose)(job, &rank);
        if (job->shift == 0) {
            job->pivot = (key)(job->low + job->chosen);
            break;
        }
        const int64_t n = job->totals[job->chosen];
        job->to = lsi_sort_memory(job->lines, n <= BLOCK ? 2 * n : n, sizeof(element));
        if (!job->to) {
            status = LS_ENOMEM;
            break;
        }
        NAME(run)(job, NAME(collect));
        lsi_sort_release(job->lines, held);
        job->from = held = job->to;
        job->n = n;
        if (n <= BLOCK) {
            NAME(sort_block)(held, held + n, n);
            job->pivot = KEY_OF(held[rank]);
            break;
        }
    }
    lsi_sort_release(job->lines, held);
    return status;
}

static void NAME(count_sides)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK];
    const key pivot = job->pivot;
    int64_t below = 0, up_to = 0, n, *sides = job->places + (int64_t)part * BUCKETS;
    const int64_t all = end - begin;
    for (; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        for (int64_t i = 0; i < n; i++) {
            below += KEY_OF(e[i]) < pivot;
            up_to += KEY_OF(e[i]) <= pivot;
        }
    }
    sides[0] = below;
    sides[1] = up_to - below;
    sides[2] = all - up_to;
}

static void NAME(store_sides)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK], sorted[3][CHUNK];
    int64_t *sides = job->places + (int64_t)part * BUCKETS;
    const key pivot = job->pivot;
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        int64_t count[3] = {0, 0, 0};
        for (int64_t i = 0; i < n; i++) {
            const int side = NAME(side)(KEY_OF(e[i]), pivot);
            sorted[side][count[side]++] = e[i];
        }
        for (int side = 0; side < 3; side++) {
            if (count[side]) STORE(job->lines, job->line, sides[side], count[side], sorted[side]);
            sides[side] += count[side];
        }
    }
}

static ls_status NAME(partition_long)(const lsi_lines *lines, int64_t line)
{
    NAME(long_job) job = {.lines = lines, .line = line, .n = lines->n, .threads = lsi_parallel_threads()};
    void *tables = NAME(make_tables)(&job);
    if (!tables) return LS_ENOMEM;
    const ls_status status = NAME(find)(&job, lines->kth);
    if (!status) {
        job.from = NULL;
        job.n = lines->n;
        NAME(run)(&job, NAME(count_sides));
        int64_t at = 0;
        for (int side = 0; side < 3; side++) {
            for (int part = 0; part < job.parts; part++) {
                int64_t *place = &job.places[(int64_t)part * BUCKETS + side];
                const int64_t count = *place;
                *place = at;
                at += count;
            }
        }
        NAME(run)(&job, NAME(store_sides));
    }
    lsi_sort_release(lines, tables);
    return status;
}

static ls_status NAME(partition_lines)(const lsi_lines *lines)
{
    ls_status status = LS_OK;
    if (lines->n <= BLOCK) return NAME(short_lines)(lines, 3, NAME(short_partition));
    for (int64_t line = 0; line < lines->lines && !status; line++) status = NAME(partition_long)(lines, line);
    return status;
}
