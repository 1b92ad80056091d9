/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The public reductions, stamped from kernels/reduce.def, and the scans. */
#include "lockstep/reduce.h"
#include "api/call.h"

static bool takes_dtype(lsi_reduce_op op)
{
    return op == LSI_REDUCE_sum || op == LSI_REDUCE_prod || op == LSI_REDUCE_mean;
}

static ls_array *reduce(const char *function, const char *place, lsi_reduce_op op, const ls_array *a,
                        const ls_reduce_options *options)
{
    LSI_CALL(function, place);
    ls_reduce_options o;
    if (lsi_options(&o, sizeof o, options)) {
        return NULL;
    }
    if (o.dtype && !takes_dtype(op)) {
        lsi_fail(LS_EARGUMENT, "it takes no dtype; cast the array or the result");
        return NULL;
    }
    return lsi_array_reduce(op, a, o.axis, o.keepdims, o.correction, o.dtype);
}

static ls_status reduce_into(const char *function, const char *place, ls_array *out, lsi_reduce_op op,
                             const ls_array *a, const ls_reduce_options *options)
{
    LSI_CALL(function, place);
    return lsi_report(lsi_assign_result(out, reduce(function, place, op, a, options)));
}

#define REDUCE(name, ...)                                                                                              \
    ls_array *(ls_##name)(const char *place, const ls_array *a, const ls_reduce_options *options)                      \
    {                                                                                                                  \
        return reduce("ls_" #name, place, LSI_REDUCE_##name, a, options);                                              \
    }                                                                                                                  \
    ls_status (ls_##name##_into)(const char *place, ls_array *out, const ls_array *a,                                  \
                                 const ls_reduce_options *options)                                                     \
    {                                                                                                                  \
        return reduce_into("ls_" #name "_into", place, out, LSI_REDUCE_##name, a, options);                            \
    }
#include "reduce.def"

static ls_array *scan(const char *function, const char *place, const ls_array *a, bool product,
                      const ls_scan_options *options)
{
    LSI_CALL(function, place);
    ls_scan_options o;
    int axis = 0;
    if (lsi_options(&o, sizeof o, options) || !lsi_array_check(a, 1)) {
        return NULL;
    }
    if (o.axis.count > 1 || (!o.axis.axes && a->ndim != 1)) {
        lsi_fail(LS_EAXIS, "it wants one axis, %lld are given for %d", (long long)o.axis.count, a->ndim);
        return NULL;
    }
    if (lsi_axis_normalise(o.axis.axes ? o.axis.axes[0] : 0, a->ndim, &axis)) {
        return NULL;
    }
    if (o.dtype && (!lsi_dtype_valid(o.dtype) || o.dtype == LS_BOOL)) {
        lsi_fail(LS_EDTYPE, "%s is no dtype to accumulate in", lsi_dtype_name(o.dtype));
        return NULL;
    }
    if (o.dtype && lsi_dtype_kind(o.dtype) < lsi_dtype_kind(a->dtype) && lsi_dtype_kind(a->dtype) >= LSI_KIND_FLOAT) {
        lsi_fail(LS_EDTYPE, "%s elements are not accumulated as %s", lsi_dtype_name(a->dtype), lsi_dtype_name(o.dtype));
        return NULL;
    }
    return lsi_array_scan(a, axis, product, o.include_initial, o.dtype);
}

ls_array *(ls_cumulative_sum)(const char *place, const ls_array *a, const ls_scan_options *options)
{
    return scan("ls_cumulative_sum", place, a, false, options);
}

ls_array *(ls_cumulative_prod)(const char *place, const ls_array *a, const ls_scan_options *options)
{
    return scan("ls_cumulative_prod", place, a, true, options);
}
