#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/platform.hpp"

/// Objects of JSON on a line.
namespace libblock::detail {

/// What the keys of an object say of a hash that is a value in it, between the words `before` and
/// `after`.
struct ToldInObject {
    bool named = false;  ///< whether a key is that of a file name, even if none of this file
    std::string file_name;
    bool has_platform = false;  ///< whether a key is that of an operating system
    std::optional<Platform> platform;
};
ToldInObject read_object(std::string_view text, Slice before, Slice after);

}  // namespace libblock::detail
