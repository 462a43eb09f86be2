#include "libblock/sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace libblock {
namespace {

constexpr std::uint8_t not_hex = 0xff;

constexpr std::array<std::uint8_t, 256> hex_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_hex);
    for (std::uint8_t digit = 0; digit < 10; ++digit) values['0' + digit] = digit;
    for (std::uint8_t letter = 0; letter < 6; ++letter) {
        values['a' + letter] = values['A' + letter] = static_cast<std::uint8_t>(10 + letter);
    }
    return values;
}();

constexpr std::uint8_t hex_value(char digit) noexcept {
    return hex_values[static_cast<unsigned char>(digit)];
}

}  // namespace

std::optional<Sha256> Sha256::parse(std::string_view text) noexcept {
    if (text.size() != hex_count) return std::nullopt;
    Bytes bytes{};
    for (std::size_t i = 0; i < byte_count; ++i) {
        const std::uint8_t high = hex_value(text[2 * i]);
        const std::uint8_t low = hex_value(text[2 * i + 1]);
        if (high == not_hex || low == not_hex) return std::nullopt;
        bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return Sha256(bytes);
}

std::string Sha256::to_string() const {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(hex_count, '\0');
    for (std::size_t i = 0; i < byte_count; ++i) {
        text[2 * i] = digits[bytes_[i] >> 4];
        text[2 * i + 1] = digits[bytes_[i] & 0xf];
    }
    return text;
}

}  // namespace libblock
