#include "libblock/detail/scan_spots.hpp"

#include <algorithm>
#include <array>
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

/// Sorts a few spots, of which those of each kind are in order.
void sort_by_begin(std::vector<Spot>& spots) noexcept {
    for (std::size_t i = 1; i < spots.size(); ++i) {
        const Spot spot = spots[i];
        std::size_t at = i;
        for (; at > 0 && spot.where.begin < spots[at - 1].where.begin; --at) {
            spots[at] = spots[at - 1];
        }
        spots[at] = spot;
    }
}

void clear_bits(std::span<std::uint64_t> words, Slice bits) noexcept {
    for (std::size_t word = bits.begin / block; word * block < bits.end; ++word) {
        const std::size_t base = word * block;
        const std::uint64_t below = bits.begin > base ? bits_below(bits.begin - base) : 0;
        words[word] &= below | ~bits_below(bits.end - base);
    }
}

constexpr std::size_t longest_part = 16;  // of digits in groups
constexpr std::size_t shortest_row = 32;  // of `x`: half of what stands for a digest
constexpr std::size_t carried = 1;        // blocks before the group
constexpr std::size_t most_bytes =
    std::size_t{1} << 17U;  // read at once; the cache keeps so many for what is looked for then
constexpr std::size_t group_end = (carried + GroupMasks::blocks) * block;

std::array<std::uint64_t, GroupMasks::blocks + 2> all_bits(std::uint64_t before, Words masks,
                                                           std::uint64_t behind) noexcept {
    std::array<std::uint64_t, GroupMasks::blocks + 2> bits{before};
    std::copy(masks.begin(), masks.end(), bits.begin() + carried);
    bits.back() = behind;
    return bits;
}

}  // namespace

std::size_t SpotReader::read(std::size_t from, std::size_t until) {
    spots_.clear();
    kernel_.scan_groups(text_, from, std::min(until, from + most_bytes), scan_);
    base_ = scan_.at - block;  // wraps around at the begin of a text: the first block is empty
    if (scan_.shapes) {
        read_stretches();
        read_rows();
    }
    if (scan_.marked) read_marks();
    if (!spots_.empty()) sort_by_begin(spots_);
    return scan_.ahead || scan_.next == text_.size() ? scan_.next : scan_.next - open_bytes();
}

/// Of the bytes at the end of the last group, those with which something may begin that it cuts
/// off.
std::size_t SpotReader::open_bytes() const noexcept {
    const std::uint64_t known = scan_.masks.known[GroupMasks::blocks - 1];
    const std::uint64_t near = known | known << 1 | known << 2;
    return std::max(longest_mark, static_cast<std::size_t>(std::countl_one(near)));
}

/// The end of a run that goes on behind the last group.
std::size_t SpotReader::end_of_last_run() const noexcept {
    std::size_t end = scan_.at + ScanKernel::group;
    if (scan_.ahead) {
        for (const std::uint64_t digits : scan_.next_masks.digits) {
            if (digits != all) return end + static_cast<std::size_t>(std::countr_one(digits));
            end += block;
        }
    }
    while (end < text_.size()) {
        std::array<BlockMasks, 4> masks;
        kernel_.read_masks(text_, end, masks);
        for (const BlockMasks& mask : masks) {
            if (mask.digits != all) {
                return end + static_cast<std::size_t>(std::countr_one(mask.digits));
            }
            end += block;
        }
    }
    return text_.size();
}

/// The block behind the last group.
BlockMasks SpotReader::block_behind() const noexcept {
    if (scan_.ahead) {
        const GroupMasks& next = scan_.next_masks;
        return {*next.digits, *next.known, *next.marks, *next.separators};
    }
    BlockMasks behind;
    kernel_.read_masks(text_, scan_.at + ScanKernel::group, {&behind, 1});
    return behind;
}

/// Takes the bits of runs away, which are spots of their own.
void SpotReader::clear_runs(Bits& known) const noexcept {
    for (std::size_t i = 0; i < runs(); ++i) {
        const Slice where = run(i);
        if (where.size() <= longest_part || where.end + block <= scan_.at) continue;
        const std::size_t begin = std::max(where.begin + block, scan_.at) - scan_.at;
        clear_bits(known, {begin, std::min(where.end + block - scan_.at, known.size() * block)});
    }
    // Those that are listed with the next group.
    const std::size_t end = scan_.at + ScanKernel::group;
    const auto begun =
        static_cast<std::size_t>(std::countl_one(scan_.masks.digits[GroupMasks::blocks - 1]));
    const std::size_t reach = end + ScanKernel::sure_stretch;
    const std::string_view near = text_.substr(0, reach + longest_part + 1);
    for (std::size_t at = end - begun;;) {
        const Slice digits = next_digits(near, at, longest_part + 1);
        if (digits.empty() || digits.begin >= reach) break;
        clear_bits(known, {digits.begin + block - scan_.at,
                           std::min(digits.end + block - scan_.at, known.size() * block)});
        at = digits.end;
    }
}

/// Stretches that begin before the end of the group, up to there or to the few digits behind a mark
/// that it cuts off: what begins behind it or with them is told of with the next one, in which they
/// go on.
void SpotReader::read_stretches() {
    const BlockMasks behind = block_behind();
    Bits known = all_bits(scan_.before.known, scan_.masks.known, behind.known);
    clear_runs(known);
    const Bits marks = all_bits(scan_.before.marks, scan_.masks.marks, behind.marks);
    const Bits separators =
        all_bits(scan_.before.separators, scan_.masks.separators, behind.separators);
    Bits near{};
    std::uint64_t last_known = 0;  // the last bits of the word before
    std::uint64_t last_one = 0;
    for (std::size_t i = 0; i < near.size(); ++i) {
        const std::uint64_t others = separators[i] & ~marks[i];
        const std::uint64_t one = (known[i] << 1 | last_known) & others;
        const std::uint64_t another = (one << 1 | last_one) & others;
        near[i] = known[i] | one | another;
        last_known = known[i] >> (block - 1);
        last_one = one >> (block - 1);
    }
    // Of digits behind a mark that are too few to tell of it, the next group does.
    const auto cut_off =
        static_cast<unsigned>(std::countl_one(scan_.masks.digits[GroupMasks::blocks - 1]));
    const bool few = cut_off < ScanKernel::sure_digits;
    const std::uint64_t last_marks = scan_.masks.marks[GroupMasks::blocks - 1];
    const bool marked = few && (last_marks << cut_off >> (block - 1)) != 0;
    const std::size_t limit = marked ? group_end - cut_off : group_end;
    // More than half of the shortest one is within one word.
    for_each_row<8>(near, [&](Slice stretch) {
        if (stretch.begin >= limit || stretch.size() < ScanKernel::sure_stretch) return;
        const std::size_t end = std::min(stretch.end, limit);
        spots_.push_back({{base_ + stretch.begin, base_ + end}, SpotKind::Stretch});
    });
}

/// Rows of `x` or `X` without digits beside them; told of from their begin on.
void SpotReader::read_rows() {
    Bits rows = all_bits(scan_.before.marks, scan_.masks.marks, 0);
    const Bits others = all_bits(scan_.before.separators, scan_.masks.separators, 0);
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] &= others[i];
    for_each_row<16>(rows, [&](Slice row) {
        Slice same{base_ + row.begin, base_ + row.begin};
        const std::size_t end = base_ + row.end;
        for (; same.begin < end; same.begin = same.end) {
            while (same.end < end && text_[same.end] == text_[same.begin]) ++same.end;
            const bool is_x = ascii_lower(text_[same.begin]) == 'x';
            if (is_x && same.size() >= shortest_row) spots_.push_back({same, SpotKind::Mark});
        }
    });
}

/// Marks that stand behind digits, and before them.
void SpotReader::read_marks() {
    static_assert(ScanKernel::sure_digits == 4);
    const auto take = [&](std::uint64_t marks, std::size_t at, std::size_t size) {
        for (; marks != 0; marks &= marks - 1) {
            const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(marks)) + 1;
            spots_.push_back({{end - size, end}, SpotKind::Mark});
        }
    };
    for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
        const std::size_t at = scan_.at + i * block;
        take(scan_.mark_ends[i], at, 4 + 2);
        take(scan_.mark_begins[i], at - 4, 2);
    }
}

}  // namespace libblock::detail
