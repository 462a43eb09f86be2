#include "libblock/detail/context_alignment.hpp"

#include <algorithm>
#include <utility>

#include "libblock/detail/text.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// A cell without the blanks at its ends.
Slice trimmed(std::string_view text, Slice cell) noexcept {
    while (cell.size() > 0 && text[cell.begin] == ' ') ++cell.begin;
    while (cell.size() > 0 && text[cell.end - 1] == ' ') --cell.end;
    return cell;
}

/// The place of the character `count` of a line, or its end.
std::size_t place_of(std::string_view text, Slice line, std::size_t count) noexcept {
    std::size_t at = line.begin;
    while (at < line.end && (count > 0 || continues_character(text[at]))) {
        if (!continues_character(text[at])) --count;
        ++at;
    }
    return at;
}

std::size_t characters_of(std::string_view words) noexcept {
    const auto count = std::ranges::count_if(words, [](char c) { return !continues_character(c); });
    return static_cast<std::size_t>(count);
}

/// Splits a line where two blanks or more stand.
void split_at_gaps(std::string_view text, Slice line, Row& row) {
    row.cells.clear();
    row.whole = true;
    const std::string_view head = text.substr(0, line.end);
    std::size_t at = skip_all_of(head, " ", line.begin);
    while (at < line.end && row.cells.size() < most_cells) {
        const std::size_t gap = std::min(head.find("  ", at), line.end);
        row.cells.push_back(trimmed(text, {at, gap}));
        at = skip_all_of(head, " ", gap);
    }
}

/// Splits a line where columns begin; false if any word stands across such a place.
bool split_at_starts(std::string_view text, Slice line, const ColumnStarts& starts, Row& row) {
    row.cells.clear();
    row.whole = true;
    Slice cell{line.begin, line.end};
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::size_t at = place_of(text, line, starts[i]);
        const bool parted = at == line.begin || at == line.end || text[at - 1] == ' ';
        const bool outside = i == 0 && trimmed(text, {line.begin, at}).size() > 0;
        if (!parted || outside) return false;
        if (i > 0) row.cells.push_back(trimmed(text, {cell.begin, at}));
        cell.begin = at;
    }
    row.cells.push_back(trimmed(text, cell));
    return true;
}

/// Whether the cell of a hash has no other word.
bool is_alone(std::string_view text, const Row& row, Slice hash) noexcept {
    constexpr std::string_view marks = "\"'`*";
    const std::size_t index = cell_at(row, hash.begin);
    if (index == most_cells) return false;
    const Slice cell = row.cells[index];
    if (hash.end > cell.end) return false;
    const std::string_view before = Slice{cell.begin, hash.begin}.of(text);
    const std::string_view after = Slice{hash.end, cell.end}.of(text);
    return skip_all_of(before, marks) == before.size() && skip_all_of(after, marks) == after.size();
}

/// Whether a hash is a cell of an aligned row, as far as its line tells: blanks part it from
/// others.
bool may_be_aligned(std::string_view text, Slice line, Slice hash) noexcept {
    constexpr std::string_view marks = "\"'`*";
    std::size_t before = hash.begin;
    while (before > line.begin && is_one_of(text[before - 1], marks)) --before;
    const std::string_view head = text.substr(0, line.end);
    const std::size_t after = skip_all_of(head, marks, hash.end);
    const bool parted = (before == line.begin || text[before - 1] == ' ') &&
                        (after >= line.end || text[after] == ' ');
    if (!parted || line.of(text).find('\t') != npos) return false;
    std::size_t word = before;
    while (word > line.begin && text[word - 1] == ' ') --word;
    if (word > line.begin && is_one_of(text[word - 1], ":=")) return false;  // behind its label
    while (line.end > after && text[line.end - 1] == ' ') --line.end;
    // Another cell stands beside it, behind a gap as wide as those that align columns have.
    return line.of(text).find("  ") != npos && trimmed(text, line).size() > after - before;
}

}  // namespace

AlignedLine read_aligned(std::string_view text, Slice line, Slice hash) {
    AlignedLine aligned{line, hash, 0, 0};
    if (!may_be_aligned(text, line, hash)) return aligned;
    Row row;
    split_at_gaps(text, line, row);
    aligned.start = characters_of(Slice{line.begin, hash.begin}.of(text));
    aligned.cells = row.cells.size();
    return aligned;
}

bool is_plain_rule(std::string_view line) noexcept {
    const std::size_t least = 3;
    return line.find_first_not_of("-= ") == npos &&
           (line.find("---") != npos || line.find("===") != npos) && line.size() >= least;
}

ColumnStarts columns_of_rule(std::string_view text, Slice line) {
    ColumnStarts starts;
    if (!is_plain_rule(line.of(text))) return starts;
    for (std::size_t at = line.begin; at < line.end; ++at) {
        const bool begins = text[at] != ' ' && (at == line.begin || text[at - 1] == ' ');
        if (begins && starts.size() < most_cells) starts.push_back(at - line.begin);
    }
    if (starts.size() < 2) starts.clear();
    return starts;
}

ColumnStarts split_header(std::string_view text, Slice line, ColumnStarts starts, Row& header) {
    if (!starts.empty()) {
        if (!split_at_starts(text, line, starts, header)) header.cells.clear();
        return starts;
    }
    split_at_gaps(text, line, header);
    if (header.cells.size() < 2) header.cells.clear();
    for (const Slice cell : header.cells) {
        starts.push_back(characters_of(Slice{line.begin, cell.begin}.of(text)));
    }
    return starts;
}

bool fits_columns(std::string_view text, Slice line, const ColumnStarts& starts) {
    Row row;
    if (split_at_starts(text, line, starts, row)) {
        const auto cells =
            std::ranges::count_if(row.cells, [](Slice cell) { return !cell.empty(); });
        if (cells > 1) return true;
    }
    split_at_gaps(text, line, row);
    return row.cells.size() == starts.size();
}

RowFit split_aligned(std::string_view text, const AlignedLine& line, const ColumnStarts& starts,
                     Row& row) {
    const Slice hash = line.hash;
    row.cells.clear();
    const bool below = std::ranges::find(starts, line.start) != starts.end();
    if (!below && line.cells != starts.size()) return RowFit::None;
    if (below && split_at_starts(text, line.line, starts, row) && is_alone(text, row, hash)) {
        return RowFit::Exact;
    }
    if (line.cells == starts.size()) {
        split_at_gaps(text, line.line, row);
        if (is_alone(text, row, hash)) return RowFit::Loose;
    }
    row.cells.clear();
    return RowFit::None;
}

}  // namespace libblock::detail
