#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libblock/error.hpp"

/// Text that people typed or pasted: UTF-8, its defects, and comparison without case.
namespace libblock::detail {

/// A code point, or a single byte that begins none.
struct Character {
    std::int32_t code_point = -1;  ///< -1: not UTF-8
    std::size_t bytes = 1;

    bool valid() const noexcept { return code_point >= 0; }
};

Character character_at(std::string_view text, std::size_t offset) noexcept;

/// Offset of the first byte that is not valid UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// Whether a byte continues a character in UTF-8.
constexpr bool continues_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

/// What a text may hold beside visible characters.
struct TextRules {
    std::size_t max_bytes = 0;
    bool may_be_empty = false;
    bool line_breaks = false;      ///< LF and TAB
    bool direction_marks = false;  ///< bidirectional controls; attackers use them in file names
    bool blank_ends = false;       ///< white space at the ends
    bool joiners = false;          ///< zero-width spaces and joiners, soft hyphens, BOM
};

/// Throws `Error` (InvalidValue, LimitExceeded) saying what is wrong with `what`.
void validate_text(std::string_view text, std::string_view what, const TextRules& rules);

/// How two texts are compared.
enum class Folding { Exact, Windows, Macos };

/// A form in which texts that count as the same are the same: upper case by simple mapping
/// (which keeps the number of characters), and Unicode normal form C for `Macos`. Bytes that are
/// not UTF-8 stay as they are.
std::string fold(std::string_view text, Folding folding);

/// Printable form for messages: quoted, control characters escaped, long texts cut.
std::string quote(std::string_view text);

}  // namespace libblock::detail
