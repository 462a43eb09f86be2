#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/window.hpp"
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

/// How many columns and rows a cell reaches over.
struct CellSize {
    std::size_t columns = 1;
    std::size_t rows = 1;
};

/// What the attributes `colspan` and `rowspan` of a tag say.
CellSize html_cell_size(std::string_view tag) noexcept;

/// What stands before the `|` of a cell of AsciiDoc at `bar` says: `2+`, `.3+`, `2.3+`, `4*`.
CellSize asciidoc_cell_size(std::string_view text, std::size_t bar) noexcept;

/// The most cells of a row that are read.
inline constexpr std::size_t most_cells = 64;

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

/// The words of a cell without its mark-up, quotes, escapes and entities; empty if the cell is
/// longer than 1 KiB. `<br>` becomes a line break.
std::string cell_text(TableForm form, std::string_view cell);

/// Whether a line is of nothing but `|-+:=` and blanks, as between a header and the rows.
bool is_rule(std::string_view line) noexcept;

/// Whether a row of a table in the form of lines can hold the header of a column: the cell says
/// of which digest it is or that there is one, and no cell holds a digest.
bool is_header(TableForm form, std::string_view text, const Row& row, std::size_t column);

/// Whether a cell has words of headers over digests and no others: "SHA-256", not "no hash".
bool is_common_header(TableForm form, std::string_view text, Slice cell);

/// Whether the cells of a row that have words, two at least, speak of digests, files and operating
/// systems, as only those of a header do.
bool are_headers(TableForm form, std::string_view text, const Row& row);

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
    bool names_surely = false;   ///< whether its cells are file names even without an extension
    bool names_perhaps = false;  ///< whether they are names only with one: "Installer"
    bool of_digests = false;     ///< whether its cells may say of which digest others are
};

/// The columns that a header row names.
std::vector<Column> read_columns(TableForm form, std::string_view text, const Row& header);

/// What the header of a column or the name of a field speaks of.
enum class Role : std::uint8_t { Other, Digest, Names, Os, Type };

Role role_of(std::string_view header, const LabelWords& words);

/// Whether two headers have words in common that say what the columns are about.
bool share_subject(const LabelWords& left, const LabelWords& right) noexcept;

/// Whether a header has words that say what a column is about.
bool has_subject(const LabelWords& words) noexcept;

/// Whether what a header of names stands for are names even if they look like none: "File name",
/// "Installer name", but not "Name" or "File" alone.
bool names_surely(const LabelWords& words) noexcept;

/// Whether what a header of names stands for are other files than the one that all is about:
/// "Parent file", "PDB file".
bool names_other_file(const LabelWords& words) noexcept;

/// The file that the header of a column is the name of; empty if it is none.
std::string file_name_in_header(const Column& column);

/// Whether any column holds file names.
bool has_names(const std::vector<Column>& columns) noexcept;

/// The file name that a cell of a column of names holds; empty if none.
std::string name_in_cell(std::string_view cell, bool surely);

/// What a cell of a column of operating systems says.
struct CellPlatform {
    bool told = false;  ///< whether the cell says anything
    std::optional<Platform> platform;
};
CellPlatform platform_in_cell(std::string_view words);

/// Which of the hashes in a cell one is.
struct ItemOfCell {
    std::size_t index = 0;
    std::size_t count = 1;
    bool listed = true;  ///< whether nothing but what parts a list stands between them
};
ItemOfCell item_of_cell(std::string_view text, Slice cell, Slice hash) noexcept;

/// The name in the cell `words` that belongs to one of several hashes in the same row: the only
/// one, or that in the same place if there are as many as hashes.
std::string name_of_item(std::string_view words, const ItemOfCell& item, bool surely);

/// The same for operating systems.
CellPlatform platform_of_item(std::string_view words, const ItemOfCell& item);

}  // namespace libblock::detail
