# What libblock is built from: an installed package if there is one, else a pinned archive.
# -DCMAKE_DISABLE_FIND_PACKAGE_<name>=ON forces the archive;
# -DFETCHCONTENT_SOURCE_DIR_<NAME>=<folder> takes sources that are at hand.
include(FetchContent)

# OpenSSL alone is never fetched: its security fixes have to come from the system.
find_package(OpenSSL 3.0 COMPONENTS Crypto)
if(NOT OpenSSL_FOUND)
  message(
    FATAL_ERROR
      "libblock needs OpenSSL 3.0 or newer with its headers. Install libssl-dev (Debian, Ubuntu), "
      "openssl-devel (Fedora), openssl@3 (Homebrew) or openssl (vcpkg), or set OPENSSL_ROOT_DIR.")
endif()

FetchContent_Declare(
  fmt
  URL https://github.com/fmtlib/fmt/archive/refs/tags/11.1.4.tar.gz
  URL_HASH SHA256=ac366b7b4c2e9f0dde63a59b3feb5ee59b67974b14ee5dc9ea8ad78aa2c1ee1e
  FIND_PACKAGE_ARGS 9.1)
FetchContent_Declare(
  yaml-cpp
  URL https://github.com/jbeder/yaml-cpp/archive/refs/tags/yaml-cpp-0.9.0.tar.gz
  URL_HASH SHA256=25cb043240f828a8c51beb830569634bc7ac603978e0f69d6b63558dadefd49a
  FIND_PACKAGE_ARGS 0.7)
FetchContent_Declare(
  utf8proc
  URL https://github.com/JuliaStrings/utf8proc/releases/download/v2.11.3/utf8proc-2.11.3.tar.gz
  URL_HASH SHA256=415189fd2c85cd6ee5ff26af500fa387de9ada1e3e316e93f7338551481d557d
  FIND_PACKAGE_ARGS 2.6)
FetchContent_Declare(
  pugixml
  URL https://github.com/zeux/pugixml/releases/download/v1.15/pugixml-1.15.tar.gz
  URL_HASH SHA256=655ade57fa703fb421c2eb9a0113b5064bddb145d415dd1f88c79353d90d511a
  FIND_PACKAGE_ARGS 1.13)
FetchContent_Declare(
  nlohmann_json
  URL https://github.com/nlohmann/json/releases/download/v3.12.0/json.tar.xz
  URL_HASH SHA256=42f6e95cad6ec532fd372391373363b62a14af6d771056dbfc86160e6dfff7aa
  FIND_PACKAGE_ARGS 3.11)
FetchContent_Declare(
  doctest
  URL https://github.com/doctest/doctest/archive/refs/tags/v2.4.12.tar.gz
  URL_HASH SHA256=73381c7aa4dee704bd935609668cf41880ea7f19fa0504a200e13b74999c2d70
  FIND_PACKAGE_ARGS 2.4)
FetchContent_Declare(
  pybind11
  URL https://github.com/pybind/pybind11/archive/refs/tags/v3.0.2.tar.gz
  URL_HASH SHA256=2f20a0af0b921815e0e169ea7fec63909869323581b89d7de1553468553f6a2d
  FIND_PACKAGE_ARGS 3.0)

# Makes dependencies available. Those that have to be fetched are configured to be what an installed
# one would be: no tests, no warnings of theirs in our build, and installed beside a static libblock,
# which needs them there.
function(libblock_require)
  set(CMAKE_CXX_CLANG_TIDY "")
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  set(CMAKE_POLICY_DEFAULT_CMP0077 NEW) # so that what follows sets their options
  set(BUILD_TESTING OFF)
  set(FMT_INSTALL ${LIBBLOCK_INSTALL})
  set(YAML_CPP_BUILD_TOOLS OFF)
  set(YAML_CPP_FORMAT_SOURCE OFF)
  set(YAML_CPP_INSTALL ${LIBBLOCK_INSTALL})
  set(UTF8PROC_INSTALL ${LIBBLOCK_INSTALL})
  set(PUGIXML_INSTALL ${LIBBLOCK_INSTALL})
  set(JSON_BuildTests OFF)
  set(JSON_Install OFF)
  set(DOCTEST_WITH_TESTS OFF)
  set(DOCTEST_WITH_MAIN_IN_STATIC_LIB OFF)
  set(DOCTEST_NO_INSTALL ON)
  FetchContent_MakeAvailable(${ARGN})
  foreach(target IN ITEMS fmt yaml-cpp utf8proc pugixml-static pugixml-shared)
    if(TARGET ${target})
      set_target_properties(
        ${target} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES
                             $<TARGET_PROPERTY:${target},INTERFACE_INCLUDE_DIRECTORIES>)
    endif()
  endforeach()
endfunction()

libblock_require(fmt yaml-cpp utf8proc pugixml nlohmann_json)
if(NOT TARGET utf8proc::utf8proc)
  add_library(utf8proc::utf8proc ALIAS utf8proc) # the name that an installed one has
endif()
if(LIBBLOCK_BUILD_TESTS)
  libblock_require(doctest)
endif()
if(LIBBLOCK_BUILD_PYTHON)
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
  libblock_require(pybind11)
endif()
