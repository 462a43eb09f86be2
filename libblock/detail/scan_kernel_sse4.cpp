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

/// Bits of a kind, each by the lower and the higher four bits of a byte: 1 is `*` and `.`, 2 is `X`
/// and `x`, 4 is `<`, 8 is `&`, 16 is `IiLlOo`, 32 is `0` to `9`, 64 is `A` to `F` and `a` to `f`.
/// The lookup by the lower ones gives 0 for a wide byte.
constexpr int twin_kinds = 3;
constexpr int edge_kinds = 12;
constexpr int below_known = 15;
constexpr int below_digits = 31;

__m128i kinds_of(__m128i in) {
    const __m128i low = _mm_setr_epi8(32, 96, 96, 96, 96, 96, 104, 32, 34, 48, 1, 0, 20, 0, 1, 16);
    const __m128i high = _mm_setr_epi8(0, 0, 9, 36, 80, 2, 80, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(in, 4), repeat(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, in), _mm_shuffle_epi8(high, upper));
}

__m128i has(__m128i kinds, int wanted) {
    return _mm_cmpgt_epi8(_mm_and_si128(kinds, repeat(wanted)), _mm_setzero_si128());
}

struct Sse4 {
    LIBBLOCK_VECTORS(16);

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        std::uint64_t wide = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            const __m128i kinds = kinds_of(in);
            wide |= to_bits(in) << (16 * i);
            result.digits |= to_bits(_mm_cmpgt_epi8(kinds, repeat(below_digits))) << (16 * i);
            result.known |= to_bits(_mm_cmpgt_epi8(kinds, repeat(below_known))) << (16 * i);
            result.twins |= to_bits(has(kinds, twin_kinds)) << (16 * i);
            result.edges |= to_bits(has(kinds, edge_kinds)) << (16 * i);
        }
        result.known |= wide;
        result.edges |= wide;
        return result;
    }

    static bool has_bits(Words words) {
        return _mm_testz_si128(__m128i(words), __m128i(words)) == 0;
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
