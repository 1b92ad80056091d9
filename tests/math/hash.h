/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The frozen inputs and the hash of a function's results over them, made of integer arithmetic alone, so that every
 * compiler, instruction set and GPU must come to the numbers in hashes.txt. Changing anything here means freezing
 * anew. */
#ifndef LOCKSTEP_TESTS_MATH_HASH_H
#define LOCKSTEP_TESTS_MATH_HASH_H

#include <stdint.h>
#include <string.h>

enum { MATH_HASH_INPUTS = 1 << 16 };

static inline uint64_t math_hash_word(uint64_t counter)
{
    uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
/* The bits of input i of operand 0 or 1. By turns: any bits; exponents -20 .. 11; exponents -3 .. 2; just around 1. */
static inline uint64_t math_hash_bits(uint64_t i, int operand, int fraction, int bias)
{
    const uint64_t counter = 2 * i + (uint64_t)operand, word = math_hash_word(counter), more = math_hash_word(~counter);
    const uint64_t sign = (more & 1) << (fraction == 23 ? 31 : 63), low = word & (((uint64_t)1 << fraction) - 1);
    const uint64_t spread = i % 4 == 1 ? 32 : i % 4 == 2 ? 6 : 2, base = i % 4 == 1 ? 20 : i % 4 == 2 ? 3 : 1;
    const uint64_t exponent = (uint64_t)bias - base + (more >> 8) % spread;
    if (i % 4 == 0) return fraction == 23 ? word >> 32 : word;
    return (i % 4 == 3 ? 0 : sign) | exponent << fraction | low;
}
static inline float math_hash_f32(uint64_t i, int operand)
{
    const uint32_t bits = (uint32_t)math_hash_bits(i, operand, 23, 127);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline double math_hash_f64(uint64_t i, int operand)
{
    const uint64_t bits = math_hash_bits(i, operand, 52, 1023);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
/* The integer operands: exponents are small for half of the inputs. */
static inline uint64_t math_hash_int(uint64_t i, int operand)
{
    const uint64_t word = math_hash_word(2 * i + (uint64_t)operand);
    return i % 2 ? (word >> 32) % 25 - 4 : word;
}

static inline uint64_t math_hash_add(uint64_t hash, uint64_t bits)
{
    return (hash ^ bits) * 0x100000001b3u + (hash >> 29);
}
static inline uint64_t math_hash_of_f32(const float *x, long n)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (long i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        hash = math_hash_add(hash, x[i] == x[i] ? bits : 0x7fc00000u);
    }
    return hash;
}
static inline uint64_t math_hash_of_f64(const double *x, long n)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (long i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        hash = math_hash_add(hash, x[i] == x[i] ? bits : 0x7ff8000000000000u);
    }
    return hash;
}

#endif
