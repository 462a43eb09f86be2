#include "libblock/hash_set.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace libblock {
namespace {

/// Runs a standard set algorithm over two sorted sets; its result is sorted and unique already,
/// so that building a set from it costs one pass.
template <typename Algorithm>
HashSet combine(const HashSet& left, const HashSet& right, Algorithm algorithm) {
    std::vector<Sha256> result;
    algorithm(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(result));
    return HashSet(std::move(result));
}

}  // namespace

HashSet::HashSet(std::vector<Sha256> digests) : digests_(std::move(digests)) {
    if (!std::is_sorted(digests_.begin(), digests_.end())) {
        std::sort(digests_.begin(), digests_.end());
    }
    digests_.erase(std::unique(digests_.begin(), digests_.end()), digests_.end());
}

HashSet::HashSet(std::initializer_list<Sha256> digests) : HashSet(std::vector<Sha256>(digests)) {}

bool HashSet::contains(const Sha256& digest) const noexcept {
    return std::binary_search(begin(), end(), digest);
}

bool HashSet::is_subset_of(const HashSet& other) const noexcept {
    return std::includes(other.begin(), other.end(), begin(), end());
}

HashSet operator|(const HashSet& left, const HashSet& right) {
    return combine(left, right, [](auto... args) { std::set_union(args...); });
}

HashSet operator&(const HashSet& left, const HashSet& right) {
    return combine(left, right, [](auto... args) { std::set_intersection(args...); });
}

HashSet operator-(const HashSet& left, const HashSet& right) {
    return combine(left, right, [](auto... args) { std::set_difference(args...); });
}

HashSet operator^(const HashSet& left, const HashSet& right) {
    return combine(left, right, [](auto... args) { std::set_symmetric_difference(args...); });
}

HashSetDiff diff(const HashSet& before, const HashSet& after) {
    return {after - before, before - after};
}

}  // namespace libblock
