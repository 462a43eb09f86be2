# yaml-cpp by its own package, under the one name `yaml-cpp::yaml-cpp`: until 0.7 the target had no
# namespace.
include(FindPackageHandleStandardArgs)

find_package(yaml-cpp CONFIG QUIET)
find_package_handle_standard_args(yaml-cpp CONFIG_MODE)
if(yaml-cpp_FOUND AND NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp INTERFACE IMPORTED)
  set_target_properties(yaml-cpp::yaml-cpp PROPERTIES INTERFACE_LINK_LIBRARIES yaml-cpp)
endif()
