#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

__m256i load(const char* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

__m256i repeat(int byte) {
    return _mm256_set1_epi8(static_cast<char>(byte));
}

std::uint64_t to_bits(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
}

/// Bits of a kind, each by the lower and the higher four bits of a byte: 1 is `*` and `.`, 2 is `X`
/// and `x`, 4 is `<`, 8 is `&`, 16 is `IiLlOo`, 32 is `0` to `9`, 64 is `A` to `F` and `a` to `f`.
/// The lookup by the lower ones gives 0 for a wide byte.
constexpr int twin_kinds = 3;
constexpr int edge_kinds = 12;
constexpr int below_known = 15;
constexpr int below_digits = 31;

__m256i kinds_of(__m256i in) {
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(32, 96, 96, 96, 96, 96, 104, 32, 34, 48, 1, 0, 20, 0, 1, 16));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 9, 36, 80, 2, 80, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(in, 4), repeat(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, in), _mm256_shuffle_epi8(high, upper));
}

__m256i has(__m256i kinds, int wanted) {
    return _mm256_cmpgt_epi8(_mm256_and_si256(kinds, repeat(wanted)), _mm256_setzero_si256());
}

struct Avx2 {
    LIBBLOCK_VECTORS(32);

    static BlockMasks masks(const char* block) {
        const __m256i low = load(block);
        const __m256i high = load(block + 32);
        const __m256i low_kinds = kinds_of(low);
        const __m256i high_kinds = kinds_of(high);
        const std::uint64_t wide = to_bits(low, high);
        const __m256i known = repeat(below_known);
        const __m256i digits = repeat(below_digits);
        return {
            to_bits(_mm256_cmpgt_epi8(low_kinds, digits), _mm256_cmpgt_epi8(high_kinds, digits)),
            to_bits(_mm256_cmpgt_epi8(low_kinds, known), _mm256_cmpgt_epi8(high_kinds, known)) |
                wide,
            to_bits(has(low_kinds, twin_kinds), has(high_kinds, twin_kinds)),
            to_bits(has(low_kinds, edge_kinds), has(high_kinds, edge_kinds)) | wide};
    }

    static bool has_bits(Words words) {
        return _mm256_testz_si256(__m256i(words), __m256i(words)) == 0;
    }

    static LineMasks line_masks(const char* block) {
        const __m256i low = load(block);
        const __m256i high = load(block + 32);
        const __m256i lf = repeat('\n');
        const __m256i cr = repeat('\r');
        return {to_bits(_mm256_cmpeq_epi8(low, lf), _mm256_cmpeq_epi8(high, lf)),
                to_bits(_mm256_cmpeq_epi8(low, cr), _mm256_cmpeq_epi8(high, cr))};
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_avx2 = ScanLoops<Avx2>::kernel("avx2");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
