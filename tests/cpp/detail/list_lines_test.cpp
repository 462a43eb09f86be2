#include "libblock/detail/list_lines.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

TEST_CASE("each entry of a list comes with the number of its line") {
    const std::string a = digest_of("aa").to_string();
    const std::string b = digest_of("bb").to_string();
    std::vector<std::uint32_t> numbers;
    std::vector<HashListLine> entries;
    for_each_list_line("# list\n" + a + "\n\n" + b + "  b.exe\n",
                       [&](HashListLine&& entry, std::uint32_t line) {
                           entries.push_back(entry);
                           numbers.push_back(line);
                       });
    CHECK(numbers == std::vector<std::uint32_t>{2, 4});
    CHECK(entries == std::vector<HashListLine>{{digest_of("aa"), ""}, {digest_of("bb"), "b.exe"}});
}
