#include <cstddef>
#include <cstdint>
#include <cstring>

#include "libblock/detail/scan_kernel_loops.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifndef LIBBLOCK_VECTOR_EXTENSIONS
#ifdef __GNUC__
#define LIBBLOCK_VECTOR_EXTENSIONS 1
#else
#define LIBBLOCK_VECTOR_EXTENSIONS 0
#endif
#endif

namespace libblock::detail {
namespace {

#if LIBBLOCK_VECTOR_EXTENSIONS

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Words = std::uint64_t __attribute__((vector_size(16)));

Bytes load(const char* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/// All bits of a byte are set where it holds.
struct Kinds {
    Bytes digits;
    Bytes known;
    Bytes cuts;
};

Kinds kinds_of(Bytes in, Bytes before) {
    const Bytes lower = in | 0x20;
    const Bytes folded = in & 0xFB;  // makes * of . and one byte of the two that end a cut
    const auto digits = (Bytes(in - '0') < 10) | (Bytes(lower - 'a') < 6);
    const auto alike = (lower == 'i') | (lower == 'l') | (lower == 'o');
    const auto twins = (in == before) & ((lower == 'x') | (folded == '*'));
    const auto tags = (before == '<') & (lower == 'w');
    const auto entities = (before == '&') & ((lower == 's') | (in == '#'));
    const auto dots = (before == 0x80) & (folded == 0xA2);
    return {Bytes(digits), Bytes(digits | alike | (in >= 0x80)),
            Bytes(twins | tags | entities | dots)};
}

#ifdef __SSE2__
std::uint64_t to_bits(Bytes bytes) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes)));
}
#else
std::uint64_t to_bits(Bytes bytes) {
    const Bytes weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto words = Words(bytes & weights);
    constexpr std::uint64_t sum = 0x0101010101010101;  // the product's top byte
    return words[0] * sum >> 56 | words[1] * sum >> 56 << 8;
}
#endif

struct Portable {
    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const Kinds kinds = kinds_of(load(block + 16 * i), load(block + 16 * i - 1));
            result.digits |= to_bits(kinds.digits) << (16 * i);
            result.known |= to_bits(kinds.known) << (16 * i);
            result.cuts |= to_bits(kinds.cuts) << (16 * i);
        }
        return result;
    }

    static LineMasks line_masks(const char* block) {
        LineMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const Bytes in = load(block + 16 * i);
            result.lf |= to_bits(Bytes(in == '\n')) << (16 * i);
            result.cr |= to_bits(Bytes(in == '\r')) << (16 * i);
        }
        return result;
    }
};

#else

struct Portable {
    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (int i = 0; i < 64; ++i) {
            const unsigned in = static_cast<unsigned char>(block[i]);
            const unsigned before = static_cast<unsigned char>(block[i - 1]);
            const unsigned lower = in | 0x20U;
            const unsigned folded = in & 0xFBU;
            const bool digit = in - '0' < 10 || lower - 'a' < 6;
            const bool alike = lower == 'i' || lower == 'l' || lower == 'o';
            const bool twins = in == before && (lower == 'x' || folded == '*');
            const bool tags = before == '<' && lower == 'w';
            const bool entities = before == '&' && (lower == 's' || in == '#');
            const bool dots = before == 0x80 && folded == 0xA2;
            result.digits |= std::uint64_t{digit} << i;
            result.known |= std::uint64_t{digit || alike || in >= 0x80} << i;
            result.cuts |= std::uint64_t{twins || tags || entities || dots} << i;
        }
        return result;
    }

    static LineMasks line_masks(const char* block) {
        LineMasks result;
        for (int i = 0; i < 64; ++i) {
            result.lf |= std::uint64_t{block[i] == '\n'} << i;
            result.cr |= std::uint64_t{block[i] == '\r'} << i;
        }
        return result;
    }
};

#endif

}  // namespace

constinit const ScanKernel scan_kernel_portable = ScanLoops<Portable>::kernel("portable");

}  // namespace libblock::detail
