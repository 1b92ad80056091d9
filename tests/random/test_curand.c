/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Philox4x32 against cuRAND itself, whose host API runs without a GPU. Built where the CUDA toolkit has libcurand; the
 * numbers frozen in tests/vectors/curand.txt stand in elsewhere. */
#include "api/random_stream.h"
#include "host/draw.h"
#include "support/check.h"
#include <curand.h>
#include <stdlib.h>

enum { MOST = 700000 };
static unsigned char ours[8 * MOST], theirs[8 * MOST];

static int draw_theirs(curandGenerator_t g, uint32_t kind, int64_t n)
{
    switch (kind) {
    case LSI_DRAW_BITS32: return curandGenerate(g, (unsigned *)(void *)theirs, (size_t)n);
    case LSI_DRAW_UNIFORM_F32: return curandGenerateUniform(g, (float *)(void *)theirs, (size_t)n);
    default: return curandGenerateUniformDouble(g, (double *)(void *)theirs, (size_t)n);
    }
}

/* A dozen draws in a row of any lengths from one generator each. */
static void compare(uint64_t seed, uint32_t kind)
{
    curandGenerator_t g;
    const uint32_t words[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    lsi_stream s = lsi_stream_of_seed(LSI_ENGINE_PHILOX4X32, words, 2);
    if (!CHECK(curandCreateGeneratorHost(&g, CURAND_RNG_PSEUDO_PHILOX4_32_10) == CURAND_STATUS_SUCCESS)) return;
    CHECK(curandSetPseudoRandomGeneratorSeed(g, seed) == CURAND_STATUS_SUCCESS);
    for (int round = 0; round < 12; round++) {
        const int64_t n = 1 + rand() % (round % 4 == 3 ? MOST : 1000);
        const size_t bytes = (size_t)n * (size_t)lsi_draw_itemsize(kind);
        lsi_draw d;
        CHECK(lsi_stream_take(&s, kind, n, &d));
        lsi_draw_fill(&d, 0, n, ours);
        CHECK(draw_theirs(g, kind, n) == 0);
        CHECK(memcmp(ours, theirs, bytes) == 0);
    }
    CHECK(curandDestroyGenerator(g) == CURAND_STATUS_SUCCESS);
}

TEST(words) { for (uint64_t k = 0; k < 6; k++) compare(k * 0x9E3779B97F4A7C15u, LSI_DRAW_BITS32); }
TEST(floats) { for (uint64_t k = 0; k < 6; k++) compare(k * 0x9E3779B97F4A7C15u, LSI_DRAW_UNIFORM_F32); }
TEST(doubles) { for (uint64_t k = 0; k < 6; k++) compare(k * 0x9E3779B97F4A7C15u, LSI_DRAW_UNIFORM_F64); }

int main(void)
{
    srand(20260101);
    RUN(words);
    RUN(floats);
    RUN(doubles);
    return check_report();
}
