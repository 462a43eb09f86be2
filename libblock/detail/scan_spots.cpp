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

/// Whether one byte parts a run from as many digits, before it or behind.
bool has_neighbour(std::string_view text, Slice run) noexcept {
    const auto are_digits = [&](std::size_t at) {
        const std::string_view digits = text.substr(at, run.size());
        return digits.size() == run.size() &&
               std::all_of(digits.begin(), digits.end(), is_hex_digit);
    };
    return (run.begin > run.size() && are_digits(run.begin - run.size() - 1)) ||
           (run.end < text.size() && are_digits(run.end + 1));
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

constexpr std::size_t shortest_cut = 24;  // what the kernels see of a stretch at least
constexpr std::size_t longest_part = 16;  // of digits in groups
constexpr std::size_t shortest_row = 32;  // of marks: half of what stands for a digest
constexpr std::size_t carried = 1;        // blocks before the group
constexpr std::size_t most_bytes = std::size_t{1} << 30U;  // that are read at once
constexpr std::size_t group_end = (carried + GroupMasks::blocks) * block;

std::array<std::uint64_t, carried + GroupMasks::blocks> with_block_before(std::uint64_t before,
                                                                          Words masks) noexcept {
    std::array<std::uint64_t, carried + GroupMasks::blocks> all_masks{before};
    std::copy(masks.begin(), masks.end(), all_masks.begin() + carried);
    return all_masks;
}

}  // namespace

std::size_t SpotReader::read(std::size_t from, std::size_t until) {
    spots_.clear();
    kernel_.scan_groups(text_, from, std::min(until, from + most_bytes), scan_);
    base_ =
        scan_.at - block;  // wraps around at the begin of a text, where the first block is empty
    if (scan_.shapes || has_groups_of_16()) {
        read_stretches();
        read_rows_of_marks();
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

/// Whether digits stand in groups of 16, which are runs, in the last group of bytes.
bool SpotReader::has_groups_of_16() const noexcept {
    for (std::size_t i = 0; i < runs(); ++i) {
        if (scan_.run_edges[2 * i + 1] - scan_.run_edges[2 * i] > 1) continue;
        const Slice digits = run(i);
        if (digits.size() == longest_part && has_neighbour(text_, digits)) return true;
    }
    return false;
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

/// A stretch that the end of the group cuts off is told of, and its end again with the next group:
/// what looks like a digest there begins in either.
void SpotReader::read_stretches() {
    std::array<std::uint64_t, carried + GroupMasks::blocks> known =
        with_block_before(scan_.before.known, scan_.masks.known);
    for (std::size_t i = 0; i < runs(); ++i) {
        const Slice where = run(i);
        if (where.size() <= longest_part || where.end + block <= scan_.at) continue;
        const std::size_t begin = std::max(where.begin + block, scan_.at) - scan_.at;
        clear_bits(known, {begin, std::min(where.end + block - scan_.at, group_end)});
    }
    const auto marks = with_block_before(scan_.before.marks, scan_.masks.marks);
    const auto separators = with_block_before(scan_.before.separators, scan_.masks.separators);
    std::array<std::uint64_t, carried + GroupMasks::blocks> near{};
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
    // More than half of the shortest one is within one word, or it is told of with the next group.
    for_each_row<8>(near, [&](Slice stretch) {
        const Slice where{base_ + stretch.begin, base_ + stretch.end};
        const bool cut = stretch.end == group_end && where.size() >= shortest_cut;
        if (cut || where.size() >= ScanKernel::sure_stretch) {
            spots_.push_back({where, SpotKind::Stretch});
        }
    });
}

/// Rows of one mark without digits beside them, such as 64 `x`; told of from their begin on.
void SpotReader::read_rows_of_marks() {
    const auto marks = with_block_before(scan_.before.marks, scan_.masks.marks);
    for_each_row<16>(marks, [&](Slice row) {
        Slice same{base_ + row.begin, base_ + row.begin};
        const std::size_t end = base_ + row.end;
        for (; same.begin < end; same.begin = same.end) {
            while (same.end < end && text_[same.end] == text_[same.begin]) ++same.end;
            if (same.size() >= shortest_row) spots_.push_back({same, SpotKind::Mark});
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
