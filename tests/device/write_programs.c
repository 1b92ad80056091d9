/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Build step of generated_programs: writes the kernels of every test program with k % parts == part as one source.
 *
 *   write_programs part parts file */
#include "device/generate.h"
#include "programs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    const int part = atoi(argv[1]), parts = atoi(argv[2]);
    static lsi_functions functions;
    lsi_text source = {0}, kernels = {0};
    for (int k = part; k < test_program_count(); k += parts) {
        test_program *test = test_program_make(k);
        lsi_form form;
        lsi_form_launch launch;
        char name[32];
        snprintf(name, sizeof name, "program_%d", k);
        if (!lsi_form_make(&test->program, &form, &launch) || launch.blocks == 0 ||
            !lsi_generate_kernel(&form, name, &functions, &kernels)) {
            fprintf(stderr, "program %d has no kernel\n", k);
            return 1;
        }
        test_program_free(test);
    }
    lsi_generate_begin(&source);
    lsi_functions_write(&functions, &source);
    FILE *out = fopen(argv[3], "w");
    if (!out || source.failed || kernels.failed) return 1;
    fputs(source.bytes, out);
    fputs(kernels.bytes, out);
    return fclose(out) != 0;
}
