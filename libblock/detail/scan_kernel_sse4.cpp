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

/// Bits of a kind, each by the lower and the higher four bits of a byte: 1 is `#&*.()`, 2 is `SWX`,
/// `swx` and `[]{}`, 4 is `H` and `h`, 8 is `<`, 16 is `IiLlOo`, 32 is `0` to `9`, 64 is `A` to `F`
/// and `a` to `f`, 128 is `X` and `x`. The lookup by the lower ones gives 0 for a wide byte.
constexpr int mark_kinds = 15;
constexpr int below_known = 15;
constexpr int below_digits = 31;
constexpr int wide_kinds = 16 | 1;  // known, and a mark

__m128i kinds_of(__m128i in) {
    const __m128i low = _mm_setr_epi8(32, 96, 96, 99, 96, 96, 97, 34, -89, 49, 1, 2, 24, 2, 1, 16);
    const __m128i high = _mm_setr_epi8(0, 0, 1, 40, 84, -126, 84, -126, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(in, 4), repeat(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, in), _mm_shuffle_epi8(high, upper));
}

/// The kinds, with those of the bytes from 0x7F on, which are known and marks.
__m128i with_wide(__m128i kinds, __m128i in) {
    const __m128i wide = repeat(wide_kinds);
    return _mm_blendv_epi8(kinds, wide, _mm_adds_epu8(in, repeat(1)));
}

__m128i is_mark(__m128i kinds) {
    return _mm_cmpgt_epi8(_mm_and_si128(kinds, repeat(mark_kinds)), _mm_setzero_si128());
}

/// In the highest bits.
__m128i is_separator(__m128i in, __m128i kinds) {
    const __m128i by_lower_bits =
        _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', 0, 0, '-', '.', 0);
    return _mm_or_si128(_mm_cmpeq_epi8(_mm_shuffle_epi8(by_lower_bits, in), in), kinds);
}

/// Kinds for a glance: 1 is `#&(*.)`, 2 is `<`, 4 is `HXhx`, 8 is `SWsw[]{}`, 16 is `-. :` and
/// others, 32 is `IiLlOoXx` and others, 64 is `0` to `9`, 128 is `A` to `F` and `a` to `f`.
constexpr int glance_marks = 15;
constexpr int glance_dense = 16;
constexpr int glance_digits = 64;

__m128i glance_kinds(__m128i in) {
    const __m128i low =
        _mm_setr_epi8(80, -64, -64, -55, -64, -64, -63, 72, 101, 97, 17, 8, 34, 24, 17, 32);
    const __m128i high = _mm_setr_epi8(0, 0, 17, 82, -92, 44, -92, 44, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i upper = _mm_and_si128(_mm_srli_epi16(in, 4), repeat(15));
    return _mm_and_si128(_mm_shuffle_epi8(low, in), _mm_shuffle_epi8(high, upper));
}

/// In the highest bits: whether kinds are at least this one.
__m128i at_least(__m128i kinds, int least) {
    return _mm_adds_epu8(kinds, repeat(128 - least));
}

/// In the highest bits, as below, with the wide bytes.
__m128i is_glance_mark(__m128i kinds, __m128i in) {
    return _mm_or_si128(at_least(_mm_and_si128(kinds, repeat(glance_marks)), 1), in);
}

__m128i is_glance_dense(__m128i kinds, __m128i in) {
    return _mm_or_si128(at_least(kinds, glance_dense), in);
}

/// The values of digits, two in 16 bits.
__m128i pairs(__m128i in) {
    // A letter has bit 6, and 9 more than its lower four bits.
    const __m128i letter = _mm_and_si128(_mm_srli_epi16(in, 6), repeat(1));
    const __m128i nine = _mm_or_si128(letter, _mm_slli_epi16(letter, 3));
    const __m128i values = _mm_add_epi8(_mm_and_si128(in, repeat(15)), nine);
    return _mm_maddubs_epi16(values, _mm_set1_epi16(0x0110));
}

struct Sse4 {
    LIBBLOCK_VECTORS(16);

    static BlockMasks masks(const char* block) {
        BlockMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            const __m128i kinds = with_wide(kinds_of(in), in);
            result.digits |= to_bits(_mm_cmpgt_epi8(kinds, repeat(below_digits))) << (16 * i);
            result.known |= to_bits(_mm_cmpgt_epi8(kinds, repeat(below_known))) << (16 * i);
            result.marks |= to_bits(is_mark(kinds)) << (16 * i);
            result.separators |= to_bits(is_separator(in, kinds)) << (16 * i);
        }
        return result;
    }

    static GlanceMasks glance(const char* block) {
        GlanceMasks result;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i in = load(block + 16 * i);
            const __m128i kinds = glance_kinds(in);
            result.digits |= to_bits(at_least(kinds, glance_digits)) << (16 * i);
            result.dense |= to_bits(is_glance_dense(kinds, in)) << (16 * i);
            result.marks |= to_bits(is_glance_mark(kinds, in)) << (16 * i);
        }
        return result;
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        __m128i kinds = repeat(127);
        for (unsigned i = 0; i < 2; ++i) {
            const __m128i low = load(digits + 32 * i);
            const __m128i high = load(digits + 32 * i + 16);
            kinds = _mm_min_epi8(kinds, _mm_min_epi8(kinds_of(low), kinds_of(high)));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes + 16 * i),
                             _mm_packus_epi16(pairs(low), pairs(high)));
        }
        return _mm_movemask_epi8(_mm_cmpgt_epi8(kinds, repeat(below_digits))) == 0xFFFF;
    }

    static bool has_bits(Words words) {
        return _mm_testz_si128(__m128i(words), __m128i(words)) == 0;
    }

    static Words moved_up(Words words, Words before) {
        return Words(_mm_alignr_epi8(__m128i(words), __m128i(before), 8));
    }

    static std::uint64_t full_bytes(Words words) {
        return to_bits(_mm_cmpeq_epi8(__m128i(words), repeat(0xFF)));
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
