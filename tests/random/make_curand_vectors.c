/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes tests/vectors/curand.txt: what cuRAND's Philox4x32-10 generator of the host API draws, by the library itself
 * on the host (no GPU needed). Lines: the call, the seed, the numbers drawn before by the same call, the count, then
 * the bits in hexadecimal or `hash` and the FNV-1a hash of the bytes.
 *
 *     cc make_curand_vectors.c -I$CUDA/include -L$CUDA/lib64 -lcurand -o make && ./make > ../vectors/curand.txt */
#include <curand.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned char values[8 * 2000000];

static int draw(curandGenerator_t g, const char *kind, size_t n)
{
    switch (kind[0]) {
    case 'b': return curandGenerate(g, (unsigned *)(void *)values, n);
    case 'f': return curandGenerateUniform(g, (float *)(void *)values, n);
    default: return curandGenerateUniformDouble(g, (double *)(void *)values, n);
    }
}

static int show(const char *kind, uint64_t seed, size_t before, size_t n)
{
    const size_t size = kind[0] == 'd' ? 8 : 4;
    curandGenerator_t g;
    if (curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_PHILOX4_32_10)) return 1;
    if (curandSetPseudoRandomGeneratorSeed(g, seed)) return 1;
    if (before && draw(g, kind, before)) return 1;
    if (draw(g, kind, n)) return 1;
    printf("%s %" PRIx64 " %zu %zu", kind, seed, before, n);
    if (n <= 12) {
        for (size_t i = 0; i < n; i++)
            printf(" %" PRIx64, size == 8 ? ((uint64_t *)(void *)values)[i] : ((uint32_t *)(void *)values)[i]);
    } else {
        uint64_t hash = 0xcbf29ce484222325u;
        for (size_t i = 0; i < n * size; i++) hash = (hash ^ values[i]) * 0x100000001b3u;
        printf(" hash %" PRIx64, hash);
    }
    printf("\n");
    return curandDestroyGenerator(g) != CURAND_STATUS_SUCCESS;
}

int main(void)
{
    static const uint64_t seeds[] = {0, 1, 42, 0xffffffffu, 0x0123456789abcdefu, UINT64_MAX};
    static const size_t counts[][2] = {{0, 4}, {0, 12}, {3, 12}, {8, 12}, {0, 1000}, {1001, 5000}, {262144, 8},
                                       {262136, 12}, {1000, 1000000}, {0, 2000000}};
    static const char *const kinds[] = {"bits", "float", "double"};
    int version;
    curandGetVersion(&version);
    printf("# made by make_curand_vectors.c with cuRAND %d\n", version);
    for (unsigned k = 0; k < 3; k++)
        for (unsigned s = 0; s < sizeof seeds / sizeof *seeds; s++)
            for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++)
                if (show(kinds[k], seeds[s], counts[c][0], counts[c][1])) return 1;
    return 0;
}
