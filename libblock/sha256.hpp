#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/enum_text.hpp"

namespace libblock {

/// A SHA-256 digest: 32 bytes, ordered as its hexadecimal text is. Value-initialised it is 32
/// zero bytes.
class Sha256 {
public:
    static constexpr std::size_t byte_count = 32;
    static constexpr std::size_t hex_count = 64;
    using Bytes = std::array<std::uint8_t, byte_count>;

    constexpr Sha256() noexcept = default;
    constexpr explicit Sha256(const Bytes& bytes) noexcept : bytes_(bytes) {}

    /// Reads exactly 64 hexadecimal digits in either case; nothing for any other text.
    static std::optional<Sha256> parse(std::string_view text) noexcept;

    /// 64 lower-case hexadecimal digits.
    std::string to_string() const;

    constexpr const Bytes& bytes() const noexcept { return bytes_; }

    constexpr auto operator<=>(const Sha256&) const noexcept = default;

private:
    Bytes bytes_{};
};

/// What a SHA-256 was taken over. Both kinds are 64 digits, so only this type keeps them apart:
/// a file hash never matches an Authenticode hash.
enum class HashKind : std::uint8_t { File, Authenticode };

template <>
struct EnumTable<HashKind> {
    static constexpr std::array<EnumRow<HashKind>, 2> rows{{
        {HashKind::File, "file", "SHA-256 of the whole file: what advisories publish."},
        {HashKind::Authenticode, "authenticode",
         "SHA-256 of a PE image without checksum and signature: what Windows App Control uses."},
    }};
};

}  // namespace libblock

template <>
struct std::hash<libblock::Sha256> {
    std::size_t operator()(const libblock::Sha256& digest) const noexcept {
        std::size_t head = 0;  // a digest is uniform already: its first bytes are a good hash
        std::memcpy(&head, digest.bytes().data(), sizeof head);
        return head;
    }
};
