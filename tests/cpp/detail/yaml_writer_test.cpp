#include "libblock/detail/yaml_writer.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "libblock/detail/yaml_reader.hpp"
#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

std::string written(std::string_view value) {
    YamlWriter yaml;
    yaml.text("key", value);
    return yaml.finish();
}

}  // namespace

TEST_CASE("a document is written in block style") {
    constexpr std::array<std::string_view, 2> platforms{"windows", "linux"};
    YamlWriter yaml;
    yaml.number("number", 18446744073709551615U);
    yaml.word("word", "equals");
    yaml.words("words", platforms);
    yaml.begin_list("texts");
    yaml.text_item("one");
    yaml.text_item("- two");
    yaml.end_list();
    yaml.begin_list("items");
    yaml.begin_item();
    yaml.text("a", "first");
    yaml.begin_list("below");
    yaml.begin_item();
    yaml.text("b", "x\ny");
    yaml.text("c", "z");
    yaml.end_item();
    yaml.end_list();
    yaml.end_item();
    yaml.begin_item();
    yaml.number("a", 2);
    yaml.end_item();
    yaml.end_list();
    yaml.text("last", "end");
    CHECK(yaml.finish() ==
          "number: 18446744073709551615\n"
          "word: equals\n"
          "words: [windows, linux]\n"
          "texts:\n"
          "  - one\n"
          "  - \"- two\"\n"
          "items:\n"
          "  - a: first\n"
          "    below:\n"
          "      - b: |-\n"
          "          x\n"
          "          y\n"
          "        c: z\n"
          "  - a: 2\n"
          "last: end\n");
}

TEST_CASE("maps lie in maps") {
    YamlWriter yaml;
    yaml.begin_map("outer");
    yaml.text("a", "first");
    yaml.begin_map("inner");
    yaml.begin_list("items");
    yaml.text_item("one");
    yaml.end_list();
    yaml.end_map();
    yaml.text("b", "x\ny");
    yaml.end_map();
    yaml.text("last", "end");
    CHECK(yaml.finish() ==
          "outer:\n"
          "  a: first\n"
          "  inner:\n"
          "    items:\n"
          "      - one\n"
          "  b: |-\n"
          "    x\n"
          "    y\n"
          "last: end\n");
}

TEST_CASE("texts get quotes, blocks and escapes where they need them") {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"plain text", "plain text"},
        {"say \"so\"", "say \"so\""},
        {"\"so\"", R"("\"so\"")"},
        {"back\\slash: x", R"("back\\slash: x")"},
        {"a\tb", R"("a\tb")"},
        {"\n", R"("\n")"},
        {"a\n", "|\n  a"},
        {"a\n\nb", "|-\n  a\n\n  b"},
        {"a\n  b\n", "|\n  a\n    b"},
        {"a\n\n", R"("a\n\n")"},
        {" a\nb", R"(" a\nb")"},
        {"a \nb", R"("a \nb")"},
        {"\na", R"("\na")"},
        {"a\n\tb", R"("a\n\tb")"},
        {"a\n# b\n- c: |\n", "|\n  a\n  # b\n  - c: |"},
        {"right\xe2\x80\x8fto left", R"("right\u200Fto left")"},
        {"\xef\xbb\xbfmark", R"("\uFEFFmark")"},
        {"next\xc2\x85line", R"("next\u0085line")"},
        {"no\xc2\xa0"
         "break",
         R"("no\u00A0break")"},
        {"private \xee\x80\x80", R"("private \uE000")"},
        {"none \xef\xbf\xbe", R"("none \uFFFE")"},
        {"tag \xf3\xa0\x80\x81", R"("tag \U000E0001")"},
        {"line\xe2\x80\xa8paragraph\xe2\x80\xa9", R"("line\u2028paragraph\u2029")"},
        {"smile \xf0\x9f\x98\x80", "smile \xf0\x9f\x98\x80"},
        {std::string_view("nul\0x", 5), R"("nul\u0000x")"},
        {"\x1b[31m", R"("\u001B[31m")"},
    };
    for (const auto& each : cases) {
        const auto text = each.first;
        CAPTURE(text);
        CHECK(written(text) == "key: " + std::string(each.second) + "\n");
        CHECK(parse_yaml(written(text)).items.at(1).text == text);
    }
}

TEST_CASE("a text of the greatest length can be read again in every form") {
    for (const std::string_view piece :
         {"a", "a\n", "\n", "\"", "\xe2\x80\x8f", "\xf3\xa0\x80\x81", " #"}) {
        std::string text;
        while (text.size() + piece.size() <= limits::text_bytes) text += piece;
        YamlWriter yaml;
        yaml.begin_list("deep");
        yaml.begin_item();
        yaml.begin_list("deeper");
        yaml.begin_item();
        yaml.text("key", text);
        const YamlNode root = parse_yaml(yaml.finish());
        CHECK(root.items.at(1).items.at(0).items.at(1).items.at(0).items.at(1).text == text);
    }
}

TEST_CASE("what would be too large to be read is not written") {
    SUBCASE("too many bytes") {
        YamlWriter yaml;
        const std::string text(limits::text_bytes, 'x');
        for (std::size_t i = 0; i < limits::document_bytes / text.size(); ++i) yaml.text("k", text);
        const Error error = error_of([&] { yaml.finish(); });
        CHECK(error.code() == ErrorCode::LimitExceeded);
        CHECK(error.message().starts_with("the document would have 1677"));
    }
    SUBCASE("too many keys and values") {
        YamlWriter yaml;
        for (std::size_t i = 0; i < limits::document_nodes / 2; ++i) yaml.number("k", 1);
        CHECK(code_of([&] { yaml.finish(); }) == ErrorCode::LimitExceeded);
    }
    SUBCASE("as many as can be read") {
        YamlWriter yaml;
        yaml.begin_list("list");
        for (std::size_t i = 0; i < limits::document_nodes - 3; ++i) yaml.text_item("x");
        yaml.end_list();
        CHECK(parse_yaml(yaml.finish()).items.at(1).items.size() == limits::document_nodes - 3);
    }
}
