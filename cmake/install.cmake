# SPDX-License-Identifier: BSD-3-Clause
# What `cmake --install` puts where, and how other projects find it. Components: runtime (shared library, command), dev
# (headers, static library, CMake and pkg-config files), cuda (the plug-in). Everything is found relative to itself, so
# an installed tree may be moved.

option(LOCKSTEP_INSTALL "Make the install rules" ${PROJECT_IS_TOP_LEVEL})
if(NOT LOCKSTEP_INSTALL)
  return()
endif()
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(LSI_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Lockstep)
set(LSI_PLUGIN_DIR ${CMAKE_INSTALL_LIBDIR}/lockstep) # the library looks for its plug-ins in lockstep/ beside itself

# --- what a program that links the static library needs besides, as words for the linker without paths of this machine

# lsi_link_words(variable library...): -l names where the linker finds the library by itself, paths where it does not.
function(lsi_link_words variable)
  set(words "")
  foreach(library IN LISTS ARGN)
    get_filename_component(folder "${library}" DIRECTORY)
    get_filename_component(name "${library}" NAME_WE)
    string(REGEX REPLACE "^lib" "" name "${name}")
    get_filename_component(folder "${folder}" REALPATH)
    if(NOT IS_ABSOLUTE "${library}")
      list(APPEND words "${library}")
    elseif(folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES OR name STREQUAL "gomp")
      list(APPEND words "${name}")
    else()
      list(APPEND words "${library}")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES words)
  set(${variable} "${words}" PARENT_SCOPE)
endfunction()

set(openmp "")
foreach(name IN LISTS OpenMP_C_LIB_NAMES)
  list(APPEND openmp ${OpenMP_${name}_LIBRARY})
endforeach()
lsi_link_words(LSI_STATIC_WORDS ${LSI_HOST_LIBRARIES} ${LSI_IO_LIBRARIES} ${openmp} pthread ${CMAKE_DL_LIBS} m)
if(LOCKSTEP_SANITIZE)
  list(APPEND LSI_STATIC_WORDS -fsanitize=${LOCKSTEP_SANITIZE})
endif()
target_link_libraries(lockstep_static INTERFACE "$<INSTALL_INTERFACE:${LSI_STATIC_WORDS}>")

# --- libraries, headers, command

set_target_properties(lockstep_shared PROPERTIES EXPORT_NAME lockstep)
set_target_properties(lockstep_static PROPERTIES EXPORT_NAME static)
install(TARGETS lockstep_shared EXPORT LockstepShared
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS lockstep_static EXPORT LockstepStatic
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
        INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES include/lockstep.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
install(DIRECTORY include/lockstep DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
foreach(plugin IN ITEMS lockstep_cuda lockstep_cuda_cub)
  if(TARGET ${plugin})
    install(TARGETS ${plugin} LIBRARY DESTINATION ${LSI_PLUGIN_DIR} COMPONENT cuda NAMELINK_SKIP)
    set(LSI_HAVE_CUDA_COMPONENT ON)
  endif()
endforeach()

if(TARGET lockstep)
  file(RELATIVE_PATH to_libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(lockstep PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
  install(TARGETS lockstep RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime)
  install(FILES tools/lockstep.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT runtime)
endif()
install(FILES LICENSE README.md CHANGELOG.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/lockstep
        COMPONENT runtime)

# --- find_package(Lockstep)

install(EXPORT LockstepShared NAMESPACE Lockstep:: FILE Lockstep-shared.cmake DESTINATION ${LSI_PACKAGE_DIR}
        COMPONENT dev)
install(EXPORT LockstepStatic NAMESPACE Lockstep:: FILE Lockstep-static.cmake DESTINATION ${LSI_PACKAGE_DIR}
        COMPONENT dev)
set(LSI_PLUGIN_FILE ${LSI_PLUGIN_DIR}/${CMAKE_SHARED_LIBRARY_PREFIX}lockstep-cuda${CMAKE_SHARED_MODULE_SUFFIX})
configure_package_config_file(cmake/LockstepConfig.cmake.in ${PROJECT_BINARY_DIR}/cmake/LockstepConfig.cmake
                              INSTALL_DESTINATION ${LSI_PACKAGE_DIR} PATH_VARS LSI_PLUGIN_FILE)
# Until 1.0 a minor version may break what was built before (docs/abi.md).
if(PROJECT_VERSION_MAJOR EQUAL 0)
  set(compatibility SameMinorVersion)
else()
  set(compatibility SameMajorVersion)
endif()
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/LockstepConfigVersion.cmake
                                 COMPATIBILITY ${compatibility})
install(FILES ${PROJECT_BINARY_DIR}/cmake/LockstepConfig.cmake ${PROJECT_BINARY_DIR}/cmake/LockstepConfigVersion.cmake
        DESTINATION ${LSI_PACKAGE_DIR} COMPONENT dev)

# --- pkg-config: written when the prefix is known, since a program must find the library in a prefix of the user's own

file(RELATIVE_PATH LSI_PC_TO_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" LSI_PC_TO_PREFIX "${LSI_PC_TO_PREFIX}")
set(LSI_PC_STATIC "")
foreach(word IN LISTS LSI_STATIC_WORDS)
  if(IS_ABSOLUTE "${word}" OR word MATCHES "^-")
    string(APPEND LSI_PC_STATIC " ${word}")
  else()
    string(APPEND LSI_PC_STATIC " -l${word}")
  endif()
endforeach()
configure_file(cmake/install_pkgconfig.cmake.in ${PROJECT_BINARY_DIR}/cmake/install_pkgconfig.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/cmake/install_pkgconfig.cmake COMPONENT dev)

include(${CMAKE_CURRENT_LIST_DIR}/package.cmake)
