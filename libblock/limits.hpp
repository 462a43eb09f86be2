#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound of the library in one place. What exceeds one is refused with
/// `ErrorCode::LimitExceeded`, never cut off.
namespace libblock::limits {

inline constexpr std::size_t name_bytes = 256;        ///< package, rule and group names, tags
inline constexpr std::size_t text_bytes = 64 * 1024;  ///< descriptions, notes, references
inline constexpr std::size_t criterion_value_bytes = 4096;
inline constexpr std::size_t criteria_per_rule = 64;
inline constexpr std::size_t rules_per_package = 10'000;
inline constexpr std::size_t groups = 10'000;
inline constexpr std::size_t group_depth = 64;

inline constexpr std::size_t document_bytes = 16 * 1024 * 1024;  ///< one YAML document
inline constexpr std::size_t document_depth = 16;
inline constexpr std::size_t document_nodes = 1'000'000;

inline constexpr std::size_t entries_per_package = 500'000'000;
inline constexpr std::size_t hash_list_bytes = 1024 * 1024 * 1024;  ///< one list of hashes

/// One index of known hashes: 2 TiB of them.
inline constexpr std::uint64_t hash_index_digests = std::uint64_t{1} << 36;

/// A package with more entries than this keeps its hashes in lists beside the document.
inline constexpr std::size_t inline_entries = 1000;

}  // namespace libblock::limits
