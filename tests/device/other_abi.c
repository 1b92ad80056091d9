/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A plug-in of another ABI than the library's (the number comes from the build): it must say so and do nothing. */
#include "device/services.h"

int lockstep_plugin(const lsi_services *services, char *note, size_t size) __attribute__((visibility("default")));

int lockstep_plugin(const lsi_services *services, char *note, size_t size)
{
    return lsi_services_take(services, note, size) ? 1 : 0;
}
