#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "libblock/detail/scan_kernel_loops.hpp"

// std::array would bring shared functions.
// NOLINTBEGIN(modernize-avoid-c-arrays)
namespace libblock::detail {
namespace {

/// The kinds of bytes, a bit for each.
constexpr std::uint8_t digit = 1;
constexpr std::uint8_t known = 2;
constexpr std::uint8_t mark = 4;
constexpr std::uint8_t separator = 8;

constexpr std::uint8_t dense = 2;  ///< for a glance, instead of known and separators

/// The kinds of ASCII bytes; the last one stands for all from 0x7F on.
struct Kinds {
    alignas(64) std::uint8_t of[128];
};

constexpr void add(Kinds& kinds, int kind, const char* bytes) {
    for (; *bytes != 0; ++bytes) {
        kinds.of[static_cast<unsigned char>(*bytes)] |= static_cast<std::uint8_t>(kind);
    }
}

constexpr Kinds make_kinds(unsigned shift) {
    Kinds kinds{};
    add(kinds, (digit | known) << shift, "0123456789abcdefABCDEF");
    add(kinds, known << shift, "IiLlOo");
    add(kinds, mark << shift, ".*xX<&#wWsShH[](){}");
    add(kinds, separator << shift, ":- .xX");
    add(kinds, (known | mark) << shift, "\x7F");
    return kinds;
}

constexpr Kinds make_glance_kinds(unsigned shift) {
    Kinds kinds{};
    add(kinds, (digit | dense) << shift, "0123456789abcdefABCDEF");
    add(kinds, dense << shift, "IiLlOo:- .xX");
    add(kinds, mark << shift, ".*xX<&#wWsShH[](){}");
    add(kinds, (dense | mark) << shift, "\x7F");
    return kinds;
}

/// The kinds of the first one of two bytes, and of the second one, which stand in one.
struct PairKinds {
    Kinds first;
    Kinds second;
};

constexpr PairKinds look_kinds{make_kinds(0), make_kinds(4)};
constexpr PairKinds glance_kinds{make_glance_kinds(0), make_glance_kinds(4)};

/// The values of digits; the highest bit for all other ASCII bytes.
constexpr Kinds make_digit_values() {
    Kinds values{};
    for (std::uint8_t& value : values.of) value = 0x80;
    for (unsigned i = 0; i < 16; ++i) {
        const auto value = static_cast<std::uint8_t>(i);
        values.of[static_cast<unsigned char>("0123456789abcdef"[i])] = value;
        values.of[static_cast<unsigned char>("0123456789ABCDEF"[i])] = value;
    }
    return values;
}

constexpr Kinds digit_values = make_digit_values();

struct Places {
    alignas(64) std::uint8_t of[64];
};

/// Where what two blocks have of the first kind stands, of the second one, and so on.
constexpr Places make_by_kind() {
    Places places{};
    for (unsigned i = 0; i < 64; ++i) {
        const unsigned kind = i / 16;
        const unsigned second = i / 8 % 2;
        places.of[i] = static_cast<std::uint8_t>(i % 8 * 8 + second * 4 + kind);
    }
    return places;
}

constexpr Places by_kind = make_by_kind();

constexpr Places make_all_places() {
    Places places{};
    for (unsigned i = 0; i < 64; ++i) places.of[i] = static_cast<std::uint8_t>(i);
    return places;
}

constexpr Places all_places = make_all_places();

__m512i load(const void* from) {
    return _mm512_loadu_si512(from);
}

__m512i repeat(int byte) {
    return _mm512_set1_epi8(static_cast<char>(byte));
}

__m128i first_bytes(__m512i in) {
    return _mm512_castsi512_si128(in);
}

__m512i look_up(const Kinds& kinds, __m512i in) {
    const __m512i index = _mm512_min_epu8(in, repeat(0x7F));
    return _mm512_permutex2var_epi8(load(kinds.of), index, load(kinds.of + 64));
}

__m512i kinds_of(__m512i in) {
    return look_up(look_kinds.first, in);
}

constexpr auto each_bit = static_cast<std::int64_t>(0x8040201008040201);

/// Of each 8 bytes the bits of each kind side by side, the last one lowest.
__m512i sort_by_kind(__m512i kinds) {
    return _mm512_gf2p8affine_epi64_epi8(_mm512_set1_epi64(each_bit), kinds, 0);
}

__m512i reverse_bits_of_bytes(__m512i bytes) {
    return _mm512_gf2p8affine_epi64_epi8(bytes, _mm512_set1_epi64(each_bit), 0);
}

constexpr int lower_halves = 0x44;
constexpr int upper_halves = 0xEE;
constexpr int even_quarters = 0x88;
constexpr int odd_quarters = 0xDD;

/// What a group has of each kind; the bits of each byte in reverse.
struct ByKind {
    __m512i two[4];  ///< of two blocks each: a quarter for each kind
    bool nuls;       ///< as of `GroupMasks`

    __m512i first() const { return quarters<lower_halves, even_quarters>(); }
    __m512i second() const { return quarters<lower_halves, odd_quarters>(); }
    __m512i third() const { return quarters<upper_halves, even_quarters>(); }
    __m512i fourth() const { return quarters<upper_halves, odd_quarters>(); }

    template <int Halves, int Quarters>
    __m512i quarters() const {
        return _mm512_shuffle_i64x2(_mm512_shuffle_i64x2(two[0], two[1], Halves),
                                    _mm512_shuffle_i64x2(two[2], two[3], Halves), Quarters);
    }
};

/// Without mask registers: to get out of one takes longer than all of this.
ByKind read_by_kind(const PairKinds& kinds, const char* group) {
    ByKind result;
    __m128i least = _mm_set1_epi8(1);
    for (unsigned i = 0; i < 4; ++i) {
        const __m512i first = load(group + 128 * i);
        const __m512i second = load(group + 128 * i + 64);
        least = _mm_min_epu8(least, _mm_min_epu8(first_bytes(first), first_bytes(second)));
        const __m512i both =
            _mm512_or_si512(look_up(kinds.first, first), look_up(kinds.second, second));
        result.two[i] = _mm512_permutexvar_epi8(load(by_kind.of), sort_by_kind(both));
    }
    constexpr unsigned first_four = 0xF;
    result.nuls = (_mm_testn_epi8_mask(least, least) & first_four) != 0;
    return result;
}

struct Avx512 {
    LIBBLOCK_VECTORS(64);

    static BlockMasks masks(const char* block) {
        const __m512i found = kinds_of(load(block));
        return {_mm512_test_epi8_mask(found, repeat(digit)),
                _mm512_test_epi8_mask(found, repeat(known)),
                _mm512_test_epi8_mask(found, repeat(mark)),
                _mm512_test_epi8_mask(found, repeat(separator))};
    }

    static void group_masks(const char* group, GroupMasks& masks) {
        const ByKind found = read_by_kind(look_kinds, group);
        put(found.first(), masks.digits);
        put(found.second(), masks.known);
        put(found.third(), masks.marks);
        put(found.fourth(), masks.separators);
        masks.nuls = found.nuls;
    }

    static void group_glance(const char* group, GroupGlance& glance) {
        const ByKind found = read_by_kind(glance_kinds, group);
        put(found.first(), glance.digits);
        put(found.second(), glance.dense);
        put(found.third(), glance.marks);
        glance.nuls = found.nuls;
    }

    static void put(__m512i reversed, std::uint64_t* mask) {
        _mm512_store_si512(mask, reverse_bits_of_bytes(reversed));
    }

    static bool decode(const char* digits, std::uint8_t* bytes) {
        const __m512i in = load(digits);
        const __m512i values =
            _mm512_permutex2var_epi8(load(digit_values.of), in, load(digit_values.of + 64));
        // The lookup leaves the highest bit of a byte out.
        const __mmask64 others = _mm512_movepi8_mask(_mm512_or_si512(values, in));
        const __m512i pairs = _mm512_maddubs_epi16(values, _mm512_set1_epi16(0x0110));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(bytes), _mm512_cvtepi16_epi8(pairs));
        return others == 0;
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

    static std::size_t put_edges(Words runs, bool open, std::size_t base, std::uint32_t* edges) {
        const auto here = __m512i(runs);
        const __m512i first = _mm512_maskz_set1_epi64(0x80, static_cast<std::int64_t>(open) << 63);
        const __m512i before = _mm512_alignr_epi64(here, first, 7);
        const __m512i changes = _mm512_xor_si512(here, _mm512_shldi_epi64(here, before, 1));
        // How many there are up to each block, with its own.
        const __m512i none = _mm512_setzero_si512();
        __m512i counts = _mm512_popcnt_epi64(changes);
        counts = _mm512_add_epi64(counts, _mm512_alignr_epi64(counts, none, 7));
        counts = _mm512_add_epi64(counts, _mm512_alignr_epi64(counts, none, 6));
        counts = _mm512_add_epi64(counts, _mm512_alignr_epi64(counts, none, 4));
        alignas(64) std::uint64_t of[GroupMasks::blocks];
        alignas(64) std::uint64_t until[GroupMasks::blocks];
        _mm512_store_si512(of, changes);
        _mm512_store_si512(until, counts);
        std::size_t count = 0;
        for (std::size_t i = 0; i < GroupMasks::blocks; ++i) {
            put_places(of[i], base + i * ScanKernel::block, edges + count);
            count = until[i];
        }
        return count;
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
