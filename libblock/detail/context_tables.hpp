#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// Rows and columns of the tables that advisories have.
namespace libblock::detail {

enum class TableForm : std::uint8_t {
    None,
    Commas,  ///< the cells may be in quotes, here and in the next two
    Semicolons,
    Tabs,
    Pipes,  ///< Markdown, and grids of `|` and `-`
    Html,
    Asciidoc,
};

/// Whether lines are the rows of such a table.
constexpr bool has_line_rows(TableForm form) noexcept {
    return form >= TableForm::Commas && form <= TableForm::Pipes;
}

/// The byte between two cells of a table that has lines for rows.
char separator_of(TableForm form) noexcept;

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

/// The most cells of a row that are read.
inline constexpr std::size_t most_cells = 64;

/// Splits a row into at most `most_cells` cells. Those of HTML and AsciiDoc stand between tags and
/// after the `|`; a row there ends with what ends it, at the latest with the slice. `whole` is set
/// to whether the last cell ends before the slice does or with it as a line.
struct Row {
    std::vector<Slice> cells;
    bool whole = true;
};
void split_row(TableForm form, std::string_view text, Slice where, Row& row);

/// The index of the cell that holds `at`, or `most_cells`.
std::size_t cell_at(const Row& row, std::size_t at) noexcept;

/// The words of a cell without its mark-up, quotes, escapes and entities; empty if the cell is
/// longer than 1 KiB. `<br>` becomes a line break.
std::string cell_text(TableForm form, std::string_view cell);

/// Whether a line is of nothing but `|-+:=` and blanks, as between a header and the rows.
bool is_rule(std::string_view line) noexcept;

/// Whether a row of a table in the form of lines can hold the header of a column: the cell says
/// of which digest it is or that there is one, and no cell holds a digest.
bool is_header(TableForm form, std::string_view text, const Row& row, std::size_t column);

/// What a header says of a column.
struct Column {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::string header;  ///< at most 64 bytes
    DigestLabel labelled_as = DigestLabel::None;
    std::optional<Platform> platform;  ///< that the header names
    // The columns that speak of the digests of this one.
    std::size_t name = none;
    std::size_t os = none;
    std::size_t type = none;
    bool names_surely = false;  ///< whether its cells are file names even without an extension
};

/// The columns that a header row names.
std::vector<Column> read_columns(TableForm form, std::string_view text, const Row& header);

/// Whether any column holds file names.
bool has_names(const std::vector<Column>& columns) noexcept;

/// The file name that a cell of a column of names holds; empty if none.
std::string name_in_cell(std::string_view words, bool surely);

/// What a cell of a column of operating systems says.
struct CellPlatform {
    bool told = false;  ///< whether the cell says anything
    std::optional<Platform> platform;
};
CellPlatform platform_in_cell(std::string_view words);

}  // namespace libblock::detail
