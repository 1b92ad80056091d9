/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One hash per function and type over the frozen inputs of hash.h, compared with hashes.txt. hashes.sh compiles this
 * and rows.c with one compiler, optimisation and instruction set; every build must find the same.
 *
 *   test_math_hashes hashes.txt      compare; 77 where this machine lacks the instructions
 *   test_math_hashes                 print the hashes, to freeze them */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "rows.h"

#ifndef MATH_ISA
#define MATH_ISA baseline
#define MATH_ISA_LEVEL 0
#endif
#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

enum { N = MATH_HASH_INPUTS };
static float f32_x[N], f32_y[N], f32_out[N], f32_two[N];
static double f64_x[N], f64_y[N], f64_out[N], f64_two[N];
static uint64_t int_x[N], int_y[N], int_out[N];

static const char *frozen;
static int failures, checked;

/* Print a line, or look for it among the frozen ones. */
static void settle(const char *name, const char *type, uint64_t hash)
{
    char line[100];
    snprintf(line, sizeof line, "%s %s %016" PRIx64 "\n", name, type, hash);
    checked++;
    if (!frozen) {
        fputs(line, stdout);
    } else if (!strstr(frozen, line)) {
        printf("not in the frozen list: %s", line);
        failures++;
    }
}
static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (file && text) text[fread(text, 1, (1 << 20) - 1, file)] = 0;
    if (file) fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    if (math_isa_level() < MATH_ISA_LEVEL) return puts("skipped: this machine lacks the instructions"), 77;
    if (argc > 1) frozen = read_all(argv[1]);
    for (int i = 0; i < N; i++) {
        f32_x[i] = math_hash_f32((uint64_t)i, 0), f32_y[i] = math_hash_f32((uint64_t)i, 1);
        f64_x[i] = math_hash_f64((uint64_t)i, 0), f64_y[i] = math_hash_f64((uint64_t)i, 1);
        int_x[i] = math_hash_int((uint64_t)i, 0), int_y[i] = math_hash_int((uint64_t)i, 1);
    }
    for (const struct math_row *row = PASTE(math_rows_, MATH_ISA); row->name; row++) {
        row->f32(f32_out, f32_x, f32_y, N);
        settle(row->name, "float32", math_hash_of_f32(f32_out, N));
        row->f64(f64_out, f64_x, f64_y, N);
        settle(row->name, "float64", math_hash_of_f64(f64_out, N));
    }
    if (frozen) { /* the shared forms are the separate ones: their hashes are those of sin and cos */
        PASTE(math_sincos_, MATH_ISA).f32(f32_out, f32_two, f32_x, N);
        settle("sin", "float32", math_hash_of_f32(f32_out, N));
        settle("cos", "float32", math_hash_of_f32(f32_two, N));
        PASTE(math_sincos_, MATH_ISA).f64(f64_out, f64_two, f64_x, N);
        settle("sin", "float64", math_hash_of_f64(f64_out, N));
        settle("cos", "float64", math_hash_of_f64(f64_two, N));
    }
    for (const struct math_int_row *row = PASTE(math_int_rows_, MATH_ISA); row->name; row++) {
        uint64_t hash = 0;
        row->run(int_out, int_x, int_y, N);
        for (int i = 0; i < N; i++) hash = math_hash_add(hash, int_out[i]);
        settle("pow", row->name + 4, hash);
    }
    if (frozen) printf("%d hashes, %d differ\n", checked, failures);
    return failures != 0;
}
