#pragma once

#include "libblock/extraction.hpp"

namespace libblock::detail {

/// Moves the hashes that an extraction has accepted before, in the same kind, to its duplicates,
/// and completes with what is said of them what is said of the first. It sorts, because digests
/// chosen to collide would make a hash table quadratic.
void part_repeats(Extraction& extraction);

}  // namespace libblock::detail
