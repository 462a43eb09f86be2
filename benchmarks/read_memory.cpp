#include "read_memory.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

namespace benchmarks {
namespace {

// Vectors of the compiler's own, so that one text gives all of them. They are as wide as the
// function's instruction set has registers.
template <std::size_t Bytes>
using Words [[gnu::vector_size(Bytes)]] = std::uint64_t;

template <std::size_t Bytes>
[[gnu::always_inline]] inline std::uint64_t sum_of(std::string_view text) {
    constexpr std::size_t registers = 4;
    std::array<Words<Bytes>, registers> sums{};
    std::size_t at = 0;
    for (; at + sizeof sums <= text.size(); at += sizeof sums) {
        for (std::size_t i = 0; i < registers; ++i) {
            Words<Bytes> words;
            std::memcpy(&words, text.data() + at + i * Bytes, Bytes);
            sums[i] += words;
        }
    }
    std::uint64_t total = 0;
    for (const auto& sum : sums) {
        for (std::size_t i = 0; i < Bytes / sizeof total; ++i) total += sum[i];
    }
    return total;
}

std::uint64_t sum_16(std::string_view text) {
    return sum_of<16>(text);
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] std::uint64_t sum_32(std::string_view text) {
    return sum_of<32>(text);
}
[[gnu::target("avx512f")]] std::uint64_t sum_64(std::string_view text) {
    return sum_of<64>(text);
}
#endif

std::vector<MemoryReader> find_readers() {
    std::vector<MemoryReader> readers{{"16 bytes", sum_16}};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) readers.push_back({"avx2", sum_32});
    if (__builtin_cpu_supports("avx512f")) readers.push_back({"avx512", sum_64});
#endif
    return readers;
}

}  // namespace

std::span<const MemoryReader> memory_readers() {
    static const std::vector<MemoryReader> readers = find_readers();
    return readers;
}

}  // namespace benchmarks
