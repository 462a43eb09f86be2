#include "libblock/detail/repeats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace libblock::detail {
namespace {

constexpr std::size_t part_bits = 4;  ///< digests are sorted in so many parts, to need less memory

struct Key {
    std::uint64_t head = 0;  ///< the first bytes of the digest
    std::uint64_t index = 0;
};

std::uint64_t head_of(const Sha256& sha256) noexcept {
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < sizeof head; ++i) head = head << 8 | sha256.bytes()[i];
    return head;
}

/// Repeats as pairs of the index of the repeat and that of the first appearance.
struct Repeat {
    std::size_t index;
    std::size_t first;
};

std::vector<Key> keys_of_part(std::span<const Sha256> digests, std::uint64_t part) {
    std::vector<Key> keys;
    keys.reserve(digests.size() >> part_bits);
    for (std::size_t i = 0; i < digests.size(); ++i) {
        if (std::uint64_t{digests[i].bytes()[0]} >> (8 - part_bits) == part) {
            keys.push_back({head_of(digests[i]), i});
        }
    }
    return keys;
}

void find_repeats(const Candidates& candidates, std::uint64_t part, std::vector<Repeat>& repeats) {
    const auto digests = candidates.digests();
    const auto kinds = candidates.kinds();
    const auto order = [&](const Key& left, const Key& right) {
        if (left.head != right.head) return left.head < right.head;
        const auto by_digest = digests[left.index] <=> digests[right.index];
        if (by_digest != 0) return by_digest < 0;
        if (kinds[left.index] != kinds[right.index]) return kinds[left.index] < kinds[right.index];
        return left.index < right.index;
    };
    std::vector<Key> keys = keys_of_part(digests, part);
    std::sort(keys.begin(), keys.end(), order);
    std::size_t first = 0;
    for (std::size_t i = 1; i < keys.size(); ++i) {
        const std::size_t index = keys[i].index;
        const std::size_t before = keys[first].index;
        if (digests[index] == digests[before] && kinds[index] == kinds[before]) {
            repeats.push_back({index, before});
        } else {
            first = i;
        }
    }
}

}  // namespace

void part_repeats(Extraction& extraction) {
    Candidates& accepted = extraction.accepted;
    std::vector<Repeat> repeats;
    for (std::uint64_t part = 0; part < std::uint64_t{1} << part_bits; ++part) {
        find_repeats(accepted, part, repeats);
    }
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
