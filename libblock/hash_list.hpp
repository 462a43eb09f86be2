#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/sha256.hpp"

namespace libblock {

/// One line of a hash list.
struct HashListLine {
    Sha256 sha256;
    std::string name;  ///< empty if the line holds only the digest

    bool operator==(const HashListLine&) const = default;
};

/// Reads a list as `sha256sum` writes it: `<64 hex>  <name>` or `<64 hex> *<name>` on each line,
/// the name optional. Blank lines and lines that begin with `#` are passed over; CR LF is taken.
/// Every other line is refused: throws `Error` (InvalidDocument) with its line and column.
std::vector<HashListLine> parse_hash_list(std::string_view text);
/// `parse_hash_list` of a file; errors name it. Throws FileAccess too.
std::vector<HashListLine> load_hash_list(const std::filesystem::path& path);

/// The text of a list: `<64 hex>  <name>`, or the digest alone where there is no name, one line
/// each, in the order given. Names hold no line breaks.
std::string format_hash_list(const std::vector<HashListLine>& lines);

}  // namespace libblock
