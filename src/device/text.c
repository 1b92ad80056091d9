/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The growing text of text.h. */
#include "device/text.h"
#include "memory/prim.h"
#include <stdio.h>
#include <string.h>

/* Room for `more` characters and the zero. */
static bool make_room(lsi_text *text, size_t more)
{
    if (text->failed) return false;
    if (more < text->room - text->length) return true;
    size_t room = text->room < 4096 ? 4096 : text->room * 2;
    while (room - text->length <= more) room *= 2;
    char *bytes = lsi_realloc(text->bytes, room, 1);
    text->failed = bytes == NULL;
    if (!bytes) return false;
    text->bytes = bytes;
    text->room = room;
    return true;
}

void lsi_text_put(lsi_text *text, const char *string)
{
    const size_t length = strlen(string);
    if (!make_room(text, length)) return;
    memcpy(text->bytes + text->length, string, length + 1);
    text->length += length;
}

void lsi_text_printf(lsi_text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char line[1024];
    const int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof line)
        text->failed = true;
    else
        lsi_text_put(text, line);
}

void lsi_text_free(lsi_text *text)
{
    lsi_dealloc(text->bytes);
    *text = (lsi_text){0};
}
