#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libblock/detail/scan_kernel_loops.hpp"

/// What the kernels must say, byte by byte.
namespace libblock::test {

inline bool is_one_of(char c, std::string_view of) {
    return of.find(c) != std::string_view::npos;
}

inline bool is_digit(char c) {
    return is_one_of(c, "0123456789abcdefABCDEF");
}

inline bool is_known(char c) {
    return is_digit(c) || static_cast<unsigned char>(c) >= 0x7F || is_one_of(c, "IiLlOo");
}

inline bool is_mark(char c) {
    return static_cast<unsigned char>(c) >= 0x7F || is_one_of(c, ".*xX<&#wWsShH[](){}");
}

inline bool is_separator(char c) {
    return is_one_of(c, ":- .xX");
}

inline detail::BlockMasks naive_masks(std::string_view block) {
    detail::BlockMasks masks;
    for (std::size_t i = 0; i < block.size(); ++i) {
        masks.digits |= std::uint64_t{is_digit(block[i])} << i;
        masks.known |= std::uint64_t{is_known(block[i])} << i;
        masks.marks |= std::uint64_t{is_mark(block[i])} << i;
        masks.separators |= std::uint64_t{is_separator(block[i])} << i;
    }
    return masks;
}

namespace {

/// The operations of `ScanLoops` without a glance, so that nothing is passed over.
struct Naive {
    using Words = std::uint64_t;

    static detail::BlockMasks masks(const char* block) {
        return naive_masks({block, detail::ScanKernel::block});
    }

    static detail::LineMasks line_masks(const char* block) {
        detail::LineMasks result;
        for (std::size_t i = 0; i < detail::ScanKernel::block; ++i) {
            result.lf |= std::uint64_t{block[i] == '\n'} << i;
            result.cr |= std::uint64_t{block[i] == '\r'} << i;
        }
        return result;
    }

    static bool decode(const char*, std::uint8_t*) { return false; }

    static bool has_bits(Words words) { return words != 0; }

    static Words moved_up(Words, Words before) { return before; }

    static std::uint64_t full_bytes(Words words) {
        std::uint64_t full = 0;
        for (unsigned i = 0; i < 8; ++i)
            full |= std::uint64_t{(words >> 8 * i & 0xFF) == 0xFF} << i;
        return full;
    }
};

/// It decodes no columns.
constinit const detail::ScanKernel naive_kernel = detail::ScanLoops<Naive>::kernel("naive");

}  // namespace
}  // namespace libblock::test
