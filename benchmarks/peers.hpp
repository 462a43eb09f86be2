#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "way.hpp"

namespace benchmarks {

/// What the peers look for. `\b` is the boundary that all of them know: unlike libblock, it takes
/// `_` for a letter.
constexpr auto hash_pattern = R"(\b[0-9a-fA-F]{64}\b)";

/// The same for PCRE, which is faster so; the others are slower, or do not know it.
constexpr auto pcre_pattern = R"((?<![0-9A-Za-z_])[0-9a-fA-F]{64}(?![0-9A-Za-z_]))";

/// Libraries for regular expressions, those of them that were there when this was built.
std::vector<Way> peer_libraries(std::size_t bytes);

/// The names of the others.
std::vector<std::string> missing_peer_libraries();

}  // namespace benchmarks
