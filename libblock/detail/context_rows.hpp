#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/window.hpp"

/// Rows of the tables that advisories have, and the cells in them.
namespace libblock::detail {

enum class TableForm : std::uint8_t {
    None,
    Commas,  ///< the cells may be in quotes, here and in the next two
    Semicolons,
    Tabs,
    Pipes,   ///< Markdown, and grids of `|` and `-`
    Blanks,  ///< columns that blanks align, below a header; `LineTable` splits its rows
    Html,
    Asciidoc,
};

/// Whether lines are the rows of such a table.
constexpr bool has_line_rows(TableForm form) noexcept {
    return form >= TableForm::Commas && form <= TableForm::Blanks;
}

/// The byte between two cells of a table that has lines for rows.
char separator_of(TableForm form) noexcept;

/// Whether the tag `name`, which `<` begins, stands at `at`.
bool tag_at(std::string_view text, std::size_t at, std::string_view name) noexcept;

/// The tags that make up a table.
enum class HtmlTag : std::uint8_t {
    Other,
    Table,  ///< begins or ends one
    Row,
    RowEnd,
    Cell,
    HeaderCell,
};

/// The tag that begins at `at`. The ends of cells are `Other`.
HtmlTag html_tag_at(std::string_view text, std::size_t at) noexcept;

/// How many columns and rows a cell reaches over.
struct CellSize {
    std::size_t columns = 1;
    std::size_t rows = 1;
};

/// What the attributes `colspan` and `rowspan` of a tag say.
CellSize html_cell_size(std::string_view tag) noexcept;

/// What stands before the `|` of a cell of AsciiDoc at `bar` says: `2+`, `.3+`, `2.3+`, `4*`.
CellSize asciidoc_cell_size(std::string_view text, std::size_t bar) noexcept;

/// The most cells of a row that are read, and the most bytes of a cell.
inline constexpr std::size_t most_cells = 64;
inline constexpr std::size_t longest_cell = 1024;

/// Splits a row into at most `most_cells` cells; one that reaches over several columns is in the
/// place of each. Those of HTML and AsciiDoc stand between tags and after the `|`; a row there ends
/// with what ends it, at the latest with the slice. `whole` is set
/// to whether the last cell ends before the slice does or with it as a line.
struct Row {
    std::vector<Slice> cells;
    bool whole = true;
};
void split_row(TableForm form, std::string_view text, Slice where, Row& row);

/// Cells of the rows above that reach down into a row.
class RowSpans {
public:
    /// The first column from `column` on that none of them covers.
    std::size_t free_column(std::size_t column) const noexcept;

    /// Notes a cell of this row whose text begins at the absolute offset `begin`.
    void add(std::size_t column, CellSize size, std::uint64_t begin);

    void end_row() noexcept;

    /// Puts the cells from above into the places that they cover in a row of the window that was
    /// split and begins at the absolute offset `begin`.
    void insert(TableForm form, const Window& window, std::uint64_t begin, Row& row) const;

    void forget() noexcept { spans_.clear(); }

private:
    struct Span {
        std::size_t column = 0;
        CellSize size;  ///< the rows count from this one on
        std::uint64_t begin = 0;
    };
    static constexpr std::size_t most_spans = 16;
    std::vector<Span> spans_;  ///< as the columns come
};

/// What quotes that do not close say of a line of separated values.
enum class OpenQuotes : std::uint8_t {
    None,
    Before,  ///< a cell before the place ends a quote: the row begins on a line above
    Behind,  ///< a cell behind the place begins one: the row ends on a line below
};
OpenQuotes open_quotes(std::string_view text, const Row& row, std::size_t place) noexcept;

/// The index of the cell that holds `at`, or `most_cells`.
std::size_t cell_at(const Row& row, std::size_t at) noexcept;

/// Whether a line is of nothing but `|-+:=` and blanks, as between a header and the rows.
bool is_rule(std::string_view line) noexcept;

}  // namespace libblock::detail
