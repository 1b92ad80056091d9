/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Buffers: who holds memory of a backend, and what happens when nobody does. Decides which small ones a thread keeps at
 * hand, together with their memory: a call then gets its result's memory without a lock. */
#include "backend.h"
#include "core/error.h"
#include "core/tls.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { UNIT = 64, CLASSES = 257, MOST = 8, MOST_BYTES = 128 << 10, SIZES = 16 };

typedef struct at_hand {
    lsi_buffer *free[CLASSES]; /* by size in units */
    uint8_t count[CLASSES];
    size_t bytes;
    int64_t sizes[SIZES]; /* served from here and not told the pool yet */
} at_hand;

static lsi_backend *_Atomic keeper; /* the backend whose buffers wait; NULL: none do */
static LSI_THREAD_WORD at_hand *own;
static LSI_THREAD_WORD bool ended;

static pthread_key_t key;
static bool key_made;

static lsi_buffer *fill_in(lsi_buffer *buffer, lsi_backend *backend, void *address, size_t bytes)
{
    atomic_init(&buffer->refs, 1);
    buffer->backend = backend;
    buffer->address = address;
    buffer->bytes = bytes;
    return buffer;
}

/* --- at hand --- */

void lsi_buffers_at_hand(lsi_backend *backend)
{
    atomic_store(&keeper, backend);
}

static void give_back(at_hand *t)
{
    lsi_pool *pool = atomic_load(&keeper)->pool;
    for (int c = 0; c < CLASSES; c++) {
        while (t->free[c]) {
            lsi_buffer *buffer = t->free[c];
            t->free[c] = buffer->next;
            lsi_pool_free(pool, buffer->address);
            lsi_dealloc_rested(buffer);
        }
        t->count[c] = 0;
    }
    t->bytes = 0;
    lsi_pool_count_reused(pool, SIZES, t->sizes);
    memset(t->sizes, 0, sizeof t->sizes);
}

void lsi_buffers_give_back(void)
{
    if (own) give_back(own);
}

static void thread_ends(void *pointer)
{
    own = NULL;
    ended = true;
    give_back(pointer);
    free(pointer);
}

static void make_key(void)
{
    key_made = pthread_key_create(&key, thread_ends) == 0;
}

static at_hand *make(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    at_hand *t = key_made && !ended ? calloc(1, sizeof *t) : NULL;
    if (t && pthread_setspecific(key, t) != 0) {
        free(t);
        t = NULL;
    }
    own = t;
    return t;
}

/* Units of a buffer that may wait; 0: it may not. */
static uint16_t units_of(const lsi_backend *backend, size_t bytes)
{
    const size_t units = (bytes + UNIT - 1) / UNIT;
    const bool fits = units < CLASSES && backend == atomic_load_explicit(&keeper, memory_order_relaxed);
    return fits ? (uint16_t)(units ? units : 1) : 0;
}

static inline bool keep_at_hand(at_hand *t, lsi_buffer *buffer)
{
    const uint16_t units = buffer->small;
    if (!t || t->count[units] == MOST || t->bytes + (size_t)units * UNIT > MOST_BYTES) return false;
    buffer->wrapped = buffer->read_only = false;
    buffer->next = t->free[units];
    t->free[units] = buffer;
    t->count[units]++;
    t->bytes += (size_t)units * UNIT;
    lsi_alloc_rest();
    return true;
}

/* --- making and freeing --- */

static __attribute__((noinline)) lsi_buffer *from_pool(lsi_backend *backend, size_t bytes, uint16_t units)
{
    lsi_buffer *buffer = lsi_take(sizeof *buffer);
    if (!buffer) return NULL;
    memset(buffer, 0, sizeof *buffer);
    void *address = lsi_pool_allocate_after(backend->pool, bytes, &buffer->uses.used);
    if (!address && own && own->bytes) {
        give_back(own);
        address = lsi_pool_allocate_after(backend->pool, bytes, &buffer->uses.used);
    }
    if (!address) {
        lsi_give(buffer, sizeof *buffer);
        return NULL;
    }
    buffer->small = units;
    return fill_in(buffer, backend, address, bytes);
}

static inline lsi_buffer *from_hand(at_hand *t, lsi_backend *backend, size_t bytes, uint16_t units)
{
    lsi_buffer *buffer = t->free[units];
    t->free[units] = buffer->next;
    t->count[units]--;
    t->bytes -= (size_t)units * UNIT;
    t->sizes[63 ^ __builtin_clzll((unsigned long long)(bytes | 1))]++;
    return fill_in(buffer, backend, buffer->address, bytes);
}

/* Where counting takes a call. */
static __attribute__((noinline)) lsi_buffer *from_hand_counted(at_hand *t, lsi_backend *backend, size_t bytes,
                                                               uint16_t units)
{
    return lsi_alloc_again() ? from_hand(t, backend, bytes, units) : NULL;
}

lsi_buffer *lsi_buffer_new(lsi_backend *backend, size_t bytes)
{
    const uint16_t units = units_of(backend, bytes);
    at_hand *t = own;
    if (!t || !units || !t->free[units]) return from_pool(backend, bytes, units);
    return lsi_alloc_again_quickly() ? from_hand(t, backend, bytes, units)
                                     : from_hand_counted(t, backend, bytes, units);
}

/* Memory that nobody wants back. */
static void keep(void *context)
{
    (void)context;
}

lsi_buffer *lsi_buffer_wrap(lsi_backend *backend, void *address, size_t bytes, void (*deleter)(void *), void *context)
{
    lsi_buffer *buffer = lsi_take(sizeof *buffer);
    if (!buffer) return NULL;
    memset(buffer, 0, sizeof *buffer);
    buffer->wrapped = true;
    buffer->deleter = deleter ? deleter : keep;
    buffer->deleter_context = context;
    return fill_in(buffer, backend, address, bytes);
}

lsi_buffer *lsi_buffer_retain(lsi_buffer *buffer)
{
    if (buffer) atomic_fetch_add_explicit(&buffer->refs, 1, memory_order_relaxed);
    return buffer;
}

/* The deleter is the user's code and may call the library. */
static __attribute__((noinline)) void give_up(lsi_buffer *buffer)
{
    if (buffer->small && !own && keep_at_hand(make(), buffer)) return;
    if (buffer->deleter) {
        lsi_call *call = lsi_call_suspend();
        buffer->deleter(buffer->deleter_context);
        lsi_call_resume(call);
    } else {
        lsi_pool_free_after(buffer->backend->pool, buffer->address, &buffer->uses.used);
    }
    lsi_give(buffer, sizeof *buffer);
}

/* Release orders what a thread did with the buffer before the last holder gives the memory back; when nobody else holds it,
 * nobody can come to hold it. */
void lsi_buffer_release(lsi_buffer *buffer)
{
    if (!buffer) return;
    if (atomic_load_explicit(&buffer->refs, memory_order_acquire) != 1 &&
        atomic_fetch_sub_explicit(&buffer->refs, 1, memory_order_acq_rel) != 1)
        return;
    if (!buffer->small || !keep_at_hand(own, buffer)) give_up(buffer);
}
