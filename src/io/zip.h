/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ZIP container as .npz uses it: reading (zip_read.c) and writing (zip_write.c). Members are stored or deflated,
 * sizes are 64-bit, names are labels. Knows nothing of arrays. */
#ifndef LSI_IO_ZIP_H
#define LSI_IO_ZIP_H

#include "crc32.h"
#include "deflate.h"
#include "stream.h"

/* Numbers of the format that both sides need. */
enum {
    LSI_ZIP_LOCAL = 0x04034b50,
    LSI_ZIP_CENTRAL = 0x02014b50,
    LSI_ZIP_END = 0x06054b50,
    LSI_ZIP_END64 = 0x06064b50,
    LSI_ZIP_LOCATOR64 = 0x07064b50,
    LSI_ZIP_LOCAL_SIZE = 30,
    LSI_ZIP_CENTRAL_SIZE = 46,
    LSI_ZIP_END_SIZE = 22,
    LSI_ZIP_END64_SIZE = 56,
    LSI_ZIP_LOCATOR64_SIZE = 20,
    LSI_ZIP_STORED = 0,
    LSI_ZIP_DEFLATED = 8,
    LSI_ZIP_ENCRYPTED = 1,       /* flags */
    LSI_ZIP_DESCRIPTOR = 1 << 3, /* sizes and CRC behind the data too */
    LSI_ZIP_UTF8 = 1 << 11,
    LSI_ZIP_EXTRA64 = 1          /* id of the extra field with 64-bit sizes */
};

/* --- reading --- */

/* Bytes that can be read anywhere: a regular file (fd >= 0) or memory. */
typedef struct lsi_bytes {
    const char *name;
    int64_t size;
    int fd;
    const unsigned char *memory;
} lsi_bytes;
/* Exactly `count` bytes at `at`, which lie inside. */
ls_status lsi_bytes_read(const lsi_bytes *bytes, int64_t at, void *to, size_t count);

typedef struct lsi_zip_member {
    const char *name; /* inside the directory, not ended by NUL */
    size_t name_length;
    unsigned method, flags;
    uint32_t crc;
    int64_t packed, size; /* bytes in the file, bytes unpacked */
    int64_t header_at, data_at;
} lsi_zip_member;

typedef struct lsi_zip {
    const lsi_bytes *bytes;
    unsigned char *directory;
    int64_t directory_at, directory_size;
    int64_t count;
    lsi_zip_member *members;
} lsi_zip;

/* Reads and checks the directory and every local header; members lie in the file and do not overlap. At most
 * max_members. Close it also after a failure. */
ls_status lsi_zip_open(lsi_zip *zip, const lsi_bytes *bytes, int64_t max_members);
void lsi_zip_close(lsi_zip *zip);

/* The unpacked bytes of one member as a reader of exactly its size. max_ratio: most growth, 0 = what deflate can do. */
typedef struct lsi_zip_reader {
    lsi_reader reader;
    const lsi_zip *zip;
    const lsi_zip_member *member;
    int64_t packed_left; /* not yet read from the file */
    lsi_codec *codec;    /* NULL for a stored member */
    unsigned char *input;
    size_t input_at, input_size;
    bool ended;
    lsi_crc crc;
    char name[256]; /* "archive: member" */
} lsi_zip_reader;
ls_status lsi_zip_reader_open(lsi_zip_reader *r, const lsi_zip *zip, const lsi_zip_member *member, int64_t max_ratio);
/* After every byte was read: the compressed stream ended where it should and the CRC fits. */
ls_status lsi_zip_reader_check(lsi_zip_reader *r);
void lsi_zip_reader_close(lsi_zip_reader *r); /* also after a failed open */

/* --- writing --- */

typedef struct lsi_zip_entry {
    char *name;
    uint32_t crc;
    int64_t packed, size, header_at;
    unsigned method;
} lsi_zip_entry;

typedef struct lsi_zip_writer {
    lsi_writer member; /* the bytes of the member that is open go here */
    lsi_writer out;
    FILE *file;        /* seekable, borrowed */
    bool compressed;
    int64_t count, room;
    lsi_zip_entry *entries;
    lsi_codec *codec;
    unsigned char *output;
    lsi_crc crc;
    bool long_sizes;   /* the open member's header has 64-bit sizes */
} lsi_zip_writer;

/* An archive of up to `room` members into an empty, seekable stream. Close it also after a failure. */
ls_status lsi_zip_writer_open(lsi_zip_writer *w, const char *name, FILE *file, int64_t room, bool compressed);
/* A member of exactly `size` bytes: begin, write them to w->member, end. */
ls_status lsi_zip_begin(lsi_zip_writer *w, const char *name, int64_t size);
ls_status lsi_zip_end(lsi_zip_writer *w);
/* The directory; the archive is then complete. */
ls_status lsi_zip_finish(lsi_zip_writer *w);
void lsi_zip_writer_close(lsi_zip_writer *w);

#endif
