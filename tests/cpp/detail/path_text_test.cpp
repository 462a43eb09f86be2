#include "libblock/detail/path_text.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using libblock::Criterion;
using libblock::Field;
using libblock::Operation;
using libblock::detail::extension_of;
using libblock::detail::one_star_pattern;
using libblock::detail::why_no_star_pattern;
using libblock::detail::with_backslashes;

namespace {

std::string pattern(Operation operation, const std::string& value) {
    return one_star_pattern({Field::Path, operation, value}).value_or("none");
}

}  // namespace

TEST_CASE("an extension stands behind the last dot, in lower case") {
    CHECK(extension_of("setup.tar.GZ") == "gz");
    CHECK(extension_of("setup.") == "");
    CHECK(extension_of("setup") == "");
    CHECK(extension_of("") == "");
}

TEST_CASE("Windows separates folders by backslashes") {
    CHECK(with_backslashes("C:/a\\b") == "C:\\a\\b");
}

TEST_CASE("a pattern has a run of any characters at one end alone") {
    CHECK(pattern(Operation::Equals, "C:/a.exe") == "C:\\a.exe");
    CHECK(pattern(Operation::StartsWith, "C:\\a\\") == "C:\\a\\*");
    CHECK(pattern(Operation::EndsWith, "a.exe") == "*a.exe");
    CHECK(pattern(Operation::Wildcard, "**\\a.exe") == "*\\a.exe");
    CHECK(pattern(Operation::Wildcard, "C:\\a\\**") == "C:\\a\\*");
    CHECK(pattern(Operation::Wildcard, "C:\\a.exe") == "C:\\a.exe");
}

TEST_CASE("what matches other files has no pattern") {
    for (const char* value :
         {"**", "****", "**a**", "C:\\*\\a.exe", "*.exe", "C:\\a\\*", "a?.exe"}) {
        CAPTURE(value);
        CHECK(pattern(Operation::Wildcard, value) == "none");
    }
    CHECK(pattern(Operation::Equals, "a*") == "none");
    CHECK(pattern(Operation::StartsWith, "a?") == "none");
    CHECK(pattern(Operation::EndsWith, "*") == "none");
}

TEST_CASE("a star that stops at a folder leads to two") {
    const auto why = [](Operation operation, const char* value) {
        return std::string(why_no_star_pattern({Field::Path, operation, value}));
    };
    for (const char* value : {"C:\\Temp\\*", "*.exe", "C:\\*\\a.exe", "**\\a***"}) {
        CAPTURE(value);
        CHECK(why(Operation::Wildcard, value).find("stops at a folder") != std::string::npos);
        CHECK(why(Operation::Wildcard, value).find("C:\\Temp\\**") != std::string::npos);
    }
    for (const char* value : {"**a**", "a?.exe", "**"}) {
        CAPTURE(value);
        CHECK(why(Operation::Wildcard, value).find("stops at a folder") == std::string::npos);
    }
    CHECK(why(Operation::Equals, "a*").find("stops at a folder") == std::string::npos);
}
