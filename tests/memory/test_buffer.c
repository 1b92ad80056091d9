/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The registry of backends and the buffers' references. */
#include "backend.h"
#include "core/error.h"

#include "check.h"

#include <pthread.h>

static lsi_backend cpu = {.abi_version = LSI_BACKEND_ABI, .name = "cpu"};
static lsi_backend gpu = {.abi_version = LSI_BACKEND_ABI, .name = "gpu"};
static lsi_backend old = {.abi_version = LSI_BACKEND_ABI + 1, .name = "old"};

static void *default_of_another_thread(void *unused)
{
    (void)unused;
    return lsi_backend_default();
}

TEST(registry)
{
    CHECK(lsi_backend_default() == NULL && lsi_backend_host() == NULL);
    CHECK_EQ_INT(lsi_backend_register(&old, true), 0);
    CHECK_EQ_INT(lsi_backend_register(&cpu, false), 1);
    CHECK(lsi_backend_default() == &cpu && lsi_backend_host() == &cpu);
    CHECK_EQ_INT(lsi_backend_register(&gpu, true), 2);
    CHECK(lsi_backend_default() == &gpu && lsi_backend_get(2) == &gpu && gpu.device == 2);
    CHECK_EQ_INT(lsi_backend_count(), 2);
    CHECK(!lsi_backend_get(0) && !lsi_backend_get(3) && !lsi_backend_get(-1) && !lsi_backend_get(1 << 20));
    lsi_backend_set_preferred(1);
    CHECK(lsi_backend_default() == &cpu);
    lsi_backend_use(2);
    CHECK(lsi_backend_default() == &gpu);
    CHECK_EQ_INT(lsi_backend_in_use(), 2);
    pthread_t thread;
    void *other = NULL;
    pthread_create(&thread, NULL, default_of_another_thread, NULL);
    pthread_join(thread, &other);
    CHECK(other == &cpu);
    lsi_backend_unregister(&gpu);
    CHECK(lsi_backend_default() == &cpu && !lsi_backend_get(2));
    lsi_backend_use(0);
    CHECK_EQ_INT(lsi_backend_register(&gpu, false), 2);
    lsi_backend_unregister(&gpu);
    lsi_backend_unregister(&cpu);
    lsi_backend_unregister(&cpu);
    CHECK(lsi_backend_default() == NULL);
}

TEST(full_registry)
{
    static lsi_backend many[LSI_MAX_DEVICES + 1];
    for (int k = 0; k <= LSI_MAX_DEVICES; k++) {
        many[k].abi_version = LSI_BACKEND_ABI;
        CHECK_EQ_INT(lsi_backend_register(&many[k], false), k < LSI_MAX_DEVICES ? k + 1 : 0);
    }
    for (int k = 0; k <= LSI_MAX_DEVICES; k++) lsi_backend_unregister(&many[k]);
}

static int deleted;

static void count_deletion(void *context)
{
    LSI_CALL("ls_called_by_the_user", "user.c:1");
    CHECK_STR(lsi_current_function(), "ls_called_by_the_user");
    CHECK(context == &deleted);
    deleted++;
}

static void release_inside_a_call(lsi_buffer *buffer)
{
    LSI_CALL("ls_free", "app.c:1");
    lsi_buffer_release(buffer);
    CHECK_STR(lsi_current_function(), "ls_free");
}

TEST(buffers)
{
    cpu.pool = lsi_pool_new(lsi_prim_host());
    lsi_pool_stats stats;
    lsi_buffer *a = lsi_buffer_new(&cpu, 1000);
    if (!CHECK(a != NULL)) return;
    CHECK(a->bytes == 1000 && a->backend == &cpu && a->address && !a->deleter && !a->read_only);
    CHECK(lsi_buffer_retain(a) == a);
    lsi_buffer_release(a);
    lsi_pool_get_stats(cpu.pool, &stats);
    CHECK(stats.in_use >= 1000);
    lsi_buffer_release(a);
    lsi_pool_get_stats(cpu.pool, &stats);
    CHECK_EQ_INT(stats.in_use, 0);
    lsi_buffer_release(NULL);
    CHECK(lsi_buffer_retain(NULL) == NULL);
    double memory[4];
    lsi_buffer *wrapped = lsi_buffer_wrap(&cpu, memory, sizeof memory, count_deletion, &deleted);
    lsi_buffer_retain(wrapped);
    lsi_buffer_release(wrapped);
    CHECK_EQ_INT(deleted, 0);
    release_inside_a_call(wrapped);
    CHECK_EQ_INT(deleted, 1);
    lsi_buffer_release(lsi_buffer_wrap(&cpu, memory, sizeof memory, NULL, NULL));
    lsi_buffer_release(lsi_buffer_new(&cpu, 0));
    for (int64_t n = 1; n < 4; n++) { /* the record, then the slab and its records */
        lsi_pool_trim(cpu.pool, 0);
        lsi_alloc_fail_at(n, true);
        CHECK(lsi_buffer_new(&cpu, 8) == NULL);
        lsi_alloc_fail_at(1, true);
        CHECK(lsi_buffer_wrap(&cpu, memory, 8, count_deletion, &deleted) == NULL);
        lsi_alloc_fail_at(0, false);
    }
    CHECK_EQ_INT(deleted, 1);
    lsi_pool_delete(cpu.pool);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

static lsi_buffer *contended;

static void *retain_and_release(void *unused)
{
    for (int k = 0; k < 100000; k++) lsi_buffer_release(lsi_buffer_retain(contended));
    lsi_buffer_release(contended);
    return unused;
}

TEST(references_from_threads)
{
    pthread_t threads[4];
    deleted = 0;
    contended = lsi_buffer_wrap(&cpu, &deleted, sizeof deleted, count_deletion, &deleted);
    for (int k = 0; k < 3; k++) lsi_buffer_retain(contended);
    for (int k = 0; k < 4; k++) pthread_create(&threads[k], NULL, retain_and_release, NULL);
    for (int k = 0; k < 4; k++) pthread_join(threads[k], NULL);
    CHECK_EQ_INT(deleted, 1);
    CHECK_EQ_INT(lsi_alloc_live(), 0);
}

/* --- small buffers at hand --- */

static void *uses_buffers(void *backend)
{
    lsi_buffer *kept = lsi_buffer_new(backend, 100);
    for (int k = 0; k < 100; k++) {
        lsi_buffer *all[20];
        for (int i = 0; i < 20; i++) all[i] = lsi_buffer_new(backend, (size_t)(1 + i * 700));
        for (int i = 0; i < 20; i++) lsi_buffer_release(all[i]);
    }
    return kept;
}

TEST(small_buffers_wait_at_hand)
{
    lsi_backend host = {.abi_version = LSI_BACKEND_ABI, .name = "host", .pool = lsi_pool_new(lsi_prim_host())};
    lsi_pool_stats stats;
    lsi_buffers_at_hand(&host);
    lsi_buffer *a = lsi_buffer_new(&host, 0), *b = lsi_buffer_new(&host, 800), *large = lsi_buffer_new(&host, 1 << 20);
    void *at = b->address;
    const int64_t live = lsi_alloc_live();
    b->wrapped = true; /* as when memory was exported */
    lsi_buffer_release(b);
    CHECK_EQ_INT(lsi_alloc_live(), live - 1);
    lsi_buffer_release(large);
    b = lsi_buffer_new(&host, 770);
    CHECK(b->address == at && b->bytes == 770 && !b->wrapped);
    lsi_buffer_release(b);
    lsi_buffer_release(a);
    lsi_alloc_fail_at(1, false);
    CHECK(lsi_buffer_new(&host, 800) == NULL);
    lsi_alloc_fail_at(0, false);
    lsi_buffers_give_back();
    lsi_pool_get_stats(host.pool, &stats);
    CHECK_EQ_INT(stats.in_use, 0);
    CHECK_EQ_INT(stats.allocations, 4);
    CHECK_EQ_INT(stats.reused, 2); /* the pool had its slab for b at first */
    CHECK_EQ_INT(stats.sizes[9], 2);
    CHECK(lsi_pool_valid(host.pool));
    pthread_t thread; /* what it has at hand goes back when it ends; what it made is released here */
    void *kept = NULL;
    pthread_create(&thread, NULL, uses_buffers, &host);
    pthread_join(thread, &kept);
    lsi_pool_get_stats(host.pool, &stats);
    CHECK_EQ_INT(stats.in_use, 128);
    CHECK_EQ_INT(stats.allocations, 4 + 1 + 2000);
    lsi_buffer_release(kept);
    lsi_buffers_give_back();
    lsi_pool_get_stats(host.pool, &stats);
    CHECK_EQ_INT(stats.in_use, 0);
    lsi_buffers_at_hand(NULL);
    lsi_pool_delete(host.pool);
}

int main(void)
{
    RUN(registry);
    RUN(full_registry);
    RUN(buffers);
    RUN(references_from_threads);
    RUN(small_buffers_wait_at_hand);
    return check_report();
}
