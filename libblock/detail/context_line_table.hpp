#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/context_alignment.hpp"
#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_rows.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/window.hpp"

namespace libblock::detail {

/// The table whose rows are lines, around the place that a walk through a text has come to.
class LineTable {
public:
    /// How far behind the last hash of a record its row is read.
    static constexpr std::size_t look_ahead = 1024;

    /// How long a row can be up to a hash.
    static constexpr std::size_t longest_row = 16384;

    /// Takes the head of the text, for the header of a file of separated values that stands further
    /// from its rows than the window reaches.
    void begin(std::string_view head);

    /// Goes on behind the last record, from where `read_line` takes the lines.
    void begin_lines() noexcept;

    /// Takes the next line without hashes.
    void read_line(const Window& window, Slice line);

    /// Forgets the table, as after a part of the text that nobody looked at.
    void forget() noexcept;

    /// Splits the line of a record, which begins at the absolute offset `line`, if it is a row, and
    /// finds the header of that; gives its form, and leaves the table if it is none.
    TableForm enter(const Window& window, std::span<const Slice> hashes, std::uint64_t line);

    /// The same for a record that is in no such row.
    void leave() noexcept { table_ = {}; }

    /// Empty if the table has no header.
    const std::vector<Column>& columns() const noexcept { return table_.columns; }

    /// The last row that `enter` has split.
    const Row& row() const noexcept { return row_; }

private:
    struct Table {
        TableForm form = TableForm::None;
        std::vector<Column> columns;
        std::size_t rows = 0;  ///< that have been read, its header among them; at most 2
        bool ruled = false;    ///< whether rules part all its rows
        ColumnStarts starts;   ///< if blanks align them
    };

    /// The header of a file of separated values.
    struct FileHeader {
        TableForm form = TableForm::None;
        std::string line;
        bool is_comment = false;
        std::vector<Column> columns;
        bool left = false;  ///< whether a heading stands behind it
    };

    TableForm form_of_row(std::string_view text, Slice line, Slice hash) const noexcept;
    bool enter_row(const Window& window, std::span<const Slice> hashes, std::uint64_t begin);
    bool goes_on_in_row(const Window& window, std::span<const Slice> hashes) const noexcept;
    bool extend_row(std::string_view text, std::size_t place, std::size_t end, Slice& line) const;
    bool enter_aligned(std::string_view text, Slice whole, Slice hash);
    bool are_aligned(std::string_view text, Slice lines, const ColumnStarts& starts) const;
    bool find_aligned(std::string_view text, const AlignedLine& line, Slice lines);
    bool take_aligned(std::string_view text, const AlignedLine& line, Slice header,
                      ColumnStarts starts, Slice between);
    void find_header(const Window& window, TableForm form, std::size_t row, std::size_t column);
    void read_rule_above(std::string_view text, Slice rule, Slice above);
    bool is_title(TableForm form, std::size_t column) const noexcept;
    void read_row_above(std::string_view text, Slice line, std::size_t column);
    void take_file_header(TableForm form, std::size_t column);

    Table table_;
    FileHeader file_header_;
    Row row_;
    std::uint64_t quoted_row_begin_ = 0;  ///< the last row that quotes join of several lines
    std::uint64_t quoted_row_end_ = 0;
    std::vector<Slice> lines_;  ///< those without hashes since the last record, while one is read
    bool forgot_ = false;       ///< whether text before the lines was left out
};

}  // namespace libblock::detail
