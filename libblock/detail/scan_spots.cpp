#include "libblock/detail/scan_spots.hpp"

#include <algorithm>
#include <bit>
#include <span>

namespace libblock::detail {
namespace {

constexpr std::size_t block = ScanKernel::block;
constexpr std::uint64_t all = ~std::uint64_t{0};

using Words = std::span<const std::uint64_t>;

constexpr std::uint64_t bits_below(std::size_t count) noexcept {
    return count >= block ? all : (std::uint64_t{1} << count) - 1;
}

/// Bits with `Length` ones or more from them on, within the word; `Length` is a power of two.
template <unsigned Length>
constexpr std::uint64_t begins_of(std::uint64_t bits) noexcept {
    for (unsigned step = 1; step < Length; step *= 2) bits &= bits >> step;
    return bits;
}

/// Where the ones end that the bit `at` belongs to.
std::size_t end_of_ones(Words words, std::size_t at) noexcept {
    std::size_t word = at / block;
    std::uint64_t zeros = ~words[word] & ~bits_below(at % block);
    while (zeros == 0) {
        if (++word == words.size()) return word * block;
        zeros = ~words[word];
    }
    return word * block + static_cast<std::size_t>(std::countr_zero(zeros));
}

/// Where the ones begin that end before the bit `at`.
std::size_t begin_of_ones(Words words, std::size_t at) noexcept {
    std::size_t word = at / block;
    std::uint64_t zeros = at % block == 0 ? 0 : ~words[word] & bits_below(at % block);
    while (zeros == 0) {
        if (word == 0) return 0;
        zeros = ~words[--word];
    }
    return (word + 1) * block - static_cast<std::size_t>(std::countl_zero(zeros));
}

/// Calls `take` for each row of ones that has `Part` or more of them within a word.
template <unsigned Part, typename Take>
void for_each_row(Words words, Take take) {
    std::size_t done = 0;
    for (std::size_t word = 0; word < words.size(); ++word) {
        const std::size_t base = word * block;
        std::uint64_t begins = begins_of<Part>(words[word]);
        if (done > base) begins &= ~bits_below(done - base);
        while (begins != 0) {
            const std::size_t at = base + static_cast<std::size_t>(std::countr_zero(begins));
            const Slice row{begin_of_ones(words, at), end_of_ones(words, at)};
            take(row);
            done = row.end;
            begins &= ~bits_below(done - base);
        }
    }
}

void clear_bits(std::span<std::uint64_t> words, Slice bits) noexcept {
    for (std::size_t word = bits.begin / block; word * block < bits.end; ++word) {
        const std::size_t base = word * block;
        const std::uint64_t below = bits.begin > base ? bits_below(bits.begin - base) : 0;
        words[word] &= below | ~bits_below(bits.end - base);
    }
}

}  // namespace

std::size_t SpotReader::read(std::string_view text, std::size_t from) {
    spots_.clear();
    if (blocks_ == least_blocks) from = kernel_.find_spot(text, from);
    if (from >= text.size()) return text.size();
    used_ = std::min(blocks_, (text.size() - from + block - 1) / block);
    kernel_.read_masks(text, from, std::span(masks_).first(used_));
    next_ = std::min(text.size(), from + used_ * block);

    read_runs(text, from);
    read_stretches(from);
    read_marks(from);
    const auto begins_first = [](const Spot& left, const Spot& right) {
        return left.where.begin < right.where.begin;
    };
    if (!std::is_sorted(spots_.begin(), spots_.end(), begins_first)) {
        std::stable_sort(spots_.begin(), spots_.end(), begins_first);
    }
    blocks_ = spots_.empty() ? least_blocks : std::min(2 * blocks_, most_blocks);
    return next_;
}

/// A run that the end of the segment cuts off is left for the next one, unless it fills this one.
void SpotReader::read_runs(std::string_view text, std::size_t from) {
    for (std::size_t i = 0; i < used_; ++i) digits_[i] = masks_[i].digits;
    const auto words = std::span(digits_).first(used_);
    const std::size_t end = used_ * block;
    const bool last = from + end >= text.size();
    // A run of `sure_run` has more than half of it within one word.
    for_each_row<8>(words, [&](Slice run) {
        if (run.end == end && !last && run.begin > 0) return;
        const bool open = run.end == end && !last;
        const Slice where{from + run.begin,
                          open ? end_of_digits(text, from + run.end) : from + run.end};
        if (where.size() < ScanKernel::sure_run) return;
        spots_.push_back({where, SpotKind::Run});
        clear_bits(words, run);
        if (open) next_ = where.end;
    });
    if (!last && next_ == from + end) next_ = from + begin_of_ones(words, end);
}

/// Digits from `at` on, in a run longer than a segment.
std::size_t SpotReader::end_of_digits(std::string_view text, std::size_t at) const noexcept {
    while (at < text.size()) {
        std::array<BlockMasks, least_blocks> masks;
        kernel_.read_masks(text, at, masks);
        for (const BlockMasks& mask : masks) {
            if (mask.digits != all) {
                return at + static_cast<std::size_t>(std::countr_one(mask.digits));
            }
            at += block;
        }
    }
    return text.size();
}

/// A stretch that the end of the segment cuts off is told of, and its end again with the next one:
/// what looks like a digest there begins in either.
void SpotReader::read_stretches(std::size_t from) {
    std::uint64_t behind = 0;  // the last bit of the word before
    for (std::size_t i = 0; i < used_; ++i) {
        const std::uint64_t bits = digits_[i] | masks_[i].wide;
        near_[i] = bits | bits << 1 | behind;
        behind = bits >> (block - 1);
    }
    const auto words = std::span(near_).first(used_);
    for_each_row<16>(words, [&](Slice stretch) {
        if (stretch.size() < ScanKernel::sure_stretch) return;
        spots_.push_back({{from + stretch.begin, from + stretch.end}, SpotKind::Stretch});
    });
    const std::size_t end = from + used_ * block;
    const std::size_t open = used_ * block - begin_of_ones(words, used_ * block);
    if (next_ > end - std::min(open, block) && next_ <= end) next_ = end - std::min(open, block);
}

void SpotReader::read_marks(std::size_t from) {
    std::uint64_t behind = 0;
    for (std::size_t i = 0; i < used_; ++i) {
        const std::uint64_t cuts = masks_[i].cuts;
        const std::uint64_t ahead = i + 1 < used_ ? masks_[i + 1].cuts << (block - 1) : 0;
        std::uint64_t ends = cuts & ~((cuts << 1 | behind) & (cuts >> 1 | ahead));
        for (; ends != 0; ends &= ends - 1) {
            const std::size_t at =
                from + i * block + static_cast<std::size_t>(std::countr_zero(ends));
            spots_.push_back({{at, at + 1}, SpotKind::Mark});
        }
        behind = cuts >> (block - 1);
    }
}

}  // namespace libblock::detail
