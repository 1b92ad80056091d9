/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The .npy header. The grammar, and nothing beside it:
 *
 *     header := '{' [ entry { ',' entry } [ ',' ] ] '}'            whitespace between any two tokens
 *     entry  := key ':' value                                      each key exactly once, in any order
 *     'descr' : string      'fortran_order' : True | False      'shape' : '(' [ size ',' [ size { ',' size } [ ',' ] ]
 * ] ')' string := ' or " around characters without quotes, backslashes and control characters size   := digits without
 * sign, optionally followed by the L of Python 2
 *
 * It is read with one cursor over bytes: no recursion, no scanf, no locale, no growth. Numbers are checked while they
 * are read; the element count is checked before anybody allocates. */
#include "npy_header.h"

#include "core/dtype.h"
#include "core/shape.h"
#include "memory/prim.h"
#include <inttypes.h>
#include <string.h>

typedef struct cursor {
    const char *begin, *at, *end;
    const char *name;
    int64_t offset; /* of begin in the file */
} cursor;

static int64_t cursor_byte(const cursor *c) { return c->offset + (c->at - c->begin); }

static ls_status malformed(const cursor *c, const char *expected)
{
    if (c->at == c->end)
        return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": the header ends where %s should be", c->name, cursor_byte(c),
                        expected);
    const unsigned char found = (unsigned char)*c->at;
    if (found >= ' ' && found < 127)
        return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": '%c' in the header where %s should be", c->name,
                        cursor_byte(c), found, expected);
    return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": byte value %d in the header where %s should be", c->name,
                    cursor_byte(c), found, expected);
}

static bool is_space(char ch) { return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r'; }
static bool is_digit(char ch) { return ch >= '0' && ch <= '9'; }

static void skip_space(cursor *c)
{
    while (c->at < c->end && is_space(*c->at)) c->at++;
}

/* Takes `ch` if it is the next token. */
static bool take(cursor *c, char ch)
{
    skip_space(c);
    if (c->at == c->end || *c->at != ch) return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word)
{
    const size_t length = strlen(word);
    skip_space(c);
    if ((size_t)(c->end - c->at) < length || memcmp(c->at, word, length) != 0) return false;
    c->at += length;
    return true;
}

static ls_status take_string(cursor *c, const char **text, size_t *length)
{
    skip_space(c);
    if (c->at == c->end || (*c->at != '\'' && *c->at != '"')) return malformed(c, "a quoted string");
    const char quote = *c->at++;
    *text = c->at;
    while (c->at < c->end && *c->at != quote) {
        if (*c->at == '\\' || *c->at == '\'' || *c->at == '"' || (unsigned char)*c->at < ' ')
            return malformed(c, "a plain character of a string");
        c->at++;
    }
    if (c->at == c->end) return malformed(c, "the closing quote");
    *length = (size_t)(c->at - *text);
    c->at++;
    return LS_OK;
}

static ls_status take_size(cursor *c, int64_t *size)
{
    skip_space(c);
    if (c->at == c->end || !is_digit(*c->at)) return malformed(c, "a size (digits)");
    const char *const first = c->at;
    int64_t value = 0;
    for (; c->at < c->end && is_digit(*c->at); c->at++) {
        if (!lsi_mul_size(value, 10, &value) || !lsi_add_size(value, *c->at - '0', &value)) {
            c->at = first;
            return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": a size in the header is above 2^63 - 1", c->name,
                            cursor_byte(c));
        }
    }
    if (c->at < c->end && *c->at == 'L') c->at++;
    *size = value;
    return LS_OK;
}

static ls_status take_shape(cursor *c, lsi_npy_header *header)
{
    if (!take(c, '(')) return malformed(c, "'(' of the shape");
    header->ndim = 0;
    while (!take(c, ')')) {
        if (header->ndim == LS_MAX_NDIM)
            return lsi_fail(LS_EUNSUPPORTED, "%s: byte %" PRId64 ": more than %d axes", c->name, cursor_byte(c),
                            LS_MAX_NDIM);
        const ls_status status = take_size(c, &header->shape[header->ndim]);
        if (status) return status;
        header->ndim++;
        if (take(c, ',')) continue;
        if (header->ndim == 1) return malformed(c, "',' (a shape of one axis is written (n,))");
        if (!take(c, ')')) return malformed(c, "',' or ')'");
        break;
    }
    return LS_OK;
}

static bool machine_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static const char *kind_in_words(char kind)
{
    switch (kind) {
    case 'O': return "pickled Python objects, which are never loaded";
    case 'S': case 'a': return "byte strings";
    case 'U': return "strings";
    case 'V': return "raw or structured data";
    case 'M': case 'm': return "dates or time spans";
    default: return "a type that this library does not have";
    }
}

/* "<f8" to a dtype: byte order, then one of the types of dtypes.def. */
static ls_status understand_descr(const cursor *c, int64_t at, const char *descr, size_t length, lsi_npy_header *header)
{
    const char order = length ? descr[0] : '\0';
    const bool has_order = order == '<' || order == '>' || order == '|' || order == '=';
    for (int d = LS_BOOL; d < LSI_DTYPE_COUNT && has_order; d++) {
        const char *npy = lsi_dtype_npy((ls_dtype)d);
        if (!*npy || strlen(npy) != length - 1 || memcmp(npy, descr + 1, length - 1) != 0) continue;
        const bool single = lsi_dtype_size((ls_dtype)d) == 1;
        if (order == '|' && !single) break; /* an order must be said: guessing it would be guessing the numbers */
        header->dtype = (ls_dtype)d;
        header->foreign = !single && ((order == '<' && !machine_is_little()) || (order == '>' && machine_is_little()));
        return LS_OK;
    }
    const int shown = length < 40 ? (int)length : 40;
    return lsi_fail(LS_EUNSUPPORTED, "%s: byte %" PRId64 ": dtype '%.*s' is not supported: %s", c->name, at, shown,
                    descr, kind_in_words(length > 1 ? descr[has_order] : '\0'));
}

static ls_status take_descr(cursor *c, lsi_npy_header *header)
{
    skip_space(c);
    const int64_t at = cursor_byte(c);
    if (c->at < c->end && *c->at == '[')
        return lsi_fail(LS_EUNSUPPORTED, "%s: byte %" PRId64 ": structured dtypes are not supported", c->name, at);
    const char *descr;
    size_t length;
    const ls_status status = take_string(c, &descr, &length);
    return status ? status : understand_descr(c, at, descr, length, header);
}

static ls_status take_order(cursor *c, lsi_npy_header *header)
{
    header->fortran = take_word(c, "True");
    if (header->fortran || take_word(c, "False")) return LS_OK;
    return malformed(c, "True or False");
}

static ls_status take_entry(cursor *c, lsi_npy_header *header, unsigned *seen)
{
    static const struct {
        const char *key;
        ls_status (*take)(cursor *c, lsi_npy_header *header);
    } entries[] = {{"descr", take_descr}, {"fortran_order", take_order}, {"shape", take_shape}};
    const char *key;
    size_t length;
    skip_space(c);
    const int64_t at = cursor_byte(c);
    const ls_status status = take_string(c, &key, &length);
    if (status) return status;
    for (unsigned i = 0; i < 3; i++) {
        if (strlen(entries[i].key) != length || memcmp(entries[i].key, key, length) != 0) continue;
        if (*seen & 1u << i)
            return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": '%s' stands twice in the header", c->name, at,
                            entries[i].key);
        *seen |= 1u << i;
        if (!take(c, ':')) return malformed(c, "':'");
        return entries[i].take(c, header);
    }
    const int shown = length < 40 ? (int)length : 40;
    return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": the header has an entry '%.*s', which the format does not know",
                    c->name, at, shown, key);
}

/* Zeros are seen before the product: (2^62, 2^62, 0) is an empty array. */
static ls_status check_data_size(const cursor *c, lsi_npy_header *header)
{
    header->count = 1;
    for (int i = 0; i < header->ndim; i++)
        if (header->shape[i] == 0) header->count = 0;
    if (header->count == 0) return LS_OK;
    bool fits = true;
    for (int i = 0; i < header->ndim && fits; i++) fits = lsi_mul_size(header->count, header->shape[i], &header->count);
    fits = fits && lsi_mul_size(header->count, (int64_t)lsi_dtype_size(header->dtype), &header->bytes);
    if (fits) return LS_OK;
    char text[LSI_SHAPE_TEXT];
    return lsi_fail(LS_EFORMAT,
                    "%s: the header at byte %" PRId64 " declares %s elements of %s, more than 2^63 - 1 bytes", c->name,
                    c->offset, lsi_shape_text(header->ndim, header->shape, text), lsi_dtype_name(header->dtype));
}

ls_status lsi_npy_parse(const char *text, size_t length, const char *name, int64_t at, lsi_npy_header *header)
{
    cursor c = {text, text, text + length, name, at};
    unsigned seen = 0;
    memset(header, 0, sizeof *header);
    if (!take(&c, '{')) return malformed(&c, "'{'");
    while (!take(&c, '}')) {
        const ls_status status = take_entry(&c, header, &seen);
        if (status) return status;
        if (take(&c, ',')) continue;
        if (!take(&c, '}')) return malformed(&c, "',' or '}'");
        break;
    }
    skip_space(&c);
    if (c.at != c.end) return malformed(&c, "the end of the header");
    if (seen != 7)
        return lsi_fail(LS_EFORMAT, "%s: the header at byte %" PRId64 " lacks '%s'", name, at,
                        !(seen & 1) ? "descr" : !(seen & 2) ? "fortran_order" : "shape");
    return check_data_size(&c, header);
}

static ls_status read_prefix(lsi_reader *reader, uint32_t *length)
{
    unsigned char prefix[8], digits[4] = {0};
    const int64_t at = reader->position;
    ls_status status = lsi_read_all(reader, prefix, sizeof prefix, "the magic bytes of a .npy file");
    if (status) return status;
    if (memcmp(prefix, "\x93NUMPY", 6) != 0)
        return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": not a .npy file (it begins with %02x %02x %02x %02x)%s",
                        reader->name, at, prefix[0], prefix[1], prefix[2], prefix[3],
                        memcmp(prefix, "PK", 2) == 0 ? "; a .npz is read with ls_load_npz" : "");
    const int major = prefix[6], minor = prefix[7];
    if (major < 1 || major > 3 || minor != 0)
        return lsi_fail(LS_EUNSUPPORTED, "%s: byte %" PRId64 ": .npy version %d.%d (1.0, 2.0 and 3.0 are known)",
                        reader->name, at + 6, major, minor);
    status = lsi_read_all(reader, digits, major == 1 ? 2 : 4, "the header's length");
    *length = (uint32_t)digits[0] | (uint32_t)digits[1] << 8 | (uint32_t)digits[2] << 16 | (uint32_t)digits[3] << 24;
    return status;
}

ls_status lsi_npy_read_header(lsi_reader *reader, lsi_npy_header *header)
{
    uint32_t length = 0;
    ls_status status = read_prefix(reader, &length);
    if (status) return status;
    const int64_t at = reader->position;
    if (length > LSI_NPY_HEADER_LIMIT)
        return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": a header of %" PRIu32 " bytes is declared, the limit is %d",
                        reader->name, at, length, LSI_NPY_HEADER_LIMIT);
    if (reader->left >= 0 && length > (uint64_t)reader->left)
        return lsi_fail(LS_EFORMAT,
                        "%s: byte %" PRId64 ": a header of %" PRIu32 " bytes is declared, %" PRId64 " are left",
                        reader->name, at, length, reader->left);
    char *text = lsi_alloc(length ? length : 1, 1);
    if (!text) return lsi_fail(LS_ENOMEM, "%s: no memory for a header of %" PRIu32 " bytes", reader->name, length);
    status = lsi_read_all(reader, text, length, "the header");
    if (!status) status = lsi_npy_parse(text, length, reader->name, at, header);
    lsi_dealloc(text);
    return status;
}

/* numpy.save leaves room behind the dict for the growing axis to reach 21 digits, then pads to 64 with at least one
 * space before the newline; a header that fits exactly gets 64 more. Its bytes are matched, so these rules are too. */
enum { GROWING_AXIS_DIGITS = 21, ALIGNMENT = 64, PREFIX = 10 };

static size_t put(char *out, size_t n, const char *text)
{
    const size_t length = strlen(text);
    memcpy(out + n, text, length);
    return n + length;
}

static size_t put_size(char *out, size_t n, int64_t size)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRId64, size);
    return put(out, n, digits);
}

static size_t put_shape(char *out, size_t n, const lsi_npy_header *header)
{
    n = put(out, n, "(");
    for (int i = 0; i < header->ndim; i++) {
        n = put_size(out, n, header->shape[i]);
        if (header->ndim == 1) n = put(out, n, ",");
        if (i + 1 < header->ndim) n = put(out, n, ", ");
    }
    return put(out, n, ")");
}

static size_t spare_digits(const lsi_npy_header *header)
{
    if (header->ndim == 0) return 0;
    char digits[24];
    return GROWING_AXIS_DIGITS - put_size(digits, 0, header->shape[header->fortran ? header->ndim - 1 : 0]);
}

size_t lsi_npy_write_header(const lsi_npy_header *header, char out[LSI_NPY_HEADER_ROOM])
{
    size_t n = PREFIX;
    n = put(out, n, "{'descr': '");
    n = put(out, n, lsi_dtype_size(header->dtype) == 1 ? "|" : machine_is_little() ? "<" : ">");
    n = put(out, n, lsi_dtype_npy(header->dtype));
    n = put(out, n, "', 'fortran_order': ");
    n = put(out, n, header->fortran ? "True" : "False");
    n = put(out, n, ", 'shape': ");
    n = put_shape(out, n, header);
    n = put(out, n, ", }");
    const size_t text_end = n + spare_digits(header);
    const size_t total = text_end + 1 + (ALIGNMENT - (text_end + 1) % ALIGNMENT);
    memset(out + n, ' ', total - 1 - n);
    out[total - 1] = '\n';
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (char)((total - PREFIX) & 0xff);
    out[9] = (char)((total - PREFIX) >> 8);
    return total;
}
