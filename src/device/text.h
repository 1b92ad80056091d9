/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A growing text. After the first failure to grow it stays as it is and says so at the end, so that writers need not
 * look at every line. */
#ifndef LSI_DEVICE_TEXT_H
#define LSI_DEVICE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lsi_text {
    char *bytes; /* ended by a zero once something was written */
    size_t length, room;
    bool failed;
} lsi_text;

void lsi_text_put(lsi_text *text, const char *string);
void lsi_text_printf(lsi_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void lsi_text_free(lsi_text *text);

#endif
