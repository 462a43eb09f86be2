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
    hash_index
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

# Private helpers: libblock/detail/<name>.hpp and .cpp.
set(LIBBLOCK_DETAIL
    comments
    context_records
    context_words
    document_fields
    external_sort
    file
    hash_algebra
    hash_search
    hash_sort
    index_format
    large_memory
    list_lines
    mapped_file
    package_document
    pointer
    policy_document
    scan_place
    scan_runs
    scan_text
    suggest
    temporary_file
    text
    version
    wildcard
    yaml_reader
    yaml_scalar
    yaml_writer)

# Helpers with tests of their own, tests/cpp/detail/<name>_test.cpp; the others are tested through the
# nouns that use them.
set(LIBBLOCK_DETAIL_TESTS
    comments
    document_fields
    file
    hash_algebra
    hash_search
    hash_sort
    list_lines
    package_document
    policy_document
    text
    wildcard
    yaml_reader
    yaml_scalar
    yaml_writer)
