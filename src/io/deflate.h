/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Raw deflate, packing and unpacking, behind one contract. It is zlib's when the library was built with it; otherwise
 * opening is LS_EUNSUPPORTED and nothing else of src/io knows the difference. */
#ifndef LSI_IO_DEFLATE_H
#define LSI_IO_DEFLATE_H

#include "core/error.h"

typedef struct lsi_codec lsi_codec;

/* `name` is what errors speak of; borrowed. */
ls_status lsi_codec_new(lsi_codec **codec, bool packing, const char *name);
void lsi_codec_free(lsi_codec *codec); /* NULL is fine */

/* Takes bytes from `in`, puts bytes to `out`: *taken and *made say how many. Packing: `last` says that nothing comes
 * after `in`. *ended: the stream is complete. Neither taken nor made: it needs more of one of them. LS_EFORMAT for a
 * bad stream. */
ls_status lsi_codec_run(lsi_codec *codec, const void *in, size_t in_size, size_t *taken, void *out, size_t out_size,
                          size_t *made, bool last, bool *ended);

#endif
