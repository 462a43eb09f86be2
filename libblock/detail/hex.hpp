#pragma once

#include <cstdint>

/// Hexadecimal digits, 64 at a time: lists of hashes are little else.
namespace libblock::detail {

/// Decodes 64 hexadecimal digits in either case into 32 bytes. Whether they were that; if not, the
/// bytes mean nothing.
bool decode_hex64(const char* digits, std::uint8_t* bytes) noexcept;

/// Writes 32 bytes as 64 lower-case digits.
void encode_hex64(const std::uint8_t* bytes, char* digits) noexcept;

/// The same for machines without SSE2.
namespace portable {

bool decode_hex64(const char* digits, std::uint8_t* bytes) noexcept;
void encode_hex64(const std::uint8_t* bytes, char* digits) noexcept;

}  // namespace portable

}  // namespace libblock::detail
