/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a seed of any size to a key: NumPy's SeedSequence, after O'Neill's seed_seq_fe ("Developing a seed_seq
 * alternative", 2015), written from its description. Words of entropy are hashed into a pool of four 32-bit words; every
 * pool word then disturbs every other; words beyond the fourth disturb all of them; keys are hashed out of the pool.
 * Decides nothing about generators. Host code only; plain integers. */
#ifndef LOCKSTEP_KERNELS_SEED_SEQUENCE_H
#define LOCKSTEP_KERNELS_SEED_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

enum { LSI_SEED_POOL = 4 };

typedef struct lsi_seed_pool {
    uint32_t word[LSI_SEED_POOL];
} lsi_seed_pool;

/* The entropy of a generator: the seed's words, least first and without leading zeros (at least one word), then, for
 * spawned ones, zeros up to the pool's size and the spawn key. Words past `count` are never read. */
static inline size_t lsi_seed_entropy_words(size_t seed_words, size_t spawn_words)
{
    return (spawn_words && seed_words < LSI_SEED_POOL ? LSI_SEED_POOL : seed_words) + spawn_words;
}

/* One value through a multiplicative hash whose constant moves at every use. */
static inline uint32_t lsi_seed_hash(uint32_t value, uint32_t *constant, uint32_t step)
{
    value ^= *constant;
    *constant *= step;
    value *= *constant;
    return value ^ value >> 16;
}

static inline uint32_t lsi_seed_mix(uint32_t x, uint32_t y)
{
    const uint32_t mixed = 0xca01f9ddu * x - 0x4973f715u * y;
    return mixed ^ mixed >> 16;
}

static inline lsi_seed_pool lsi_seed_pool_make(const uint32_t *entropy, size_t count)
{
    lsi_seed_pool pool;
    uint32_t constant = 0x43b0d7e5u;
    const uint32_t step = 0x931e8875u;

    for (size_t i = 0; i < LSI_SEED_POOL; i++)
        pool.word[i] = lsi_seed_hash(i < count ? entropy[i] : 0, &constant, step);
    for (size_t from = 0; from < LSI_SEED_POOL; from++)
        for (size_t to = 0; to < LSI_SEED_POOL; to++)
            if (from != to)
                pool.word[to] = lsi_seed_mix(pool.word[to], lsi_seed_hash(pool.word[from], &constant, step));
    for (size_t from = LSI_SEED_POOL; from < count; from++)
        for (size_t to = 0; to < LSI_SEED_POOL; to++)
            pool.word[to] = lsi_seed_mix(pool.word[to], lsi_seed_hash(entropy[from], &constant, step));
    return pool;
}

/* `count` 64-bit words of state, as generate_state(count, uint64). */
static inline void lsi_seed_state(const lsi_seed_pool *pool, uint64_t *state, size_t count)
{
    uint32_t constant = 0x8b51f9ddu;
    for (size_t i = 0; i < count; i++) {
        const uint32_t low = lsi_seed_hash(pool->word[2 * i % LSI_SEED_POOL], &constant, 0x58f38dedu);
        const uint32_t high = lsi_seed_hash(pool->word[(2 * i + 1) % LSI_SEED_POOL], &constant, 0x58f38dedu);
        state[i] = (uint64_t)high << 32 | low;
    }
}

#endif
