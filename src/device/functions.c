/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Chooses from the table of device functions those that a kernel needs, directly or not. */
#include "device/functions_table.h"
#include <stdlib.h>
#include <string.h>

static int compare(const void *key, const void *entry)
{
    return strcmp(key, ((const lsi_function_name *)entry)->name);
}

static bool is_chosen(const lsi_functions *functions, int k)
{
    return functions->chosen[k / 64] >> k % 64 & 1;
}

bool lsi_functions_need(lsi_functions *functions, const char *name)
{
    const lsi_function_name *found =
        bsearch(name, lsi_function_names, (size_t)lsi_function_name_count, sizeof *found, compare);
    if (!found || lsi_function_text_count > LSI_FUNCTION_TEXTS) return false;
    functions->chosen[found->text / 64] |= (uint64_t)1 << found->text % 64;
    return true;
}

/* What a text needs comes before it: one walk from the end completes the choice. */
void lsi_functions_write(const lsi_functions *functions, lsi_text *out)
{
    lsi_functions all = *functions;
    for (int k = lsi_function_text_count - 1; k >= 0; k--) {
        if (!is_chosen(&all, k)) continue;
        for (const short *need = lsi_function_texts[k].needs; *need >= 0; need++)
            all.chosen[*need / 64] |= (uint64_t)1 << *need % 64;
    }
    for (int k = 0; k < lsi_function_text_count; k++) {
        if (!is_chosen(&all, k)) continue;
        lsi_text_put(out, lsi_function_texts[k].text);
        lsi_text_put(out, "\n");
    }
}
