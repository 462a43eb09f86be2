#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

#include "libblock/extraction.hpp"
#include "libblock/sha256.hpp"

/// Values of 64 digits that are no file's digest.
namespace libblock::detail {

/// False for nearly all digests, and for none that `judge_value` rejects. What repeats after 16
/// bytes or less does so after 9 to 16: the bytes 7 and 8 stand again in the second half. Of what
/// counts up, the lower digits of a byte stand again 16 bytes on.
inline bool may_be_placeholder(const Sha256::Bytes& bytes) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr auto of_nothing = std::bit_cast<std::uint64_t>(
        std::array<std::uint8_t, 8>{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14});
    std::uint64_t first = 0;
    std::uint64_t seventh = 0;
    std::uint64_t eighth = 0;
    // None is read across the halves, which may have just been written one by one.
    std::memcpy(&first, bytes.data(), sizeof first);
    std::memcpy(&seventh, bytes.data() + 16, sizeof seventh);
    std::memcpy(&eighth, bytes.data() + 17, sizeof eighth);
    const std::uint64_t others = (seventh ^ ones * bytes[7]) | (eighth ^ ones * bytes[8]);
    const bool again = ((others - ones) & ~others & (ones << 7U)) != 0;
    const bool counts = ((first ^ seventh) & ones * 0x0F) == 0;
    return again | counts | (first == of_nothing);
}

/// Why a value is no file's digest: it is that of no bytes, repeats or counts up.
std::optional<RejectionReason> judge_value(const Sha256& sha256) noexcept;

}  // namespace libblock::detail
