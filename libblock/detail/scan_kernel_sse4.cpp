#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

__m128i load(const char* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

__m128i repeat(int byte) {
    return _mm_set1_epi8(static_cast<char>(byte));
}

std::uint64_t to_bits(__m128i bytes) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

/// Bits of a kind; what is above 31 is a hexadecimal digit.
constexpr int twin_kinds = 0x03;
constexpr int known_kinds = 0x64;
constexpr int tag_kind = 0x08;
constexpr int entity_kind = 0x10;

/// By the lower and by the higher four bits: 1 is `*` and `.`, 2 is `X` and `x`, 4 is `IiLlOo`, 8
/// is `W` and `w`, 16 is `#`, `S` and `s`, 32 is `0` to `9`, 64 is `A` to `F` and `a` to `f`. The
/// lookup by the lower ones gives 0 for a wide byte.
__m128i kinds_of(__m128i in) {
    const __m128i low = _mm_setr_epi8(32, 96, 96, 112, 96, 96, 96, 40, 34, 36, 1, 0, 4, 0, 1, 4);
    const __m128i high = _mm_setr_epi8(0, 0, 17, 32, 68, 26, 68, 26, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(in, 4), repeat(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, in), _mm_shuffle_epi8(high, upper));
}

__m128i both(__m128i first, __m128i second) {
    return _mm_and_si128(first, second);
}

__m128i either(__m128i first, __m128i second) {
    return _mm_or_si128(first, second);
}

/// The last bytes of an ellipsis or a bullet.
__m128i dots(__m128i in, __m128i before) {
    const __m128i last = _mm_cmpeq_epi8(_mm_and_si128(in, repeat(0xFB)), repeat(0xA2));
    return _mm_and_si128(last, _mm_cmpeq_epi8(before, repeat(0x80)));
}

struct Sse4 {
    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            const __m128i before = load(block + 16 * i - 1);
            const __m128i kinds = kinds_of(in);
            // A bit of the kinds that the byte before makes a cut of.
            const __m128i cutting =
                either(both(_mm_cmpeq_epi8(in, before), repeat(twin_kinds)),
                       either(both(_mm_cmpeq_epi8(before, repeat('<')), repeat(tag_kind)),
                              both(_mm_cmpeq_epi8(before, repeat('&')), repeat(entity_kind))));
            const __m128i cuts = _mm_cmpgt_epi8(both(kinds, cutting), _mm_setzero_si128());
            const __m128i alike = both(kinds, repeat(known_kinds));
            const __m128i known = either(in, _mm_cmpgt_epi8(alike, _mm_setzero_si128()));
            result.digits |= to_bits(_mm_cmpgt_epi8(kinds, repeat(31))) << (16 * i);
            result.known |= to_bits(known) << (16 * i);
            result.cuts |= to_bits(either(cuts, dots(in, before))) << (16 * i);
        }
        return result;
    }

    static LineMasks line_masks(const char* block) {
        LineMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            result.lf |= to_bits(_mm_cmpeq_epi8(in, repeat('\n'))) << (16 * i);
            result.cr |= to_bits(_mm_cmpeq_epi8(in, repeat('\r'))) << (16 * i);
        }
        return result;
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_sse4 = ScanLoops<Sse4>::kernel("sse4");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
