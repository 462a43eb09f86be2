#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libblock/sha256.hpp"

namespace libblock::detail {

/// Sorts digests and drops repeats; what remains stands first, and its number is returned.
/// `scratch` is at least as large, and is overwritten. Takes n log n steps for the worst input, and
/// about four passes over memory for digests as SHA-256 makes them.
std::size_t sort_unique(std::span<Sha256> digests, std::span<Sha256> scratch);

/// The same with memory of its own, as much again as the digests take.
void sort_unique(std::vector<Sha256>& digests);

}  // namespace libblock::detail
