/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The one table of an ISA: collects what the loops_*.c files stamp. */
#include "host/loops.h"
#include "sets.h"

#define DTYPE(tag, ...)                                                                                                \
    extern const lsi_loops LSI_ISA_NAME(lsi_loops_##tag);                                                              \
    extern const lsi_casts LSI_ISA_NAME(lsi_casts_##tag);
#include "dtypes.def"
extern const lsi_moves LSI_ISA_NAME(lsi_moves_all);
extern const lsi_sincos_loops LSI_ISA_NAME(lsi_sincos_all);
extern const lsi_loops LSI_ISA_NAME(lsi_streaming_f32), LSI_ISA_NAME(lsi_streaming_f64);
extern const lsi_loops LSI_ISA_NAME(lsi_streaming_i32), LSI_ISA_NAME(lsi_streaming_i64);
extern const lsi_chain_links LSI_ISA_NAME(lsi_chain_links_f32), LSI_ISA_NAME(lsi_chain_links_f64);

const lsi_loop_table LSI_ISA_NAME(lsi_loop_table_of) = {
#define DTYPE(tag, NAME, ...) .rows[LS_##NAME] = &LSI_ISA_NAME(lsi_loops_##tag),
#include "dtypes.def"
#define DTYPE(tag, NAME, ...) .casts[LS_##NAME] = &LSI_ISA_NAME(lsi_casts_##tag),
#include "dtypes.def"
    .moves = &LSI_ISA_NAME(lsi_moves_all),
    .streaming = {[LS_FLOAT32] = &LSI_ISA_NAME(lsi_streaming_f32), [LS_FLOAT64] = &LSI_ISA_NAME(lsi_streaming_f64),
                  [LS_INT32] = &LSI_ISA_NAME(lsi_streaming_i32), [LS_INT64] = &LSI_ISA_NAME(lsi_streaming_i64)},
    .chains = {[LS_FLOAT32] = &LSI_ISA_NAME(lsi_chain_links_f32), [LS_FLOAT64] = &LSI_ISA_NAME(lsi_chain_links_f64)},
    .sincos = &LSI_ISA_NAME(lsi_sincos_all),
};
