#include "libblock/detail/context_rows.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t most_rows = 1024;          ///< that a cell reaches over
constexpr std::size_t longest_specifier = 16;    ///< before a `|` of AsciiDoc
constexpr std::size_t longest_span = 32 * 1024;  ///< bytes between a cell and a row it reaches into

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

bool tag_at(std::string_view text, std::size_t at, std::string_view name) noexcept {
    return begins_with(text, at, name) &&
           (at + name.size() == text.size() || !is_word(text[at + name.size()]));
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
        case TableForm::Blanks:
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

bool is_rule(std::string_view line) noexcept {
    constexpr std::string_view marks = "|-+:= \t";
    const bool ruled = line.find_first_of("-=") != npos;
    return ruled && line.find_first_not_of(marks) == npos;
}

}  // namespace libblock::detail
