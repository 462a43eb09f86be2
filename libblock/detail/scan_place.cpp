#include "libblock/detail/scan_place.hpp"

#include "libblock/detail/scan_text.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail {

TextPlace PlaceCounter::place_of(std::size_t offset) noexcept {
    while (offset_ < offset) {
        if (const std::size_t bytes = line_break_at(text_, offset_); bytes > 0) {
            offset_ += bytes;
            ++line_;
            column_ = 1;
        } else {
            offset_ += is_ascii(text_[offset_]) ? 1 : character_at(text_, offset_).bytes;
            ++column_;
        }
    }
    return {line_, column_, offset_};
}

}  // namespace libblock::detail
