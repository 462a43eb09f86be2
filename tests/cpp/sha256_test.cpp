#include "libblock/sha256.hpp"

#include <cctype>
#include <functional>
#include <string>

#include "support.hpp"

using namespace libblock;
using libblock::test::digest_of;

namespace {
const std::string hex = "dde03348075512796241389dfea5560c20a3d2a2eac95c894e7bbed5e85a0acc";
}

TEST_CASE("a digest is read in either case and written in lower case") {
    std::string upper = hex;
    for (char& digit : upper) digit = static_cast<char>(std::toupper(digit));
    CHECK(Sha256::parse(hex)->to_string() == hex);
    CHECK(Sha256::parse(upper) == Sha256::parse(hex));
}

TEST_CASE("everything but exactly 64 hexadecimal digits is refused") {
    CHECK_FALSE(Sha256::parse(""));
    CHECK_FALSE(Sha256::parse(hex.substr(1)));
    CHECK_FALSE(Sha256::parse(hex + "0"));
    for (const char bad : {'g', 'G', ' ', '/', ':', '@', '`', '\0', '\x80', '\xff'}) {
        for (const std::size_t place : {0U, 1U, 62U, 63U}) {
            std::string text = hex;
            text[place] = bad;
            CHECK_FALSE(Sha256::parse(text));
        }
    }
}

TEST_CASE("digests are ordered as their text is") {
    CHECK(digest_of("0f") < digest_of("10"));
    CHECK(digest_of("7f") < digest_of("80"));
    CHECK(Sha256{} == digest_of("0"));
}

TEST_CASE("equal digests have equal hashes") {
    const std::hash<Sha256> hash;
    CHECK(hash(digest_of("ab")) == hash(digest_of("AB")));
    CHECK(hash(digest_of("ab")) != hash(digest_of("ac")));
}

TEST_CASE("hash kinds have text forms") {
    CHECK(to_string(HashKind::Authenticode) == "authenticode");
    CHECK(from_string<HashKind>("file") == HashKind::File);
    CHECK_FALSE(from_string<HashKind>("File"));
}
