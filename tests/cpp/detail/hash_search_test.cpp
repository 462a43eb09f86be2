#include "libblock/detail/hash_search.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include "digests.hpp"
#include "libblock/detail/hash_sort.hpp"
#include "support.hpp"

using namespace libblock;
using libblock::test::random_digests;

TEST_CASE("what is there is found, and nothing else") {
    std::mt19937_64 random(6);
    for (const std::size_t shared : {0, 7, 8}) {
        for (const std::size_t count : {0, 1, 2, 3, 31, 32, 33, 1000}) {
            CAPTURE(shared);
            CAPTURE(count);
            const auto known = random_digests(random, count, shared);
            auto sorted = known;
            detail::sort_unique(sorted);
            auto asked = random_digests(random, 100, shared);
            asked.insert(asked.end(), known.begin(), known.end());
            const auto found = std::make_unique<bool[]>(asked.size());
            detail::contains_all(sorted, asked, std::span(found.get(), asked.size()));
            std::size_t wrong = 0;
            for (std::size_t i = 0; i < asked.size(); ++i) {
                wrong += found[i] != (i >= 100);
                wrong += detail::contains(sorted, asked[i]) != (i >= 100);
            }
            CHECK(wrong == 0);
        }
    }
}
