/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The CUDA path over the simulated GPU, by its public face: bytes there and back, order, memory, failures. */
#include "device/simulated.h"
#include "lockstep.h"
#include "support/check.h"

#include <stdlib.h>
#include <string.h>

static const simulated_control *gpu;

TEST(the_gpu_is_the_default_device)
{
    CHECK_STR(ls_device_name(ls_device_in_use()), "cuda:0");
    CHECK(ls_device_from_name("cuda:0").id > 1);
}

static unsigned char *noise(size_t bytes, unsigned seed)
{
    unsigned char *made = malloc(bytes + 1);
    for (size_t i = 0; i < bytes; i++) made[i] = (unsigned char)((seed = seed * 1664525u + 1013904223u) >> 24);
    return made;
}

TEST(bytes_go_there_and_back)
{
    static const int64_t sizes[] = {0, 1, 3, 4096, 65537, 1 << 20, (4 << 20) + 5, (13 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        LS_SCOPE {
            unsigned char *sent = noise((size_t)sizes[i], (unsigned)i), *back = calloc(1, (size_t)sizes[i] + 1);
            unsigned char *kept = malloc((size_t)sizes[i] + 1);
            memcpy(kept, sent, (size_t)sizes[i]);
            ls_array *x = ls_from_host(sent, LS_SHAPE(sizes[i]));
            memset(sent, 0x33, (size_t)sizes[i]); /* the call has taken the bytes */
            CHECK_STATUS(ls_to_host_as(x, back, sizes[i], LS_UINT8), LS_OK);
            CHECK(memcmp(back, kept, (size_t)sizes[i]) == 0);
            free(sent);
            free(back);
            free(kept);
        }
    }
}

int main(void)
{
    gpu = simulated_get();
    if (!CHECK(gpu != NULL) || !CHECK(ls_device_count() >= 2)) return check_report();
    RUN(the_gpu_is_the_default_device);
    RUN(bytes_go_there_and_back);
    return check_report();
}
