#include "libblock/detail/context_lines.hpp"

#include <algorithm>

#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"

namespace libblock::detail {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view openers = "\"'`*_|^#[";  ///< before a key or a value
constexpr std::string_view closers = "\"'`*_|^,;]";
constexpr std::string_view parters = ":=|^\t";  ///< between a key and its value

/// Bytes of the sign of a list at the begin of `words`, with the blank after it.
std::size_t item_sign(std::string_view words) noexcept {
    constexpr std::string_view bullets = "-*+";
    constexpr std::string_view bullet = "\u2022";
    constexpr std::string_view ends = ".)";
    std::size_t size = skip_all_of(words, "0123456789");
    if (size > 0) {
        size = size < words.size() && size <= 3 && is_one_of(words[size], ends) ? size + 1 : 0;
    } else if (!words.empty() && is_one_of(words.front(), bullets)) {
        size = 1;
    } else if (words.starts_with(bullet)) {
        size = bullet.size();
    }
    return size > 0 && size < words.size() && is_blank(words[size]) ? size + 1 : 0;
}

/// Bytes of a sign in brackets at the begin of `words`, as tools have it before what they report:
/// `[+] `; it is none of a list.
std::size_t report_sign(std::string_view words) noexcept {
    constexpr std::string_view signs = "+-*!";
    const bool sign = words.size() > 4 && words[0] == '[' && is_one_of(words[1], signs) &&
                      words[2] == ']' && is_blank(words[3]);
    return sign ? skip_all_of(words, blanks, 3) : 0;
}

/// Words of keys over what is said of a file, beside those of digests.
constexpr auto holder_words =
    "file sample binary executable object info information details properties attributes meta "
    "metadata data"_words;

/// Whether a key is that of the digests of the file that is spoken of, and of no other one.
bool opens_digests(std::string_view key) {
    if (key.empty() || key.size() > longest_key) return false;
    const LabelWords words(key);
    return role_of(key, words) == Role::Digest && !names_other_file(words);
}

}  // namespace

std::string_view without(std::string_view words, std::string_view before,
                         std::string_view after) noexcept {
    while (!words.empty() && (is_blank(words.front()) || is_one_of(words.front(), before))) {
        words.remove_prefix(1);
    }
    while (!words.empty() && (is_blank(words.back()) || is_one_of(words.back(), after))) {
        words.remove_suffix(1);
    }
    return words;
}

Line read_line(std::string_view text) noexcept {
    constexpr std::string_view margin = " \t>";  // mail quotes with `>`
    Line line;
    line.indent = skip_all_of(text, margin);
    line.words = text.substr(line.indent);
    while (!line.words.empty() && is_one_of(line.words.back(), " \t\r")) {
        line.words.remove_suffix(1);
    }
    if (const std::size_t sign = item_sign(line.words)) {
        const std::size_t begin = skip_all_of(line.words, blanks, sign);
        line.words = line.words.substr(begin);
        line.indent += begin;
        line.item = true;
    }
    line.words.remove_prefix(report_sign(line.words));
    return line;
}

Field read_field(std::string_view words) noexcept {
    constexpr std::string_view in_keys = " _-()/";
    words = without(words, openers, {});
    std::size_t end = 0;
    while (end < words.size() && end <= longest_key &&
           (is_word(words[end]) || !is_ascii(words[end]) || is_one_of(words[end], in_keys))) {
        ++end;
    }
    const std::size_t mark = skip_all_of(words, " \"'`*_", end);
    if (end == 0 || end > longest_key || mark == words.size() || !is_one_of(words[mark], parters)) {
        return {};
    }
    const std::string_view key = without(words.substr(0, end), {}, "_-");
    std::string_view value = words.substr(mark + 1);
    if (key.size() == 1 && value.starts_with('\\')) return {};  // a drive
    constexpr std::string_view second_marks = "=>:";            // `:=`, `=>`, `::`
    const bool assigned = !value.empty() && is_one_of(value.front(), second_marks);
    if (assigned) value.remove_prefix(1);
    return {key, without(value, "\"'`*_|^[", closers)};
}

bool is_brace(std::string_view words) noexcept {
    return words.find_first_not_of("{}[], ") == std::string_view::npos;
}

bool parts_blocks(std::string_view words) noexcept {
    return words.size() >= 3 && words.find_first_not_of("-=*_~#") == std::string_view::npos;
}

Opener read_opener(std::string_view words) {
    constexpr std::string_view marks = "{[ *_";
    while (!words.empty() && is_one_of(words.back(), marks)) words.remove_suffix(1);
    if (!words.ends_with(':')) return {};
    const bool of_digests = opens_digests(words);
    return {words, of_digests, of_digests && names_digest(LabelWords(words))};
}

bool opens_same_file(std::string_view key, bool of_items) {
    if (key.empty() || key.size() > longest_key) return false;
    const LabelWords words(key);
    if (opens_digests(key)) return !of_items || names_digest(words);
    const auto is_holder = [](std::string_view word) { return holder_words.has(word); };
    return !of_items && words.size() > 0 && std::all_of(words.begin(), words.end(), is_holder);
}

}  // namespace libblock::detail
