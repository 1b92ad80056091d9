/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The functions of the main library that this plug-in calls, each forwarded through the table the library gave. So the
 * plug-in imports nothing from it, and works the same beside the shared library and inside a program linked statically.
 * The sources that call them know nothing of this: linked with the library's objects they call those. */
#include "device/services.h"
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const lsi_services *services;

bool lsi_services_take(const lsi_services *given, char *note, size_t size)
{
    if (given->abi != LSI_PLUGIN_ABI || given->size != sizeof *given || given->backend_size != sizeof(lsi_backend) ||
        given->buffer_size != sizeof(lsi_buffer) || given->program_size != sizeof(lsi_program) ||
        strcmp(given->version, LS_VERSION_STRING) != 0) {
        snprintf(note, size, "the plug-in is of another build than the library: %s, ABI %d", LS_VERSION_STRING,
                 LSI_PLUGIN_ABI);
        return false;
    }
    services = given;
    return true;
}

#define RETURNS(result, name, parameters, arguments)                                                                   \
    result name parameters                                                                                             \
    {                                                                                                                  \
        return services->name arguments;                                                                               \
    }
#define ACTION(result, name, parameters, arguments)                                                                    \
    result name parameters                                                                                             \
    {                                                                                                                  \
        services->name arguments;                                                                                      \
    }
LSI_SERVICES(RETURNS, ACTION)

ls_status lsi_fail(ls_status status, const char *format, ...)
{
    char text[LSI_ERROR_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return services->fail(status, text);
}

ls_status lsi_fail_for(const char *function, const char *place, ls_status status, const char *format, ...)
{
    char text[LSI_ERROR_TEXT];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return services->fail_for(function, place, status, text);
}
