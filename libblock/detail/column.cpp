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
    Sighting* const added = sightings.data() + before;
    const char* const digits = text_.data() + begin;
    const std::size_t decoded =
        kernel.decode_column(digits, stride_, most, bytes_of(*added), sizeof(Sighting));
    const std::size_t count = place(digits, decoded, base + begin, added);
    sightings.resize(before + count);
    return count;
}

/// Gives the first of `count` sightings their place, which digits from `digits` on were decoded to:
/// those with the separator before them and its first byte behind. How many these are.
std::size_t Column::place(const char* digits, std::size_t count, std::uint64_t offset,
                          Sighting* sighting) const noexcept {
    // For all that the compiler knows, what is written might be a member.
    const std::size_t stride = stride_;
    const std::uint64_t separator = word_at(separator_.data());
    const std::uint64_t mask = word_at(mask_.data());
    const char first = separator_.front();
    const char* before = digits - separator_bytes_;
    const char* behind = digits + Sha256::hex_count;
    for (std::size_t i = 0; i < count; ++i, ++sighting) {
        if (((word_at(before) ^ separator) & mask) != 0 || *behind != first) return i;
        sighting->offset = offset;
        sighting->size = Sha256::hex_count;
        if (may_be_placeholder(sighting->sha256.bytes())) {
            sighting->reason = judge_value(sighting->sha256);
        }
        before += stride;
        behind += stride;
        offset += stride;
    }
    return count;
}

}  // namespace libblock::detail
