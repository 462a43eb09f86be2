#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

enum Kind : std::uint8_t { cut = 0x20, known = 0x40, digit = 0x80 };

/// What a byte is, by its lower seven bits; what depends on the eighth is judged elsewhere.
struct Tables {
    alignas(64) std::uint8_t kinds[128];       ///< bits of `Kind`
    alignas(64) std::uint8_t cut_before[128];  ///< for `cut`: the byte that makes a cut before this
};

constexpr void add_cut(Tables& tables, unsigned before, unsigned byte) {
    tables.kinds[byte] |= cut;
    tables.cut_before[byte] = static_cast<std::uint8_t>(before);
}

constexpr Tables make_tables() {
    constexpr char alikes[] = {'I', 'i', 'L', 'l', 'O', 'o'};
    Tables tables{};
    for (unsigned i = 0; i < 128; ++i) {
        const bool hex = (i >= '0' && i <= '9') || (i >= 'a' && i <= 'f') || (i >= 'A' && i <= 'F');
        if (hex) tables.kinds[i] = digit | known;
    }
    for (const char alike : alikes) tables.kinds[static_cast<unsigned>(alike)] = known;
    for (const unsigned twin : {'.', '*', 'x', 'X'}) add_cut(tables, twin, twin);
    for (const unsigned tag : {'w', 'W'}) add_cut(tables, '<', tag);
    for (const unsigned entity : {'s', 'S', '#'}) add_cut(tables, '&', entity);
    for (const unsigned dot : {0xA2, 0xA6}) add_cut(tables, 0x80, dot & 0x7F);
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
    static BlockMasks masks(const char* block) {
        const __m512i in = load(block);
        const __m512i before = load(block - 1);
        const __m512i kinds = look_up(tables.kinds, in);
        const __mmask64 wide = _mm512_movepi8_mask(in);
        const __mmask64 wide_before = _mm512_movepi8_mask(before);
        const __mmask64 cuts = _mm512_mask_cmpeq_epi8_mask(
            _mm512_test_epi8_mask(kinds, repeat(cut)), look_up(tables.cut_before, in), before);
        return {_mm512_movepi8_mask(_mm512_andnot_si512(in, kinds)),
                _mm512_movepi8_mask(_mm512_or_si512(in, _mm512_add_epi8(kinds, kinds))),
                cuts & ~(wide ^ wide_before)};
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
