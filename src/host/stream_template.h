/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The streaming loops of one dtype, LS_TAG, which is undefined here, and their table lsi_streaming_<tag>_<isa>. No
 * include guard. */
#define LSI_ELEMENT(name) LS_PASTE4(element_, name, _, LS_TAG)
#define LSI_STAMP(name) LS_PASTE4(stream_, name, _, LS_TAG)
#define LSI_STREAMED(name, f)                                                                                          \
    LSI_INLINE void LSI_ELEMENT(name)(const void *x, const void *y, void *out)                                         \
    {                                                                                                                  \
        *(T *)out = E(f)(*(const T *)x, *(const T *)y);                                                                \
    }                                                                                                                  \
    static void LSI_STAMP(name)(int64_t n, const void *const *in, void *out)                                           \
    {                                                                                                                  \
        stream_2(n, in[0], in[1], (int)sizeof(T), out, LSI_ELEMENT(name));                                             \
    }

LSI_STREAMED(add, add)
LSI_STREAMED(subtract, sub)
LSI_STREAMED(multiply, mul)

extern const lsi_loops LSI_ISA_NAME(LS_PASTE(lsi_streaming_, LS_TAG));
const lsi_loops LSI_ISA_NAME(LS_PASTE(lsi_streaming_, LS_TAG)) = {{
    [LSI_OP_add] = LSI_STAMP(add),
    [LSI_OP_subtract] = LSI_STAMP(subtract),
    [LSI_OP_multiply] = LSI_STAMP(multiply),
}};

#undef LSI_STREAMED
#undef LSI_ELEMENT
#undef LSI_STAMP
#undef LS_TAG
