/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lockstep info: what ls_info tells, as lines for people or as JSON for programs. */
#include "command.h"

#include <stdio.h>
#include <string.h>

typedef struct report {
    char section[64]; /* the one that is open, "" before the first */
} report;

static int opens(report *r, const char *section)
{
    if (strcmp(r->section, section) == 0) return 0;
    snprintf(r->section, sizeof r->section, "%s", section);
    return 1;
}

static void put_line(void *context, const char *section, const char *key, const char *value)
{
    report *r = context;
    const int first = r->section[0] == '\0';
    if (opens(r, section)) printf("%s%s\n", first ? "" : "\n", section);
    printf("  %-18s %s\n", key, value);
}

static void put_quoted(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') printf("\\%c", c);
        else if (c < ' ') printf("\\u%04x", c);
        else putchar(c);
    }
    putchar('"');
}

static void put_json(void *context, const char *section, const char *key, const char *value)
{
    report *r = context;
    const int first = r->section[0] == '\0';
    if (opens(r, section)) {
        fputs(first ? "{\n  " : "\n  },\n  ", stdout);
        put_quoted(section);
        fputs(": {\n    ", stdout);
    } else {
        fputs(",\n    ", stdout);
    }
    put_quoted(key);
    fputs(": ", stdout);
    put_quoted(value);
}

int command_info(int count, char **arguments)
{
    int json = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(arguments[i], "--json") != 0) return command_misused("info: unexpected argument '%s'", arguments[i]);
        json = 1;
    }
    report r = {""};
    if (ls_info(json ? put_json : put_line, &r)) return command_failed();
    if (json) puts(*r.section ? "\n  }\n}" : "{}");
    return command_finish();
}
