#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libblock/error.hpp"

namespace libblock::detail {

/// The comments of a YAML document.
struct Comments {
    std::string header;            ///< the lines of comments above the first key
    std::optional<Position> next;  ///< the first comment after them
};

/// Finds comments: a `#` in a text, with quotes or without, in a block or not, is none. If the
/// document is not one that `parse_yaml` takes, every `#` that may be a comment counts as one, and
/// comments that could not stand in a document are no header.
Comments find_comments(std::string_view yaml);

}  // namespace libblock::detail
