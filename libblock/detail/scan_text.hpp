#pragma once

#include <cstddef>
#include <string_view>

/// The bytes around hexadecimal digits: what separates words, what cuts them off, what ends lines.
namespace libblock::detail {

/// A part of a text: offsets in bytes, the end excluded.
struct Slice {
    std::size_t begin = 0;
    std::size_t end = 0;

    constexpr std::size_t size() const noexcept { return end - begin; }
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

constexpr bool is_hex_digit(char c) noexcept {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

constexpr char ascii_lower(char c) noexcept {
    return is_letter(c) ? static_cast<char>(c | 0x20) : c;
}

/// Whether `c` belongs to a word: an ASCII letter or digit. `_` and all other bytes separate.
constexpr bool is_word(char c) noexcept {
    return is_digit(c) || is_letter(c);
}

constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t';
}

constexpr bool is_one_of(char c, std::string_view set) noexcept {
    return set.find(c) != std::string_view::npos;
}

/// Whether `text` from `at` on begins with `lower`, in either case.
bool begins_with(std::string_view text, std::size_t at, std::string_view lower) noexcept;

/// Whether a string escape stands at `at`: `\n`, `\t` or `\r`, spelled with a backslash.
bool escape_at(std::string_view text, std::size_t at) noexcept;

/// Whether a word can begin at `at`: no letter or digit stands before it, except the letter of
/// an escape.
bool begins_word(std::string_view text, std::size_t at) noexcept;

/// The same for digits, which `0x` may introduce too.
bool begins_digits(std::string_view text, std::size_t at) noexcept;

/// Whether a word can end before `at`.
bool ends_word(std::string_view text, std::size_t at) noexcept;

/// Bytes of the ellipsis that begins at `at` (`...`, U+2026, either in brackets), 0 if none does.
std::size_t ellipsis_after(std::string_view text, std::size_t at) noexcept;

/// Bytes of the ellipsis that ends before `at`, 0 if none does.
std::size_t ellipsis_before(std::string_view text, std::size_t at) noexcept;

/// Bytes of the line break at `at`: CR LF, LF or CR; 0 if there is none.
std::size_t line_break_at(std::string_view text, std::size_t at) noexcept;

/// The first place at or after `at` that is not blank.
std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept;

}  // namespace libblock::detail
