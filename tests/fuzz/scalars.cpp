// Any bytes as a digest, a time, a number of an enum's table or plain text.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "fuzz.hpp"
#include "libblock/detail/hex.hpp"
#include "libblock/detail/suggest.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/yaml_reader.hpp"
#include "libblock/extraction.hpp"
#include "libblock/sha256.hpp"
#include "libblock/timestamp.hpp"
#include "oracle.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

int value_of(char digit) {
    return static_cast<int>(std::string_view("0123456789abcdef").find(lower({&digit, 1})));
}

void check_digest(std::string_view text) {
    const bool valid = text.size() == 64 && std::all_of(text.begin(), text.end(), is_hex);
    const auto digest = Sha256::parse(text);
    FUZZ_REQUIRE(digest.has_value() == valid, literal(text));
    if (valid) FUZZ_REQUIRE(digest->to_string() == lower(text), literal(text));
}

/// 64 bytes that are digits but for one or two of them.
void check_hex(std::string_view text) {
    std::string digits(64, '0');
    bool valid = true;
    for (std::size_t i = 0; i < std::min<std::size_t>(64, text.size()); ++i) {
        const bool changed = i == 5 || i == 5 + text.size() % 59;
        digits[i] =
            changed ? text[i] : "0123456789abcdefABCDEF"[static_cast<unsigned char>(text[i]) % 22];
        valid = valid && is_hex(digits[i]);
    }
    Sha256::Bytes fast{};
    Sha256::Bytes portable{};
    FUZZ_REQUIRE(detail::decode_hex64(digits.data(), fast.data()) == valid, literal(digits));
    FUZZ_REQUIRE(detail::portable::decode_hex64(digits.data(), portable.data()) == valid,
                 literal(digits));
    if (!valid) return;
    for (std::size_t i = 0; i < 32; ++i) {
        const int byte = value_of(digits[2 * i]) * 16 + value_of(digits[2 * i + 1]);
        FUZZ_REQUIRE(fast[i] == byte && portable[i] == byte, literal(digits));
    }
    std::array<char, 64> encoded{};
    detail::encode_hex64(fast.data(), encoded.data());
    FUZZ_REQUIRE(std::string_view(encoded.data(), 64) == lower(digits), literal(digits));
    detail::portable::encode_hex64(fast.data(), encoded.data());
    FUZZ_REQUIRE(std::string_view(encoded.data(), 64) == lower(digits), literal(digits));
}

void check_time(std::string_view text) {
    const auto time = parse_timestamp(text);
    if (time) FUZZ_REQUIRE(to_string(*time) == text, literal(text));
}

/// Each second of the years that can be written is written and read.
void check_second(std::string_view text) {
    constexpr std::int64_t last = 253'402'300'799;  // 9999-12-31T23:59:59Z
    std::uint64_t number = 0;
    for (const char c : text.substr(0, 8)) number = number << 8 | static_cast<unsigned char>(c);
    const Timestamp time{std::chrono::seconds(static_cast<std::int64_t>(number % (last + 1)))};
    FUZZ_REQUIRE(parse_timestamp(to_string(time)) == time, to_string(time));
}

void check_characters(std::string_view text) {
    std::size_t invalid = text.npos;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = character_bytes(text, at);
        const bool valid = bytes > 1 || static_cast<unsigned char>(text[at]) < 0x80;
        const detail::Character character = detail::character_at(text, at);
        FUZZ_REQUIRE(character.bytes == bytes && character.valid() == valid, literal(text));
        if (!valid) invalid = std::min(invalid, at);
        at += bytes;
    }
    FUZZ_REQUIRE(detail::find_invalid_utf8(text) == invalid, literal(text));
    const std::string quoted = detail::quote(text);
    FUZZ_REQUIRE(is_utf8(quoted) && quoted.find('\n') == quoted.npos, literal(text));
}

void check_row(std::string_view text) {
    const auto reason = from_string<RejectionReason>(text);
    if (reason) FUZZ_REQUIRE(to_string(*reason) == text, literal(text));
    constexpr std::array<std::string_view, 3> choices{"equals", "contains", "starts_with"};
    FUZZ_REQUIRE(is_utf8(detail::did_you_mean(text, choices)), literal(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    check_digest(text);
    check_hex(text);
    check_time(text);
    check_second(text);
    check_characters(text);
    check_row(text);
    parsed(text, detail::parse_yaml);
    return 0;
}
