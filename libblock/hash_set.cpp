#include "libblock/hash_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>
#include <vector>

#include "libblock/detail/hash_algebra.hpp"
#include "libblock/detail/hash_search.hpp"
#include "libblock/detail/hash_sort.hpp"
#include "libblock/error.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

HashSet::HashSet(std::vector<Sha256> digests) : digests_(std::move(digests)) {
    detail::sort_unique(digests_);
}

HashSet::HashSet(std::initializer_list<Sha256> digests) : HashSet(std::vector<Sha256>(digests)) {}

HashSet HashSet::adopt(std::vector<Sha256> sorted) {
    HashSet set;
    set.digests_ = std::move(sorted);
    return set;
}

bool HashSet::contains(const Sha256& digest) const noexcept {
    return detail::contains(digests_, digest);
}

void HashSet::contains(std::span<const Sha256> digests, std::span<bool> found) const {
    if (digests.size() != found.size()) {
        throw Error(ErrorCode::InvalidValue,
                    fmt::format("there are {} digests, and places for {} answers", digests.size(),
                                found.size()));
    }
    detail::contains_all(digests_, digests, found);
}

bool HashSet::is_subset_of(const HashSet& other) const {
    return detail::includes(other.digests_, digests_);
}

HashSet operator|(const HashSet& left, const HashSet& right) {
    return HashSet::adopt(detail::set_union(left.digests_, right.digests_));
}

HashSet operator&(const HashSet& left, const HashSet& right) {
    return HashSet::adopt(detail::set_intersection(left.digests_, right.digests_));
}

HashSet operator-(const HashSet& left, const HashSet& right) {
    return HashSet::adopt(detail::set_difference(left.digests_, right.digests_));
}

HashSet operator^(const HashSet& left, const HashSet& right) {
    return HashSet::adopt(detail::set_symmetric_difference(left.digests_, right.digests_));
}

HashSetDiff diff(const HashSet& before, const HashSet& after) {
    return {after - before, before - after};
}

}  // namespace libblock
