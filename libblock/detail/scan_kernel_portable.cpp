#include <cstddef>
#include <cstdint>
#include <cstring>

#include "libblock/detail/hex.hpp"
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

Bytes load(const char* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/// Whether bytes are in a range: moved to the end of the signed ones, since GCC compares with what
/// is not negative by one instruction.
Bytes within(Bytes in, unsigned first, unsigned count) {
    using Signed = std::int8_t __attribute__((vector_size(16)));
    const auto moved = Signed(in + static_cast<std::uint8_t>(0x80U - first - count));
    return Bytes(moved > static_cast<std::int8_t>(127 - static_cast<int>(count)));
}

/// The highest bit of each byte.
std::uint64_t top_bits(Bytes bytes) {
#ifdef __SSE2__
    return static_cast<std::uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes)));
#else
    using Words = std::uint64_t __attribute__((vector_size(16)));
    const auto words = Words(bytes >> 7);
    constexpr std::uint64_t gather = 0x0102040810204080;  // into the product's top byte
    return words[0] * gather >> 56 | words[1] * gather >> 56 << 8;
#endif
}

struct Portable {
    LIBBLOCK_VECTORS(16);

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const Bytes in = load(block + 16 * i);
            const Bytes lower = in | 0x20;
            const Bytes wide = within(in, 0x7F, 0x81);
            const Bytes digits = within(in, '0', 10) | within(lower, 'a', 6);
            const auto alike = (lower == 'i') | (lower == 'l') | (lower == 'o');
            const auto signs = ((in & 0xFB) == '*') | (in == '<') | (in == '&') | (in == '#') |
                               ((in & 0xFE) == '(');
            const auto brackets = (lower == '{') | (lower == '}');  // and [ and ]
            const auto x = lower == 'x';
            const auto letters = ((lower & 0xFB) == 's') | (lower == 'h') | x;  // and w
            const auto separators = (in == ':') | (in == ' ') | (in == '-') | (in == '.') | x;
            const Bytes known = digits | Bytes(alike) | wide;
            const Bytes marks = Bytes(signs | letters | brackets) | wide;
            result.digits |= top_bits(digits) << (16 * i);
            result.known |= top_bits(known) << (16 * i);
            result.marks |= top_bits(marks) << (16 * i);
            result.separators |= top_bits(Bytes(separators)) << (16 * i);
        }
        return result;
    }

    static GlanceMasks glance(const char* block) {
        std::uint64_t digits = 0;
        std::uint64_t far = 0;  // of letters that are neither known nor a separator
        std::uint64_t marks = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const Bytes in = load(block + 16 * i);
            const Bytes lower = in | 0x20;
            const auto letters = ((lower | 4) == 'w') | ((lower | 0x10) == 'x');
            const Bytes signs = within(in, '#', 12) | Bytes(in == '<') | within(lower, '{', 5);
            digits |= top_bits(within(in, '0', 10) | within(lower, 'a', 6)) << (16 * i);
            far |= top_bits(within(lower, 'p', 8) | within(lower, 'm', 2)) << (16 * i);
            marks |= top_bits(signs | Bytes(letters) | in) << (16 * i);
        }
        return {digits, ~far, marks};
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        return decode_hex64(digits, bytes);
    }

    static bool has_bits(Words words) { return (words[0] | words[1]) != 0; }

    static Words moved_up(Words words, Words before) { return Words{before[1], words[0]}; }

    static std::uint64_t full_bytes(Words words) { return top_bits(Bytes(Bytes(words) == 0xFF)); }

    static LineMasks line_masks(const char* block) {
        LineMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const Bytes in = load(block + 16 * i);
            result.lf |= top_bits(Bytes(in == '\n')) << (16 * i);
            result.cr |= top_bits(Bytes(in == '\r')) << (16 * i);
        }
        return result;
    }
};

#else

struct Portable {
    using Words = std::uint64_t;

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (int i = 0; i < 64; ++i) {
            const unsigned in = static_cast<unsigned char>(block[i]);
            const unsigned lower = in | 0x20U;
            const bool wide = in >= 0x7F;
            const bool digit = in - '0' < 10 || lower - 'a' < 6;
            const bool alike = lower == 'i' || lower == 'l' || lower == 'o';
            const bool sign =
                (in & 0xFBU) == '*' || (in & 0xFEU) == '(' || in == '<' || in == '&' || in == '#';
            const bool letter = lower == 'x' || lower == 'w' || lower == 's' || lower == 'h';
            const bool bracket = lower == '{' || lower == '}';  // and [ and ]
            const bool mark = sign || letter || bracket;
            result.digits |= std::uint64_t{digit} << i;
            result.known |= std::uint64_t{digit || alike || wide} << i;
            result.marks |= std::uint64_t{mark || wide} << i;
            const bool separator = in == ':' || in == '-' || in == ' ' || in == '.' || lower == 'x';
            result.separators |= std::uint64_t{separator} << i;
        }
        return result;
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        return decode_hex64(digits, bytes);
    }

    static bool has_bits(Words words) { return words != 0; }

    static Words moved_up(Words, Words before) { return before; }

    static std::uint64_t full_bytes(Words words) {
        words &= words >> 4;
        words &= words >> 2;
        words &= words >> 1;
        constexpr std::uint64_t gather = 0x0102040810204080;  // into the product's top byte
        return (words & 0x0101010101010101) * gather >> 56;
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
