#pragma once

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/window.hpp"
#include "libblock/extraction.hpp"

namespace libblock::detail {

/// Counts lines and columns on a walk through a text that windows show, each byte once.
class PlaceCounter {
public:
    /// `unit`: bytes of a character of the text as it was given, 2 if UTF-16 was decoded from it;
    /// `offset`: how many of its bytes stand before the first character.
    PlaceCounter(const ScanKernel& kernel, std::size_t unit, std::uint64_t offset) noexcept
        : kernel_(kernel), unit_(unit), place_{1, 1, offset} {}

    /// The place of what stands at `offset` of the window, which must not come before the last
    /// one, and not stand within a line break or a character.
    TextPlace place_of(const Window& window, std::size_t offset) noexcept;

    /// Absolute offset up to which lines and columns are counted.
    std::uint64_t read_until() const noexcept { return read_until_; }

private:
    const ScanKernel& kernel_;
    std::size_t unit_;
    std::uint64_t read_until_ = 0;  ///< absolute
    TextPlace place_;
};

}  // namespace libblock::detail
