#pragma once

#include <cstdint>
#include <string_view>

/// What readers of YAML take a scalar without quotes for.
namespace libblock::detail {

enum class PlainType : std::uint8_t { Text, Null, Boolean, Number };

/// What the core schema of YAML 1.2 takes it for.
PlainType plain_type(std::string_view text) noexcept;

/// Whether every reader, of YAML 1.1 or 1.2, takes it for this very text. Says no rather once too
/// often: a text in quotes is never wrong.
bool is_safe_plain(std::string_view text) noexcept;

}  // namespace libblock::detail
