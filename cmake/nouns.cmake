# The nouns of the library. To add one, add a line here and these files:
#
#   libblock/<noun>.hpp   libblock/<noun>.cpp          bindings/<noun>.cpp
#                         tests/cpp/<noun>_test.cpp    tests/python/test_<noun>.py
set(LIBBLOCK_NOUNS
    check
    decision
    document
    error
    extraction
    field
    file_facts
    hash_entry
    hash_list
    hash_set
    hasher
    package
    platform
    policy
    rule
    sha256
    timestamp)

# Nouns whose header says it all: they have no libblock/<noun>.cpp.
set(LIBBLOCK_HEADER_ONLY platform)

# Public headers that are no nouns.
set(LIBBLOCK_HEADERS enum_text libblock limits)

# Private helpers: libblock/detail/<name>.hpp and .cpp, tests/cpp/detail/<name>_test.cpp.
file(GLOB LIBBLOCK_DETAIL CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/libblock/detail" "${PROJECT_SOURCE_DIR}/libblock/detail/*.cpp")
list(TRANSFORM LIBBLOCK_DETAIL REPLACE "\\.cpp$" "")
