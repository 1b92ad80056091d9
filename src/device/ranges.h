/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names for NVIDIA's profilers: while one listens (Nsight Systems), each piece of work is a range with the name of the
 * user's call. Without one, or where the plug-in was built without the NVTX header, nothing happens. */
#ifndef LSI_DEVICE_RANGES_H
#define LSI_DEVICE_RANGES_H

void lsi_range_begin(const char *name);
void lsi_range_end(void); /* the one begun last on this thread */

#endif
