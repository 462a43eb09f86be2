#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

constexpr std::uint8_t mark = 0x20;
constexpr std::uint8_t known = 0x40;
constexpr std::uint8_t digit = 0x80;

/// The kinds of ASCII bytes; of others, what is found by their lower seven bits means nothing.
struct Kinds {
    alignas(64) std::uint8_t of[128];
};

constexpr void add(Kinds& kinds, std::uint8_t kind, const char* bytes) {
    for (; *bytes != 0; ++bytes) kinds.of[static_cast<unsigned char>(*bytes)] |= kind;
}

constexpr Kinds make_kinds() {
    Kinds kinds{};
    add(kinds, digit | known, "0123456789abcdefABCDEF");
    add(kinds, known, "IiLlOo");
    add(kinds, mark, ".*xX<&#wWsShH[](){}");
    return kinds;
}

constexpr Kinds kinds = make_kinds();

__m512i load(const void* from) {
    return _mm512_loadu_si512(from);
}

__m512i repeat(int byte) {
    return _mm512_set1_epi8(static_cast<char>(byte));
}

struct Avx512 {
    LIBBLOCK_VECTORS(64);

    static BlockMasks masks(const char* block) {
        const __m512i in = load(block);
        const __m512i found = _mm512_permutex2var_epi8(load(kinds.of), in, load(kinds.of + 64));
        const __m512i twice = _mm512_add_epi8(found, found);  // each kind becomes the highest bit
        const __m512i fourfold = _mm512_add_epi8(twice, twice);
        return {_mm512_movepi8_mask(_mm512_andnot_si512(in, found)),
                _mm512_movepi8_mask(_mm512_or_si512(in, twice)),
                _mm512_movepi8_mask(_mm512_or_si512(in, fourfold))};
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        const __m512i in = load(digits);
        const __m512i kinds_of_digits =
            _mm512_permutex2var_epi8(load(kinds.of), in, load(kinds.of + 64));
        const __mmask64 valid = _mm512_movepi8_mask(_mm512_andnot_si512(in, kinds_of_digits));
        // A letter has bit 6, and 9 more than its lower four bits.
        const __m512i letter = _mm512_and_si512(_mm512_srli_epi16(in, 6), repeat(1));
        const __m512i nine = _mm512_or_si512(letter, _mm512_slli_epi16(letter, 3));
        const __m512i values = _mm512_add_epi8(_mm512_and_si512(in, repeat(15)), nine);
        const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes), _mm512_cvtepi16_epi8(pairs));
        return valid == ~__mmask64{0};
    }

    template <unsigned By>
    static Words joined(Words here, Words before) {
        return Words(_mm512_shldi_epi64(__m512i(here), __m512i(before), By));
    }

    static bool has_bits(Words words) {
        return _mm512_test_epi64_mask(__m512i(words), __m512i(words)) != 0;
    }

    static LineMasks line_masks(const char* block) {
        const __m512i in = load(block);
        return {_mm512_cmpeq_epi8_mask(in, repeat('\n')), _mm512_cmpeq_epi8_mask(in, repeat('\r'))};
    }
};

}  // namespace

constinit const ScanKernel scan_kernel_avx512 = ScanLoops<Avx512>::kernel("avx512");

}  // namespace libblock::detail
// NOLINTEND(modernize-avoid-c-arrays)
