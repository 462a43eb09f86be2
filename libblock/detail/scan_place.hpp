#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libblock/extraction.hpp"

namespace libblock::detail {

/// Counts lines and columns on a walk through a text, each byte once. Views the text.
class PlaceCounter {
public:
    explicit PlaceCounter(std::string_view text) noexcept : text_(text) {}

    /// The place of the digit at `offset`; offsets must not decrease from call to call.
    TextPlace place_of(std::size_t offset) noexcept;

private:
    std::string_view text_;
    std::size_t offset_ = 0;
    std::uint32_t line_ = 1;
    std::uint32_t column_ = 1;
};

}  // namespace libblock::detail
