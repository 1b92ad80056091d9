/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Programs for the tests of generated kernels: every operation with every dtype, every kind of access, every draw, the
 * bounds, random ones, then random ones whose steps need reductions of their own rows. Number k is the same in every
 * process: one writes the kernels' source, another runs them. */
#ifndef LSI_TESTS_PROGRAMS_H
#define LSI_TESTS_PROGRAMS_H

#include "backend.h"
#include "program.h"

enum { PROGRAM_BUFFERS = 96 };

typedef struct test_program {
    lsi_program program;
    lsi_source sources[LSI_PROGRAM_MAX_SOURCES];
    lsi_instr instrs[LSI_PROGRAM_MAX_INSTRS];
    lsi_store stores[LSI_PROGRAM_MAX_STORES];
    lsi_reduction reductions[LSI_PROGRAM_MAX_ROW_REDUCTIONS];
    int nbuffer, ntarget;               /* targets are the last ones */
    lsi_buffer buffers[PROGRAM_BUFFERS]; /* in the memory of test_program_make */
    char *memory;
    size_t memory_bytes;
} test_program;

int test_program_count(void);
int test_program_plain_count(void); /* those before the ones that need reductions of their own rows */
/* Makes program k. Its buffers lie in one block, filled with numbers and, between them, with rubbish. */
test_program *test_program_make(int k);
void test_program_free(test_program *test);
/* How many of the operations with each of their dtypes no program made so far has used; their number. */
int test_program_missing(int *pairs);

#endif
