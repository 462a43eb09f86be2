#include "libblock/hash_index.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "digests.hpp"
#include "libblock/hash_set.hpp"
#include "libblock/hasher.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

std::uint64_t build(const std::filesystem::path& path, std::span<const Sha256> digests,
                    std::size_t memory = HashIndexBuilder::default_memory) {
    HashIndexBuilder builder(path, memory);
    builder.add(digests);
    return builder.finish();
}

/// How many answers about `known` and about digests of another kind are wrong, one by one and all
/// at once.
std::size_t wrong_answers(const HashIndex& index, const std::vector<Sha256>& known) {
    std::mt19937_64 random(99);
    auto asked = random_digests(random, 1000);
    asked.insert(asked.end(), known.begin(), known.end());
    const auto found = std::make_unique<bool[]>(asked.size());
    index.contains(asked, std::span(found.get(), asked.size()));
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < asked.size(); ++i) {
        wrong += found[i] != (i >= 1000);
        wrong += index.contains(asked[i]) != (i >= 1000);
    }
    return wrong;
}

/// A digest of this key; `tail` tells it from others.
Sha256 digest_with(std::uint64_t key, std::uint64_t tail) {
    Sha256::Bytes bytes{};
    for (std::size_t i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(key >> (56 - 8 * i));
        bytes[24 + i] = static_cast<std::uint8_t>(tail >> (56 - 8 * i));
    }
    return Sha256(bytes);
}

std::ptrdiff_t files_in(const TemporaryFolder& folder) {
    return std::distance(std::filesystem::directory_iterator(folder.path()), {});
}

HashTextCounts read_all(std::string_view text, std::size_t piece, std::vector<Sha256>& found) {
    HashTextReader reader([&](std::span<const Sha256> digests) {
        found.insert(found.end(), digests.begin(), digests.end());
    });
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        reader.read(text.substr(0, piece));
    }
    return reader.finish();
}

/// A text without characters beyond U+FFFF.
std::string utf16(std::string_view text, bool little) {
    std::string bytes;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&] { return static_cast<std::uint32_t>(text[at++]) & 0xFF; };
        std::uint32_t code = byte();
        const int more = code < 0x80 ? 0 : code < 0xE0 ? 1 : 2;
        if (more > 0) code &= 0x3FU >> more;
        for (int i = 0; i < more; ++i) code = code << 6 | (byte() & 0x3F);
        const auto low = static_cast<char>(code & 0xFF);
        const auto high = static_cast<char>(code >> 8);
        bytes += little ? low : high;
        bytes += little ? high : low;
    }
    return bytes;
}

}  // namespace

TEST_CASE("an index answers what a set answers") {
    const TemporaryFolder folder;
    std::mt19937_64 random(7);
    for (const std::size_t count : {0, 1, 16, 17, 1000, 50'000}) {
        CAPTURE(count);
        auto digests = random_digests(random, count);
        digests.insert(digests.end(), digests.begin(), digests.begin() + count / 2);
        CHECK(build(folder / "i", digests) == count);
        const HashIndex index = HashIndex::open(folder / "i");
        CHECK(index.size() == count);
        CHECK(index.empty() == (count == 0));
        const HashSet set(digests);
        CHECK(std::ranges::equal(index.digests(), set.digests()));
        CHECK(wrong_answers(index, digests) == 0);
        index.verify();
    }
    CHECK(files_in(folder) == 1);
}

TEST_CASE("digests that crowd into one place are found") {
    const TemporaryFolder folder;
    std::mt19937_64 random(8);
    for (const std::size_t shared : {2, 8, 31}) {
        const auto digests = random_digests(random, 70'000, shared);
        build(folder / "i", digests);
        const HashIndex index = HashIndex::open(folder / "i");
        CHECK(wrong_answers(index, digests) == 0);
        index.verify();
    }
}

TEST_CASE("digests at the borders of blocks and of their fingerprints are found, others not") {
    const TemporaryFolder folder;
    // 256 digests have 16 blocks, which the four leading bits of a key choose between; the next 16
    // are the fingerprint. Up to 28 have one; all other blocks stay empty.
    constexpr std::array<std::uint64_t, 8> sizes{28, 29, 27, 1, 0, 64, 63, 44};
    for (const std::uint64_t step : {std::uint64_t{1}, std::uint64_t{1} << 44, std::uint64_t{0}}) {
        CAPTURE(step);
        std::vector<Sha256> digests;
        std::vector<Sha256> others;
        for (std::uint64_t block = 0; block < sizes.size(); ++block) {
            const std::uint64_t first = 2 * block << 60;
            const std::uint64_t last = first + ((std::uint64_t{1} << 60) - 1);
            for (std::uint64_t i = 0; i < sizes[block]; ++i) {
                const bool from_end = i % 2 == 1;
                const std::uint64_t offset = i / 2 * step;
                digests.push_back(digest_with(from_end ? last - offset : first + offset, i));
                others.push_back(digest_with(from_end ? last - offset : first + offset, i + 100));
                others.push_back(digest_with(from_end ? last + 1 + offset : first - 1 - offset, i));
            }
        }
        CHECK(build(folder / "i", digests) == 256);
        const HashIndex index = HashIndex::open(folder / "i");
        index.verify();
        CHECK(wrong_answers(index, digests) == 0);
        const HashSet set(digests);
        std::size_t wrong = 0;
        const auto found = std::make_unique<bool[]>(others.size());
        index.contains(others, std::span(found.get(), others.size()));
        for (std::size_t i = 0; i < others.size(); ++i) {
            wrong += found[i] != set.contains(others[i]);
            wrong += index.contains(others[i]) != set.contains(others[i]);
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("batches of every size are answered, hits and misses mixed") {
    const TemporaryFolder folder;
    std::mt19937_64 random(13);
    const auto known = random_digests(random, 3000);
    build(folder / "i", known);
    const HashIndex index = HashIndex::open(folder / "i");
    auto asked = random_digests(random, 200);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (random() % 2 == 0) asked[i] = known[random() % known.size()];
    }
    const HashSet set(known);
    for (std::size_t count = 0; count <= asked.size(); ++count) {
        CAPTURE(count);
        std::array<bool, 200> found{};
        index.contains(std::span(asked).first(count), std::span(found).first(count));
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < count; ++i) wrong += found[i] != set.contains(asked[i]);
        CHECK(wrong == 0);
        CHECK(std::find(found.begin() + static_cast<std::ptrdiff_t>(count), found.end(), true) ==
              found.end());
    }
}

TEST_CASE("an index that is longer than what is written at once is whole") {
    const TemporaryFolder folder;
    std::mt19937_64 random(14);
    // 2 MiB less the header are 65'408 digests.
    for (const std::size_t count : {65'407, 65'408, 65'409, 200'000}) {
        CAPTURE(count);
        const auto digests = random_digests(random, count);
        CHECK(build(folder / "i", digests) == count);
        const HashIndex index = HashIndex::open(folder / "i");
        index.verify();
        CHECK(std::ranges::equal(index.digests(), HashSet(digests).digests()));
    }
}

TEST_CASE("the same digests make the same bytes in little memory and much") {
    const TemporaryFolder folder;
    std::mt19937_64 random(9);
    auto digests = random_digests(random, 900'000);  // more runs than are merged at once
    std::copy_n(digests.begin(), 100'000, digests.end() - 100'000);
    CHECK(build(folder / "large", digests) == 800'000);
    std::reverse(digests.begin(), digests.end());
    CHECK(build(folder / "small", digests, HashIndexBuilder::min_memory) == 800'000);
    CHECK((read_file(folder / "large") == read_file(folder / "small")));
    CHECK(files_in(folder) == 2);
}

TEST_CASE("work that is stopped leaves the old file and no other") {
    const TemporaryFolder folder;
    std::mt19937_64 random(10);
    const auto digests = random_digests(random, 60'000);
    build(folder / "i", std::span(digests).first(10));
    {
        HashIndexBuilder builder(folder / "i", HashIndexBuilder::min_memory);
        builder.add(digests);
        CHECK_THROWS_AS(
            builder.finish([](std::uint64_t, std::uint64_t) { throw std::runtime_error("stop"); }),
            std::runtime_error);
        CHECK(code_of([&] { builder.add(digests); }) == ErrorCode::InvalidValue);
    }
    CHECK(files_in(folder) == 1);
    CHECK(HashIndex::open(folder / "i").size() == 10);
    CHECK(code_of([&] { HashIndexBuilder(folder / "i", 1000); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { build(folder / "no/i", digests); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { HashIndex::open(folder / "none"); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { HashIndex::open(folder.path()); }) == ErrorCode::FileAccess);
}

TEST_CASE("an index that is cut short is refused") {
    const TemporaryFolder folder;
    std::mt19937_64 random(11);
    build(folder / "i", random_digests(random, 40));
    const std::string bytes = read_file(folder / "i");
    for (std::size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 97) {
        CAPTURE(size);
        write_file(folder / "cut", std::string_view(bytes).substr(0, size));
        const Error error = error_of([&] { HashIndex::open(folder / "cut"); });
        CHECK(error.code() == ErrorCode::InvalidDocument);
        CHECK(error.file() == (folder / "cut").string());
    }
    write_file(folder / "long", bytes + "x");
    CHECK(code_of([&] { HashIndex::open(folder / "long"); }) == ErrorCode::InvalidDocument);
}

TEST_CASE("a damaged index is refused, or gives no false answer and does not verify") {
    const TemporaryFolder folder;
    std::mt19937_64 random(12);
    const auto digests = random_digests(random, 500);
    build(folder / "i", digests);
    const std::string bytes = read_file(folder / "i");
    const HashSet set(digests);
    const auto check = [&](std::size_t at, char change) {
        CAPTURE(at);
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ change);
        write_file(folder / "d", damaged);
        if (at < 4096) {
            CHECK(code_of([&] { HashIndex::open(folder / "d"); }) == ErrorCode::InvalidDocument);
            return;
        }
        const HashIndex index = HashIndex::open(folder / "d");
        const auto asked = random_digests(random, 500);
        std::array<bool, 500> found{};
        index.contains(digests, found);
        index.contains(asked, found);
        CHECK(std::find(found.begin(), found.end(), true) == found.end());
        CHECK(code_of([&] { index.verify(); }) == ErrorCode::InvalidDocument);
    };
    for (std::size_t at = 0; at < 200; ++at) check(at, 1);
    for (int i = 0; i < 500; ++i)
        check(random() % bytes.size(), static_cast<char>(1 << random() % 8));
    for (std::size_t at = 5 * 4096; at < 5 * 4096 + 640; ++at) check(at, '\xff');
}

TEST_CASE("places for answers must be as many as questions") {
    const TemporaryFolder folder;
    build(folder / "i", {});
    const HashIndex index = HashIndex::open(folder / "i");
    CHECK(code_of([&] { index.contains(std::vector<Sha256>(2), std::span<bool>()); }) ==
          ErrorCode::InvalidValue);
}

TEST_CASE("a text gives its standalone hashes, in whatever pieces it comes") {
    const std::string a(64, 'a');
    const std::string b(64, 'B');
    const std::string text = a + "\n\"" + b + "\",\"name, x\"\r\n" + a + "0\n" + a + "_\n_" + a +
                             "\n" + std::string(300, 'c') + "\n# none\n\n" + a + " " + b + "\n" +
                             "x-" + b + "\xc3\xa9\n" + a.substr(1) + "\nlast " + a;
    for (std::size_t piece = 1; piece < 200; ++piece) {
        CAPTURE(piece);
        std::vector<Sha256> found;
        const HashTextCounts counts = read_all(text, piece, found);
        CHECK(counts == HashTextCounts{.hashes = 6, .lines = 12, .lines_without_hash = 7});
        const auto da = Sha256::parse(a).value();
        const auto db = Sha256::parse(b).value();
        CHECK((found == std::vector{da, db, da, db, db, da}));
    }
    std::vector<Sha256> found;
    CHECK(read_all("", 1, found) == HashTextCounts{});
}

TEST_CASE("a text may be UTF-16, in whatever pieces it comes") {
    const std::string a(64, 'a');
    const std::string b(64, 'B');
    const std::string text = "SHA256\r\n" + a + "\r\n\r\n" + a + "0\n" + b + "  x.exe\nlast " + a;
    const auto da = Sha256::parse(a).value();
    const auto db = Sha256::parse(b).value();
    for (const bool little : {false, true}) {
        for (const std::string_view before : {"\ufeff", "", "\ufeff\u00e9 ", "\ufeff\u3042\n"}) {
            CAPTURE(little);
            CAPTURE(before);
            const std::string bytes = utf16(std::string(before) + text, little);
            const std::uint64_t more = before.ends_with('\n');
            for (const std::size_t piece : {1, 2, 3, 7, 64, 129, 5000}) {
                CAPTURE(piece);
                std::vector<Sha256> found;
                const HashTextCounts counts = read_all(bytes, piece, found);
                CHECK(counts == HashTextCounts{.hashes = 3,
                                               .lines = 6 + more,
                                               .lines_without_hash = 3 + more});
                CHECK((found == std::vector{da, db, da}));
            }
        }
    }
}

TEST_CASE("a text without a mark may begin with more than ASCII, in whatever pieces") {
    for (const bool little : {false, true}) {
        const std::string bytes = utf16("\u4e2d\u6587\n" + std::string(64, 'a'), little);
        for (const std::size_t piece : {1, 2, 3, 7, 64, 5000}) {
            std::vector<Sha256> found;
            CHECK(read_all(bytes, piece, found).hashes == 1);
        }
    }
}

TEST_CASE("to a text in UTF-16 one in UTF-8 may be added, in whatever pieces") {
    const std::string a(64, 'a');
    const std::string b(64, 'b');
    for (const bool little : {false, true}) {
        const std::string bytes = utf16("\ufeffhashes:\r\n" + a + "\r\n", little) + b + "\n";
        for (const std::size_t piece : {1, 2, 3, 7, 64, 5000}) {
            std::vector<Sha256> found;
            CHECK(read_all(bytes, piece, found) ==
                  HashTextCounts{.hashes = 2, .lines = 3, .lines_without_hash = 1});
            CHECK((found == std::vector{Sha256::parse(a).value(), Sha256::parse(b).value()}));
        }
    }
}

TEST_CASE("a long text may be UTF-16") {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += hash_text(std::to_string(i)).to_string() + "\n";
    std::vector<Sha256> found;
    const std::string bytes = utf16("\ufeff" + text, true);
    CHECK(read_all(bytes, bytes.size(), found) ==
          HashTextCounts{.hashes = 5000, .lines = 5000, .lines_without_hash = 0});
    CHECK(found[4999] == hash_text("4999"));
}

TEST_CASE("bytes that only begin like UTF-16 are read as they are") {
    const std::string a(64, 'a');
    const std::string nul(1, '\0');
    const std::vector<std::string> texts{
        "\xff\xfe" + a, "\xfe\xff\n" + a, nul + a, "x" + nul + a, "\xff", nul, "\xff\xfe"};
    for (const std::string& text : texts) {
        for (const std::size_t piece : {1, 3, 100}) {
            std::vector<Sha256> found;
            CHECK(read_all(text, piece, found).hashes == (text.size() > 2));
            CHECK(found.size() == (text.size() > 2));
        }
    }
}

TEST_CASE("a reader gives the hashes of ASCII at once, and starts anew with each text") {
    std::vector<Sha256> found;
    HashTextReader reader([&](std::span<const Sha256> digests) {
        found.insert(found.end(), digests.begin(), digests.end());
    });
    const std::string line = digest_of("a").to_string() + "\n";
    for (int i = 1; i < 4; ++i) {
        reader.read(utf16("\ufeff" + line, true));
        reader.finish();
        CHECK(found.size() == 2 * i - 1);
        reader.read(line);
        reader.flush();
        CHECK(found.size() == 2 * i);
        reader.finish();
    }
}

TEST_CASE("a reader goes on with pieces of a size after one was not taken") {
    std::size_t calls = 0;
    std::size_t largest = 0;
    HashTextReader reader([&](std::span<const Sha256> digests) {
        if (++calls == 2) throw std::runtime_error("full");
        largest = std::max(largest, digests.size());
    });
    const std::string line = digest_of("a").to_string() + "\n";
    std::string text;
    for (int i = 0; i < 1000; ++i) text += line;
    std::size_t failures = 0;
    for (int i = 0; i < 200; ++i) {
        try {
            reader.read(text);
        } catch (const std::runtime_error&) {
            ++failures;
        }
    }
    reader.finish();
    CHECK(failures == 1);
    CHECK(calls > 4);
    CHECK(largest < 50'000);
}

TEST_CASE("an index is refused as a text, in whatever pieces it comes") {
    const TemporaryFolder folder;
    build(folder / "i", std::vector{digest_of("a")});
    const std::string index = read_file(folder / "i");
    const std::string line = digest_of("b").to_string();
    for (const std::size_t piece : {1, 2, 5, 6, 7, 100, 100'000}) {
        for (const std::string_view text :
             {std::string_view(index), std::string_view(index).substr(0, 6)}) {
            std::vector<Sha256> found;
            const Error error =
                error_of([&] { read_all(text, std::min(piece, text.size()), found); });
            CHECK(error.code() == ErrorCode::InvalidDocument);
            CHECK(error.what() == std::string("is a hash index, not a text"));
        }
        std::vector<Sha256> found;
        CHECK(read_all("\x89LBID " + line, piece, found).hashes == 1);
    }
    HashIndexBuilder builder(folder / "j");
    const Error error = error_of([&] { builder.add_file(folder / "i"); });
    CHECK(error.code() == ErrorCode::InvalidDocument);
    CHECK(error.file() == (folder / "i").string());
    CHECK(code_of([&] { builder.add_text(index); }) == ErrorCode::InvalidDocument);
    builder.add_text(line);
    CHECK(builder.finish() == 1);
}

TEST_CASE("a text and a file do not run into each other") {
    const TemporaryFolder folder;
    write_file(folder / "list", digest_of("a").to_string() + "\nnothing\n");
    const HashTextCounts of_file{.hashes = 1, .lines = 2, .lines_without_hash = 1};
    HashIndexBuilder builder(folder / "i");
    builder.add_text("text\n" + digest_of("b").to_string());
    CHECK(builder.add_file(folder / "list") == of_file);
    CHECK(builder.end_text() == HashTextCounts{});
    builder.add_text(digest_of("c").to_string());
    CHECK(code_of([&] { builder.add_file(folder / "none"); }) == ErrorCode::FileAccess);
    CHECK(builder.end_text() == HashTextCounts{.hashes = 1, .lines = 1, .lines_without_hash = 0});
    CHECK(builder.finish() == 3);
}

TEST_CASE("nothing of a file that is given up runs into the next text") {
    const TemporaryFolder folder;
    write_file(folder / "list", std::string(17 << 20, 'a'));
    HashIndexBuilder builder(folder / "i");
    const auto stop = [](std::uint64_t) { throw std::runtime_error("stop"); };
    CHECK_THROWS_WITH(builder.add_file(folder / "list", stop), "stop");
    builder.add_text(digest_of("b").to_string() + "\n");
    CHECK(builder.end_text() == HashTextCounts{.hashes = 1, .lines = 1, .lines_without_hash = 0});
    CHECK(builder.finish() == 1);
}

TEST_CASE("files of hashes become an index") {
    const TemporaryFolder folder;
    write_file(folder / "list", digest_of("a").to_string() + "\nnothing\n");
    HashIndexBuilder builder(folder / "i");
    CHECK(builder.add_file(folder / "list") ==
          HashTextCounts{.hashes = 1, .lines = 2, .lines_without_hash = 1});
    CHECK(code_of([&] { builder.add_file(folder / "none"); }) == ErrorCode::FileAccess);
    CHECK(code_of([&] { builder.add_file(folder.path()); }) == ErrorCode::FileAccess);
    builder.add_text(digest_of("b").to_string());
    CHECK(builder.finish() == 2);
    CHECK(HashIndex::open(folder / "i").contains(digest_of("b")));
}
