#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "fuzz.hpp"
#include "libblock/error.hpp"
#include "oracle.hpp"

namespace libblock::fuzz {

inline bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = character_bytes(text, at);
        if (bytes == 1 && static_cast<unsigned char>(text[at]) >= 0x80) return false;
        at += bytes;
    }
    return true;
}

/// An error says something that can be shown, about a place that the text has.
inline void check_error(const Error& error, std::string_view text) {
    FUZZ_REQUIRE(!error.message().empty() && is_utf8(error.what()), literal(text));
    FUZZ_REQUIRE(
        error.code() == ErrorCode::InvalidDocument || error.code() == ErrorCode::LimitExceeded ||
            error.code() == ErrorCode::DigestMismatch || error.code() == ErrorCode::FileAccess,
        std::string(error.what()) + literal(text));
    const bool elsewhere = !error.file().empty();
    const auto breaks =
        std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; });
    FUZZ_REQUIRE(elsewhere || error.position().line <= static_cast<std::size_t>(breaks) + 1,
                 std::string(error.what()) + literal(text));
    FUZZ_REQUIRE(elsewhere || error.position().column <= text.size() + 1,
                 std::string(error.what()) + literal(text));
}

/// What `parse` gives, or nothing if it refuses the text as it should.
template <typename Parse>
auto parsed(std::string_view text, Parse parse) -> std::optional<decltype(parse(text))> {
    try {
        return parse(text);
    } catch (const Error& error) {
        check_error(error, text);
        return std::nullopt;
    }
}

}  // namespace libblock::fuzz
