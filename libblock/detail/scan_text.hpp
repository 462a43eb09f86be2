#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libblock/sha256.hpp"

/// The bytes around hexadecimal digits: what separates words, what cuts them off, what ends lines.
namespace libblock::detail {

/// A part of a text: offsets in bytes, the end excluded.
struct Slice {
    std::size_t begin = 0;
    std::size_t end = 0;

    constexpr std::size_t size() const noexcept { return end - begin; }
    constexpr bool empty() const noexcept { return begin == end; }
    constexpr std::string_view of(std::string_view text) const noexcept {
        return text.substr(begin, size());
    }

    bool operator==(const Slice&) const = default;
};

constexpr bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/// Without a branch, as the next ones: which digits are letters cannot be foreseen.
constexpr bool is_hex_digit(char c) noexcept {
    const bool digit = is_digit(c);
    const bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
    return digit | letter;
}

constexpr char ascii_lower(char c) noexcept {
    return static_cast<char>(c | (is_letter(c) ? 0x20 : 0));
}

/// Whether `c` belongs to a word: an ASCII letter or digit. `_` and all other bytes separate.
constexpr bool is_word(char c) noexcept {
    const bool digit = is_digit(c);
    const bool letter = is_letter(c);
    return digit | letter;
}

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Whether `c` ends a line.
constexpr bool is_break(char c) noexcept {
    return c == '\n' || c == '\r';
}

constexpr bool is_one_of(char c, std::string_view set) noexcept {
    bool found = false;  // without a branch or a call: sets are a few bytes long
    for (const char each : set) found |= each == c;
    return found;
}

/// The first byte of `text` from `at` on that is one of `set`, or the end: `find_first_of` calls a
/// function for each byte.
constexpr std::size_t find_one_of(std::string_view text, std::string_view set,
                                  std::size_t at = 0) noexcept {
    while (at < text.size() && !is_one_of(text[at], set)) ++at;
    return at;
}

/// The first byte of `text` from `at` on that is none of `set`, or the end.
constexpr std::size_t skip_all_of(std::string_view text, std::string_view set,
                                  std::size_t at = 0) noexcept {
    while (at < text.size() && is_one_of(text[at], set)) ++at;
    return at;
}

/// Whether `text` from `at` on begins with `lower`, in either case.
constexpr bool begins_with(std::string_view text, std::size_t at, std::string_view lower) noexcept {
    if (at > text.size() || text.size() - at < lower.size()) return false;
    for (std::size_t i = 0; i < lower.size(); ++i) {
        if (ascii_lower(text[at + i]) != lower[i]) return false;
    }
    return true;
}

/// Whether `text` up to `at` ends with `lower`, in either case.
bool ends_with(std::string_view text, std::size_t at, std::string_view lower) noexcept;

/// Whether a string escape stands at `at`: `\n`, `\t` or `\r`, spelled with a backslash.
bool escape_at(std::string_view text, std::size_t at) noexcept;

/// The hexadecimal digits that begin at `at`; empty if there are none.
Slice digits_at(std::string_view text, std::size_t at) noexcept;

/// The hexadecimal digits that end at `at`, as far back as `floor`.
Slice digits_before(std::string_view text, std::size_t at, std::size_t floor) noexcept;

/// The first digits in a row at or after `from`, `least` or more; empty if there are none.
Slice next_digits(std::string_view text, std::size_t from, std::size_t least) noexcept;

/// Whether a word can begin at `at`: what stands before it is no letter or digit, or certainly
/// not part of the word, such as a string escape or the colour sequence of a terminal.
bool begins_word(std::string_view text, std::size_t at) noexcept;

/// The same for the digits of a hash, which `0x` or a label such as `FileHash` may introduce too.
bool begins_digits(std::string_view text, std::size_t at) noexcept;

/// Whether a word can end before `at`.
bool ends_word(std::string_view text, std::size_t at) noexcept;

/// Whether the digits of a hash can end before `at`: a word can, or the label of another digest
/// follows.
bool ends_digits(std::string_view text, std::size_t at) noexcept;

/// How many of the first `digits` end a sequence of a terminal that moves the cursor, such as
/// `ESC [ 3 D`: it ends with its first letter, whatever follows.
std::size_t sequence_digits(std::string_view text, Slice digits) noexcept;

/// How many of the first digits at `at` certainly belong to what stands before them, so that
/// `wanted` of the `digits` are left: those of a percent escape (`%2F`), of quoted-printable
/// (`=3D`), of a string escape (`\x41`, `\u0041`) or of a label (`SHA256`). 0 if none do.
std::size_t glued_digits(std::string_view text, std::size_t at, std::size_t digits,
                         std::size_t wanted) noexcept;

/// What leaves out a part of a digest.
enum class CutKind : std::uint8_t { None, Ellipsis, Mask };

/// A cut beside digits: three dots or more, with or without blanks between, U+2026, either in
/// brackets; or, for a mask, three or more of one of `*`, `x`, `X` and U+2022, or a word such as
/// `[redacted]`.
struct CutMark {
    CutKind kind = CutKind::None;
    std::size_t bytes = 0;

    explicit operator bool() const noexcept { return kind != CutKind::None; }
};

CutMark cut_after(std::string_view text, std::size_t at) noexcept;
CutMark cut_before(std::string_view text, std::size_t at) noexcept;

/// Bytes of the line break at `at`: CR LF, LF or CR; 0 if there is none.
std::size_t line_break_at(std::string_view text, std::size_t at) noexcept;

/// Bytes of the line break that ends before `at`; 0 if there is none.
std::size_t line_break_before(std::string_view text, std::size_t at) noexcept;

/// The first place at or after `at` that is not blank.
std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept;

/// Bytes of the invisible character at `at`, 0 if there is none: a soft hyphen, a zero-width space
/// or joiner, a mark of direction, a variation selector, a byte order mark.
std::size_t invisible_at(std::string_view text, std::size_t at) noexcept;

/// Bytes of the invisible character that ends before `at`, 0 if there is none.
std::size_t invisible_before(std::string_view text, std::size_t at) noexcept;

/// Whether digits are a mixture that no word and no number has.
bool is_mixed(std::string_view digits) noexcept;

}  // namespace libblock::detail
