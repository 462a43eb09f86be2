# The nouns of the library. To add one, add a line here and these files:
#
#   libblock/<noun>.hpp   libblock/<noun>.cpp          bindings/<noun>.cpp
#                         tests/cpp/<noun>_test.cpp    tests/python/test_<noun>.py
set(LIBBLOCK_NOUNS
    check
    compilation
    decision
    document
    error
    extraction
    extractor
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
    target
    timestamp)

# The targets that packages compile to. To add one, add a line here and these files:
#
#   libblock/targets/<target>.cpp      tests/python/targets/test_<target>.py
#
# The name of the target is that of its file, with hyphens in place of underscores.
set(LIBBLOCK_TARGETS
    airlock
    applocker
    carbonblack
    clamav
    cortex
    crowdstrike
    defender
    elastic
    eset
    fapolicyd
    hashdeep
    misp
    osquery
    santa
    sentinelone
    sha256sum
    sigma
    sophos
    stix
    suricata
    sysmon
    trellix
    wazuh
    wdac
    yara)

# Nouns whose header says it all: they have no libblock/<noun>.cpp.
set(LIBBLOCK_HEADER_ONLY platform)

# Public headers that are no nouns.
set(LIBBLOCK_HEADERS enum_text libblock limits value_iterator)

# Private helpers: libblock/detail/<name>.hpp and .cpp.
set(LIBBLOCK_DETAIL
    capability_fit
    collector
    column
    comments
    context_alignment
    context_blocks
    context_cells
    context_columns
    context_elements
    context_fields
    context_headings
    context_labels
    context_line_table
    context_lines
    context_names
    context_objects
    context_phrases
    context_reader
    context_records
    context_rows
    context_siblings
    context_words
    document_fields
    encoding
    entry_table
    external_sort
    file
    file_type
    finder
    hash_algebra
    hash_search
    hash_sort
    hex
    index_format
    large_memory
    large_pages
    list_lines
    loss_report
    mapped_file
    name_uuid
    package_document
    path_text
    pointer
    policy_document
    placeholder
    repeats
    scan_kernel
    scan_kernel_portable
    scan_lines
    scan_pieces
    scan_place
    scan_shapes
    scan_spots
    scan_text
    suggest
    target_json
    target_text
    temporary_file
    text
    text_pool
    version
    wildcard
    xml
    yaml_reader
    yaml_scalar
    yaml_writer)

# Kernels of extraction for one instruction set each: as above, but compiled only for its processors.
set(LIBBLOCK_X86_KERNELS scan_kernel_avx2 scan_kernel_avx512 scan_kernel_sse4)
set(LIBBLOCK_NEON_KERNELS scan_kernel_neon)

# Helpers with tests of their own, tests/cpp/detail/<name>_test.cpp; the others are tested through the
# nouns that use them.
set(LIBBLOCK_DETAIL_TESTS
    comments
    context_labels
    context_reader
    context_records
    document_fields
    entry_table
    file
    file_type
    finder
    hash_algebra
    hash_search
    hash_sort
    hex
    index_format
    list_lines
    name_uuid
    package_document
    path_text
    policy_document
    repeats
    scan_kernel
    scan_lines
    target_text
    text
    text_pool
    wildcard
    word_list
    xml
    yaml_reader
    yaml_scalar
    yaml_writer)
