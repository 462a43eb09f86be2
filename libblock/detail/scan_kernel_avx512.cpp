#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

/// What a byte is, by its lower seven bits; what depends on the eighth is judged elsewhere.
struct Tables {
    alignas(64) std::uint8_t kinds[128];  ///< bit 7: a hexadecimal digit, bit 6: one of `.*xX`
    /// The byte that would make a cut of this one if it stood before it; 0xFF for none.
    alignas(64) std::uint8_t cut_before[128];
};

constexpr Tables make_tables() {
    Tables tables{};
    for (unsigned i = 0; i < 128; ++i) {
        const bool hex = (i >= '0' && i <= '9') || (i >= 'a' && i <= 'f') || (i >= 'A' && i <= 'F');
        const bool twin = i == '.' || i == '*' || i == 'x' || i == 'X';
        const bool wide = i == (0xA2 & 0x7F) || i == (0xA6 & 0x7F);
        tables.kinds[i] = hex ? 0x80 : twin ? 0x40 : 0;
        tables.cut_before[i] = twin ? static_cast<std::uint8_t>(i) : wide ? 0x80 : 0xFF;
    }
    return tables;
}

constexpr Tables tables = make_tables();

__m512i load(const void* from) {
    return _mm512_loadu_si512(from);
}

__m512i repeat(int byte) {
    return _mm512_set1_epi8(static_cast<char>(byte));
}

__m512i look_up(const std::uint8_t* table, __m512i bytes) {
    return _mm512_permutex2var_epi8(load(table), bytes, load(table + 64));
}

struct Avx512 {
    static ScanLanes lanes(const char* group) {
        constexpr int either_and = 0xA8;  // (a | b) & c
        constexpr int only_first = 0x20;  // a & ~b & c
        const __m512i high = repeat(0x80);
        const __m512i halves = _mm512_set1_epi16(static_cast<short>(0x8000));
        __mmask16 hex[4];
        __mmask16 near[4];
        __m512i unlike = repeat(0xFF);  // has a zero where there was a cut
        for (std::size_t i = 0; i < 4; ++i) {
            const char* const at = group + 64 * i;
            const __m512i in = load(at);
            const __m512i kinds = look_up(tables.kinds, in);
            const __m512i digits = _mm512_ternarylogic_epi64(kinds, in, high, only_first);
            hex[i] = _mm512_cmpeq_epi32_mask(digits, high);

            const __m512i known = _mm512_or_si512(kinds, in);
            const __m512i beside = _mm512_slli_epi16(known, 8);
            near[i] = _mm512_cmpeq_epi32_mask(
                _mm512_ternarylogic_epi64(known, beside, halves, either_and), halves);

            const __m512i cut_before = look_up(tables.cut_before, in);
            unlike = _mm512_min_epu8(unlike, _mm512_xor_si512(cut_before, load(at - 1)));
        }
        return {join(hex), join(near), _mm512_testn_epi8_mask(unlike, unlike) != 0};
    }

    static BlockMasks masks(const char* block) {
        const __m512i in = load(block);
        const __m512i before = load(block - 1);
        const __m512i kinds = look_up(tables.kinds, in);
        const __mmask64 wide = _mm512_movepi8_mask(in);
        const __mmask64 twins =
            _mm512_mask_test_epi8_mask(_mm512_cmpeq_epi8_mask(in, before), kinds, repeat(0x40));
        const __mmask64 dots =
            _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(before, repeat(0x80)),
                                        _mm512_and_si512(in, repeat(0xFB)), repeat(0xA2));
        return {_mm512_movepi8_mask(_mm512_andnot_si512(in, kinds)), wide, (twins & ~wide) | dots};
    }

    static LineMasks line_masks(const char* block) {
        const __m512i in = load(block);
        return {_mm512_cmpeq_epi8_mask(in, repeat('\n')), _mm512_cmpeq_epi8_mask(in, repeat('\r'))};
    }

    static void decode(const char* digits, std::uint8_t* bytes) {
        const __m512i in = load(digits);
        const __m512i letter = _mm512_and_si512(_mm512_srli_epi16(in, 6), repeat(1));
        const __m512i nibbles = _mm512_add_epi8(
            _mm512_and_si512(in, repeat(15)),
            _mm512_or_si512(letter, _mm512_slli_epi16(letter, 3)));  // 9 for a letter
        const __m512i pairs = _mm512_maddubs_epi16(nibbles, _mm512_set1_epi16(0x0110));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes), _mm512_cvtepi16_epi8(pairs));
    }

private:
    static std::uint64_t join(const __mmask16 (&masks)[4]) {
        const __mmask32 low = _mm512_kunpackw(masks[1], masks[0]);
        const __mmask32 high = _mm512_kunpackw(masks[3], masks[2]);
        return _mm512_kunpackd(high, low);
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_avx512 = ScanLoops<Avx512>::kernel("avx512");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
