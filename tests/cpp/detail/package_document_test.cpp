#include "libblock/detail/package_document.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/hash_list.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

const std::string modeline = "# yaml-language-server: $schema=package.schema.json\n";

Package read(std::string_view yaml) {
    return read_package(parse_yaml(yaml), "/nonexistent");
}

Package round_trip(const Package& package) {
    return read(write_package(package, "x").yaml);
}

Sha256 nth_digest(std::size_t index) {
    return hash_text(std::to_string(index));
}

/// `count` entries without notes, of one kind, platform and source.
std::vector<HashEntry> entries_of(std::size_t count) {
    std::vector<HashEntry> entries(count);
    for (std::size_t i = 0; i < count; ++i) {
        entries[i].sha256 = nth_digest(i);
        entries[i].file_name = i % 3 == 0 ? "" : "file " + std::to_string(i) + ".exe";
    }
    return entries;
}

/// Reads a document that was written with its lists.
Package read_with_lists(const DocumentText& text) {
    const TemporaryFolder folder;
    for (const auto& list : text.lists) write_file(folder / list.file, list.bytes);
    return read_package(parse_yaml(text.yaml), folder.path());
}

// ---- random packages ---------------------------------------------------------------------------

constexpr std::string_view pieces[] = {
    "a",
    "3CX",
    " ",
    "\n",
    "\t",
    ": ",
    " #",
    "- ",
    "'",
    "\"",
    "\\",
    "]]>",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&",
    "*",
    "!",
    "|",
    ">",
    "%",
    "@",
    "`",
    "null",
    "~",
    "0123",
    "1e5",
    "0x1f",
    "yes",
    "---",
    "...",
    "\xe2\x80\x8f",
    "\xe2\x80\xae",
    "\xe2\x80\x8b",
    "\xf0\x9f\x98\x80",
    "\xc3\xa9",
    "日本",
    "\xc2\xa0",
    "=",
    "<<",
    "?",
    "? ",
    "http://",
    "2026-01-01",
    "12:30",
    ".",
    "-",
    "+",
    "_",
    "\r",
    "\x1b",
    "1234567890123456789012345678901234567890123456789012345678901234"};

class RandomPackages {
public:
    Package next() {
        Package package("x");
        attempt([&] { package.rename(text()); });
        attempt([&] { package.set_description(text()); });
        attempt([&] { package.set_references(texts()); });
        attempt([&] { package.set_tags(texts()); });
        package.set_version(1 + number(4294967294U));
        if (coin()) package.set_expires(Timestamp{std::chrono::seconds{number(2000000000)}});
        for (std::size_t i = number(3); i > 0; --i) attempt([&] { package.add_rule(rule()); });
        for (std::size_t i = number(5); i > 0; --i) attempt([&] { package.add({entry()}); });
        for (std::size_t i = number(2); i > 0; --i) {
            attempt([&] { package.add_provenance(provenance()); });
        }
        return package;
    }

private:
    /// Random texts are often none that the model takes.
    template <typename Action>
    void attempt(Action action) {
        for (int i = 0; i < 20; ++i) {
            try {
                return action();
            } catch (const Error&) {
                continue;
            }
        }
    }
    std::uint32_t number(std::uint32_t most) {
        return std::uniform_int_distribution<std::uint32_t>(0, most)(random_);
    }
    bool coin() { return number(1) == 1; }
    std::string text() {
        std::string text;
        for (std::size_t i = 1 + number(5); i > 0; --i) {
            text += pieces[number(static_cast<std::uint32_t>(std::size(pieces)) - 1)];
        }
        return text;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> texts(number(3));
        std::generate(texts.begin(), texts.end(), [&] { return text(); });
        return texts;
    }
    template <typename E>
    E any_of() {
        const auto& rows = EnumTable<E>::rows;
        return rows[number(static_cast<std::uint32_t>(rows.size()) - 1)].value;
    }
    MetadataRule rule() {
        MetadataRule rule{text(), {any_of<Platform>()}, {}};
        for (std::size_t i = 1 + number(2); i > 0; --i) {
            rule.criteria.push_back({any_of<Field>(), any_of<Operation>(), text()});
        }
        return rule;
    }
    HashEntry entry() {
        HashEntry entry;
        entry.sha256 = nth_digest(number(1000000));
        entry.kind = any_of<HashKind>();
        if (coin()) entry.file_name = text();
        if (coin()) entry.platform = any_of<Platform>();
        if (coin()) entry.note = text();
        if (coin()) entry.origin = {text(), number(9), number(9)};
        return entry;
    }
    Provenance provenance() {
        Provenance record;
        record.source = {text(), nth_digest(number(9)), {}};
        if (coin()) record.source.imported = Timestamp{std::chrono::seconds{number(2000000000)}};
        record.accepted = number(9);
        record.added = UINT64_MAX - number(9);
        return record;
    }

    std::mt19937 random_{20230329};
};

}  // namespace

TEST_CASE("a package is written in its one form") {
    Package package("3CX DesktopApp");
    package.set_version(3);
    package.set_description("Trojanised builds.\n\nSee below.\n");
    package.set_references({"https://example.com/3cx"});
    package.set_tags({"supply-chain", "2023"});
    package.set_expires(parse_timestamp("2027-01-01T00:00:00Z"));
    package.add_rule({"3CXDesktopApp",
                      {Platform::Windows, Platform::Macos},
                      {{Field::OriginalFilename, Operation::Equals, "3CXDesktopApp.exe"},
                       {Field::FileVersion, Operation::AtMost, "18.12.416"}}});
    HashEntry full{digest_of("bb"), HashKind::Authenticode, "a.exe", Platform::Windows,
                   "a note",        {"advisory.txt", 36, 1}};
    package.add({full, {digest_of("aa"), HashKind::File, "", {}, "", {}}});
    Provenance record;
    record.source = {"advisory.txt", digest_of("cc"), parse_timestamp("2026-11-23T08:00:00Z")};
    record.accepted = record.selected = record.added = 2;
    package.add_provenance(record);
    CHECK(write_package(package, "x").yaml == modeline +
                                                  "libblock: 1\n"
                                                  "name: 3CX DesktopApp\n"
                                                  "version: 3\n"
                                                  "description: |\n"
                                                  "  Trojanised builds.\n"
                                                  "\n"
                                                  "  See below.\n"
                                                  "references:\n"
                                                  "  - https://example.com/3cx\n"
                                                  "tags:\n"
                                                  "  - supply-chain\n"
                                                  "  - \"2023\"\n"
                                                  "expires: 2027-01-01T00:00:00Z\n"
                                                  "rules:\n"
                                                  "  - name: 3CXDesktopApp\n"
                                                  "    platforms: [windows, macos]\n"
                                                  "    criteria:\n"
                                                  "      - field: original_filename\n"
                                                  "        operation: equals\n"
                                                  "        value: 3CXDesktopApp.exe\n"
                                                  "      - field: file_version\n"
                                                  "        operation: at_most\n"
                                                  "        value: \"18.12.416\"\n"
                                                  "hashes:\n"
                                                  "  - sha256: " +
                                                  digest_of("aa").to_string() +
                                                  "\n"
                                                  "  - sha256: " +
                                                  digest_of("bb").to_string() +
                                                  "\n"
                                                  "    kind: authenticode\n"
                                                  "    file_name: a.exe\n"
                                                  "    platform: windows\n"
                                                  "    note: a note\n"
                                                  "    source: advisory.txt\n"
                                                  "    line: 36\n"
                                                  "    column: 1\n"
                                                  "provenance:\n"
                                                  "  - source: advisory.txt\n"
                                                  "    sha256: " +
                                                  digest_of("cc").to_string() +
                                                  "\n"
                                                  "    imported: 2026-11-23T08:00:00Z\n"
                                                  "    accepted: 2\n"
                                                  "    rejected: 0\n"
                                                  "    duplicates: 0\n"
                                                  "    selected: 2\n"
                                                  "    added: 2\n");
    CHECK(round_trip(package) == package);
    CHECK(write_package(Package("x"), "x").yaml == modeline + "libblock: 1\nname: x\nversion: 1\n");
}

TEST_CASE("any package reads as it was written") {
    RandomPackages packages;
    for (int i = 0; i < 1000; ++i) {
        const Package package = packages.next();
        const std::string yaml = write_package(package, "x").yaml;
        CAPTURE(yaml);
        const Package again = read(yaml);
        REQUIRE(again == package);
        REQUIRE(write_package(again, "x").yaml == yaml);
    }
}

TEST_CASE("digests that look like numbers are quoted") {
    Package package("x");
    for (const std::string_view text :
         {"1234567890123456789012345678901234567890123456789012345678901234",
          "0000000000000000000000000000000000000000000000000000000000001e34",
          "0b01010101010101010101010101010101010101010101010101010101010101"}) {
        package.add({{Sha256::parse(text).value(), HashKind::File, "", {}, "", {}}});
        CHECK(write_package(package, "x").yaml.find('"' + std::string(text) + '"') !=
              std::string::npos);
    }
    CHECK(round_trip(package) == package);
}

TEST_CASE("up to a limit all hashes stand in the document") {
    Package package("x");
    package.add(entries_of(limits::inline_entries));
    CHECK(write_package(package, "x").lists.empty());
    CHECK(round_trip(package) == package);
    package.add({{digest_of("aa"), HashKind::File, "", {}, "", {}}});
    const DocumentText text = write_package(package, "x");
    REQUIRE(text.lists.size() == 1);
    CHECK(text.lists[0].file == "x.sha256");
    CHECK(text.yaml == modeline +
                           "libblock: 1\nname: x\nversion: 1\nhash_lists:\n  - file: x.sha256\n"
                           "    count: 1001\n    sha256: " +
                           hash_text(text.lists[0].bytes).to_string() + "\n");
    CHECK(read_with_lists(text) == package);
}

TEST_CASE("lists hold entries of one kind, platform and source, sorted") {
    Package package("x");
    auto entries = entries_of(limits::inline_entries + 10);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i % 2 == 0) entries[i].kind = HashKind::Authenticode;
        if (i % 4 == 0) entries[i].platform = Platform::Linux;
        if (i % 5 == 0) entries[i].origin.source = "b.csv";
    }
    entries[7].note = "stays in the document";
    entries[7].origin = {"a.txt", 3, 4};
    entries[8].origin = {"b.csv", 5, 6};
    package.add(entries);
    const DocumentText text = write_package(package, "stem");
    CHECK(text.lists.size() == 6);
    CHECK(text.lists.front().file == "stem-1.sha256");
    CHECK(text.lists.back().file == "stem-6.sha256");
    for (const auto& list : text.lists) {
        const auto lines = parse_hash_list(list.bytes);
        CHECK(std::is_sorted(lines.begin(), lines.end(), [](const auto& left, const auto& right) {
            return left.sha256 < right.sha256;
        }));
    }
    const Package again = read_with_lists(text);
    const auto kept = again.entries().find(entries[7].sha256, entries[7].kind);
    CHECK(kept == entries[7]);
    const auto listed = again.entries().find(entries[8].sha256, entries[8].kind);
    CHECK(listed->origin == Origin{"b.csv", 0, 0});
    CHECK(write_package(again, "stem") == text);
    CHECK(digest(again) == digest(package));
}

TEST_CASE("50,000 entries go through lists and back") {
    Package package("x");
    package.add(entries_of(50'000));
    CHECK(read_with_lists(write_package(package, "x")) == package);
}

TEST_CASE("a list is read in pieces, however long its lines are") {
    const std::string hash = digest_of("aa").to_string();
    for (const std::size_t length : {200'000, 262'144 - 67, 262'144 - 66, 700'000}) {
        CAPTURE(length);
        const TemporaryFolder folder;
        const std::string list = "#" + std::string(length, 'x') + "\n" + hash + "\n" +
                                 digest_of("bb").to_string() + "  b.exe";
        write_file(folder / "x.sha256", list);
        const auto read_list = [&](const Sha256& digest, std::string_view count = "2") {
            return read_package(
                parse_yaml("libblock: 1\nname: x\nversion: 1\nhash_lists:\n"
                           "  - file: x.sha256\n    count: " +
                           std::string(count) + "\n    sha256: " + digest.to_string() + "\n"),
                folder.path());
        };
        CHECK(read_list(hash_text(list)).entries().size() == 2);
        // The digest comes first: what is wrong with the lines of another list is of no interest.
        write_file(folder / "x.sha256", list + "\noops");
        CHECK(code_of([&] { read_list(hash_text(list)); }) == ErrorCode::DigestMismatch);
        const Error error = error_of([&] { read_list(hash_text(list + "\noops")); });
        CHECK(error.code() == ErrorCode::InvalidDocument);
        CHECK(error.position() == Position{4, 1});
        CHECK(error.file() == (folder / "x.sha256").string());
        write_file(folder / "x.sha256", list + "\n" + hash);
        const Error repeat = error_of([&] { read_list(hash_text(list + "\n" + hash), "3"); });
        CHECK(repeat.position() == Position{4, 1});
        CHECK(repeat.message() == "the file hash " + hash + " stands on line 2 already");
    }
}

TEST_CASE("notes keep entries in the document, as long as it can be read") {
    Package package("x");
    auto entries = entries_of(limits::inline_entries + 1);
    for (auto& entry : entries) entry.note = "a note";
    package.add(entries);
    CHECK(write_package(package, "x").lists.empty());
    CHECK(round_trip(package) == package);
    entries.resize(300);
    for (auto& entry : entries) entry.note = std::string(limits::text_bytes, 'n');
    Package large("x");
    large.add(entries);
    CHECK(code_of([&] { write_package(large, "x"); }) == ErrorCode::LimitExceeded);
}

TEST_CASE("a stem that is no file name is refused if it is needed") {
    Package package("x");
    CHECK_NOTHROW(write_package(package, "a/b"));
    package.add(entries_of(limits::inline_entries + 1));
    for (const std::string_view stem : {"a/b", "a\\b", "a:b", " a", "a\nb", ""}) {
        CAPTURE(stem);
        if (stem.empty()) {
            CHECK_NOTHROW(write_package(package, stem));
        } else {
            CHECK(code_of([&] { write_package(package, stem); }) == ErrorCode::InvalidValue);
        }
    }
    CHECK(code_of([&] { write_package(package, std::string(250, 'x')); }) ==
          ErrorCode::LimitExceeded);
}

TEST_CASE("names of lists are told from others") {
    for (const std::string_view file : {"x.sha256", "x-1.sha256", "x-42.sha256"}) {
        CHECK(is_list_name(file, "x"));
    }
    for (const std::string_view file : {"x", "y.sha256", "xy.sha256", "x-.sha256", "x-a.sha256",
                                        "x-1a.sha256", "x1.sha256", "x-1.sha512", ".sha256"}) {
        CAPTURE(file);
        CHECK_FALSE(is_list_name(file, "x"));
    }
    CHECK_FALSE(is_list_name("a.sha256", "a.sha25"));
}

TEST_CASE("lists are found in a document that is only half understood") {
    const auto names = [](std::string_view yaml) { return named_lists(parse_yaml(yaml)); };
    CHECK(names("hash_lists:\n  - file: a\n    oops: b\n  - c\n  - count: 1\n  - file: d\n") ==
          std::vector<std::string>{"a", "d"});
    CHECK(names("hash_lists: a\n").empty());
    CHECK(names("a: b\n").empty());
    CHECK(names("[a]\n").empty());
}

TEST_CASE("no list is opened for a document that is broken elsewhere") {
    const std::string lists = "hash_lists:\n  - file: none.sha256\n    count: 1\n    sha256: " +
                              digest_of("aa").to_string() + "\n";
    CHECK(code_of([&] { read("libblock: 1\nname: x\nversion: 1\n" + lists); }) ==
          ErrorCode::FileAccess);
    CHECK(code_of([&] { read("libblock: 1\nname: x\n" + lists + "version: 0\n"); }) ==
          ErrorCode::InvalidDocument);
    CHECK(code_of([&] { read(lists + "libblock: 1\nname: x\n"); }) == ErrorCode::InvalidDocument);
}
