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

/// One bit for each of 16 lanes of 4 bytes.
std::uint64_t lanes_to_bits(const __m128i (&lanes)[4]) {
    return to_bits(
        _mm_packs_epi16(_mm_packs_epi32(lanes[0], lanes[1]), _mm_packs_epi32(lanes[2], lanes[3])));
}

constexpr int twin_kinds = 0x03;

/// Above 15 for a hexadecimal digit, a bit of `twin_kinds` for one of `.*xX`.
__m128i kinds_of(__m128i in) {
    // By the lower and by the higher four bits: 1 is * and ., 2 is X and x, 16 is 0 to 9,
    // 32 is A to F and a to f. The lookup by the lower ones gives 0 for a wide byte.
    const __m128i low = _mm_setr_epi8(16, 48, 48, 48, 48, 48, 48, 16, 18, 16, 1, 0, 0, 0, 1, 0);
    const __m128i high = _mm_setr_epi8(0, 0, 1, 16, 32, 2, 32, 2, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(in, 4), repeat(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, in), _mm_shuffle_epi8(high, upper));
}

__m128i digits_of(__m128i kinds) {
    return _mm_cmpgt_epi8(kinds, repeat(15));
}

/// The last bytes of an ellipsis or a bullet.
__m128i dots(__m128i in, __m128i before) {
    const __m128i last = _mm_cmpeq_epi8(_mm_and_si128(in, repeat(0xFB)), repeat(0xA2));
    return _mm_and_si128(last, _mm_cmpeq_epi8(before, repeat(0x80)));
}

struct Sse4 {
    static ScanLanes lanes(const char* group) {
        const __m128i ones = repeat(0xFF);
        const __m128i halves = _mm_set1_epi16(static_cast<short>(0x8000));
        __m128i twins = _mm_setzero_si128();
        __m128i cuts = _mm_setzero_si128();
        ScanLanes result;
        for (unsigned quarter = 0; quarter < 4; ++quarter) {
            const char* const block = group + 64 * quarter;
            __m128i hex[4];
            __m128i near[4];
            for (unsigned i = 0; i < 4; ++i) {
                const __m128i in = load(block + 16 * i);
                const __m128i before = load(block + 16 * i - 1);
                const __m128i kinds = kinds_of(in);
                const __m128i digits = digits_of(kinds);
                hex[i] = _mm_cmpeq_epi32(digits, ones);
                const __m128i known = _mm_or_si128(digits, in);
                const __m128i either = _mm_or_si128(known, _mm_slli_epi16(known, 8));
                near[i] = _mm_cmpeq_epi32(_mm_and_si128(either, halves), halves);
                twins = _mm_or_si128(twins, _mm_and_si128(_mm_cmpeq_epi8(in, before), kinds));
                cuts = _mm_or_si128(cuts, dots(in, before));
            }
            result.hex |= lanes_to_bits(hex) << (16 * quarter);
            result.near |= lanes_to_bits(near) << (16 * quarter);
        }
        cuts = _mm_or_si128(cuts, _mm_and_si128(twins, repeat(twin_kinds)));
        result.cut = _mm_testz_si128(cuts, cuts) == 0;
        return result;
    }

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            const __m128i before = load(block + 16 * i - 1);
            const __m128i kinds = kinds_of(in);
            const __m128i other =
                _mm_cmpeq_epi8(_mm_and_si128(kinds, repeat(twin_kinds)), _mm_setzero_si128());
            const __m128i twins = _mm_andnot_si128(other, _mm_cmpeq_epi8(in, before));
            result.digits |= to_bits(digits_of(kinds)) << (16 * i);
            result.wide |= to_bits(in) << (16 * i);
            result.cuts |= to_bits(_mm_or_si128(twins, dots(in, before))) << (16 * i);
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

    static void decode(const char* digits, std::uint8_t* bytes) {
        for (unsigned i = 0; i < 2; ++i) {
            const __m128i packed =
                _mm_packus_epi16(pairs(load(digits + 32 * i)), pairs(load(digits + 32 * i + 16)));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes + 16 * i), packed);
        }
    }

private:
    /// The values of the digits, two in 16 bits.
    static __m128i pairs(__m128i in) {
        const __m128i letter = _mm_and_si128(_mm_srli_epi16(in, 6), repeat(1));
        const __m128i nine = _mm_or_si128(letter, _mm_slli_epi16(letter, 3));
        const __m128i values = _mm_add_epi8(_mm_and_si128(in, repeat(15)), nine);
        return _mm_maddubs_epi16(values, _mm_set1_epi16(0x0110));
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_sse4 = ScanLoops<Sse4>::kernel("sse4");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
