#include "libblock/detail/text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace libblock::detail {
namespace {

void append(std::string& text, utf8proc_int32_t code_point) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const utf8proc_ssize_t count = utf8proc_encode_char(code_point, bytes.data());
    text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(count));
}

constexpr std::array<utf8proc_int32_t, 6> joiners{0x00ad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff};

bool is_joiner(utf8proc_int32_t code_point) noexcept {
    return std::find(joiners.begin(), joiners.end(), code_point) != joiners.end();
}

bool is_direction_mark(utf8proc_int32_t c) noexcept {
    return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

bool is_control(utf8proc_int32_t code_point) noexcept {
    const auto category = utf8proc_category(code_point);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

bool is_blank(utf8proc_int32_t code_point) noexcept {
    return code_point == '\t' || code_point == '\n' ||
           utf8proc_category(code_point) == UTF8PROC_CATEGORY_ZS;
}

/// The first defect of a character under the rules, as words, or null.
const char* defect_of(utf8proc_int32_t code_point, const TextRules& rules) noexcept {
    if (rules.line_breaks && (code_point == '\n' || code_point == '\t')) return nullptr;
    if (is_control(code_point)) return "a control character";
    if (!rules.joiners && is_joiner(code_point)) return "an invisible character";
    if (!rules.direction_marks && is_direction_mark(code_point)) return "a direction mark";
    return nullptr;
}

/// Whether a text is of visible ASCII and spaces alone: nearly all are, and need no closer look.
bool is_plain(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::string compose(const std::string& text) {
    utf8proc_uint8_t* composed = nullptr;
    const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    const utf8proc_ssize_t count =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &composed, options);
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
    if (count < 0) return text;  // not UTF-8: bytes stay as they are
    return {reinterpret_cast<const char*>(composed), static_cast<std::size_t>(count)};
}

std::string to_upper(std::string_view text) {
    std::string upper;
    upper.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (character.valid()) {
            append(upper, utf8proc_toupper(character.code_point));
        } else {
            upper += text[i];
        }
        i += character.bytes;
    }
    return upper;
}

}  // namespace

Character character_at(std::string_view text, std::size_t offset) noexcept {
    Character character;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + offset);
    const auto left = static_cast<utf8proc_ssize_t>(text.size() - offset);
    if (left > 0 && *bytes < 0x80) return {*bytes, 1};
    const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &character.code_point);
    if (character.valid()) character.bytes = static_cast<std::size_t>(used);
    return character;
}

std::size_t find_invalid_utf8(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (!character.valid()) return i;
        i += character.bytes;
    }
    return std::string_view::npos;
}

void validate_text(std::string_view text, std::string_view what, const TextRules& rules) {
    const auto refuse = [&](const std::string& problem) {
        throw Error(ErrorCode::InvalidValue, fmt::format("{} {}", what, problem));
    };
    if (text.size() > rules.max_bytes) {
        throw Error(ErrorCode::LimitExceeded, fmt::format("{} is {} bytes long, more than {}", what,
                                                          text.size(), rules.max_bytes));
    }
    if (text.empty() && !rules.may_be_empty) refuse("is empty");
    const bool blank_ends = text.starts_with(' ') || text.ends_with(' ');
    if (is_plain(text) && (rules.blank_ends || !blank_ends)) return;
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        if (!character.valid()) refuse(fmt::format("is not UTF-8 at byte {}", i));
        if (const char* defect = defect_of(character.code_point, rules)) {
            refuse(fmt::format("{} holds {} (U+{:04X})", quote(text), defect,
                               static_cast<std::uint32_t>(character.code_point)));
        }
        const bool at_end = i == 0 || i + character.bytes == text.size();
        if (at_end && !rules.blank_ends && is_blank(character.code_point)) {
            refuse(fmt::format("{} begins or ends with white space", quote(text)));
        }
        i += character.bytes;
    }
}

std::string fold(std::string_view text, Folding folding) {
    if (folding == Folding::Exact) return std::string(text);
    std::string upper = to_upper(text);
    return folding == Folding::Macos ? compose(upper) : upper;
}

std::string quote(std::string_view text) {
    constexpr std::size_t longest = 120;
    std::string quoted = "'";
    for (std::size_t i = 0; i < text.size();) {
        if (quoted.size() > longest) {
            quoted += "...";
            break;
        }
        const Character character = character_at(text, i);
        if (!character.valid()) {
            quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
        } else if (defect_of(character.code_point, {})) {
            quoted += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.code_point));
        } else {
            quoted += text.substr(i, character.bytes);
        }
        i += character.bytes;
    }
    return quoted + "'";
}

}  // namespace libblock::detail
