#include "libblock/detail/yaml_scalar.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace libblock::detail {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}
char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool all_in(std::string_view text, std::string_view characters) noexcept {
    return text.find_first_not_of(characters) == std::string_view::npos;
}

void skip_digits(std::string_view& text) noexcept {
    while (!text.empty() && is_digit(text[0])) text.remove_prefix(1);
}

void skip_sign(std::string_view& text) noexcept {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
}

/// `( . digits | digits [ . digits? ] ) [ e sign? digits ]`: integers and floats of the core
/// schema, after the sign.
bool is_decimal(std::string_view text) noexcept {
    const bool digits_lead = !text.empty() && is_digit(text[0]);
    skip_digits(text);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (!digits_lead && (text.empty() || !is_digit(text[0]))) return false;
        skip_digits(text);
    } else if (!digits_lead) {
        return false;
    }
    if (text.empty()) return true;
    if (to_lower(text[0]) != 'e') return false;
    text.remove_prefix(1);
    skip_sign(text);
    return !text.empty() && all_in(text, "0123456789");
}

bool has_digits_after(std::string_view text, std::string_view prefix,
                      std::string_view digits) noexcept {
    return text.size() > prefix.size() && text.starts_with(prefix) &&
           all_in(text.substr(prefix.size()), digits);
}

template <std::size_t size>
bool is_one_of(std::string_view text, const std::array<std::string_view, size>& words) noexcept {
    return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 6> booleans{"true",  "True",  "TRUE",
                                                   "false", "False", "FALSE"};
constexpr std::array<std::string_view, 3> not_numbers{".nan", ".NaN", ".NAN"};
constexpr std::array<std::string_view, 3> infinities{".inf", ".Inf", ".INF"};

bool is_number(std::string_view text) noexcept {
    if (has_digits_after(text, "0o", "01234567")) return true;
    if (has_digits_after(text, "0x", "0123456789abcdefABCDEF")) return true;
    if (is_one_of(text, not_numbers)) return true;
    skip_sign(text);
    return is_one_of(text, infinities) || is_decimal(text);
}

/// Words that YAML 1.1 or 1.2 takes for something else than text, in any case.
constexpr std::array<std::string_view, 9> reserved_words{"null", "true", "false", "yes", "no",
                                                         "on",   "off",  "y",     "n"};

bool is_reserved(std::string_view text) noexcept {
    return std::any_of(reserved_words.begin(), reserved_words.end(), [&](std::string_view word) {
        return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                          [](char a, char b) { return to_lower(a) == b; });
    });
}

/// Whether a text that begins with a digit may be a number, a date or a time to someone:
/// `0b1`, `0x1f`, `1_000`, `1e5`, `1.2.3`, `12:30:00`, `2026-01-01 00:00:00Z`.
bool may_be_number(std::string_view text) noexcept {
    const std::string_view digits = text.substr(std::min<std::size_t>(2, text.size()));
    switch (text.size() > 1 && text[0] == '0' ? to_lower(text[1]) : '\0') {
        case 'b':
            return all_in(digits, "01_");
        case 'o':
            return all_in(digits, "01234567_");
        case 'x':
            return all_in(digits, "0123456789abcdefABCDEF_");
        default:
            return all_in(text, "0123456789_.,:+-eETtZz ");
    }
}

/// Whether no reader takes the first character for an indicator, a sign or white space.
bool begins_plain(char first) noexcept {
    return is_letter(first) || is_digit(first) || !is_ascii(first) ||
           std::string_view("/\\($_").find(first) != std::string_view::npos;
}

}  // namespace

PlainType plain_type(std::string_view text) noexcept {
    if (is_one_of(text, nulls)) return PlainType::Null;
    if (is_one_of(text, booleans)) return PlainType::Boolean;
    return is_number(text) ? PlainType::Number : PlainType::Text;
}

bool is_safe_plain(std::string_view text) noexcept {
    if (text.empty() || !begins_plain(text[0])) return false;
    if (text.back() == ' ' || text.back() == ':') return false;
    if (text.find(": ") != std::string_view::npos) return false;
    if (text.find(" #") != std::string_view::npos) return false;
    if (is_digit(text[0]) && may_be_number(text)) return false;
    return !is_reserved(text);
}

}  // namespace libblock::detail
