/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Partitioning lines by vectors of bare keys; a template like sort_engine.h, after sort_spread.h and sort_select.h,
 * whose results these are: keys below element kth of the order, those equal to it, those above it, each in their order.
 * Or their positions, in the same order: to find the element, none is needed.
 *
 * A sample names two keys between which element kth will be. One pass counts what is below them and keeps what is
 * between, about a sixteenth, where quickselect finds the element; a second pass writes the results. Where the sample was wrong,
 * or too much lies between because keys are few, the way of sort_select.h is taken. */

typedef struct NAME(select) {
    const lsi_lines *lines;
    int64_t line;
    int parts;
    key low, high, pivot;
    key *held;       /* per part: room for that many keys from low to high, and a vector */
    int64_t room;
    int64_t *below, *between, *equal; /* per part: keys below low, keys held; then where those below the pivot, above it
                                         and equal to it go. One more: where those of all parts end */
} NAME(select);

/* The key at `rank` of the order. */
static key NAME(key_at)(key *a, int64_t n, int64_t rank)
{
    key least = 0;
    for (int depth = NAME(depth)(n); n > NAME(FEW); depth--) {
        if (depth == 0) {
            NAME(heap_sort)(a, n);
            return a[rank];
        }
        const key pivot = NAME(pivot_of)(a, n);
        const bool equal = pivot == least;
        if (equal && pivot == (key)~(key)0) return pivot;
        const key bound = (key)(pivot + equal);
        const int64_t below = NAME(part)(a, n, bound);
        if (rank < below) {
            if (equal) return pivot;
            n = below;
        } else {
            least = bound;
            a += below;
            n -= below;
            rank -= below;
        }
    }
    NAME(sort_few)(a, n);
    return a[rank];
}

/* --- positions of keys --- */

/* Those of n keys, at most CHUNK, of which the first is number `first` of the line; to where each side goes. */
static void NAME(pack_places)(const key *from, int64_t n, int64_t first, key pivot, int64_t *to, int64_t at[3])
{
    enum { WIDE = NAME(LANES) / LANES_u64 }; /* vectors of positions for one of keys */
    const NAME(vec) pivots = NAME(lanes_all)(pivot);
    uint64_t places[CHUNK], sides[3][CHUNK + LANES_u64];
    int64_t count[3] = {0, 0, 0};
    for (int i = 0; i < CHUNK; i++) places[i] = (uint64_t)(first + i);
    for (int64_t i = 0; i < n; i += NAME(LANES)) {
        const lanes_set there = lanes_first(NAME(lanes_left)(n - i, 0));
        const NAME(vec) v = NAME(lanes_load_some)(from + i, NAME(lanes_left)(n - i, 0), pivots);
        const lanes_set low = NAME(lanes_less)(v, pivots), high = NAME(lanes_less)(pivots, v);
        const lanes_set sets[3] = {low, there & (lanes_set)~(low | high), high};
        for (int side = 0; side < 3; side++) {
            if (sets[side] == 0) continue;
            for (int w = 0; w < WIDE; w++) {
                const lanes_set set = sets[side] >> (w * LANES_u64) & lanes_first(LANES_u64);
                lanes_pack_u64(sides[side] + count[side], lanes_load_u64(places + i + w * LANES_u64), set);
                count[side] += lanes_count(set);
            }
        }
    }
    for (int side = 0; side < 3; side++) {
        memcpy(to + at[side], sides[side], (size_t)count[side] * sizeof *to);
        at[side] += count[side];
    }
}

/* The positions in a line whose keys `a` are; `spare` has room for as many. */
static void NAME(place_line)(const key *a, key *spare, int64_t n, int64_t kth, int64_t *to)
{
    memcpy(spare, a, (size_t)n * sizeof *a);
    const key pivot = NAME(key_at)(spare, n, kth);
    int64_t at[3] = {0, 0, 0};
    for (int64_t i = 0; i < n; i++) {
        at[1] += a[i] < pivot;
        at[2] += a[i] <= pivot;
    }
    for (int64_t i = 0; i < n; i += CHUNK)
        NAME(pack_places)(a + i, n - i < CHUNK ? n - i : CHUNK, i, pivot, to, at);
}

static void NAME(place_lines)(int thread, int threads, void *context)
{
    const NAME(short_job) *job = context;
    const lsi_lines *lines = job->lines;
    const int64_t n = lines->n;
    key *a = job->memory + 2 * n * thread;
    int64_t begin, end;
    lsi_parallel_part(lines->lines, job->grain, thread, threads, &begin, &end);
    for (int64_t line = begin; line < end; line++) {
        LOAD(lines, line, 0, n, a);
        NAME(place_line)(a, a + n, n, lines->kth, lines->indices + line * n);
    }
}

/* --- lines that fit a block --- */

/* `from` keys to `to`, of which the first `below` are below the pivot and `above` are above it. */
static void NAME(pack_sides)(const key *from, int64_t n, key pivot, key *below, key *above, int64_t count[2])
{
    const NAME(vec) pivots = NAME(lanes_all)(pivot);
    for (int64_t i = 0; i < n; i += NAME(LANES)) {
        const NAME(vec) v = NAME(lanes_load_some)(from + i, NAME(lanes_left)(n - i, 0), pivots);
        const lanes_set low = NAME(lanes_less)(v, pivots), high = NAME(lanes_less)(pivots, v);
        NAME(lanes_pack)(below + count[0], v, low);
        NAME(lanes_pack)(above + count[1], v, high);
        count[0] += lanes_count(low);
        count[1] += lanes_count(high);
    }
}

/* The rooms have space for a vector more than n keys. */
static void NAME(part_line)(key *a, key *below, key *above, int64_t n, int64_t kth)
{
    int64_t count[2] = {0, 0};
    memcpy(below, a, (size_t)n * sizeof *a);
    const key pivot = NAME(key_at)(below, n, kth);
    NAME(pack_sides)(a, n, pivot, below, above, count);
    for (int64_t i = count[0]; i < n - count[1]; i++) below[i] = pivot;
    memcpy(below + n - count[1], above, (size_t)count[1] * sizeof *a);
}

static void NAME(part_lines)(int thread, int threads, void *context)
{
    const NAME(short_job) *job = context;
    const lsi_lines *lines = job->lines;
    const int64_t n = lines->n, room = n + NAME(LANES);
    key *a = job->memory + 4 * n * thread;
    int64_t begin, end;
    lsi_parallel_part(lines->lines, job->grain, thread, threads, &begin, &end);
    for (int64_t line = begin; line < end; line++) {
        LOAD(lines, line, 0, n, a);
        NAME(part_line)(a, a + room, a + 2 * room, n, lines->kth);
        STORE(lines, line, 0, n, a + room);
    }
}

/* --- a long line --- */

static void NAME(hold_part)(NAME(select) *s, int part, int64_t begin, int64_t end)
{
    const NAME(vec) low = NAME(lanes_all)(s->low), high = NAME(lanes_all)(s->high);
    key room[CHUNK], *held = s->held + part * (s->room + NAME(LANES));
    int64_t below = 0, between = 0;
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        LOAD(s->lines, s->line, begin, n, room);
        for (int64_t i = 0; i < n; i += NAME(LANES)) {
            const lanes_set there = lanes_first(NAME(lanes_left)(n - i, 0));
            const NAME(vec) v = NAME(lanes_load_some)(room + i, NAME(lanes_left)(n - i, 0), low);
            const lanes_set under = NAME(lanes_less)(v, low), over = NAME(lanes_less)(high, v);
            const lanes_set in = there & (lanes_set)~(under | over);
            NAME(lanes_pack)(held + (between < s->room ? between : s->room), v, in);
            below += lanes_count(under);
            between += lanes_count(in);
        }
    }
    s->below[part] = below;
    s->between[part] = between;
}

static void NAME(hold_parts)(int thread, int threads, void *context)
{
    NAME(select) *s = context;
    for (int part = thread; part < s->parts; part += threads) {
        int64_t begin, end;
        lsi_parallel_part(s->lines->n, CHUNK, part, s->parts, &begin, &end);
        NAME(hold_part)(s, part, begin, end);
    }
}

/* Two keys of the sample between which element kth almost surely is: four deviations of its rank to either side. */
static void NAME(choose_bounds)(NAME(select) *s)
{
    enum { MOST = 4096, ASIDE = 128 };
    key sample[MOST];
    const NAME(spread) line = {.lines = s->lines, .line = s->line, .n = s->lines->n};
    NAME(take_sample)(&line, sample, MOST);
    const int64_t rank = (int64_t)((double)s->lines->kth / (double)s->lines->n * MOST);
    s->low = rank < ASIDE ? 0 : sample[rank - ASIDE];
    s->high = rank + ASIDE >= MOST ? (key)~(key)0 : sample[rank + ASIDE];
}

/* Finds the pivot in what is held; false when it is not there. `below` and `between` become places of results. */
static bool NAME(find_held)(NAME(select) *s, key *all)
{
    int64_t rank = s->lines->kth, held = 0, below = 0, equal = 0, up_to = 0;
    for (int part = 0; part < s->parts; part++) {
        const key *from = s->held + part * (s->room + NAME(LANES));
        if (s->between[part] > s->room) return false;
        memcpy(all + held, from, (size_t)s->between[part] * sizeof *all);
        held += s->between[part];
        rank -= s->below[part];
    }
    if (rank < 0 || rank >= held) return false;
    s->pivot = NAME(key_at)(all, held, rank);
    for (int part = 0; part < s->parts; part++) {
        const key *from = s->held + part * (s->room + NAME(LANES));
        int64_t under = 0, over = 0, begin, end;
        for (int64_t i = 0; i < s->between[part]; i++) {
            under += from[i] < s->pivot;
            over += from[i] > s->pivot;
        }
        lsi_parallel_part(s->lines->n, CHUNK, part, s->parts, &begin, &end);
        const int64_t above = end - begin - s->below[part] - s->between[part] + over;
        s->equal[part] = equal;
        equal += s->between[part] - under - over;
        under += s->below[part];
        s->below[part] = below;
        s->between[part] = up_to;
        below += under;
        up_to += above;
    }
    s->below[s->parts] = below;
    s->equal[s->parts] = s->between[s->parts] = s->lines->n - up_to;
    for (int part = 0; part < s->parts; part++) {
        s->equal[part] += below;
        s->between[part] += s->lines->n - up_to;
    }
    return true;
}

static void NAME(store_part_sides)(const NAME(select) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK], below[CHUNK + NAME(LANES)], above[CHUNK + NAME(LANES)];
    int64_t to_below = s->below[part], to_above = s->between[part];
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        int64_t count[2] = {0, 0};
        LOAD(s->lines, s->line, begin, n, room);
        NAME(pack_sides)(room, n, s->pivot, below, above, count);
        STORE(s->lines, s->line, to_below, count[0], below);
        STORE(s->lines, s->line, to_above, count[1], above);
        to_below += count[0];
        to_above += count[1];
    }
}

static void NAME(store_part_places)(const NAME(select) *s, int part, int64_t begin, int64_t end)
{
    key room[CHUNK];
    int64_t at[3] = {s->below[part], s->equal[part], s->between[part]};
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n) {
        LOAD(s->lines, s->line, begin, n, room);
        NAME(pack_places)(room, n, begin, s->pivot, s->lines->indices + s->line * s->lines->n, at);
    }
}

static void NAME(store_all_places)(int thread, int threads, void *context)
{
    const NAME(select) *s = context;
    for (int part = thread; part < s->parts; part += threads) {
        int64_t begin, end;
        lsi_parallel_part(s->lines->n, CHUNK, part, s->parts, &begin, &end);
        NAME(store_part_places)(s, part, begin, end);
    }
}

/* The sides of each part of the line; and of the keys equal to the pivot as many as there are. */
static void NAME(store_all_sides)(int thread, int threads, void *context)
{
    const NAME(select) *s = context;
    int64_t begin, end;
    key room[CHUNK];
    for (int part = thread; part < s->parts; part += threads) {
        lsi_parallel_part(s->lines->n, CHUNK, part, s->parts, &begin, &end);
        NAME(store_part_sides)(s, part, begin, end);
    }
    const int64_t first = s->below[s->parts], equal = s->between[s->parts] - first;
    for (int i = 0; i < CHUNK; i++) room[i] = s->pivot;
    lsi_parallel_part(equal, CHUNK, thread, threads, &begin, &end);
    for (int64_t n; (n = NAME(chunk)(begin, end)) > 0; begin += n)
        STORE(s->lines, s->line, first + begin, n, room);
}

/* *found: false when the sample was wrong, and nothing is stored. */
static ls_status NAME(part_long)(const lsi_lines *lines, int64_t line, bool *found)
{
    const int threads = lsi_parallel_worth(lines->n, 1.0);
    NAME(select) s = {.lines = lines, .line = line, .parts = threads};
    s.room = lines->n / s.parts / 8 + 2 * CHUNK;
    const int64_t held = s.parts * (s.room + NAME(LANES));
    int64_t *places = lsi_sort_memory(lines, 3 * (s.parts + 1), sizeof *places);
    s.held = places ? lsi_sort_memory(lines, 2 * held, sizeof(key)) : NULL;
    s.below = places;
    s.between = places ? places + s.parts + 1 : NULL;
    s.equal = places ? places + 2 * (s.parts + 1) : NULL;
    *found = false;
    if (s.held) {
        NAME(choose_bounds)(&s);
        lsi_parallel_run(threads, NAME(hold_parts), &s);
        *found = NAME(find_held)(&s, s.held + held);
        if (*found) lsi_parallel_run(threads, lines->indices ? NAME(store_all_places) : NAME(store_all_sides), &s);
    }
    const bool memory = s.held != NULL;
    lsi_sort_release(lines, s.held);
    lsi_sort_release(lines, places);
    return memory ? LS_OK : LS_ENOMEM;
}

/* Keys that are few, since elements are short, are equal so often that counting them is better. */
static bool NAME(suits_lanes)(const lsi_lines *lines)
{
    const bool tiny = lines->n < 4 * NAME(LANES); /* four lines would not have room for three and their vectors */
    return !tiny && (lines->n <= BLOCK || lines->size == sizeof(key));
}

static ls_status NAME(partition_lines_by_lanes)(const lsi_lines *lines)
{
    ls_status status = LS_OK;
    if (!NAME(suits_lanes)(lines)) return NAME(partition_lines)(lines);
    if (lines->n <= BLOCK) return NAME(short_lines)(lines, 4, NAME(part_lines));
    for (int64_t line = 0; line < lines->lines && !status; line++) {
        bool found;
        status = NAME(part_long)(lines, line, &found);
        if (!status && !found) status = NAME(partition_long)(lines, line);
    }
    return status;
}

static bool NAME(places_by_lanes)(const lsi_lines *lines, ls_status *status)
{
    if (!NAME(suits_lanes)(lines)) return false;
    bool found = true;
    *status = LS_OK;
    if (lines->n <= BLOCK) *status = NAME(short_lines)(lines, 2, NAME(place_lines));
    else
        for (int64_t line = 0; line < lines->lines && !*status && found; line++)
            *status = NAME(part_long)(lines, line, &found);
    return *status || found;
}
