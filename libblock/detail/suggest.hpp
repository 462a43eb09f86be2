#pragma once

#include <span>
#include <string>
#include <string_view>

namespace libblock::detail {

/// ", did you mean X?" for the choice nearest to `word` by edit distance, or nothing if none is
/// near: the ending of an error message.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> choices);

}  // namespace libblock::detail
