#include "libblock/detail/yaml_reader.hpp"

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

/// The tree as JSON; texts without quotes are marked by a `~` before them.
nlohmann::json json_of(const YamlNode& node) {
    nlohmann::json json;
    switch (node.kind) {
        case YamlKind::Null:
            break;
        case YamlKind::Scalar:
            json = (node.plain ? "~" : "") + node.text;
            break;
        case YamlKind::Sequence:
            json = nlohmann::json::array();
            for (const auto& item : node.items) json.push_back(json_of(item));
            break;
        case YamlKind::Mapping:
            json = nlohmann::json::object();
            for (std::size_t i = 0; i < node.items.size(); i += 2) {
                json[node.items[i].text] = json_of(node.items[i + 1]);
            }
            break;
    }
    return json;
}

nlohmann::json read(std::string_view yaml) {
    return json_of(parse_yaml(yaml));
}

std::string repeat(std::string_view piece, std::size_t bytes) {
    std::string text;
    text.reserve(bytes + piece.size());
    while (text.size() < bytes) text += piece;
    return text;
}

Error refusal_of(const std::string& yaml) {
    return error_of([&] { parse_yaml(yaml); });
}

}  // namespace

TEST_CASE("a document becomes a tree of texts") {
    CHECK(read("a: 010\nb: \"010\"\nc: [yes, 'no', ~]\nd: {e: null}\nf:\n  - |\n    g\n") ==
          nlohmann::json::parse(
              R"({"a":"~010","b":"010","c":["~yes","no",null],"d":{"e":null},"f":["g\n"]})"));
    CHECK(read("[]") == nlohmann::json::array());
    CHECK(read("text") == "~text");
    CHECK(read("''") == "");
    CHECK(read("~").is_null());
}

TEST_CASE("places count lines and characters from 1") {
    const YamlNode root = parse_yaml("\xef\xbb\xbf\"é\": 日本\r\nb:\r\n  - [日本, \"😀\", c]\r\n");
    CHECK(root.position == Position{1, 1});
    CHECK(root.items[0].position == Position{1, 1});
    CHECK(root.items[1].position == Position{1, 6});
    CHECK(root.items[2].position == Position{2, 1});
    const YamlNode& list = root.items[3].items[0];
    CHECK(root.items[3].position == Position{3, 3});
    CHECK(list.position == Position{3, 5});
    CHECK(list.items[0].position == Position{3, 6});
    CHECK(list.items[1].position == Position{3, 10});
    CHECK(list.items[2].position == Position{3, 15});
}

TEST_CASE("a value that is missing stands where it is missed") {
    const YamlNode root = parse_yaml("a:\nb: # none\n\nc:\n  -\n  - ~\n  -\nd: {e, f: }\ng:");
    CHECK(root.items[1].position == Position{1, 2});
    const YamlNode& list = root.items[5];
    CHECK(list.items[0].position == Position{5, 3});
    CHECK(list.items[1].position == Position{6, 5});
    CHECK(list.items[2].position == Position{7, 3});
    const YamlNode& flow = root.items[7];
    CHECK(flow.items[1].position == Position{8, 5});
    CHECK(flow.items[3].position == Position{8, 9});
    CHECK(root.items[9].position == Position{9, 2});
    CHECK(parse_yaml("---\n").position == Position{1, 3});
}

TEST_CASE("a text in quotes must end") {
    for (const std::string_view yaml : {"a: \"", "a: 'b", "a: \"b\\\"", "a: 'b''", "a: \"b\nc: d\n",
                                        "a: 'b''\nc: d\n", "\"a: b\n"}) {
        CAPTURE(yaml);
        CHECK(code_of([&] { parse_yaml(yaml); }) == ErrorCode::InvalidDocument);
    }
    CHECK(read(R"(a: "b\"c\\")") == nlohmann::json::parse(R"({"a":"b\"c\\"})"));
    CHECK(read("a: 'b''c'''") == nlohmann::json::parse(R"({"a":"b'c'"})"));
}

TEST_CASE("every beginning of a document is read or refused with its place") {
    const std::string whole =
        "# é\nlibblock: 1\nname: \"a\\u00e9\"\ntags: [a, 'b''c', {d: e}]\ntext: |2-\n   x\n\n  y\n"
        "list:\n  - a: >\n      folded\n  -\n  - ~\n";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        try {
            parse_yaml(whole.substr(0, size));
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::InvalidDocument);
            CHECK(error.position().line >= 1);
            CHECK(error.position().column >= 1);
        }
    }
}

TEST_CASE("one document, and one only") {
    CHECK(read("---\na: b\n...\n# the end\n") == nlohmann::json::parse(R"({"a":"~b"})"));
    CHECK(refusal_of("").message() == "the document is empty");
    CHECK(refusal_of("\xef\xbb\xbf").message() == "the document is empty");
    CHECK(refusal_of("# only\n").message() == "the document is empty");
    CHECK(refusal_of("a: b\n---\na: b\n").position() == Position{2, 1});
    CHECK(refusal_of("a: b\n...\na: b\n").position() == Position{3, 1});
    CHECK(refusal_of("---\n---\n").position() == Position{2, 1});
    CHECK(refusal_of("\xef\xbb\xbf\xef\xbb\xbf"
                     "a: b")
              .position() == Position{1, 1});
}

TEST_CASE("directives are refused wherever a line could hold one") {
    CHECK(refusal_of("%YAML 1.2\n---\na: b\n").position() == Position{1, 1});
    CHECK(refusal_of("a: b\n%TAG ! x\n").position() == Position{2, 1});
    CHECK(refusal_of("\xef\xbb\xbf%YAML 1.2\n---\na: b\n").position() == Position{1, 1});
    CHECK(read("a: 100%\n") == nlohmann::json::parse(R"({"a":"~100%"})"));
}

TEST_CASE("aliases, anchors and tags are refused, and bombs made of them") {
    CHECK(refusal_of("a: &x b\nc: *x\n").message().starts_with("anchors are not allowed"));
    CHECK(refusal_of("a: &x [*x]\n").message().starts_with("anchors are not allowed"));
    CHECK(refusal_of("a: &x\nb: c\n").message().starts_with("anchors are not allowed"));
    CHECK(refusal_of("a: *x\n").position() == Position{1, 4});
    CHECK(refusal_of("a: !!int 1\n").message() == "tags are not allowed");
    CHECK(refusal_of("a: ! b\n").message() == "tags are not allowed");
    CHECK(refusal_of("a: !\n").message() == "tags are not allowed");
    CHECK(refusal_of("a: !x {}\n").message() == "tags are not allowed");
    CHECK(refusal_of("a: !x []\n").message() == "tags are not allowed");
    CHECK(refusal_of("a: !!null\nb: c\n").message() == "tags are not allowed");
    CHECK(refusal_of("!<!> a: b\n").message() == "tags are not allowed");
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 20; ++i) {
        const std::string last = std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + last + ", *a" +
                last + "]\n";
    }
    CHECK(refusal_of(bomb).position() == Position{1, 5});
}

TEST_CASE("keys are unique texts") {
    const Error repeated = refusal_of("a: 1\nb: 2\n\"a\": 3\n");
    CHECK(repeated.message() == "the key 'a' stands on line 1 already");
    CHECK(repeated.position() == Position{3, 1});
    CHECK(refusal_of("a: {b: 1, b: 2}\n").position() == Position{1, 11});
    CHECK(refusal_of("{[a]: b}\n").message().starts_with("a key must be a text"));
    CHECK(refusal_of("? {a: b}\n: c\n").message().starts_with("a key must be a text"));
    CHECK(refusal_of(": b\n").message().starts_with("a key must be a text"));
    CHECK(read("a: {a: 1}\nb: {a: 2}\n") ==
          nlohmann::json::parse(R"({"a":{"a":"~1"},"b":{"a":"~2"}})"));
}

TEST_CASE("characters that readers differ over are refused") {
    for (const std::string_view text :
         {"\x01", "\x04", "\x1f", "\x7f", "\xc2\x80", "\xc2\x9f", "\xc2\x85", "\xe2\x80\xa8",
          "\xe2\x80\xa9", "\xef\xbb\xbf", "\xef\xbf\xbe", "\xef\xbf\xbf", "\r", "\x0b", "\x0c"}) {
        const Error error = refusal_of("a: b\nc: d" + std::string(text) + "e\n");
        CHECK(error.position() == Position{2, 5});
        CHECK(error.code() == ErrorCode::InvalidDocument);
    }
    CHECK(read("a:\tb\t# c\n") == nlohmann::json{{"a", "~b"}});
    CHECK(read("a: \xc2\xa0\xef\xbb\xbc\xe2\x80\xa7\n") ==
          nlohmann::json{{"a", "~\xc2\xa0\xef\xbb\xbc\xe2\x80\xa7"}});
    CHECK(refusal_of(std::string("a: \0b", 6)).message().find("UTF-16") != std::string::npos);
    CHECK(refusal_of("\xff\xfe"
                     "a")
              .message()
              .find("UTF-16") != std::string::npos);
    CHECK(refusal_of("\xfe\xff").message().find("UTF-16") != std::string::npos);
    CHECK(refusal_of("a: b\nc: \xc3").position() == Position{2, 4});
    CHECK(refusal_of("\xed\xa0\x80").message() == "the document is not UTF-8 here");
    CHECK(refusal_of("\xc0\xaf").message() == "the document is not UTF-8 here");
}

TEST_CASE("messages of the parser are printable") {
    CHECK(refusal_of("a: \"\\é\"\n").message() ==
          "the document is not YAML: unknown escape character: \\xc3");
    CHECK(refusal_of("a: b: c\n").message() == "the document is not YAML: illegal map value");
}

TEST_CASE("nesting is bounded") {
    const std::size_t depth = limits::document_depth;
    CHECK_NOTHROW(parse_yaml(std::string(depth, '[') + std::string(depth, ']')));
    const Error error = refusal_of(std::string(depth + 1, '[') + std::string(depth + 1, ']'));
    CHECK(error.code() == ErrorCode::LimitExceeded);
    CHECK(error.position() == Position{1, 17});
    CHECK(refusal_of(repeat("- ", 100)).code() == ErrorCode::LimitExceeded);
}

TEST_CASE("size, number and length are bounded") {
    CHECK(refusal_of(std::string(limits::document_bytes + 1, ' ')).code() ==
          ErrorCode::LimitExceeded);
    CHECK(refusal_of(repeat("- a\n", 4 * limits::document_nodes)).message() ==
          "the document has more than 1000000 keys and values");
    const std::string longest(limits::text_bytes, 'a');
    CHECK(parse_yaml(longest).text == longest);
    for (const std::string_view quotes : {"", "'", "\""}) {
        const std::string yaml = "k: " + std::string(quotes) + longest + "a" + std::string(quotes);
        const Error error = refusal_of(yaml);
        CHECK(error.code() == ErrorCode::LimitExceeded);
        CHECK(error.position() == Position{1, 4});
    }
}

TEST_CASE("what makes the parser read on and on is stopped early") {
    constexpr std::size_t bytes = 640 * 1024;  // what it may read ahead is less
    for (const std::string_view piece :
         {"[", "[\n", "{a: ", "{a:\n", "[a,\n", "\"", "'", "a ", "# c\n", "\n", " ", "? ", "!"}) {
        CAPTURE(piece);
        const Error error = refusal_of("k: " + repeat(piece, bytes));
        CHECK(error.position().line >= 1);
    }
    CHECK(refusal_of(repeat("[", bytes)).code() == ErrorCode::LimitExceeded);
    CHECK(refusal_of(repeat("# c\n", bytes)).code() == ErrorCode::LimitExceeded);
    const Error hidden = refusal_of("a: b\n" + repeat("# c\n", bytes) + "---\nc: d\n");
    CHECK(hidden.code() == ErrorCode::LimitExceeded);
    CHECK(hidden.position() == Position{1, 4});
}

TEST_CASE("offsets have places") {
    CHECK(place_of("ab\ncd", 0) == Position{1, 1});
    CHECK(place_of("ab\ncd", 2) == Position{1, 3});
    CHECK(place_of("ab\ncd", 4) == Position{2, 2});
    CHECK(place_of("ab\ncd", 99) == Position{2, 3});
    CHECK(quoted_end("x 'a''b' y", 2) == 8);
    CHECK(quoted_end("\"a\\\"b\"", 0) == 6);
    CHECK(quoted_end("'a", 0) == std::string_view::npos);
}
