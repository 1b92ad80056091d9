/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The only file that knows zlib. */
#include "deflate.h"

#include "memory/prim.h"

#if LSI_HAVE_ZLIB

#include <string.h>
#include <zlib.h>

struct lsi_codec {
    z_stream stream;
    bool packing;
    const char *name;
};

static void *allocate(void *context, unsigned count, unsigned size)
{
    (void)context;
    return lsi_alloc(count, size);
}

static void release(void *context, void *block)
{
    (void)context;
    lsi_dealloc(block);
}

enum { RAW_WINDOW = -15, LEVEL = 6, MEMORY_LEVEL = 8 }; /* negative: no zlib header, as ZIP wants it */

ls_status lsi_codec_new(lsi_codec **codec, bool packing, const char *name)
{
    lsi_codec *d = lsi_alloc(1, sizeof *d);
    *codec = d;
    if (!d) return lsi_fail(LS_ENOMEM, "%s: no memory for a compressor", name);
    d->packing = packing;
    d->name = name;
    d->stream.zalloc = allocate;
    d->stream.zfree = release;
    const int result = packing
                           ? deflateInit2(&d->stream, LEVEL, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY)
                           : inflateInit2(&d->stream, RAW_WINDOW);
    if (result == Z_OK) return LS_OK;
    lsi_dealloc(d);
    *codec = NULL;
    return result == Z_MEM_ERROR ? lsi_fail(LS_ENOMEM, "%s: no memory for a compressor", name)
                                 : lsi_fail(LS_EUNSUPPORTED, "%s: zlib cannot be used (%d)", name, result);
}

void lsi_codec_free(lsi_codec *codec)
{
    if (!codec) return;
    (void)(codec->packing ? deflateEnd(&codec->stream) : inflateEnd(&codec->stream));
    lsi_dealloc(codec);
}

ls_status lsi_codec_run(lsi_codec *codec, const void *in, size_t in_size, size_t *taken, void *out, size_t out_size,
                          size_t *made, bool last, bool *ended)
{
    const size_t most = 1u << 30; /* zlib counts in unsigned int */
    const size_t give = in_size < most ? in_size : most, room = out_size < most ? out_size : most;
    z_stream *stream = &codec->stream;
    stream->next_in = (unsigned char *)(uintptr_t)in;
    stream->avail_in = (unsigned)give;
    stream->next_out = out;
    stream->avail_out = (unsigned)room;
    const int result = codec->packing ? deflate(stream, last && give == in_size ? Z_FINISH : Z_NO_FLUSH)
                                        : inflate(stream, Z_NO_FLUSH);
    *taken = give - stream->avail_in;
    *made = room - stream->avail_out;
    *ended = result == Z_STREAM_END;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return LS_OK;
    if (result == Z_MEM_ERROR) return lsi_fail(LS_ENOMEM, "%s: no memory for decompression", codec->name);
    return lsi_fail(LS_EFORMAT, "%s: the compressed data is damaged: %s", codec->name,
                    stream->msg ? stream->msg : "unknown cause");
}

#else

ls_status lsi_codec_new(lsi_codec **codec, bool packing, const char *name)
{
    *codec = NULL;
    return lsi_fail(LS_EUNSUPPORTED, "%s: %s needs zlib, and this library was built without it", name,
                    packing ? "compressing" : "a compressed member");
}

void lsi_codec_free(lsi_codec *codec) { (void)codec; }

ls_status lsi_codec_run(lsi_codec *codec, const void *in, size_t in_size, size_t *taken, void *out, size_t out_size,
                          size_t *made, bool last, bool *ended)
{
    (void)codec, (void)in, (void)in_size, (void)out, (void)out_size, (void)last;
    *taken = *made = 0;
    *ended = true;
    return lsi_fail(LS_EUNSUPPORTED, "built without zlib");
}

#endif
