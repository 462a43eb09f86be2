#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace libblock::detail {

/// A part of a longer text, which slides over it from front to back.
struct Window {
    std::string_view text;
    std::uint64_t base = 0;  ///< absolute offset of `text[0]`
    bool last = true;        ///< whether the text ends with it

    /// Offset in `text` of what stands at `absolute`, which must not be before it.
    std::size_t relative(std::uint64_t absolute) const noexcept {
        return static_cast<std::size_t>(absolute - base);
    }
};

}  // namespace libblock::detail
