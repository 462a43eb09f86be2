#include "libblock/detail/scan_lines.hpp"

#include <algorithm>

namespace libblock::detail {

/// Reads up to the next line break and some more; false if there is none.
bool LineBreaks::read_on() noexcept {
    taken_ = 0;
    count_ = 0;
    for (; count_ == 0 && from_ < end_; from_ += ScanKernel::breaks_read) {
        const std::size_t until = std::min(end_ - from_, ScanKernel::breaks_read);
        base_ = from_;
        count_ = kernel_.list_breaks(text_.substr(from_), until, places_.data());
    }
    return count_ > 0;
}

}  // namespace libblock::detail
