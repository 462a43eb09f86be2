#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libblock/detail/scan_kernel.hpp"
#include "libblock/detail/scan_text.hpp"

namespace libblock::detail {

/// The line breaks of a part of a text, one after the other: LF, CR LF and CR.
class LineBreaks {
public:
    LineBreaks(const ScanKernel& kernel, std::string_view text, Slice part) noexcept
        : kernel_(kernel), text_(text), end_(part.end), from_(part.begin), next_(part.begin) {}

    /// The next one that begins in the part, or the empty end of the part.
    Slice next() noexcept {
        for (;;) {
            if (taken_ == count_ && !read_on()) return {end_, end_};
            const std::size_t at = base_ + places_[taken_++];
            if (at >= end_) return {end_, end_};
            if (at < next_) continue;  // the LF of a CR LF
            next_ = at + line_break_at(text_, at);
            return {at, next_};
        }
    }

private:
    bool read_on() noexcept;

    const ScanKernel& kernel_;
    std::string_view text_;
    std::size_t end_;
    std::size_t from_;  ///< what is read next
    std::size_t next_;  ///< behind the last line break
    std::size_t base_ = 0;
    std::size_t taken_ = 0;
    std::size_t count_ = 0;
    std::array<std::uint32_t, ScanKernel::breaks_room>
        places_;  ///< of LFs and CRs, from `base_` on
};

}  // namespace libblock::detail
