# Installs the library for find_package(libblock) and for pkg-config.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/libblock")

install(
  TARGETS libblock
  EXPORT libblockTargets
  FILE_SET HEADERS
  FILE_SET generated_headers)
install(
  EXPORT libblockTargets
  NAMESPACE libblock::
  DESTINATION "${package_dir}")

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/libblockConfig.cmake.in" "${PROJECT_BINARY_DIR}/libblockConfig.cmake"
  INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/libblockConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/libblockConfig.cmake"
        "${PROJECT_BINARY_DIR}/libblockConfigVersion.cmake"
        "${CMAKE_CURRENT_LIST_DIR}/Findutf8proc.cmake"
        "${CMAKE_CURRENT_LIST_DIR}/Findyaml-cpp.cmake"
  DESTINATION "${package_dir}")

# The .pc file finds the prefix from its own place, so that an installed tree can be moved.
file(RELATIVE_PATH pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/libblock.pc.in" "${PROJECT_BINARY_DIR}/libblock.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/libblock.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/schemas/"
        DESTINATION "${CMAKE_INSTALL_DATADIR}/libblock/schemas" FILES_MATCHING PATTERN "*.json")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
