#include <cstddef>
#include <cstdint>
#include <cstring>

#include "libblock/detail/scan_kernel_loops.hpp"

#ifndef LIBBLOCK_VECTOR_EXTENSIONS
#ifdef __GNUC__
#define LIBBLOCK_VECTOR_EXTENSIONS 1
#else
#define LIBBLOCK_VECTOR_EXTENSIONS 0
#endif
#endif

namespace libblock::detail {
namespace {

void decode_digits(const char* digits, std::uint8_t* bytes) {
    const auto value = [](char digit) {
        const auto byte = static_cast<unsigned char>(digit);
        return (byte & 15U) + 9U * (byte >> 6U);
    };
    for (std::size_t i = 0; i < 32; ++i) {
        bytes[i] = static_cast<std::uint8_t>(value(digits[2 * i]) << 4U | value(digits[2 * i + 1]));
    }
}

#if LIBBLOCK_VECTOR_EXTENSIONS

using Bytes = std::uint8_t __attribute__((vector_size(16)));
using Halves = std::uint16_t __attribute__((vector_size(16)));
using Lanes = std::uint32_t __attribute__((vector_size(16)));
using Words = std::uint64_t __attribute__((vector_size(16)));

Bytes load(const char* from) {
    Bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    return bytes;
}

/// All bits of a byte are set where it holds.
struct Kinds {
    Bytes digits;
    Bytes cuts;
};

Kinds kinds_of(Bytes in, Bytes before) {
    const Bytes lower = in | 0x20;
    const Bytes folded = in & 0xFB;  // makes * of . and one byte of the two that end a cut
    const auto digits = (Bytes(in - '0') < 10) | (Bytes(lower - 'a') < 6);
    const auto twins = (in == before) & ((lower == 'x') | (folded == '*'));
    const auto dots = (before == 0x80) & (folded == 0xA2);
    return {Bytes(digits), Bytes(twins | dots)};
}

std::uint64_t to_bits(Bytes bytes) {
    const Bytes weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto words = Words(bytes & weights);
    constexpr std::uint64_t sum = 0x0101010101010101;  // the product's top byte
    return words[0] * sum >> 56 | words[1] * sum >> 56 << 8;
}

struct Portable {
    static ScanLanes lanes(const char* group) {
        ScanLanes result;
        Bytes cuts = {};
        for (unsigned half = 0; half < 2; ++half) {
            Lanes hex = {};
            Lanes near = {};
            Lanes weights = {1, 2, 4, 8};
            for (unsigned i = 0; i < 8; ++i) {
                const char* const at = group + 128 * half + 16 * i;
                const Bytes in = load(at);
                const Kinds kinds = kinds_of(in, load(at - 1));
                const auto known = Halves(kinds.digits | in);
                hex |= Lanes(Lanes(kinds.digits) == 0xFFFFFFFF) & weights;
                near |= Lanes((Lanes(known | known << 8) & 0x80008000) == 0x80008000) & weights;
                cuts |= kinds.cuts;
                weights <<= 4;
            }
            result.hex |= gather(hex) << (32 * half);
            result.near |= gather(near) << (32 * half);
        }
        result.cut = (Words(cuts)[0] | Words(cuts)[1]) != 0;
        return result;
    }

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const Bytes in = load(block + 16 * i);
            const Kinds kinds = kinds_of(in, load(block + 16 * i - 1));
            result.digits |= to_bits(kinds.digits) << (16 * i);
            result.wide |= to_bits(Bytes(in >= 0x80)) << (16 * i);
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

    static void decode(const char* digits, std::uint8_t* bytes) { decode_digits(digits, bytes); }

private:
    static std::uint64_t gather(Lanes bits) { return bits[0] | bits[1] | bits[2] | bits[3]; }
};

#else

struct Portable {
    static ScanLanes lanes(const char* group) {
        ScanLanes result;
        for (unsigned i = 0; i < 4; ++i) {
            const BlockMasks block = masks(group + 64 * i);
            const std::uint64_t known = block.digits | block.wide;
            for (unsigned lane = 0; lane < 16; ++lane) {
                const std::uint64_t bit = std::uint64_t{1} << (16 * i + lane);
                const std::uint64_t four = known >> (4 * lane);
                if ((block.digits >> (4 * lane) & 15) == 15) result.hex |= bit;
                if ((four & 3) != 0 && (four & 12) != 0) result.near |= bit;
            }
            result.cut |= block.cuts != 0;
        }
        return result;
    }

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (int i = 0; i < 64; ++i) {
            const unsigned in = static_cast<unsigned char>(block[i]);
            const unsigned before = static_cast<unsigned char>(block[i - 1]);
            const unsigned lower = in | 0x20U;
            const unsigned folded = in & 0xFBU;
            const bool digit = in - '0' < 10 || lower - 'a' < 6;
            const bool twins = in == before && (lower == 'x' || folded == '*');
            const bool dots = before == 0x80 && folded == 0xA2;
            result.digits |= std::uint64_t{digit} << i;
            result.wide |= std::uint64_t{in >= 0x80} << i;
            result.cuts |= std::uint64_t{twins || dots} << i;
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

    static void decode(const char* digits, std::uint8_t* bytes) { decode_digits(digits, bytes); }
};

#endif

}  // namespace

constinit const ScanKernel scan_kernel_portable = ScanLoops<Portable>::kernel("portable");

}  // namespace libblock::detail
