/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding and opening the CUDA plug-in. */
#ifndef LSI_API_PLUGIN_H
#define LSI_API_PLUGIN_H

#include <stddef.h>

/* Opens the plug-in where a driver is, or the one LOCKSTEP_CUDA_PLUGIN names (an absolute path). It registers its devices.
 * Never fails: `note` says what came of it. Called once, while the library starts. */
void lsi_plugin_open(char *note, size_t size);

#endif
