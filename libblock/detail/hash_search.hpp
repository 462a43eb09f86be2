#pragma once

#include <span>

#include "libblock/sha256.hpp"

/// Looking digests up among sorted ones.
namespace libblock::detail {

bool contains(std::span<const Sha256> sorted, const Sha256& digest) noexcept;

/// Says for each of `digests` whether it is there, in `found`, which has as many places. Many
/// searches take turns, so that none waits for memory alone.
void contains_all(std::span<const Sha256> sorted, std::span<const Sha256> digests,
                  std::span<bool> found) noexcept;

}  // namespace libblock::detail
