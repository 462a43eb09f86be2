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
    // Those of the printable part of ASCII are no alphabets, but every second byte of some texts.
    const std::size_t alphabet = *std::max_element(counts.begin() + 1, counts.begin() + 0x20);
    const bool blanks = nul >= least_units && 16 * nul >= units;
    return units >= least_units && 4 * (nul + (blanks ? alphabet : 0)) >= 3 * units;
}

struct UnitRange {
    std::uint32_t first;
    std::uint32_t last;
};

/// What texts in Chinese, Japanese and Korean are made of, with what they quote. ASCII in pairs has
/// other units: a blank, a dot, a dash or a line break as the higher byte is in no range.
constexpr std::array<UnitRange, 23> wide_text{
    {{0x01, 0x7F},     {0xA0, 0x24F},    {0x370, 0x4FF},   {0x200B, 0x201F}, {0x2022, 0x2022},
     {0x2025, 0x2026}, {0x2032, 0x2033}, {0x203B, 0x203B}, {0x20A9, 0x20AC}, {0x2100, 0x2199},
     {0x2460, 0x24FF}, {0x2500, 0x266F}, {0x3000, 0x301F}, {0x3041, 0x30FF}, {0x3105, 0x318E},
     {0x3200, 0x9FFF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE1F}, {0xFE30, 0xFE4F},
     {0xFEFF, 0xFEFF}, {0xFF01, 0xFFE6}, {0xFFFD, 0xFFFD}}};

constexpr bool is_wide_text(std::uint32_t unit) noexcept {
    return std::any_of(wide_text.begin(), wide_text.end(),
                       [&](UnitRange range) { return range.first <= unit && unit <= range.last; });
}

/// What the units of `head` are if each has the higher byte at `first`.
struct WideText {
    bool whole = true;    ///< whether all are of such a text
    bool breaks = false;  ///< whether an end of a line or a blank is among them
};

WideText read_wide_text(std::string_view head, std::size_t first) noexcept {
    constexpr std::string_view breaks = "\n\r ";
    WideText text;
    bool high = false;  // whether the unit before is the first half of a pair
    for (std::size_t i = 0; i < head.size() / 2; ++i) {
        const auto byte = [&](std::size_t of) {
            return std::uint32_t{static_cast<unsigned char>(head[2 * i + of])};
        };
        const std::uint32_t unit = byte(first) << 8 | byte(1 - first);
        const bool pair = is_high(unit) || is_low(unit);
        text.whole &= high == is_low(unit) && (pair || is_wide_text(unit));
        text.breaks |= unit < 0x80 && is_one_of(static_cast<char>(unit), breaks);
        high = is_high(unit);
    }
    return text;
}

/// Whether ASCII stands among the NULs: a text to which UTF-16 was added, of which the larger part
/// may be that. Bullets and dots in a row are ASCII in pairs, too, but no letters.
bool has_ascii_row(std::string_view head) noexcept {
    constexpr std::size_t shortest = 6;
    constexpr std::size_t least_letters = 3;
    std::size_t row = 0;
    std::size_t letters = 0;
    for (const char c : head) {
        const bool ascii = c >= ' ' && c <= '~';
        row = ascii ? row + 1 : 0;
        letters = ascii ? letters + (is_letter(c) ? 1 : 0) : 0;
        if (row >= shortest && letters >= least_letters) return true;
    }
    return false;
}

bool has_utf16_mark(std::string_view head) noexcept {
    return head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF");
}

/// Whether bytes that begin like UTF-16 may be: as such, ASCII digits in a row would be lost.
/// UTF-16 that stands among them is read for what it is.
bool could_be_utf16(std::string_view head) noexcept {
    constexpr std::size_t ascii_row = 16;
    return next_digits(head, 0, ascii_row).empty();
}

/// Whether bytes without a mark are UTF-16 with the higher bytes at `first`. A break among so many
/// units of texts tells the order of bytes: the other one has no such unit then.
bool is_utf16(std::string_view head, std::size_t first) noexcept {
    constexpr std::size_t least = 32;  // so many are never of a text by chance
    const auto [whole, breaks] = read_wide_text(head, first);
    if (whole && breaks && head.size() / 2 >= least) return true;
    return has_nul_pattern(head, first) && (whole || !has_ascii_row(head));
}

}  // namespace

bool is_marked_utf16(std::string_view head) noexcept {
    constexpr std::size_t mark = 2;
    if (!has_utf16_mark(head)) return false;
    return has_nul_pattern(head.substr(mark, 2 * least_units), head[0] == '\xFF' ? 1 : 0);
}

TextHead read_head(std::string_view head) noexcept {
    if (head.starts_with("\xEF\xBB\xBF")) return {Encoding::Utf8, 3};
    head = head.substr(0, head_bytes);
    if (!is_marked_utf16(head) && !could_be_utf16(head)) return {};
    if (head.starts_with("\xFF\xFE")) return {Encoding::Utf16Le, 2};
    if (head.starts_with("\xFE\xFF")) return {Encoding::Utf16Be, 2};
    if (head.find('\0') == std::string_view::npos) return {};
    if (is_utf16(head, 1)) return {Encoding::Utf16Le};
    if (is_utf16(head, 0)) return {Encoding::Utf16Be};
    return {};
}

std::optional<std::size_t> Utf16Decoder::decode(std::string_view bytes, std::string& text) {
    if (ended_) {
        text += bytes;
        return std::nullopt;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!is_hex_digit(bytes[i])) {
            add_digits(text);
            add_byte(bytes[i], text);
        } else if (digits_ += bytes[i]; digits_.size() > most_digits) {
            ended_ = true;
            if (high_ != 0) append(replacement, text);
            const std::size_t begin = text.size();
            if (half_) text += static_cast<char>(*half_);
            text += digits_;
            text += bytes.substr(i + 1);
            return begin;
        }
    }
    return std::nullopt;
}

void Utf16Decoder::finish(std::string& text) {
    if (ended_) return;
    add_digits(text);
    if (high_ != 0) append(replacement, text);
    if (half_) append(replacement, text);
    high_ = 0;
    half_.reset();
}

/// Adds digits that are too few to be told from other characters.
void Utf16Decoder::add_digits(std::string& text) {
    for (const char digit : digits_) add_byte(digit, text);
    digits_.clear();
}

void Utf16Decoder::add_byte(char c, std::string& text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!half_) {
        half_ = byte;
        return;
    }
    const bool little = encoding_ == Encoding::Utf16Le;
    add_unit(little ? std::uint32_t{byte} << 8 | *half_ : std::uint32_t{*half_} << 8 | byte, text);
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
