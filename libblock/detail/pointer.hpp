#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace libblock::detail {

/// A JSON pointer (RFC 6901) through these keys: `{"groups", "/Servers"}` gives
/// "/groups/~1Servers".
std::string json_pointer(std::initializer_list<std::string_view> keys);

}  // namespace libblock::detail
