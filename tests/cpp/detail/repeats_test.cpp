#include "libblock/detail/repeats.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>

#include "../support.hpp"

using namespace libblock;
using namespace libblock::detail;

namespace {

/// A digest whose first 8 bytes are of one of `heads` values, its last one of `tails`.
Sha256 random_digest(std::mt19937& engine, std::size_t heads, std::size_t tails) {
    std::array<std::uint8_t, 32> bytes{};
    const std::size_t head = engine() % heads;
    for (std::size_t i = 0; i < 4; ++i) {
        bytes[i] = static_cast<std::uint8_t>(head * 0x9e3779b97f4a7c15 >> (56 - 8 * i));
    }
    bytes[31] = static_cast<std::uint8_t>(engine() % tails);
    return Sha256(bytes);
}

/// One after the other, as they are read.
Extraction part_slowly(const Candidates& all) {
    Extraction parted;
    std::map<std::pair<Sha256, HashKind>, std::size_t> first;
    for (const Candidate& candidate : all) {
        const auto [known, is_new] =
            first.try_emplace({candidate.sha256, candidate.kind}, parted.accepted.size());
        if (is_new) {
            parted.accepted.push_back(candidate);
        } else {
            parted.duplicates.push_back({candidate.sha256, candidate.place, known->second});
        }
    }
    return parted;
}

void check_all(std::size_t count, std::size_t heads, std::size_t tails) {
    CAPTURE(count);
    CAPTURE(heads);
    CAPTURE(tails);
    std::mt19937 engine(static_cast<unsigned>(count + heads));
    Extraction extraction;
    for (std::size_t i = 0; i < count; ++i) {
        const HashKind kind = engine() % 4 == 0 ? HashKind::Authenticode : HashKind::File;
        const TextPlace place{static_cast<std::uint32_t>(i + 1), 1, 65 * i};
        extraction.accepted.push_back(random_digest(engine, heads, tails), kind, place, {});
    }
    const Extraction expected = part_slowly(extraction.accepted);
    part_repeats(extraction);
    CHECK(extraction == expected);
}

}  // namespace

TEST_CASE("repeats are parted from first appearances, in the order of the text") {
    for (const std::size_t count : {0, 1, 2, 3, 64, 65, 1000, 20'000}) {
        check_all(count, 1'000'000, 1);
        check_all(count, 1 + count / 2, 1);
        check_all(count, 3, 1);
    }
}

TEST_CASE("digests that begin alike are told apart") {
    for (const std::size_t count : {2, 65, 1000, 20'000}) {
        check_all(count, 1, 256);
        check_all(count, 1 + count / 20, 3);
    }
}

TEST_CASE("repeats are found among more digests than are sorted at once") {
    check_all(1'200'000, 300'000, 1);
}
