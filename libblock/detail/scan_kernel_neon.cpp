#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

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

/// All bits of a byte are set where it holds.
struct Kinds {
    uint8x16_t digits;
    uint8x16_t cuts;
};

Kinds kinds_of(uint8x16_t in, uint8x16_t before) {
    const uint8x16_t lower = vorrq_u8(in, vdupq_n_u8(0x20));
    // Makes * of . and one byte of the two that end a cut.
    const uint8x16_t folded = vandq_u8(in, vdupq_n_u8(0xFB));
    const uint8x16_t decimal = vcltq_u8(vsubq_u8(in, vdupq_n_u8('0')), vdupq_n_u8(10));
    const uint8x16_t letter = vcltq_u8(vsubq_u8(lower, vdupq_n_u8('a')), vdupq_n_u8(6));
    const uint8x16_t twin =
        vorrq_u8(vceqq_u8(lower, vdupq_n_u8('x')), vceqq_u8(folded, vdupq_n_u8('*')));
    const uint8x16_t dots =
        vandq_u8(vceqq_u8(folded, vdupq_n_u8(0xA2)), vceqq_u8(before, vdupq_n_u8(0x80)));
    return {vorrq_u8(decimal, letter), vorrq_u8(vandq_u8(vceqq_u8(in, before), twin), dots)};
}

struct Neon {
    static ScanLanes lanes(const char* group) {
        const uint32x4_t first = {1, 2, 4, 8};
        const uint32x4_t halves = vdupq_n_u32(0x80008000);
        uint8x16_t cuts = vdupq_n_u8(0);
        ScanLanes result;
        for (unsigned half = 0; half < 2; ++half) {
            uint32x4_t hex = vdupq_n_u32(0);
            uint32x4_t near = vdupq_n_u32(0);
            uint32x4_t weights = first;
            for (unsigned i = 0; i < 8; ++i) {
                const char* const at = group + 128 * half + 16 * i;
                const uint8x16_t in = load(at);
                const Kinds kinds = kinds_of(in, load(at - 1));
                const uint32x4_t all =
                    vceqq_u32(vreinterpretq_u32_u8(kinds.digits), vdupq_n_u32(0xFFFFFFFF));
                const uint16x8_t known = vreinterpretq_u16_u8(vorrq_u8(kinds.digits, in));
                const uint32x4_t either =
                    vreinterpretq_u32_u16(vorrq_u16(known, vshlq_n_u16(known, 8)));
                hex = vorrq_u32(hex, vandq_u32(all, weights));
                near = vorrq_u32(near,
                                 vandq_u32(vceqq_u32(vandq_u32(either, halves), halves), weights));
                cuts = vorrq_u8(cuts, kinds.cuts);
                weights = vshlq_n_u32(weights, 4);
            }
            result.hex |= std::uint64_t{vaddvq_u32(hex)} << (32 * half);
            result.near |= std::uint64_t{vaddvq_u32(near)} << (32 * half);
        }
        result.cut = vmaxvq_u8(cuts) != 0;
        return result;
    }

    static BlockMasks masks(const char* block) {
        uint8x16_t digits[4];
        uint8x16_t wide[4];
        uint8x16_t cuts[4];
        for (unsigned i = 0; i < 4; ++i) {
            const uint8x16_t in = load(block + 16 * i);
            const Kinds kinds = kinds_of(in, load(block + 16 * i - 1));
            digits[i] = kinds.digits;
            wide[i] = vcltzq_s8(vreinterpretq_s8_u8(in));
            cuts[i] = kinds.cuts;
        }
        return {to_bits(digits), to_bits(wide), to_bits(cuts)};
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

    static void decode(const char* digits, std::uint8_t* bytes) {
        for (unsigned i = 0; i < 2; ++i) {
            const std::uint8_t* const from = reinterpret_cast<const std::uint8_t*>(digits) + 32 * i;
            const uint8x16x2_t in = vld2q_u8(from);  // first and second digits of the bytes
            vst1q_u8(bytes + 16 * i, vsliq_n_u8(values(in.val[1]), values(in.val[0]), 4));
        }
    }

private:
    static uint8x16_t values(uint8x16_t in) {
        const uint8x16_t letter = vshrq_n_u8(in, 6);
        return vmlaq_u8(vandq_u8(in, vdupq_n_u8(15)), letter, vdupq_n_u8(9));
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_neon = ScanLoops<Neon>::kernel("neon");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
