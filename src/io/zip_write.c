/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing ZIP archives. A member's size is known before it is written, its CRC and packed size are not: the header is
 * written with zeros and patched, so the file must be seekable. The date is 1980-01-01, so that the same arrays give
 * the same bytes. 64-bit records are used only where 32 bits are too few. */
#include "zip.h"

#include "memory/prim.h"
#include <errno.h>
#include <string.h>

/* The first size or position that 32 bits cannot hold; a test build lowers it. */
#ifndef LSI_ZIP64_FROM
#define LSI_ZIP64_FROM INT64_C(0xffffffff)
#endif
enum { OUTPUT_STEP = 64 << 10, DATE_1980 = 0x21, VERSION = 20, VERSION64 = 45, MADE_BY_UNIX = 3 << 8, MODE = 0644 };

/* A record being put together. */
typedef struct record {
    unsigned char bytes[128];
    size_t size;
} record;

static void put(record *r, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) r->bytes[r->size++] = (unsigned char)(value >> 8 * i);
}

static bool is_long(int64_t value) { return value >= LSI_ZIP64_FROM; }
static uint64_t narrow(int64_t value, bool wide) { return wide ? 0xffffffff : (uint64_t)value; }

static unsigned flags_of(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name > 126) return LSI_ZIP_UTF8;
    return 0;
}

static ls_status packed_bytes(lsi_zip_writer *w, const void *from, size_t bytes)
{
    w->entries[w->count].packed += (int64_t)bytes;
    return lsi_write_all(&w->out, from, bytes);
}

static ls_status deflate_bytes(lsi_zip_writer *w, const void *from, size_t bytes, bool last)
{
    bool ended = false;
    size_t taken, made;
    do {
        ls_status status = lsi_codec_run(w->codec, from, bytes, &taken, w->output, OUTPUT_STEP, &made, last, &ended);
        if (!status) status = packed_bytes(w, w->output, made);
        if (status) return status;
        from = (const char *)from + taken;
        bytes -= taken;
    } while (bytes > 0 || (last && !ended));
    return LS_OK;
}

static ls_status member_write(lsi_writer *writer, const void *from, size_t bytes)
{
    lsi_zip_writer *w = writer->context;
    lsi_crc_add(&w->crc, from, bytes);
    return w->compressed ? deflate_bytes(w, from, bytes, false) : packed_bytes(w, from, bytes);
}

ls_status lsi_zip_writer_open(lsi_zip_writer *w, const char *name, FILE *file, int64_t room, bool compressed)
{
    memset(w, 0, offsetof(lsi_zip_writer, crc));
    lsi_file_writer_open(&w->out, name, file);
    w->member = (lsi_writer){.name = name, .context = w, .write = member_write};
    w->file = file;
    w->compressed = compressed;
    w->room = room;
    w->entries = lsi_alloc((size_t)room + 1, sizeof *w->entries);
    w->output = compressed ? lsi_alloc(OUTPUT_STEP, 1) : NULL;
    if (w->entries && (w->output || !compressed)) return LS_OK;
    return lsi_fail(LS_ENOMEM, "%s: no memory for an archive of %lld members", name, (long long)room);
}

/* The header before a member's data. With 64-bit sizes they stand in an extra field of 20 bytes. */
static ls_status write_local(lsi_zip_writer *w, const lsi_zip_entry *e)
{
    record r = {.size = 0};
    put(&r, LSI_ZIP_LOCAL, 4);
    put(&r, w->long_sizes ? VERSION64 : VERSION, 2);
    put(&r, flags_of(e->name), 2);
    put(&r, e->method, 2);
    put(&r, 0, 2);
    put(&r, DATE_1980, 2);
    put(&r, e->crc, 4);
    put(&r, narrow(e->packed, w->long_sizes), 4);
    put(&r, narrow(e->size, w->long_sizes), 4);
    put(&r, strlen(e->name), 2);
    put(&r, w->long_sizes ? 20 : 0, 2);
    ls_status status = lsi_write_all(&w->out, r.bytes, r.size);
    if (!status) status = lsi_write_all(&w->out, e->name, strlen(e->name));
    if (status || !w->long_sizes) return status;
    r.size = 0;
    put(&r, LSI_ZIP_EXTRA64, 2);
    put(&r, 16, 2);
    put(&r, (uint64_t)e->size, 8);
    put(&r, (uint64_t)e->packed, 8);
    return lsi_write_all(&w->out, r.bytes, r.size);
}

ls_status lsi_zip_begin(lsi_zip_writer *w, const char *name, int64_t size)
{
    lsi_zip_entry *e = &w->entries[w->count];
    *e = (lsi_zip_entry){
        .size = size, .header_at = w->out.position, .method = w->compressed ? LSI_ZIP_DEFLATED : LSI_ZIP_STORED};
    e->name = lsi_alloc(strlen(name) + 1, 1);
    if (!e->name) return lsi_fail(LS_ENOMEM, "%s: no memory for a name", w->out.name);
    strcpy(e->name, name);
    w->long_sizes = is_long(size + size / 1024 + 1024); /* what does not compress grows a little */
    lsi_crc_start(&w->crc);
    w->member.position = 0;
    const ls_status status = w->compressed ? lsi_codec_new(&w->codec, true, w->out.name) : LS_OK;
    return status ? status : write_local(w, e);
}

static ls_status move_to(lsi_zip_writer *w, int64_t at)
{
    if (fseeko(w->file, (off_t)at, SEEK_SET) != 0)
        return lsi_fail(LS_EIO, "%s: cannot go to byte %lld: %s", w->out.name, (long long)at, strerror(errno));
    w->out.position = at;
    return LS_OK;
}

ls_status lsi_zip_end(lsi_zip_writer *w)
{
    lsi_zip_entry *e = &w->entries[w->count];
    ls_status status = w->compressed ? deflate_bytes(w, NULL, 0, true) : LS_OK;
    lsi_codec_free(w->codec);
    w->codec = NULL;
    if (!status && w->member.position != e->size)
        status = lsi_fail(LS_EINTERNAL, "%s: %lld bytes in a member of %lld", w->out.name,
                          (long long)w->member.position, (long long)e->size);
    e->crc = lsi_crc_value(&w->crc);
    const int64_t end = w->out.position;
    if (!status) status = move_to(w, e->header_at);
    if (!status) status = write_local(w, e);
    if (!status) status = move_to(w, end);
    if (!status) w->count++;
    return status;
}

static void put_extra64(record *r, const lsi_zip_entry *e, bool sizes, bool position)
{
    put(r, LSI_ZIP_EXTRA64, 2);
    put(r, (sizes ? 16u : 0u) + (position ? 8u : 0u), 2);
    if (sizes) put(r, (uint64_t)e->size, 8);
    if (sizes) put(r, (uint64_t)e->packed, 8);
    if (position) put(r, (uint64_t)e->header_at, 8);
}

static ls_status write_central(lsi_zip_writer *w, const lsi_zip_entry *e)
{
    const bool sizes = is_long(e->size) || is_long(e->packed), position = is_long(e->header_at);
    record extra = {.size = 0}, r = {.size = 0};
    if (sizes || position) put_extra64(&extra, e, sizes, position);
    put(&r, LSI_ZIP_CENTRAL, 4);
    put(&r, MADE_BY_UNIX | VERSION64, 2);
    put(&r, extra.size ? VERSION64 : VERSION, 2);
    put(&r, flags_of(e->name), 2);
    put(&r, e->method, 2);
    put(&r, 0, 2);
    put(&r, DATE_1980, 2);
    put(&r, e->crc, 4);
    put(&r, narrow(e->packed, sizes), 4);
    put(&r, narrow(e->size, sizes), 4);
    put(&r, strlen(e->name), 2);
    put(&r, extra.size, 2);
    put(&r, 0, 2 + 2 + 2);                  /* comment, part, text or binary */
    put(&r, (uint64_t)(0100000 | MODE) << 16, 4); /* a regular file */
    put(&r, narrow(e->header_at, position), 4);
    ls_status status = lsi_write_all(&w->out, r.bytes, r.size);
    if (!status) status = lsi_write_all(&w->out, e->name, strlen(e->name));
    return status ? status : lsi_write_all(&w->out, extra.bytes, extra.size);
}

static ls_status write_end64(lsi_zip_writer *w, int64_t directory_at, int64_t directory_size)
{
    record r = {.size = 0};
    const int64_t at = w->out.position;
    put(&r, LSI_ZIP_END64, 4);
    put(&r, LSI_ZIP_END64_SIZE - 12, 8);
    put(&r, MADE_BY_UNIX | VERSION64, 2);
    put(&r, VERSION64, 2);
    put(&r, 0, 4 + 4);
    put(&r, (uint64_t)w->count, 8);
    put(&r, (uint64_t)w->count, 8);
    put(&r, (uint64_t)directory_size, 8);
    put(&r, (uint64_t)directory_at, 8);
    put(&r, LSI_ZIP_LOCATOR64, 4);
    put(&r, 0, 4);
    put(&r, (uint64_t)at, 8);
    put(&r, 1, 4);
    return lsi_write_all(&w->out, r.bytes, r.size);
}

ls_status lsi_zip_finish(lsi_zip_writer *w)
{
    const int64_t at = w->out.position;
    ls_status status = LS_OK;
    for (int64_t i = 0; i < w->count && !status; i++) status = write_central(w, &w->entries[i]);
    const int64_t size = w->out.position - at;
    const bool many = w->count >= 0xffff, wide = is_long(at) || is_long(size);
    if (!status && (many || wide)) status = write_end64(w, at, size);
    if (status) return status;
    record r = {.size = 0};
    put(&r, LSI_ZIP_END, 4);
    put(&r, 0, 2 + 2);
    put(&r, many ? 0xffff : (uint64_t)w->count, 2);
    put(&r, many ? 0xffff : (uint64_t)w->count, 2);
    put(&r, narrow(size, wide), 4);
    put(&r, narrow(at, wide), 4);
    put(&r, 0, 2);
    status = lsi_write_all(&w->out, r.bytes, r.size);
    return status ? status : lsi_file_writer_flush(&w->out);
}

void lsi_zip_writer_close(lsi_zip_writer *w)
{
    for (int64_t i = 0; w->entries && i <= w->count && i < w->room; i++) lsi_dealloc(w->entries[i].name);
    lsi_dealloc(w->entries);
    lsi_dealloc(w->output);
    lsi_codec_free(w->codec);
}
