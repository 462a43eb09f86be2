#include "libblock/detail/target_text.hpp"

#include <cstdint>
#include <set>
#include <string>

#include "libblock/version.hpp"
#include "support.hpp"

namespace libblock::detail {
namespace {

TEST_CASE("harmless texts stay, the rest becomes a mark") {
    CHECK(harmless("3CX \xc3\xa4 \xe6\xbc\xa2 'x' \"y\" ]]>") ==
          "3CX \xc3\xa4 \xe6\xbc\xa2 'x' \"y\" ]]>");
    CHECK(harmless("a\nb\r\tc") ==
          "a\xef\xbf\xbd"
          "b\xef\xbf\xbd\xef\xbf\xbd"
          "c");
    CHECK(harmless("exe\xe2\x80\xaegpj") == "exe\xef\xbf\xbdgpj");  // right-to-left override
    CHECK(harmless("a\xe2\x80\x8b"
                   "b") ==
          "a\xef\xbf\xbd"
          "b");  // zero-width space
    CHECK(harmless("a\xef\xbf\xbf"
                   "b") ==
          "a\xef\xbf\xbd"
          "b");  // not allowed in XML
    CHECK(harmless("a\xff"
                   "b") ==
          "a\xef\xbf\xbd"
          "b");                                         // not UTF-8
    CHECK(harmless("\xe2\x80\xa8") == "\xef\xbf\xbd");  // line separator
    CHECK(harmless("") == "");
}

TEST_CASE("no text is cut within a character") {
    CHECK(harmless("\xc3\xa4\xc3\xa4", 3) == "\xc3\xa4");
    CHECK(harmless("ab\n", 3) == "ab");
    CHECK(harmless(std::string(300, 'x')).size() == 256);
    CHECK(harmless_ascii("\xc3\xa4"
                         "bc",
                         "", 2) == "?b");
}

TEST_CASE("ASCII has question marks for what it cannot hold") {
    CHECK(harmless_ascii("a\xc3\xa4:b\n\xff", ":") == "a??b??");
    CHECK(harmless_ascii("plain text.exe") == "plain text.exe");
}

TEST_CASE("words hold no signs") {
    CHECK(word("3CX: a.exe") == "3CX__a_exe");
    CHECK(word("") == "");
    CHECK(word(std::string(100, 'x'), 10) == std::string(10, 'x'));
}

TEST_CASE("identifiers begin with a letter and hold no signs") {
    CHECK(identifier("setup.exe") == "setup_exe");
    CHECK(identifier("3CX DesktopApp") == "p_3CX_DesktopApp");
    CHECK(identifier("_x") == "p__x");
    CHECK(identifier("") == "p_");
    CHECK(identifier("\xc3\xa4") == "p___");
    CHECK(identifier(std::string(100, 'x'), 10) == std::string(10, 'x'));
    CHECK(identifier(std::string(100, '1'), 10) == "p_11111111");
}

TEST_CASE("names of files are safe on every system") {
    CHECK(file_stem("3CX DesktopApp") == "3cx-desktopapp");
    CHECK(file_stem("../../etc/passwd") == "etc-passwd");
    CHECK(file_stem("-rf *") == "rf");
    CHECK(file_stem("C:\\x\\y") == "c-x-y");
    CHECK(file_stem("\xe6\xbc\xa2") == "package");
    CHECK(file_stem("CON") == "con-package");
    CHECK(file_stem("com1") == "com1-package");
    CHECK(file_stem("com10") == "com10");
    CHECK(file_stem("a_b") == "a_b");
    CHECK(file_stem(std::string(200, 'x')) == std::string(80, 'x'));
    CHECK(file_stem(std::string(79, 'x') + " y") == std::string(79, 'x'));
}

TEST_CASE("a name has a number that stays, and no two the same") {
    std::set<std::uint32_t> taken;
    const auto number = name_number("3CX DesktopApp", 1000, taken);
    CHECK(number < 1000);
    std::set<std::uint32_t> others;
    CHECK(name_number("3CX DesktopApp", 1000, others) == number);
    CHECK(name_number("3CX DesktopApp", 1000, others) == (number + 1) % 1000);
    std::set<std::uint32_t> few;
    for (int i = 0; i < 5; ++i) CHECK(name_number(std::to_string(i), 5, few) < 5);
    CHECK(few.size() == 5);
}

TEST_CASE("a header says what made the document, on lines of its own") {
    const Package package("3CX ]]> \"Desktop\"");
    const Part part{package, test::digest_of("ab"), EnforcementState::Audit, {}, "p", {}, {}};
    const Target target{.name = "x", .engine = "The X"};
    CHECK(comment_header(part, target, "// ", " *") ==
          "// Made by libblock " + std::string(version) +
              " for The X; do not edit. *\n"
              "// Package: 3CX ]]> \"Desktop\", version 1 *\n"
              "// Digest: ab" +
              std::string(62, '0') +
              " *\n"
              "// State: audit *\n");
}

}  // namespace
}  // namespace libblock::detail
