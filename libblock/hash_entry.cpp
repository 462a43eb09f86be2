#include "libblock/hash_entry.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

// File names in the wild carry direction marks and joiners: that is how some malware hides.
constexpr detail::TextRules name_rules{.max_bytes = limits::criterion_value_bytes,
                                       .may_be_empty = true,
                                       .direction_marks = true,
                                       .blank_ends = true,
                                       .joiners = true};
constexpr detail::TextRules note_rules{.max_bytes = limits::text_bytes,
                                       .may_be_empty = true,
                                       .line_breaks = true,
                                       .direction_marks = true,
                                       .blank_ends = true,
                                       .joiners = true};

}  // namespace

void validate(const HashEntry& entry) {
    detail::validate_file_name(entry.file_name);
    detail::validate_text(entry.origin.source, "the source of a hash", name_rules);
    detail::validate_text(entry.note, "the note of a hash", note_rules);
}

void detail::validate_file_name(std::string_view file_name) {
    validate_text(file_name, "the file name of a hash", name_rules);
}

// ---- entries -----------------------------------------------------------------------------------

HashEntries::HashEntries(const std::vector<HashEntry>& entries) {
    add(entries);
}

HashEntries::HashEntries(detail::EntryTable table) {
    table.settle();
    if (table.size() > 0) table_ = std::make_shared<detail::EntryTable>(std::move(table));
}

const detail::EntryTable& HashEntries::table() const noexcept {
    static const detail::EntryTable none;
    return table_ ? *table_ : none;
}

std::size_t HashEntries::size() const noexcept {
    return table().size();
}

HashEntries::const_iterator HashEntries::begin() const noexcept {
    return {table(), 0};
}

HashEntries::const_iterator HashEntries::end() const noexcept {
    return {table(), static_cast<std::ptrdiff_t>(size())};
}

HashEntry HashEntries::operator[](std::size_t index) const {
    return table().entry(index);
}

HashEntry HashEntries::const_iterator::operator[](difference_type offset) const {
    return table_->entry(static_cast<std::size_t>(index_ + offset));
}

std::optional<HashEntry> HashEntries::find(const Sha256& sha256, HashKind kind) const {
    const auto index = table().find(sha256, kind);
    return index ? std::optional(table().entry(*index)) : std::nullopt;
}

bool HashEntries::contains(const Sha256& sha256, HashKind kind) const noexcept {
    return table().find(sha256, kind).has_value();
}

bool HashEntries::contains(const HashEntry& entry) const {
    return find(entry.sha256, entry.kind) == entry;
}

std::size_t HashEntries::add(const std::vector<HashEntry>& entries) {
    detail::EntryTable table;
    table.reserve(entries.size());
    for (const auto& entry : entries) {
        validate(entry);
        table.push(entry);
    }
    return merge(HashEntries(std::move(table)));
}

std::size_t HashEntries::add(const HashSet& hashes, HashKind kind) {
    detail::EntryTable table;
    table.reserve(hashes.size());
    for (const auto& digest : hashes) table.push(digest, kind);
    return merge(HashEntries(std::move(table)));
}

std::size_t HashEntries::merge(const HashEntries& other) {
    const std::size_t before = size();
    if (empty()) {
        *this = other;
    } else if (!other.empty()) {
        table_ = std::make_shared<detail::EntryTable>(table().merged(other.table()));
    }
    return size() - before;
}

bool HashEntries::remove(const Sha256& sha256, HashKind kind) {
    const auto index = table().find(sha256, kind);
    if (!index) return false;
    table_ = std::make_shared<detail::EntryTable>(table().without(*index));
    return true;
}

HashSet HashEntries::hashes(HashKind kind) const {
    const detail::EntryTable& all = table();
    std::vector<Sha256> digests;
    digests.reserve(all.count(kind));
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all.kind(i) == kind) digests.push_back(all.sha256(i));
    }
    return HashSet(std::move(digests));
}

bool HashEntries::operator==(const HashEntries& other) const noexcept {
    return table_ == other.table_ || table() == other.table();
}

}  // namespace libblock
