#include "libblock/detail/placeholder.hpp"

#include <cstddef>

namespace libblock::detail {
namespace {

constexpr Sha256 of_nothing(Sha256::Bytes{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
                                          0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
                                          0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
                                          0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55});

/// Whether the bytes repeat after 16 or less: digests do not.
bool repeats(const Sha256::Bytes& bytes) noexcept {
    for (std::size_t period = 1; period <= bytes.size() / 2; ++period) {
        if (std::memcmp(bytes.data(), bytes.data() + period, bytes.size() - period) == 0) {
            return true;
        }
    }
    return false;
}

/// Whether each byte is as much more than the one before it, as in `00010203...`.
bool counts_up(const Sha256::Bytes& bytes) noexcept {
    const auto step = [&](std::size_t i) {
        return static_cast<std::uint8_t>(bytes[i] - bytes[i - 1]);
    };
    std::size_t i = 2;
    while (i < bytes.size() && step(i) == step(1)) ++i;
    return i == bytes.size();
}

}  // namespace

std::optional<RejectionReason> judge_value(const Sha256& sha256) noexcept {
    if (sha256 == of_nothing) return RejectionReason::EmptyFile;
    if (repeats(sha256.bytes()) || counts_up(sha256.bytes())) return RejectionReason::Placeholder;
    return std::nullopt;
}

}  // namespace libblock::detail
