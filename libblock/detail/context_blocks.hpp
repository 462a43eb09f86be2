#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_rows.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/window.hpp"

/// Tables whose rows are not lines, read on a walk through a text.
namespace libblock::detail {

/// The cell that a walk has come to.
struct TablePlace {
    static constexpr std::uint64_t nowhere = static_cast<std::uint64_t>(-1);

    std::size_t column = most_cells;
    std::uint64_t row = nowhere;   ///< where its row begins
    std::uint64_t cell = nowhere;  ///< where its text begins

    bool valid() const noexcept { return column < most_cells && row != nowhere; }
};

/// The HTML table around the place that a walk has come to.
class HtmlTable {
public:
    /// Reads the tags that begin in `part`, which continues the last one; whether there is any `<`.
    bool read(const Window& window, Slice part);

    /// Where the walk is, or an invalid place.
    TablePlace place() const noexcept { return place_; }

    /// Says that a hash stands here, so that the row is no header, and parses the header while the
    /// window still has it.
    void take_hash(const Window& window);

    /// Empty if the table has no header.
    const std::vector<Column>& columns() const noexcept { return columns_; }

    void forget() { *this = HtmlTable(); }

    /// The cells above that reach into the row.
    const RowSpans& spans() const noexcept { return spans_; }

private:
    void begin_cell(const Window& window, Slice tag);
    void end_row(std::uint64_t at);
    bool in_last_cell(const Window& window) const noexcept;

    TablePlace place_;
    RowSpans spans_;
    std::size_t next_column_ = 0;
    std::size_t plain_cells_ = 0;  ///< of the row
    bool row_has_hash_ = false;
    bool any_row_ = false;  ///< whether a row has ended
    std::uint64_t header_ = TablePlace::nowhere;
    std::uint64_t header_end_ = 0;
    RowSpans header_spans_;
    std::size_t header_width_ = 0;
    bool header_is_marked_ = false;  ///< whether all its cells are header cells
    std::vector<Column> columns_;
};

/// The AsciiDoc table around the place that a walk has come to: between two lines `|===`, with
/// rows on lines or cells on lines.
class AsciidocTable {
public:
    /// Reads the next complete line.
    void read_line(const Window& window, Slice where);

    /// Whether the walk is between two `|===`.
    bool is_open() const noexcept { return open_; }

    /// Reads on to a hash at `to`, on a line of its own or not.
    void take_hash(const Window& window, std::size_t to);

    TablePlace place() const noexcept { return place_; }
    std::size_t width() const noexcept { return width_; }
    const std::vector<Column>& columns() const noexcept { return columns_; }

    /// The cells above that reach into the row.
    const RowSpans& spans() const noexcept { return spans_; }

    void forget() { *this = AsciidocTable(); }

private:
    struct Attributes {
        std::size_t width = 0;
        bool header = false;
    };
    static Attributes read_attributes(std::string_view line);
    void find_width(std::string_view rows);
    void begin_cell(const Window& window, std::size_t bar);
    void read_header(std::string_view rows, std::size_t column);

    bool open_ = false;
    bool begun_ = false;  ///< whether cells have been counted
    Attributes attributes_;
    std::uint64_t counted_ = 0;  ///< up to where cells are counted
    std::size_t width_ = 0;      ///< columns; 0 if not known
    std::size_t rows_ = 0;       ///< that have begun
    std::size_t next_column_ = 0;
    RowSpans spans_;
    TablePlace place_;
    std::vector<Column> columns_;
};

}  // namespace libblock::detail
