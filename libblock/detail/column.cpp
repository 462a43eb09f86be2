#include "libblock/detail/column.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "libblock/detail/placeholder.hpp"

namespace libblock::detail {
namespace {

std::uint64_t word_at(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

}  // namespace

Column::Column(std::string_view text, Slice first, Slice second) noexcept
    : text_(text), stride_(second.begin - first.begin), separator_bytes_(second.begin - first.end) {
    std::memcpy(separator_.data(), text.data() + first.end, separator_bytes_);
    std::memset(mask_.data(), 0xFF, separator_bytes_);
}

std::size_t Column::read(const ScanKernel& kernel, Slice last, std::size_t until,
                         std::uint64_t base, std::vector<Sighting>& sightings) const {
    if (last.end >= text_.size() || last.begin >= until) return 0;
    // One byte behind the digits is looked at as well.
    const std::size_t behind = text_.size() - last.end - 1;
    const std::size_t most = std::min({part, behind / stride_, (until - last.begin - 1) / stride_});
    if (most == 0) return 0;
    const std::size_t begin = last.begin + stride_;
    const std::size_t before = sightings.size();
    sightings.resize(before + most);
    std::uint8_t* const bytes = bytes_of(sightings[before]);
    const char* const digits = text_.data() + begin;
    const std::size_t decoded =
        kernel.decode_column(digits, stride_, most, bytes, sizeof(Sighting));
    const std::size_t count = count_separated(digits, decoded);
    for (std::size_t i = 0; i < count; ++i) {
        Sighting& sighting = sightings[before + i];
        sighting.offset = base + begin + i * stride_;
        sighting.size = Sha256::hex_count;
        if (may_be_placeholder(sighting.sha256.bytes())) {
            sighting.reason = judge_value(sighting.sha256);
        }
    }
    sightings.resize(before + count);
    return count;
}

/// How many of `count` hashes from `digits` on have the separator before them and its first byte
/// behind.
std::size_t Column::count_separated(const char* digits, std::size_t count) const noexcept {
    const std::uint64_t separator = word_at(separator_.data());
    const std::uint64_t mask = word_at(mask_.data());
    for (std::size_t i = 0; i < count; ++i, digits += stride_) {
        const bool stands = ((word_at(digits - separator_bytes_) ^ separator) & mask) == 0;
        if (!stands || digits[Sha256::hex_count] != separator_.front()) return i;
    }
    return count;
}

}  // namespace libblock::detail
