#include "libblock/detail/context_line_table.hpp"

#include <algorithm>
#include <utility>

#include "libblock/detail/context_records.hpp"
#include "libblock/detail/context_words.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// With what the header of a table begins in DokuWiki and MediaWiki.
constexpr std::string_view wiki_headers = "^!";

/// The form of table that a separator beside a hash speaks of.
TableForm form_of(char separator) noexcept {
    switch (separator) {
        case ',':
            return TableForm::Commas;
        case ';':
            return TableForm::Semicolons;
        case '\t':
            return TableForm::Tabs;
        case '|':
            return TableForm::Pipes;
        default:
            return TableForm::None;
    }
}

/// The form of table of which a line with a hash may be a row: that of the separator behind the
/// hash, or behind the last one of several that stand beside each other, as they may share a cell;
/// else that of the one before it.
TableForm form_around(std::string_view text, Slice line, Slice hash) noexcept {
    constexpr std::string_view marks = " \"'`*_()";
    constexpr std::size_t most_neighbours = 16;
    constexpr std::size_t shortest_digest = 32;
    const std::size_t first = skip_blanks(text, line.begin);
    if (first < line.end && is_one_of(text[first], "|^")) return TableForm::Pipes;
    const std::string_view head = text.substr(0, line.end);
    TableForm between = TableForm::None;
    std::size_t at = hash.end;
    for (std::size_t left = most_neighbours; left > 0; --left) {
        const std::size_t after = skip_all_of(head, marks, at);
        const TableForm form = after < line.end ? form_of(text[after]) : TableForm::None;
        if (form == TableForm::None) break;
        const std::size_t next = skip_all_of(head, marks, after + 1);
        const Slice digits = digits_at(head, next);
        if (digits.size() < shortest_digest) return form;
        if (between == TableForm::None) between = form;
        at = digits.end;
    }
    std::size_t before = hash.begin;
    while (before > line.begin && is_one_of(text[before - 1], marks)) --before;
    const TableForm form = before > line.begin ? form_of(text[before - 1]) : TableForm::None;
    const bool in_string = form == TableForm::Pipes && before == hash.begin &&
                           hash.end < line.end && text[hash.end] == '"';
    if (in_string) return TableForm::None;  // of two values
    return form == TableForm::None ? between : form;
}

/// Whether a line begins with a cell in quotes that begins with a hash.
bool begins_quotes(std::string_view text, Slice line, Slice hash) noexcept {
    const std::size_t first = skip_blanks(text, line.begin);
    return text[first] == '"' && skip_blanks(text, first + 1) == hash.begin;
}

/// Whether a line can be one of a table whose rows are lines: a row, a rule or a comment.
bool is_table_line(std::string_view text, TableForm form, Slice line) noexcept {
    const std::string_view words = line.of(text);
    if (words.empty() || words.starts_with("{|")) return false;  // where one of MediaWiki begins
    if (words.find(separator_of(form)) != npos) return true;
    if (form != TableForm::Pipes) return words.front() == '#';
    return is_one_of(words.front(), wiki_headers) || is_rule(words);
}

/// Whether mark-up says that all cells of a line are headers.
bool is_marked_header(std::string_view line) noexcept {
    return line.starts_with("||") || line.starts_with('!') ||
           (line.starts_with('^') && line.find('|') == npos);
}

/// Whether no more than one cell of a row has words, as in a title.
bool has_one_cell(std::string_view text, const Row& row) noexcept {
    return std::ranges::count_if(row.cells, [&](Slice cell) {
               return skip_all_of(cell.of(text), " \t") < cell.size();
           }) < 2;
}

/// A line without the marks of a quoted mail.
Slice without_quote_marks(std::string_view text, Slice line) noexcept {
    const std::string_view head = text.substr(0, line.end);
    if (head.substr(line.begin).starts_with('>')) {
        line.begin = skip_all_of(head, "> ", line.begin);
    }
    return line;
}

/// A line without the sign of a comment and the blanks after it.
Slice without_comment(std::string_view text, Slice line) noexcept {
    while (line.size() > 0 && (text[line.begin] == '#' || text[line.begin] == ' ')) ++line.begin;
    return line;
}

/// How many cells make a line a row: pipes around one do.
constexpr std::size_t least_cells(TableForm form) noexcept {
    return form == TableForm::Pipes ? 1 : 2;
}

/// Whether a line is a heading between the tables of a text.
bool begins_section(std::string_view line) noexcept {
    return line.starts_with("## ") || line.starts_with("### ") || line.ends_with(':');
}

/// Whether a cell that may be a header is certainly one over the hash of an aligned row, of which
/// it says `says`: of a row that is not below it, or that it has rejected, more is asked.
bool is_above(std::string_view text, Slice cell, DigestLabel says, RowFit fit) {
    constexpr std::size_t most_words = 4;
    const LabelWords words(cell.of(text));
    const bool shorter = says == DigestLabel::None && words.has("md sha"_words);
    if (words.size() > most_words || shorter) return false;  // or it is of other digests
    if (fit == RowFit::Exact) return !is_no_file(says) || names_digest(words);
    return !is_no_file(says) && is_common_header(TableForm::Blanks, text, cell);
}

}  // namespace

void LineTable::begin(std::string_view head) {
    constexpr std::size_t longest_head = 4096;
    constexpr std::string_view byte_order_mark = "\ufeff";
    head = head.substr(0, longest_head);
    if (head.starts_with(byte_order_mark)) head.remove_prefix(byte_order_mark.size());
    for (std::size_t from = 0; from < head.size();) {
        const std::size_t end = find_break(head, from, head.size());
        if (end == head.size()) return;  // cut off, or there are no rows
        const Slice line{from, end};
        from = end + line_break_at(head, end);
        const bool comment = head[line.begin] == '#';
        const std::string_view words = without_comment(head, line).of(head);
        if (words.empty()) continue;
        const std::size_t separator = words.find_first_of(",;\t");
        const TableForm form = separator == npos ? TableForm::None : form_of(words[separator]);
        if (form != TableForm::None && !holds_digest(words)) {
            file_header_ = {form, std::string(words), comment, {}, false};
        }
        if (!comment) return;
    }
}

/// The form of table of which the line of a hash may be a row; that of the table above for a line
/// that begins with a cell in quotes and tells none.
TableForm LineTable::form_of_row(std::string_view text, Slice line, Slice hash) const noexcept {
    const TableForm form = form_around(text, line, hash);
    if (form != TableForm::None || !begins_quotes(text, line, hash)) return form;
    const bool separated = table_.form != TableForm::None && table_.form != TableForm::Blanks;
    return separated ? table_.form : file_header_.form;
}

void LineTable::begin_lines() noexcept {
    lines_.clear();
    forgot_ = false;
}

void LineTable::read_line(const Window& window, Slice line) {
    file_header_.left |= begins_section(line.of(window.text));
    lines_.push_back(without_quote_marks(window.text, line));
}

void LineTable::forget() noexcept {
    table_ = {};
    forgot_ = true;
}

TableForm LineTable::enter(const Window& window, std::span<const Slice> hashes,
                           std::uint64_t line) {
    const bool near = window.base + hashes.front().begin - line <= longest_row;
    if (!near || !enter_row(window, hashes, line)) leave();
    return table_.form;
}

/// Splits the line of a record if it is a row; whether it is.
bool LineTable::enter_row(const Window& window, std::span<const Slice> hashes,
                          std::uint64_t begin) {
    const Slice first = hashes.front();
    const std::string_view text = window.text;
    const std::size_t limit = hashes.back().end + look_ahead;
    const std::size_t end = std::min(text.size(), limit);
    Slice line{window.relative(begin), find_break(text, hashes.back().end, end)};
    line = without_quote_marks(text, line);
    TableForm form = form_of_row(text, line, first);
    if (goes_on_in_row(window, hashes)) {
        form = table_.form;
        line = {window.relative(quoted_row_begin_), window.relative(quoted_row_end_)};
        split_row(form, text, line, row_);
    } else {
        if (form == TableForm::None) {
            return line.end < limit && enter_aligned(text, line, first);
        }
        split_row(form, text, line, row_);
        for (std::size_t side = 0; side < 2 && form != TableForm::Pipes; ++side) {
            if (!extend_row(text, first.begin, end, line)) break;
            split_row(form, text, line, row_);
            quoted_row_begin_ = window.base + line.begin;
            quoted_row_end_ = window.base + line.end;
        }
    }
    if (row_.cells.size() < least_cells(form)) return false;
    Slice& last = row_.cells.back();
    if (line.end == limit && last.begin > hashes.back().end) {
        last.end = last.begin;  // who knows how it goes on
        row_.whole = false;
    }
    find_header(window, form, line.begin, cell_at(row_, first.begin));
    return true;
}

/// Splits the line of a record if it is a row below a header with which blanks align it; whether it
/// is. Rows without hashes may stand between.
bool LineTable::enter_aligned(std::string_view text, Slice whole, Slice hash) {
    constexpr std::size_t most_lines = 8;
    if (lines_.empty() && table_.form != TableForm::Blanks) return false;
    const AlignedLine line = read_aligned(text, whole, hash);
    if (line.cells == 0) return false;
    std::size_t end = lines_.size();
    while (end > 0 && lines_[end - 1].begin >= whole.begin) --end;
    const std::size_t floor = end - std::min(end, most_lines);
    for (std::size_t i = end; i > floor; --i) {
        const std::string_view above = lines_[i - 1].of(text);
        if (above.find("  ") == npos && !is_plain_rule(above)) break;  // the table begins here
        if (find_aligned(text, line, {i - 1, end})) return true;
    }
    if (table_.form != TableForm::Blanks || forgot_) return false;
    if (!are_aligned(text, {0, end}, table_.starts)) return false;
    if (split_aligned(text, line, table_.starts, row_) == RowFit::None) return false;
    const std::string& header = table_.columns[cell_at(row_, hash.begin)].header;
    return role_of(header, LabelWords(header)) == Role::Digest;
}

/// Whether some of the lines above may be rows with such columns.
bool LineTable::are_aligned(std::string_view text, Slice lines, const ColumnStarts& starts) const {
    const std::span<const Slice> rows = std::span(lines_).subspan(lines.begin, lines.size());
    return std::ranges::all_of(rows, [&](Slice row) { return fits_columns(text, row, starts); });
}

/// Takes the first of some lines above an aligned row for its header if it is one, or the one above
/// that, if it is a rule.
bool LineTable::find_aligned(std::string_view text, const AlignedLine& line, Slice lines) {
    const Slice first = lines_[lines.begin];
    const bool ruled = is_plain_rule(first.of(text));
    if (ruled && lines.begin == 0) return false;
    const Slice header = lines_[lines.begin - (ruled ? 1 : 0)];
    const Slice between{lines.begin + 1, lines.end};
    ColumnStarts columns = columns_of_rule(text, first);
    if (!columns.empty() && take_aligned(text, line, header, std::move(columns), between)) {
        return true;
    }
    return take_aligned(text, line, header, {}, between);
}

/// Takes a line for the header of an aligned row if it is one with a cell for the hash, and if the
/// lines `between` are rows of the same table.
bool LineTable::take_aligned(std::string_view text, const AlignedLine& line, Slice header,
                             ColumnStarts starts, Slice between) {
    if (header.of(text).starts_with("# ")) header.begin += 2;
    if (header.of(text).find(':') != npos) return false;  // it is a field
    Row titles;
    starts = split_header(text, header, std::move(starts), titles);
    if (titles.cells.empty()) return false;
    const RowFit fit = split_aligned(text, line, starts, row_);
    if (fit == RowFit::None) return false;
    const std::size_t column = cell_at(row_, line.hash.begin);
    if (!is_header(TableForm::Blanks, text, titles, column)) return false;
    if (!are_aligned(text, between, starts)) return false;
    std::vector<Column> columns = read_columns(TableForm::Blanks, text, titles);
    if (!is_above(text, titles.cells[column], columns[column].labelled_as, fit)) return false;
    table_ = {TableForm::Blanks, std::move(columns), 2, false, std::move(starts)};
    return true;
}

/// Whether a record stands on a further line of the last row, which quotes join to the first one.
bool LineTable::goes_on_in_row(const Window& window, std::span<const Slice> hashes) const noexcept {
    return table_.form != TableForm::None && quoted_row_begin_ >= window.base &&
           window.base + hashes.front().begin > quoted_row_begin_ &&
           window.base + hashes.back().end <= quoted_row_end_;
}

/// Takes the lines above or below that quotes join to the row which has `place` in it; whether
/// there are any. It ends before `end`.
bool LineTable::extend_row(std::string_view text, std::size_t place, std::size_t end,
                           Slice& line) const {
    const OpenQuotes open = open_quotes(text, row_, place);
    const auto has_odd_quotes = [&](Slice part) {
        const std::string_view words = part.of(text);
        return std::count(words.begin(), words.end(), '"') % 2 != 0;
    };
    if (open == OpenQuotes::Before) {
        for (std::size_t i = lines_.size(); i > 0; --i) {
            const Slice above = lines_[i - 1];
            if (place - above.begin > longest_row) return false;
            if (!has_odd_quotes(above)) continue;
            line.begin = above.begin;
            return true;
        }
    } else if (open == OpenQuotes::Behind) {
        while (line.end < end) {
            const std::size_t begin = std::min(line.end + line_break_at(text, line.end), end);
            const Slice below{begin, find_break(text, begin, end)};
            line.end = below.end;
            if (has_odd_quotes(below)) return true;
        }
    }
    return false;
}

/// Finds the header of the row that begins at `row` among the lines of the same form above it. The
/// table of the last record goes on if nothing else stands between, and keeps its header.
void LineTable::find_header(const Window& window, TableForm form, std::size_t row,
                            std::size_t column) {
    const std::string_view text = window.text;
    std::size_t end = lines_.size();
    while (end > 0 && lines_[end - 1].begin >= row) --end;
    std::size_t begin = end;
    while (begin > 0 && is_table_line(text, form, lines_[begin - 1])) --begin;
    const bool goes_on = begin == 0 && table_.form == form && !forgot_;
    if (!goes_on) {
        table_ = {};
        table_.form = form;
        table_.rows = begin == 0 && forgot_ ? 1 : 0;
        take_file_header(form, column);
    }
    Slice above;
    for (std::size_t i = begin; i < end; ++i) {
        const Slice line = lines_[i];
        if (form == TableForm::Pipes && is_rule(line.of(text))) {
            read_rule_above(text, line, std::exchange(above, {}));
        } else {
            read_row_above(text, line, column);
            above = line;
        }
    }
    table_.rows = 2;
}

/// Takes what stands above a rule for the header, unless rules part all rows and it is not the
/// first.
void LineTable::read_rule_above(std::string_view text, Slice rule, Slice above) {
    const std::string_view words = rule.of(text);
    const bool first = table_.rows == (above.empty() ? 0 : 1);
    const bool parts_rows = above.empty() || words.starts_with('+') || words == "|-";
    if (first && parts_rows) table_.ruled = true;
    if (above.empty() || holds_digest(above.of(text)) || (table_.ruled && !first)) return;
    Row header;
    split_row(TableForm::Pipes, text, above, header);
    table_.columns = read_columns(TableForm::Pipes, text, header);
}

/// Whether the first line of a table is no header with words for a digest over `column`: it may be
/// a title with separators in it.
bool LineTable::is_title(TableForm form, std::size_t column) const noexcept {
    const std::vector<Column>& columns = table_.columns;
    if (columns.empty()) return true;
    return form != TableForm::Pipes && column < columns.size() &&
           columns[column].labelled_as == DigestLabel::None;
}

/// Takes a line for the header of `row_` if it is one: the first row of the table that can be, or,
/// once there is a header, another one beyond doubt.
void LineTable::read_row_above(std::string_view text, Slice line, std::size_t column) {
    const TableForm form = table_.form;
    const bool comment = form != TableForm::Pipes && line.of(text).starts_with('#');
    if (comment) line = without_comment(text, line);
    Row header;
    split_row(form, text, line, header);
    const bool fits = form == TableForm::Pipes || header.cells.size() >= row_.cells.size();
    if (!fits || header.cells.size() < least_cells(form)) return;
    const auto is_one = [&] {
        if (!is_header(form, text, header, column)) return false;
        if (table_.rows == 0 || is_marked_header(line.of(text))) return true;
        if (!is_common_header(form, text, header.cells[column])) return false;
        if (table_.rows == 1 && is_title(form, column)) return true;
        return are_headers(form, text, header);
    };
    if (is_one()) table_.columns = read_columns(form, text, header);
    if (!comment && !has_one_cell(text, header)) {
        table_.rows = std::min<std::size_t>(table_.rows + 1, 2);
    }
}

/// Takes the header of the file if it has as many cells as `row_`.
void LineTable::take_file_header(TableForm form, std::size_t column) {
    if (file_header_.form != form) return;
    Row header;
    split_row(form, file_header_.line, {0, file_header_.line.size()}, header);
    const bool fits = row_.whole ? header.cells.size() == row_.cells.size()
                                 : header.cells.size() >= row_.cells.size();
    if (!fits) return;
    if (file_header_.columns.empty()) {
        file_header_.columns = read_columns(form, file_header_.line, header);
    }
    const bool named = !file_header_.is_comment && has_names(file_header_.columns);
    if (!named && !is_header(form, file_header_.line, header, column)) return;
    // Behind a heading, a row is likely to be of another table: no hash is lost to this one then.
    const std::vector<Column>& columns = file_header_.columns;
    const bool rejects = column < columns.size() && is_no_file(columns[column].labelled_as);
    if (file_header_.left && rejects) return;
    table_.columns = columns;
}

}  // namespace libblock::detail
