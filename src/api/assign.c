/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Evaluating and writing, and what the files of src/api share. */
#include "api/call.h"
#include "lockstep/create.h"
#include "lockstep/device.h"
#include "lockstep/evaluate.h"
#include "lockstep/scope.h"

ls_status lsi_options(void *into, size_t size, const void *given)
{
    memset(into, 0, size);
    memcpy(into, &size, sizeof size);
    if (!given) {
        return LS_OK;
    }
    size_t theirs;
    memcpy(&theirs, given, sizeof theirs);
    if (theirs < sizeof theirs) {
        return lsi_fail(LS_EARGUMENT, "the option struct says its size is %zu", theirs);
    }
    for (size_t i = size; i < theirs; i++) {
        if (((const unsigned char *)given)[i]) {
            return lsi_fail(LS_EUNSUPPORTED, "an option at byte %zu is newer than the library (%s)", i,
                            LS_VERSION_STRING);
        }
    }
    memcpy(into, given, theirs < size ? theirs : size);
    return LS_OK;
}

/* Writing is how elements move between devices, too: a program that wraps memory of its own runs on a GPU as it is. */
static ls_status assign(const ls_array *target, ls_operand source)
{
    const ls_array *a = source.kind == LS_OPERAND_ARRAY ? source.value.array : NULL;
    if (!lsi_array_check(target, 1) || (a && !lsi_array_check(a, 2))) {
        return lsi_pending_error();
    }
    if (!a || lsi_array_backend(a) == lsi_array_backend(target)) {
        return lsi_array_assign(target, source);
    }
    ls_array *there = (ls_to_device)(NULL, a, ls_device_of(target));
    const ls_status status = there ? lsi_array_assign(target, ls_operand_array(there)) : lsi_pending_error();
    ls_free(there);
    return status;
}

ls_status lsi_assign_result(ls_array *out, ls_array *result)
{
    if (!result) {
        return lsi_pending_error();
    }
    ls_status status = assign(out, ls_operand_array(result));
    ls_free(result);
    return status;
}

ls_status (ls_assign)(const char *place, const ls_array *target, ls_operand source)
{
    LSI_CALL("ls_assign", place);
    return lsi_report(assign(target, source));
}

ls_status (ls_evaluate)(const char *place, ls_list arrays)
{
    LSI_CALL("ls_evaluate", place);
    for (int64_t i = 0; i < arrays.count; i++) {
        if (!lsi_array_check(arrays.arrays[i], (int)i + 1)) {
            return lsi_report(lsi_pending_error());
        }
    }
    return lsi_report(lsi_evaluate((int)arrays.count, arrays.arrays));
}

void ls_changed(const ls_array *a)
{
    (void)a; /* the host reads wrapped memory in place; devices that keep a copy drop it here */
}
