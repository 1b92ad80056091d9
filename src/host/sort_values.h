/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bare keys of 32 and 64 bits, where the instruction set has vectors for them; after sort_select.h. */
#if LSI_SORT_LANES
#include "host/sort_network.h"
#include "host/sort_quick.h"
#include "host/sort_spread.h"
#include "host/sort_part.h"
#endif
