#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/context_rows.hpp"
#include "libblock/detail/scan_text.hpp"
#include "libblock/platform.hpp"

/// What the cells of tables say.
namespace libblock::detail {

/// The words of a cell without its mark-up, quotes, escapes and entities; empty if the cell is
/// longer than `longest_cell`. `<br>` becomes a line break.
std::string cell_text(TableForm form, std::string_view cell);

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
