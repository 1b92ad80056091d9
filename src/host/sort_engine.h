/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting one kind of element; included once per kind by sort_engine.c, which defines
 *   NAME(x)      x with the kind's suffix
 *   element      the type that is moved: a key, or a key with its position
 *   key          the unsigned integer type of keys; KEY_OF(e) is an element's
 *   LOAD(lines, line, begin, n, to)     elements of a line from memory
 *   STORE(lines, line, begin, n, from)  results to their place
 *
 * The method, stable throughout. Up to BLOCK elements (they stay in the core's own cache): two passes of counting
 * distribution by the 18 bits, at most, that tell most of the elements apart; what still stands out of order is close to
 * its place and inserted, or sorted by the bits below when it is not. More: one histogram over up to 65536 equal parts of
 * the range of keys; neighbouring parts are joined to at most 256 buckets of about the same number of elements; one pass
 * moves the elements to their buckets, and each bucket is then small. A bucket of one part that is still large has a
 * range 65536 times as narrow, so this ends. Threads share histogram and distribution by parts of the line, whose order
 * is kept, and take buckets as they come. */

/* --- within the cache --- */

static void NAME(insert)(element *a, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const element e = a[i];
        int64_t j = i;
        for (; j > 0 && KEY_OF(e) < KEY_OF(a[j - 1]); j--) a[j] = a[j - 1];
        a[j] = e;
    }
}

/* The lowest and highest key; whether the elements are in order already. n > 0. */
static bool NAME(range)(const element *a, int64_t n, key *lowest, key *highest)
{
    key low = KEY_OF(a[0]), high = low;
    unsigned descents = 0;
    for (int64_t i = 1; i < n; i++) {
        const key k = KEY_OF(a[i]), before = KEY_OF(a[i - 1]);
        low = k < low ? k : low;
        high = k > high ? k : high;
        descents += k < before;
    }
    *lowest = low;
    *highest = high;
    return descents == 0;
}

static int NAME(width)(key k)
{
    int bits = 0;
    while (k >> bits >= 65536) bits += 16;
    const uint32_t rest = (uint32_t)(k >> bits);
    return bits + (rest ? 32 - __builtin_clz(rest) : 0);
}

/* One pass of distribution by a digit of the distance from `low`. `at` holds where each digit's elements begin. */
static void NAME(distribute)(const element *from, int64_t n, key low, int shift, uint32_t mask, uint32_t *at, element *to)
{
    for (int64_t i = 0; i < n; i++) {
        const element e = from[i];
        to[at[(uint32_t)((key)(KEY_OF(e) - low) >> shift) & mask]++] = e;
    }
}

static void NAME(sort_block)(element *a, element *spare, int64_t n);

/* Elements whose distances from `low` agree from bit `shift` on stand together: makes the order complete. */
static void NAME(finish)(element *a, element *spare, int64_t n, key low, int shift)
{
    for (int64_t i = 1; i < n; i++) {
        if (KEY_OF(a[i - 1]) <= KEY_OF(a[i])) continue;
        const element e = a[i];
        const int64_t far = i > FAR ? i - FAR : 0;
        int64_t j = i;
        for (; j > far && KEY_OF(e) < KEY_OF(a[j - 1]); j--) a[j] = a[j - 1];
        a[j] = e;
        if (j > far || j == 0) continue;
        const key group = (key)(KEY_OF(e) - low) >> shift;
        int64_t begin = j, end = i + 1;
        while (begin > 0 && (key)(KEY_OF(a[begin - 1]) - low) >> shift == group) begin--;
        while (end < n && (key)(KEY_OF(a[end]) - low) >> shift == group) end++;
        NAME(sort_block)(a + begin, spare + begin, end - begin);
        i = end;
    }
}

/* Where the elements of each digit begin, from how many there are. */
static void NAME(starts)(uint32_t *counts, int digits)
{
    uint32_t sum = 0;
    for (int d = 0; d < digits; d++) {
        const uint32_t count = counts[d];
        counts[d] = sum;
        sum += count;
    }
}

/* Sorts up to BLOCK elements; `spare` has room for as many. */
static void NAME(sort_block)(element *a, element *spare, int64_t n)
{
    uint32_t lower[1 << DIGIT_BITS], upper[1 << DIGIT_BITS];
    key low, high;
    if (n <= FEW) {
        NAME(insert)(a, n);
        return;
    }
    if (NAME(range)(a, n, &low, &high)) return;
    const int bits = NAME(width)((key)(high - low)), enough = 64 - __builtin_clzll((uint64_t)n) + SPREAD;
    const int most = enough < 2 * DIGIT_BITS ? enough : 2 * DIGIT_BITS, used = bits < most ? bits : most;
    const int shift = bits - used, first = used / 2, second = used - first;
    const uint32_t mask = ((uint32_t)1 << first) - 1;
    memset(lower, 0, sizeof *lower << first);
    memset(upper, 0, sizeof *upper << second);
    for (int64_t i = 0; i < n; i++) {
        const uint32_t digits = (uint32_t)((key)(KEY_OF(a[i]) - low) >> shift);
        lower[digits & mask]++;
        upper[digits >> first]++;
    }
    NAME(starts)(lower, 1 << first);
    NAME(starts)(upper, 1 << second);
    NAME(distribute)(a, n, low, shift, mask, lower, spare);
    NAME(distribute)(spare, n, low, shift + first, ((uint32_t)1 << second) - 1, upper, a);
    if (shift > 0) NAME(finish)(a, spare, n, low, shift);
}

/* --- lines that fit a block: a line per thread at a time --- */

typedef struct NAME(short_job) {
    const lsi_lines *lines;
    element *memory; /* lines of each thread's own */
    int64_t grain;
} NAME(short_job);

static void NAME(short_part)(int thread, int threads, void *context)
{
    const NAME(short_job) *job = context;
    const lsi_lines *lines = job->lines;
    const int64_t n = lines->n;
    element *a = job->memory + 2 * n * thread;
    int64_t begin, end;
    lsi_parallel_part(lines->lines, job->grain, thread, threads, &begin, &end);
    for (int64_t line = begin; line < end; line++) {
        LOAD(lines, line, 0, n, a);
        NAME(sort_block)(a, a + n, n);
        STORE(lines, line, 0, n, a);
    }
}

/* Runs `part` over all lines, with room for `room` lines per thread. */
static ls_status NAME(short_lines)(const lsi_lines *lines, int room, void (*part)(int, int, void *))
{
    const double each = 10.0 * (double)lines->n + 20.0;
    const int threads = lsi_parallel_worth(lines->lines, each);
    const int64_t grain = 1 + 4096 / lines->n;
    NAME(short_job) job = {lines, lsi_sort_memory(lines, room * lines->n * threads, sizeof(element)), grain};
    if (!job.memory) return LS_ENOMEM;
    lsi_parallel_run(threads, part, &job);
    lsi_sort_release(lines, job.memory);
    return LS_OK;
}

/* --- one long line, or a large bucket of one --- */

typedef struct NAME(long_job) {
    const lsi_lines *lines;
    int64_t line, begin, n;   /* results begin at `begin` of the line */
    const element *from;      /* NULL: the line in memory */
    element *to, *other;      /* where elements are moved; room for as many more, or NULL */
    element *spare;           /* BLOCK elements per thread */
    NAME(range_of) *ranges;   /* per part */
    uint32_t *counts;         /* per part: BINS */
    int64_t *places;          /* per part: BUCKETS, where its next element of a bucket goes */
    uint8_t *bucket_of;       /* BINS */
    int64_t *totals;          /* BINS: counts of all parts */
    int threads;              /* at most */
    int parts, shift, bins, buckets;
    key low;
    int64_t starts[BUCKETS + 1];
    _Atomic int next;         /* bucket to sort */
    key pivot;                /* sort_select.h: the key of element kth, and the bin that it is in */
    uint32_t chosen;
} NAME(long_job);

/* Elements [begin, begin + n) of the source, n <= CHUNK: in place, or brought to `room`. */
static const element *NAME(source)(const NAME(long_job) *job, int64_t begin, int64_t n, element *room)
{
    if (job->from) return job->from + begin;
    LOAD(job->lines, job->line, begin, n, room);
    return room;
}

static int64_t NAME(chunk)(int64_t begin, int64_t end)
{
    return end - begin < CHUNK ? end - begin : CHUNK;
}

static void NAME(measure)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK];
    NAME(range_of) r = {(key)~(key)0, 0};
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        for (int64_t i = 0; i < n; i++) {
            const key k = KEY_OF(e[i]);
            r.low = k < r.low ? k : r.low;
            r.high = k > r.high ? k : r.high;
        }
    }
    job->ranges[part] = r;
}

static void NAME(count)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK];
    uint32_t *counts = job->counts + (int64_t)part * BINS;
    const key low = job->low;
    const int shift = job->shift;
    memset(counts, 0, sizeof *counts * (size_t)job->bins);
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        for (int64_t i = 0; i < n; i++) counts[(uint32_t)((key)(KEY_OF(e[i]) - low) >> shift)]++;
    }
}

/* To the buckets, by cache lines: each bucket's next elements wait for their line to be full. */
static void NAME(move)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    enum { FULL = sizeof(element) > 32 ? 1 : 64 / sizeof(element) };
    element room[CHUNK];
    _Alignas(64) element waiting[BUCKETS][FULL];
    uint8_t count[BUCKETS];
    int64_t *places = job->places + (int64_t)part * BUCKETS;
    const uint8_t *bucket_of = job->bucket_of;
    element *to = job->to;
    const key low = job->low;
    const int shift = job->shift;
    memset(count, 0, sizeof count);
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const element *e = NAME(source)(job, begin, n, room);
        for (int64_t i = 0; i < n; i++) {
            const int b = bucket_of[(uint32_t)((key)(KEY_OF(e[i]) - low) >> shift)];
            waiting[b][count[b]] = e[i];
            if (++count[b] == FULL) {
                memcpy(to + places[b], waiting[b], sizeof waiting[b]);
                places[b] += FULL;
                count[b] = 0;
            }
        }
    }
    for (int b = 0; b < BUCKETS; b++) memcpy(to + places[b], waiting[b], count[b] * sizeof(element));
}

/* Buckets as they come; the large ones are the caller's, for all threads together. */
static void NAME(sort_buckets)(int thread, int threads, void *context)
{
    NAME(long_job) *job = context;
    (void)threads;
    for (int b; (b = atomic_fetch_add(&job->next, 1)) < job->buckets;) {
        const int64_t at = job->starts[b], n = job->starts[b + 1] - at;
        if (n > BLOCK) continue;
        NAME(sort_block)(job->to + at, job->spare + (int64_t)BLOCK * thread, n);
        STORE(job->lines, job->line, job->begin + at, n, job->to + at);
    }
}

/* A step over the parts of the line. */
typedef struct NAME(step) {
    NAME(long_job) *job;
    void (*run)(NAME(long_job) *job, int part, int64_t begin, int64_t end);
} NAME(step);

static void NAME(step_part)(int thread, int threads, void *context)
{
    const NAME(step) *step = context;
    for (int part = thread; part < step->job->parts; part += threads) {
        int64_t begin, end;
        lsi_parallel_part(step->job->n, CHUNK, part, step->job->parts, &begin, &end);
        step->run(step->job, part, begin, end);
    }
}

/* Threads worth using; never more than there is `spare` room for. */
static int NAME(threads)(const NAME(long_job) *job, double nanoseconds)
{
    const int threads = lsi_parallel_worth(job->n, nanoseconds);
    return threads < job->threads ? threads : job->threads;
}

static void NAME(run)(NAME(long_job) *job, void (*run)(NAME(long_job) *, int, int64_t, int64_t))
{
    NAME(step) step = {job, run};
    lsi_parallel_run(NAME(threads)(job, 1.0), NAME(step_part), &step);
}

/* Joins neighbouring bins to buckets of at most `aim` elements, a bin that has more aside; how many that makes, 0 when
 * more than BUCKETS. */
static int NAME(join_bins)(NAME(long_job) *job, int64_t aim)
{
    int bucket = 0;
    int64_t held = 0;
    job->starts[0] = 0;
    for (int bin = 0; bin < job->bins; bin++) {
        if (held > 0 && held + job->totals[bin] > aim) {
            if (++bucket == BUCKETS) return 0;
            job->starts[bucket] = job->starts[bucket - 1] + held;
            held = 0;
        }
        job->bucket_of[bin] = (uint8_t)bucket;
        held += job->totals[bin];
    }
    job->starts[bucket + 1] = job->starts[bucket] + held;
    return bucket + 1;
}

static void NAME(make_totals)(NAME(long_job) *job)
{
    for (int bin = 0; bin < job->bins; bin++) {
        job->totals[bin] = 0;
        for (int part = 0; part < job->parts; part++) job->totals[bin] += job->counts[(int64_t)part * BINS + bin];
    }
}

static void NAME(make_buckets)(NAME(long_job) *job)
{
    int64_t aim = job->n / (BUCKETS - BUCKETS / 16) + 1;
    aim = aim < BLOCK / 8 ? BLOCK / 8 : aim;
    while (!(job->buckets = NAME(join_bins)(job, aim))) aim += aim / 4;
    for (int part = 0; part < job->parts; part++) {
        int64_t *mine = job->places + (int64_t)part * BUCKETS;
        memset(mine, 0, BUCKETS * sizeof *mine);
        for (int bin = 0; bin < job->bins; bin++) mine[job->bucket_of[bin]] += job->counts[(int64_t)part * BINS + bin];
    }
    for (int b = 0; b < job->buckets; b++) {
        int64_t at = job->starts[b];
        for (int part = 0; part < job->parts; part++) {
            int64_t *place = &job->places[(int64_t)part * BUCKETS + b];
            const int64_t count = *place;
            *place = at;
            at += count;
        }
    }
}

/* The parts' ranges as one; false when all keys are equal. */
static bool NAME(whole_range)(NAME(long_job) *job)
{
    key low = job->ranges[0].low, high = job->ranges[0].high;
    for (int part = 1; part < job->parts; part++) {
        low = job->ranges[part].low < low ? job->ranges[part].low : low;
        high = job->ranges[part].high > high ? job->ranges[part].high : high;
    }
    const int bits = NAME(width)((key)(high - low)), wanted = 61 - __builtin_clzll((uint64_t)job->n);
    const int most = wanted < BIN_BITS ? wanted : BIN_BITS, used = bits < most ? bits : most;
    job->low = low;
    job->shift = bits - used;
    job->bins = 1 << used;
    return low < high;
}

static ls_status NAME(sort_bucket)(const NAME(long_job) *outer, int bucket);

/* Moves the elements to buckets and sorts those. */
static ls_status NAME(sort_by_buckets)(NAME(long_job) *job)
{
    const lsi_lines *lines = job->lines;
    NAME(run)(job, NAME(count));
    NAME(make_totals)(job);
    NAME(make_buckets)(job);
    NAME(run)(job, NAME(move));
    atomic_store(&job->next, 0);
    lsi_parallel_run(NAME(threads)(job, 8.0), NAME(sort_buckets), job);
    ls_status status = LS_OK;
    element *other = NULL;
    for (int b = 0; b < job->buckets && !status; b++) {
        if (job->starts[b + 1] - job->starts[b] <= BLOCK) continue;
        if (!job->other) {
            job->other = other = lsi_sort_memory(lines, job->n, sizeof(element));
            if (!other) return LS_ENOMEM;
        }
        status = NAME(sort_bucket)(job, b);
    }
    lsi_sort_release(lines, other);
    return status;
}

/* Nothing to sort: the elements go to their places as they are. */
static void NAME(pass_on)(NAME(long_job) *job, int part, int64_t begin, int64_t end)
{
    element room[CHUNK];
    (void)part;
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n)
        STORE(job->lines, job->line, job->begin + begin, n, NAME(source)(job, begin, n, room));
}

/* Memory for the tables, in one block; NULL when there is none. */
static void *NAME(make_tables)(NAME(long_job) *job)
{
    const int threads = NAME(threads)(job, 1.0);
    const int64_t least = job->n / ((int64_t)1 << 31) + 1;
    job->parts = threads > least ? threads : (int)least;
    const size_t counts = (size_t)job->parts * BINS * sizeof *job->counts, totals = BINS * sizeof *job->totals,
                 places = (size_t)job->parts * BUCKETS * sizeof *job->places,
                 ranges = (size_t)job->parts * sizeof *job->ranges;
    char *tables = lsi_sort_memory(job->lines, (int64_t)(ranges + places + totals + counts + BINS), 1);
    job->ranges = (void *)tables;
    job->places = (void *)(tables + ranges);
    job->totals = (void *)(tables + ranges + places);
    job->counts = (void *)(tables + ranges + places + totals);
    job->bucket_of = (void *)(tables + ranges + places + totals + counts);
    return tables;
}

/* A line, or a part of it, whose lines, place, source, `to`, `spare` and `threads` are set. */
static ls_status NAME(sort_long)(NAME(long_job) *job)
{
    void *tables = NAME(make_tables)(job);
    if (!tables) return LS_ENOMEM;
    ls_status status = LS_OK;
    NAME(run)(job, NAME(measure));
    if (NAME(whole_range)(job)) {
        status = NAME(sort_by_buckets)(job);
    } else {
        NAME(run)(job, NAME(pass_on));
    }
    lsi_sort_release(job->lines, tables);
    return status;
}

/* A bucket above BLOCK: as a line of its own, its elements going to the other room. */
static ls_status NAME(sort_bucket)(const NAME(long_job) *outer, int bucket)
{
    const int64_t at = outer->starts[bucket];
    NAME(long_job) *job = lsi_alloc(1, sizeof *job);
    if (!job) return lsi_fail_for(outer->lines->function, outer->lines->place, LS_ENOMEM, "out of memory");
    job->lines = outer->lines;
    job->line = outer->line;
    job->begin = outer->begin + at;
    job->n = outer->starts[bucket + 1] - at;
    job->from = outer->to + at;
    job->to = outer->other + at;
    job->other = outer->to + at;
    job->spare = outer->spare;
    job->threads = outer->threads;
    const ls_status status = NAME(sort_long)(job);
    lsi_dealloc(job);
    return status;
}

static ls_status NAME(sort_long_lines)(const lsi_lines *lines)
{
    const int threads = lsi_parallel_worth(lines->n, 8.0);
    ls_status status = LS_OK;
    element *to = lsi_sort_memory(lines, lines->n, sizeof(element));
    element *spare = to ? lsi_sort_memory(lines, (int64_t)threads * BLOCK, sizeof(element)) : NULL;
    for (int64_t line = 0; line < lines->lines && spare && !status; line++) {
        NAME(long_job) job = {.lines = lines, .line = line, .n = lines->n, .to = to, .spare = spare, .threads = threads};
        status = NAME(sort_long)(&job);
    }
    status = spare ? status : LS_ENOMEM;
    lsi_sort_release(lines, spare);
    lsi_sort_release(lines, to);
    return status;
}

static ls_status NAME(sort_lines)(const lsi_lines *lines)
{
    return lines->n <= BLOCK ? NAME(short_lines)(lines, 2, NAME(short_part)) : NAME(sort_long_lines)(lines);
}
