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

# reductions, by what is folded
foreach(kinds IN ITEMS f32 f64 c64 c128 int)
  string(TOUPPER ${kinds} kinds_upper)
  lsi_gpu_module(sum_${kinds} sum.cu LS_KINDS_${kinds_upper})
endforeach()
lsi_gpu_module(extreme sum.cu LS_KINDS_EXTREME)
lsi_gpu_module(place sum.cu LS_KINDS_PLACE)

# cumulative sums and products, by the accumulator
lsi_gpu_module(scan_f32 scan.cu LS_SCAN_TAG=f32 LS_SCAN_TYPE=float)
lsi_gpu_module(scan_f64 scan.cu LS_SCAN_TAG=f64 LS_SCAN_TYPE=double)
lsi_gpu_module(scan_u64 scan.cu LS_SCAN_TAG=u64 LS_SCAN_TYPE=uint64_t)
lsi_gpu_module(scan_c64 scan.cu LS_SCAN_TAG=c64 LS_SCAN_TYPE=ls_cfloat)
lsi_gpu_module(scan_c128 scan.cu LS_SCAN_TAG=c128 LS_SCAN_TYPE=ls_cdouble)
