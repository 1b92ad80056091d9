/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random numbers, the same on every machine.
 *
 *     ls_rng *rng = ls_rng_new(42);
 *     ls_array *x = ls_random(rng, LS_SHAPE(1000, 1000));
 *     ls_array *z = ls_normal(rng, 0.0, 0.1, LS_SHAPE(1000), .dtype = LS_FLOAT32);
 *
 * A generator is an engine, a key made from a seed, and a position. The engine is Philox (Salmon et al., SC 2011),
 * which computes any word of its stream from its number alone. So a draw only moves the generator on, at the call; its
 * numbers come to be when they are needed, in any order, on any device, by any number of threads, and are the same
 * ones. A random array that is only summed is never stored.
 *
 * What holds for every draw here:
 *   Result    new, pending, owned by the innermost scope, on the device in force. NULL when anything is wrong; then the
 *             generator has not moved.
 *   Errors    NULL generator; LS_ESHAPE, LS_EARGUMENT or LS_EOVERFLOW for a bad shape; LS_EDTYPE for a dtype the
 *             comment does not name; LS_EARGUMENT for parameters without meaning; LS_ENOMEM.
 *   Dtypes    float16 and bfloat16 numbers are the float32 ones rounded once (so numbers just below 1 become 1).
 *   Parameters  may be numbers or arrays that broadcast to the shape. The generator's part and the arithmetic of the
 *             parameters are fused.
 *   Threads   a generator belongs to one thread at a time; its arrays to any.
 *
 * LS_PHILOX4X64, the default, draws NumPy's numbers: with `numpy.random.Generator(numpy.random.Philox(seed))`
 *   ls_random, ls_uniform and ls_random_bits equal random, uniform and integers over all of uint32 or uint64, bit for
 *   bit, in any mix of dtypes and sizes; ls_integers equals integers for the dtypes of 32 and 64 bits as long as NumPy
 *   rejects no word (never when the number of values is a power of two). Other distributions have their own formulas,
 *   on the same stream.
 * LS_PHILOX4X32 draws cuRAND's: a generator of seed s < 2^64 gives the words, float32 and float64 uniforms that
 *   curandGenerate, curandGenerateUniform and curandGenerateUniformDouble give for CURAND_RNG_PSEUDO_PHILOX4_32_10 with
 *   that seed in its default order, as long as float64 draws are not mixed with the others. These uniforms lie in
 *   (0, 1]. It is the faster engine.
 *
 * What a draw takes off the stream, in words:
 *   one 64-bit word per element     ls_random, ls_uniform, ls_exponential of float64, ls_random_bits of uint64,
 *                                   ls_integers over 2^32 values or more
 *   one 32-bit word per element     the same of the narrower dtypes, ls_integers over fewer values
 *   ls_normal of float64            one 64-bit word per element, in pairs that begin at an even word
 *   ls_normal of narrower dtypes    one 64-bit word per two elements
 * Philox4x64 makes 32-bit words of halves, low half first; a half left over waits for the next draw of 32-bit words,
 * as in NumPy. Philox4x32 skips to the next multiple of 2^19 32-bit words when draws change from one word size to the
 * other. So draws never overlap within the first 2^258 (4x64) or 2^64 (4x32) words. */
#ifndef LOCKSTEP_RANDOM_H
#define LOCKSTEP_RANDOM_H

#include "types.h"

LS_BEGIN_DECLS

/** Which Philox. */
typedef enum ls_engine {
    LS_PHILOX4X64 = 0, /**< NumPy's, ten rounds over four 64-bit words; the default */
    LS_PHILOX4X32 = 1  /**< cuRAND's, ten rounds over four 32-bit words */
} ls_engine;

/** Options of new generators. Zero means default. */
typedef struct ls_rng_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_engine engine; /**< default LS_PHILOX4X64 */
} ls_rng_options;

/** A generator from a seed, any C integer that is not negative. Every seed gives an independent stream, also 0 and 1.
 *  The seed becomes a key by NumPy's SeedSequence (4x64) or is the key itself (4x32, as in cuRAND). Owned by the
 *  innermost scope like an array. Errors: LS_EARGUMENT for a negative seed or an unknown engine, LS_EDTYPE for a seed
 *  that is no integer, LS_ENOMEM. */
LS_API ls_rng *ls_rng_new(const char *place, ls_operand seed, const ls_rng_options *options);

/** The same from a seed of any size: `count` 32-bit words, least first (NULL with 0 words is the seed 0). Leading
 *  zeros do not matter: the words are one integer, as given to NumPy. 4x32 hashes seeds above 64 bits. The words
 *  are not kept. */
LS_API ls_rng *ls_rng_new_words(const char *place, const uint32_t *words, size_t count, const ls_rng_options *options);

/** `count` further generators with streams of their own, into `children`: for tasks, threads, ranks. The same as
 *  NumPy's Generator.spawn, and like there each call gives other children than the one before, without moving the
 *  position. The innermost scope owns them. On an error none is made and `children` holds NULLs. Errors: NULL
 *  arguments, LS_EARGUMENT for a negative count, LS_EOVERFLOW past 2^32 children, LS_ENOMEM. */
LS_API LS_WARN_UNUSED ls_status ls_rng_spawn(const char *place, ls_rng *rng, int64_t count, ls_rng **children);

/** A generator's state as numbers, for files and messages: everything but who owns it. Opaque; the same on every
 *  machine once the byte order of 64-bit numbers is settled. */
typedef struct ls_rng_state {
    uint64_t words[16]; /**< for ls_rng_restore; the meaning is the library's */
} ls_rng_state;

/** Writes the state of a generator. */
LS_API LS_WARN_UNUSED ls_status ls_rng_save(const char *place, const ls_rng *rng, ls_rng_state *state);
/** Makes a generator continue from a saved state, engine and key included. LS_EFORMAT when `state` was not saved by
 *  ls_rng_save or was damaged; the generator is then as it was. */
LS_API LS_WARN_UNUSED ls_status ls_rng_restore(const char *place, ls_rng *rng, const ls_rng_state *state);

/** Frees a generator before its scope does. NULL is fine. Arrays drawn from it stay. */
LS_API void ls_rng_free(ls_rng *rng);
/** Moves a generator to the scope outside the one that owns it. Returns `rng`; NULL in, NULL out. */
LS_API ls_rng *ls_rng_keep(ls_rng *rng);

/** Options of draws. Zero means default. */
typedef struct ls_random_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype; /**< float64 (default), float32, float16, bfloat16; ls_random_bits: uint64 (default), uint32 */
} ls_random_options;

/** Uniform numbers in [0, 1): multiples of 2^-53, float32 of 2^-24, as NumPy's Generator.random. LS_PHILOX4X32: in
 *  (0, 1], as cuRAND: of 53 or 32 bits, half a step up, rounded. */
LS_API ls_array *ls_random(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *options);

/** low + (high - low) * u with u of ls_random, each operation rounded, as NumPy's Generator.uniform. The result can
 *  round up to `high`. high below low is allowed. LS_EARGUMENT when the numbers low and high are not finite or too
 *  far apart. */
LS_API ls_array *ls_uniform(const char *place, ls_rng *rng, ls_operand low, ls_operand high, ls_shape shape,
                            const ls_random_options *options);

/** Options of ls_integers. */
typedef struct ls_integers_options {
    size_t struct_size; /**< of the struct; the macro fills it in */
    ls_dtype dtype; /**< any integer dtype or bool; default int64 */
    bool endpoint;  /**< `high` is a possible value, too */
} ls_integers_options;

/** Integers from low to below high, every one equally likely without any bias (Lemire 2019; what is rejected is
 *  replaced from another part of the stream, so that no other element changes). low and high are C integers.
 *  Errors: LS_EDTYPE for bounds that are no integers; LS_EARGUMENT for arrays, when there is no integer between the
 *  bounds, or when one does not fit the dtype. A range of one value takes nothing off the stream. */
LS_API ls_array *ls_integers(const char *place, ls_rng *rng, ls_operand low, ls_operand high, ls_shape shape,
                             const ls_integers_options *options);

/** Random bits: the engine's words as they are, uint64 (default) or uint32. */
LS_API ls_array *ls_random_bits(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *options);

/** Normal numbers of mean 0 and standard deviation 1 by the transform of Box and Muller (1958) from 53 bits (float64)
 *  or 40 and 24 bits (narrower) for radius and angle: the largest possible size is 8.57 or 7.45. Not NumPy's
 *  numbers. */
LS_API ls_array *ls_standard_normal(const char *place, ls_rng *rng, ls_shape shape, const ls_random_options *options);

/** mean + deviation * z with z of ls_standard_normal, each operation rounded. LS_EARGUMENT when the number deviation is
 *  negative or NaN (NumPy: loc, scale). */
LS_API ls_array *ls_normal(const char *place, ls_rng *rng, ls_operand mean, ls_operand deviation, ls_shape shape,
                           const ls_random_options *options);

/** Exponential numbers of the given scale (the mean): scale * -log(u) with u in (0, 1] of 53 bits, narrower dtypes 32
 *  bits; the largest possible is 36.7 or 22.9 times the scale. LS_EARGUMENT when the number scale is negative or NaN.
 *  Not NumPy's numbers. */
LS_API ls_array *ls_exponential(const char *place, ls_rng *rng, ls_operand scale, ls_shape shape,
                                const ls_random_options *options);

LS_END_DECLS

#define ls_rng_spawn(rng, count, children) ls_rng_spawn(LS_HERE, (rng), (count), (children))
#define ls_rng_save(rng, state) ls_rng_save(LS_HERE, (rng), (state))
#define ls_rng_restore(rng, state) ls_rng_restore(LS_HERE, (rng), (state))

#define ls_rng_new(...) LS_RNG_NEW_(__VA_ARGS__, LS_OPTIONS_END(ls_rng_options))
#define LS_RNG_NEW_(seed, ...) LS_WITH_OPTIONS(ls_rng_new, ls_rng_options, LS_OPERAND(seed), __VA_ARGS__)
#define ls_rng_new_words(words, ...) LS_RNG_NEW_WORDS_(words, __VA_ARGS__, LS_OPTIONS_END(ls_rng_options))
#define LS_RNG_NEW_WORDS_(words, count, ...)                                                                           \
    LS_WITH_OPTIONS2(ls_rng_new_words, ls_rng_options, words, count, __VA_ARGS__)

#define ls_random(rng, ...) LS_RANDOM_(rng, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_RANDOM_(rng, shape, ...) LS_WITH_OPTIONS2(ls_random, ls_random_options, rng, shape, __VA_ARGS__)
#define ls_random_bits(rng, ...) LS_RANDOM_BITS_(rng, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_RANDOM_BITS_(rng, shape, ...) LS_WITH_OPTIONS2(ls_random_bits, ls_random_options, rng, shape, __VA_ARGS__)
#define ls_standard_normal(rng, ...) LS_STANDARD_NORMAL_(rng, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_STANDARD_NORMAL_(rng, shape, ...)                                                                           \
    LS_WITH_OPTIONS2(ls_standard_normal, ls_random_options, rng, shape, __VA_ARGS__)
#define ls_exponential(rng, scale, ...) LS_EXPONENTIAL_(rng, scale, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_EXPONENTIAL_(rng, scale, shape, ...)                                                                        \
    LS_WITH_OPTIONS3(ls_exponential, ls_random_options, rng, LS_OPERAND(scale), shape, __VA_ARGS__)
#define ls_uniform(rng, low, high, ...) LS_UNIFORM_(rng, low, high, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_UNIFORM_(rng, low, high, shape, ...)                                                                        \
    LS_WITH_OPTIONS4(ls_uniform, ls_random_options, rng, LS_OPERAND(low), LS_OPERAND(high), shape, __VA_ARGS__)
#define ls_normal(rng, mean, deviation, ...)                                                                           \
    LS_NORMAL_(rng, mean, deviation, __VA_ARGS__, LS_OPTIONS_END(ls_random_options))
#define LS_NORMAL_(rng, mean, deviation, shape, ...)                                                                   \
    LS_WITH_OPTIONS4(ls_normal, ls_random_options, rng, LS_OPERAND(mean), LS_OPERAND(deviation), shape, __VA_ARGS__)
#define ls_integers(rng, low, high, ...) LS_INTEGERS_(rng, low, high, __VA_ARGS__, LS_OPTIONS_END(ls_integers_options))
#define LS_INTEGERS_(rng, low, high, shape, ...)                                                                       \
    LS_WITH_OPTIONS4(ls_integers, ls_integers_options, rng, LS_OPERAND(low), LS_OPERAND(high), shape, __VA_ARGS__)

#endif
