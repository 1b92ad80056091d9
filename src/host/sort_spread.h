/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sorting long lines of bare keys; a template like sort_engine.h, in its words, after sort_quick.h.
 *
 * One pass counts the keys in bins, whose bounds a sample has set; neighbouring bins are joined to at most SPREAD_TO
 * buckets of about the same number of keys; a second pass moves the keys to their buckets, at the places of the results;
 * then each bucket is sorted in place, in the cache, and becomes elements. Against quicksort alone this saves the levels
 * above the cache, which wait for memory, and all threads share it. A bucket that came out large is a line of its own. */

typedef struct NAME(spread) {
    const lsi_lines *lines;
    int64_t line, begin, n; /* the results are n elements from `begin` of the line on */
    const key *from;        /* NULL: the elements of the line */
    key *to;                /* where keys are moved: the place of the results, or memory of its own */
    bool in_place;
    int threads;            /* at most */
    int level;              /* of buckets in buckets */
    int parts, shift, bins, buckets;
    key low;
    int64_t large;          /* a bucket above it is for all threads */
    uint32_t *counts;       /* per part: bins */
    int64_t *places;        /* per part: SPREAD_TO, where its next key of a bucket goes */
    uint8_t *bucket_of;     /* bins */
    int64_t *totals;        /* bins: counts of all parts */
    int64_t starts[SPREAD_TO + 1];
    bool equal[SPREAD_TO];    /* a bucket of one key */
    _Atomic int next;       /* bucket to sort */
} NAME(spread);

/* --- bins --- */

/* Keys spread over the line, each from another place of its part, in order. */
static void NAME(take_sample)(const NAME(spread) *s, key *sample, int64_t count)
{
    const int64_t step = s->n / count;
    uint32_t place = 1;
    for (int64_t i = 0; i < count; i++) {
        place = place * 1664525u + 1013904223u;
        const int64_t at = i * step + (int64_t)((uint64_t)place * (uint64_t)step >> 32);
        if (s->from) {
            sample[i] = s->from[at];
        } else {
            LOAD(s->lines, s->line, at, 1, &sample[i]);
        }
    }
    NAME(sort_keys)(sample, count);
}

/* The most keys of the sample that agree above `shift`. */
static int64_t NAME(most_alike)(const key *sample, int64_t count, key low, int shift)
{
    int64_t most = 0, first = 0;
    for (int64_t i = 1; i <= count; i++) {
        if (i < count && (key)(sample[i] - low) >> shift == (key)(sample[first] - low) >> shift) continue;
        most = i - first > most ? i - first : most;
        first = i;
    }
    return most;
}

/* Bins of equal width between two keys of the sample, as few as tell its keys apart, and one at each side for what is
 * beyond. */
static void NAME(choose_bins)(NAME(spread) *s, const key *sample, int64_t count)
{
    const int64_t tail = count / SPREAD_TO, inner = count - 2 * tail;
    const key low = sample[tail], high = sample[count - 1 - tail];
    const int bits = NAME(width)((key)(high - low));
    int finest = bits > BIN_BITS - 1 ? bits - (BIN_BITS - 1) : 0, shift = bits > 11 ? bits - 11 : 0;
    while (shift > finest && NAME(most_alike)(sample + tail, inner, low, shift) > count / (2 * SPREAD_TO)) shift--;
    const key width = (key)1 << shift;
    s->shift = shift;
    s->low = low >= width ? low - width : 0;
    s->bins = (int)((key)(high - s->low) >> shift) + 2;
}

static void NAME(bins_of)(const key *keys, int64_t n, key low, int shift, uint32_t last, uint16_t *bin)
{
    for (int64_t i = 0; i < n; i++) {
        const key k = keys[i] > low ? keys[i] : low, b = (key)(k - low) >> shift;
        bin[i] = (uint16_t)(b < last ? b : last);
    }
}

/* --- over the parts of the line --- */

typedef struct NAME(spread_step) {
    NAME(spread) *s;
    void (*run)(NAME(spread) *s, int part, int64_t begin, int64_t end);
} NAME(spread_step);

static void NAME(spread_part)(int thread, int threads, void *context)
{
    const NAME(spread_step) *step = context;
    for (int part = thread; part < step->s->parts; part += threads) {
        int64_t begin, end;
        lsi_parallel_part(step->s->n, CHUNK, part, step->s->parts, &begin, &end);
        step->run(step->s, part, begin, end);
    }
}

static void NAME(over_parts)(NAME(spread) *s, void (*run)(NAME(spread) *, int, int64_t, int64_t))
{
    NAME(spread_step) step = {s, run};
    lsi_parallel_run(s->parts < s->threads ? s->parts : s->threads, NAME(spread_part), &step);
}

/* Up to CHUNK keys: where they are, or brought to `room`; and their bins. */
static const key *NAME(next_keys)(const NAME(spread) *s, int64_t begin, int64_t n, key *room, uint16_t *bin)
{
    const key *keys = room;
    if (s->from) {
        keys = s->from + begin;
    } else {
        LOAD(s->lines, s->line, begin, n, room);
    }
    NAME(bins_of)(keys, n, s->low, s->shift, (uint32_t)s->bins - 1, bin);
    return keys;
}

static void NAME(count_keys)(NAME(spread) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK];
    uint16_t bin[CHUNK];
    uint32_t *counts = s->counts + (int64_t)part * s->bins;
    memset(counts, 0, sizeof *counts * (size_t)s->bins);
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        NAME(next_keys)(s, begin, n, room, bin);
        for (int64_t i = 0; i < n; i++) counts[bin[i]]++;
    }
}

/* To the buckets. There are few enough that the line each is filled at stays in the first cache; the next one is asked
 * for early: without that, every new line is waited for, three times as long in all. */
static void NAME(move_keys)(NAME(spread) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK];
    uint16_t bin[CHUNK];
    key *places[SPREAD_TO];
    const uint8_t *bucket_of = s->bucket_of;
    for (int b = 0; b < s->buckets; b++) places[b] = s->to + s->places[(int64_t)part * SPREAD_TO + b];
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        const key *keys = NAME(next_keys)(s, begin, n, room, bin);
        for (int64_t i = 0; i < n; i++) {
            key *at = places[bucket_of[bin[i]]]++;
            *at = keys[i];
            __builtin_prefetch(at + 128 / sizeof(key), 1);
        }
    }
}

/* --- buckets --- */

/* Joins neighbouring bins to buckets of at most `aim` keys, a bin that has more aside; how many that makes, 0 when more
 * than SPREAD_TO. */
static int NAME(join)(NAME(spread) *s, int64_t aim)
{
    int bucket = 0, first = 0;
    int64_t held = 0;
    s->starts[0] = 0;
    for (int bin = 0; bin < s->bins; bin++) {
        if (held > 0 && held + s->totals[bin] > aim) {
            if (++bucket == SPREAD_TO) return 0;
            s->starts[bucket] = s->starts[bucket - 1] + held;
            held = 0;
            first = bin;
        }
        s->bucket_of[bin] = (uint8_t)bucket;
        held += s->totals[bin];
        s->equal[bucket] = s->shift == 0 && bin == first && bin > 0 && bin < s->bins - 1;
    }
    s->starts[bucket + 1] = s->starts[bucket] + held;
    return bucket + 1;
}

/* Where each part's keys of each bucket go. */
static void NAME(make_places)(NAME(spread) *s)
{
    for (int part = 0; part < s->parts; part++) {
        int64_t *mine = s->places + (int64_t)part * SPREAD_TO;
        memset(mine, 0, SPREAD_TO * sizeof *mine);
        for (int bin = 0; bin < s->bins; bin++) mine[s->bucket_of[bin]] += s->counts[(int64_t)part * s->bins + bin];
    }
    for (int b = 0; b < s->buckets; b++) {
        int64_t at = s->starts[b];
        for (int part = 0; part < s->parts; part++) {
            int64_t *place = &s->places[(int64_t)part * SPREAD_TO + b];
            const int64_t count = *place;
            *place = at;
            at += count;
        }
    }
}

static void NAME(make_spread)(NAME(spread) *s)
{
    for (int bin = 0; bin < s->bins; bin++) {
        s->totals[bin] = 0;
        for (int part = 0; part < s->parts; part++) s->totals[bin] += s->counts[(int64_t)part * s->bins + bin];
    }
    int64_t aim = s->n / (SPREAD_TO - SPREAD_TO / 16) + 1;
    aim = aim < BLOCK / 8 ? BLOCK / 8 : aim;
    while (!(s->buckets = NAME(join)(s, aim))) aim += aim / 4;
    s->large = s->threads > 1 && s->level < LEVELS ? 4 * aim : INT64_MAX;
    NAME(make_places)(s);
}

/* Sorted keys to elements. */
static void NAME(store_keys)(const NAME(spread) *s, int64_t at, int64_t end)
{
    key room[CHUNK];
    for (int64_t n; (n = NAME(chunk)(at, end)) > 0; at += n) {
        const key *keys = s->to + at;
        if (s->in_place) keys = memcpy(room, keys, (size_t)n * sizeof *keys);
        STORE(s->lines, s->line, s->begin + at, n, keys);
    }
}

/* Buckets as they come; the large ones are the caller's. */
static void NAME(sort_spread)(int thread, int threads, void *context)
{
    NAME(spread) *s = context;
    (void)thread, (void)threads;
    for (int b; (b = atomic_fetch_add(&s->next, 1)) < s->buckets;) {
        const int64_t at = s->starts[b], n = s->starts[b + 1] - at;
        if (n > s->large) continue;
        if (!s->equal[b]) NAME(sort_keys)(s->to + at, n);
        NAME(store_keys)(s, at, at + n);
    }
}

/* --- lines --- */

/* Memory of all tables in one block; NULL when there is none. */
static void *NAME(spread_tables)(NAME(spread) *s)
{
    const size_t places = (size_t)s->parts * SPREAD_TO * sizeof *s->places,
                 totals = (size_t)s->bins * sizeof *s->totals,
                 counts = (size_t)s->parts * (size_t)s->bins * sizeof *s->counts;
    char *tables = lsi_sort_memory(s->lines, (int64_t)(places + totals + counts) + s->bins, 1);
    if (!tables) return NULL;
    s->places = (void *)tables;
    s->totals = (void *)(tables + places);
    s->counts = (void *)(tables + places + totals);
    s->bucket_of = (void *)(tables + places + totals + counts);
    return tables;
}

static ls_status NAME(spread_out)(NAME(spread) *s);

static void NAME(store_part)(NAME(spread) *s, int part, int64_t begin, int64_t end)
{
    (void)part;
    NAME(store_keys)(s, begin, end);
}

/* A large bucket: a line of its own, whose keys go to other memory first. */
static ls_status NAME(spread_bucket)(const NAME(spread) *outer, int bucket)
{
    const int64_t at = outer->starts[bucket];
    NAME(spread) *s = lsi_alloc(1, sizeof *s);
    if (!s) return lsi_fail_for(outer->lines->function, outer->lines->place, LS_ENOMEM, "out of memory");
    s->lines = outer->lines;
    s->line = outer->line;
    s->begin = outer->begin + at;
    s->n = outer->starts[bucket + 1] - at;
    s->threads = outer->threads;
    s->level = outer->level + 1;
    s->to = outer->to + at;
    s->in_place = outer->in_place;
    ls_status status = LS_OK;
    if (outer->equal[bucket]) {
        s->parts = s->threads;
        NAME(over_parts)(s, NAME(store_part));
    } else {
        s->from = s->to;
        s->in_place = false;
        s->to = lsi_sort_memory(s->lines, s->n, sizeof(key));
        status = s->to ? NAME(spread_out)(s) : LS_ENOMEM;
        lsi_sort_release(s->lines, s->to);
    }
    lsi_dealloc(s);
    return status;
}

/* A line, or a part of it, whose lines, place, source, `to`, `level` and `threads` are set. */
static ls_status NAME(spread_out)(NAME(spread) *s)
{
    enum { MOST = 16 * SPREAD_TO };
    key sample[MOST];
    const int64_t least = s->n / ((int64_t)1 << 31) + 1;
    s->parts = s->threads > least ? s->threads : (int)least;
    NAME(take_sample)(s, sample, MOST);
    NAME(choose_bins)(s, sample, MOST);
    void *tables = NAME(spread_tables)(s);
    if (!tables) return LS_ENOMEM;
    NAME(over_parts)(s, NAME(count_keys));
    NAME(make_spread)(s);
    NAME(over_parts)(s, NAME(move_keys));
    atomic_store(&s->next, 0);
    lsi_parallel_run(s->threads, NAME(sort_spread), s);
    ls_status status = LS_OK;
    for (int b = 0; b < s->buckets && !status; b++)
        if (s->starts[b + 1] - s->starts[b] > s->large) status = NAME(spread_bucket)(s, b);
    lsi_sort_release(s->lines, tables);
    return status;
}

/* Ends early where keys fall, so that only lines in order pay for the question. */
static void NAME(ask_order)(NAME(spread) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK], last = 0;
    (void)part;
    if (begin > 0 && begin < end) LOAD(s->lines, s->line, begin - 1, 1, &last);
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        LOAD(s->lines, s->line, begin, n, room);
        unsigned falls = room[0] < last;
        for (int64_t i = 1; i < n; i++) falls += room[i] < room[i - 1];
        last = room[n - 1];
        if (falls) atomic_store_explicit(&s->next, 1, memory_order_relaxed);
        if (atomic_load_explicit(&s->next, memory_order_relaxed)) return;
    }
}

static void NAME(copy_part)(NAME(spread) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK];
    (void)part;
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        LOAD(s->lines, s->line, begin, n, room);
        STORE(s->lines, s->line, begin, n, room);
    }
}

/* A line of more than BLOCK elements, whose keys are as wide as they are: its results are where the keys are moved. */
static ls_status NAME(sort_long_line)(const lsi_lines *lines, int64_t line)
{
    const int threads = lsi_parallel_worth(lines->n, 5.0);
    key *to = (key *)(void *)(lines->values + (size_t)(line * lines->n) * lines->size);
    NAME(spread) s = {.lines = lines, .line = line, .n = lines->n, .to = to, .in_place = true, .threads = threads};
    s.parts = threads;
    NAME(over_parts)(&s, NAME(ask_order));
    if (atomic_load(&s.next) == 0) {
        NAME(over_parts)(&s, NAME(copy_part));
        return LS_OK;
    }
    if (threads > 1 || s.n > DIRECT / (int64_t)sizeof(key)) return NAME(spread_out)(&s);
    LOAD(lines, line, 0, s.n, to);
    NAME(sort_keys)(to, s.n);
    NAME(store_keys)(&s, 0, s.n);
    return LS_OK;
}

static void NAME(sort_line)(key *a, int64_t n)
{
    int64_t risen = 1;
    while (risen < n && a[risen - 1] <= a[risen]) risen++;
    if (risen < n) NAME(sort_keys)(a, n);
}

/* Short lines become keys and elements together. */
static int64_t NAME(lines_at_once)(const lsi_lines *lines)
{
    return 1 + CHUNK / lines->n;
}

static void NAME(lines_part)(int thread, int threads, void *context)
{
    const NAME(short_job) *job = context;
    const lsi_lines *lines = job->lines;
    const int64_t n = lines->n, at_once = NAME(lines_at_once)(lines);
    key *a = job->memory + at_once * n * thread;
    int64_t begin, end;
    lsi_parallel_part(lines->lines, job->grain, thread, threads, &begin, &end);
    for (int64_t many; begin < end; begin += many) {
        many = end - begin < at_once ? end - begin : at_once;
        LOAD(lines, begin, 0, many * n, a);
        for (int64_t i = 0; i < many; i++) NAME(sort_line)(a + i * n, n);
        STORE(lines, begin, 0, many * n, a);
    }
}

/* Vectors of four keys, without a minimum of their own, are slower than counting within the cache: rows of 1000 float64
 * took AVX2 the time of 10.7 copies of the array, and counting 7.2 (compiled for AVX-512). */
static ls_status NAME(sort_lines_by_lanes)(const lsi_lines *lines)
{
    const bool fits = lines->n <= BLOCK;
    if (fits ? NAME(LANES) < 8 : lines->size != sizeof(key)) return NAME(sort_lines)(lines);
    if (fits) return NAME(short_lines)(lines, (int)NAME(lines_at_once)(lines), NAME(lines_part));
    ls_status status = LS_OK;
    for (int64_t line = 0; line < lines->lines && !status; line++) status = NAME(sort_long_line)(lines, line);
    return status;
}
