#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace benchmarks {

/// A way to add up all the bytes of a text, eight at a time: next to no work beside the reading.
struct MemoryReader {
    std::string_view name;
    std::uint64_t (*sum)(std::string_view text);
};

/// Those that this machine can run. Which is the fastest depends on the machine; several streams at
/// a time and prefetching were tried and are slower than they.
std::span<const MemoryReader> memory_readers();

}  // namespace benchmarks
