#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/error.hpp"

/// YAML from people and from strangers, as a tree of plain values.
namespace libblock::detail {

enum class YamlKind : std::uint8_t { Null, Scalar, Sequence, Mapping };

struct YamlNode {
    YamlKind kind = YamlKind::Null;
    bool plain = false;  ///< a scalar without quotes
    Position position;
    std::size_t offset = 0;       ///< of its first byte
    std::string text;             ///< of a scalar, just as it stands: "010" is not 8
    std::vector<YamlNode> items;  ///< of a sequence; of a mapping its keys and values by turns
};

/// Reads the one document of a text. Keys are unique scalars; aliases, anchors, tags, directives
/// and characters that two readers could take differently are refused. Time and memory are
/// bounded by the length of the text, whatever it holds; the limits are those of limits.hpp.
/// Throws `Error` with line and column: InvalidDocument, LimitExceeded.
YamlNode parse_yaml(std::string_view text);

/// Offset just after the scalar in quotes that begins at `offset`, or npos if its end is missing.
std::size_t quoted_end(std::string_view text, std::size_t offset) noexcept;

/// The place of a byte of a text.
Position place_of(std::string_view text, std::size_t offset) noexcept;

}  // namespace libblock::detail
