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

/// Bits of a kind, each by the lower and the higher four bits of a byte: 1 is `#&*.()`, 2 is `SWX`,
/// `swx` and `[]{}`, 4 is `H` and `h`, 8 is `<`, 16 is `IiLlOo`, 32 is `0` to `9`, 64 is `A` to `F`
/// and `a` to `f`, 128 is `X` and `x`. The lookup by the lower ones gives 0 for a wide byte.
constexpr int mark_kinds = 15;
constexpr int below_known = 15;
constexpr int below_digits = 31;
constexpr int wide_kinds = 16 | 1;  // known, and a mark

__m256i kinds_of(__m256i in) {
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(32, 96, 96, 99, 96, 96, 97, 34, -89, 49, 1, 2, 24, 2, 1, 16));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 1, 40, 84, -126, 84, -126, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(in, 4), repeat(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, in), _mm256_shuffle_epi8(high, upper));
}

/// The kinds, with those of the bytes from 0x7F on, which are known and marks.
__m256i with_wide(__m256i kinds, __m256i in) {
    const __m256i wide = repeat(wide_kinds);
    return _mm256_blendv_epi8(kinds, wide, _mm256_adds_epu8(in, repeat(1)));
}

__m256i is_mark(__m256i kinds) {
    return _mm256_cmpgt_epi8(_mm256_and_si256(kinds, repeat(mark_kinds)), _mm256_setzero_si256());
}

/// In the highest bits.
__m256i is_separator(__m256i in, __m256i kinds) {
    const __m256i by_lower_bits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', 0, 0, '-', '.', 0));
    return _mm256_or_si256(_mm256_cmpeq_epi8(_mm256_shuffle_epi8(by_lower_bits, in), in), kinds);
}

/// Kinds for a glance: 1 is `#&(*.)`, 2 is `<`, 4 is `HXhx`, 8 is `SWsw[]{}`, 16 is `-. :` and
/// others, 32 is `IiLlOoXx` and others, 64 is `0` to `9`, 128 is `A` to `F` and `a` to `f`.
constexpr int glance_marks = 15;
constexpr int glance_dense = 16;
constexpr int glance_digits = 64;

__m256i glance_kinds(__m256i in) {
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(80, -64, -64, -55, -64, -64, -63, 72, 101, 97, 17, 8, 34, 24, 17, 32));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 17, 82, -92, 44, -92, 44, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(in, 4), repeat(15));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, in), _mm256_shuffle_epi8(high, upper));
}

/// In the highest bits: whether kinds are at least this one.
__m256i at_least(__m256i kinds, int least) {
    return _mm256_adds_epu8(kinds, repeat(128 - least));
}

/// In the highest bits, as below, with the wide bytes.
__m256i is_glance_mark(__m256i kinds, __m256i in) {
    return _mm256_or_si256(at_least(_mm256_and_si256(kinds, repeat(glance_marks)), 1), in);
}

__m256i is_glance_dense(__m256i kinds, __m256i in) {
    return _mm256_or_si256(at_least(kinds, glance_dense), in);
}

/// The values of digits, two in 16 bits.
__m256i pairs(__m256i in) {
    // A letter has bit 6, and 9 more than its lower four bits.
    const __m256i letter = _mm256_and_si256(_mm256_srli_epi16(in, 6), repeat(1));
    const __m256i nine = _mm256_or_si256(letter, _mm256_slli_epi16(letter, 3));
    const __m256i values = _mm256_add_epi8(_mm256_and_si256(in, repeat(15)), nine);
    return _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0110));
}

struct Avx2 {
    LIBBLOCK_VECTORS(32);

    static BlockMasks masks(const char* block) {
        const __m256i low = load(block);
        const __m256i high = load(block + 32);
        const __m256i low_kinds = with_wide(kinds_of(low), low);
        const __m256i high_kinds = with_wide(kinds_of(high), high);
        const __m256i known = repeat(below_known);
        const __m256i digits = repeat(below_digits);
        return {
            to_bits(_mm256_cmpgt_epi8(low_kinds, digits), _mm256_cmpgt_epi8(high_kinds, digits)),
            to_bits(_mm256_cmpgt_epi8(low_kinds, known), _mm256_cmpgt_epi8(high_kinds, known)),
            to_bits(is_mark(low_kinds), is_mark(high_kinds)),
            to_bits(is_separator(low, low_kinds), is_separator(high, high_kinds))};
    }

    static GlanceMasks glance(const char* block) {
        const __m256i low = load(block);
        const __m256i high = load(block + 32);
        const __m256i low_kinds = glance_kinds(low);
        const __m256i high_kinds = glance_kinds(high);
        return {to_bits(at_least(low_kinds, glance_digits), at_least(high_kinds, glance_digits)),
                to_bits(is_glance_dense(low_kinds, low), is_glance_dense(high_kinds, high)),
                to_bits(is_glance_mark(low_kinds, low), is_glance_mark(high_kinds, high))};
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        const __m256i low = load(digits);
        const __m256i high = load(digits + 32);
        const __m256i kinds = _mm256_min_epi8(kinds_of(low), kinds_of(high));
        const __m256i packed = _mm256_packus_epi16(pairs(low), pairs(high));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes),
                            _mm256_permute4x64_epi64(packed, 0b11'01'10'00));
        return _mm256_movemask_epi8(_mm256_cmpgt_epi8(kinds, repeat(below_digits))) == -1;
    }

    static bool has_bits(Words words) {
        return _mm256_testz_si256(__m256i(words), __m256i(words)) == 0;
    }

    static Words moved_up(Words words, Words before) {
        const __m256i between =
            _mm256_permute2x128_si256(__m256i(before), __m256i(words), 0x21);  // their near halves
        return Words(_mm256_alignr_epi8(__m256i(words), between, 8));
    }

    static std::uint64_t full_bytes(Words words) {
        const __m256i full = _mm256_cmpeq_epi8(__m256i(words), repeat(0xFF));
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(full));
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
