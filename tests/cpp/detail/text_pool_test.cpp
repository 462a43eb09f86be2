#include "libblock/detail/text_pool.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "support.hpp"

using namespace libblock::detail;

TEST_CASE("texts are found under their numbers, and kept once if they come again soon") {
    TextPool pool;
    CHECK(pool.add("") == 0);
    CHECK(pool[0].empty());
    const std::uint32_t a = pool.add("a");
    CHECK(a == 1);
    CHECK(pool.add("a") == a);
    const std::uint32_t with_nul = pool.add(std::string("a\0", 2));
    CHECK(with_nul != a);
    CHECK(pool[with_nul] == std::string("a\0", 2));
    pool.settle();
    CHECK(pool[pool.add("b")] == "b");
    CHECK(pool[a] == "a");
}

TEST_CASE("none of many texts is taken for another") {
    TextPool pool;
    std::vector<std::uint32_t> numbers;
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 5000; ++i) numbers.push_back(pool.add(std::to_string(i)));
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        REQUIRE(pool[numbers[i]] == std::to_string(i % 5000));
    }
}
