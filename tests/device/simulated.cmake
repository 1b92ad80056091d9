# SPDX-License-Identifier: BSD-3-Clause
# The library's own test programs, unchanged, on the simulated GPU. Left out are those that are about the host: its memory
# in the user's hands, its texts, its counts of small allocations.

# lsi_simulated(name program [SEEDS n...] [POLICY p] [ARGUMENTS ...] [ENVIRONMENT ...])
function(lsi_simulated name program)
  cmake_parse_arguments(ARG "" "POLICY" "SEEDS;ARGUMENTS;ENVIRONMENT" ${ARGN})
  if(NOT TARGET ${program})
    return()
  endif()
  add_dependencies(${program} lockstep_simulated)
  if(NOT ARG_SEEDS)
    set(ARG_SEEDS 1)
  endif()
  foreach(seed IN LISTS ARG_SEEDS)
    set(test simulated_${name})
    if(NOT ARG_SEEDS STREQUAL 1)
      set(test simulated_${name}_${seed})
    endif()
    add_test(NAME ${test} COMMAND ${program} ${ARG_ARGUMENTS} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${test} PROPERTIES TIMEOUT 600 LABELS simulated ENVIRONMENT
      "LOCKSTEP_CUDA_PLUGIN=$<TARGET_FILE:lockstep_simulated>;LOCKSTEP_SIMULATED_SEED=${seed};LOCKSTEP_SIMULATED_POLICY=${ARG_POLICY};OMP_WAIT_POLICY=passive;${ARG_ENVIRONMENT}")
  endforeach()
endfunction()

foreach(part IN ITEMS elementwise casts reductions)
  lsi_simulated(conformance_${part} test_conformance_${part})
endforeach()
foreach(program IN ITEMS views fusion npy print random_api matmul_api sort_device)
  lsi_simulated(${program} test_${program} SEEDS 3 4 5) # one of each policy
endforeach()
foreach(program IN ITEMS npz threads)
  lsi_simulated(${program} test_${program} SEEDS 6 7)
endforeach()
lsi_simulated(views_pages test_views ENVIRONMENT LOCKSTEP_SIMULATED_GUARD=pages)
lsi_simulated(random_pages test_random_api ENVIRONMENT LOCKSTEP_SIMULATED_GUARD=pages)
lsi_simulated(views_direct test_views ENVIRONMENT LOCKSTEP_POOL=direct)
lsi_simulated(matmul_direct test_matmul_api ENVIRONMENT LOCKSTEP_POOL=direct)
lsi_simulated(sort_direct test_sort_device ENVIRONMENT LOCKSTEP_POOL=direct)
