/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From rows to links: an accumulator machine's code. Rows stay in their order; what the next row alone takes is carried,
 * everything else that is read again gets a slot until its last reader. */
#include "host/chain.h"
#include "host/plan.h"
#include <string.h>

/* ---- which rows ---- */

/* The links of a row in its forms. A row of bool works on masks, but for `where`, whose dtype is that of its numbers. */
static const lsi_link_run *links_of(const lsi_chain_links *links, const lsi_instr *instr)
{
    return instr->dtype == LS_BOOL ? links->of_masks[instr->op] : links->of_numbers[instr->op];
}

int lsi_chain_dtype(const lsi_loop_table *loops, const lsi_instr *instr)
{
    const bool logical = instr->dtype == LS_BOOL && instr->result == LS_BOOL;
    const int dtype = logical ? LS_FLOAT64 : instr->dtype == LS_BOOL ? instr->result : instr->dtype;
    const lsi_chain_links *links = loops->chains[dtype];
    if (!links || !links_of(links, instr)[0]) return -1;
    return logical ? (int)LS_BOOL : dtype;
}

/* ---- from rows to links ---- */

enum { NOWHERE = INT16_MIN };

/* A place is the number of an operand from outside or -1 - number of the slot, until it is known where those lie. */
typedef struct linking {
    const lsi_chain_wish *wish;
    lsi_chain *chain;
    int carried;                   /* value; NOWHERE: none yet */
    int nfree;
} linking;

static void add_link(linking *l, lsi_link_run run, int one, int two)
{
    l->wish->link[l->chain->nlink++] = (lsi_link){run, {one, two}};
}

static bool is_row(const lsi_chain_wish *w, int k)
{
    return k >= w->begin && k <= w->end && w->linked[k];
}

/* Whether this chain makes the value, or the value it is another name of. */
static bool is_made_here(const lsi_chain_wish *w, int value)
{
    return is_row(w, w->plan->same[value] - w->program->nsource);
}

static int add_outside(linking *l, int name, bool made)
{
    const lsi_chain_wish *w = l->wish;
    const lsi_plan *plan = w->plan;
    const int value = plan->same[name], size = (int)lsi_dtype_size(lsi_program_dtype(w->program, value));
    const bool of_source = value < w->program->nsource, constant = of_source && plan->constant[value];
    const int further = made || constant ? 0 : plan->low[w->program->nsource + w->begin] + plan->shift[name] - plan->low[value];
    w->outside[l->chain->noutside] = (lsi_outside){
        .value = (int16_t)value, .size = (int8_t)size, .constant = constant, .made = made,
        .whole_tiles = !of_source && plan->direct[value] < 0, .ahead = further * size};
    return l->chain->noutside++;
}

static int take_slot(linking *l)
{
    return -1 - (l->nfree > 0 ? l->wish->free_slot[--l->nfree] : l->chain->nslot++);
}

/* What a row reads: a value of the chain, or the name by which it knows one from outside; -1: nothing. */
static int argument(const lsi_chain_wish *w, int k, int a)
{
    const int32_t name = w->program->instrs[k].args[a];
    return name >= 0 && is_made_here(w, name) ? w->plan->same[name] : name;
}

/* Where the elements, or the mask, of a value can be read. */
static int place_of(linking *l, int value)
{
    int16_t *place = &l->wish->place[value];
    if (*place == NOWHERE) *place = (int16_t)add_outside(l, value, false);
    return *place;
}

static void forget(const lsi_chain_wish *w, int value)
{
    w->place[value] = NOWHERE;
    w->readers[value] = 0;
}

static void count_readers(const lsi_chain_wish *w)
{
    for (int k = w->begin; k <= w->end; k++) {
        if (!is_row(w, k)) continue;
        forget(w, w->program->nsource + k);
        for (int a = 0; a < 3; a++)
            if (argument(w, k, a) >= 0) forget(w, argument(w, k, a));
    }
    for (int k = w->begin; k <= w->end; k++)
        for (int a = 0; a < 3 && is_row(w, k); a++)
            if (argument(w, k, a) >= 0) w->readers[argument(w, k, a)]++;
}

/* Masks of what comes as bytes are made before all else. */
static void load_masks(linking *l)
{
    const lsi_chain_wish *w = l->wish;
    for (int k = w->begin; k <= w->end; k++) {
        for (int a = 0; a < 3 && is_row(w, k); a++) {
            const int v = argument(w, k, a);
            if (v < 0 || is_made_here(w, v) || w->place[v] != NOWHERE) continue;
            if (lsi_program_dtype(w->program, v) != LS_BOOL) continue;
            w->place[v] = (int16_t)take_slot(l);
            add_link(l, w->links->load_mask, add_outside(l, v, false), w->place[v]);
        }
    }
}

static void drop_reader(linking *l, int value)
{
    const lsi_chain_wish *w = l->wish;
    if (value < 0 || --w->readers[value] > 0 || w->place[value] == NOWHERE || w->place[value] >= 0) return;
    w->free_slot[l->nfree++] = (int16_t)(-1 - w->place[value]);
}

bool lsi_chain_is_number(const lsi_plan *plan, int name)
{
    const int value = plan->same[name];
    return value < plan->program->nsource && plan->constant[value] && plan->program->sources[value].dtype != LS_BOOL;
}

static bool divides_by_number(const lsi_plan *plan, const lsi_chain_links *links, const lsi_instr *instr)
{
    return instr->op == LSI_OP_divide && links && links->divide_by_one && lsi_chain_is_number(plan, instr->args[1]);
}

bool lsi_chain_of_one(const lsi_plan *plan, const lsi_instr *instr)
{
    return divides_by_number(plan, plan->loops->chains[instr->dtype], instr);
}

/* The link of a row that has this argument carried. */
static lsi_link_run form_of(const lsi_chain_wish *w, int k, const int arg[3], int carried)
{
    const lsi_link_run *run = links_of(w->links, &w->program->instrs[k]);
    if (arg[1] < 0 || arg[2] >= 0) return run[carried];
    if (arg[0] == arg[1]) return run[LSI_LINK_BOTH];
    if (!lsi_chain_is_number(w->plan, arg[!carried])) return run[carried];
    const bool by_number = carried == 0 && divides_by_number(w->plan, w->links, &w->program->instrs[k]);
    return by_number ? w->links->divide_by_one : run[LSI_LINK_WITH_ONE + carried];
}

/* The row itself. One of its arguments has to be carried: when none is yet, of `where` the second, of others the first
 * that is no number. */
static void link_row(linking *l, int k)
{
    const lsi_chain_wish *w = l->wish;
    const int arg[3] = {argument(w, k, 0), argument(w, k, 1), argument(w, k, 2)};
    int carried = arg[0] == l->carried ? 0 : arg[1] == l->carried ? 1 : arg[2] == l->carried ? 2 : -1;
    if (carried < 0) {
        carried = arg[2] >= 0 || (arg[1] >= 0 && lsi_chain_is_number(w->plan, arg[0]));
        add_link(l, w->links->load, place_of(l, arg[carried]), 0);
    }
    const bool both = arg[0] == arg[1] && arg[2] < 0;
    int place[2] = {0, 0}, places = 0;
    for (int a = 0; a < 3; a++)
        if (a != carried && arg[a] >= 0 && !both) place[places++] = place_of(l, arg[a]);
    add_link(l, form_of(w, k, arg, carried), place[0], place[1]);
}

/* Whether the next row takes what is carried and nobody else wants it. */
static bool only_next_reads(const lsi_chain_wish *w, int k, int value)
{
    int next = k + 1;
    while (next <= w->end && !is_row(w, next))
        next++;
    if (next > w->end) return false;
    int readings = 0;
    for (int a = 0; a < 3; a++)
        readings += argument(w, next, a) == value;
    return readings == w->readers[value] && (readings == 1 || argument(w, next, 2) < 0);
}

/* The value just made is carried; it goes besides where it is wanted. */
static void keep_result(linking *l, int k)
{
    const lsi_chain_wish *w = l->wish;
    const int v = w->program->nsource + k;
    const bool mask = w->program->instrs[k].result == LS_BOOL;
    l->carried = v;
    if (w->leaves[v] != LSI_STAYS) {
        const int place = add_outside(l, v, true);
        const bool past = w->leaves[v] == LSI_LEAVES_PAST_CACHES;
        add_link(l, mask ? w->links->store_mask : past ? w->links->stream : w->links->store, place, 0);
        if (!mask) w->place[v] = (int16_t)place;
    }
    if (w->readers[v] == 0 || w->place[v] != NOWHERE || only_next_reads(w, k, v)) return;
    w->place[v] = (int16_t)take_slot(l);
    add_link(l, w->links->store, w->place[v], 0);
}

/* 0: brings lines from memory, 1: moves too, 2: a number. */
static int kind_of(const lsi_chain_wish *w, const lsi_outside *outside)
{
    if (!outside->made && lsi_chain_is_number(w->plan, outside->value)) return 2;
    const bool of_source = !outside->made && outside->value < w->program->nsource;
    return of_source && w->plan->brings[outside->value] ? 0 : 1;
}

/* As links say where an operand lies: places in front of the room, then the numbers, then the slots. */
static int32_t place_at(const lsi_chain *chain, int number)
{
    return (number - chain->nmoving) * (int)sizeof(lsi_place);
}

static int32_t number_at(const lsi_chain_wish *w, const lsi_outside *outside)
{
    return w->plan->number[outside->value] * LSI_TILE_OF_CHAIN;
}

static int32_t slot_at(const lsi_chain_wish *w, int slot)
{
    return (w->plan->nnumber + slot) * LSI_TILE_OF_CHAIN;
}

/* What comes from outside is ordered by kind, and links get what they say instead of places. */
static void settle_places(const lsi_chain_wish *w, lsi_chain *chain)
{
    int16_t *number = w->free_slot; /* done with */
    int next = 0, before[4] = {0};
    for (int kind = 0; kind < 3; before[++kind] = next)
        for (int i = 0; i < chain->noutside; i++)
            if (kind_of(w, &w->outside[i]) == kind) number[i] = (int16_t)next++;
    chain->nread = before[1];
    chain->nmoving = before[2];
    chain->tiles = slot_at(w, chain->nslot);
    for (int i = 0; i < chain->nlink; i++)
        for (int p = 0; p < 2; p++) {
            int32_t *place = &w->link[i].operand[p];
            if (*place < 0)
                *place = slot_at(w, -1 - *place);
            else if (number[*place] < chain->nmoving)
                *place = place_at(chain, number[*place]);
            else
                *place = number_at(w, &w->outside[*place]);
        }
    for (int i = 0; i < chain->noutside; i++)
        while (number[i] != i) { /* each exchange brings one to its place */
            const int to = number[i];
            const lsi_outside moved = w->outside[to];
            w->outside[to] = w->outside[i];
            w->outside[i] = moved;
            number[i] = number[to];
            number[to] = (int16_t)to;
        }
}

void lsi_chain_link(const lsi_chain_wish *w, lsi_chain *chain)
{
    const int v = w->program->nsource + w->begin;
    *chain = (lsi_chain){.links = w->links, .first = w->link, .outside = w->outside,
                         .more = w->plan->high[v] - w->plan->low[v]};
    linking l = {w, chain, NOWHERE, 0};
    count_readers(w);
    load_masks(&l);
    for (int k = w->begin; k <= w->end; k++) {
        if (!is_row(w, k)) continue;
        link_row(&l, k);
        for (int a = 0; a < 3; a++)
            drop_reader(&l, argument(w, k, a));
        keep_result(&l, k);
    }
    add_link(&l, w->links->end, 0, 0);
    settle_places(w, chain);
}

/* ---- running ---- */

/* Those that are only asked for come first. */
size_t lsi_chain_places(const lsi_chain *chain)
{
    return sizeof(lsi_place) * (size_t)(chain->nforeseen + chain->nmoving);
}

/* Numbers, slots, and tiles for the last elements of what moves. */
size_t lsi_chain_room(const lsi_chain *chain)
{
    return (size_t)chain->tiles + (size_t)chain->nmoving * LSI_TILE_OF_CHAIN;
}

/* The last elements, fewer than a tile, at which the places have arrived. Registers hold whole tiles; all else is copied,
 * since nothing may be read or written behind it. What lies behind the elements is computed with too, and left there. */
static void run_rest(const lsi_chain *chain, int64_t start, size_t n, char *room, void *const *value)
{
    lsi_place *place = (lsi_place *)(void *)room - chain->nmoving;
    char *tiles = room + chain->tiles;
    for (int i = 0; i < chain->nmoving; i++) {
        const lsi_outside *outside = &chain->outside[i];
        if (outside->constant || outside->whole_tiles) continue;
        const char *from = place[i].at;
        place[i].at = tiles + i * LSI_TILE_OF_CHAIN;
        if (!outside->made) memcpy(place[i].at, from, n * (size_t)outside->size);
    }
    chain->links->run(chain->first, room, chain->nmoving, 0, 1);
    for (int i = 0; i < chain->nmoving; i++) {
        const lsi_outside *outside = &chain->outside[i];
        if (!outside->made || outside->whole_tiles) continue;
        memcpy((char *)value[outside->value] + start * outside->size, tiles + i * LSI_TILE_OF_CHAIN, n * (size_t)outside->size);
    }
}

/* Asking is one step ahead of the place. */
static lsi_place foreseen_place(const lsi_foreseen *foreseen, int64_t strip, int tile, void *const *value)
{
    const int step = tile * foreseen->size;
    const uintptr_t next = (uintptr_t)value[foreseen->value] + (uintptr_t)(strip * foreseen->size);
    return (lsi_place){(char *)(next - (uintptr_t)step), step};
}

void lsi_chain_run(const lsi_chain *chain, int64_t strip, void *const *value, char *room)
{
    lsi_place *place = (lsi_place *)(void *)room - chain->nmoving;
    const int tile = chain->links->tile;
    const int64_t n = strip + chain->more, rest = n % tile;
    for (int i = 0; i < chain->nmoving; i++) {
        const lsi_outside *outside = &chain->outside[i];
        char *at = (char *)value[outside->value] + outside->ahead;
        place[i] = (lsi_place){at, outside->constant ? 0 : tile * outside->size};
    }
    for (int i = 0; i < chain->nforeseen; i++)
        place[-1 - i] = foreseen_place(&chain->foreseen[i], strip, tile, value);
    const int ahead = chain->nforeseen + chain->nread;
    chain->links->run(chain->first, room, chain->nforeseen + chain->nmoving, ahead, n / tile);
    if (rest) run_rest(chain, n - rest, (size_t)rest, room, value);
}
