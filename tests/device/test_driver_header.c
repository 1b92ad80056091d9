/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What src/device/driver.h declares of the CUDA driver, line by line against NVIDIA's <cuda.h>. Most of it holds or does not
 * when this is compiled; the counts say that the rows were looked at. */
#include <cuda.h>

#include "device/driver.h"
#include "support/check.h"

#define CODE(ours, theirs, number) _Static_assert((int)theirs == number, #theirs);
LSI_CUDA_CODES(CODE)
LSI_CUDA_NUMBERS(CODE)
#undef CODE

/* The same parameters; the result is an enum there and its integer type here. */
_Static_assert(__builtin_types_compatible_p(lsi_address, CUdeviceptr), "CUdeviceptr");
_Static_assert(__builtin_types_compatible_p(lsi_memory_handle, CUmemGenericAllocationHandle), "handle");
_Static_assert(__builtin_types_compatible_p(lsi_gpu, CUdevice), "CUdevice");
_Static_assert(__builtin_types_compatible_p(lsi_context, CUcontext), "CUcontext");
_Static_assert(__builtin_types_compatible_p(lsi_function, CUfunction), "CUfunction");
_Static_assert(__builtin_types_compatible_p(lsi_library, CUlibrary), "CUlibrary");
_Static_assert(__builtin_types_compatible_p(lsi_kernel_handle, CUkernel), "CUkernel");
_Static_assert(__builtin_types_compatible_p(lsi_event, CUevent), "CUevent");
_Static_assert(__builtin_types_compatible_p(lsi_stream, CUstream), "CUstream");
_Static_assert(sizeof(lsi_code) == sizeof(CUresult), "CUresult");

_Static_assert(sizeof(lsi_memory_properties) == sizeof(CUmemAllocationProp), "CUmemAllocationProp");
_Static_assert(offsetof(lsi_memory_properties, handle_types) == offsetof(CUmemAllocationProp, requestedHandleTypes), "");
_Static_assert(offsetof(lsi_memory_properties, location) == offsetof(CUmemAllocationProp, location), "location");
_Static_assert(offsetof(lsi_memory_properties, windows) == offsetof(CUmemAllocationProp, win32HandleMetaData), "");
_Static_assert(sizeof(lsi_memory_access) == sizeof(CUmemAccessDesc), "CUmemAccessDesc");
_Static_assert(offsetof(lsi_memory_access, flags) == offsetof(CUmemAccessDesc, flags), "flags");
_Static_assert(sizeof(lsi_memory_location) == sizeof(CUmemLocation), "CUmemLocation");
_Static_assert(offsetof(lsi_memory_location, id) == offsetof(CUmemLocation, id), "id");
_Static_assert(sizeof(lsi_uuid) == sizeof(CUuuid), "CUuuid");

/* Prototypes: an entry's declaration is repeated with ours, which C accepts only where the two are compatible. The macros
 * of <cuda.h> put in the version of each entry that a program compiled today calls. */
#define SAME(member, name, parameters) extern __typeof__(name) name; extern CUresult name parameters;
#define LOOSE(member, name, parameters)
LSI_CUDA_ENTRIES(SAME, LOOSE)
#undef SAME
#undef LOOSE

/* Of the loose ones: as many parameters of the same sizes, the rest is what the comment in driver.h says. */
TEST(loose_prototypes_have_the_same_parameters)
{
    CHECK(__builtin_types_compatible_p(__typeof__(&cuGetErrorName), CUresult (*)(CUresult, const char **)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuGetErrorString), CUresult (*)(CUresult, const char **)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuDeviceGetUuid), CUresult (*)(CUuuid *, CUdevice)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuDeviceGetAttribute),
                                       CUresult (*)(int *, CUdevice_attribute, CUdevice)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuPointerGetAttribute),
                                       CUresult (*)(void *, CUpointer_attribute, CUdeviceptr)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuMemCreate),
                                       CUresult (*)(CUmemGenericAllocationHandle *, size_t, const CUmemAllocationProp *,
                                                    unsigned long long)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuMemSetAccess),
                                       CUresult (*)(CUdeviceptr, size_t, const CUmemAccessDesc *, size_t)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuMemGetAllocationGranularity),
                                       CUresult (*)(size_t *, const CUmemAllocationProp *,
                                                    CUmemAllocationGranularity_flags)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuLibraryLoadData),
                                       CUresult (*)(CUlibrary *, const void *, CUjit_option *, void **, unsigned,
                                                    CUlibraryOption *, void **, unsigned)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuFuncGetAttribute),
                                       CUresult (*)(int *, CUfunction_attribute, CUfunction)));
    CHECK(__builtin_types_compatible_p(__typeof__(&cuFuncSetAttribute),
                                       CUresult (*)(CUfunction, CUfunction_attribute, int)));
    int loose = 0, rows = 0;
#define COUNT(member, name, parameters) rows++;
#define LOOSE(member, name, parameters) loose++;
    LSI_CUDA_ENTRIES(COUNT, LOOSE)
    CHECK_EQ_INT(loose, 11); /* each has its line above */
    CHECK(rows > 40);
    CHECK_EQ_INT(sizeof(lsi_cuda), (rows + loose + 1) * sizeof(void (*)(void)));
}

int main(void)
{
    RUN(loose_prototypes_have_the_same_parameters);
    return check_report();
}
