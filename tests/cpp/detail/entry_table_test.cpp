#include "libblock/detail/entry_table.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/hasher.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

/// Entries as anyone would keep them.
class Model {
public:
    void add(const HashEntry& entry) {
        HashEntry& present = entries_.try_emplace({entry.sha256, entry.kind}, entry).first->second;
        if (present.file_name.empty()) present.file_name = entry.file_name;
        if (!present.platform) present.platform = entry.platform;
        if (present.note.empty()) present.note = entry.note;
        if (present.origin == Origin{}) present.origin = entry.origin;
    }
    bool remove(const Sha256& sha256, HashKind kind) { return entries_.erase({sha256, kind}) > 0; }
    std::vector<HashEntry> list() const {
        std::vector<HashEntry> list;
        for (const auto& [key, entry] : entries_) list.push_back(entry);
        return list;
    }

private:
    std::map<std::pair<Sha256, HashKind>, HashEntry> entries_;
};

class RandomEntries {
public:
    std::size_t number(std::size_t most) {
        return std::uniform_int_distribution<std::size_t>(0, most)(random_);
    }
    HashEntry next(std::size_t digests) {
        HashEntry entry{.sha256 = hash_text(std::to_string(number(digests)))};
        if (number(1) == 0) entry.kind = HashKind::Authenticode;
        if (number(2) == 0) entry.file_name = text();
        if (number(2) == 0) entry.platform = Platform::Linux;
        if (number(2) == 0) entry.note = text();
        if (number(2) == 0) entry.origin = {text(), 3, 4};
        return entry;
    }
    std::vector<HashEntry> batch(std::size_t most, std::size_t digests) {
        std::vector<HashEntry> entries(number(most));
        std::generate(entries.begin(), entries.end(), [&] { return next(digests); });
        return entries;
    }

private:
    std::string text() {
        static constexpr std::array<std::string_view, 4> texts{"", "a.exe", "日本", "b"};
        return std::string(texts[number(texts.size() - 1)]);
    }
    std::mt19937 random_{20261124};
};

std::vector<HashEntry> list(const HashEntries& entries) {
    return {entries.begin(), entries.end()};
}

}  // namespace

TEST_CASE("whatever is added and removed, entries are what a map of them would be") {
    RandomEntries random;
    for (int round = 0; round < 200; ++round) {
        const std::size_t digests = random.number(60);
        HashEntries entries;
        Model model;
        for (int step = 0; step < 8; ++step) {
            const auto batch = random.batch(round % 4 == 0 ? 300 : 6, digests);
            const std::size_t before = entries.size();
            const HashEntries old = entries;
            const auto old_list = model.list();
            const std::size_t added = entries.add(batch);
            for (const auto& entry : batch) model.add(entry);
            REQUIRE(entries.size() == before + added);
            REQUIRE(list(entries) == model.list());
            REQUIRE(list(old) == old_list);

            const HashEntry victim = random.next(digests);
            REQUIRE(entries.remove(victim.sha256, victim.kind) ==
                    model.remove(victim.sha256, victim.kind));
            REQUIRE(list(entries) == model.list());
            REQUIRE(entries == HashEntries(model.list()));
        }
    }
}

TEST_CASE("a difference leads from one to the other") {
    RandomEntries random;
    for (int round = 0; round < 100; ++round) {
        const HashEntries before(random.batch(30, 20));
        HashEntries after = before;
        for (const auto& entry : random.batch(5, 20)) after.remove(entry.sha256, entry.kind);
        after.add(random.batch(10, 20));

        auto difference = before.table().difference(after.table());
        HashEntries rebuilt = before;
        for (const HashEntry& entry : HashEntries(std::move(difference.removed))) {
            REQUIRE(rebuilt.remove(entry.sha256, entry.kind));
        }
        for (const auto& [old_index, new_index] : difference.changed) {
            REQUIRE(before[old_index] != after[new_index]);
            rebuilt.remove(before[old_index].sha256, before[old_index].kind);
            rebuilt.add({after[new_index]});
        }
        rebuilt.merge(HashEntries(std::move(difference.added)));
        REQUIRE(rebuilt == after);
    }
}

TEST_CASE("many entries in no order are put in order, the first of equal ones first") {
    HashEntries entries;
    std::vector<HashEntry> batch;
    for (int i = 0; i < 20'000; ++i) {
        batch.push_back(
            {.sha256 = hash_text(std::to_string(i % 15'000)), .file_name = std::to_string(i)});
    }
    CHECK(entries.add(batch) == 15'000);
    CHECK(entries.find(hash_text("3"), HashKind::File)->file_name == "3");
    CHECK(std::is_sorted(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
        return left.sha256 < right.sha256;
    }));
}

TEST_CASE("lists that are each in order are merged") {
    EntryTable table;
    for (std::size_t first = 0; first < 5; ++first) {
        for (std::size_t i = first; i < 200; i += 5) {
            Sha256::Bytes bytes{};
            bytes[3] = static_cast<std::uint8_t>(i);
            table.push(Sha256(bytes), HashKind::File);
        }
    }
    table.settle();
    REQUIRE(table.size() == 200);
    for (std::size_t i = 0; i < table.size(); ++i) CHECK(table.sha256(i).bytes()[3] == i);
}

TEST_CASE("contexts that nothing says any more do not pile up") {
    HashEntries entries;
    for (int i = 0; i < 1000; ++i) {
        entries.add({{.sha256 = digest_of("a"), .note = "note " + std::to_string(i)}});
        entries.remove(digest_of("a"), HashKind::File);
    }
    entries.add({{.sha256 = digest_of("a"), .note = "last"}});
    CHECK(entries.table().context_number(0) < 200);
    CHECK(entries[0].note == "last");
}
