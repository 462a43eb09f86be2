#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/context_labels.hpp"
#include "libblock/detail/context_rows.hpp"
#include "libblock/extraction.hpp"

/// What the headers of tables say of their columns.
namespace libblock::detail {

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

}  // namespace libblock::detail
