#include "libblock/detail/list_lines.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "libblock/hash_list.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

struct Read {
    std::vector<std::uint32_t> numbers;
    std::vector<HashListLine> entries;
};

Read read_pieces(const std::vector<std::string>& pieces) {
    Read read;
    ListReader reader;
    for (const auto& piece : pieces) {
        reader.read(piece, [&](const ListLine& line) {
            read.numbers.push_back(line.number);
            read.entries.push_back({line.sha256, std::string(line.name)});
        });
    }
    return read;
}

}  // namespace

TEST_CASE("each entry of a list comes with the number of its line") {
    const std::string a = digest_of("aa").to_string();
    const std::string b = digest_of("bb").to_string();
    const std::string text = "# list\n" + a + "\n\n" + b + "  b.exe\n";
    const Read read = read_pieces({text});
    CHECK(read.numbers == std::vector<std::uint32_t>{2, 4});
    CHECK(read.entries ==
          std::vector<HashListLine>{{digest_of("aa"), ""}, {digest_of("bb"), "b.exe"}});
}

TEST_CASE("a list may come in pieces of whole lines") {
    const std::string a = digest_of("aa").to_string();
    const std::string b = digest_of("bb").to_string();
    const Read read =
        read_pieces({"\xef\xbb\xbf" + a + "\n", "#\n" + b + "  b\n", "\\" + a + "  a\\\\b"});
    CHECK(read.numbers == std::vector<std::uint32_t>{1, 3, 4});
    REQUIRE(read.entries.size() == 3);
    CHECK(read.entries[2] == HashListLine{digest_of("aa"), "a\\b"});
    const Error error = error_of([&] { read_pieces({a + "\n", "\xef\xbb\xbf" + b}); });
    CHECK(error.position() == Position{2, 1});
}

TEST_CASE("a line is written as it is read") {
    std::string text;
    append_list_line(text, digest_of("aa"), "");
    append_list_line(text, digest_of("bb"), " b c");
    CHECK(text == digest_of("aa").to_string() + "\n" + digest_of("bb").to_string() + "   b c\n");
}
