#pragma once

#include <cstddef>
#include <string_view>

#include "libblock/detail/scan_text.hpp"

/// The lines of a block, and the fields that they are.
namespace libblock::detail {

/// The longest line that is read, and the longest key, in bytes.
inline constexpr std::size_t longest_line = 512;
inline constexpr std::size_t longest_key = 40;

/// Words without blanks around them, nor bytes that are one of `before` or `after`.
std::string_view without(std::string_view words, std::string_view before,
                         std::string_view after) noexcept;

/// A line without its margin and the sign of a list, if it has one.
struct Line {
    std::string_view words;
    std::size_t indent = 0;  ///< of the words
    bool item = false;       ///< whether it begins an item of a list
};
Line read_line(std::string_view text) noexcept;

/// The key of a field and its value.
struct Field {
    std::string_view key;  ///< empty if the line is no field
    std::string_view value;
};
Field read_field(std::string_view words) noexcept;

/// Whether a line begins or ends an object and holds nothing else.
bool is_brace(std::string_view words) noexcept;

/// Whether a line is a rule, or where a document of YAML ends.
bool parts_blocks(std::string_view words) noexcept;

/// A key or a heading over what stands below it.
struct Opener {
    std::string_view key;       ///< with its `:`; empty if a line is none
    bool of_digests = false;    ///< of the file that is spoken of, and of no other one
    bool names_digest = false;  ///< whether it says so in full, as "File hashes" does
};
Opener read_opener(std::string_view words);

/// Whether what is told beside a key is of the same file as the digests under it. The items of a
/// list that have keys are files of their own, unless it is one of digests.
bool opens_same_file(std::string_view key, bool of_items);

}  // namespace libblock::detail
