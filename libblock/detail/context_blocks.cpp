#include "libblock/detail/context_blocks.hpp"

#include <algorithm>
#include <charconv>

#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t longest_header = 4096;

bool is_pipe(std::string_view text, std::size_t at) noexcept {
    return text[at] == '|' && (at == 0 || text[at - 1] != '\\');
}

std::size_t count_pipes(std::string_view text) noexcept {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) count += is_pipe(text, i) ? 1 : 0;
    return count;
}

/// The end of the tag at the head of `part`, or that of its name if it is overlong.
std::size_t end_of_tag(std::string_view text, Slice part) noexcept {
    constexpr std::size_t longest_tag = 256;
    const std::string_view tag = part.of(text).substr(0, longest_tag);
    const std::size_t close = tag.find('>');
    return part.begin + (close == npos ? std::min<std::size_t>(tag.size(), 3) : close + 1);
}

bool is_blank_line(std::string_view line) noexcept {
    return line.find_first_not_of(" \t\r") == npos;
}

/// Takes the first line off `text`.
std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == npos ? text.size() : end + 1);
    return line;
}

}  // namespace

bool HtmlTable::read(const Window& window, Slice part) {
    const std::string_view text = window.text;
    const std::string_view head = text.substr(0, part.end);  // not to search what follows
    const std::size_t first = head.find('<', part.begin);
    for (std::size_t i = first; i != npos; i = head.find('<', i + 1)) {
        const std::uint64_t at = window.base + i;
        switch (html_tag_at(text, i)) {
            case HtmlTag::Other:
                break;
            case HtmlTag::Table:
                forget();
                break;
            case HtmlTag::Row:
                end_row(at);
                place_.row = at;
                break;
            case HtmlTag::RowEnd:
                end_row(at);
                break;
            case HtmlTag::Cell:
                ++plain_cells_;
                [[fallthrough]];
            case HtmlTag::HeaderCell:
                begin_cell(window, {i, end_of_tag(text, {i, part.end})});
                break;
        }
    }
    return first != npos;
}

void HtmlTable::begin_cell(const Window& window, Slice tag) {
    const CellSize size = html_cell_size(tag.of(window.text));
    place_.column = spans_.free_column(next_column_);
    place_.cell = window.base + tag.end;
    next_column_ = place_.column + size.columns;
    spans_.add(place_.column, size, place_.cell);
}

void HtmlTable::end_row(std::uint64_t at) {
    const bool has_columns = place_.valid() && place_.column > 0;
    const bool is_column = place_.valid() && next_column_ == 1;
    const bool marked = plain_cells_ == 0;
    // One cell among rows of several is a title.
    const bool fits = has_columns || (is_column && !any_row_ && header_width_ < 2);
    const bool short_enough = fits && at - place_.row <= longest_header;
    if (short_enough && !row_has_hash_ && (marked || !any_row_)) {
        header_ = place_.row;
        header_end_ = at;
        header_spans_ = spans_;
        header_is_marked_ = marked;
        header_width_ = next_column_;
    }
    any_row_ = any_row_ || has_columns || row_has_hash_;
    if (next_column_ > 0) spans_.end_row();
    next_column_ = 0;
    place_ = {};
    plain_cells_ = 0;
    row_has_hash_ = false;
}

/// Whether the cell that the walk has come to is the last one of its row.
bool HtmlTable::in_last_cell(const Window& window) const noexcept {
    constexpr std::size_t reach = 512;
    const std::size_t begin = window.relative(std::max(place_.cell, window.base));
    const std::string_view head = window.text.substr(0, begin + reach);
    for (std::size_t i = head.find('<', begin); i != npos; i = head.find('<', i + 1)) {
        const HtmlTag tag = html_tag_at(head, i);
        if (tag != HtmlTag::Other) return tag != HtmlTag::Cell && tag != HtmlTag::HeaderCell;
    }
    return true;
}

void HtmlTable::take_hash(const Window& window) {
    row_has_hash_ = true;
    if (header_ == TablePlace::nowhere) return;
    if (header_width_ == 1 && !in_last_cell(window)) {  // it is a title
        header_ = TablePlace::nowhere;
        return;
    }
    Row row;
    split_row(TableForm::Html, window.text,
              {window.relative(header_), window.relative(header_end_)}, row);
    header_spans_.insert(TableForm::Html, window, header_, row);
    const bool is_one =
        header_is_marked_ || is_header(TableForm::Html, window.text, row, place_.column);
    columns_ = is_one ? read_columns(TableForm::Html, window.text, row) : std::vector<Column>();
    header_ = TablePlace::nowhere;
}

AsciidocTable::Attributes AsciidocTable::read_attributes(std::string_view line) {
    Attributes attributes;
    attributes.header = line.find("header") != npos;
    std::size_t at = line.find("cols=");
    if (at == npos) return attributes;
    at += 5;
    const bool quoted = at < line.size() && line[at] == '"';
    if (quoted) ++at;
    const std::string_view columns =
        line.substr(at, line.find_first_of(quoted ? "\"" : ",]", at) - at);
    // "3*" and "3*<" are three columns; else commas part them.
    std::size_t count = 0;
    const auto [after, error] =
        std::from_chars(columns.data(), columns.data() + columns.size(), count);
    const bool times =
        error == std::errc() && after != columns.data() + columns.size() && *after == '*';
    const auto commas = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ','));
    attributes.width = times ? count : commas + 1;
    if (attributes.width > most_cells) attributes.width = 0;
    return attributes;
}

void AsciidocTable::read_line(const Window& window, Slice where) {
    const std::string_view line = where.of(window.text);
    if (line.starts_with("|===")) {
        const Attributes attributes = attributes_;
        const bool was_open = open_;
        forget();
        if (was_open) return;
        open_ = true;
        attributes_ = attributes;
        width_ = attributes.width;
        counted_ = window.base + where.end;
    } else if (!open_) {
        if (line.starts_with('[')) attributes_ = read_attributes(line);
        const bool between = line.starts_with('[') || line.starts_with('.');
        if (!between) attributes_ = {};
    }
}

/// Without attributes the cells of the first line say how many columns there are. A single one is
/// taken for a row with one cell a line, up to a blank line.
void AsciidocTable::find_width(std::string_view rows) {
    if (width_ > 0) return;
    std::string_view line;
    while (!rows.empty() && is_blank_line(line)) line = take_line(rows);
    std::size_t count = count_pipes(line);
    if (count == 1) {
        while (!rows.empty() && !is_blank_line(line)) {
            line = take_line(rows);
            count += count_pipes(line);
        }
        if (!is_blank_line(line)) count = 0;
    }
    width_ = count <= most_cells ? count : 0;
    if (width_ == 0) open_ = false;
}

void AsciidocTable::read_header(std::string_view rows, std::size_t column) {
    Row row;
    split_row(TableForm::Asciidoc, rows, {0, std::min(rows.size(), longest_header)}, row);
    if (row.cells.size() <= width_) return;
    row.cells.resize(width_);
    std::string_view after = rows.substr(row.cells.back().begin);
    take_line(after);
    const bool parted = is_blank_line(take_line(after)) && !after.empty();
    const bool digests = std::any_of(row.cells.begin(), row.cells.end(),
                                     [&](Slice cell) { return holds_digest(cell.of(rows)); });
    const bool marked = (attributes_.header || parted) && !digests;
    if (!marked && !is_header(TableForm::Asciidoc, rows, row, column)) return;
    columns_ = read_columns(TableForm::Asciidoc, rows, row);
}

void AsciidocTable::begin_cell(const Window& window, std::size_t bar) {
    const CellSize size = asciidoc_cell_size(window.text, bar);
    std::size_t column = spans_.free_column(next_column_);
    if (column >= width_ || rows_ == 0) {
        spans_.end_row();
        column = spans_.free_column(0);
        if (column >= width_) {  // cells from above leave no room
            spans_.forget();
            column = 0;
        }
        place_.row = window.base + bar;
        ++rows_;
    }
    place_.column = column;
    place_.cell = window.base + bar + 1;
    next_column_ = column + size.columns;
    spans_.add(column, size, place_.cell);
}

void AsciidocTable::take_hash(const Window& window, std::size_t to) {
    if (!open_) return;
    const std::string_view text = window.text;
    const std::size_t from = window.relative(counted_);
    const std::string_view rows = text.substr(from, to - from);
    if (!begun_) find_width(rows);
    if (!open_) return;
    for (std::size_t i = from; i < to; ++i) {
        if (is_pipe(text, i)) begin_cell(window, i);
    }
    if (!begun_ && rows_ > 1) read_header(rows, place_.column);
    begun_ = true;
    counted_ = window.base + to;
}

}  // namespace libblock::detail
