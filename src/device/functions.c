/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Chooses from the table of device functions those that a kernel needs, directly or not. */
#include "device/functions_table.h"
#include <string.h>

static bool is_chosen(const lsi_functions *functions, int k)
{
    return functions->chosen[k / 64] >> k % 64 & 1;
}

/* The first entry of that name or behind where it would be. */
static int place_of(const char *name)
{
    int low = 0, high = lsi_function_name_count;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (strcmp(lsi_function_names[middle].name, name) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool lsi_functions_need(lsi_functions *functions, const char *name)
{
    bool found = false;
    if (lsi_function_text_count > LSI_FUNCTION_TEXTS) return false;
    for (int k = place_of(name); k < lsi_function_name_count && strcmp(lsi_function_names[k].name, name) == 0; k++) {
        const int text = lsi_function_names[k].text;
        functions->chosen[text / 64] |= (uint64_t)1 << text % 64;
        found = true;
    }
    return found;
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
