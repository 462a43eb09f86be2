#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libblock/detail/scan_kernel.hpp"
#include "way.hpp"

namespace benchmarks {

/// The hashes that `libblock::scan` accepts.
std::uint64_t count_by_scan(std::string_view text);

/// Reading the memory, in several ways.
std::vector<Way> ways_to_read(std::size_t bytes);

/// `scan` and `extract`.
std::vector<Way> our_ways(std::size_t bytes);

/// `scan` by each kernel.
std::vector<Way> ways_of_kernels(std::size_t bytes);

/// The inner loop of each kernel alone, without what is done about the places that it finds.
std::vector<Way> inner_loops(std::size_t bytes);

}  // namespace benchmarks
