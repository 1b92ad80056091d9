/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Profiles: every piece of work is recorded once with its call, place and bytes; and progress with cancelling.
 *
 *   test_profile [FILE]    also writes a trace of what it did into FILE, for a JSON parser to read */
#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>

static char text[1 << 16];

static const char *written(ls_profile_format format)
{
    FILE *file = tmpfile();
    CHECK(!ls_profile_write(file, format));
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* Occurrences of `word` in `in`. */
static int count_of(const char *in, const char *word)
{
    int count = 0;
    for (; (in = strstr(in, word)); in++) count++;
    return count;
}

TEST(nothing_is_recorded_before_the_start)
{
    double total;
    CHECK(!ls_item(ls_sum(ls_arange(1000)), &total));
    CHECK_EQ_INT(ls_profile_count(), 0);
}

/* A GPU that does not sort has the host do it: the elements go there and up to it, the result comes back and up. */
static int moves_of_a_sort(void)
{
    const bool moved = ls_device_in_use().id != LS_HOST.id && strstr(text, "sort     cpu");
    return moved ? 4 : 0;
}

TEST(each_piece_of_work_is_one_event)
{
    CHECK(!ls_profile_start(0));
    LS_SCOPE {
        ls_array *x = ls_add(ls_arange(100000.0), 1);
        CHECK(!ls_evaluate(x)); /* 1: stores 800,000 bytes */
        double total;
        for (int i = 0; i < 3; i++) {
            CHECK(!ls_item(ls_sum(x), &total)); /* 3 programs of 800,000 + 8 bytes, 3 downloads of 8 */
        }
        CHECK(!ls_evaluate(ls_cumulative_sum(x)));
        ls_array *m = ls_reshape(ls_at(x, ":10000"), LS_SHAPE(100, 100));
        CHECK(!ls_evaluate(ls_matmul(m, m)));
        double data[4] = {1, 2, 3, 4};
        CHECK(ls_from_host(data, LS_SHAPE(4)));
        CHECK(ls_sort(x)); /* 800,000 bytes in and out */
    }
    ls_profile_stop();
    CHECK(!ls_evaluate(ls_add(ls_arange(10), 1)));

    const char *table = written(LS_PROFILE_TABLE);
    const int moves = moves_of_a_sort(), events = 1 + 6 + 1 + 1 + 1 + 1 + moves;
    CHECK_EQ_INT(ls_profile_count(), events); /* measuring the bandwidth for the table was not recorded */
    CHECK_EQ_INT(count_of(table, "ls_sum at "), 1);
    CHECK_EQ_INT(count_of(table, "test_profile.c:"), 7 + moves);
    CHECK(strstr(table, "matmul"));
    CHECK(strstr(table, "scan"));
    CHECK(strstr(table, "upload"));
    const char *json = written(LS_PROFILE_JSON);
    CHECK(strstr(json, "\"count\": 3, \"what\": \"program\", \"call\": \"ls_sum\""));
    CHECK(strstr(json, "\"bytes_read\": 2400000, \"bytes_written\": 24"));
    CHECK(strstr(json, "\"bytes_read\": 0, \"bytes_written\": 800000"));
    CHECK(strstr(json, "\"what\": \"sort\", \"call\": \"ls_sort\""));
    CHECK(strstr(json, "\"bytes_read\": 800000, \"bytes_written\": 800000"));
    CHECK(strstr(json, "\"dropped\": 0"));
    CHECK_EQ_INT(count_of(written(LS_PROFILE_TRACE), "\"ph\": \"X\""), events);
    CHECK_EQ_INT(ls_profile_count(), events);
}

TEST(events_beyond_the_limit_are_counted)
{
    CHECK(!ls_profile_start(2));
    for (int i = 0; i < 5; i++) LS_SCOPE {
        CHECK(!ls_evaluate(ls_add(ls_arange(10), i)));
    }
    ls_profile_stop();
    CHECK_EQ_INT(ls_profile_count(), 2);
    CHECK(strstr(written(LS_PROFILE_JSON), "\"dropped\": 3"));
    CHECK(strstr(written(LS_PROFILE_TABLE), "3 later events"));
}

TEST(bad_requests_are_refused)
{
    CHECK_EQ_INT(ls_profile_start(-1), LS_EARGUMENT);
    CHECK_EQ_INT(ls_profile_write(stdout, (ls_profile_format)7), LS_EARGUMENT);
    CHECK_EQ_INT(ls_profile_write(NULL, LS_PROFILE_TABLE), LS_EARGUMENT);
    FILE *full = fopen("/dev/full", "w");
    if (full) {
        CHECK_EQ_INT(ls_profile_write(full, LS_PROFILE_TABLE), LS_EIO);
        fclose(full);
    }
}

/* --- progress --- */

typedef struct teller {
    int calls;
    double last, cancel_at;
    bool backwards;
} teller;

static int tell(double fraction, void *context)
{
    teller *t = context;
    t->calls++;
    t->backwards |= fraction < t->last;
    t->last = fraction;
    return fraction >= t->cancel_at;
}

/* A sum of powers; with enough of them, and no memory, long enough to be told about on any machine. */
static ls_array *long_work(int64_t n)
{
    ls_array *x = ls_add(ls_arange((double)n), 0.5);
    return ls_sum(ls_pow(ls_pow(x, 0.999), 0.5));
}
static const int64_t longest = (int64_t)1 << 36;

TEST(progress_is_told_from_nothing_to_all)
{
    teller t = {.cancel_at = 2};
    ls_on_progress(tell, &t);
    for (int64_t n = 1 << 20; t.calls < 2 && n < longest; n *= 4) LS_SCOPE {
        t.last = 0;
        double total;
        CHECK(!ls_item(long_work(n), &total));
    }
    ls_on_progress(NULL, NULL);
    CHECK(t.calls >= 2);
    CHECK(!t.backwards);
    CHECK_EQ_DOUBLE(t.last, 1.0);
}

TEST(cancelled_work_can_be_asked_for_again)
{
    teller t = {.cancel_at = 0};
    LS_SCOPE {
        for (int64_t n = 1 << 20; t.calls == 0 && n < longest; n *= 4) LS_SCOPE {
            ls_array *x = long_work(n);
            ls_on_progress(tell, &t);
            const ls_status status = ls_evaluate(x);
            ls_on_progress(NULL, NULL);
            if (status == LS_OK) continue; /* over before anybody could be told */
            CHECK_EQ_INT(status, LS_ECANCELLED);
            CHECK(strstr(ls_error_message(), "cancelled at"));
            CHECK_EQ_INT(t.calls, 1);
            ls_clear_error();
            double total;
            CHECK(!ls_item(x, &total));
            CHECK(total > (double)n);
        }
    }
    CHECK(t.calls >= 1);
}

int main(int argc, char **argv)
{
    RUN(nothing_is_recorded_before_the_start);
    RUN(each_piece_of_work_is_one_event);
    if (argc > 1) {
        FILE *file = fopen(argv[1], "w");
        CHECK(file && !ls_profile_write(file, LS_PROFILE_TRACE) && fclose(file) == 0);
    }
    RUN(events_beyond_the_limit_are_counted);
    RUN(bad_requests_are_refused);
    RUN(progress_is_told_from_nothing_to_all);
    RUN(cancelled_work_can_be_asked_for_again);
    return check_report();
}
