#include "libblock/detail/hash_algebra.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <vector>

#include "digests.hpp"
#include "libblock/detail/hash_sort.hpp"
#include "support.hpp"

using namespace libblock;
using libblock::test::random_digests;

namespace {

using Digests = std::vector<Sha256>;

Digests sorted(Digests digests) {
    detail::sort_unique(digests);
    return digests;
}

Digests joined(Digests digests, const Digests& others) {
    digests.insert(digests.end(), others.begin(), others.end());
    return sorted(std::move(digests));
}

template <typename Algorithm>
Digests expect(const Digests& left, const Digests& right, Algorithm algorithm) {
    Digests result;
    algorithm(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(result));
    return result;
}

void check_algebra(const Digests& left, const Digests& right) {
    CAPTURE(left.size());
    CAPTURE(right.size());
    const auto both = expect(left, right, [](auto... a) { std::set_union(a...); });
    const auto common = expect(left, right, [](auto... a) { std::set_intersection(a...); });
    const auto rest = expect(left, right, [](auto... a) { std::set_difference(a...); });
    const auto one = expect(left, right, [](auto... a) { std::set_symmetric_difference(a...); });
    CHECK((detail::set_union(left, right, Digests(both.size() / 2)) == both));
    CHECK((detail::set_intersection(left, right, Digests(right.size() + 3)) == common));
    CHECK((detail::set_difference(left, right, Digests(left.size() + 3)) == rest));
    CHECK((detail::set_union(left, right) == both));
    CHECK((detail::set_intersection(left, right) == common));
    CHECK((detail::set_difference(left, right) == rest));
    CHECK((detail::set_symmetric_difference(left, right) == one));
    CHECK(detail::includes(left, right) == (common.size() == right.size()));
    CHECK(detail::includes(both, left));
    CHECK(detail::includes(right, common));
}

}  // namespace

TEST_CASE("the algebra of large sets is that of the standard library") {
    std::mt19937_64 random(3);
    for (const std::size_t count : {0, 1, 7, 16'383, 16'384, 16'385, 150'000}) {
        for (const std::size_t other : {0, 1, 100, 60'000}) {
            const auto common = random_digests(random, count / 2);
            const auto left = joined(random_digests(random, count - count / 2), common);
            const auto right = joined(random_digests(random, other), common);
            check_algebra(left, right);
            check_algebra(right, left);
        }
    }
}

TEST_CASE("sets that lie beside each other or are the same") {
    std::mt19937_64 random(4);
    const auto set = sorted(random_digests(random, 20'000));
    check_algebra(set, set);
    const Digests low(set.begin(), set.begin() + 12'000);
    const Digests high(set.begin() + 8'000, set.end());
    check_algebra(low, high);
    check_algebra(high, low);
}

TEST_CASE("one tie of keys among many digests does not go unnoticed") {
    std::mt19937_64 random(15);
    const auto common = random_digests(random, 100'000);
    for (int i = 0; i < 50; ++i) {
        auto left = sorted(random_digests(random, 1000));
        auto right = left;
        Sha256::Bytes bytes = left[random() % left.size()].bytes();
        bytes[8 + random() % 24] ^= 1;
        right.emplace_back(bytes);
        left = joined(left, common);
        right = joined(right, common);
        CHECK((detail::set_difference(right, left) == Digests{Sha256(bytes)}));
        CHECK(detail::set_difference(left, right).empty());
        CHECK(detail::set_union(left, right).size() == right.size());
        CHECK((detail::set_symmetric_difference(left, right) == Digests{Sha256(bytes)}));
        CHECK_FALSE(detail::includes(left, right));
    }
}

TEST_CASE("digests whose first eight bytes agree are told apart") {
    std::mt19937_64 random(5);
    for (const std::size_t shared : {7, 8, 31}) {
        const auto pool = random_digests(random, 120'000, shared);
        const auto left = sorted(Digests(pool.begin(), pool.begin() + 80'000));
        const auto right = sorted(Digests(pool.begin() + 40'000, pool.end()));
        check_algebra(left, right);
    }
}
