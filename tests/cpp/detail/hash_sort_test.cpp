#include "libblock/detail/hash_sort.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "digests.hpp"
#include "support.hpp"

using namespace libblock;
using libblock::test::random_digests;

namespace {

void check_sort(std::vector<Sha256> digests) {
    auto expected = digests;
    std::sort(expected.begin(), expected.end());
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    detail::sort_unique(digests);
    CHECK((digests == expected));
}

}  // namespace

TEST_CASE("digests of any number are sorted, and repeats dropped") {
    std::mt19937_64 random(1);
    for (const std::size_t count : {0, 1, 2, 255, 256, 257, 8192, 8193, 60'000}) {
        CAPTURE(count);
        auto digests = random_digests(random, count);
        check_sort(digests);
        for (std::size_t i = 0; i < count / 10; ++i) digests[random() % count] = digests[i];
        check_sort(digests);
        std::sort(digests.begin(), digests.end());
        check_sort(digests);
        std::reverse(digests.begin(), digests.end());
        check_sort(digests);
    }
}

TEST_CASE("digests that no hash function makes are sorted too") {
    std::mt19937_64 random(2);
    for (const std::size_t shared : {1, 3, 6, 7, 8, 9, 31, 32}) {
        for (const std::size_t count : {300, 5000, 40'000}) {
            CAPTURE(shared);
            CAPTURE(count);
            check_sort(random_digests(random, count, shared));
            check_sort(random_digests(random, count, shared, 2));
        }
    }
    // One crowded place among digests that are spread well.
    auto digests = random_digests(random, 40'000);
    const auto crowd = random_digests(random, 40'000, 6);
    digests.insert(digests.end(), crowd.begin(), crowd.end());
    check_sort(digests);
    check_sort(std::vector<Sha256>(50'000, digests[0]));
}
