#include "libblock/detail/hash_sort.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"
#include "libblock/detail/large_memory.hpp"
#include "libblock/sha256.hpp"

// Digests are spread over buckets by the leading bits of their keys, so that each bucket fits the
// cache. There it is spread once more, so finely that what remains is to exchange neighbours.
// Digests that crowd into few buckets, as no hash function makes them, are spread again by the next
// bits, and sorted by comparisons once the bits of the key are used up.

namespace libblock::detail {
namespace {

constexpr std::size_t few = 256;                  ///< sorted by comparisons
constexpr std::size_t leaf_digests = 8192;        ///< most that are sorted in the cache
constexpr std::size_t digests_per_bucket = 6200;  ///< at most, on average
constexpr int max_bucket_bits = 14;
constexpr int max_leaf_bits = 14;
constexpr std::size_t max_neighbours = 24;  ///< more in one place are not exchanged one by one
constexpr int key_bits = 64;

/// `bits` of a key behind the `skipped` leading ones.
class Digit {
public:
    Digit(int skipped, int bits) noexcept : skipped_(skipped), shift_(key_bits - bits) {}

    std::size_t operator()(const Sha256& digest) const noexcept {
        return static_cast<std::size_t>(key_of(digest) << skipped_ >> shift_);
    }

private:
    int skipped_;
    int shift_;
};

/// Turns the sizes of buckets into where they begin, and returns the largest size.
template <typename Count>
Count to_offsets(std::span<Count> counts) noexcept {
    Count offset = 0;
    Count largest = 0;
    for (Count& count : counts) {
        const Count size = std::exchange(count, offset);
        largest = std::max(largest, size);
        offset = static_cast<Count>(offset + size);
    }
    return largest;
}

template <typename Count>
void count_digits(std::span<const Sha256> digests, Digit digit, Count* counts) noexcept {
    for (const Sha256& digest : digests) ++counts[digit(digest)];
}

/// Afterwards each offset is where its bucket ends.
template <typename Count>
void scatter(std::span<const Sha256> from, Digit digit, Count* offsets, Sha256* to) noexcept {
    for (const Sha256& digest : from) to[offsets[digit(digest)]++] = digest;
}

/// Sorts digests of which each is only a few places from its own.
void exchange_neighbours(Sha256* digests, std::size_t count) noexcept {
    for (std::size_t i = 1; i < count; ++i) {
        if (!key_less(digests[i], digests[i - 1])) continue;
        const Sha256 moved = digests[i];
        std::size_t at = i;
        do {
            digests[at] = digests[at - 1];
            --at;
        } while (at > 0 && key_less(moved, digests[at - 1]));
        digests[at] = moved;
    }
}

/// Moves sorted digests down to `to` without repeats, and returns the end of what it wrote.
Sha256* move_unique(const Sha256* digests, std::size_t count, Sha256* to) noexcept {
    if (count == 0) return to;
    *to = digests[0];
    for (std::size_t i = 1; i < count; ++i) {
        const std::uint64_t difference = (word_of(digests[i], 0) ^ word_of(digests[i - 1], 0)) |
                                         tail_difference(digests[i], digests[i - 1]);
        to += difference != 0;  // no branch: repeats cannot be foreseen
        *to = digests[i];
    }
    return to + 1;
}

class Sorter {
public:
    Sorter(std::span<Sha256> digests, std::span<Sha256> scratch) noexcept
        : digests_(digests.data()), scratch_(scratch.data()), end_(digests.data()) {}

    /// Sorts the digests of these places, whose keys agree in the `skipped` leading bits, and adds
    /// them to the result.
    void sort(std::size_t begin, std::size_t count, int skipped);

    std::size_t unique_count() const noexcept { return static_cast<std::size_t>(end_ - digests_); }

private:
    void sort_by_comparison(Sha256* digests, std::size_t count);
    void spread(std::size_t begin, std::size_t count, int skipped);
    void sort_leaf(std::span<const Sha256> leaf, int skipped);

    Sha256* digests_;
    Sha256* scratch_;
    Sha256* end_;  ///< of the result, which never overtakes what is still to be sorted
    DigestMemory leaf_memory_{leaf_digests};
    std::array<std::uint16_t, std::size_t{1} << max_leaf_bits> leaf_counts_{};
};

void Sorter::sort(std::size_t begin, std::size_t count, int skipped) {
    Sha256* digests = digests_ + begin;
    if (count <= few || skipped >= key_bits) {
        sort_by_comparison(digests, count);
    } else if (count <= leaf_digests) {
        std::copy_n(digests, count, scratch_ + begin);
        sort_leaf({scratch_ + begin, count}, skipped);
    } else {
        spread(begin, count, skipped);
    }
}

void Sorter::sort_by_comparison(Sha256* digests, std::size_t count) {
    std::sort(digests, digests + count, key_less);
    end_ = move_unique(digests, count, end_);
}

void Sorter::spread(std::size_t begin, std::size_t count, int skipped) {
    const int wanted = static_cast<int>(std::bit_width(count / digests_per_bucket));
    const int bits = std::min({wanted, max_bucket_bits, key_bits - skipped});
    const Digit digit(skipped, bits);
    std::vector<std::size_t> offsets(std::size_t{1} << bits);
    count_digits({digests_ + begin, count}, digit, offsets.data());
    if (to_offsets(std::span(offsets)) == count) return sort(begin, count, skipped + bits);

    Sha256* const spread_out = scratch_ + begin;
    scatter({digests_ + begin, count}, digit, offsets.data(), spread_out);
    std::size_t from = 0;
    for (const std::size_t to : offsets) {
        const std::span<const Sha256> bucket(spread_out + from, to - from);
        if (bucket.size() > few && bucket.size() <= leaf_digests && skipped + bits < key_bits) {
            sort_leaf(bucket, skipped + bits);
        } else {
            std::copy(bucket.begin(), bucket.end(), digests_ + begin + from);
            sort(begin + from, bucket.size(), skipped + bits);
        }
        from = to;
    }
}

void Sorter::sort_leaf(std::span<const Sha256> leaf, int skipped) {
    const int wanted = static_cast<int>(std::bit_width(leaf.size())) + 1;
    const int bits = std::min({wanted, max_leaf_bits, key_bits - skipped});
    const Digit digit(skipped, bits);
    const std::span<std::uint16_t> counts(leaf_counts_.data(), std::size_t{1} << bits);
    std::fill(counts.begin(), counts.end(), 0);
    count_digits(leaf, digit, counts.data());
    const std::uint16_t largest = to_offsets(counts);
    Sha256* const sorted = leaf_memory_.digests().data();
    scatter(leaf, digit, counts.data(), sorted);
    if (largest > max_neighbours) {
        std::sort(sorted, sorted + leaf.size(), key_less);
    } else {
        exchange_neighbours(sorted, leaf.size());
    }
    end_ = move_unique(sorted, leaf.size(), end_);
}

}  // namespace

std::size_t sort_unique(std::span<Sha256> digests, std::span<Sha256> scratch) {
    if (std::is_sorted(digests.begin(), digests.end(), key_less)) {
        return static_cast<std::size_t>(
            move_unique(digests.data(), digests.size(), digests.data()) - digests.data());
    }
    Sorter sorter(digests, scratch);
    sorter.sort(0, digests.size(), 0);
    return sorter.unique_count();
}

void sort_unique(std::vector<Sha256>& digests) {
    const DigestMemory scratch(digests.size() > few ? digests.size() : 0);
    digests.resize(sort_unique(digests, scratch.digests()));
}

}  // namespace libblock::detail
