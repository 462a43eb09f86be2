#include "libblock/detail/context_cells.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// Names in a table for what has none or several.
constexpr auto no_names = "n/a na none unknown null nil various multiple tbd -"_words;

/// Short names of operating systems, which mean something else outside of a cell for them.
constexpr auto mac_words = "mac macs macintosh apple"_words;
constexpr auto windows_words = "win"_words;

std::string_view trimmed(std::string_view words) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    constexpr std::string_view no_break_space = "\u00a0";
    for (;;) {
        if (!words.empty() && is_one_of(words.front(), blanks)) {
            words.remove_prefix(1);
        } else if (!words.empty() && is_one_of(words.back(), blanks)) {
            words.remove_suffix(1);
        } else if (words.starts_with(no_break_space)) {
            words.remove_prefix(no_break_space.size());
        } else if (words.ends_with(no_break_space)) {
            words.remove_suffix(no_break_space.size());
        } else {
            return words;
        }
    }
}

struct Entity {
    std::string_view name;
    std::string_view text;
};

constexpr std::array<Entity, 9> entities{{{"&amp;", "&"},
                                          {"&lt;", "<"},
                                          {"&gt;", ">"},
                                          {"&quot;", "\""},
                                          {"&apos;", "'"},
                                          {"&nbsp;", " "},
                                          {"&ndash;", "\u2013"},
                                          {"&shy;", ""},
                                          {"&lowbar;", "_"}}};

/// Appends the ASCII character of the entity with a number at the head of `rest`; returns its
/// bytes, 0 if there is none.
std::size_t append_numbered(std::string_view rest, std::string& words) {
    if (!rest.starts_with("&#")) return 0;
    const bool hexadecimal = rest.size() > 2 && (rest[2] == 'x' || rest[2] == 'X');
    const char* const digits = rest.data() + (hexadecimal ? 3 : 2);
    const char* const end = rest.data() + rest.size();
    unsigned number = 0;
    const auto [after, error] = std::from_chars(digits, end, number, hexadecimal ? 16 : 10);
    if (error != std::errc() || after == end || *after != ';') return 0;
    if (number == 0xa0) number = ' ';
    if (number < ' ' || number > '~') return 0;
    words += static_cast<char>(number);
    return static_cast<std::size_t>(after + 1 - rest.data());
}

std::size_t append_entity(std::string_view rest, std::string& words) {
    for (const Entity& entity : entities) {
        if (!rest.starts_with(entity.name)) continue;
        words += entity.text;
        return entity.name.size();
    }
    return append_numbered(rest, words);
}

/// Tags that begin or end a line inside a cell.
bool breaks_line(std::string_view cell, std::size_t at) noexcept {
    constexpr std::array<std::string_view, 4> tags{"<br", "</p", "</div", "</li"};
    return std::any_of(tags.begin(), tags.end(),
                       [&](std::string_view tag) { return tag_at(cell, at, tag); });
}

/// Tags of mark-up inside a cell of Markdown; others are words in angle brackets.
constexpr auto tags_in_cells =
    "a b br code del em font i ins kbd mark p q s samp small span strong sub sup tt u"_words;

/// Whether the tag at `at` is one of mark-up inside a cell.
bool is_inline_tag(std::string_view cell, std::size_t at) noexcept {
    std::string_view name = cell.substr(at + 1);
    if (name.starts_with('/')) name.remove_prefix(1);
    const std::size_t size = find_one_of(name, " \t/>");
    return tags_in_cells.has(name.substr(0, size)) && name.find('>', size) != npos;
}

/// The end of the tag at `at`, and of what it encloses if that is a note: `<sup>1</sup>`.
std::size_t end_of_tag(std::string_view cell, std::size_t at) noexcept {
    if (tag_at(cell, at, "<sup")) at = std::min(cell.find("</sup", at), cell.size() - 1);
    return std::min(cell.find('>', at), cell.size() - 1) + 1;
}

std::string html_text(std::string_view cell, bool all_tags) {
    std::string words;
    for (std::size_t i = 0; i < cell.size();) {
        if (cell[i] == '<' && (all_tags || is_inline_tag(cell, i))) {
            if (breaks_line(cell, i)) words += '\n';
            i = end_of_tag(cell, i);
        } else if (const std::size_t bytes =
                       cell[i] == '&' ? append_entity(cell.substr(i), words) : 0) {
            i += bytes;
        } else {
            words += cell[i] == '\n' || cell[i] == '\r' ? ' ' : cell[i];
            ++i;
        }
    }
    return words;
}

/// Leaves out each `escape` before a `character`.
std::string unescaped(std::string_view cell, char escape, char character) {
    std::string words;
    std::size_t from = 0;
    for (std::size_t at = cell.find(escape); at < cell.size(); at = cell.find(escape, at + 1)) {
        if (at + 1 == cell.size() || cell[at + 1] != character) continue;
        words.append(cell, from, at - from);
        from = ++at;
    }
    return words.append(cell, from);
}

/// Marks that stand around words in pairs.
struct Pair {
    std::string_view open;
    std::string_view close;
};

constexpr std::array<Pair, 11> pairs{{{"`", "`"},
                                      {"*", "*"},
                                      {"_", "_"},
                                      {"'", "'"},
                                      {"\"", "\""},
                                      {"~~", "~~"},
                                      {"\u201c", "\u201d"},
                                      {"\u201e", "\u201c"},
                                      {"\u2018", "\u2019"},
                                      {"\u00ab", "\u00bb"},
                                      {"\u00bb", "\u00ab"}}};

/// Leaves out one pair of marks around words; whether there is one.
bool strip_pair(std::string_view& words) noexcept {
    for (const auto& [open, close] : pairs) {
        if (words.size() <= open.size() + close.size()) continue;
        if (!words.starts_with(open) || !words.ends_with(close)) continue;
        words = words.substr(open.size(), words.size() - open.size() - close.size());
        return true;
    }
    return false;
}

/// Leaves out pairs of mark-up and quotes around words.
std::string_view without_markup(std::string_view words) noexcept {
    words = trimmed(words);
    while (!words.empty() && !is_word(words.front()) && strip_pair(words)) words = trimmed(words);
    return words;
}

/// Leaves out the target of a link of Markdown behind its words, and the reference of a note.
std::string_view without_link(std::string_view words) noexcept {
    if (words.empty() || is_word(words.back())) return words;
    if (words.ends_with(')') && words.starts_with('[')) {
        const std::size_t target = words.find("](");
        const bool one = target != npos && words.find(')', target) + 1 == words.size();
        if (one) return without_markup(words.substr(1, target - 1));
    }
    const std::size_t note = words.ends_with(']') ? words.rfind('[') : npos;
    if (note == npos || note == 0) return words;
    const std::string_view reference = words.substr(note + 1, words.size() - note - 2);
    const bool noted = !reference.empty() && reference.find_first_not_of("^0123456789") == npos;
    return noted ? without_markup(words.substr(0, note)) : words;
}

/// The first of several names in a cell, and a name without what is said of it behind: the words
/// up to such a mark, if they are a name.
std::string_view first_name(std::string_view words) noexcept {
    constexpr std::array<std::string_view, 9> marks{" / ", " (",    " [",   " - ",     " + ",
                                                    " & ", " and ", " or ", " \u2013 "};
    if (words.find(' ') == npos) return words;
    std::size_t end = words.size();
    for (const std::string_view mark : marks) {
        const bool apart = mark == " / ";  // the others stand in names too
        if (!apart && has_known_extension(words)) continue;
        const std::size_t at = words.find(mark);
        if (at < end && has_known_extension(without_markup(words.substr(0, at)))) end = at;
    }
    return end == words.size() ? words : without_markup(words.substr(0, end));
}

/// A name without the sign of a line of diff before it.
std::string_view without_sign(std::string_view words) noexcept {
    if (words.empty() || !is_one_of(words.front(), "+-")) return words;
    const std::string_view name = without_markup(words.substr(1));
    return has_known_extension(name) && name.front() != '.' ? name : words;
}

/// Whether letters or digits stand in `words` outside of tags.
bool has_words(std::string_view words) noexcept {
    bool in_tag = false;
    return std::any_of(words.begin(), words.end(), [&](char c) {
        in_tag = c == '<' || (in_tag && c != '>');
        return !in_tag && is_word(c);
    });
}

/// The items of a cell: its lines, or what semicolons or commas part.
std::vector<std::string_view> items_of(std::string_view words) {
    std::vector<std::string_view> items;
    for (const char mark : {'\n', ';', ','}) {
        if (words.find(mark) == npos) continue;
        while (!words.empty()) {
            const std::size_t end = std::min(words.find(mark), words.size());
            const std::string_view item = trimmed(words.substr(0, end));
            if (!item.empty()) items.push_back(item);
            words.remove_prefix(std::min(end + 1, words.size()));
        }
        return items;
    }
    items.push_back(words);
    return items;
}

}  // namespace

std::string cell_text(TableForm form, std::string_view cell) {
    if (cell.size() > longest_cell) return {};
    std::string words;
    if (form == TableForm::Html) {
        words = html_text(cell, true);
    } else if (has_line_rows(form) && form != TableForm::Pipes) {
        cell = trimmed(cell);
        const bool quoted = cell.size() >= 2 && cell.front() == '"' && cell.back() == '"';
        if (quoted) cell = cell.substr(1, cell.size() - 2);
        words = quoted ? unescaped(cell, '"', '"') : std::string(cell);
    } else {
        const bool marked = cell.find('<') != npos || cell.find('&') != npos;
        words = marked ? unescaped(html_text(cell, false), '\\', '|') : unescaped(cell, '\\', '|');
    }
    return std::string(without_markup(words));
}

std::string name_in_cell(std::string_view cell, bool surely) {
    std::string_view words = without_link(without_markup(cell));
    const std::size_t parts = find_one_of(words, "\n;,");
    if (parts < words.size()) {
        const std::string_view first = without_markup(words.substr(0, parts));
        if (words[parts] == '\n' || has_known_extension(first)) words = without_link(first);
    }
    words = without_sign(first_name(words));
    if (no_names.has(words) || words.find("://") != npos) return {};
    std::string plain;
    if (words.find('\\') != npos) words = plain = without_escapes(words);
    const std::string_view name =
        words.substr(std::max(words.rfind('/') + 1, words.rfind('\\') + 1));
    const bool spoken =
        std::any_of(name.begin(), name.end(), [](char c) { return is_word(c) || !is_ascii(c); });
    if (!spoken || name.size() > longest_name || !is_plain(name) || holds_digest(name)) return {};
    const bool like_a_file =
        has_known_extension(name) || (name.find('.') != npos && name.find(' ') == npos);
    if (!like_a_file && (!surely || digest_label(name) != DigestLabel::None)) return {};
    return std::string(name);
}

CellPlatform platform_in_cell(std::string_view words) {
    if (no_names.has(words)) return {};
    if (mac_words.has(words)) return {true, Platform::Macos};
    if (windows_words.has(words)) return {true, Platform::Windows};
    const auto platforms = platform_words(words, {0, words.size()});
    return {!words.empty(), platforms.differ ? std::nullopt : platforms.first};
}

ItemOfCell item_of_cell(std::string_view text, Slice cell, Slice hash) noexcept {
    // One with a digit too many or too few counts: its name stands in the other cell as well.
    constexpr std::size_t shortest = 57;
    constexpr std::size_t longest = 95;
    ItemOfCell item;
    if (cell.size() < 2 * shortest || cell.size() > longest_cell) return item;
    const std::string_view head = text.substr(0, cell.end);
    item.count = 0;
    bool counted = false;
    std::string_view last;
    std::size_t end = cell.begin;
    for (Slice digits = next_digits(head, end, shortest); !digits.empty();
         digits = next_digits(head, end, shortest)) {
        // The same one again stands in a link to what is known of it.
        const bool again = digits.of(text) == std::exchange(last, digits.of(text));
        item.listed = item.listed && (again || !has_words(Slice{end, digits.begin}.of(text)));
        end = digits.end;
        if (digits.size() > longest) continue;
        if (!again) ++item.count;
        if (digits.begin == hash.begin) item.index = item.count - 1;
        counted = counted || digits.begin == hash.begin;
    }
    item.listed = item.listed && counted;
    return item;
}

std::string name_of_item(std::string_view words, const ItemOfCell& item, bool surely) {
    const std::vector<std::string_view> items = items_of(words);
    const bool lines = words.find('\n') != npos;
    const bool names = std::all_of(items.begin(), items.end(), [&](std::string_view one) {
        return !name_in_cell(one, surely && lines).empty();
    });
    if (items.size() == 1 || (!names && !lines)) return name_in_cell(words, surely);
    if (!names || !item.listed || items.size() != item.count) return {};
    return name_in_cell(items[item.index], surely && lines);
}

CellPlatform platform_of_item(std::string_view words, const ItemOfCell& item) {
    const std::vector<std::string_view> items = items_of(words);
    const bool parted = items.size() == item.count && item.listed;
    return platform_in_cell(parted ? items[item.index] : words);
}

}  // namespace libblock::detail
