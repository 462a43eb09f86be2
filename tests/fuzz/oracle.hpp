#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/extraction.hpp"
#include "libblock/sha256.hpp"

// What extraction must find and say, told once more as plainly as can be, with nothing of the
// library's own code.

namespace libblock::fuzz {

inline bool is_hex(char c) noexcept {
    return std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos;
}

inline bool is_alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return result;
}

/// Bytes of the character that begins at `at`, by table 3-7 of the Unicode standard; 1 for a byte
/// that begins none.
inline std::size_t character_bytes(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) -> unsigned {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
    };
    const auto in = [&](std::size_t i, unsigned first, unsigned last) {
        return byte(i) >= first && byte(i) <= last;
    };
    const unsigned lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF) return in(1, 0x80, 0xBF) ? 2 : 1;
    if (lead >= 0xE0 && lead <= 0xEF) {
        const unsigned first = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned last = lead == 0xED ? 0x9F : 0xBF;
        return in(1, first, last) && in(2, 0x80, 0xBF) ? 3 : 1;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        const unsigned first = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned last = lead == 0xF4 ? 0x8F : 0xBF;
        return in(1, first, last) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 1;
    }
    return 1;
}

/// The place of each byte of a text; `offsets` are those of its bytes in the text as it was given.
inline std::vector<TextPlace> places_of(std::string_view text,
                                        const std::vector<std::uint64_t>& offsets) {
    std::vector<TextPlace> places(text.size() + 1);
    TextPlace place{1, 1, 0};
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = character_bytes(text, at);
        for (std::size_t i = 0; i < bytes; ++i) places[at + i] = place;
        const bool pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
        if (text[at] == '\n' || (text[at] == '\r' && !pair)) {
            ++place.line;
            place.column = 1;
        } else {
            ++place.column;
        }
        at += bytes;
    }
    places.back() = place;
    for (std::size_t at = 0; at <= text.size(); ++at) places[at].offset = offsets[at];
    return places;
}

/// Bytes of what may stand between the digits of a hash and is no digit, at `at`; 0 if there is
/// nothing such.
inline std::size_t joint_bytes(std::string_view text, std::size_t at) {
    static constexpr std::array<std::string_view, 11> breaks{
        "=\r\n",  "=\n",    "<wbr>",   "<wbr/>",   "<wbr />",         "&shy;",
        "&#173;", "&#xad;", "&#8203;", "&#x200b;", "&zerowidthspace;"};
    for (const auto mark : breaks) {
        if (lower(text.substr(at, mark.size())) == mark) return mark.size();
    }
    const std::size_t bytes = character_bytes(text, at);
    if (bytes == 1) return std::string_view(" \t\r\n").find(text[at]) != text.npos ? 1 : 0;
    char32_t code = static_cast<unsigned char>(text[at]) & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
    }
    struct Range {
        char32_t first;
        char32_t last;
    };
    static constexpr std::array<Range, 8> invisible{{{0xAD, 0xAD},
                                                     {0x61C, 0x61C},
                                                     {0x180E, 0x180E},
                                                     {0x200B, 0x200F},
                                                     {0x202A, 0x202E},
                                                     {0x2060, 0x206F},
                                                     {0xFE00, 0xFE0F},
                                                     {0xFEFF, 0xFEFF}}};
    const bool listed = std::any_of(invisible.begin(), invisible.end(), [&](Range range) {
        return range.first <= code && code <= range.last;
    });
    return listed ? bytes : 0;
}

/// Whether a NUL stands between all digits of `text`, as in UTF-16.
inline bool is_laced_with_nul(std::string_view text) {
    if (text.size() < 2) return false;
    for (std::size_t at = 1; at < text.size(); at += 2) {
        if (text[at] != '\0') return false;
    }
    return true;
}

inline std::string without_nuls(std::string_view text) {
    std::string rest(text);
    rest.erase(std::remove(rest.begin(), rest.end(), '\0'), rest.end());
    return rest;
}

/// The digits that stand in `text`, without what may join them; nothing if something else is there.
inline std::optional<std::string> joined_digits(std::string_view text) {
    if (is_laced_with_nul(text)) return joined_digits(without_nuls(text));
    std::string digits;
    for (std::size_t at = 0; at < text.size();) {
        if (is_hex(text[at])) {
            digits += text[at++];
            continue;
        }
        const std::size_t bytes = joint_bytes(text, at);
        if (bytes == 0) return std::nullopt;
        at += bytes;
    }
    return digits;
}

/// The first 160 characters; whatever bytes begin no character belong to the one before them.
inline std::string shortened(std::string_view text) {
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80) continue;
        if (++characters > 160) return std::string(text.substr(0, i));
    }
    return std::string(text);
}

/// A text in UTF-8, and where each of its bytes stood before it was decoded.
struct Decoded {
    std::string text;
    std::vector<std::uint64_t> offsets;  ///< one more: that of its end
};

inline void append_utf8(std::string& text, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xC0 + code / 64);
        add(0x80 + code % 64);
    } else if (code < 0x10000) {
        add(0xE0 + code / 4096);
        add(0x80 + code / 64 % 64);
        add(0x80 + code % 64);
    } else {
        add(0xF0 + code / 262144);
        add(0x80 + code / 4096 % 64);
        add(0x80 + code / 64 % 64);
        add(0x80 + code % 64);
    }
}

/// Text behind its byte order mark; `mark` is its size.
inline Decoded decode_utf8(std::string_view bytes, std::size_t mark) {
    Decoded decoded{std::string(bytes.substr(mark)), {}};
    for (std::size_t at = mark; at <= bytes.size(); ++at) decoded.offsets.push_back(at);
    return decoded;
}

/// Where UTF-16 ends: at the unit in which 32 digits of a byte each begin.
inline std::size_t end_of_utf16(std::string_view bytes, std::size_t mark) {
    std::size_t digits = 0;
    for (std::size_t at = mark; at < bytes.size(); ++at) {
        digits = is_hex(bytes[at]) ? digits + 1 : 0;
        if (digits == 32) return at - 31 - (at - 31 - mark) % 2;
    }
    return bytes.size();
}

inline Decoded decode_utf16(std::string_view all, std::size_t mark, bool little) {
    const std::string_view bytes = all.substr(0, end_of_utf16(all, mark));
    Decoded decoded;
    const auto unit_at = [&](std::size_t at) -> std::uint32_t {
        if (at + 2 > bytes.size()) return 0;
        const std::uint32_t first = static_cast<unsigned char>(bytes[at]);
        const std::uint32_t second = static_cast<unsigned char>(bytes[at + 1]);
        return little ? second * 256 + first : first * 256 + second;
    };
    for (std::size_t at = mark; at < bytes.size();) {
        std::uint32_t code = at + 2 > bytes.size() ? 0xFFFD : unit_at(at);
        std::size_t taken = 2;
        if (code >= 0xD800 && code <= 0xDFFF) {
            const std::uint32_t next = unit_at(at + 2);
            const bool pair = code < 0xDC00 && next >= 0xDC00 && next <= 0xDFFF;
            code = pair ? 0x10000 + (code - 0xD800) * 1024 + (next - 0xDC00) : 0xFFFD;
            taken = pair ? 4 : 2;
        }
        append_utf8(decoded.text, code);
        decoded.offsets.resize(decoded.text.size(), at);
        at += taken;
    }
    decoded.text += all.substr(bytes.size());
    for (std::size_t at = bytes.size(); at <= all.size(); ++at) decoded.offsets.push_back(at);
    return decoded;
}

}  // namespace libblock::fuzz
