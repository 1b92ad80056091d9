/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Build tool: cuts preprocessed kernel headers into top-level declarations and writes them as a C table with, for
 * each, the earlier ones whose names occur in it. src/device/functions.h says why; src/device/functions.c reads the
 * table.
 *
 *   split_functions preprocessed.txt table.c
 *
 * What it understands is what kernels/ contains: functions, typedefs, enums, structs, tables, and templates of
 * functions and structs. A declaration ends at depth 0 with a semicolon, or with the closing brace of a function. A
 * name may be that of several (overloads, specialisations): who needs one gets all. Anything unexpected is an error
 * that stops the build. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PIECES = 8192, MAX_NAMES = 16384, MAX_NEEDS = 256, MAX_NAME = 96 };

typedef struct piece {
    const char *text;
    size_t length;
    int needs[MAX_NEEDS], nneeds;
    bool left_out;
} piece;

typedef struct name {
    char text[MAX_NAME];
    int piece;
} name;

static piece pieces[MAX_PIECES];
static name names[MAX_NAMES];
static int npieces, nnames;

static void stop(const char *why, const char *at)
{
    fprintf(stderr, "split_functions: %s: %.120s\n", why, at);
    exit(1);
}

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) stop("cannot read", path);
    size_t used = 0, room = 1 << 20;
    char *text = malloc(room);
    for (size_t got = 1; text && got > 0; used += got) {
        if (room - used < 2) text = realloc(text, room *= 2);
        if (text) got = fread(text + used, 1, room - used - 1, file);
    }
    if (!text) stop("out of memory for", path);
    fclose(file);
    text[used] = '\0';
    return text;
}

static bool in_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool starts_word(char c)
{
    return isalpha((unsigned char)c) || c == '_';
}

static const char *word_end(const char *at)
{
    while (in_word(*at)) at++;
    return at;
}

static bool begins_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0 && !in_word(text[strlen(word)]);
}

/* ---- declarations ---- */

static const char *skip_space(const char *at)
{
    while (isspace((unsigned char)*at)) at++;
    return at;
}

/* Past "template <...>". */
static const char *past_template(const char *at)
{
    if (!begins_with(at, "template")) return at;
    int depth = 0;
    for (at = strchr(at, '<'); at && *at; at++) {
        depth += (*at == '<') - (*at == '>');
        if (depth == 0) return skip_space(at + 1);
    }
    stop("a template without an end", at ? at : "");
    return at;
}

/* The end of the declaration that begins at `at`. */
static const char *declaration_end(const char *at)
{
    at = past_template(at);
    const bool ends_with_brace = !begins_with(at, "typedef") && !begins_with(at, "enum") && !begins_with(at, "struct");
    bool value = false;
    int depth = 0;
    for (const char *c = at; *c; c++) {
        if (*c == '"' || *c == '\'') stop("no strings are expected", c);
        if (*c == '#') c += strcspn(c, "\n"); /* #pragma unroll */
        if (*c == '=' && depth == 0) value = true;
        if (*c == '(' || *c == '{' || *c == '[') depth++;
        if (*c == ')' || *c == '}' || *c == ']') depth--;
        if (depth == 0 && *c == ';') return c + 1;
        if (depth == 0 && *c == '}' && ends_with_brace && !value) return c + 1;
    }
    stop("a declaration without an end", at);
    return NULL;
}

static void cut(const char *text)
{
    for (const char *at = text;;) {
        while (isspace((unsigned char)*at) || *at == ';') at++;
        if (!*at) return;
        if (npieces == MAX_PIECES) stop("too many declarations", at);
        const char *end = declaration_end(at);
        pieces[npieces++] = (piece){.text = at, .length = (size_t)(end - at)};
        at = end;
    }
}

/* ---- what a declaration defines ---- */

static void define(const char *start, const char *end, int p)
{
    const size_t length = (size_t)(end - start);
    if (nnames == MAX_NAMES || length == 0 || length >= MAX_NAME) stop("no such name", start);
    memcpy(names[nnames].text, start, length);
    names[nnames++].piece = p;
}

static void define_enumerators(int p)
{
    const char *at = strchr(pieces[p].text, '{'), *end = pieces[p].text + pieces[p].length;
    bool expected = true;
    for (at++; at < end && *at != '}'; at++) {
        if (*at == ',') expected = true;
        if (!starts_word(*at) || in_word(at[-1])) continue;
        if (expected) define(at, word_end(at), p);
        expected = false;
    }
}

/* The last word before `stop_at`. */
static void define_word_before(const char *stop_at, int p)
{
    const char *end = stop_at;
    while (end > pieces[p].text && !in_word(end[-1])) end--;
    const char *start = end;
    while (start > pieces[p].text && in_word(start[-1])) start--;
    define(start, end, p);
}

/* "struct alignas(16) ls_pack {" */
static void define_struct(const char *at, int p)
{
    at = skip_space(at + strlen("struct"));
    if (begins_with(at, "alignas")) at = skip_space(strchr(at, ')') + 1);
    define(at, word_end(at), p);
}

static void find_names(int p)
{
    const char *at = past_template(pieces[p].text), *end = pieces[p].text + pieces[p].length;
    if (begins_with(at, "enum")) {
        define_enumerators(p);
    } else if (begins_with(at, "typedef")) {
        define_word_before(end, p);
        const name *made = &names[nnames - 1];
        /* the integers of <stdint.h> are the business of the kernel's first lines */
        pieces[p].left_out =
            strstr(made->text, "int") != NULL && strcmp(made->text + strlen(made->text) - 2, "_t") == 0;
        if (pieces[p].left_out) nnames--;
    } else if (begins_with(at, "struct")) {
        define_struct(at, p);
    } else if (begins_with(at, "static")) {
        const char *stop_at = at;
        while (stop_at < end && *stop_at != '(' && *stop_at != '[' && *stop_at != '=') stop_at++;
        define_word_before(stop_at, p);
    } else {
        stop("not a declaration of a kernel header", at);
    }
}

static int compare_names(const void *a, const void *b)
{
    const name *x = a, *y = b;
    const int order = strcmp(x->text, y->text);
    return order ? order : x->piece - y->piece;
}

/* The first of that name; the others follow. */
static const name *look_up(const char *word, size_t length)
{
    int low = 0, high = nnames;
    if (length >= MAX_NAME) return NULL;
    while (low < high) {
        const int middle = (low + high) / 2;
        const int order = strncmp(names[middle].text, word, length);
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return low < nnames && strncmp(names[low].text, word, length) == 0 && !names[low].text[length] ? &names[low] : NULL;
}

static void need(piece *of, int p)
{
    for (int k = 0; k < of->nneeds; k++)
        if (of->needs[k] == p) return;
    if (of->nneeds == MAX_NEEDS) stop("needs too much", of->text);
    of->needs[of->nneeds++] = p;
}

static void find_needs(int p)
{
    const char *end = pieces[p].text + pieces[p].length;
    for (const char *at = pieces[p].text; at < end;) {
        if (!starts_word(*at)) {
            at = in_word(*at) ? word_end(at) : at + 1; /* numbers: 0x1p3f is no word */
            continue;
        }
        const char *after = word_end(at);
        const name *found = look_up(at, (size_t)(after - at));
        for (const name *n = found; n && n < names + nnames && strcmp(n->text, found->text) == 0; n++)
            if (n->piece < p) need(&pieces[p], n->piece);
        at = after;
    }
}

/* ---- the table ---- */

static void write_text(FILE *out, const piece *it)
{
    bool space = false;
    fputs("    {\"", out);
    for (size_t k = 0; k < it->length; k++) {
        const char c = it->text[k];
        if (c == '#') {
            const size_t length = strcspn(it->text + k, "\n");
            fprintf(out, " _Pragma(\\\"%.*s\\\") ", (int)(length - strlen("#pragma ")),
                    it->text + k + strlen("#pragma "));
            k += length;
            continue;
        }
        if (isspace((unsigned char)c)) {
            space = true;
            continue;
        }
        if (space) fputc(' ', out);
        space = false;
        if (c == '\\') fputc('\\', out);
        fputc(c, out);
    }
    fputs("\",\n     (const short[]){", out);
    for (int k = 0; k < it->nneeds; k++) fprintf(out, "%d, ", it->needs[k]);
    fputs("-1}},\n", out);
}

static void write_table(FILE *out)
{
    fputs("/* Made by cmake/split_functions.c. */\n#include \"device/functions_table.h\"\n"
          "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n"
          "const lsi_function_text lsi_function_texts[] = {\n", out);
    for (int p = 0; p < npieces; p++)
        if (pieces[p].left_out)
            fputs("    {\"\", (const short[]){-1}},\n", out);
        else
            write_text(out, &pieces[p]);
    fprintf(out, "};\nconst int lsi_function_text_count = %d;\nconst lsi_function_name lsi_function_names[] = {\n",
            npieces);
    for (int k = 0; k < nnames; k++) fprintf(out, "    {\"%s\", %d},\n", names[k].text, names[k].piece);
    fprintf(out, "};\nconst int lsi_function_name_count = %d;\n", nnames);
}

int main(int argc, char **argv)
{
    if (argc != 3) stop("usage: split_functions preprocessed.txt table.c", "");
    cut(read_all(argv[1]));
    for (int p = 0; p < npieces; p++) find_names(p);
    qsort(names, (size_t)nnames, sizeof(name), compare_names);
    for (int p = 0; p < npieces; p++) find_needs(p);
    FILE *out = fopen(argv[2], "w");
    if (!out) stop("cannot write", argv[2]);
    write_table(out);
    if (fclose(out) != 0) stop("cannot write", argv[2]);
    return 0;
}
