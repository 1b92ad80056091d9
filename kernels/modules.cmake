# SPDX-License-Identifier: BSD-3-Clause
# lsi_gpu_module(name source definitions...): see cmake/gpu.cmake.
foreach(number IN ITEMS f32 f64 f16 bf16 c64 c128 u8 u16 u32 u64)
  lsi_gpu_module(matmul_${number} matmul.cu LS_MATMUL_NUMBER=ls_matmul_${number})
endforeach()

# elementwise operations, a module per dtype; casts; moves and progressions; random draws
foreach(tag IN ITEMS b i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64 c64 c128)
  lsi_gpu_module(map_${tag} map.cu LS_MAP_TAG=${tag})
endforeach()
lsi_gpu_module(cast cast.cu)
lsi_gpu_module(move move.cu)
lsi_gpu_module(random random.cu)
