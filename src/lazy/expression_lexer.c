/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text to tokens. Numbers: decimal and hexadecimal integers, decimal floats, imaginary ones with a j. strtod would obey
 * the locale's decimal point, so a number is copied apart and read with the C locale's rules by strtod_l. */
#include "lazy/expression.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t locale_once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void locale_make(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c);
}

/* Digits of a base into an operand: int64 if it fits, else uint64; false beyond. */
static bool read_integer(const char *digits, size_t length, unsigned base, ls_operand *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        char c = (char)(digits[i] | 0x20);
        unsigned digit = is_digit(digits[i]) ? (unsigned)(digits[i] - '0') : (unsigned)(c - 'a') + 10;
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) || __builtin_add_overflow(value, (uint64_t)digit, &value)) {
            return false;
        }
    }
    *out = value <= INT64_MAX ? ls_operand_i64((int64_t)value) : ls_operand_u64(value);
    return true;
}

static size_t digits_span(const char *p)
{
    size_t n = 0;
    while (is_digit(p[n])) {
        n++;
    }
    return n;
}

static size_t hex_span(const char *p)
{
    return strspn(p, "0123456789abcdefABCDEF");
}

/* Length of a float's text: digits, point, digits, exponent; *is_float tells whether it has a point or an exponent. */
static size_t float_span(const char *p, bool *is_float)
{
    size_t n = digits_span(p);
    *is_float = false;
    if (p[n] == '.') {
        *is_float = true;
        n++;
        n += digits_span(p + n);
    }
    if (p[n] == 'e' || p[n] == 'E') {
        size_t sign = p[n + 1] == '+' || p[n + 1] == '-';
        size_t digits = digits_span(p + n + 1 + sign);
        if (digits) {
            *is_float = true;
            n += 1 + sign + digits;
        }
    }
    return n;
}

static double read_float(const char *p, size_t length)
{
    char text[512];
    if (length >= sizeof text) {
        length = sizeof text - 1; /* further digits cannot matter for one rounding in practice */
    }
    memcpy(text, p, length);
    text[length] = '\0';
    pthread_once(&locale_once, locale_make);
    return c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}

static lsi_token number(const char *p)
{
    lsi_token t = {.kind = LSI_TOKEN_NUMBER, .start = p};
    if (p[0] == '0' && (p[1] | 0x20) == 'x' && hex_span(p + 2)) {
        t.length = 2 + hex_span(p + 2);
        t.kind = read_integer(p + 2, t.length - 2, 16, &t.value) ? LSI_TOKEN_NUMBER : LSI_TOKEN_BAD;
    } else {
        bool is_float;
        t.length = float_span(p, &is_float);
        if (p[t.length] == 'j') {
            t.value = ls_operand_c128(0, read_float(p, t.length));
            t.length++;
        } else if (is_float) {
            t.value = ls_operand_f64(read_float(p, t.length));
        } else if (!read_integer(p, t.length, 10, &t.value)) {
            t.kind = LSI_TOKEN_BAD;
        }
    }
    if (is_name(p[t.length]) || p[t.length] == '.') {
        t.kind = LSI_TOKEN_BAD;
    }
    return t;
}

typedef struct spelling {
    const char *text;
    lsi_operator op;
} spelling;

/* Longer ones first. */
static const spelling spellings[] = {
    {"**", LSI_TOK_POW}, {"//", LSI_TOK_FLOORDIV}, {"<<", LSI_TOK_SHL}, {">>", LSI_TOK_SHR}, {"<=", LSI_TOK_LE},
    {">=", LSI_TOK_GE},  {"==", LSI_TOK_EQ},       {"!=", LSI_TOK_NE},  {"(", LSI_TOK_OPEN}, {")", LSI_TOK_CLOSE},
    {",", LSI_TOK_COMMA}, {"=", LSI_TOK_ASSIGN},   {"+", LSI_TOK_ADD},  {"-", LSI_TOK_SUB},  {"*", LSI_TOK_MUL},
    {"/", LSI_TOK_DIV},  {"%", LSI_TOK_MOD},       {"@", LSI_TOK_MATMUL}, {"&", LSI_TOK_AND}, {"|", LSI_TOK_OR},
    {"^", LSI_TOK_XOR},  {"~", LSI_TOK_INVERT},    {"<", LSI_TOK_LT},   {">", LSI_TOK_GT},
};

static lsi_token operator_or_bad(const char *p)
{
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        size_t length = strlen(spellings[i].text);
        if (strncmp(p, spellings[i].text, length) == 0) {
            return (lsi_token){.kind = LSI_TOKEN_OPERATOR, .op = spellings[i].op, .start = p, .length = length};
        }
    }
    return (lsi_token){.kind = LSI_TOKEN_BAD, .start = p, .length = 1};
}

lsi_token lsi_token_next(const char **text)
{
    const char *p = *text + strspn(*text, " \t\r\n");
    lsi_token t;
    if (!*p) {
        t = (lsi_token){.kind = LSI_TOKEN_END, .start = p};
    } else if (is_digit(*p) || (*p == '.' && is_digit(p[1]))) {
        t = number(p);
    } else if (is_name_start(*p)) {
        t = (lsi_token){.kind = LSI_TOKEN_NAME, .start = p, .length = 1};
        while (is_name(p[t.length])) {
            t.length++;
        }
    } else {
        t = operator_or_bad(p);
    }
    *text = t.start + t.length;
    return t;
}
