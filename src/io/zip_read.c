/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading ZIP archives that nobody vouches for. The central directory is the truth; local headers must agree with it,
 * and no member may overlap another or leave the file, so that what is unpacked is bounded by the file and what deflate
 * can do to it. Every number is checked before it is used; bytes before, between the parts of the end, and after the
 * archive are refused, because two readers could see two archives. */
#include "zip.h"

#include "memory/prim.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A compressed byte can stand for at most 1032: 258 bytes in 2 bits. */
enum { DEFLATE_RATIO = 1032, INPUT_STEP = 64 << 10, LONGEST_COMMENT = 65535 };

static unsigned u16(const unsigned char *p) { return p[0] | (unsigned)p[1] << 8; }
static uint32_t u32(const unsigned char *p) { return u16(p) | (uint32_t)u16(p + 2) << 16; }
static uint64_t u64(const unsigned char *p) { return u32(p) | (uint64_t)u32(p + 4) << 32; }

static ls_status bad(const lsi_bytes *bytes, int64_t at, const char *what)
{
    return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": %s", bytes->name, at, what);
}

ls_status lsi_bytes_read(const lsi_bytes *bytes, int64_t at, void *to, size_t count)
{
    if (bytes->fd < 0) {
        memcpy(to, bytes->memory + at, count);
        return LS_OK;
    }
    for (size_t done = 0; done < count;) {
        const ssize_t got = pread(bytes->fd, (char *)to + done, count - done, (off_t)(at + (int64_t)done));
        if (got == 0) return bad(bytes, at + (int64_t)done, "the file has become shorter while it was read");
        if (got < 0 && errno != EINTR)
            return lsi_fail(LS_EIO, "%s: reading failed at byte %" PRId64 ": %s", bytes->name, at + (int64_t)done,
                            strerror(errno));
        if (got > 0) done += (size_t)got;
    }
    return LS_OK;
}

/* --- the end of the archive --- */

/* Where the end record is: the last one whose comment reaches exactly to the end of the file. */
static ls_status find_end(const lsi_bytes *bytes, int64_t *at)
{
    const int64_t most = LSI_ZIP_END_SIZE + LONGEST_COMMENT;
    const int64_t size = bytes->size < most ? bytes->size : most;
    if (size < LSI_ZIP_END_SIZE) return bad(bytes, 0, "too short for a .npz (ZIP) file");
    unsigned char *tail = lsi_alloc((size_t)size, 1);
    if (!tail) return lsi_fail(LS_ENOMEM, "%s: no memory for the end of the archive", bytes->name);
    ls_status status = lsi_bytes_read(bytes, bytes->size - size, tail, (size_t)size);
    int64_t found = -1;
    for (int64_t i = size - LSI_ZIP_END_SIZE; i >= 0 && found < 0 && !status; i--)
        if (u32(tail + i) == LSI_ZIP_END && i + LSI_ZIP_END_SIZE + u16(tail + i + 20) == size) found = i;
    lsi_dealloc(tail);
    if (!status && found < 0)
        status = bad(bytes, bytes->size, "no end of a ZIP archive here: not a .npz file, or cut short");
    *at = bytes->size - size + found;
    return status;
}

/* The 64-bit end record before the end record at `end`. */
static ls_status read_end64(lsi_zip *zip, int64_t end, uint64_t *count, uint64_t *size, uint64_t *at,
                            int64_t *directory_end)
{
    const lsi_bytes *bytes = zip->bytes;
    unsigned char locator[LSI_ZIP_LOCATOR64_SIZE], record[LSI_ZIP_END64_SIZE];
    const int64_t locator_at = end - LSI_ZIP_LOCATOR64_SIZE;
    if (locator_at < LSI_ZIP_END64_SIZE) return bad(bytes, end, "no room for the ZIP64 records it needs");
    ls_status status = lsi_bytes_read(bytes, locator_at, locator, sizeof locator);
    if (status) return status;
    if (u32(locator) != LSI_ZIP_LOCATOR64) return bad(bytes, locator_at, "the ZIP64 locator is missing");
    const uint64_t record_at = u64(locator + 8);
    if (u32(locator + 4) != 0 || u32(locator + 16) > 1) return bad(bytes, locator_at, "an archive in several parts");
    if (record_at > (uint64_t)(locator_at - LSI_ZIP_END64_SIZE))
        return bad(bytes, locator_at, "the ZIP64 record lies outside");
    status = lsi_bytes_read(bytes, (int64_t)record_at, record, sizeof record);
    if (status) return status;
    const bool fits = u32(record) == LSI_ZIP_END64 && u64(record + 4) == (uint64_t)locator_at - record_at - 12;
    if (!fits) return bad(bytes, (int64_t)record_at, "no ZIP64 record that reaches to its locator");
    if (u32(record + 16) != 0 || u32(record + 20) != 0 || u64(record + 24) != u64(record + 32))
        return bad(bytes, (int64_t)record_at, "an archive in several parts");
    *count = u64(record + 32);
    *size = u64(record + 40);
    *at = u64(record + 48);
    *directory_end = (int64_t)record_at;
    return LS_OK;
}

static ls_status read_end(lsi_zip *zip, int64_t max_members)
{
    const lsi_bytes *bytes = zip->bytes;
    unsigned char record[LSI_ZIP_END_SIZE];
    int64_t end = 0;
    ls_status status = find_end(bytes, &end);
    if (!status) status = lsi_bytes_read(bytes, end, record, sizeof record);
    if (status) return status;
    uint64_t count = u16(record + 10), size = u32(record + 12), at = u32(record + 16);
    int64_t directory_end = end;
    if (u16(record + 4) != 0 || u16(record + 6) != 0 || u16(record + 8) != count)
        return bad(bytes, end, "an archive in several parts");
    if (count == 0xffff || size == 0xffffffff || at == 0xffffffff)
        status = read_end64(zip, end, &count, &size, &at, &directory_end);
    if (status) return status;
    if (at > (uint64_t)directory_end || size != (uint64_t)directory_end - at)
        return lsi_fail(LS_EFORMAT, "%s: byte %" PRId64 ": the directory is said to be %" PRIu64 " bytes at %" PRIu64
                        ", but ends at %" PRId64, bytes->name, end, size, at, directory_end);
    if (count > size / LSI_ZIP_CENTRAL_SIZE)
        return bad(bytes, end, "more members are declared than the directory has room for");
    if (count > (uint64_t)max_members)
        return lsi_fail(LS_EOVERFLOW, "%s: %" PRIu64 " members, the limit is %" PRId64, bytes->name, count,
                        max_members);
    zip->count = (int64_t)count;
    zip->directory_at = (int64_t)at;
    zip->directory_size = (int64_t)size;
    return LS_OK;
}

/* --- members --- */

/* The 64-bit extra field holds, in this order, those of the given values whose 32 bits are all ones. */
static bool widen(const unsigned char *extra, size_t extra_size, int64_t **values, int count)
{
    const unsigned char *field = NULL;
    size_t left = 0;
    while (extra_size >= 4) {
        const size_t size = u16(extra + 2);
        if (size > extra_size - 4) return false;
        if (u16(extra) == LSI_ZIP_EXTRA64) {
            field = extra + 4;
            left = size;
            break;
        }
        extra += 4 + size;
        extra_size -= 4 + size;
    }
    for (int i = 0; i < count; i++) {
        if (*values[i] != 0xffffffff) continue;
        if (left < 8 || u64(field) > INT64_MAX) return false;
        *values[i] = (int64_t)u64(field);
        field += 8;
        left -= 8;
    }
    return true;
}

static ls_status read_central(const lsi_zip *zip, int64_t *offset, lsi_zip_member *member)
{
    const int64_t left = zip->directory_size - *offset, at = zip->directory_at + *offset;
    const unsigned char *p = zip->directory + *offset;
    if (left < LSI_ZIP_CENTRAL_SIZE || u32(p) != LSI_ZIP_CENTRAL)
        return bad(zip->bytes, at, "no entry of the directory here");
    const unsigned name = u16(p + 28), extra = u16(p + 30), comment = u16(p + 32);
    const int64_t size = LSI_ZIP_CENTRAL_SIZE + (int64_t)name + extra + comment;
    if (size > left) return bad(zip->bytes, at, "an entry reaches beyond the directory");
    *member = (lsi_zip_member){.name = (const char *)p + LSI_ZIP_CENTRAL_SIZE, .name_length = name, .flags = u16(p + 8),
                               .method = u16(p + 10), .crc = u32(p + 16), .packed = u32(p + 20), .size = u32(p + 24),
                               .header_at = u32(p + 42)};
    int64_t *values[] = {&member->size, &member->packed, &member->header_at};
    if (!widen(p + LSI_ZIP_CENTRAL_SIZE + name, extra, values, 3))
        return bad(zip->bytes, at, "its ZIP64 sizes are malformed");
    if (u16(p + 34) != 0) return bad(zip->bytes, at, "an archive in several parts");
    *offset += size;
    return LS_OK;
}

/* Sizes and CRC in the local header: the same, or, when they follow the data, possibly zero. */
static bool same_sizes(const lsi_zip_member *member, const unsigned char *p, const unsigned char *extra,
                       size_t extra_size)
{
    int64_t packed = u32(p + 18), size = u32(p + 22);
    const uint32_t crc = u32(p + 14);
    int64_t *values[] = {&size, &packed};
    if (!widen(extra, extra_size, values, 2)) return false;
    if (packed == member->packed && size == member->size && crc == member->crc) return true;
    return (member->flags & LSI_ZIP_DESCRIPTOR) && packed == 0 && size == 0 && crc == 0;
}

static ls_status compare_local(const lsi_zip *zip, lsi_zip_member *member, const unsigned char *p, unsigned char *rest)
{
    const unsigned name = u16(p + 26), extra = u16(p + 28);
    const int64_t at = member->header_at;
    const int64_t data_at = at + LSI_ZIP_LOCAL_SIZE + name + extra;
    if (data_at > zip->directory_at || member->packed > zip->directory_at - data_at)
        return bad(zip->bytes, at, "a member reaches into the directory");
    const ls_status status = lsi_bytes_read(zip->bytes, at + LSI_ZIP_LOCAL_SIZE, rest, (size_t)name + extra);
    if (status) return status;
    const bool same = u16(p + 6) == member->flags && u16(p + 8) == member->method && name == member->name_length &&
                      memcmp(rest, member->name, name) == 0 && same_sizes(member, p, rest + name, extra);
    if (!same) return bad(zip->bytes, at, "a member's own header and the directory disagree");
    member->data_at = data_at;
    return LS_OK;
}

static ls_status check_local(const lsi_zip *zip, lsi_zip_member *member)
{
    unsigned char p[LSI_ZIP_LOCAL_SIZE];
    if (member->header_at > zip->directory_at - LSI_ZIP_LOCAL_SIZE)
        return bad(zip->bytes, member->header_at, "a member's header lies outside");
    ls_status status = lsi_bytes_read(zip->bytes, member->header_at, p, sizeof p);
    if (status) return status;
    if (u32(p) != LSI_ZIP_LOCAL) return bad(zip->bytes, member->header_at, "no header of a member here");
    unsigned char *rest = lsi_alloc((size_t)u16(p + 26) + u16(p + 28) + 1, 1);
    if (!rest) return lsi_fail(LS_ENOMEM, "%s: no memory for a member's header", zip->bytes->name);
    status = compare_local(zip, member, p, rest);
    lsi_dealloc(rest);
    return status;
}

static int by_position(const void *a, const void *b)
{
    const lsi_zip_member *const *x = a, *const *y = b;
    return ((*x)->header_at > (*y)->header_at) - ((*x)->header_at < (*y)->header_at);
}

static ls_status check_overlap(const lsi_zip *zip)
{
    const lsi_zip_member **order = lsi_alloc((size_t)zip->count + 1, sizeof *order);
    if (!order) return lsi_fail(LS_ENOMEM, "%s: no memory for %" PRId64 " members", zip->bytes->name, zip->count);
    for (int64_t i = 0; i < zip->count; i++) order[i] = &zip->members[i];
    qsort(order, (size_t)zip->count, sizeof *order, by_position);
    ls_status status = LS_OK;
    for (int64_t i = 1; i < zip->count && !status; i++)
        if (order[i]->header_at < order[i - 1]->data_at + order[i - 1]->packed)
            status = bad(zip->bytes, order[i]->header_at, "two members overlap");
    lsi_dealloc(order);
    return status;
}

static ls_status read_members(lsi_zip *zip)
{
    zip->directory = lsi_alloc((size_t)zip->directory_size + 1, 1);
    zip->members = lsi_alloc((size_t)zip->count + 1, sizeof *zip->members);
    if (!zip->directory || !zip->members)
        return lsi_fail(LS_ENOMEM, "%s: no memory for a directory of %" PRId64 " bytes", zip->bytes->name,
                        zip->directory_size);
    ls_status status = lsi_bytes_read(zip->bytes, zip->directory_at, zip->directory, (size_t)zip->directory_size);
    int64_t offset = 0;
    for (int64_t i = 0; i < zip->count && !status; i++) {
        status = read_central(zip, &offset, &zip->members[i]);
        if (!status) status = check_local(zip, &zip->members[i]);
    }
    if (!status && offset != zip->directory_size)
        return bad(zip->bytes, zip->directory_at + offset, "bytes in the directory that belong to no member");
    return status ? status : check_overlap(zip);
}

ls_status lsi_zip_open(lsi_zip *zip, const lsi_bytes *bytes, int64_t max_members)
{
    memset(zip, 0, sizeof *zip);
    zip->bytes = bytes;
    const ls_status status = read_end(zip, max_members);
    return status ? status : read_members(zip);
}

void lsi_zip_close(lsi_zip *zip)
{
    lsi_dealloc(zip->directory);
    lsi_dealloc(zip->members);
    memset(zip, 0, sizeof *zip);
}

/* --- the bytes of one member --- */

static ls_status read_stored(lsi_zip_reader *r, void *to, size_t bytes, size_t *got)
{
    const ls_status status = lsi_bytes_read(r->zip->bytes, r->member->data_at + r->reader.position, to, bytes);
    *got = status ? 0 : bytes;
    return status;
}

static ls_status fill_input(lsi_zip_reader *r)
{
    const size_t step = r->packed_left < INPUT_STEP ? (size_t)r->packed_left : INPUT_STEP;
    const int64_t at = r->member->data_at + r->member->packed - r->packed_left;
    r->input_at = 0;
    r->input_size = step;
    r->packed_left -= (int64_t)step;
    return step ? lsi_bytes_read(r->zip->bytes, at, r->input, step) : LS_OK;
}

static ls_status read_deflated(lsi_zip_reader *r, void *to, size_t bytes, size_t *got)
{
    while (*got < bytes && !r->ended) {
        size_t taken, made;
        if (r->input_at == r->input_size) {
            const ls_status status = fill_input(r);
            if (status) return status;
        }
        const ls_status status = lsi_codec_run(r->codec, r->input + r->input_at, r->input_size - r->input_at, &taken,
                                               (char *)to + *got, bytes - *got, &made, false, &r->ended);
        if (status) return status;
        r->input_at += taken;
        *got += made;
        if (taken == 0 && made == 0 && r->packed_left == 0) break; /* the packed bytes are used up */
    }
    return LS_OK;
}

static ls_status member_read(lsi_reader *reader, void *to, size_t bytes, size_t *got)
{
    lsi_zip_reader *r = reader->context;
    const ls_status status = (r->codec ? read_deflated : read_stored)(r, to, bytes, got);
    lsi_crc_add(&r->crc, to, *got);
    return status;
}

static ls_status check_growth(const lsi_zip_reader *r, int64_t max_ratio)
{
    const lsi_zip_member *m = r->member;
    if (m->method == LSI_ZIP_STORED && m->packed != m->size)
        return bad(r->zip->bytes, m->header_at, "a stored member has two different sizes");
    if (m->method == LSI_ZIP_DEFLATED && m->size / DEFLATE_RATIO > m->packed)
        return lsi_fail(LS_EFORMAT,
                        "%s: %" PRId64 " bytes are declared, but its %" PRId64
                        " compressed ones cannot give more than %" PRId64,
                        r->name, m->size, m->packed, m->packed * DEFLATE_RATIO);
    if (max_ratio > 0 && m->size / max_ratio > m->packed)
        return lsi_fail(LS_EOVERFLOW, "%s: %" PRId64 " bytes from %" PRId64 ", max_ratio is %" PRId64, r->name, m->size,
                        m->packed, max_ratio);
    return LS_OK;
}

static void name_reader(lsi_zip_reader *r)
{
    const int shown = r->member->name_length < 100 ? (int)r->member->name_length : 100;
    snprintf(r->name, sizeof r->name, "%.140s: %.*s", r->zip->bytes->name, shown, r->member->name);
    for (char *p = r->name; *p; p++)
        if ((unsigned char)*p < ' ') *p = '?';
}

ls_status lsi_zip_reader_open(lsi_zip_reader *r, const lsi_zip *zip, const lsi_zip_member *member, int64_t max_ratio)
{
    memset(r, 0, offsetof(lsi_zip_reader, crc));
    r->zip = zip;
    r->member = member;
    r->packed_left = member->packed;
    name_reader(r);
    r->reader = (lsi_reader){.name = r->name, .left = member->size, .whole = true, .context = r, .read = member_read};
    lsi_crc_start(&r->crc);
    if (member->flags & LSI_ZIP_ENCRYPTED) return lsi_fail(LS_EUNSUPPORTED, "%s: encrypted", r->name);
    if (member->method != LSI_ZIP_STORED && member->method != LSI_ZIP_DEFLATED)
        return lsi_fail(LS_EUNSUPPORTED, "%s: compression method %u (0 and 8 are known)", r->name, member->method);
    const ls_status status = check_growth(r, max_ratio);
    if (status || member->method == LSI_ZIP_STORED) return status;
    r->input = lsi_alloc(INPUT_STEP, 1);
    if (!r->input) return lsi_fail(LS_ENOMEM, "%s: no memory for decompression", r->name);
    return lsi_codec_new(&r->codec, false, r->name);
}

/* The stream must end exactly here: no more output, no input left. */
static ls_status check_stream_end(lsi_zip_reader *r)
{
    char beyond;
    size_t got = 0;
    const ls_status status = read_deflated(r, &beyond, 1, &got);
    if (status) return status;
    if (got > 0)
        return lsi_fail(LS_EFORMAT, "%s: unpacks to more than the %" PRId64 " bytes declared", r->name,
                        r->member->size);
    const int64_t unused = r->packed_left + (int64_t)(r->input_size - r->input_at);
    if (!r->ended || unused > 0)
        return lsi_fail(LS_EFORMAT, "%s: the compressed data %s", r->name, r->ended ? "ends too early" : "has no end");
    return LS_OK;
}

ls_status lsi_zip_reader_check(lsi_zip_reader *r)
{
    ls_status status = lsi_read_end(&r->reader);
    if (!status && r->codec) status = check_stream_end(r);
    if (status || lsi_crc_value(&r->crc) == r->member->crc) return status;
    return lsi_fail(LS_EFORMAT, "%s: damaged: the CRC is %08" PRIx32 ", the archive says %08" PRIx32, r->name,
                    lsi_crc_value(&r->crc), r->member->crc);
}

void lsi_zip_reader_close(lsi_zip_reader *r)
{
    lsi_codec_free(r->codec);
    lsi_dealloc(r->input);
}
