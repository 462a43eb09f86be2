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

/// Bits of a kind; what is above 31 is a hexadecimal digit.
constexpr int twin_kinds = 0x03;
constexpr int known_kinds = 0x64;
constexpr int tag_kind = 0x08;
constexpr int entity_kind = 0x10;

/// By the lower and by the higher four bits: 1 is `*` and `.`, 2 is `X` and `x`, 4 is `IiLlOo`, 8
/// is `W` and `w`, 16 is `#`, `S` and `s`, 32 is `0` to `9`, 64 is `A` to `F` and `a` to `f`. The
/// lookup by the lower ones gives 0 for a wide byte.
__m256i kinds_of(__m256i in) {
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(32, 96, 96, 112, 96, 96, 96, 40, 34, 36, 1, 0, 4, 0, 1, 4));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 17, 32, 68, 26, 68, 26, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(in, 4), repeat(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, in), _mm256_shuffle_epi8(high, upper));
}

__m256i both(__m256i first, __m256i second) {
    return _mm256_and_si256(first, second);
}

__m256i either(__m256i first, __m256i second) {
    return _mm256_or_si256(first, second);
}

/// The last bytes of an ellipsis or a bullet.
__m256i dots(__m256i in, __m256i before) {
    const __m256i last = _mm256_cmpeq_epi8(_mm256_and_si256(in, repeat(0xFB)), repeat(0xA2));
    return _mm256_and_si256(last, _mm256_cmpeq_epi8(before, repeat(0x80)));
}

struct HalfBlock {
    __m256i digits;
    __m256i known;
    __m256i cuts;
};

HalfBlock classify(const char* from) {
    const __m256i in = load(from);
    const __m256i before = load(from - 1);
    const __m256i kinds = kinds_of(in);
    // A bit of the kinds that the byte before makes a cut of.
    const __m256i cutting =
        either(both(_mm256_cmpeq_epi8(in, before), repeat(twin_kinds)),
               either(both(_mm256_cmpeq_epi8(before, repeat('<')), repeat(tag_kind)),
                      both(_mm256_cmpeq_epi8(before, repeat('&')), repeat(entity_kind))));
    const __m256i cuts = _mm256_cmpgt_epi8(both(kinds, cutting), _mm256_setzero_si256());
    const __m256i alike = both(kinds, repeat(known_kinds));
    return {_mm256_cmpgt_epi8(kinds, repeat(31)),
            either(in, _mm256_cmpgt_epi8(alike, _mm256_setzero_si256())),
            either(cuts, dots(in, before))};
}

struct Avx2 {
    static BlockMasks masks(const char* block) {
        const HalfBlock low = classify(block);
        const HalfBlock high = classify(block + 32);
        return {to_bits(low.digits, high.digits), to_bits(low.known, high.known),
                to_bits(low.cuts, high.cuts)};
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
