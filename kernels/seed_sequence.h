/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From a seed of any size to a key: NumPy's SeedSequence, after O'Neill's seed_seq_fe ("Developing a seed_seq
 * alternative", 2015), written from its description. Words of entropy are hashed into a pool of four 32-bit words;
 * every pool word then disturbs every other; words beyond the fourth disturb all of them; keys are hashed out of the
 * pool.
 *
 * The first four words count as zero where there are fewer, and the words of a spawn key come after the fourth. So the
 * pool with its running constant is all that spawning needs: a child's pool is the parent's, stirred with the child's
 * number. Decides nothing about generators. Host code only; plain integers. */
#ifndef LOCKSTEP_KERNELS_SEED_SEQUENCE_H
#define LOCKSTEP_KERNELS_SEED_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>

enum { LSI_SEED_POOL = 4 };

typedef struct lsi_seed_pool {
    uint32_t word[LSI_SEED_POOL];
    uint32_t constant; /* of the hash, at its next use */
} lsi_seed_pool;

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

/* Disturbs every word of the pool but `except` by `value`. */
static inline void lsi_seed_stir(lsi_seed_pool *pool, uint32_t value, size_t except)
{
    for (size_t to = 0; to < LSI_SEED_POOL; to++)
        if (to != except)
            pool->word[to] = lsi_seed_mix(pool->word[to], lsi_seed_hash(value, &pool->constant, 0x931e8875u));
}

/* Adds a word of entropy past the fourth: of a long seed, or of a spawn key. */
static inline void lsi_seed_pool_add(lsi_seed_pool *pool, uint32_t word)
{
    lsi_seed_stir(pool, word, LSI_SEED_POOL);
}

/* The pool of a seed: its 32-bit words, least first. Leading zeros up to the fourth word change nothing, later ones
 * would, so the caller strips them. */
static inline lsi_seed_pool lsi_seed_pool_make(const uint32_t *seed, size_t count)
{
    lsi_seed_pool pool = {{0}, 0x43b0d7e5u};
    for (size_t i = 0; i < LSI_SEED_POOL; i++)
        pool.word[i] = lsi_seed_hash(i < count ? seed[i] : 0, &pool.constant, 0x931e8875u);
    for (size_t from = 0; from < LSI_SEED_POOL; from++) lsi_seed_stir(&pool, pool.word[from], from);
    for (size_t i = LSI_SEED_POOL; i < count; i++) lsi_seed_pool_add(&pool, seed[i]);
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
