#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

enum Kind : std::uint8_t { edge = 0x10, twin = 0x20, known = 0x40, digit = 0x80 };

/// The kinds of ASCII bytes.
struct Kinds {
    alignas(64) std::uint8_t of[128];
};

constexpr void add(Kinds& kinds, std::uint8_t kind, const char* bytes) {
    for (; *bytes != 0; ++bytes) kinds.of[static_cast<unsigned>(*bytes)] |= kind;
}

constexpr Kinds make_kinds() {
    Kinds kinds{};
    add(kinds, digit | known, "0123456789abcdefABCDEF");
    add(kinds, known, "IiLlOo");
    add(kinds, twin, ".*xX");
    add(kinds, edge, "<&");
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
        const __mmask64 wide = _mm512_movepi8_mask(in);
        const __m512i found = _mm512_maskz_permutex2var_epi8(_knot_mask64(wide), load(kinds.of), in,
                                                             load(kinds.of + 64));
        return {_mm512_movepi8_mask(found),
                _kor_mask64(_mm512_test_epi8_mask(found, repeat(known)), wide),
                _mm512_test_epi8_mask(found, repeat(twin)),
                _kor_mask64(_mm512_test_epi8_mask(found, repeat(edge)), wide)};
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
