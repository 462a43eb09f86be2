#include "libblock/detail/entry_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libblock/detail/large_pages.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t spare_contexts = 64;

/// The first eight bytes as a number that orders as they do: nearly all comparisons end there.
std::uint64_t head_of(const Sha256& sha256) noexcept {
    const Sha256::Bytes& bytes = sha256.bytes();
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < sizeof head; ++i) head = head << 8 | bytes[i];
    return head;
}

/// Where a sequence that `before` orders goes back: the beginnings of its ordered runs, and its
/// end.
template <typename Items, typename Before>
std::vector<std::size_t> run_bounds(const Items& items, Before before) {
    std::vector<std::size_t> bounds{0};
    for (std::size_t i = 1; i < items.size(); ++i) {
        if (before(items[i], items[i - 1])) bounds.push_back(i);
    }
    if (!items.empty()) bounds.push_back(items.size());
    return bounds;
}

/// Merges neighbouring runs until one is left.
template <typename Items, typename Before>
void merge_runs(Items& items, std::vector<std::size_t> bounds, Before before) {
    const auto at = [](auto& range, std::size_t index) {
        return range.begin() + static_cast<std::ptrdiff_t>(index);
    };
    Items merged(items.size());
    while (bounds.size() > 2) {
        std::vector<std::size_t> wider{0};
        for (std::size_t i = 0; i + 1 < bounds.size(); i += 2) {
            const std::size_t begin = bounds[i];
            const std::size_t middle = bounds[i + 1];
            const std::size_t end = bounds[std::min(i + 2, bounds.size() - 1)];
            std::merge(at(items, begin), at(items, middle), at(items, middle), at(items, end),
                       at(merged, begin), before);
            wider.push_back(end);
        }
        items.swap(merged);
        bounds = std::move(wider);
    }
}

}  // namespace

bool EntryTable::Row::is_before(const Row& other) const noexcept {
    const std::uint64_t head = head_of(sha256);
    const std::uint64_t other_head = head_of(other.sha256);
    if (head != other_head) return head < other_head;
    const auto order = sha256 <=> other.sha256;
    return order == 0 ? tag >> kind_shift < other.tag >> kind_shift : order < 0;
}

bool EntryTable::Row::has_key_of(const Row& other) const noexcept {
    return sha256 == other.sha256 && tag >> kind_shift == other.tag >> kind_shift;
}

// ---- filling -----------------------------------------------------------------------------------

void EntryTable::reserve(std::size_t count) {
    rows_.reserve(count);
    prefer_large_pages(rows_.data(), rows_.capacity() * sizeof(Row));
}

EntryTable::Context EntryTable::keep(const EntryContext& context) {
    return keep(StoredContext{texts_.add(context.file_name), texts_.add(context.note),
                              texts_.add(context.source), context.line, context.column,
                              context.platform});
}

EntryTable::Context EntryTable::keep(const StoredContext& context) {
    if (context == StoredContext{}) return 0;
    if (contexts_.empty() || contexts_.back() != context) contexts_.push_back(context);
    return static_cast<Context>(contexts_.size());
}

void EntryTable::push(const HashEntry& entry) {
    push(entry.sha256, entry.kind,
         keep({entry.file_name, entry.platform, entry.note, entry.origin.source, entry.origin.line,
               entry.origin.column}));
}

void EntryTable::push(const EntryTable& other, std::size_t index) {
    push(other.sha256(index), other.kind(index), keep(other.context(index)));
}

void EntryTable::refuse_more() {
    throw Error(ErrorCode::LimitExceeded,
                fmt::format("a package holds at most {} hashes", limits::entries_per_package));
}

void EntryTable::settle() {
    const auto no_order = [](const Row& left, const Row& right) { return !left.is_before(right); };
    if (std::adjacent_find(rows_.begin(), rows_.end(), no_order) != rows_.end()) {
        sort();
        unite();
    }
    trim();
}

void EntryTable::sort() {
    constexpr std::size_t few_runs = 64;  // such as lists, each of them in order
    const auto before = [](const Row& left, const Row& right) { return left.is_before(right); };
    std::vector<std::size_t> bounds = run_bounds(rows_, before);
    if (bounds.size() <= few_runs) return merge_runs(rows_, std::move(bounds), before);

    // Keys that are smaller than rows are sorted in their place.
    std::vector<std::pair<std::uint64_t, std::size_t>> keys(rows_.size());
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = {head_of(rows_[i].sha256), i};
    std::sort(keys.begin(), keys.end(), [&](const auto& left, const auto& right) {
        if (left.first != right.first) return left.first < right.first;
        if (before(rows_[left.second], rows_[right.second])) return true;
        if (before(rows_[right.second], rows_[left.second])) return false;
        return left.second < right.second;
    });
    std::vector<Row> sorted;
    sorted.reserve(rows_.size());
    for (const auto& [head, index] : keys) sorted.push_back(rows_[index]);
    rows_ = std::move(sorted);
}

void EntryTable::unite() {
    const auto same = [](const Row& left, const Row& right) { return left.has_key_of(right); };
    auto last = std::adjacent_find(rows_.begin(), rows_.end(), same);
    if (last == rows_.end()) return;
    for (auto row = std::next(last); row != rows_.end(); ++row) {
        if (same(*last, *row)) {
            fill_gaps(*last, stored_context(*row), texts_);
        } else {
            *++last = *row;
        }
    }
    rows_.erase(std::next(last), rows_.end());
}

void EntryTable::fill_gaps(Row& row, const StoredContext& other, const TextPool& other_texts) {
    const StoredContext present = stored_context(row);
    StoredContext whole = present;
    const auto take_text = [&](std::uint32_t& text, std::uint32_t other_text) {
        text = &other_texts == &texts_ ? other_text : texts_.add(other_texts[other_text]);
    };
    if (whole.file_name == 0) take_text(whole.file_name, other.file_name);
    if (whole.note == 0) take_text(whole.note, other.note);
    if (!whole.platform) whole.platform = other.platform;
    if (whole.source == 0 && whole.line == 0 && whole.column == 0) {
        take_text(whole.source, other.source);
        whole.line = other.line;
        whole.column = other.column;
    }
    if (whole != present) row.tag = (row.tag & ~context_mask) | keep(whole);
}

/// Contexts that no row names any more stay until they are many.
void EntryTable::drop_unused_contexts() {
    static_assert(2 * limits::entries_per_package + spare_contexts <= context_mask);
    static_assert(EnumTable<HashKind>::rows.size() <= 1U << (32 - kind_shift));
    if (contexts_.size() <= 2 * rows_.size() + spare_contexts) return;
    EntryTable kept;
    kept.reserve(rows_.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) kept.push(*this, i);
    *this = std::move(kept);
}

void EntryTable::trim() {
    drop_unused_contexts();
    if (rows_.capacity() > rows_.size() + rows_.size() / 8) rows_.shrink_to_fit();
    contexts_.shrink_to_fit();
    texts_.settle();
}

// ---- reading -----------------------------------------------------------------------------------

std::size_t EntryTable::count(HashKind kind) const noexcept {
    return static_cast<std::size_t>(std::count_if(rows_.begin(), rows_.end(), [&](const Row& row) {
        return row.tag >> kind_shift == static_cast<std::uint32_t>(kind);
    }));
}

HashKind EntryTable::kind(std::size_t index) const noexcept {
    return static_cast<HashKind>(rows_[index].tag >> kind_shift);
}

EntryTable::Context EntryTable::context_number(std::size_t index) const noexcept {
    return rows_[index].tag & context_mask;
}

EntryContext EntryTable::context(std::size_t index) const noexcept {
    return context_of(rows_[index]);
}

std::string_view EntryTable::file_name(std::size_t index) const noexcept {
    const Context number = context_number(index);
    return number == 0 ? std::string_view() : texts_[contexts_[number - 1].file_name];
}

EntryTable::StoredContext EntryTable::stored_context(const Row& row) const noexcept {
    const Context number = row.tag & context_mask;
    return number == 0 ? StoredContext{} : contexts_[number - 1];
}

EntryContext EntryTable::context_of(const Row& row) const noexcept {
    if ((row.tag & context_mask) == 0) return {};
    const StoredContext stored = stored_context(row);
    return {texts_[stored.file_name], stored.platform, texts_[stored.note],
            texts_[stored.source],    stored.line,     stored.column};
}

HashEntry EntryTable::entry(std::size_t index) const {
    HashEntry entry{.sha256 = sha256(index), .kind = kind(index)};
    if (context_number(index) == 0) return entry;
    const EntryContext said = context(index);
    entry.file_name = said.file_name;
    entry.platform = said.platform;
    entry.note = said.note;
    entry.origin = {std::string(said.source), said.line, said.column};
    return entry;
}

std::optional<std::size_t> EntryTable::find(const Sha256& sha256, HashKind kind) const noexcept {
    const Row wanted{sha256, static_cast<std::uint32_t>(kind) << kind_shift};
    const auto row =
        std::lower_bound(rows_.begin(), rows_.end(), wanted,
                         [](const Row& left, const Row& right) { return left.is_before(right); });
    if (row == rows_.end() || !row->has_key_of(wanted)) return std::nullopt;
    return static_cast<std::size_t>(row - rows_.begin());
}

bool EntryTable::operator==(const EntryTable& other) const noexcept {
    return std::equal(rows_.begin(), rows_.end(), other.rows_.begin(), other.rows_.end(),
                      [&](const Row& left, const Row& right) {
                          return left.has_key_of(right) &&
                                 context_of(left) == other.context_of(right);
                      });
}

EntryTable::Difference EntryTable::difference(const EntryTable& after) const {
    Difference result;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < size() && j < after.size()) {
        if (rows_[i].is_before(after.rows_[j])) {
            result.removed.push(*this, i++);
        } else if (after.rows_[j].is_before(rows_[i])) {
            result.added.push(after, j++);
        } else {
            if (context(i) != after.context(j)) result.changed.emplace_back(i, j);
            ++i;
            ++j;
        }
    }
    for (; i < size(); ++i) result.removed.push(*this, i);
    for (; j < after.size(); ++j) result.added.push(after, j);
    return result;
}

// ---- changing ----------------------------------------------------------------------------------

EntryTable EntryTable::merged(const EntryTable& other) const {
    EntryTable result;
    result.reserve(size() + other.size());
    result.contexts_ = contexts_;
    result.texts_ = texts_;
    std::size_t i = 0;
    for (std::size_t j = 0; j < other.size(); ++j) {
        const Row& row = other.rows_[j];
        while (i < size() && rows_[i].is_before(row)) result.rows_.push_back(rows_[i++]);
        if (i < size() && rows_[i].has_key_of(row)) {
            result.rows_.push_back(rows_[i++]);
            result.fill_gaps(result.rows_.back(), other.stored_context(row), other.texts_);
        } else {
            result.push(other, j);
        }
    }
    result.rows_.insert(result.rows_.end(), rows_.begin() + static_cast<std::ptrdiff_t>(i),
                        rows_.end());
    if (result.size() > limits::entries_per_package) refuse_more();
    result.trim();
    return result;
}

EntryTable EntryTable::without(std::size_t index) const {
    EntryTable result;
    result.contexts_ = contexts_;
    result.texts_ = texts_;
    result.reserve(size() - 1);
    const auto row = rows_.begin() + static_cast<std::ptrdiff_t>(index);
    result.rows_.assign(rows_.begin(), row);
    result.rows_.insert(result.rows_.end(), std::next(row), rows_.end());
    result.trim();
    return result;
}

}  // namespace libblock::detail
