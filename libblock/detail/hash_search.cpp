#include "libblock/detail/hash_search.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "libblock/detail/digest_key.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t batch_digests = 16;

/// Searches by keys for the first digest that is not less. The loop has no branch that depends on
/// the digests.
void search_batch(std::span<const Sha256> sorted, std::span<const Sha256> digests,
                  std::span<bool> found) noexcept {
    std::array<const Sha256*, batch_digests> at{};
    std::array<std::uint64_t, batch_digests> keys{};
    at.fill(sorted.data());
    for (std::size_t i = 0; i < digests.size(); ++i) keys[i] = key_of(digests[i]);
    for (std::size_t count = sorted.size(); count > 0; count /= 2) {
        const std::size_t half = (count + 1) / 2;
        for (std::size_t i = 0; i < digests.size(); ++i) {
            at[i] += half * static_cast<std::size_t>(key_of(at[i][half - 1]) < keys[i]);
        }
    }
    const Sha256* const end = sorted.data() + sorted.size();
    for (std::size_t i = 0; i < digests.size(); ++i) {
        // More than one digest of the same key is nothing that a hash function makes.
        found[i] = at[i] != end && (*at[i] == digests[i] || (key_of(*at[i]) == keys[i] &&
                                                             contains({at[i], end}, digests[i])));
    }
}

}  // namespace

bool contains(std::span<const Sha256> sorted, const Sha256& digest) noexcept {
    return std::binary_search(sorted.begin(), sorted.end(), digest, key_less);
}

void contains_all(std::span<const Sha256> sorted, std::span<const Sha256> digests,
                  std::span<bool> found) noexcept {
    for (std::size_t begin = 0; begin < digests.size(); begin += batch_digests) {
        const std::size_t count = std::min(batch_digests, digests.size() - begin);
        search_batch(sorted, digests.subspan(begin, count), found.subspan(begin, count));
    }
}

}  // namespace libblock::detail
