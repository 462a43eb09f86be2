#include "libblock/detail/encoding.hpp"

#include <algorithm>
#include <array>

#include "libblock/detail/scan_text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t least_units = 8;  ///< of a text whose encoding no mark tells
constexpr std::uint32_t replacement = 0xFFFD;

constexpr bool is_high(std::uint32_t unit) noexcept {
    return unit >= 0xD800 && unit < 0xDC00;
}

constexpr bool is_low(std::uint32_t unit) noexcept {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append(std::uint32_t code, std::string& text) {
    const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0 | code >> 6);
    } else {
        if (code < 0x10000) {
            byte(0xE0 | code >> 12);
        } else {
            byte(0xF0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3F));
        }
        byte(0x80 | (code >> 6 & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

/// Whether NUL is nearly every second byte of `head`, beginning with `first`; or, in a text of an
/// alphabet that is not ASCII, as nearly NUL and one other byte, with NUL for blanks and digits.
/// The other byte of a character may be NUL (U+3000, or half of U+1F600), but not both.
bool has_nul_pattern(std::string_view head, std::size_t first) noexcept {
    const std::size_t units = head.size() / 2;
    std::array<std::size_t, 256> counts{};
    for (std::size_t i = 0; i < units; ++i) {
        const char high = head[2 * i + first];
        if (high == '\0' && head[2 * i + 1 - first] == '\0') return false;
        ++counts[static_cast<unsigned char>(high)];
    }
    const std::size_t nul = counts[0];
    const std::size_t alphabet = *std::max_element(counts.begin() + 1, counts.end());
    const bool blanks = nul >= least_units && 16 * nul >= units;
    return units >= least_units && 4 * (nul + (blanks ? alphabet : 0)) >= 3 * units;
}

/// Whether bytes that begin like UTF-16 are: ASCII digits in a row would be lost if not.
bool could_be_utf16(std::string_view head) noexcept {
    constexpr std::size_t ascii_row = 16;
    return head.find('\0') != std::string_view::npos || next_digits(head, 0, ascii_row).empty();
}

}  // namespace

TextHead read_head(std::string_view head) noexcept {
    if (head.starts_with("\xEF\xBB\xBF")) return {Encoding::Utf8, 3};
    head = head.substr(0, head_bytes);
    if (could_be_utf16(head)) {
        if (head.starts_with("\xFF\xFE")) return {Encoding::Utf16Le, 2};
        if (head.starts_with("\xFE\xFF")) return {Encoding::Utf16Be, 2};
    }
    if (has_nul_pattern(head, 1)) return {Encoding::Utf16Le};
    if (has_nul_pattern(head, 0)) return {Encoding::Utf16Be};
    return {};
}

void Utf16Decoder::decode(std::string_view bytes, std::string& text) {
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!half_) {
            half_ = byte;
            continue;
        }
        const bool little = encoding_ == Encoding::Utf16Le;
        add_unit(little ? std::uint32_t{byte} << 8 | *half_ : std::uint32_t{*half_} << 8 | byte,
                 text);
        half_.reset();
    }
}

void Utf16Decoder::finish(std::string& text) {
    if (high_ != 0) append(replacement, text);
    if (half_) append(replacement, text);
    high_ = 0;
    half_.reset();
}

void Utf16Decoder::add_unit(std::uint32_t unit, std::string& text) {
    if (high_ != 0 && is_low(unit)) {
        append(0x10000 + ((high_ - 0xD800) << 10 | (unit - 0xDC00)), text);
        high_ = 0;
        return;
    }
    if (high_ != 0) append(replacement, text);
    high_ = is_high(unit) ? unit : 0;
    if (high_ == 0) append(is_low(unit) ? replacement : unit, text);
}

}  // namespace libblock::detail
