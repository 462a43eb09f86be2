#include "libblock/hasher.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

// FIPS 180-4, as published in NIST's examples with intermediate values.
constexpr std::string_view abc_hex =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view empty_hex =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

TEST_CASE("known digests come out") {
    CHECK(hash_text("abc").to_string() == abc_hex);
    CHECK(hash_text("").to_string() == empty_hex);
    CHECK(hash_bytes(bytes_of("abc")).to_string() == abc_hex);
}

TEST_CASE("data may come in pieces, and a hasher can be used again") {
    Hasher hasher;
    hasher.update(bytes_of("a"));
    hasher.update({});
    hasher.update(bytes_of("bc"));
    CHECK(hasher.finish().to_string() == abc_hex);
    CHECK(hasher.finish().to_string() == empty_hex);
    hasher.update(bytes_of("abc"));
    Hasher moved = std::move(hasher);
    CHECK(moved.finish().to_string() == abc_hex);
}

TEST_CASE("a file is hashed whole, and the progress is told") {
    const TemporaryFolder folder;
    const std::string bytes(40U * 1024 * 1024 + 1, 'x');
    write_file(folder / "large", bytes);
    std::vector<std::uint64_t> reports;
    const Sha256 digest =
        hash_file(folder / "large", [&](std::uint64_t done) { reports.push_back(done); });
    CHECK(digest == hash_text(bytes));
    REQUIRE(reports.size() == 2);
    CHECK(reports[0] >= 16U * 1024 * 1024);
    CHECK(reports[1] >= 32U * 1024 * 1024);
    CHECK_THROWS_AS(
        hash_file(folder / "large", [](std::uint64_t) { throw std::runtime_error("x"); }),
        std::runtime_error);
}

TEST_CASE("what is not a readable regular file is refused at once") {
    const TemporaryFolder folder;
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    write_file(folder / "empty", "");
    std::filesystem::create_symlink(folder / "empty", folder / "link");
    std::filesystem::create_symlink(folder / "nowhere", folder / "dangling");

    CHECK(hash_file(folder / "empty").to_string() == empty_hex);
    CHECK(hash_file(folder / "link").to_string() == empty_hex);
    for (const auto* name : {"missing", "pipe", "dangling", "."}) {
        const Error error = error_of([&] { hash_file(folder / name); });
        CHECK(error.code() == ErrorCode::FileAccess);
        CHECK(error.file() == (folder / name).string());
    }
    CHECK(code_of([] { hash_file("/dev/null"); }) == ErrorCode::FileAccess);
    // Regular by its type, and yet its first byte cannot be read.
    CHECK(code_of([] { hash_file("/proc/self/mem"); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { hash_file((folder / "empty") / "below"); }) == ErrorCode::FileAccess);
}
