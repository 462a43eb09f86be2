#include "libblock/detail/comments.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

/// Looks for the first comment below the header, which `@@` marks if there is one.
void check_next(std::string yaml) {
    CAPTURE(yaml);
    std::optional<Position> expected;
    if (const std::size_t mark = yaml.find("@@"); mark != std::string::npos) {
        yaml.erase(mark, 2);
        REQUIRE(yaml[mark] == '#');
        const std::size_t line = yaml.rfind('\n', mark) + 1;
        expected = Position{1, static_cast<std::uint32_t>(mark - line + 1)};
        for (std::size_t i = 0; i < line; ++i) expected->line += yaml[i] == '\n' ? 1 : 0;
    }
    const auto found = find_comments(yaml).next;
    REQUIRE(found.has_value() == expected.has_value());
    if (expected) CHECK(*found == *expected);
}

}  // namespace

TEST_CASE("the header is the comments above the first key") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", ""},
        {"a: b\n", ""},
        {"\n\na: b\n", ""},
        {"# one\na: b\n", "# one\n"},
        {"# one", "# one\n"},
        {"# one\n\n  # two  \n\na: b\n", "# one\n\n  # two\n"},
        {"\xef\xbb\xbf# one\r\n# two\r\na: b\r\n", "# one\n# two\n"},
        {"# one\n---\n# two\na: b\n", "# one\n# two\n"},
        {"--- # one\na: b\n", ""},
        {"# one\n[ # two\n", "# one\n"},
    };
    for (const auto& each : cases) {
        const auto yaml = each.first;
        CAPTURE(yaml);
        CHECK(find_comments(yaml).header == each.second);
    }
}

TEST_CASE("comments are found, and nothing else is taken for one") {
    check_next("");
    check_next("# header\na: b\n");
    check_next("a: b @@# c\n");
    check_next("a: b\n@@# c\n");
    check_next("a: b\n  @@# c");
    check_next("a:  @@# c\n  - b\n");
    check_next("--- @@# c\na: b\n");
    check_next("a: b#c\nd: e#f\n");
    check_next("a: b#c\nd: e @@# f\n");
    check_next("a: b#c d#e @@# f\n");
    check_next("a: 'b # c'\nd: \"e # f\" @@# g\n");
    check_next("a: 'it''s # c'\nd: \"e \\\" # f\"\n");
    check_next("a: \"b\n  # c\n  d\" @@#e\n");
    check_next("a: it's\nb: 'c' @@# d's\n");
    check_next("a: b\n  c#d\n");
    check_next("\"a # b\": c\n'd # e': f\n");
    check_next("[a, b#c, \"d\" , @@# e\n f]\n");
    check_next("{a: b,@@#c\n d: e}\n");
    check_next("a: [] @@# b\n");
    check_next("é: \"日本 # x\"\nb: c\n");
}

TEST_CASE("a plain text goes on over lines, and a comment ends it") {
    check_next("a: b\n  'c\n  d#e\nf: g\n");
    check_next("a: b\n  'c @@# d\ne: f\n");
    check_next("a: b\n\n  c @@# d\n");
    check_next("- it is\n  'quoted' @@# c\n");
}

TEST_CASE("blocks hold no comments, but their headers may") {
    check_next("a: |\n  # b\n  c\n");
    check_next("a: | @@# b\n  # c\n");
    check_next("a: >-\n  b\n\n  # c\n\nd: e @@# f\n");
    check_next("a: |\n  b\n@@# c\nd: e\n");
    check_next("a: |\n    b\n  @@# c\nd: e\n");
    check_next("a: |2\n    b\n  # c\nd: e\n");
    check_next("a: |2-\n    b\n  # c\n @@# d\n");
    check_next("a: |-2\n    b\n  # c\n");
    check_next("a:\n  - |2\n      b\n    # c\n  @@# d\n");
    check_next("a:\n  - b: |\n      # c\n    d: >\n      # e\n  @@# f\n");
    check_next("a: |\n\n  # b\n");
    check_next("a: |\nb: c @@# d\n");
    check_next("a: |+\n\n\nb: c @@# d\n");
    check_next("- |\n # a\n- >\n # b\n@@# c\n");
    check_next("- - |\n   # a\n  @@# b\n");
    check_next("a: |\n \t\nb: c @@# d\n");
    check_next("a: |\r\n  # b\r\nc: d @@# e\r\n");
    check_next("|\n # a\n");
}

TEST_CASE("in what is no document every # that may be a comment counts") {
    check_next("a: &x b\nc: 'd @@# e'\n");
    check_next("a: [b#c\nd @@#e\n");
    check_next("a: [b#c\n");
    check_next("@@# caf\xe9\na: b\n");
    check_next("b\xe9\n@@# c\n");
    CHECK(find_comments("# caf\xe9\na: b\n").header.empty());
    CHECK(find_comments("# a\n\xe9\n").header == "# a\n");
    check_next("\"a\n@@# b\n");
}
