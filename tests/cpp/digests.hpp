#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "libblock/sha256.hpp"

/// Digests as hash functions make them, and as only an adversary would.
namespace libblock::test {

/// Random digests whose first `shared` bytes are zeros; the next one has only `values` values.
inline std::vector<Sha256> random_digests(std::mt19937_64& random, std::size_t count,
                                          std::size_t shared = 0, std::uint64_t values = 256) {
    std::vector<Sha256> digests(count);
    for (auto& digest : digests) {
        Sha256::Bytes bytes{};
        for (std::size_t i = shared; i < bytes.size(); i += sizeof(std::uint64_t)) {
            const std::uint64_t word = random();
            std::memcpy(bytes.data() + i, &word, std::min(sizeof word, bytes.size() - i));
        }
        if (shared < bytes.size()) bytes[shared] = static_cast<std::uint8_t>(random() % values);
        digest = Sha256(bytes);
    }
    return digests;
}

}  // namespace libblock::test
