#include "libblock/detail/wildcard.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

#include "../support.hpp"

using namespace libblock::detail;

namespace {

/// The definition, tried in every way: exponential, and plainly right.
bool by_definition(std::string_view pattern, std::string_view text, bool segments) {
    if (pattern.empty()) return text.empty();
    const bool stays = segments && !text.empty() && text[0] == '/';
    if (pattern[0] == '*') {
        const std::size_t stars = std::min(pattern.find_first_not_of('*'), pattern.size());
        if (by_definition(pattern.substr(stars), text, segments)) return true;
        if (text.empty() || (stars == 1 && stays)) return false;
        return by_definition(pattern, text.substr(1), segments);
    }
    if (text.empty()) return false;
    const bool fits = pattern[0] == '?' ? !stays : pattern[0] == text[0];
    return fits && by_definition(pattern.substr(1), text.substr(1), segments);
}

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t most) {
    std::string text(random() % (most + 1), '\0');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    return text;
}

}  // namespace

TEST_CASE("wildcards agree with their definition") {
    std::mt19937 random(5);
    for (int round = 0; round < 30'000; ++round) {
        const std::string pattern = random_text(random, "ab/**?", 7);
        const std::string text = random_text(random, "ab/", 9);
        for (const bool segments : {false, true}) {
            CAPTURE(pattern);
            CAPTURE(text);
            CHECK(wildcard_match(pattern, text, {segments}) ==
                  by_definition(pattern, text, segments));
        }
    }
}

TEST_CASE("no pattern makes a match exponential") {
    std::string pattern;
    for (int i = 0; i < 200; ++i) pattern += "*a**?";
    CHECK_FALSE(wildcard_match(pattern + "b", std::string(5000, 'a'), {true}));
    CHECK(wildcard_match(pattern, std::string(5000, 'a'), {true}));
}

TEST_CASE("stray bytes count as characters") {
    CHECK(wildcard_match("a?b",
                         "a\xff"
                         "b",
                         {}));
    CHECK(wildcard_match("*\x8c*", "*\x8c", {}));  // what continues no character is one itself
    CHECK(wildcard_match("?", "\u20ac", {}));
    CHECK_FALSE(wildcard_match("?", "\u20ac\u20ac", {}));
    CHECK(wildcard_match("", "", {}));
    CHECK_FALSE(wildcard_match("", "a", {}));
    CHECK(wildcard_match("***", "a/b", {true}));
}
