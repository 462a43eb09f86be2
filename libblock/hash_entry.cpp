#include "libblock/hash_entry.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libblock/detail/text.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

struct Key {
    Sha256 sha256;
    HashKind kind;

    auto operator<=>(const Key&) const = default;
};

Key key_of(const HashEntry& entry) noexcept {
    return {entry.sha256, entry.kind};
}

struct ByKey {
    bool operator()(const HashEntry& left, const HashEntry& right) const noexcept {
        return key_of(left) < key_of(right);
    }
    bool operator()(const HashEntry& entry, const Key& key) const noexcept {
        return key_of(entry) < key;
    }
};

void fill_gaps(HashEntry& entry, HashEntry& other) {
    if (entry.file_name.empty()) entry.file_name = std::move(other.file_name);
    if (!entry.platform) entry.platform = other.platform;
    if (entry.note.empty()) entry.note = std::move(other.note);
    if (entry.origin == Origin{}) entry.origin = std::move(other.origin);
}

/// Merges runs of one key into their first entry.
void unify(std::vector<HashEntry>& sorted) {
    if (sorted.empty()) return;
    std::size_t last = 0;
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        if (key_of(sorted[last]) == key_of(sorted[i])) {
            fill_gaps(sorted[last], sorted[i]);
        } else if (++last != i) {
            sorted[last] = std::move(sorted[i]);
        }
    }
    sorted.resize(last + 1);
}

}  // namespace

void validate(const HashEntry& entry) {
    // File names in the wild carry direction marks and joiners: that is how some malware hides.
    const detail::TextRules name{.max_bytes = limits::criterion_value_bytes,
                                 .may_be_empty = true,
                                 .direction_marks = true,
                                 .blank_ends = true,
                                 .joiners = true};
    detail::TextRules note = name;
    note.max_bytes = limits::text_bytes;
    note.line_breaks = true;
    detail::validate_text(entry.file_name, "the file name of a hash", name);
    detail::validate_text(entry.origin.source, "the source of a hash", name);
    detail::validate_text(entry.note, "the note of a hash", note);
}

std::optional<HashEntry> HashEntries::find(const Sha256& sha256, HashKind kind) const {
    const Key key{sha256, kind};
    const auto entry = std::lower_bound(begin(), end(), key, ByKey{});
    if (entry == end() || key_of(*entry) != key) return std::nullopt;
    return *entry;
}

bool HashEntries::contains(const Sha256& sha256, HashKind kind) const noexcept {
    const Key key{sha256, kind};
    const auto entry = std::lower_bound(begin(), end(), key, ByKey{});
    return entry != end() && key_of(*entry) == key;
}

std::size_t HashEntries::add(std::vector<HashEntry> entries) {
    for (const auto& entry : entries) validate(entry);
    std::stable_sort(entries.begin(), entries.end(), ByKey{});
    std::vector<HashEntry> merged;
    merged.reserve(entries_.size() + entries.size());
    // Of equal keys `merge` puts those of the first range first: what is present wins.
    std::merge(std::make_move_iterator(entries_.begin()), std::make_move_iterator(entries_.end()),
               std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()),
               std::back_inserter(merged), ByKey{});
    const std::size_t before = entries_.size();
    unify(merged);
    entries_ = std::move(merged);
    return entries_.size() - before;
}

bool HashEntries::remove(const Sha256& sha256, HashKind kind) {
    const Key key{sha256, kind};
    const auto entry = std::lower_bound(entries_.begin(), entries_.end(), key, ByKey{});
    if (entry == entries_.end() || key_of(*entry) != key) return false;
    entries_.erase(entry);
    return true;
}

HashSet HashEntries::hashes(HashKind kind) const {
    std::vector<Sha256> digests;
    for (const auto& entry : entries_) {
        if (entry.kind == kind) digests.push_back(entry.sha256);
    }
    return HashSet(std::move(digests));
}

}  // namespace libblock
