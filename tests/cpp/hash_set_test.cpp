#include "libblock/hash_set.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <set>
#include <span>
#include <vector>

#include "support.hpp"

using namespace libblock;
using libblock::test::code_of;
using libblock::test::digest_of;

namespace {

HashSet random_set(std::mt19937& random, std::size_t most) {
    std::vector<Sha256> digests(random() % (most + 1));
    for (auto& digest : digests) {
        Sha256::Bytes bytes{};
        bytes[0] = static_cast<std::uint8_t>(random() % 64);  // few values: sets overlap
        digest = Sha256(bytes);
    }
    return HashSet(std::move(digests));
}

}  // namespace

TEST_CASE("a set is sorted and unique whatever it is built from") {
    const HashSet set{digest_of("b"), digest_of("a"), digest_of("b"), digest_of("c")};
    CHECK(set.size() == 3);
    CHECK(std::is_sorted(set.begin(), set.end()));
    CHECK(set[0] == digest_of("a"));
    CHECK(set.digests().size() == 3);
    CHECK(set.contains(digest_of("b")));
    CHECK_FALSE(set.contains(digest_of("d")));
    CHECK(HashSet{}.empty());
    CHECK_FALSE(HashSet{}.contains(digest_of("a")));
}

TEST_CASE("many digests are looked up at once") {
    const HashSet set{digest_of("a"), digest_of("c")};
    const std::vector<Sha256> asked{digest_of("c"), digest_of("b"), digest_of("a")};
    std::array<bool, 3> found{};
    set.contains(asked, found);
    CHECK(found == std::array{true, false, true});
    CHECK(code_of([&] { set.contains(asked, std::span(found).first(2)); }) ==
          ErrorCode::InvalidValue);
}

TEST_CASE("the algebra is that of mathematical sets") {
    std::mt19937 random(1);
    for (int round = 0; round < 500; ++round) {
        const HashSet a = random_set(random, 40);
        const HashSet b = random_set(random, 40);
        for (const auto& digest : a | b) {
            const bool in_a = a.contains(digest);
            const bool in_b = b.contains(digest);
            CHECK((in_a || in_b));
            CHECK((a & b).contains(digest) == (in_a && in_b));
            CHECK((a - b).contains(digest) == (in_a && !in_b));
            CHECK((a ^ b).contains(digest) == (in_a != in_b));
        }
        CHECK(((a - b) | (a & b)) == a);
        CHECK((a | b).size() + (a & b).size() == a.size() + b.size());
        CHECK(a.is_subset_of(a | b));
        CHECK((a & b).is_subset_of(a));
        CHECK(a.is_subset_of(b) == ((a - b).empty()));
    }
}

TEST_CASE("a difference says what came and what went") {
    const HashSet before{digest_of("a"), digest_of("b")};
    const HashSet after{digest_of("b"), digest_of("c")};
    CHECK(diff(before, after) == HashSetDiff{{digest_of("c")}, {digest_of("a")}});
    CHECK(diff(before, before) == HashSetDiff{});
}
