/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the driver's codes mean to us. */
#include "driver.h"

#include <stdio.h>

bool lsi_code_is_sticky(lsi_code code)
{
    switch (code) {
    case LSI_CUDA_ILLEGAL_ADDRESS:
    case LSI_CUDA_LAUNCH_TIMEOUT:
    case LSI_CUDA_ASSERT:
    case LSI_CUDA_HARDWARE_STACK_ERROR:
    case LSI_CUDA_ILLEGAL_INSTRUCTION:
    case LSI_CUDA_MISALIGNED_ADDRESS:
    case LSI_CUDA_INVALID_ADDRESS_SPACE:
    case LSI_CUDA_INVALID_PC:
    case LSI_CUDA_LAUNCH_FAILED:
    case LSI_CUDA_TENSOR_MEMORY_LEAK:
    case LSI_CUDA_MPS_CLIENT_TERMINATED: return true;
    default: return false;
    }
}

const char *lsi_code_text(const lsi_cuda *cuda, lsi_code code, char text[LSI_CODE_TEXT])
{
    const char *name = NULL, *sentence = NULL;
    if (cuda->error_name(code, &name) || !name) snprintf(text, LSI_CODE_TEXT, "CUDA error %u", code);
    else if (cuda->error_string(code, &sentence) || !sentence) snprintf(text, LSI_CODE_TEXT, "%s", name);
    else snprintf(text, LSI_CODE_TEXT, "%s: %s", name, sentence);
    return text;
}
