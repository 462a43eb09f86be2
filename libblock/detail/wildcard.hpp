#pragma once

#include <string_view>

namespace libblock::detail {

/// What `*` and separators mean in a pattern.
struct WildcardRules {
    /// `*` and `?` stop at separators; `**` does not.
    bool segments = false;
};

/// Whether the whole of `text` fits `pattern`: `?` is one UTF-8 character, `*` any run, `**` any
/// run across separators (`/`). Takes time proportional to the product of the lengths at worst,
/// whatever the pattern: all positions are advanced together, nothing is tried again.
bool wildcard_match(std::string_view pattern, std::string_view text, WildcardRules rules);

}  // namespace libblock::detail
