#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "libblock/extraction.hpp"
#include "libblock/sha256.hpp"

/// Values of 64 digits that are no file's digest.
namespace libblock::detail {

/// With what the SHA-256 of no bytes at all begins.
inline constexpr std::uint8_t first_of_nothing = 0xe3;

/// False for nearly all digests, and for none that `judge_value` rejects. What repeats after 16
/// bytes or less does so after 9 to 16: the bytes 7 and 8 stand again in the second half.
inline bool may_be_placeholder(const Sha256::Bytes& bytes) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::uint64_t seventh = 0;
    std::uint64_t eighth = 0;
    // Neither is read across the halves, which may have just been written one by one.
    std::memcpy(&seventh, bytes.data() + 16, sizeof seventh);
    std::memcpy(&eighth, bytes.data() + 17, sizeof eighth);
    const std::uint64_t others = (seventh ^ ones * bytes[7]) | (eighth ^ ones * bytes[8]);
    const bool again = ((others - ones) & ~others & (ones << 7U)) != 0;
    const bool counts = static_cast<std::uint8_t>(bytes[0] + bytes[2] - 2 * bytes[1]) == 0;
    return again | counts | (bytes[0] == first_of_nothing);
}

/// Why a value is no file's digest: it is that of no bytes, repeats or counts up.
std::optional<RejectionReason> judge_value(const Sha256& sha256) noexcept;

}  // namespace libblock::detail
