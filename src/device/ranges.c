/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranges by NVTX 3, which is a header: it asks at its first use whether a profiler wants to listen. */
#include "device/ranges.h"

#if LSI_HAVE_NVTX
#include <nvtx3/nvToolsExt.h>
#endif

void lsi_range_begin(const char *name)
{
#if LSI_HAVE_NVTX
    nvtxRangePushA(name ? name : "lockstep");
#else
    (void)name;
#endif
}

void lsi_range_end(void)
{
#if LSI_HAVE_NVTX
    nvtxRangePop();
#endif
}
