#pragma once

#include <span>
#include <vector>

#include "libblock/sha256.hpp"

/// The algebra of sets that are sorted and without repeats, in one pass over both.
namespace libblock::detail {

using SortedDigests = std::span<const Sha256>;

// The result is put into `memory` if that has room: new memory takes longer than the merge. Neither
// set may lie in it.

std::vector<Sha256> set_union(SortedDigests left, SortedDigests right,
                              std::vector<Sha256> memory = {});
std::vector<Sha256> set_intersection(SortedDigests left, SortedDigests right,
                                     std::vector<Sha256> memory = {});
std::vector<Sha256> set_difference(SortedDigests left, SortedDigests right,
                                   std::vector<Sha256> memory = {});
std::vector<Sha256> set_symmetric_difference(SortedDigests left, SortedDigests right,
                                             std::vector<Sha256> memory = {});

/// Whether each digest of `part` is in `whole`.
bool includes(SortedDigests whole, SortedDigests part);

}  // namespace libblock::detail
