#include "libblock/detail/document_fields.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/platform.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

struct Pair {
    std::string first;
    std::uint64_t second = 0;
};

constexpr std::array<KeyRow<Pair>, 2> pair_keys{{
    {"first", Presence::Required,
     [](const YamlNode& value, Pair& pair) { pair.first = read_text(value); }},
    {"second", Presence::Optional,
     [](const YamlNode& value, Pair& pair) { pair.second = read_number(value, 1, 9); }},
}};

Pair read_pair(std::string_view yaml) {
    Pair pair;
    read_mapping(parse_yaml(yaml), "a pair", pair_keys, pair);
    return pair;
}

template <typename Read>
std::string refusal_of(std::string_view yaml, Read read) {
    const Error error = error_of([&] { read(parse_yaml(yaml)); });
    CHECK(error.code() == ErrorCode::InvalidDocument);
    return error.message();
}

}  // namespace

TEST_CASE("an error without a place gets one, and only one") {
    const auto place = [](ErrorCode code, Position own) {
        return error_of([&] {
            placed({2, 3}, [&] { throw Error(code, "message", "file", own); });
        });
    };
    CHECK(place(ErrorCode::InvalidValue, {}).position() == Position{2, 3});
    CHECK(place(ErrorCode::InvalidValue, {}).code() == ErrorCode::InvalidDocument);
    CHECK(place(ErrorCode::AlreadyExists, {}).code() == ErrorCode::InvalidDocument);
    CHECK(place(ErrorCode::LimitExceeded, {}).code() == ErrorCode::LimitExceeded);
    CHECK(place(ErrorCode::FileAccess, {7, 1}).position() == Position{7, 1});
    CHECK(place(ErrorCode::FileAccess, {7, 1}).code() == ErrorCode::FileAccess);
}

TEST_CASE("values are read strictly") {
    CHECK(read_text(parse_yaml("a b")) == "a b");
    CHECK(read_text(parse_yaml("'12'")) == "12");
    CHECK(read_number(parse_yaml("0"), 0, 9) == 0);
    CHECK(read_number(parse_yaml("18446744073709551615"), 0, UINT64_MAX) == UINT64_MAX);
    CHECK(read_word<Platform>(parse_yaml("linux")) == Platform::Linux);
    CHECK(read_digest(parse_yaml(digest_of("AB").to_string())) == digest_of("ab"));
    CHECK(to_string(read_timestamp(parse_yaml("2026-11-23T08:00:00Z"))) == "2026-11-23T08:00:00Z");
    CHECK_NOTHROW(require_version(parse_yaml("1"), 1));
    const auto number = [](const YamlNode& node) { read_number(node, 2, 9); };
    for (const std::string_view text :
         {"1", "10", "02", "+2", "-2", "2.0", "0x2", "2_0", "'2'", "two", "[2]", "~", "{a: 2}",
          "''", "18446744073709551616", "2 2"}) {
        CAPTURE(text);
        CHECK_FALSE(refusal_of(text, number).empty());
    }
    CHECK(refusal_of("1.5", read_text).find("is a number") != std::string::npos);
    CHECK(refusal_of("TRUE", read_text).find("is a boolean") != std::string::npos);
    CHECK(refusal_of("~", read_text) == "a text is expected here, not nothing");
    CHECK(refusal_of("Linux", read_word<Platform>) ==
          "'Linux' is none of the words known here, did you mean 'linux'?");
    CHECK(refusal_of("beos", read_word<Platform>) ==
          "'beos' is none of the words known here: windows, macos, linux");
    CHECK(refusal_of("ab", read_digest).find("64 hexadecimal digits") != std::string::npos);
    CHECK(refusal_of("today", read_timestamp).find("instant in UTC") != std::string::npos);
}

TEST_CASE("lists are read item by item") {
    std::vector<std::string> texts;
    const auto add = [&](const YamlNode& item) { texts.push_back(read_text(item)); };
    read_list(parse_yaml("[a, b]"), Emptiness::Refused, add);
    CHECK(texts == std::vector<std::string>{"a", "b"});
    CHECK_NOTHROW(read_list(parse_yaml("[]"), Emptiness::Allowed, add));
    CHECK_THROWS_AS(read_list(parse_yaml("[]"), Emptiness::Refused, add), Error);
    CHECK_THROWS_AS(read_list(parse_yaml("a"), Emptiness::Allowed, add), Error);
    const Error error = error_of([&] { read_list(parse_yaml("[a, 1]"), Emptiness::Allowed, add); });
    CHECK(error.position() == Position{1, 5});
}

TEST_CASE("mappings are read by their table") {
    CHECK(read_pair("second: 2\nfirst: a\n").second == 2);
    CHECK(read_pair("first: a\n").second == 0);
    const auto refusal = [](std::string_view yaml) { return error_of([&] { read_pair(yaml); }); };
    CHECK(refusal("second: 2\n").message() == "a pair needs the key 'first'");
    CHECK(refusal("first: a\nsecnd: 2\n").message() ==
          "a pair has no key 'secnd', did you mean 'second'?");
    CHECK(refusal("first: a\nthird: 2\n").position() == Position{2, 1});
    CHECK(refusal("first: a\nsecond: 0\n").position() == Position{2, 9});
    CHECK(refusal("[a]").message() == "a pair with its keys is expected here, not a list");
    CHECK(find_value(parse_yaml("a: b"), "a")->text == "b");
    CHECK(find_value(parse_yaml("a: b"), "b") == nullptr);
}

TEST_CASE("a name that stands twice is told with the line of the first") {
    FirstLines lines;
    lines.add("a", "the name a", {3, 1});
    lines.add("b", "the name b", {4, 1});
    CHECK(error_of([&] {
              lines.add("a", "the name a", {5, 1});
          }).message() == "the name a stands on line 3 already");
}
