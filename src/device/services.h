/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What passes between the main library and a plug-in: one entry, and the table of what the plug-in may call. Both come
 * from one build; the numbers here make sure of that, so that a plug-in left over from another one says so. */
#ifndef LSI_DEVICE_SERVICES_H
#define LSI_DEVICE_SERVICES_H

#include "backend.h"
#include "core/progress.h"

#ifndef LSI_PLUGIN_ABI
#define LSI_PLUGIN_ABI 1
#endif
#define LSI_PLUGIN_ENTRY "lockstep_plugin"

/* Rows: result, name, parameters, arguments. RETURNS gives something, ACTION nothing. */
#define LSI_SERVICES(RETURNS, ACTION)                                                                                  \
    RETURNS(const char *, lsi_current_function, (void), ())                                                            \
    RETURNS(const char *, lsi_current_place, (void), ())                                                               \
    RETURNS(ls_status, lsi_pending_error, (void), ())                                                                  \
    RETURNS(ls_status, lsi_unreported_error, (void), ())                                                               \
    RETURNS(const char *, lsi_error_text, (void), ())                                                                  \
    RETURNS(void *, lsi_alloc, (size_t count, size_t size), (count, size))                                             \
    RETURNS(void *, lsi_realloc, (void *block, size_t count, size_t size), (block, count, size))                       \
    ACTION(void, lsi_dealloc, (void *block), (block))                                                                  \
    RETURNS(bool, lsi_alloc_should_fail, (void), ())                                                                   \
    RETURNS(lsi_pool *, lsi_pool_new, (lsi_prim *prim), (prim))                                                        \
    ACTION(void, lsi_pool_delete, (lsi_pool *pool), (pool))                                                            \
    RETURNS(void *, lsi_pool_allocate, (lsi_pool *pool, size_t bytes), (pool, bytes))                                  \
    ACTION(void, lsi_pool_free, (lsi_pool *pool, void *block), (pool, block))                                          \
    RETURNS(void *, lsi_pool_allocate_after, (lsi_pool *pool, size_t bytes, lsi_clock *after), (pool, bytes, after))   \
    ACTION(void, lsi_pool_free_after, (lsi_pool *pool, void *block, const lsi_clock *after), (pool, block, after))     \
    ACTION(void, lsi_pool_trim, (lsi_pool *pool, size_t keep), (pool, keep))                                           \
    ACTION(void, lsi_pool_set_direct, (lsi_pool *pool, bool direct), (pool, direct))                                   \
    ACTION(void, lsi_pool_get_stats, (lsi_pool *pool, lsi_pool_stats *out), (pool, out))                               \
    ACTION(void, lsi_pool_report, (lsi_pool *pool, size_t bytes, char *text, size_t size), (pool, bytes, text, size))  \
    RETURNS(ls_status, lsi_backend_no_memory,                                                                          \
            (lsi_backend *backend, const char *function, const char *place, size_t bytes),                             \
            (backend, function, place, bytes))                                                                         \
    RETURNS(lsi_buffer *, lsi_buffer_new, (lsi_backend *backend, size_t bytes), (backend, bytes))                      \
    RETURNS(lsi_buffer *, lsi_buffer_wrap,                                                                             \
            (lsi_backend *backend, void *address, size_t bytes, void (*deleter)(void *), void *context),               \
            (backend, address, bytes, deleter, context))                                                               \
    RETURNS(lsi_buffer *, lsi_buffer_retain, (lsi_buffer *buffer), (buffer))                                           \
    ACTION(void, lsi_buffer_release, (lsi_buffer *buffer), (buffer))                                                   \
    RETURNS(int, lsi_backend_register, (lsi_backend *backend, bool preferred), (backend, preferred))                   \
    ACTION(void, lsi_backend_unregister, (lsi_backend *backend), (backend))                                            \
    RETURNS(lsi_backend *, lsi_backend_host, (void), ())                                                               \
    ACTION(void, lsi_progress_begin, (lsi_progress *progress, int64_t units), (progress, units))                       \
    RETURNS(bool, lsi_progress_step_, (lsi_progress *progress, int thread, int64_t units), (progress, thread, units))  \
    RETURNS(ls_status, lsi_progress_end, (lsi_progress *progress, const char *function, const char *place),            \
            (progress, function, place))                                                                               \
    RETURNS(int, lsi_backend_stream_in_use, (const lsi_backend *backend), (backend))

#define LSI_SERVICE_MEMBER(result, name, parameters, arguments) result(*name) parameters;
typedef struct lsi_services {
    uint32_t abi;
    size_t size, backend_size, buffer_size, program_size; /* of the structs both sides use */
    const char *version;
    /* A text already made, for the two calls with printf's arguments. */
    ls_status (*fail_for)(const char *function, const char *place, ls_status status, const char *text);
    ls_status (*fail)(ls_status status, const char *text);
    LSI_SERVICES(LSI_SERVICE_MEMBER, LSI_SERVICE_MEMBER)
} lsi_services;
#undef LSI_SERVICE_MEMBER

/* The entry of a plug-in: registers its devices and returns how many; `note` becomes a sentence about that. */
typedef int (*lsi_plugin_entry)(const lsi_services *services, char *note, size_t size);

/* services.c, in the plug-in: takes the table, or says in `note` why not. */
bool lsi_services_take(const lsi_services *services, char *note, size_t size);

#endif
