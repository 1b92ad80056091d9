/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Damaged files: cut at every byte, every bit turned over, random bytes written over them. Each must load or fail
 * cleanly; under ASan this also says that nothing outside was touched. A cut file never loads. */
#include "files.h"

#include "memory/prim.h"

static int64_t loads, tries;

/* Loads from an allocation of exactly `size` bytes, so that a read beyond shows. */
static int try_load(const unsigned char *bytes, size_t size, const char *member)
{
    unsigned char *exact = malloc(size ? size : 1);
    int loaded = 0;
    memcpy(exact, bytes, size);
    LS_SCOPE {
        ls_array *a = member ? ls_load_npz_memory(exact, size, member, .max_bytes = 1 << 20)
                             : ls_load_memory(exact, size, .max_bytes = 1 << 20);
        loaded = a != NULL;
        if (!loaded) CHECK(ls_error() != LS_OK && ls_error() != LS_EINTERNAL);
        ls_clear_error();
    }
    free(exact);
    tries++;
    loads += loaded;
    return loaded;
}

static void cut_everywhere(const unsigned char *bytes, size_t size, const char *member)
{
    for (size_t n = 0; n < size; n++)
        if (!CHECK(!try_load(bytes, n, member))) printf("  loaded when cut at byte %zu\n", n);
    CHECK(try_load(bytes, size, member));
}

static void turn_every_bit(unsigned char *bytes, size_t size, const char *member)
{
    for (size_t i = 0; i < 8 * size; i++) {
        bytes[i / 8] ^= (unsigned char)(1 << i % 8);
        try_load(bytes, size, member);
        bytes[i / 8] ^= (unsigned char)(1 << i % 8);
    }
}

static uint64_t state = 88172645463325252u;
static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void scribble(const unsigned char *bytes, size_t size, const char *member, int rounds)
{
    unsigned char *copy = malloc(size);
    for (int r = 0; r < rounds; r++) {
        memcpy(copy, bytes, size);
        const int n = 1 + (int)(next_random() % 8);
        for (int i = 0; i < n; i++) {
            static const unsigned char likely[] = {0, 0xff, 0x7f, 0x80, '\'', '(', ')', ',', '9', 'L', 1, 8};
            const uint64_t r2 = next_random();
            copy[r2 % size] = r2 >> 40 & 1 ? likely[(r2 >> 41) % sizeof likely] : (unsigned char)(r2 >> 50);
        }
        try_load(copy, size, member);
    }
    free(copy);
}

static void all_damages(unsigned char *bytes, size_t size, const char *member)
{
    cut_everywhere(bytes, size, member);
    turn_every_bit(bytes, size, member);
    scribble(bytes, size, member, 3000);
}

TEST(npy_images)
{
    size_t size = 0;
    unsigned char *bin = read_file(VECTORS "/npy_vectors.bin", &size);
    FILE *list = fopen(VECTORS "/npy_vectors.txt", "r");
    char line[512];
    for (int row = 0; fgets(line, sizeof line, list); row++) {
        char *end;
        const size_t offset = strtoul(line, &end, 10), length = strtoul(end, NULL, 10);
        if (row % 10 == 0 && length < 1000) all_damages(bin + offset, length, NULL);
    }
    fclose(list);
    free(bin);
}

static void archive(const char *path, const char *member)
{
    size_t size = 0;
    unsigned char *bytes = read_file(path, &size);
    if (CHECK(bytes != NULL)) all_damages(bytes, size, member);
    free(bytes);
}

TEST(stored_archive) { archive(VECTORS "/stored.npz", "a"); }
TEST(deflated_archive) { if (HAVE_ZLIB) archive(VECTORS "/deflated.npz", "a"); }
TEST(piped_archive) { if (HAVE_ZLIB) archive(VECTORS "/piped.npz", "empty"); }

int main(void)
{
    RUN(npy_images);
    RUN(stored_archive);
    RUN(deflated_archive);
    RUN(piped_archive);
    printf("%lld damaged files, %lld of them still load\n", (long long)tries, (long long)loads);
    CHECK(tries > 50000);
    return check_report();
}
