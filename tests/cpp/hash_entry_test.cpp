#include "libblock/hash_entry.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

HashEntry entry_of(std::string_view prefix, HashKind kind = HashKind::File) {
    HashEntry entry;
    entry.sha256 = digest_of(prefix);
    entry.kind = kind;
    return entry;
}

}  // namespace

TEST_CASE("entries are ordered and unique by digest and kind") {
    HashEntries entries;
    CHECK(entries.add({}) == 0);
    CHECK(entries.add({entry_of("b"), entry_of("a"), entry_of("b", HashKind::Authenticode),
                       entry_of("a")}) == 3);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0] == entry_of("a"));
    CHECK(entries[1] == entry_of("b"));
    CHECK(entries[2] == entry_of("b", HashKind::Authenticode));
    CHECK(entries.add({entry_of("a"), entry_of("0")}) == 1);
    CHECK(entries[0] == entry_of("0"));
}

TEST_CASE("a file hash is no Authenticode hash") {
    HashEntries entries;
    entries.add({entry_of("a")});
    CHECK(entries.contains(digest_of("a"), HashKind::File));
    CHECK_FALSE(entries.contains(digest_of("a"), HashKind::Authenticode));
    CHECK_FALSE(entries.contains(digest_of("0"), HashKind::File));
    CHECK(entries.find(digest_of("a"), HashKind::File) == entry_of("a"));
    CHECK_FALSE(entries.find(digest_of("a"), HashKind::Authenticode));
    CHECK_FALSE(entries.find(digest_of("0"), HashKind::File));
    CHECK(entries.hashes(HashKind::File) == HashSet{digest_of("a")});
    CHECK(entries.hashes(HashKind::Authenticode).empty());
}

TEST_CASE("adding what is there fills gaps and overwrites nothing") {
    HashEntries entries;
    HashEntry known = entry_of("a");
    known.note = "seen";
    entries.add({known});

    HashEntry better = entry_of("a");
    better.note = "other";
    better.file_name = "x.exe";
    better.platform = Platform::Windows;
    better.origin = {"advisory.txt", 3, 1};
    CHECK(entries.add({better}) == 0);
    better.note = "seen";
    CHECK(entries[0] == better);

    HashEntry later = entry_of("a");
    later.file_name = "y.exe";
    later.platform = Platform::Linux;
    later.origin = {"other.txt", 1, 1};
    entries.add({later});
    CHECK(entries[0] == better);
}

TEST_CASE("entries can be removed") {
    HashEntries entries;
    entries.add({entry_of("a"), entry_of("b")});
    CHECK(entries.remove(digest_of("a"), HashKind::File));
    CHECK_FALSE(entries.remove(digest_of("a"), HashKind::File));
    CHECK_FALSE(entries.remove(digest_of("f"), HashKind::File));
    CHECK(entries.size() == 1);
}

TEST_CASE("an entry with an unusable text is refused, and then nothing is added") {
    HashEntries entries;
    const auto refusal = [&](auto change) {
        HashEntry bad = entry_of("b");
        change(bad);
        return code_of([&] { entries.add({entry_of("a"), bad}); });
    };
    CHECK(refusal([](auto& e) { e.file_name = "a\nb"; }) == ErrorCode::InvalidValue);
    CHECK(refusal([](auto& e) { e.file_name = "\xff"; }) == ErrorCode::InvalidValue);
    CHECK(refusal([](auto& e) { e.origin.source = std::string("a\0b", 3); }) ==
          ErrorCode::InvalidValue);
    CHECK(refusal([](auto& e) { e.note = "\x1b[31m"; }) == ErrorCode::InvalidValue);
    CHECK(refusal([](auto& e) { e.note.assign(limits::text_bytes + 1, 'x'); }) ==
          ErrorCode::LimitExceeded);
    CHECK(entries.empty());

    HashEntry odd = entry_of("a");
    odd.note = "two\nlines";
    odd.file_name = "invoice\u202efdp.exe";
    CHECK(entries.add({odd}) == 1);
}
