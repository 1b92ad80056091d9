/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The same bits from every instruction set and compiler: one hash per function over fixed inputs, for the complex functions
 * and for the real ones that need more than one operation (tests/math does it for the rest of math.def). Built once per
 * instruction set; all must find what hashes.txt holds.
 *
 *   test_element_hashes hashes.txt     without the list it is printed
 */
#include "element.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = 4096 };

static uint64_t state = 0x9e3779b97f4a7c15u;
static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1du;
}

static char frozen[1 << 16];
static int differ, hashes;

static void settle(const char *name, const char *tag, uint64_t hash)
{
    char line[80];
    snprintf(line, sizeof line, "%s %s %016llx\n", name, tag, (unsigned long long)hash);
    hashes++;
    if (frozen[0] == 0) printf("%s", line);
    if (frozen[0] != 0 && !strstr(frozen, line)) {
        printf("not in the list: %s", line);
        differ++;
    }
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x100000001b3u;
    return hash ^ hash >> 29;
}

#define HASH_PART f32
#define HASH_COMPLEX c64
#include "element_hash_template.h"
#define HASH_PART f64
#define HASH_COMPLEX c128
#include "element_hash_template.h"

int main(int count, char **argument)
{
    FILE *file = count > 1 ? fopen(argument[1], "r") : NULL;
    if (count > 1 && (!file || fread(frozen, 1, sizeof frozen - 1, file) == 0)) return printf("no list\n"), 2;
#if defined(__AVX512F__)
    if (!__builtin_cpu_supports("avx512dq")) return 77;
#elif defined(__AVX2__)
    if (!__builtin_cpu_supports("avx2")) return 77;
#endif
    all_of_f32();
    all_of_f64();
    if (file) printf("%d hashes, %d differ\n", hashes, differ);
    return differ != 0;
}
