#include "libblock/detail/text.hpp"

#include <array>
#include <string>
#include <string_view>

#include "../support.hpp"
#include "libblock/detail/pointer.hpp"
#include "libblock/detail/suggest.hpp"

using namespace libblock;
using namespace libblock::detail;
using libblock::test::error_of;

TEST_CASE("UTF-8 is checked to the byte") {
    constexpr auto npos = std::string_view::npos;
    CHECK(find_invalid_utf8("") == npos);
    CHECK(find_invalid_utf8("a\u00e9\u20ac\U0001f600") == npos);
    CHECK(find_invalid_utf8("ab\x80") == 2);
    CHECK(find_invalid_utf8("a\xc3") == 1);
    CHECK(find_invalid_utf8("\xc0\xaf") == 0);          // overlong
    CHECK(find_invalid_utf8("\xed\xa0\x80") == 0);      // surrogate
    CHECK(find_invalid_utf8("\xf4\x90\x80\x80") == 0);  // above U+10FFFF
}

TEST_CASE("text rules allow what they say") {
    const auto problem = [](std::string_view text, const TextRules& rules) {
        try {
            validate_text(text, "it", rules);
        } catch (const Error& error) {
            return error.message();
        }
        return std::string{};
    };
    CHECK(problem("fine", {.max_bytes = 4}).empty());
    CHECK(problem("long!", {.max_bytes = 4}) == "it is 5 bytes long, more than 4");
    CHECK(problem("", {.max_bytes = 4}) == "it is empty");
    CHECK(problem("", {.max_bytes = 4, .may_be_empty = true}).empty());
    CHECK(problem("a\xff", {.max_bytes = 4}) == "it is not UTF-8 at byte 1");
    CHECK(problem("a\nb", {.max_bytes = 4}) == "it 'a\\u000ab' holds a control character (U+000A)");
    CHECK(problem("a\nb\tc", {.max_bytes = 9, .line_breaks = true}).empty());
    CHECK(problem("a\rb", {.max_bytes = 9, .line_breaks = true}).find("U+000D") !=
          std::string::npos);
    CHECK(problem("a\u2028b", {.max_bytes = 9}).find("U+2028") != std::string::npos);
    CHECK(problem("a\u2066b", {.max_bytes = 9}).find("direction mark") != std::string::npos);
    CHECK(problem("a\u061cb", {.max_bytes = 9}).find("direction mark") != std::string::npos);
    CHECK(problem("a\u202eb", {.max_bytes = 9, .direction_marks = true}).empty());
    CHECK(problem("a\u00adb", {.max_bytes = 9}).find("invisible") != std::string::npos);
    CHECK(problem("a\u200db", {.max_bytes = 9, .joiners = true}).empty());
    CHECK(problem("\u00a0a", {.max_bytes = 9}).find("white space") != std::string::npos);
    CHECK(problem(" a ", {.max_bytes = 9, .blank_ends = true}).empty());
    CHECK(problem("a b", {.max_bytes = 9}).empty());
}

TEST_CASE("folding keeps bytes that are not UTF-8") {
    CHECK(fold("a\xff\u00fc", Folding::Windows) == "A\xff\u00dc");
    CHECK(fold("a\xff", Folding::Macos) == "A\xff");
    CHECK(fold("e\u0301", Folding::Macos) == "\u00c9");
    CHECK(fold("aB", Folding::Exact) == "aB");
}

TEST_CASE("quoting makes everything visible and short") {
    CHECK(quote("a'b") == "'a'b'");
    CHECK(quote("\u202e\x1b\xff") == "'\\u202e\\u001b\\xff'");
    CHECK(quote(std::string(1000, 'x')).size() < 130);
}

TEST_CASE("a suggestion is near or there is none") {
    constexpr std::array<std::string_view, 3> choices{"original_filename", "path", "publisher"};
    CHECK(did_you_mean("orignal_filename", choices) == ", did you mean 'original_filename'?");
    CHECK(did_you_mean("pth", choices) == ", did you mean 'path'?");
    CHECK(did_you_mean("PATH", choices) == ", did you mean 'path'?");
    CHECK(did_you_mean("/w", std::vector<std::string_view>{"/", "/W"}) == ", did you mean '/W'?");
    CHECK(did_you_mean("company", choices).empty());
    CHECK(did_you_mean("", choices).empty());
    CHECK(did_you_mean(std::string(100'000, 'p'), choices).empty());
}

TEST_CASE("keys are escaped in JSON pointers") {
    CHECK(json_pointer({}).empty());
    CHECK(json_pointer({"groups", "/a~b", ""}) == "/groups/~1a~0b/");
}
