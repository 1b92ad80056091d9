/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ZIP64 without files of 4 GiB: zip_write.c is compiled into this test with 100 bytes as the limit of 32 bits. */
#include "files.h"

TEST(large_archives_in_small)
{
    const char *names[] = {"a", "b", "c"};
    ls_array *made[] = {ls_arange(1000), ls_arange(3), ls_mul(ls_arange(500), 0.5)};
    const ls_array *arrays[] = {made[0], made[1], made[2]};
    for (int compressed = 0; compressed <= HAVE_ZLIB; compressed++) {
        size_t size = 0;
        const char *path = scratch(compressed ? "deflated.npz" : "stored.npz");
        CHECK_STATUS(ls_save_npz(path, 3, names, arrays, .compressed = compressed), LS_OK);
        unsigned char *bytes = read_file(path, &size);
        CHECK(memmem(bytes, size, "PK\6\6", 4) && memmem(bytes, size, "PK\6\7", 4));
        for (int i = 0; i < 3; i++) {
            bool same = false;
            CHECK_STATUS(ls_item(ls_all(ls_equal(ls_load_npz(path, names[i]), made[i])), &same), LS_OK);
            CHECK(same);
        }
        for (size_t n = 0; n < size; n++) CHECK(ls_load_npz_memory(bytes, n, "a") == NULL);
        ls_clear_error();
        free(bytes);
        printf("%s\n", path);
    }
}

int main(void)
{
    RUN(large_archives_in_small);
    return check_report();
}
