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
    /// `decoded`: whether the text was UTF-16 as it was given; `offset`: how many of its bytes
    /// stand before the first character.
    PlaceCounter(const ScanKernel& kernel, bool decoded, std::uint64_t offset) noexcept
        : kernel_(kernel), decoded_until_(decoded ? UINT64_MAX : 0), place_{1, 1, offset} {}

    /// From the absolute offset `until` on, the text is as it was given.
    void end_decoded(std::uint64_t until) noexcept { decoded_until_ = until; }

    /// The place of what stands at `offset` of the window, which must not come before the last
    /// one, and not stand within a line break or a character.
    TextPlace place_of(const Window& window, std::size_t offset) noexcept;

    /// Absolute offset up to which lines and columns are counted.
    std::uint64_t read_until() const noexcept { return read_until_; }

private:
    std::uint64_t given_bytes(std::string_view passed) const noexcept;

    const ScanKernel& kernel_;
    std::uint64_t decoded_until_;   ///< absolute
    std::uint64_t read_until_ = 0;  ///< absolute
    TextPlace place_;
};

}  // namespace libblock::detail
