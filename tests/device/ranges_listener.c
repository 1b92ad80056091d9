/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A profiler of a few lines: NVTX loads it (NVTX_INJECTION64_PATH), it takes the place of pushing and popping ranges, and
 * says at the end what it heard. */
#include <nvtx3/nvToolsExt.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static atomic_long begun, ended, sums;

static int begin(const char *name)
{
    atomic_fetch_add(&begun, 1);
    atomic_fetch_add(&sums, strcmp(name, "ls_sum") == 0);
    return 0;
}

static int end(void)
{
    atomic_fetch_add(&ended, 1);
    return 0;
}

__attribute__((destructor)) static void report(void)
{
    printf("%ld ranges, %ld of ls_sum, %s\n", atomic_load(&begun), atomic_load(&sums),
           atomic_load(&begun) == atomic_load(&ended) ? "all ended" : "some not ended");
}

__attribute__((visibility("default"))) int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table);
int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t get_table)
{
    const NvtxExportTableCallbacks *callbacks = get_table(NVTX_ETID_CALLBACKS);
    NvtxFunctionTable table;
    unsigned size;
    if (!callbacks || !callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &table, &size)) return 0;
    *table[NVTX_CBID_CORE_RangePushA] = (NvtxFunctionPointer)begin;
    *table[NVTX_CBID_CORE_RangePop] = (NvtxFunctionPointer)end;
    return 1;
}
