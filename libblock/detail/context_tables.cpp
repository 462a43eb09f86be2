#include "libblock/detail/context_tables.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_words.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_cell = 1024;
constexpr std::size_t most_rows = 1024;          ///< that a cell reaches over
constexpr std::size_t longest_specifier = 16;    ///< before a `|` of AsciiDoc
constexpr std::size_t longest_span = 32 * 1024;  ///< bytes between a cell and a row it reaches into

/// Words of headers over digests, beside those that name a digest.
constexpr auto digest_words =
    "hash hashes md sha digest digests checksum checksums sum fingerprint value values indicator "
    "indicators ioc iocs observable artifact sample samples"_words;

/// Words of headers that say nothing of what a column is about.
constexpr auto common_words =
    "hash hashes md sha digest digests checksum checksums sum fingerprint value values indicator "
    "indicators ioc iocs file files name names filename filenames path of the a for in and hex "
    "authentihash authenticode pe thumbprint certificate cert os platform platforms operating "
    "system systems type sm blake x bit bits"_words;

/// Words that make a name the name of something else than a file.
constexpr auto other_names =
    "detection family host domain user signature campaign actor group vendor "
    "publisher company service country rule issuer subject signer cert certificate event tag "
    "author class av algorithm hash type server common machine computer registry key mutex "
    "function country department organization product hostname username export section task"_words;

/// The same, but not of a file that is one: "Malware file".
constexpr auto threat_words = "malware threat"_words;

/// Words for what files are, of headers over names beside columns of digests.
constexpr auto kinds_of_files =
    "sample samples binary binaries executable executables tool tools module modules installer "
    "installers dll dlls driver drivers dropper droppers loader loaders payload payloads package "
    "packages artifact artifacts component components program programs malicious malware"_words;

/// Words of headers over the names of other files than that of which a row or block is.
constexpr auto other_files =
    "parent original internal dropped decoy pdb archive config configuration process related "
    "associated imported"_words;

/// What columns beside the hashes are about, none of which says of which digest a hash is.
constexpr auto other_subjects =
    "malware family threat campaign actor group comment comments description note notes details "
    "title tag tags event author detection signature context tool alias url path"_words;

/// What is said of files beside their names.
constexpr auto other_facts =
    "size sizes type types count description version format magic extension date time created "
    "modified entropy id offset status owner permissions number"_words;

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

/// The end of a quoted cell that begins at `at`, after its quote; npos if it has none.
std::size_t end_of_quotes(std::string_view text, std::size_t at, std::size_t end) noexcept {
    const std::string_view words = text.substr(0, end);
    for (std::size_t quote = words.find('"', at + 1); quote != npos;
         quote = words.find('"', quote + 2)) {
        if (!words.substr(quote + 1).starts_with('"')) return quote + 1;
    }
    return npos;
}

void split_separated(char separator, std::string_view text, Slice where, Row& row) {
    bool quotes = true;
    for (std::size_t begin = where.begin; row.cells.size() < most_cells;) {
        std::size_t from = begin;
        while (from < where.end && is_blank(text[from]) && text[from] != separator) ++from;
        if (quotes && from < where.end && text[from] == '"') {
            const std::size_t close = end_of_quotes(text, from, where.end);
            quotes = close != npos;
            if (quotes) from = close;
        }
        from = std::min(text.substr(0, where.end).find(separator, from), where.end);
        row.cells.push_back({begin, from});
        if (from == where.end) return;
        begin = from + 1;
    }
}

bool is_escaped(std::string_view text, std::size_t at, std::size_t begin) noexcept {
    return at > begin && text[at - 1] == '\\';
}

/// What parts the cells of a row of bars: `|`; `||` in the headers of Jira and where MediaWiki has
/// a row on a line, with `!!` in its headers; `^` in the headers of DokuWiki.
struct Bars {
    std::string_view marks = "|";  ///< each one parts
    std::size_t width = 1;         ///< how many of the same stand in a row
};

Bars bars_of(std::string_view line) noexcept {
    if (line.starts_with('^')) return {"^|", 1};
    if (line.starts_with('!')) return {"!", 2};
    const std::size_t first = line.find('|', line.starts_with("||") ? 2 : 1);
    const bool doubled = first != npos && line.substr(first).starts_with("||");
    return doubled && (line.starts_with("||") || line.starts_with("| ")) ? Bars{"|", 2} : Bars{};
}

void split_pipes(std::string_view text, Slice where, Row& row) {
    while (where.size() > 0 && is_blank(text[where.begin])) ++where.begin;
    while (where.size() > 0 && is_blank(text[where.end - 1])) --where.end;
    const Bars bars = bars_of(where.of(text));
    const auto parts_at = [&](std::size_t i) {
        const std::string_view here = text.substr(i, bars.width);
        return is_one_of(text[i], bars.marks) && !is_escaped(text, i, where.begin) &&
               here.find_first_not_of(text[i]) == npos && here.size() == bars.width;
    };
    const Slice head{where.begin, std::min(where.end, where.begin + bars.width)};
    while (where.begin < head.end && is_one_of(text[where.begin], bars.marks)) ++where.begin;
    if (where.size() >= bars.width && parts_at(where.end - bars.width)) where.end -= bars.width;
    std::size_t begin = where.begin;
    for (std::size_t i = begin; i <= where.end && row.cells.size() < most_cells; ++i) {
        if (i < where.end && !parts_at(i)) continue;
        row.cells.push_back({begin, i});
        begin = i + bars.width;
        if (i < where.end) i = begin - 1;
    }
}

/// Whether the tag `name`, which `<` begins, stands at `at`.
bool tag_at(std::string_view text, std::size_t at, std::string_view name) noexcept {
    return begins_with(text, at, name) &&
           (at + name.size() == text.size() || !is_word(text[at + name.size()]));
}

/// Ends the last cell of a row, which stands in `columns` places.
void end_cell(Row& row, std::size_t columns, std::size_t end) noexcept {
    for (std::size_t i = row.cells.size() - columns; i < row.cells.size(); ++i) {
        row.cells[i].end = end;
    }
}

/// Adds a cell in as many places as it has columns; gives their number.
std::size_t add_cell(Row& row, Slice cell, std::size_t columns) {
    columns = std::min(columns, most_cells - row.cells.size());
    row.cells.insert(row.cells.end(), columns, cell);
    return columns;
}

void split_html(std::string_view text, Slice where, Row& row) {
    const std::string_view head = text.substr(0, where.end);
    std::size_t open = 0;
    for (std::size_t i = head.find('<', where.begin); i != npos; i = head.find('<', i + 1)) {
        const HtmlTag tag = html_tag_at(head, i);
        const bool begins = tag == HtmlTag::Cell || tag == HtmlTag::HeaderCell;
        const bool last = tag != HtmlTag::Other && !begins && i > where.begin;
        const bool ends = tag_at(head, i, "</td") || tag_at(head, i, "</th");
        if (open > 0 && (begins || last || ends)) {
            end_cell(row, open, i);
            open = 0;
        }
        if (last || row.cells.size() == most_cells) return;
        if (!begins) continue;
        const std::size_t after = head.find('>', i);
        if (after == npos) break;
        const CellSize size = html_cell_size(head.substr(i, after - i));
        open = add_cell(row, {after + 1, where.end}, size.columns);
    }
    row.whole = open == 0;
}

/// What may stand before the `|` of a cell of AsciiDoc.
constexpr std::string_view specifiers = "0123456789.+*<>^adehlmsv";

/// A cell of AsciiDoc without what stands directly before the `|` of the next one and says how
/// that is laid out: `a|`, `2+|`, `.2+^|`.
Slice without_specifier(std::string_view text, Slice cell) noexcept {
    std::size_t begin = cell.end;
    while (begin > cell.begin && is_one_of(text[begin - 1], specifiers)) --begin;
    const bool apart = begin > cell.begin && is_one_of(text[begin - 1], " \t\r\n");
    if (apart) cell.end = begin;
    return cell;
}

/// Where the text of AsciiDoc table rows ends: before a line that begins with `|===`.
std::size_t end_of_asciidoc(std::string_view text, Slice where) noexcept {
    const std::size_t fence = text.substr(0, where.end).find("\n|===", where.begin);
    return fence == npos ? where.end : fence;
}

void split_asciidoc(std::string_view text, Slice where, Row& row) {
    const std::size_t end = end_of_asciidoc(text, where);
    std::size_t open = 0;
    for (std::size_t i = where.begin; i < end; ++i) {
        if (text[i] != '|' || is_escaped(text, i, where.begin)) continue;
        if (open > 0) {
            end_cell(row, open, without_specifier(text, {row.cells.back().begin, i}).end);
        }
        open = add_cell(row, {i + 1, end}, asciidoc_cell_size(text, i).columns);
        if (open == 0) return;
    }
    row.whole = open == 0 || end < where.end;
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

}  // namespace

namespace {

/// Whether a header that names no digest speaks of the names of files, or of their paths.
bool speaks_of_names(const LabelWords& words) noexcept {
    const bool path = words.is(words.size() - 1, "path"_words) &&
                      (words.size() == 1 || words.has("full image"_words));
    const bool file = words.has("file files filename filenames"_words);
    if (!file && !words.has("name names"_words)) return path;
    const bool of_file =
        !words.has(other_names) && !words.has(other_facts) && (file || !words.has(threat_words));
    if (!of_file) return path;
    return path || !words.has(digest_words) || words.has("filename name names"_words);
}

}  // namespace

Role role_of(std::string_view header, const LabelWords& words) {
    if (words.has("type kind algorithm algo"_words) && !words.has("file mime os platform"_words)) {
        return Role::Type;
    }
    if (digest_label(words) != DigestLabel::None) return Role::Digest;
    const bool os = words.has("os platform platforms"_words) ||
                    (words.has("operating"_words) && words.has("system systems"_words));
    if (os && !platform_words(header, {0, header.size()}).first) return Role::Os;
    if (speaks_of_names(words)) return Role::Names;
    return words.has(digest_words) ? Role::Digest : Role::Other;
}

bool names_surely(const LabelWords& words) noexcept {
    if (words.has("filename filenames"_words)) return true;
    return words.has("name names path"_words) && words.size() > 1 && !words.has("full image"_words);
}

bool names_other_file(const LabelWords& words) noexcept {
    // A path may be that of a folder; what is called a file goes before it.
    const bool path = words.has("path"_words) && !words.has("file filename"_words);
    return path || words.has(other_files);
}

namespace {

/// Whether a column of digests can hold the 64 digits of a file's hash.
bool holds_file_hashes(const LabelWords& words, DigestLabel label) noexcept {
    if (label == DigestLabel::Certificate || label == DigestLabel::OtherDigest) return false;
    if (label != DigestLabel::None) return true;
    return !words.has("md"_words) && !words.has("sha"_words);
}

bool is_common(std::string_view word) noexcept {
    return is_digit(word.front()) || common_words.has(word);
}

/// The kind of processor that a header names: `x86`, `win32` and `32-bit` name the same.
enum class Processor : std::uint8_t { None, Bits32, Bits64, Arm };

Processor processor_of(const LabelWords& words) noexcept {
    if (words.has("arm aarch"_words)) return Processor::Arm;
    Processor found = Processor::None;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool beside = words.is(i - 1, "x win amd"_words) || words.is(i + 1, "bit bits"_words);
        if (!beside) continue;
        if (words.is(i, "64"_words)) return Processor::Bits64;
        if (words.is(i, "86 32"_words)) found = Processor::Bits32;
    }
    return found;
}

}  // namespace

bool share_subject(const LabelWords& left, const LabelWords& right) noexcept {
    const Processor processor = processor_of(left);
    const Processor other_processor = processor_of(right);
    if (processor != Processor::None && other_processor != Processor::None) {
        return processor == other_processor;
    }
    return std::any_of(left.begin(), left.end(), [&](std::string_view word) {
        return !is_common(word) &&
               std::any_of(right.begin(), right.end(), [&](std::string_view other) {
                   return word.size() == other.size() &&
                          std::equal(word.begin(), word.end(), other.begin(), [](char l, char r) {
                              return ascii_lower(l) == ascii_lower(r);
                          });
               });
    });
}

bool has_subject(const LabelWords& words) noexcept {
    return processor_of(words) != Processor::None ||
           !std::all_of(words.begin(), words.end(), is_common);
}

namespace {

constexpr std::size_t distance(std::size_t left, std::size_t right) noexcept {
    return left < right ? right - left : left - right;
}

/// A header with what it names, while the columns are being read.
struct Heading {
    explicit Heading(std::string header)
        : text(std::move(header)),
          words(text),
          label(digest_label(words)),
          role(role_of(text, words)) {}

    std::string text;
    LabelWords words;
    DigestLabel label;
    Role role;
    bool is_kind_of_file = false;  ///< a word for files, taken for a header over their names
};

/// Of the columns of one role as many as are matched, so that a header costs little.
constexpr std::size_t most_matched = 8;

/// The nearest of `columns` to `column`; of two as near, the one that is about nothing special,
/// else the first.
std::size_t nearest(const std::vector<Heading>& headings, const std::vector<std::size_t>& columns,
                    std::size_t column) {
    std::size_t best = Column::none;
    for (const std::size_t i : columns) {
        if (i == column) continue;
        const bool nearer = best == Column::none || distance(i, column) < distance(best, column);
        const bool plainer = best != Column::none &&
                             distance(i, column) == distance(best, column) &&
                             has_subject(headings[best].words) && !has_subject(headings[i].words);
        if (nearer || plainer) best = i;
    }
    return best;
}

/// Finds for the columns of digests those of one role that speak of them.
class Matcher {
public:
    Matcher(const std::vector<Heading>& headings, Role role) : headings_(headings) {
        for (std::size_t i = 0; i < headings.size(); ++i) {
            if (headings[i].role == Role::Digest) keep(digests_, i);
            if (headings[i].role == role) keep(columns_, i);
        }
        std::vector<std::size_t> without;  // the hashes of files that share words with no column
        for (const std::size_t i : digests_) {
            const bool of_files = holds_file_hashes(headings[i].words, headings[i].label);
            if (of_files && sharing(i, columns_) == Column::none) without.push_back(i);
        }
        for (const std::size_t i : columns_) {
            if (sharing(i, digests_) != Column::none) continue;
            free_.push_back(i);
        }
        if (role == Role::Names) prefer_plain_names();
        for (const std::size_t i : free_) owners_.push_back(nearest(headings, without, i));
    }

    /// The nearest column that shares words with `column`, else the nearest that shares none with
    /// any digests.
    std::size_t about(std::size_t column) const {
        const std::size_t shared = sharing(column, columns_);
        return shared != Column::none ? shared : nearest(headings_, free_, column);
    }

    /// The same, but of columns that each belong to one kind of file only: what shares no words
    /// belongs to the nearest hashes of files and to other digests of the same files.
    std::size_t owned(std::size_t column) const {
        const std::size_t shared = sharing(column, columns_);
        if (shared != Column::none || headings_[column].label == DigestLabel::Certificate) {
            return shared;
        }
        const std::size_t free = nearest(headings_, free_, column);
        if (free == Column::none) return free;
        const auto at = std::find(free_.begin(), free_.end(), free) - free_.begin();
        const std::size_t owner = owners_[static_cast<std::size_t>(at)];
        const bool owned = owner == Column::none || owner == column || of_same_file(column, owner);
        return owned ? free : Column::none;
    }

private:
    static void keep(std::vector<std::size_t>& columns, std::size_t column) {
        if (columns.size() < most_matched) columns.push_back(column);
    }

    /// Leaves out the free columns of other files beside those of the files that a table is about.
    void prefer_plain_names() {
        const auto is_other = [&](std::size_t i) { return names_other_file(headings_[i].words); };
        const auto is_plain = [&](std::size_t i) {
            const LabelWords& words = headings_[i].words;
            return !has_subject(words) && words.has("file files filename filenames"_words);
        };
        const bool plain = std::any_of(free_.begin(), free_.end(), is_plain);
        if (plain) {
            std::erase_if(free_, [&](std::size_t i) {
                return has_subject(headings_[i].words) || is_other(i);
            });
        } else if (!std::all_of(free_.begin(), free_.end(), is_other)) {
            std::erase_if(free_, is_other);
        }
    }

    std::size_t sharing(std::size_t column, const std::vector<std::size_t>& columns) const {
        std::vector<std::size_t> shared;
        std::copy_if(columns.begin(), columns.end(), std::back_inserter(shared),
                     [&](std::size_t i) {
                         return share_subject(headings_[i].words, headings_[column].words);
                     });
        return nearest(headings_, shared, column);
    }

    /// Whether two columns hold digests of different kinds that are about the same.
    bool of_same_file(std::size_t left, std::size_t right) const {
        const Heading& one = headings_[left];
        const Heading& other = headings_[right];
        if (one.role != Role::Digest || one.label == other.label) return false;
        return share_subject(one.words, other.words) ||
               (!has_subject(one.words) && !has_subject(other.words));
    }

    const std::vector<Heading>& headings_;
    std::vector<std::size_t> digests_;
    std::vector<std::size_t> columns_;
    std::vector<std::size_t> free_;    ///< of the columns, those that share no words
    std::vector<std::size_t> owners_;  ///< of the free columns
};

/// How many columns repeat, all of a table side by side with itself: `File | SHA256 | File | ...`.
std::size_t period_of(const std::vector<Heading>& headings) noexcept {
    const auto repeat = [&](std::size_t period) {
        return std::equal(headings.begin() + static_cast<std::ptrdiff_t>(period), headings.end(),
                          headings.begin(), [](const Heading& left, const Heading& right) {
                              return left.text == right.text;
                          });
    };
    for (std::size_t period = 2; 2 * period <= headings.size(); ++period) {
        if (headings.size() % period == 0 && repeat(period)) return period;
    }
    return headings.size();
}

/// What a column says of its digests, for the same one `count` columns further on.
Column moved(Column column, std::size_t count) {
    for (std::size_t* const other : {&column.name, &column.os, &column.type}) {
        if (*other != Column::none) *other += count;
    }
    return column;
}

/// Takes headers such as "Sample" and "Installer" for those of names where other columns are of
/// digests: if no column is of names, or digests of just such files stand beside.
void take_kinds_of_files(std::vector<Heading>& headings) {
    const auto is_kind = [](const Heading& heading) {
        const LabelWords& words = heading.words;
        return words.size() > 0 && words.size() <= 2 &&
               std::all_of(words.begin(), words.end(),
                           [](std::string_view word) { return kinds_of_files.has(word); });
    };
    const auto is_digest = [&](const Heading& heading) {
        return heading.role == Role::Digest && !is_kind(heading);
    };
    const auto has_role = [](const Heading& heading) { return heading.role == Role::Names; };
    const bool named = std::any_of(headings.begin(), headings.end(), has_role);
    for (Heading& heading : headings) {
        if (!is_kind(heading)) continue;
        heading.is_kind_of_file =
            std::any_of(headings.begin(), headings.end(), [&](const Heading& other) {
                return is_digest(other) && (!named || share_subject(heading.words, other.words));
            });
    }
    for (Heading& heading : headings) {
        if (heading.is_kind_of_file) heading.role = Role::Names;
    }
}

/// The number that the attribute `name` of a tag has; 0 if it has none.
std::size_t attribute(std::string_view tag, std::string_view name) noexcept {
    constexpr std::string_view quotes = " =\"'";
    for (std::size_t i = 1; i + name.size() < tag.size(); ++i) {
        if (!is_blank(tag[i - 1]) || !begins_with(tag, i, name)) continue;
        const std::size_t at = std::min(tag.find_first_not_of(quotes, i + name.size()), tag.size());
        std::size_t number = 0;
        std::from_chars(tag.data() + at, tag.data() + tag.size(), number);
        return number;
    }
    return 0;
}

/// Where the cell ends that begins at `at`, if it is short enough to be read.
std::size_t end_of_cell(TableForm form, std::string_view text, std::size_t at) noexcept {
    const std::size_t limit = std::min(text.size(), at + longest_cell + 1);
    for (std::size_t i = at; i < limit; ++i) {
        if (form == TableForm::Asciidoc) {
            if (text[i] == '|') return without_specifier(text, {at, i}).end;
        } else if (text[i] == '<' && (html_tag_at(text, i) != HtmlTag::Other ||
                                      tag_at(text, i, "</td") || tag_at(text, i, "</th"))) {
            return i;
        }
    }
    return limit;
}

std::string header_text(TableForm form, std::string_view cell) {
    std::string words = cell_text(form, cell);
    std::replace(words.begin(), words.end(), '\n', ' ');
    if (words.size() > longest_label || !is_plain(words)) words.clear();
    return words;
}

/// Whether the words of a cell are a file, a path, a key of the registry or a host and no header,
/// which may have dots too: `hashes.SHA256`.
bool is_indicator(std::string_view words) noexcept {
    if (words.find('\\') != npos || has_known_extension(words)) return true;
    const std::size_t dot = words.rfind('.');
    if (dot == npos || words.find(' ') != npos) return false;
    const LabelWords last(words.substr(dot + 1));
    const bool dotted = digest_label(last) != DigestLabel::None || last.has(digest_words);
    return !dotted && digest_label(words) != DigestLabel::Sha256;
}

}  // namespace

char separator_of(TableForm form) noexcept {
    switch (form) {
        case TableForm::Commas:
            return ',';
        case TableForm::Semicolons:
            return ';';
        case TableForm::Tabs:
            return '\t';
        default:
            return '|';
    }
}

HtmlTag html_tag_at(std::string_view text, std::size_t at) noexcept {
    struct Tag {
        std::string_view name;
        HtmlTag tag;
    };
    static constexpr std::array<Tag, 6> tags{{{"<td", HtmlTag::Cell},
                                              {"<th", HtmlTag::HeaderCell},
                                              {"<tr", HtmlTag::Row},
                                              {"</tr", HtmlTag::RowEnd},
                                              {"<table", HtmlTag::Table},
                                              {"</table", HtmlTag::Table}}};
    for (const Tag& row : tags) {
        if (tag_at(text, at, row.name)) return row.tag;
    }
    return HtmlTag::Other;
}

CellSize html_cell_size(std::string_view tag) noexcept {
    constexpr std::size_t shortest = 12;  // `<td rowspan=`
    CellSize size;
    if (tag.size() <= shortest) return size;
    size.columns = std::clamp<std::size_t>(attribute(tag, "colspan"), 1, most_cells);
    size.rows = std::clamp<std::size_t>(attribute(tag, "rowspan"), 1, most_rows);
    return size;
}

CellSize asciidoc_cell_size(std::string_view text, std::size_t bar) noexcept {
    constexpr std::string_view around = " \t\r\n|";
    std::size_t begin = bar;
    while (begin > 0 && bar - begin < longest_specifier && is_one_of(text[begin - 1], specifiers)) {
        --begin;
    }
    CellSize size;
    if (begin == bar || (begin > 0 && !is_one_of(text[begin - 1], around))) return size;
    const char* at = text.data() + begin;
    const char* const end = text.data() + bar;
    std::size_t columns = 1;
    std::size_t rows = 1;
    at = std::from_chars(at, end, columns).ptr;
    if (at < end && *at == '.') at = std::from_chars(at + 1, end, rows).ptr;
    if (at == end || (*at != '+' && *at != '*')) return size;
    size.columns = std::clamp<std::size_t>(columns, 1, most_cells);
    size.rows = std::clamp<std::size_t>(rows, 1, most_rows);
    return size;
}

std::size_t RowSpans::free_column(std::size_t column) const noexcept {
    for (const Span& span : spans_) {
        if (span.column <= column && column < span.column + span.size.columns) {
            column = span.column + span.size.columns;
        }
    }
    return column;
}

void RowSpans::add(std::size_t column, CellSize size, std::uint64_t begin) {
    if (size.rows < 2 || spans_.size() == most_spans) return;
    const auto behind = std::find_if(spans_.begin(), spans_.end(),
                                     [&](const Span& span) { return span.column > column; });
    spans_.insert(behind, {column, size, begin});
}

void RowSpans::end_row() noexcept {
    for (Span& span : spans_) --span.size.rows;
    const auto ends = [](const Span& span) { return span.size.rows == 0; };
    spans_.erase(std::remove_if(spans_.begin(), spans_.end(), ends), spans_.end());
}

void RowSpans::insert(TableForm form, const Window& window, std::uint64_t begin, Row& row) const {
    for (const Span& span : spans_) {
        const std::size_t column = span.column;
        if (span.begin >= begin || column > row.cells.size()) continue;
        Slice cell;
        if (span.begin >= window.base && begin - span.begin <= longest_span) {
            const std::size_t at = window.relative(span.begin);
            cell = {at, end_of_cell(form, window.text, at)};
        }
        const std::size_t count = std::min(span.size.columns, most_cells - column);
        row.cells.insert(row.cells.begin() + static_cast<std::ptrdiff_t>(column), count, cell);
        if (row.cells.size() > most_cells) row.cells.resize(most_cells);
    }
}

void split_row(TableForm form, std::string_view text, Slice where, Row& row) {
    row.cells.clear();
    row.whole = true;
    switch (form) {
        case TableForm::None:
            break;
        case TableForm::Pipes:
            split_pipes(text, where, row);
            break;
        case TableForm::Html:
            split_html(text, where, row);
            break;
        case TableForm::Asciidoc:
            split_asciidoc(text, where, row);
            break;
        default:
            split_separated(separator_of(form), text, where, row);
    }
}

OpenQuotes open_quotes(std::string_view text, const Row& row, std::size_t place) noexcept {
    for (const Slice cell : row.cells) {
        const std::string_view words = cell.of(text);
        const std::size_t first = skip_all_of(words, " \t");
        const bool quoted = words.substr(first).starts_with('"');
        if (cell.end <= place) {
            if (!quoted && std::count(words.begin(), words.end(), '"') % 2 != 0) {
                return OpenQuotes::Before;
            }
        } else if (quoted && end_of_quotes(words, first, words.size()) == npos) {
            return OpenQuotes::Behind;
        }
    }
    return OpenQuotes::None;
}

std::size_t cell_at(const Row& row, std::size_t at) noexcept {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (at >= row.cells[i].begin && at < row.cells[i].end) return i;
    }
    return most_cells;
}

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

bool is_rule(std::string_view line) noexcept {
    constexpr std::string_view marks = "|-+:= \t";
    const bool ruled = line.find_first_of("-=") != npos;
    return ruled && line.find_first_not_of(marks) == npos;
}

bool is_header(TableForm form, std::string_view text, const Row& row, std::size_t column) {
    if (column >= row.cells.size()) return false;
    const std::string header = cell_text(form, row.cells[column].of(text));
    const LabelWords words(header);
    const bool named = digest_label(words) != DigestLabel::None || words.has(digest_words);
    if (!named || header.size() > longest_label || is_indicator(header)) return false;
    return std::none_of(row.cells.begin(), row.cells.end(),
                        [&](Slice cell) { return holds_digest(cell.of(text)); });
}

bool is_common_header(TableForm form, std::string_view text, Slice cell) {
    const std::string header = cell_text(form, cell.of(text));
    const LabelWords words(header);
    return words.size() > 0 && !has_subject(words);
}

bool are_headers(TableForm form, std::string_view text, const Row& row) {
    std::size_t headers = 0;
    for (const Slice cell : row.cells) {
        const std::string header = cell_text(form, cell.of(text));
        if (header.empty()) continue;
        const LabelWords words(header);
        const Role role = role_of(header, words);
        const bool other = role == Role::Other && !words.has(other_facts);
        if (other || role == Role::Type || is_indicator(header)) return false;
        ++headers;
    }
    return headers > 1;
}

std::vector<Column> read_columns(TableForm form, std::string_view text, const Row& header) {
    std::vector<Heading> headings;
    headings.reserve(header.cells.size());  // views of the words stay valid
    for (const Slice cell : header.cells) headings.emplace_back(header_text(form, cell.of(text)));
    const std::size_t width = headings.size();
    headings.erase(headings.begin() + static_cast<std::ptrdiff_t>(period_of(headings)),
                   headings.end());
    take_kinds_of_files(headings);
    const Matcher names(headings, Role::Names);
    const Matcher systems(headings, Role::Os);
    const Matcher types(headings, Role::Type);
    std::vector<Column> columns(headings.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Heading& heading = headings[i];
        Column& column = columns[i];
        column.header = heading.text;
        column.labelled_as = heading.label;
        const auto platforms = platform_words(heading.text, {0, heading.text.size()});
        if (!platforms.differ) column.platform = platforms.first;
        column.name = names.owned(i);
        column.os = systems.about(i);
        column.type = types.about(i);
        column.names_surely = heading.role == Role::Names && names_surely(heading.words);
        column.names_perhaps = heading.is_kind_of_file;
        column.of_digests = heading.role != Role::Names && heading.role != Role::Os &&
                            !heading.words.has(other_subjects);
    }
    while (columns.size() < width) {
        columns.push_back(moved(columns[columns.size() - headings.size()], headings.size()));
    }
    return columns;
}

std::string file_name_in_header(const Column& column) {
    const std::string& header = column.header;
    const bool named = has_known_extension(header) && header.find(' ') == npos;
    return named ? name_in_cell(header, true) : std::string();
}

bool has_names(const std::vector<Column>& columns) noexcept {
    return std::any_of(columns.begin(), columns.end(),
                       [](const Column& column) { return column.name != Column::none; });
}

std::string name_in_cell(std::string_view cell, bool surely) {
    std::string_view words = without_link(without_markup(cell));
    const std::size_t parts = find_one_of(words, "\n;,");
    if (parts < words.size()) {
        const std::string_view first = without_markup(words.substr(0, parts));
        if (words[parts] == '\n' || has_known_extension(first)) words = without_link(first);
    }
    words = first_name(words);
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

namespace {

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

ItemOfCell item_of_cell(std::string_view text, Slice cell, Slice hash) noexcept {
    // One with a digit too many or too few counts: its name stands in the other cell as well.
    constexpr std::size_t shortest = 57;
    constexpr std::size_t longest = 95;
    ItemOfCell item;
    if (cell.size() < 2 * shortest || cell.size() > longest_cell) return item;
    const std::string_view head = text.substr(0, cell.end);
    item.count = 0;
    bool counted = false;
    std::size_t end = cell.begin;
    for (Slice digits = next_digits(head, end, shortest); !digits.empty();
         digits = next_digits(head, end, shortest)) {
        item.listed = item.listed && !has_words(Slice{end, digits.begin}.of(text));
        end = digits.end;
        if (digits.size() > longest) continue;
        if (digits.begin < hash.begin) ++item.index;
        counted = counted || digits.begin == hash.begin;
        ++item.count;
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
