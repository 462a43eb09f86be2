#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/hex.hpp"
#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

uint8x16_t load(const char* from) {
    return vld1q_u8(reinterpret_cast<const std::uint8_t*>(from));
}

/// One bit for each of 64 bytes that are 0 or 0xFF.
std::uint64_t to_bits(const uint8x16_t (&bytes)[4]) {
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t low = vpaddq_u8(vandq_u8(bytes[0], weights), vandq_u8(bytes[1], weights));
    const uint8x16_t high = vpaddq_u8(vandq_u8(bytes[2], weights), vandq_u8(bytes[3], weights));
    const uint8x16_t sums = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)), 0);
}

uint8x16_t is(uint8x16_t bytes, char c) {
    return vceqq_u8(bytes, vdupq_n_u8(static_cast<std::uint8_t>(c)));
}

struct Neon {
    LIBBLOCK_VECTORS(16);

    static BlockMasks masks(const char* block) {
        uint8x16_t digits[4];
        uint8x16_t known[4];
        uint8x16_t marks[4];
        uint8x16_t separators[4];
        for (unsigned i = 0; i < 4; ++i) {
            const uint8x16_t in = load(block + 16 * i);
            const uint8x16_t lower = vorrq_u8(in, vdupq_n_u8(0x20));
            const uint8x16_t folded = vandq_u8(in, vdupq_n_u8(0xFB));  // makes * of .
            const uint8x16_t decimal = vcltq_u8(vsubq_u8(in, vdupq_n_u8('0')), vdupq_n_u8(10));
            const uint8x16_t letter = vcltq_u8(vsubq_u8(lower, vdupq_n_u8('a')), vdupq_n_u8(6));
            const uint8x16_t alike =
                vorrq_u8(vorrq_u8(is(lower, 'i'), is(lower, 'l')), is(lower, 'o'));
            const uint8x16_t wide = vcgeq_u8(in, vdupq_n_u8(0x7F));
            digits[i] = vorrq_u8(decimal, letter);
            known[i] = vorrq_u8(digits[i], vorrq_u8(alike, wide));
            const uint8x16_t x = is(lower, 'x');
            const uint8x16_t letters =
                vorrq_u8(vorrq_u8(x, is(lower, 'w')), vorrq_u8(is(lower, 's'), is(lower, 'h')));
            const uint8x16_t signs = vorrq_u8(vorrq_u8(is(folded, '*'), is(in, '<')),
                                              vorrq_u8(vorrq_u8(is(in, '&'), is(in, '#')),
                                                       is(vandq_u8(in, vdupq_n_u8(0xFE)), '(')));
            const uint8x16_t brackets = vorrq_u8(is(lower, '{'), is(lower, '}'));  // and [ and ]
            marks[i] = vorrq_u8(vorrq_u8(letters, signs), vorrq_u8(brackets, wide));
            separators[i] = vorrq_u8(
                vorrq_u8(vorrq_u8(is(in, ':'), is(in, '-')), vorrq_u8(is(in, ' '), is(in, '.'))),
                x);
        }
        return {to_bits(digits), to_bits(known), to_bits(marks), to_bits(separators)};
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        return decode_hex64(digits, bytes);
    }

    static bool has_bits(Words words) { return vmaxvq_u32(uint32x4_t(words)) != 0; }

    static Words moved_up(Words words, Words before) {
        return Words(vextq_u64(uint64x2_t(before), uint64x2_t(words), 1));
    }

    static std::uint64_t full_bytes(Words words) {
        const uint8x16_t full = vceqq_u8(uint8x16_t(words), vdupq_n_u8(0xFF));
        const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
        const uint8x16_t bits = vandq_u8(full, weights);
        return vaddv_u8(vget_low_u8(bits)) | std::uint64_t{vaddv_u8(vget_high_u8(bits))} << 8;
    }

    static LineMasks line_masks(const char* block) {
        uint8x16_t lf[4];
        uint8x16_t cr[4];
        for (unsigned i = 0; i < 4; ++i) {
            const uint8x16_t in = load(block + 16 * i);
            lf[i] = vceqq_u8(in, vdupq_n_u8('\n'));
            cr[i] = vceqq_u8(in, vdupq_n_u8('\r'));
        }
        return {to_bits(lf), to_bits(cr)};
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_neon = ScanLoops<Neon>::kernel("neon");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
