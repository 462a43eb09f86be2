#include "libblock/detail/scan_shapes.hpp"

#include <algorithm>
#include <array>

#include "libblock/detail/scan_pieces.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t longest_groups = 128;  ///< groups that are looked at
constexpr std::size_t shortest_digest = 32;
constexpr std::size_t shortest_line = 16;  ///< digits of a line of a dump
constexpr std::size_t dump_line = 128;     ///< bytes before its first group, line above included

/// Code points that look like hexadecimal digits; the full-width forms are ranges beside them.
constexpr std::array<std::int32_t, 27> look_alikes{
    0x0391, 0x0392, 0x0395, 0x03BF, 0x039F,                  // Greek A, B, E, o, O
    0x0410, 0x0412, 0x0415, 0x0421, 0x0430, 0x0435, 0x0441,  // Cyrillic A, B, E, C, a, e, c
    0x0431, 0x0417, 0x0437, 0x041E, 0x043E, 0x042C, 0x044C,  // be, ze, o, soft sign
    0x0501, 0x13A0, 0x13A1, 0x13A2, 0x0251, 0x212E, 0x0261, 0x2113};

struct CodeRange {
    std::int32_t first;
    std::int32_t last;
};

/// Digits of other scripts, full-width forms, letters of mathematics.
constexpr std::array<CodeRange, 10> look_alike_ranges{{{0x0660, 0x0669},
                                                       {0x06F0, 0x06F9},
                                                       {0x0966, 0x096F},
                                                       {0xFF10, 0xFF19},
                                                       {0xFF21, 0xFF26},
                                                       {0xFF41, 0xFF46},
                                                       {0x2070, 0x2079},
                                                       {0x2080, 0x2089},
                                                       {0x2460, 0x2468},
                                                       {0x1D400, 0x1D7FF}}};

/// The first bytes of all of them in UTF-8.
constexpr std::string_view look_alike_leads = "\xC9\xCE\xD0\xD1\xD4\xD9\xDB\xE0\xE1\xE2\xEF\xF0";

/// Bytes of the character at `at` that looks like a hexadecimal digit and is none; else 0.
std::size_t look_alike_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view letters = "OoIl";
    if (at >= text.size()) return 0;
    if (is_ascii(text[at])) return is_one_of(text[at], letters) ? 1 : 0;
    if (!is_one_of(text[at], look_alike_leads)) return 0;
    const Character character = character_at(text, at);
    const std::int32_t code = character.code_point;
    const bool listed =
        std::find(look_alikes.begin(), look_alikes.end(), code) != look_alikes.end() ||
        std::any_of(look_alike_ranges.begin(), look_alike_ranges.end(),
                    [&](CodeRange range) { return range.first <= code && code <= range.last; });
    return character.valid() && listed ? character.bytes : 0;
}

std::size_t look_alike_before(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t longest_character = 4;
    std::size_t bytes = 1;
    while (bytes < longest_character && bytes < at && continues_character(text[at - bytes])) {
        ++bytes;
    }
    return bytes <= at && look_alike_at(text, at - bytes) == bytes ? bytes : 0;
}

/// Whether `c` is of the alphabets of Base64, the one for URLs included.
constexpr bool is_base64(char c) noexcept {
    constexpr std::string_view marks = "+/-_";
    return is_word(c) || is_one_of(c, marks);
}

/// With which 32 bytes can end: the last two bits are zero.
constexpr std::string_view last_base64 = "AEIMQUYcgkosw048";

/// Digits and look-alikes, each counted as a character.
struct Letters {
    std::size_t digits = 0;
    std::size_t others = 0;

    std::size_t all() const noexcept { return digits + others; }
};

/// Groups of as many digits each, with the same separator between them.
struct Groups {
    Slice where;
    std::size_t size = 0;
    std::size_t count = 0;
    char separator = '\0';

    std::size_t digits() const noexcept { return size * count; }
};

constexpr std::array<bool, 256> make_hex_digits() noexcept {
    std::array<bool, 256> digits{};
    for (unsigned i = 0; i < digits.size(); ++i) digits[i] = is_hex_digit(static_cast<char>(i));
    return digits;
}

constexpr std::array<bool, 256> hex_digits = make_hex_digits();

/// Whether a group of just so many digits begins at `at`. Few are counted without branches: which
/// are letters cannot be foreseen.
bool is_group(std::string_view text, std::size_t at, std::size_t digits) noexcept {
    constexpr std::size_t few = 8;
    if (digits > few || text.size() - at <= digits) return digits_at(text, at).size() == digits;
    bool all = true;
    for (const char c : text.substr(at, digits)) all &= hex_digits[static_cast<unsigned char>(c)];
    return all & !hex_digits[static_cast<unsigned char>(text[at + digits])];
}

/// The groups of which `first` is the first one, without a wider gap. There may be more of other
/// sizes behind them.
Groups row_from(std::string_view text, Slice first) noexcept {
    constexpr std::string_view separators = ":- ";
    Groups groups{first, first.size(), 1, '\0'};
    if (first.end == text.size() || !is_one_of(text[first.end], separators)) return groups;
    groups.separator = text[first.end];
    while (groups.count < longest_groups && groups.where.end < text.size() &&
           text[groups.where.end] == groups.separator &&
           is_group(text, groups.where.end + 1, groups.size)) {
        groups.where.end += 1 + groups.size;
        ++groups.count;
    }
    return groups;
}

/// The groups of which `first` is the first one. Two blanks may stand in their middle, as in a
/// dump.
Groups groups_from(std::string_view text, Slice first) noexcept {
    Groups groups = row_from(text, first);
    if (groups.separator != ' ' || !text.substr(groups.where.end).starts_with("  ")) return groups;
    const Groups half = row_from(text, digits_at(text, groups.where.end + 2));
    if (half.size != groups.size || half.count != groups.count) return groups;
    groups.where.end = half.where.end;
    groups.count *= 2;
    return groups;
}

/// Whether one separator parts the groups from digits before them that are as many as a group has.
bool follow_group(std::string_view text, const Groups& groups) noexcept {
    const std::size_t begin = groups.where.begin;
    if (begin == 0 || text[begin - 1] != groups.separator) return false;
    const std::size_t floor = begin - std::min(begin, groups.size + 2);
    return digits_before(text, begin - 1, floor).size() == groups.size;
}

/// Whether digits are a further group of those before them: nothing begins with them.
bool continue_row(std::string_view text, Slice digits) noexcept {
    if (digits.end == text.size()) return false;
    return follow_group(text, {digits, digits.size(), 1, text[digits.end]});
}

/// Whether no further group of the same kind stands before or behind.
bool stand_alone(std::string_view text, const Groups& groups) noexcept {
    const auto [begin, end] = groups.where;
    if (!begins_word(text, begin) || !ends_word(text, end)) return false;
    const bool spaced = groups.separator == ' ';  // words may follow, and be digits by chance
    const auto is_size = [&](Slice digits) {
        return spaced ? digits.size() == groups.size : !digits.empty();
    };
    if (begin > 0 && text[begin - 1] == groups.separator &&
        is_size(digits_before(text, begin - 1, begin > 65 ? begin - 65 : 0))) {
        return false;
    }
    return end == text.size() || text[end] != groups.separator ||
           !is_size(digits_at(text.substr(0, std::min(text.size(), end + 65)), end + 1));
}

bool is_uuid(std::string_view text, std::size_t at) noexcept {
    constexpr std::array<std::size_t, 5> sizes{8, 4, 4, 4, 12};
    for (const std::size_t size : sizes) {
        if (!is_group(text, at, size)) return false;
        at += size;
        if (size != sizes.back()) {
            if (at == text.size() || text[at] != '-') return false;
            ++at;
        }
    }
    return true;
}

constexpr std::size_t uuid_bytes = 36;
constexpr std::size_t uuid_head = 8;  // digits of its first group

/// Whether an offset and its mark stand between the begin of the line and its first group.
bool follows_offset(std::string_view text, std::size_t group) noexcept {
    std::size_t at = group;
    while (at > 0 && group - at < 4 && is_blank(text[at - 1])) --at;
    const bool marked = at > 0 && text[at - 1] == ':';
    if (at == group) return false;
    if (marked) --at;
    const Slice offset = digits_before(text, at, at > 17 ? at - 17 : 0);
    if (offset.size() < 4 || offset.size() > 16) return false;
    at = offset.begin;
    if (at >= 2 && ends_with(text, at, "0x")) at -= 2;
    while (at > 0 && offset.begin - at < 16 && is_blank(text[at - 1])) --at;
    return at == 0 || line_break_before(text, at) > 0;
}

/// Where the line begins that `at` stands in, not further back than a line of a dump reaches.
std::size_t begin_of_line(std::string_view text, std::size_t at) noexcept {
    const std::size_t floor = at > dump_line ? at - dump_line : 0;
    while (at > floor && text[at - 1] != '\n' && text[at - 1] != '\r') --at;
    return at;
}

/// Whether the line above is one of a dump too, which was told of there.
bool continues_dump(std::string_view text, std::size_t group) noexcept {
    const std::size_t line = begin_of_line(text, group);
    const std::size_t end = line - line_break_before(text, line);
    if (end == line) return false;
    const std::size_t above = begin_of_line(text, end);
    for (std::size_t at = above; at < end; ++at) {
        if (is_hex_digit(text[at]) && is_blank(text[at > 0 ? at - 1 : 0]) &&
            follows_offset(text, at)) {
            const std::string_view head = text.substr(0, end);
            return groups_from(head, digits_at(head, at)).digits() >= shortest_line;
        }
    }
    return false;
}

bool is_address(const Groups& groups) noexcept {
    return groups.separator == ':' && groups.size == 4 && groups.count == 8;  // IPv6
}

/// Whether the word of digits and look-alikes around `at` was judged where it begins, or at the
/// first of its characters at which shapes are looked for.
bool is_judged(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t wide_form = 3;  // bytes
    for (std::size_t letters = 0; at > 0 && letters <= Sha256::hex_count; ++letters) {
        if (is_hex_digit(text[at - 1])) return true;
        const std::size_t bytes = look_alike_before(text, at);
        if (bytes == 0) return false;
        at -= bytes;
        if (bytes == wide_form && static_cast<unsigned char>(text[at]) == 0xEF) return true;
    }
    return false;
}

}  // namespace

std::optional<Shape> look_alike_around(std::string_view text, Slice digits) noexcept {
    constexpr std::size_t too_many = Sha256::hex_count + 1;
    Letters letters;
    std::size_t begin = digits.begin;
    while (letters.all() < too_many) {
        const std::size_t most = std::min(begin, too_many - letters.all());
        const Slice before = digits_before(text, begin, begin - most);
        letters.digits += before.size();
        begin = before.begin;
        const std::size_t bytes = look_alike_before(text, begin);
        if (bytes == 0) break;
        ++letters.others;
        begin -= bytes;
    }
    std::size_t end = digits.begin;
    while (letters.all() < too_many) {
        const std::size_t most = std::min(text.size() - end, too_many - letters.all());
        const Slice after = digits_at(text.substr(0, end + most), end);
        letters.digits += after.size();
        end = after.end;
        const std::size_t bytes = look_alike_at(text, end);
        if (bytes == 0) break;
        ++letters.others;
        end += bytes;
    }
    const bool alike = letters.all() == Sha256::hex_count && letters.others > 0;
    const bool believable = letters.digits >= 16 || letters.digits == 0;
    if (!alike || !believable || !begins_word(text, begin) || !ends_word(text, end)) return {};
    return Shape{{begin, end}, RejectionReason::LookAlike};
}

std::optional<Shape> shape_of_groups(std::string_view text, Slice first) noexcept {
    constexpr std::array<std::size_t, 4> sizes{2, 4, 8, 16};
    if (std::find(sizes.begin(), sizes.end(), first.size()) == sizes.end()) return {};
    if (continue_row(text, first)) return {};
    const Groups groups = groups_from(text, first);
    const bool spaced = groups.separator == ' ';
    if (spaced && groups.digits() >= shortest_line && follows_offset(text, first.begin) &&
        !follow_group(text, groups)) {
        if (groups.digits() < shortest_digest || continues_dump(text, first.begin)) return {};
        return Shape{groups.where, RejectionReason::Hexdump};
    }
    if (!is_digest_length(groups.digits()) || is_address(groups)) return {};
    if (!stand_alone(text, groups)) return {};
    if (!is_mixed(groups.where.of(text))) return {};
    return Shape{groups.where,
                 spaced ? RejectionReason::SpacedDigits : RejectionReason::Fingerprint};
}

std::optional<Shape> shape_from(std::string_view text, Slice digits) noexcept {
    const std::size_t at = digits.begin;
    if (digits.size() == uuid_head && is_uuid(text, at) && begins_word(text, at) &&
        ends_word(text, at + uuid_bytes)) {
        return Shape{{at, at + uuid_bytes}, RejectionReason::Uuid};
    }
    if (const auto groups = shape_of_groups(text, digits)) return groups;
    if (look_alike_at(text, digits.end) == 0 && look_alike_before(text, at) == 0) return {};
    return is_judged(text, at) ? std::nullopt : look_alike_around(text, {at, at});
}

std::optional<Shape> base64_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view label = "sha256-";
    constexpr std::size_t length = 43;  // of 32 bytes, without the `=` at the end
    const Slice digits{at + label.size(), at + label.size() + length};
    if (digits.end >= text.size() || text[digits.end] != '=') return {};
    if (!begins_with(text, at, label) || !begins_word(text, at)) return {};
    const std::string_view value = digits.of(text);
    const bool all = std::all_of(value.begin(), value.end(), is_base64);
    if (!all || !is_one_of(value.back(), last_base64)) return {};
    return Shape{{at, digits.end + 1}, RejectionReason::Base64};
}

std::optional<Shape> masked_digest_around(std::string_view text, std::size_t at) noexcept {
    const char mark = text[at];
    if (ascii_lower(mark) != 'x') return {};
    Slice word{at, at};
    while (word.begin > 0 && word.size() <= Sha256::hex_count && text[word.begin - 1] == mark) {
        --word.begin;
    }
    while (word.end < text.size() && word.size() <= Sha256::hex_count && text[word.end] == mark) {
        ++word.end;
    }
    const bool whole = word.size() == Sha256::hex_count && begins_word(text, word.begin) &&
                       ends_word(text, word.end);
    return whole ? std::optional(Shape{word, RejectionReason::Redacted}) : std::nullopt;
}

std::size_t last_of_groups(std::string_view text, Slice first) noexcept {
    const Groups groups = row_from(text, first);
    return groups.where.end - groups.size;
}

}  // namespace libblock::detail
