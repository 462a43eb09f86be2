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

/// One bit for each of 32 lanes of 4 bytes.
std::uint32_t lanes_to_bits(const __m256i (&lanes)[4]) {
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);  // packing goes by halves
    const __m256i packed = _mm256_packs_epi16(_mm256_packs_epi32(lanes[0], lanes[1]),
                                              _mm256_packs_epi32(lanes[2], lanes[3]));
    return static_cast<std::uint32_t>(
        _mm256_movemask_epi8(_mm256_permutevar8x32_epi32(packed, order)));
}

constexpr int twin_kinds = 0x03;

/// Above 15 for a hexadecimal digit, a bit of `twin_kinds` for one of `.*xX`.
__m256i kinds_of(__m256i in) {
    // By the lower and by the higher four bits: 1 is * and ., 2 is X and x, 16 is 0 to 9,
    // 32 is A to F and a to f. The lookup by the lower ones gives 0 for a wide byte.
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(16, 48, 48, 48, 48, 48, 48, 16, 18, 16, 1, 0, 0, 0, 1, 0));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 1, 16, 32, 2, 32, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(in, 4), repeat(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, in), _mm256_shuffle_epi8(high, upper));
}

__m256i digits_of(__m256i kinds) {
    return _mm256_cmpgt_epi8(kinds, repeat(15));
}

/// The last bytes of an ellipsis or a bullet.
__m256i dots(__m256i in, __m256i before) {
    const __m256i last = _mm256_cmpeq_epi8(_mm256_and_si256(in, repeat(0xFB)), repeat(0xA2));
    return _mm256_and_si256(last, _mm256_cmpeq_epi8(before, repeat(0x80)));
}

struct HalfBlock {
    __m256i digits;
    __m256i wide;
    __m256i cuts;
};

HalfBlock classify(const char* from) {
    const __m256i in = load(from);
    const __m256i before = load(from - 1);
    const __m256i kinds = kinds_of(in);
    const __m256i other =
        _mm256_cmpeq_epi8(_mm256_and_si256(kinds, repeat(twin_kinds)), _mm256_setzero_si256());
    const __m256i twins = _mm256_andnot_si256(other, _mm256_cmpeq_epi8(in, before));
    return {digits_of(kinds), in, _mm256_or_si256(twins, dots(in, before))};
}

struct Avx2 {
    static ScanLanes lanes(const char* group) {
        const __m256i ones = repeat(0xFF);
        const __m256i halves = _mm256_set1_epi16(static_cast<short>(0x8000));
        __m256i twins = _mm256_setzero_si256();
        __m256i cuts = _mm256_setzero_si256();
        ScanLanes result;
        for (unsigned half = 0; half < 2; ++half) {
            __m256i hex[4];
            __m256i near[4];
            for (unsigned i = 0; i < 4; ++i) {
                const char* const at = group + 128 * half + 32 * i;
                const __m256i in = load(at);
                const __m256i before = load(at - 1);
                const __m256i kinds = kinds_of(in);
                const __m256i digits = digits_of(kinds);
                hex[i] = _mm256_cmpeq_epi32(digits, ones);
                const __m256i known = _mm256_or_si256(digits, in);
                const __m256i either = _mm256_or_si256(known, _mm256_slli_epi16(known, 8));
                near[i] = _mm256_cmpeq_epi32(_mm256_and_si256(either, halves), halves);
                twins =
                    _mm256_or_si256(twins, _mm256_and_si256(_mm256_cmpeq_epi8(in, before), kinds));
                cuts = _mm256_or_si256(cuts, dots(in, before));
            }
            result.hex |= std::uint64_t{lanes_to_bits(hex)} << (32 * half);
            result.near |= std::uint64_t{lanes_to_bits(near)} << (32 * half);
        }
        cuts = _mm256_or_si256(cuts, _mm256_and_si256(twins, repeat(twin_kinds)));
        result.cut = _mm256_testz_si256(cuts, cuts) == 0;
        return result;
    }

    static BlockMasks masks(const char* block) {
        const HalfBlock low = classify(block);
        const HalfBlock high = classify(block + 32);
        return {to_bits(low.digits, high.digits), to_bits(low.wide, high.wide),
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

    static void decode(const char* digits, std::uint8_t* bytes) {
        const __m256i packed = _mm256_packus_epi16(pairs(load(digits)), pairs(load(digits + 32)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes),
                            _mm256_permute4x64_epi64(packed, 0b11'01'10'00));
    }

private:
    /// The values of the digits, two in 16 bits.
    static __m256i pairs(__m256i in) {
        const __m256i letter = _mm256_and_si256(_mm256_srli_epi16(in, 6), repeat(1));
        const __m256i nine = _mm256_or_si256(letter, _mm256_slli_epi16(letter, 3));
        const __m256i values = _mm256_add_epi8(_mm256_and_si256(in, repeat(15)), nine);
        return _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0110));
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_avx2 = ScanLoops<Avx2>::kernel("avx2");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
