#include "libblock/detail/index_format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "support.hpp"

using namespace libblock;
using detail::BlockView;

TEST_CASE("the candidates of a block are those of the fingerprint") {
    std::mt19937_64 random(1);
    for (const std::uint32_t least : {0U, 1U, 0x7ffeU, 0xfffdU}) {
        for (std::size_t count = 0; count <= detail::block_fingerprints; ++count) {
            std::vector<std::uint16_t> fingerprints(count);
            for (auto& each : fingerprints) {
                each = static_cast<std::uint16_t>(least + random() % 3);
            }
            // The place must not be taken for a fingerprint, whatever it is.
            const std::uint64_t first = random() % 2 == 0 ? BlockView::max_first : least;
            const auto block = detail::encode_block(first, count, fingerprints);
            const BlockView view(block.data());
            CHECK(view.first() == first);
            CHECK(view.count() == count);
            CHECK(view.has_fingerprints());
            for (std::uint32_t asked = 0; asked <= 0xffff; asked += asked % 5 == 0 ? 1 : 13) {
                std::uint32_t expected = 0;
                for (std::size_t i = 0; i < count; ++i) {
                    expected |= std::uint32_t{fingerprints[i] == asked} << i;
                }
                const auto found = view.candidates(static_cast<std::uint16_t>(asked));
                if ((found & expected) != expected || (found != 0 && expected == 0)) {
                    CAPTURE(asked);
                    CHECK(found == expected);
                }
            }
        }
    }
}

TEST_CASE("a block of more than its fingerprints says how many there are") {
    const std::vector<std::uint16_t> fingerprints(detail::block_fingerprints, 7);
    for (const std::uint64_t count : {29, 0xfffe, 0xffff, 0x10000}) {
        const auto block = detail::encode_block(5, count, fingerprints);
        const BlockView view(block.data());
        CHECK_FALSE(view.has_fingerprints());
        CHECK(view.first() == 5);
        CHECK(view.count() == std::min<std::uint64_t>(count, BlockView::max_count));
    }
}

TEST_CASE("keys are spread over the blocks in order, from the first to the last") {
    for (const std::uint64_t blocks :
         {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 32}) {
        CHECK(detail::place_of(0, blocks).block == 0);
        CHECK(detail::place_of(0, blocks).fingerprint == 0);
        CHECK(detail::place_of(UINT64_MAX, blocks).block == blocks - 1);
        CHECK(detail::place_of(UINT64_MAX, blocks).fingerprint == 0xffff);
    }
    // The first keys of the second third and of the last.
    CHECK(detail::place_of(0x5555555555555555, 3).block == 0);
    CHECK(detail::place_of(0x5555555555555556, 3).block == 1);
    CHECK(detail::place_of(0xaaaaaaaaaaaaaaaa, 3).block == 1);
    CHECK(detail::place_of(0xaaaaaaaaaaaaaaab, 3).block == 2);
}
