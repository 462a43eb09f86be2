#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

constexpr std::uint8_t digit = 1;
constexpr std::uint8_t known = 2;
constexpr std::uint8_t mark = 4;
constexpr std::uint8_t separator = 8;
constexpr std::uint8_t nul = 16;

/// The kinds of ASCII bytes; the last one stands for all from 0x7F on.
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
    add(kinds, separator, ":- .xX");
    add(kinds, known | mark, "\x7F");
    kinds.of[0] = nul;
    return kinds;
}

constexpr Kinds look_kinds = make_kinds();

/// The same for a glance: the kinds of two bytes fit into one.
constexpr std::uint8_t dense = 2;
constexpr std::uint8_t glance_nul = 8;

constexpr Kinds make_glance_kinds(unsigned shift) {
    Kinds kinds{};
    add(kinds, digit | dense, "0123456789abcdefABCDEF");
    add(kinds, dense, "IiLlOo:- .xX");
    add(kinds, mark, ".*xX<&#wWsShH[](){}");
    add(kinds, dense | mark, "\x7F");
    kinds.of[0] = glance_nul;
    for (std::uint8_t& of : kinds.of) of = static_cast<std::uint8_t>(of << shift);
    return kinds;
}

constexpr Kinds first_glance_kinds = make_glance_kinds(0);
constexpr Kinds second_glance_kinds = make_glance_kinds(4);

__m512i load(const void* from) {
    return _mm512_loadu_si512(from);
}

__m512i repeat(int byte) {
    return _mm512_set1_epi8(static_cast<char>(byte));
}

__m512i first_four_bytes(int byte) {
    return _mm512_maskz_mov_epi8(0xF, repeat(byte));
}

__m512i look_up(const Kinds& kinds, __m512i in) {
    const __m512i index = _mm512_min_epu8(in, repeat(0x7F));
    return _mm512_permutex2var_epi8(load(kinds.of), index, load(kinds.of + 64));
}

__m512i kinds_of(__m512i in) {
    return look_up(look_kinds, in);
}

__m512i any_of(__m512i one, __m512i another, __m512i third) {
    return _mm512_ternarylogic_epi64(one, another, third, 0xFE);
}

/// Of each 8 bytes the bits of a kind side by side, the last one lowest; a byte for each kind.
__m512i sort_by_kind(__m512i kinds_of_bytes) {
    constexpr std::int64_t selected = digit | known << 8 | mark << 16 | separator << 24;
    return _mm512_gf2p8affine_epi64_epi8(_mm512_set1_epi64(selected), kinds_of_bytes, 0);
}

__m512i reverse_bits_of_bytes(__m512i bytes) {
    constexpr auto mirror = static_cast<std::int64_t>(0x8040201008040201);
    return _mm512_gf2p8affine_epi64_epi8(bytes, _mm512_set1_epi64(mirror), 0);
}

struct Places {
    alignas(64) std::uint8_t of[64];
};

/// Where what two blocks have of the first kind stands, of the second one, and so on.
constexpr Places make_by_kind() {
    Places places{};
    for (unsigned i = 0; i < 64; ++i) {
        const unsigned kind = i / 16;
        const unsigned second = i / 8 % 2;
        places.of[i] = static_cast<std::uint8_t>(second * 64 + i % 8 * 8 + kind);
    }
    return places;
}

constexpr Places by_kind = make_by_kind();

/// Where what two blocks have of each kind of a glance stands, by kinds.
constexpr Places make_by_glance_kind() {
    Places places{};
    for (unsigned i = 0; i < 64; ++i) {
        const unsigned kind = i / 16;
        const unsigned second = i / 8 % 2;
        places.of[i] = static_cast<std::uint8_t>(i % 8 * 8 + second * 4 + kind);
    }
    return places;
}

constexpr Places by_glance_kind = make_by_glance_kind();

constexpr Places make_all_places() {
    Places places{};
    for (unsigned i = 0; i < 64; ++i) places.of[i] = static_cast<std::uint8_t>(i);
    return places;
}

constexpr Places all_places = make_all_places();

struct Avx512 {
    LIBBLOCK_VECTORS(64);

    static BlockMasks masks(const char* block) {
        const __m512i found = kinds_of(load(block));
        return {_mm512_test_epi8_mask(found, repeat(digit)),
                _mm512_test_epi8_mask(found, repeat(known)),
                _mm512_test_epi8_mask(found, repeat(mark)),
                _mm512_test_epi8_mask(found, repeat(separator))};
    }

    /// The same for 8 blocks, without mask registers: to get out of one takes longer than all of
    /// this.
    static void group_masks(const char* group, GroupMasks& masks) {
        __m512i two[4];
        __m512i all = _mm512_setzero_si512();
        for (unsigned i = 0; i < 4; ++i) {
            const __m512i first = kinds_of(load(group + 128 * i));
            const __m512i second = kinds_of(load(group + 128 * i + 64));
            all = any_of(all, first, second);
            two[i] = _mm512_permutex2var_epi8(sort_by_kind(first), load(by_kind.of),
                                              sort_by_kind(second));
        }
        const __m512i nul_of_four = first_four_bytes(nul);
        masks.nuls = _mm512_test_epi8_mask(all, nul_of_four) != 0;
        const __m512i lower = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
        const __m512i upper = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
        const __m512i digits_known = _mm512_permutex2var_epi64(two[0], lower, two[1]);
        const __m512i marks_others = _mm512_permutex2var_epi64(two[0], upper, two[1]);
        const __m512i more_digits_known = _mm512_permutex2var_epi64(two[2], lower, two[3]);
        const __m512i more_marks_others = _mm512_permutex2var_epi64(two[2], upper, two[3]);
        constexpr int lower_halves = 0x44;
        constexpr int upper_halves = 0xEE;
        put(_mm512_shuffle_i64x2(digits_known, more_digits_known, lower_halves), masks.digits);
        put(_mm512_shuffle_i64x2(digits_known, more_digits_known, upper_halves), masks.known);
        put(_mm512_shuffle_i64x2(marks_others, more_marks_others, lower_halves), masks.marks);
        put(_mm512_shuffle_i64x2(marks_others, more_marks_others, upper_halves), masks.separators);
    }

    static void group_glance(const char* group, GroupGlance& glance) {
        __m512i two[4];
        __m512i all = _mm512_setzero_si512();
        for (unsigned i = 0; i < 4; ++i) {
            const __m512i both =
                _mm512_or_si512(look_up(first_glance_kinds, load(group + 128 * i)),
                                look_up(second_glance_kinds, load(group + 128 * i + 64)));
            all = _mm512_or_si512(all, both);
            const __m512i sorted = _mm512_gf2p8affine_epi64_epi8(
                _mm512_set1_epi64(static_cast<std::int64_t>(0x8040201008040201)), both, 0);
            two[i] = _mm512_permutexvar_epi8(load(by_glance_kind.of), sorted);
        }
        const __m512i nul_of_four = first_four_bytes(glance_nul | glance_nul << 4);
        glance.nuls = _mm512_test_epi8_mask(all, nul_of_four) != 0;
        constexpr int lower_halves = 0x44;
        constexpr int upper_halves = 0xEE;
        constexpr int even = 0x88;
        constexpr int odd = 0xDD;
        const __m512i first = _mm512_shuffle_i64x2(two[0], two[1], lower_halves);
        const __m512i second = _mm512_shuffle_i64x2(two[2], two[3], lower_halves);
        const __m512i first_marks = _mm512_shuffle_i64x2(two[0], two[1], upper_halves);
        const __m512i second_marks = _mm512_shuffle_i64x2(two[2], two[3], upper_halves);
        put(_mm512_shuffle_i64x2(first, second, even), glance.digits);
        put(_mm512_shuffle_i64x2(first, second, odd), glance.dense);
        put(_mm512_shuffle_i64x2(first_marks, second_marks, even), glance.marks);
    }

    static void put(__m512i reversed, std::uint64_t* mask) {
        _mm512_store_si512(mask, reverse_bits_of_bytes(reversed));
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        const __m512i in = load(digits);
        const __m512i found = kinds_of(in);
        const __mmask64 valid = _mm512_test_epi8_mask(found, repeat(digit));
        // A letter has bit 6, and 9 more than its lower four bits.
        const __m512i letter = _mm512_and_si512(_mm512_srli_epi16(in, 6), repeat(1));
        const __m512i nine = _mm512_or_si512(letter, _mm512_slli_epi16(letter, 3));
        const __m512i values = _mm512_add_epi8(_mm512_and_si512(in, repeat(15)), nine);
        const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes), _mm512_cvtepi16_epi8(pairs));
        return valid == ~__mmask64{0};
    }

    static Words moved_up(Words words, Words before) {
        return Words(_mm512_alignr_epi64(__m512i(words), __m512i(before), 7));
    }

    template <unsigned By>
    static Words joined(Words here, Words before) {
        return Words(_mm512_shldi_epi64(__m512i(here), __m512i(before), By));
    }

    static bool has_bits(Words words) {
        return _mm512_test_epi64_mask(__m512i(words), __m512i(words)) != 0;
    }

    static std::uint64_t full_bytes(Words words) {
        return _mm512_cmpeq_epi8_mask(__m512i(words), repeat(0xFF));
    }

    static void put_places(std::uint64_t bits, std::size_t base, std::uint32_t* places) {
        const __m512i found = _mm512_maskz_compress_epi8(bits, load(all_places.of));
        const __m256i wide = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(found));
        const __m256i moved = _mm256_add_epi32(wide, _mm256_set1_epi32(static_cast<int>(base)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(places), moved);
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
