#include "libblock/detail/scan_text.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace libblock::detail {
namespace {

constexpr std::size_t longest_colour = 32;  ///< bytes of a terminal sequence
constexpr std::size_t longest_label = 32;
constexpr std::size_t longest_cut = 64;

/// What stands for three dots or more: one character, in a string, in HTML.
constexpr std::array<std::string_view, 4> spelled_ellipses{"\\u2026", "&hellip;", "&#8230;",
                                                           "&#x2026;"};
constexpr std::string_view wide_dots = "\u2026";
constexpr std::size_t fewest_dots = 3;

/// Brackets around what is left out, and the words that say so.
struct Brackets {
    char open;
    char close;
};

constexpr std::array<Brackets, 4> all_brackets{{{'[', ']'}, {'(', ')'}, {'<', '>'}, {'{', '}'}}};
constexpr std::array<std::string_view, 7> cut_words{"redacted", "removed", "masked", "truncated",
                                                    "snip",     "snipped", "cut"};
constexpr std::array<std::string_view, 7> mask_marks{"*",      "x",      "X",     "\u2022",
                                                     "\u2588", "\u25a0", "\u25cf"};
constexpr std::size_t shortest_mask = 3;

/// Digits that end a label, and what stands before them.
struct LabelDigits {
    std::string_view head;
    std::string_view digits;
    std::size_t length;  ///< of the digests that the label names
};

constexpr std::array<LabelDigits, 22> label_digits{{
    {"sh", "a256", 64},    {"sha-", "256", 64},   {"sha_", "256", 64},  {"sha2-", "256", 64},
    {"sha2_", "256", 64},  {"sh", "a2", 64},      {"sha-", "2", 64},    {"m", "d5", 32},
    {"sh", "a1", 40},      {"sha-", "1", 40},     {"sha_", "1", 40},    {"sh", "a224", 56},
    {"sha-", "224", 56},   {"sha_", "224", 56},   {"sh", "a384", 96},   {"sha-", "384", 96},
    {"sha_", "384", 96},   {"sh", "a512", 128},   {"sha-", "512", 128}, {"sha_", "512", 128},
    {"sha2-", "512", 128}, {"sha2_", "512", 128},
}};

/// Labels without digits at their end that may be glued to a hash.
constexpr std::array<std::string_view, 4> label_words{"hash", "filehash", "digest", "checksum"};

/// Labels of the next digest, which follow without a blank where the cells of a table were copied.
constexpr std::array<std::string_view, 13> next_labels{
    "sha256", "sha-256", "sha_256", "sha1",   "sha-1",   "sha512", "sha-512",
    "sha384", "sha224",  "md5",     "ssdeep", "imphash", "tlsh"};

/// How a sequence of a terminal begins: as it is, in strings of JSON and of programs, as `cat -v`
/// shows it, and with the one control character that stands for both.
constexpr std::array<std::string_view, 8> sequence_heads{"\x1b[", "\\u001b[", "\\x1b[",   "\\033[",
                                                         "\\e[",  "^[[",      "\xC2\x9B", "\x9B"};

/// Where the numbers of a sequence of a terminal begin that end before `at`.
std::size_t parameters_before(std::string_view text, std::size_t at) noexcept {
    const auto is_parameter = [](char c) { return c >= '0' && c <= '?'; };  // ECMA-48, 5.4
    const std::size_t floor = at > longest_colour ? at - longest_colour : 0;
    while (at > floor && is_parameter(text[at - 1])) --at;
    return at;
}

bool may_end_sequence_head(std::string_view text, std::size_t at) noexcept {
    return at > 0 && (text[at - 1] == '[' || text[at - 1] == '\x9B');
}

bool ends_sequence_head(std::string_view text, std::size_t at) noexcept {
    return may_end_sequence_head(text, at) &&
           std::any_of(sequence_heads.begin(), sequence_heads.end(),
                       [&](std::string_view head) { return ends_with(text, at, head); });
}

/// Whether the sequence of a terminal, such as a colour's `ESC [ 31 m`, ends before `at`.
bool terminal_sequence_before(std::string_view text, std::size_t at) noexcept {
    return ends_sequence_head(text, parameters_before(text, at - 1));
}

/// Whether a label that is a word of its own ends before `at`.
bool label_before_digits(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view joints = "-_";
    std::size_t begin = at;
    const std::size_t floor = at > longest_label ? at - longest_label : 0;
    const std::string_view reach = text.substr(floor, at - floor);
    constexpr std::size_t npos = std::string_view::npos;
    if (reach.find('s') == npos && reach.find('S') == npos) return false;  // which each label has
    while (begin > floor && (is_word(text[begin - 1]) || is_one_of(text[begin - 1], joints))) {
        --begin;
    }
    const std::string_view word = text.substr(begin, at - begin);
    for (std::size_t i = 0; i + 6 <= word.size(); ++i) {
        if (ascii_lower(word[i]) != 's') continue;
        if (begins_with(word, i, "sha256") || begins_with(word, i, "sha-256")) return true;
    }
    return std::any_of(label_words.begin(), label_words.end(), [&](std::string_view label) {
        return label.size() == word.size() && begins_with(word, 0, label);
    });
}

/// Digits of a percent escape at `at`, if a `%` stands before it; `%25` may itself be escaped.
std::size_t percent_digits(std::string_view text, std::size_t at, std::size_t surplus) noexcept {
    if (at == 0 || text[at - 1] != '%' || surplus % 2 != 0) return 0;
    for (std::size_t i = 0; i + 2 < surplus; i += 2) {
        if (text.substr(at + i, 2) != "25") return 0;
    }
    return surplus;
}

/// Whether what quoted-printable encodes beside a hash stands at `at`, behind its `=`. Only a few
/// codes are certain by themselves: `=02` or `=03` begins a public key. So is the last byte of a
/// character that takes several. Some write them in lower case.
bool quoted_printable_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::array<std::string_view, 5> codes{"3d", "20", "22", "27", "09"};
    if (at == 0 || text[at - 1] != '=') return false;
    const bool follows_code = at >= 4 && text[at - 4] == '=' && is_hex_digit(text[at - 3]) &&
                              is_hex_digit(text[at - 2]) && text[at] >= '8';
    return follows_code || std::any_of(codes.begin(), codes.end(), [&](std::string_view code) {
               return begins_with(text, at, code);
           });
}

std::size_t repeats_after(std::string_view text, std::size_t at, std::string_view mark) noexcept {
    std::size_t count = 0;
    while (count < longest_cut && text.substr(at).starts_with(mark)) {
        at += mark.size();
        ++count;
    }
    return count;
}

std::size_t repeats_before(std::string_view text, std::size_t at, std::string_view mark) noexcept {
    std::size_t count = 0;
    while (count < longest_cut && text.substr(0, at).ends_with(mark)) {
        at -= mark.size();
        ++count;
    }
    return count;
}

/// Bytes of an ellipsis from `at` on: three dots or more, or characters that stand for as many,
/// with no more than a blank between two; 0 if there is none.
std::size_t dots_after(std::string_view text, std::size_t at) noexcept {
    std::size_t dots = 0;
    std::size_t end = at;
    while (end - at < longest_cut) {
        const std::size_t next = end + (dots > 0 && text.substr(end).starts_with(' ') ? 1 : 0);
        const bool wide = text.substr(next).starts_with(wide_dots);
        if (!wide && !text.substr(next).starts_with('.')) break;
        dots += wide ? fewest_dots : 1;
        end = next + (wide ? wide_dots.size() : 1);
    }
    return dots >= fewest_dots ? end - at : 0;
}

/// The same up to `at`.
std::size_t dots_before(std::string_view text, std::size_t at) noexcept {
    std::size_t dots = 0;
    std::size_t begin = at;
    while (at - begin < longest_cut) {
        const bool blank = dots > 0 && text.substr(0, begin).ends_with(' ');
        const std::string_view head = text.substr(0, begin - (blank ? 1 : 0));
        const bool wide = head.ends_with(wide_dots);
        if (!wide && !head.ends_with('.')) break;
        dots += wide ? fewest_dots : 1;
        begin = head.size() - (wide ? wide_dots.size() : 1);
    }
    return dots >= fewest_dots ? at - begin : 0;
}

/// An ellipsis or a word in brackets that begins at `at`.
CutMark bracketed_cut_after(std::string_view text, std::size_t at) noexcept {
    const auto* const brackets =
        std::find_if(all_brackets.begin(), all_brackets.end(),
                     [&](const Brackets& each) { return each.open == text[at]; });
    if (brackets == all_brackets.end()) return {};
    const auto closes = [&](std::size_t bytes) {
        return text.substr(at + 1 + bytes).starts_with(brackets->close);
    };
    const std::size_t dots = dots_after(text, at + 1);
    if (dots > 0 && closes(dots)) return {CutKind::Ellipsis, dots + 2};
    for (const auto word : cut_words) {
        if (begins_with(text, at + 1, word) && closes(word.size())) {
            return {CutKind::Mask, word.size() + 2};
        }
    }
    return {};
}

/// One that ends before `at`.
CutMark bracketed_cut_before(std::string_view text, std::size_t at) noexcept {
    const auto* const brackets =
        std::find_if(all_brackets.begin(), all_brackets.end(),
                     [&](const Brackets& each) { return each.close == text[at - 1]; });
    if (brackets == all_brackets.end()) return {};
    const auto opens = [&](std::size_t bytes) {
        return text.substr(0, at - 1 - bytes).ends_with(brackets->open);
    };
    const std::size_t dots = dots_before(text, at - 1);
    if (dots > 0 && opens(dots)) return {CutKind::Ellipsis, dots + 2};
    for (const auto word : cut_words) {
        if (ends_with(text, at - 1, word) && opens(word.size())) {
            return {CutKind::Mask, word.size() + 2};
        }
    }
    return {};
}

/// Whether what cuts digits off may have these two bytes towards them, the nearer one first, which
/// may be one of `brackets`: then a letter of a word or dots stand within.
constexpr bool may_be_cut(char nearer, char other, std::string_view brackets) noexcept {
    constexpr std::string_view repeated = "*xX";
    constexpr std::string_view letters = "cdmprst";  // with which those words begin and end
    // With which `…`, `•`, `█`, `■` and `●` begin and end.
    constexpr std::string_view wide = "\xE2\xA6\xA2\x88\xA0\x8F";
    if (!is_ascii(nearer)) return is_one_of(nearer, wide);
    if (nearer == '&') return is_one_of(other, "h#");
    if (nearer == ';') return is_one_of(other, "p06");
    if (nearer == '\\') return other == 'u';
    if (is_one_of(nearer, repeated)) return other == nearer;
    if (nearer == '.') return other == '.' || other == ' ' || !is_ascii(other);
    return is_one_of(nearer, brackets) &&
           (other == '.' || !is_ascii(other) || is_one_of(ascii_lower(other), letters));
}

/// Invisible characters in UTF-8: all those whose last byte is in a range.
struct InvisibleRange {
    std::string_view head;
    unsigned char first;
    unsigned char last;
};

constexpr std::array<InvisibleRange, 8> invisible_ranges{{
    {"\xC2", 0xAD, 0xAD},      // soft hyphen
    {"\xD8", 0x9C, 0x9C},      // Arabic letter mark
    {"\xE1\xA0", 0x8E, 0x8E},  // Mongolian vowel separator
    {"\xE2\x80", 0x8B, 0x8F},  // zero-width spaces and joiners, marks of direction
    {"\xE2\x80", 0xAA, 0xAE},  // embeddings of direction
    {"\xE2\x81", 0xA0, 0xAF},  // word joiner, invisible operators, isolates
    {"\xEF\xB8", 0x80, 0x8F},  // variation selectors
    {"\xEF\xBB", 0xBF, 0xBF},  // byte order mark
}};

/// The length of the invisible character that `bytes` begin with.
std::size_t invisible_bytes(std::string_view bytes) noexcept {
    constexpr std::string_view leads = "\xC2\xD8\xE1\xE2\xEF";
    if (bytes.empty() || !is_one_of(bytes.front(), leads)) return 0;
    for (const auto& [head, first, last] : invisible_ranges) {
        if (bytes.size() <= head.size() || !bytes.starts_with(head)) continue;
        const auto end = static_cast<unsigned char>(bytes[head.size()]);
        if (first <= end && end <= last) return head.size() + 1;
    }
    return 0;
}

/// The highest bit of each of eight bytes that is no hexadecimal digit.
std::uint64_t others_of_eight(const char* from) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high = ones << 7U;
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    const std::uint64_t low = bytes & ~high;  // so that no sum reaches the next byte
    const std::uint64_t number = (low ^ ones * 0x30) + ones * (0x80 - 10);
    const std::uint64_t letter = (low | ones * 0x20) ^ ones * 0x60;
    const std::uint64_t is_letter = (letter + ones * 0x7F) & ~(letter + ones * (0x80 - 7));
    return ((number & ~is_letter) | bytes) & high;
}

std::size_t first_of_eight(std::uint64_t bits) noexcept {
    const bool little = std::endian::native == std::endian::little;
    return static_cast<std::size_t>(little ? std::countr_zero(bits) : std::countl_zero(bits)) / 8;
}

std::size_t last_of_eight(std::uint64_t bits) noexcept {
    const bool little = std::endian::native == std::endian::little;
    return 7 -
           static_cast<std::size_t>(little ? std::countl_zero(bits) : std::countr_zero(bits)) / 8;
}

}  // namespace

bool ends_with(std::string_view text, std::size_t at, std::string_view lower) noexcept {
    return at >= lower.size() && begins_with(text.substr(0, at), at - lower.size(), lower);
}

bool escape_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view letters = "ntr";
    return at + 1 < text.size() && text[at] == '\\' && is_one_of(text[at + 1], letters);
}

Slice digits_at(std::string_view text, std::size_t at) noexcept {
    Slice digits{at, at};
    while (text.size() - digits.end >= 8) {
        const std::uint64_t others = others_of_eight(text.data() + digits.end);
        if (others != 0) return {at, digits.end + first_of_eight(others)};
        digits.end += 8;
    }
    while (digits.end < text.size() && is_hex_digit(text[digits.end])) ++digits.end;
    return digits;
}

Slice digits_before(std::string_view text, std::size_t at, std::size_t floor) noexcept {
    Slice digits{at, at};
    while (digits.begin >= floor + 8) {
        const std::uint64_t others = others_of_eight(text.data() + digits.begin - 8);
        if (others != 0) return {digits.begin - 7 + last_of_eight(others), at};
        digits.begin -= 8;
    }
    while (digits.begin > floor && is_hex_digit(text[digits.begin - 1])) --digits.begin;
    return digits;
}

Slice next_digits(std::string_view text, std::size_t from, std::size_t least) noexcept {
    while (from + least <= text.size()) {
        // From their end backwards, most candidates fail at once.
        const Slice last = digits_before(text, from + least, from);
        if (last.begin == from) return digits_at(text, from);
        from = last.begin;
    }
    return {text.size(), text.size()};
}

bool begins_word(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !is_word(text[at - 1]) || (at >= 2 && escape_at(text, at - 2)) ||
           (is_letter(text[at - 1]) && terminal_sequence_before(text, at));
}

bool begins_digits(std::string_view text, std::size_t at) noexcept {
    return begins_word(text, at) || (ends_with(text, at, "0x") && begins_word(text, at - 2)) ||
           label_before_digits(text, at);
}

bool ends_word(std::string_view text, std::size_t at) noexcept {
    return at == text.size() || !is_word(text[at]);
}

bool ends_digits(std::string_view text, std::size_t at) noexcept {
    if (ends_word(text, at)) return true;
    return is_one_of(ascii_lower(text[at]), "smit") &&
           std::any_of(next_labels.begin(), next_labels.end(),
                       [&](std::string_view label) { return begins_with(text, at, label); });
}

std::size_t sequence_digits(std::string_view text, Slice digits) noexcept {
    constexpr std::size_t most = 4;
    constexpr std::string_view introducers = "[;\x9B";  // beside which digits are looked at for it
    if (digits.begin == 0 || !is_one_of(text[digits.begin - 1], introducers)) return 0;
    const std::size_t parameters = parameters_before(text, digits.begin);
    if (!may_end_sequence_head(text, parameters)) return 0;
    std::size_t end = digits.begin;
    while (end < digits.end && end - digits.begin < most && is_digit(text[end])) ++end;
    const bool ends = end < digits.end && is_letter(text[end]);
    return ends && ends_sequence_head(text, parameters) ? end + 1 - digits.begin : 0;
}

std::size_t glued_digits(std::string_view text, std::size_t at, std::size_t digits,
                         std::size_t wanted) noexcept {
    if (digits <= wanted) return 0;
    const std::size_t surplus = digits - wanted;
    if (percent_digits(text, at, surplus) > 0) return surplus;
    if (surplus == 2 && quoted_printable_at(text, at)) return surplus;
    if (surplus == 2 && ends_with(text, at, "\\x")) return surplus;
    if (surplus == 4 && ends_with(text, at, "\\u")) return surplus;
    for (const LabelDigits& label : label_digits) {
        if (surplus == label.digits.size() && wanted == label.length &&
            begins_with(text, at, label.digits) && ends_with(text, at, label.head)) {
            return surplus;
        }
    }
    return 0;
}

CutMark cut_after(std::string_view text, std::size_t at) noexcept {
    if (at + 1 >= text.size() || !may_be_cut(text[at], text[at + 1], "[<({")) return {};
    if (const std::size_t dots = dots_after(text, at)) return {CutKind::Ellipsis, dots};
    if (const CutMark cut = bracketed_cut_after(text, at)) return cut;
    for (const auto ellipsis : spelled_ellipses) {
        if (text.substr(at).starts_with(ellipsis)) return {CutKind::Ellipsis, ellipsis.size()};
    }
    for (const auto mark : mask_marks) {
        const std::size_t count = repeats_after(text, at, mark);
        if (count >= shortest_mask) return {CutKind::Mask, count * mark.size()};
    }
    return {};
}

CutMark cut_before(std::string_view text, std::size_t at) noexcept {
    if (at < 2 || !may_be_cut(text[at - 1], text[at - 2], "]>)}")) return {};
    if (const std::size_t dots = dots_before(text, at)) return {CutKind::Ellipsis, dots};
    if (const CutMark cut = bracketed_cut_before(text, at)) return cut;
    for (const auto ellipsis : spelled_ellipses) {
        if (text.substr(0, at).ends_with(ellipsis)) return {CutKind::Ellipsis, ellipsis.size()};
    }
    for (const auto mark : mask_marks) {
        const std::size_t count = repeats_before(text, at, mark);
        if (count >= shortest_mask) return {CutKind::Mask, count * mark.size()};
    }
    return {};
}

std::size_t line_break_at(std::string_view text, std::size_t at) noexcept {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\r\n")) return 2;
    return rest.starts_with('\n') || rest.starts_with('\r') ? 1 : 0;
}

std::size_t line_break_before(std::string_view text, std::size_t at) noexcept {
    const std::string_view head = text.substr(0, at);
    if (head.ends_with("\r\n")) return 2;
    return head.ends_with('\n') || head.ends_with('\r') ? 1 : 0;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
}

std::size_t invisible_at(std::string_view text, std::size_t at) noexcept {
    return at < text.size() && !is_ascii(text[at]) ? invisible_bytes(text.substr(at, 3)) : 0;
}

std::size_t invisible_before(std::string_view text, std::size_t at) noexcept {
    for (const std::size_t bytes : {std::size_t{3}, std::size_t{2}}) {
        if (at >= bytes && invisible_bytes(text.substr(at - bytes, bytes)) == bytes) return bytes;
    }
    return 0;
}

bool is_mixed(std::string_view digits) noexcept {
    return std::any_of(digits.begin(), digits.end(), is_digit) &&
           std::any_of(digits.begin(), digits.end(), is_letter);
}

}  // namespace libblock::detail
