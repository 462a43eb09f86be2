#include "libblock/package.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

HashEntry entry_of(std::string_view prefix) {
    return {.sha256 = digest_of(prefix)};
}

MetadataRule rule_of(std::string name, std::string value = "x.exe") {
    return {std::move(name),
            {Platform::Windows},
            {{Field::OriginalFilename, Operation::Equals, std::move(value)}}};
}

Source source_of(std::string name) {
    return {std::move(name), digest_of("5"), std::nullopt};
}

Extraction extraction_of(const std::vector<std::string>& prefixes) {
    Extraction extraction;
    std::uint32_t line = 0;
    for (const auto& prefix : prefixes) {
        Candidate candidate;
        candidate.sha256 = digest_of(prefix);
        candidate.place = {++line, 1, 0};
        candidate.context.platform = Platform::Windows;
        candidate.context.file_name = prefix + ".exe";
        extraction.accepted.push_back(candidate);
    }
    extraction.rejected = {Rejection{}, Rejection{}};
    extraction.duplicates.resize(1);
    return extraction;
}

Package full_package() {
    Package package("3CX DesktopApp");
    package.set_version(3);
    package.set_description("Supply chain\nincident");
    package.set_references({"https://example.org/b", "https://example.org/a"});
    package.set_tags({"supply-chain", "3cx"});
    package.set_expires(parse_timestamp("2027-01-01T00:00:00Z"));
    package.add(extraction_of({"b", "a"}), source_of("advisory.txt"));
    package.add_rule(rule_of("one"));
    return package;
}

}  // namespace

TEST_CASE("a package needs a usable name") {
    CHECK(Package("3CX DesktopApp").name() == "3CX DesktopApp");
    for (const auto* name : {"", " x", "x ", "a\nb", "a\u200bb", "a\u202eb", "\xff"}) {
        CHECK(code_of([&] { Package{name}; }) == ErrorCode::InvalidValue);
    }
    CHECK(code_of([] { Package(std::string(limits::name_bytes + 1, 'x')); }) ==
          ErrorCode::LimitExceeded);
    Package package("a");
    package.rename("b");
    CHECK(package.name() == "b");
    CHECK(code_of([&] { package.rename(""); }) == ErrorCode::InvalidValue);
    CHECK(package.name() == "b");
}

TEST_CASE("attributes refuse what they cannot hold, and keep what they had") {
    Package package = full_package();
    const Package before = package;
    CHECK(code_of([&] { package.set_version(0); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { package.set_tags({"a", "b", "a"}); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { package.set_tags({""}); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { package.set_references({"r", "r"}); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { package.set_description("\x07"); }) == ErrorCode::InvalidValue);
    CHECK(package == before);
}

TEST_CASE("bulk add takes an extraction with its context and records the import") {
    Package package("p");
    package.add({entry_of("a")});
    Source source = source_of("advisory.txt");
    source.imported = parse_timestamp("2023-03-30T08:00:00Z");
    const Provenance record = package.add(extraction_of({"b", "a"}), source);

    CHECK(record.source == source);
    CHECK(record.accepted == 2);
    CHECK(record.rejected == 2);
    CHECK(record.duplicates == 1);
    CHECK(record.selected == 2);
    CHECK(record.added == 1);
    CHECK(package.provenance() == std::vector{record});
    const auto entry = package.entries().find(digest_of("b"), HashKind::File);
    REQUIRE(entry);
    CHECK(entry->file_name == "b.exe");
    CHECK(entry->platform == Platform::Windows);
    CHECK(entry->origin == Origin{"advisory.txt", 1, 1});
}

TEST_CASE("a selection adds only what was selected") {
    Package package("p");
    const Extraction extraction = extraction_of({"a", "b", "c"});
    const std::vector<std::size_t> selection{2, 0, 2};
    const Provenance record = package.add(extraction, source_of("s"), selection);
    CHECK(record.selected == 2);
    CHECK(record.added == 2);
    CHECK(package.entries().hashes(HashKind::File) == HashSet{digest_of("a"), digest_of("c")});

    const std::vector<std::size_t> outside{3};
    CHECK(code_of([&] { package.add(extraction, source_of("s"), outside); }) ==
          ErrorCode::InvalidValue);
    CHECK(package.provenance().size() == 1);
    CHECK(code_of([&] { package.add(extraction, source_of("")); }) == ErrorCode::InvalidValue);
    CHECK(package.entries().size() == 2);
    CHECK(package.add(extraction, source_of("s"), std::vector<std::size_t>{}).added == 0);
}

TEST_CASE("rules have unique names") {
    Package package("p");
    package.add_rule(rule_of("one"));
    package.add_rule(rule_of("two"));
    CHECK(code_of([&] { package.add_rule(rule_of("one", "y.exe")); }) == ErrorCode::AlreadyExists);
    CHECK(code_of([&] { package.add_rule(rule_of("")); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { package.remove_rule("three"); }) == ErrorCode::NotFound);
    package.remove_rule("one");
    CHECK(package.rules() == std::vector{rule_of("two")});
}

TEST_CASE("a package holds a limited number of rules") {
    Package package("p");
    for (std::size_t i = 0; i < limits::rules_per_package; ++i) {
        package.add_rule(rule_of(std::to_string(i)));
    }
    CHECK(code_of([&] { package.add_rule(rule_of("more")); }) == ErrorCode::LimitExceeded);
}

TEST_CASE("entries can be removed from a package") {
    Package package = full_package();
    CHECK(package.remove(digest_of("a")));
    CHECK_FALSE(package.remove(digest_of("a")));
    CHECK_FALSE(package.remove(digest_of("b"), HashKind::Authenticode));
    CHECK(package.entries().size() == 1);
}

TEST_CASE("a copy under another name starts at version 1 and is independent") {
    const Package package = full_package();
    Package copy = copy_as(package, "other");
    CHECK(copy.name() == "other");
    CHECK(copy.version() == 1);
    CHECK(copy.entries() == package.entries());
    copy.remove_rule("one");
    CHECK(package.rules().size() == 1);
}

TEST_CASE("merging adds everything and overwrites nothing") {
    const Package base = full_package();
    Package other("other");
    other.set_references({"https://example.org/a", "https://example.org/c"});
    other.set_tags({"new"});
    other.add({entry_of("a"), entry_of("c")});
    other.add_rule(rule_of("one"));
    other.add_rule(rule_of("two"));
    other.add_provenance({source_of("other.txt")});
    other.add_provenance(base.provenance()[0]);

    const Package merged = merge(base, other);
    CHECK(merged.name() == base.name());
    CHECK(merged.version() == base.version());
    CHECK(merged.references().size() == 3);
    CHECK(merged.tags().size() == 3);
    CHECK(merged.entries().size() == 3);
    CHECK(merged.entries().find(digest_of("a"), HashKind::File)->file_name == "a.exe");
    CHECK(merged.rules().size() == 2);
    CHECK(merged.provenance().size() == 2);
    CHECK(merge(base, base) == base);

    Package contrary("contrary");
    contrary.add_rule(rule_of("one", "y.exe"));
    CHECK(code_of([&] { merge(base, contrary); }) == ErrorCode::AlreadyExists);
}

TEST_CASE("a package expires at its instant") {
    const Package package = full_package();
    CHECK_FALSE(expired(package, *parse_timestamp("2026-12-31T23:59:59Z")));
    CHECK(expired(package, *parse_timestamp("2027-01-01T00:00:00Z")));
    CHECK_FALSE(expired(Package("p"), *parse_timestamp("2027-01-01T00:00:00Z")));
}

TEST_CASE("a difference names what was added, removed and changed") {
    const Package before = full_package();
    CHECK(diff(before, before).empty());

    Package after = before;
    after.rename("renamed");
    after.set_version(4);
    after.set_description("");
    after.set_references({});
    after.set_tags({"x"});
    after.set_expires(std::nullopt);
    after.remove(digest_of("a"));
    HashEntry changed = *after.entries().find(digest_of("b"), HashKind::File);
    after.remove(digest_of("b"));
    changed.note = "new note";
    after.add({changed, entry_of("c")});
    after.remove_rule("one");
    after.add_rule(rule_of("one", "y.exe"));
    after.add_rule(rule_of("two"));

    const PackageDiff changes = diff(before, after);
    CHECK_FALSE(changes.empty());
    CHECK(changes.attributes.size() == 6);
    CHECK(changes.attributes[1] == AttributeChange{"version", "3", "4"});
    CHECK(changes.entries_added == HashEntries({entry_of("c")}));
    REQUIRE(changes.entries_removed.size() == 1);
    CHECK(changes.entries_removed[0].sha256 == digest_of("a"));
    REQUIRE(changes.entries_changed.size() == 1);
    CHECK(changes.entries_changed[0].after == changed);
    CHECK(changes.rules_added == std::vector{rule_of("two")});
    CHECK(changes.rules_removed.empty());
    REQUIRE(changes.rules_changed.size() == 1);
    CHECK(changes.rules_changed[0].before == rule_of("one"));

    const PackageDiff back = diff(after, before);
    CHECK(back.entries_removed == changes.entries_added);
    CHECK(back.rules_removed == changes.rules_added);
}

TEST_CASE("the canonical form of entries is that of a JSON library") {
    Package package("p");
    std::vector<HashEntry> entries;
    const std::string_view texts[] = {
        "", "a.exe", "quote\" back\\slash", "日本 \xe2\x80\xae", "\x7e", "two\nlines\t"};
    for (std::size_t i = 0; i < 200; ++i) {
        HashEntry entry{.sha256 = hash_text(std::to_string(i))};
        if (i % 3 == 0) entry.kind = HashKind::Authenticode;
        if (i % 2 == 0) entry.file_name = texts[i / 2 % 5];
        if (i % 5 == 0) entry.platform = Platform::Macos;
        if (i % 7 == 0) entry.note = texts[i % 6];
        if (i % 4 == 0) entry.origin = {std::string(texts[i / 4 % 5]), 1, 2};
        entries.push_back(entry);
    }
    package.add(entries);
    nlohmann::json expected{{"libblock", 1}, {"name", "p"}, {"version", 1}};
    for (const HashEntry& entry : package.entries()) {
        nlohmann::json item{{"kind", to_string(entry.kind)}, {"sha256", entry.sha256.to_string()}};
        if (!entry.file_name.empty()) item["file_name"] = entry.file_name;
        if (entry.platform) item["platform"] = to_string(*entry.platform);
        if (!entry.note.empty()) item["note"] = entry.note;
        if (!entry.origin.source.empty()) item["source"] = entry.origin.source;
        expected["entries"].push_back(item);
    }
    CHECK(canonical_bytes(package) == expected.dump());
    CHECK(digest(package) == hash_text(expected.dump()));
}

TEST_CASE("the digest of a large package is that of its canonical bytes") {
    Package package("large");
    std::vector<Sha256> digests;
    for (int i = 0; i < 3000; ++i) digests.push_back(hash_text(std::to_string(i)));
    CHECK(package.add(HashSet(digests), HashKind::Authenticode) == digests.size());
    CHECK(package.add(HashSet(digests), HashKind::Authenticode) == 0);
    CHECK(digest(package) == hash_text(canonical_bytes(package)));
    CHECK(nlohmann::json::parse(canonical_bytes(package))["entries"].size() == digests.size());
}

TEST_CASE("the canonical form is this very text") {
    Package package("p");
    CHECK(canonical_bytes(package) == R"({"libblock":1,"name":"p","version":1})");

    package.set_description("a \"quoted\"\n\u00fc");
    package.set_tags({"z", "a"});
    HashEntry entry = entry_of("a");
    entry.file_name = "x.exe";
    entry.platform = Platform::Windows;
    entry.note = "n";
    entry.origin = {"s", 7, 7};
    package.add({entry});
    package.add_rule({"r",
                      {Platform::Linux, Platform::Windows},
                      {{Field::Path, Operation::Wildcard, "/tmp/*"},
                       {Field::FileName, Operation::Equals, "x"}}});
    const std::string zeros(63, '0');
    CHECK(canonical_bytes(package) ==
          "{\"description\":\"a \\\"quoted\\\"\\n\u00fc\","
          "\"entries\":[{\"file_name\":\"x.exe\",\"kind\":\"file\",\"note\":\"n\","
          "\"platform\":\"windows\",\"sha256\":\"a" +
              zeros +
              "\",\"source\":\"s\"}],\"libblock\":1,\"name\":\"p\","
              "\"rules\":[{\"criteria\":["
              "{\"field\":\"file_name\",\"operation\":\"equals\",\"value\":\"x\"},"
              "{\"field\":\"path\",\"operation\":\"wildcard\",\"value\":\"/tmp/*\"}],"
              "\"name\":\"r\",\"platforms\":[\"windows\",\"linux\"]}],"
              "\"tags\":[\"a\",\"z\"],\"version\":1}");
    CHECK(digest(package) == hash_text(canonical_bytes(package)));
}

TEST_CASE("the digest does not depend on the order of input, but on everything said") {
    std::mt19937 random(7);
    std::vector<HashEntry> entries;
    std::vector<MetadataRule> rules;
    std::vector<std::string> tags;
    for (const auto* text : {"1", "2", "3", "4", "5"}) {
        entries.push_back(entry_of(text));
        rules.push_back(rule_of(text));
        tags.emplace_back(text);
    }
    const auto build = [&] {
        Package package("p");
        for (const auto& entry : entries) package.add({entry});
        for (const auto& rule : rules) package.add_rule(rule);
        package.set_tags(tags);
        package.set_references(tags);
        return package;
    };
    const Sha256 expected = digest(build());
    for (int round = 0; round < 50; ++round) {
        std::shuffle(entries.begin(), entries.end(), random);
        std::shuffle(rules.begin(), rules.end(), random);
        std::shuffle(tags.begin(), tags.end(), random);
        CHECK(digest(build()) == expected);
    }
    Package changed = build();
    changed.set_version(2);
    CHECK(digest(changed) != expected);
}
