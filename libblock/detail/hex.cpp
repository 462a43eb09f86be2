#include "libblock/detail/hex.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace libblock::detail {

constexpr std::size_t byte_count = 32;
constexpr int letter_gap = 'a' - '0' - 10;

// Loops that compilers can turn into vector instructions.
namespace portable {

bool decode_hex64(const char* digits, std::uint8_t* bytes) noexcept {
    std::array<std::uint8_t, 2 * byte_count> values{};
    std::uint8_t invalid = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto number = static_cast<std::uint8_t>(digits[i] - '0');
        const auto letter = static_cast<std::uint8_t>((digits[i] | 0x20) - 'a');
        const std::uint8_t is_number = number < 10 ? 0xff : 0;
        const std::uint8_t is_letter = letter < 6 ? 0xff : 0;
        values[i] = static_cast<std::uint8_t>((number & is_number) | ((letter + 10) & is_letter));
        invalid |= static_cast<std::uint8_t>(~(is_number | is_letter));
    }
    for (std::size_t i = 0; i < byte_count; ++i) {
        bytes[i] = static_cast<std::uint8_t>(values[2 * i] << 4 | values[2 * i + 1]);
    }
    return invalid == 0;
}

void encode_hex64(const std::uint8_t* bytes, char* digits) noexcept {
    const auto digit = [](int value) {
        return static_cast<char>(value + '0' + (value > 9 ? letter_gap : 0));
    };
    for (std::size_t i = 0; i < byte_count; ++i) {
        digits[2 * i] = digit(bytes[i] >> 4);
        digits[2 * i + 1] = digit(bytes[i] & 0xf);
    }
}

}  // namespace portable

#ifdef __SSE2__

namespace {

__m128i all(int value) noexcept {
    return _mm_set1_epi8(static_cast<char>(value));
}

/// 0xff where an unsigned byte is at most `most`.
__m128i at_most(__m128i bytes, int most) noexcept {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, all(most)), bytes);
}

/// The values of 16 digits in pairs: of each 16 bits the lower byte. `valid` stays 0xff where all
/// bytes so far were digits.
__m128i decode_pairs(const char* digits, __m128i& valid) noexcept {
    const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(digits));
    const __m128i number = _mm_sub_epi8(text, all('0'));
    const __m128i letter = _mm_sub_epi8(_mm_or_si128(text, all(0x20)), all('a'));
    const __m128i is_number = at_most(number, 9);
    const __m128i is_letter = at_most(letter, 5);
    valid = _mm_and_si128(valid, _mm_or_si128(is_number, is_letter));
    const __m128i values = _mm_or_si128(_mm_and_si128(number, is_number),
                                        _mm_and_si128(_mm_add_epi8(letter, all(10)), is_letter));
    const __m128i pairs = _mm_or_si128(_mm_slli_epi16(values, 4), _mm_srli_epi16(values, 8));
    return _mm_and_si128(pairs, _mm_set1_epi16(0xff));
}

__m128i digits_of(__m128i values) noexcept {
    const __m128i gap = _mm_andnot_si128(at_most(values, 9), all(letter_gap));
    return _mm_add_epi8(_mm_add_epi8(values, all('0')), gap);
}

}  // namespace

bool decode_hex64(const char* digits, std::uint8_t* bytes) noexcept {
    __m128i valid = all(0xff);
    for (std::size_t i = 0; i < byte_count; i += 16) {
        const __m128i low = decode_pairs(digits + 2 * i, valid);
        const __m128i high = decode_pairs(digits + 2 * i + 16, valid);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes + i), _mm_packus_epi16(low, high));
    }
    return _mm_movemask_epi8(valid) == 0xffff;
}

void encode_hex64(const std::uint8_t* bytes, char* digits) noexcept {
    for (std::size_t i = 0; i < byte_count; i += 16) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
        const __m128i high = digits_of(_mm_and_si128(_mm_srli_epi16(block, 4), all(0xf)));
        const __m128i low = digits_of(_mm_and_si128(block, all(0xf)));
        auto* out = reinterpret_cast<__m128i*>(digits + 2 * i);
        _mm_storeu_si128(out, _mm_unpacklo_epi8(high, low));
        _mm_storeu_si128(out + 1, _mm_unpackhi_epi8(high, low));
    }
}

#else

bool decode_hex64(const char* digits, std::uint8_t* bytes) noexcept {
    return portable::decode_hex64(digits, bytes);
}

void encode_hex64(const std::uint8_t* bytes, char* digits) noexcept {
    portable::encode_hex64(bytes, digits);
}

#endif

}  // namespace libblock::detail
