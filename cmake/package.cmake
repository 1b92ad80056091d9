# SPDX-License-Identifier: BSD-3-Clause
# `cpack` in the build folder makes Debian packages: lockstep (library, command), lockstep-dev and, where it was built,
# lockstep-cuda. Dependencies of the binaries come from dpkg-shlibdeps.

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "the Lockstep authors")
set(CPACK_PACKAGE_CONTACT "the Lockstep authors <lockstep@localhost.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL runtime dev)
if(LSI_HAVE_CUDA_COMPONENT)
  list(APPEND CPACK_COMPONENTS_ALL cuda)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON) # and the ldconfig trigger

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME lockstep)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "libopenblas0-openmp | libopenblas0")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Shared library and the lockstep command.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME lockstep-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "lockstep (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libhwloc-dev, zlib1g-dev") # to link statically
set(CPACK_COMPONENT_DEV_DESCRIPTION "Headers, static library, CMake and pkg-config files.")
set(CPACK_DEBIAN_CUDA_PACKAGE_NAME lockstep-cuda)
set(CPACK_DEBIAN_CUDA_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_CUDA_PACKAGE_DEPENDS "lockstep (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_CUDA_DESCRIPTION "The CUDA plug-in. Opened at run time where NVIDIA's driver is there.")

# Each package says under which licence it stands; only packages carry these copies.
foreach(component IN ITEMS runtime dev cuda)
  string(TOUPPER ${component} upper)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}
          RENAME copyright COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
include(CPack)
