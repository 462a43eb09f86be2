#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/platform.hpp"

/// Elements of XML with a line each: `<filename>x.exe</filename>` above `<sha256>...</sha256>`.
namespace libblock::detail {

/// How far above and below the line of a hash elements are read, in bytes.
inline constexpr std::size_t elements_above = 1024;
inline constexpr std::size_t elements_below = 512;

/// What the elements beside that of a hash say of it, and those beside the ones around it that are
/// of digests, as far as they have a line each; else the attributes of the element around them all.
/// Nothing where two of these hold a SHA-256 each: then nobody knows where a file begins.
struct ToldInElements {
    std::string file_name;
    std::optional<Platform> platform;
};
ToldInElements read_elements(std::string_view text, Slice line, Slice hash);

}  // namespace libblock::detail
