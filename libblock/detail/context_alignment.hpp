#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/context_rows.hpp"
#include "libblock/detail/scan_text.hpp"

/// Rows of tables whose columns blanks align, as tools print them.
namespace libblock::detail {

/// A line with a hash that may be such a row.
struct AlignedLine {
    Slice line;
    Slice hash;
    std::size_t start = 0;  ///< characters before the hash
    std::size_t cells = 0;  ///< that two blanks or more part; 0: it is no such row
};
AlignedLine read_aligned(std::string_view text, Slice line, Slice hash);

/// Where columns begin in each line of a table, in characters; at most `most_cells`.
using ColumnStarts = std::vector<std::size_t>;

/// The columns that a rule of a part for each column underlines; empty if a line is none.
ColumnStarts columns_of_rule(std::string_view text, Slice line);

/// Whether a line is nothing but a rule, of one part or several.
bool is_plain_rule(std::string_view line) noexcept;

/// Splits a header into the words that two blanks or more part, and gives where they begin; or at
/// `starts`, if there are any. Without cells if it cannot be one.
ColumnStarts split_header(std::string_view text, Slice line, ColumnStarts starts, Row& header);

/// Whether a line without a hash may be a row with such columns.
bool fits_columns(std::string_view text, Slice line, const ColumnStarts& starts);

/// How a row fits the columns of its header.
enum class RowFit : std::uint8_t {
    None,
    Loose,  ///< it has as many cells, but not all below their headers
    Exact,  ///< each cell stands below its header
};

/// Splits a line into cells that fit columns; `row` has no cells if it does not.
RowFit split_aligned(std::string_view text, const AlignedLine& line, const ColumnStarts& starts,
                     Row& row);

}  // namespace libblock::detail
