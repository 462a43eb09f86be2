#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <vector>

#include "libblock/sha256.hpp"

namespace libblock {

/// An immutable set of digests: sorted, unique, contiguous in memory (32 bytes each).
class HashSet {
public:
    using value_type = Sha256;
    using const_iterator = std::vector<Sha256>::const_iterator;

    HashSet() = default;
    /// Takes digests in any order, with or without repeats. Needs as much memory again while it
    /// sorts them.
    explicit HashSet(std::vector<Sha256> digests);
    HashSet(std::initializer_list<Sha256> digests);

    std::size_t size() const noexcept { return digests_.size(); }
    bool empty() const noexcept { return digests_.empty(); }
    const_iterator begin() const noexcept { return digests_.begin(); }
    const_iterator end() const noexcept { return digests_.end(); }
    const Sha256& operator[](std::size_t index) const noexcept { return digests_[index]; }
    std::span<const Sha256> digests() const noexcept { return digests_; }

    bool contains(const Sha256& digest) const noexcept;
    /// Says for each of `digests` whether it is in the set, in the same place of `found`; several
    /// times faster than one by one. Throws `Error` (InvalidValue) if `found` has another size.
    void contains(std::span<const Sha256> digests, std::span<bool> found) const;
    /// Whether each digest of this set is in `other`.
    bool is_subset_of(const HashSet& other) const;

    friend HashSet operator|(const HashSet& left, const HashSet& right);
    friend HashSet operator&(const HashSet& left, const HashSet& right);
    friend HashSet operator-(const HashSet& left, const HashSet& right);
    friend HashSet operator^(const HashSet& left, const HashSet& right);

    bool operator==(const HashSet&) const = default;

private:
    /// Takes digests that are sorted and without repeats.
    static HashSet adopt(std::vector<Sha256> sorted);

    std::vector<Sha256> digests_;
};

/// What changed from one set to the next.
struct HashSetDiff {
    HashSet added;
    HashSet removed;

    bool operator==(const HashSetDiff&) const = default;
};

HashSetDiff diff(const HashSet& before, const HashSet& after);

}  // namespace libblock
