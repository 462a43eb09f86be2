#include "libblock/detail/repeats.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/digest_key.hpp"

namespace libblock::detail {
namespace {

/// Digests are sorted in parts of about so many, to need less memory beside them.
constexpr std::size_t part_size = std::size_t{1} << 20U;
constexpr unsigned most_bucket_bits = 16;

struct Key {
    std::uint64_t head = 0;  ///< the first bytes of the digest
    std::uint64_t index = 0;
};

/// Repeats as pairs of the index of the repeat and that of the first appearance.
struct Repeat {
    std::size_t index;
    std::size_t first;
};

/// Finds the repeats among digests, part by part. Keys are spread over buckets of a few by their
/// leading bits, and each bucket is sorted.
class RepeatFinder {
public:
    explicit RepeatFinder(const Candidates& candidates)
        : digests_(candidates.digests()),
          kinds_(candidates.kinds()),
          part_bits_(static_cast<unsigned>(std::bit_width(digests_.size() / part_size))) {}

    std::vector<Repeat> find() {
        for (std::uint64_t part = 0; part < std::uint64_t{1} << part_bits_; ++part) {
            spread(part);
            std::size_t begin = 0;
            for (const std::size_t end : ends_) {
                find_in(std::span(keys_).subspan(begin, end - begin));
                begin = end;
            }
        }
        return std::move(repeats_);
    }

private:
    /// Puts the keys of a part into `keys_`, bucket by bucket, and where each ends into `ends_`.
    void spread(std::uint64_t part) {
        const auto is_of_part = [&](std::uint64_t head) {
            return part_bits_ == 0 || head >> (64 - part_bits_) == part;
        };
        const auto per_part = std::bit_width(digests_.size() >> part_bits_);
        const unsigned bits = std::clamp(static_cast<unsigned>(per_part), 3U, most_bucket_bits) - 2;
        const auto bucket_of = [&](std::uint64_t head) {
            return static_cast<std::size_t>(head << part_bits_ >> (64 - bits));
        };
        ends_.assign(std::size_t{1} << bits, 0);
        std::size_t count = 0;
        for (const Sha256& digest : digests_) {
            const std::uint64_t head = key_of(digest);
            if (!is_of_part(head)) continue;
            ++ends_[bucket_of(head)];
            ++count;
        }
        std::exclusive_scan(ends_.begin(), ends_.end(), ends_.begin(), std::size_t{0});
        keys_.resize(count);
        for (std::size_t i = 0; i < digests_.size(); ++i) {
            const std::uint64_t head = key_of(digests_[i]);
            if (is_of_part(head)) keys_[ends_[bucket_of(head)]++] = {head, i};
        }
    }

    void find_in(std::span<Key> keys) {
        if (keys.size() < 2) return;
        std::sort(keys.begin(), keys.end(), [&](const Key& left, const Key& right) {
            return left.head != right.head ? left.head < right.head : precedes(left, right);
        });
        std::size_t first = 0;
        for (std::size_t i = 1; i < keys.size(); ++i) {
            if (keys[i].head == keys[first].head && is_same(keys[i].index, keys[first].index)) {
                repeats_.push_back({keys[i].index, keys[first].index});
            } else {
                first = i;
            }
        }
    }

    /// The order of digests whose heads are equal, and of their places.
    bool precedes(const Key& left, const Key& right) const {
        const auto by_digest = digests_[left.index] <=> digests_[right.index];
        if (by_digest != 0) return by_digest < 0;
        if (kinds_[left.index] != kinds_[right.index]) {
            return kinds_[left.index] < kinds_[right.index];
        }
        return left.index < right.index;
    }

    bool is_same(std::size_t left, std::size_t right) const {
        return kinds_[left] == kinds_[right] && digests_[left] == digests_[right];
    }

    std::span<const Sha256> digests_;
    std::span<const HashKind> kinds_;
    unsigned part_bits_;
    std::vector<std::size_t> ends_;
    std::vector<Key> keys_;
    std::vector<Repeat> repeats_;
};

}  // namespace

void part_repeats(Extraction& extraction) {
    Candidates& accepted = extraction.accepted;
    std::vector<Repeat> repeats = RepeatFinder(accepted).find();
    if (repeats.empty()) return;
    std::sort(repeats.begin(), repeats.end(),
              [](Repeat left, Repeat right) { return left.index < right.index; });
    std::vector<std::size_t> indices;
    indices.reserve(repeats.size());
    for (const Repeat repeat : repeats) indices.push_back(repeat.index);
    for (const auto [index, first] : repeats) {
        const auto gone = std::lower_bound(indices.begin(), indices.end(), first) - indices.begin();
        extraction.duplicates.push_back({accepted.digests()[index], accepted.places()[index],
                                         first - static_cast<std::size_t>(gone)});
    }
    accepted.remove(indices);
}

}  // namespace libblock::detail
