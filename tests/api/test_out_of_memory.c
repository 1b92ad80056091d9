/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Out of memory at every allocation of every public function, once and for good. Each time the call either does
 * without that memory, with the same result, or says LS_ENOMEM with a text; nothing leaks, nothing it was given
 * changes, and the same call works afterwards. A function that the headers have and no scenario calls fails the test.
 *
 * With the argument "direct" every array's memory is an allocation of its own, so that those are counted too. */
#include "failing.h"
#include "backend.h"
#include "memory/prim.h"
#include "support/check.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

enum { LAST_SITE = 5000 };

static uint64_t digest;
static bool target_is_written;
static long injected, absorbed; /* failures that a call reported; that it did without */
static inputs in;

static void fold(const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        digest = (digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    }
}

void take_number(double number)
{
    fold(&number, sizeof number);
}

ls_status take(const ls_array *a)
{
    static double values[2 * 8192];
    int64_t n = ls_size(a);
    if (n > 8192) {
        return LS_EINTERNAL;
    }
    ls_status status = ls_to_host_as(a, (void *)values, n < 0 ? 0 : n, LS_COMPLEX128);
    if (!status) {
        fold(values, (size_t)n * 2 * sizeof(double));
    }
    return status;
}

void target_written(void)
{
    target_is_written = true;
}

/* The digest of all inputs; called without injection. */
static uint64_t inputs_digest(void)
{
    const ls_array *all[] = {in.x, in.y, in.matrix, in.whole, in.z, in.out};
    uint64_t saved = digest;
    digest = 1;
    for (size_t i = 0; i < sizeof all / sizeof all[0] - target_is_written; i++) {
        CHECK_STATUS(take(all[i]), LS_OK);
    }
    uint64_t result = digest;
    digest = saved;
    return result;
}

static ls_array *stored(ls_array *a)
{
    CHECK_STATUS(ls_evaluate(a), LS_OK);
    return a;
}

static void make_inputs(const char *directory)
{
    in.x = stored(ls_reshape(ls_linspace(0.5, 6, 24), LS_SHAPE(6, 4)));
    in.y = stored(ls_reshape(ls_linspace(2, -1, 24), LS_SHAPE(6, 4)));
    in.matrix = stored(ls_copy(ls_reshape(ls_arange(24.0), LS_SHAPE(4, 6))));
    in.whole = stored(ls_copy(ls_reshape(ls_arange(24), LS_SHAPE(6, 4))));
    in.z = stored(ls_mul(in.x, ls_operand_c128(1, 0.5)));
    in.rng = ls_rng_new(1);
    in.directory = directory;
    in.out = NULL;
}

/* The target that the scenario writes; complex takes any result. */
static void make_out(void)
{
    in.out = stored(ls_mul(in.z, 99.0));
    target_is_written = false;
}

static int64_t bytes_in_use(void)
{
    ls_memory memory;
    return ls_memory_stats(LS_HOST, &memory) ? -1 : memory.in_use;
}

typedef struct outcome {
    ls_status status;
    uint64_t digest;
    bool failed;     /* the injector struck */
    int64_t leaked, leaked_bytes;
} outcome;

/* One run of a scenario in a scope of its own; n 0: without injection. */
static outcome run_once(const scenario *s, int64_t n, bool persistent)
{
    outcome o;
    int64_t live = lsi_alloc_live(), bytes = bytes_in_use();
    int depth = ls_scope_open();
    make_out();
    uint64_t before = inputs_digest();
    ls_clear_error();
    int inner = ls_scope_open();
    digest = 1;
    lsi_alloc_fail_at(n, persistent);
    o.status = s->run(&in, s);
    o.failed = n > 0 && lsi_alloc_count() >= n;
    lsi_alloc_fail_at(0, false);
    o.digest = digest;
    ls_scope_close(inner);
    if (o.status && (o.status != ls_error() || strncmp(ls_error_message(), "ls_", 3) != 0)) {
        printf("  %s, allocation %lld\n", s->covers, (long long)n);
        CHECK_STATUS(ls_error(), o.status);
        CHECK_STR(ls_error_message(), "a text that begins with the call's name");
    }
    CHECK(target_is_written || inputs_digest() == before);
    ls_scope_close(depth);
    o.leaked = lsi_alloc_live() - live;
    o.leaked_bytes = bytes_in_use() - bytes;
    return o;
}

/* The same, repeated when memory stayed taken: a worker thread that helps for the first time keeps what it works in, a
 * leak takes more each time. */
static outcome run_settled(const scenario *s, int64_t n, bool persistent)
{
    outcome o = run_once(s, n, persistent);
    for (int i = 0; i < 8 && (o.leaked != 0 || o.leaked_bytes != 0); i++) {
        o = run_once(s, n, persistent);
    }
    return o;
}

static bool sound(const scenario *s, int64_t n, bool persistent, const outcome *o, const outcome *good)
{
    bool ok = o->status == LS_OK ? o->digest == good->digest : o->status == LS_ENOMEM;
    ok = ok && o->leaked == 0 && o->leaked_bytes == 0;
    if (!CHECK(ok)) {
        printf("  %s, allocation %lld%s: status %d (%s), result %s, %lld blocks and %lld bytes leaked\n", s->covers,
               (long long)n, persistent ? " and later" : "", o->status, o->status ? ls_error_message() : "ok",
               o->digest == good->digest ? "right" : "wrong", (long long)o->leaked, (long long)o->leaked_bytes);
    }
    return ok;
}

/* Every allocation in turn, until the scenario ends before the injector strikes. */
static void run_failing(const scenario *s, bool persistent)
{
    outcome good = run_settled(s, 0, false);
    if (!CHECK_STATUS(good.status, LS_OK) || !CHECK_EQ_INT(good.leaked, 0)) {
        printf("  %s: %s\n", s->covers, ls_error_message());
        return;
    }
    for (int64_t n = 1; n < LAST_SITE; n++) {
        outcome o = run_settled(s, n, persistent);
        bool ok = sound(s, n, persistent, &o, &good);
        if (!o.failed) {
            CHECK_STATUS(o.status, LS_OK);
            return;
        }
        injected += o.status != LS_OK;
        absorbed += o.status == LS_OK;
        if (!ok) {
            break;
        }
    }
    outcome after = run_once(s, 0, false);
    CHECK_STATUS(after.status, LS_OK);
    CHECK(after.digest == good.digest);
}

static void run_table(const scenario *table, int count)
{
    for (int i = 0; i < count; i++) {
        run_failing(&table[i], false);
        run_failing(&table[i], true);
    }
}

/* The first call of a process starts the library. */
TEST(the_library_starts_when_memory_is_back)
{
    int64_t n = 1;
    for (;; n++) {
        lsi_alloc_fail_at(n, true);
        ls_array *a = ls_arange(3);
        bool struck = lsi_alloc_count() >= n;
        lsi_alloc_fail_at(0, false);
        if (!struck) {
            CHECK(a != NULL);
            break;
        }
        CHECK(!a || n > 1);
        if (!a) {
            CHECK_STATUS(ls_error(), LS_ENOMEM);
            CHECK(strncmp(ls_error_message(), "ls_arange: ", 11) == 0);
            ls_clear_error();
        }
    }
    CHECK(n > 3);
}

TEST(elementwise_and_reductions)
{
    run_table(stamped_scenarios, stamped_count);
}

TEST(calls)
{
    run_table(call_scenarios, call_count);
}

/* --- the headers' functions against the scenarios' --- */

static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = strstr(text, word); p; p = strstr(p + 1, word)) {
        if ((p == text || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_covered(const char *name)
{
    /* They read the thread's record and allocate nothing; every run here uses them. */
    bool found = has_word("ls_error ls_error_message ls_clear_error ls_perror", name);
    for (int i = 0; i < stamped_count && !found; i++) {
        found = has_word(stamped_scenarios[i].covers, name);
    }
    for (int i = 0; i < call_count && !found; i++) {
        found = has_word(call_scenarios[i].covers, name);
    }
    return found;
}

/* The name a declaration declares: "(name)(" or "name(", the first of either; empty when there is none. */
static void declared_name(const char *p, char *name, size_t size)
{
    name[0] = 0;
    const char *open = strpbrk(p, "(;");
    if (!open || *open == ';') {
        return;
    }
    const char *end = open, *begin = open + 1;
    while (isalnum((unsigned char)*begin) || *begin == '_') {
        begin++;
    }
    if (begin > open + 1 && begin[0] == ')' && begin[1] == '(') {
        end = begin;
    }
    for (begin = end; isalnum((unsigned char)begin[-1]) || begin[-1] == '_';) {
        begin--;
    }
    if (strncmp(begin, "ls_", 3) == 0 && (size_t)(end - begin) < size) {
        snprintf(name, size, "%.*s", (int)(end - begin), begin);
    }
}

static int check_header(const char *path)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "r");
    if (!CHECK(file != NULL)) {
        return 0;
    }
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    int count = 0;
    for (const char *p = strstr(text, "\nLS_API "); p; p = strstr(p + 1, "\nLS_API ")) {
        char name[64];
        declared_name(p, name, sizeof name);
        count += name[0] != 0;
        if (!CHECK(is_covered(name))) {
            printf("  no scenario calls \"%s\" of %s\n", name, path);
        }
    }
    return count;
}

TEST(no_public_function_is_left_out)
{
    DIR *folder = opendir("include/lockstep");
    int count = 0;
    if (!CHECK(folder != NULL)) {
        return;
    }
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        char path[512];
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && strcmp(dot, ".h") == 0) {
            snprintf(path, sizeof path, "include/lockstep/%s", entry->d_name);
            count += check_header(path);
        }
    }
    closedir(folder);
    printf("  %d public functions\n", count);
    CHECK(count > 250);
}

static void write_files(const char *directory)
{
    char path[512];
    const ls_array *arrays[] = {in.x};
    snprintf(path, sizeof path, "%s/data.npz", directory);
    CHECK_STATUS(ls_save_npz(path, 1, ((const char *const[]){"x"}), arrays), LS_OK);
}

static void remove_files(const char *directory)
{
    DIR *folder = opendir(directory);
    for (struct dirent *entry = folder ? readdir(folder) : NULL; entry; entry = readdir(folder)) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] != '.') {
            CHECK(strncmp(entry->d_name, "data.npz", 8) == 0 || strncmp(entry->d_name, "new.np", 6) == 0);
            remove(path);
        }
    }
    if (folder) {
        closedir(folder);
    }
    rmdir(directory);
}

/* A second device for ls_to_device. */
static void register_other(void)
{
    lsi_backend *backend = lsi_host_backend_new();
    if (CHECK(backend != NULL)) {
        backend->name = "other:0";
        CHECK(lsi_backend_register(backend, false));
    }
}

int main(int argc, char **argv)
{
    char directory[] = "/tmp/lockstep-oom-XXXXXX";
    bool direct = argc > 1 && strcmp(argv[1], "direct") == 0;
    if (direct) {
        setenv("LOCKSTEP_POOL", "direct", 1);
    }
    RUN(the_library_starts_when_memory_is_back);
    if (!CHECK(mkdtemp(directory) != NULL)) {
        return check_report();
    }
    register_other();
    make_inputs(directory);
    write_files(directory);
    RUN(no_public_function_is_left_out);
    RUN(calls);
    RUN(elementwise_and_reductions);
    remove_files(directory);
    printf("%ld failures injected and reported, %ld done without\n", injected, absorbed);
    CHECK(injected > 1000);
    return check_report();
}
