#include "libblock/detail/hex.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;

namespace {

struct Codec {
    bool (*decode)(const char* digits, std::uint8_t* bytes) noexcept;
    void (*encode)(const std::uint8_t* bytes, char* digits) noexcept;
};

constexpr std::array<Codec, 2> codecs{{
    {decode_hex64, encode_hex64},
    {portable::decode_hex64, portable::encode_hex64},
}};

}  // namespace

TEST_CASE("every byte at every place is encoded and decoded") {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const auto& codec : codecs) {
        for (std::size_t first = 0; first < 256; ++first) {
            Sha256::Bytes bytes{};
            std::string expected;
            for (std::size_t i = 0; i < bytes.size(); ++i) {
                bytes[i] = static_cast<std::uint8_t>(first + i);
                expected += {digits[bytes[i] / 16], digits[bytes[i] % 16]};
            }
            std::string text(Sha256::hex_count, ' ');
            codec.encode(bytes.data(), text.data());
            REQUIRE(text == expected);
            Sha256::Bytes decoded{};
            REQUIRE(codec.decode(text.data(), decoded.data()));
            REQUIRE(decoded == bytes);
        }
    }
}

TEST_CASE("exactly the 22 digits are taken, at every place") {
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    for (const auto& codec : codecs) {
        for (std::size_t place = 0; place < Sha256::hex_count; ++place) {
            for (int byte = 0; byte < 256; ++byte) {
                std::string text(Sha256::hex_count, '0');
                text[place] = static_cast<char>(byte);
                Sha256::Bytes bytes{};
                const bool taken = codec.decode(text.data(), bytes.data());
                REQUIRE(taken == (digits.find(static_cast<char>(byte)) != std::string_view::npos));
            }
        }
    }
}
