#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/text_pool.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/limits.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"

namespace libblock::detail {

/// What an entry says beyond digest and kind; the texts are views.
struct EntryContext {
    std::string_view file_name = {};
    std::optional<Platform> platform = {};
    std::string_view note = {};
    std::string_view source = {};
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const EntryContext&) const = default;
};

/// Throws what `validate` throws for an entry with this name.
void validate_file_name(std::string_view file_name);

/// The entries of a package as they are kept in memory: 36 bytes for each, and 24 bytes and the
/// texts for each that says more than its digest and kind. It is filled in any order, then settled;
/// all but filling asks for a table that is settled. It checks no texts.
class EntryTable {
public:
    /// The number of a context; 0 is that of one that says nothing.
    using Context = std::uint32_t;

    void reserve(std::size_t count);
    /// Its texts, and `other` below, are not this table's own.
    Context keep(const EntryContext& context);
    void push(const Sha256& sha256, HashKind kind, Context context = 0) {
        if (rows_.size() >= limits::entries_per_package) refuse_more();
        rows_.push_back({sha256, static_cast<std::uint32_t>(kind) << kind_shift | context});
    }
    void push(const HashEntry& entry);
    void push(const EntryTable& other, std::size_t index);
    /// Orders the entries by digest and kind and unites those that have both in common: the earlier
    /// one wins, the later ones fill its gaps. Throws LimitExceeded if there are too many.
    void settle();

    std::size_t size() const noexcept { return rows_.size(); }
    std::size_t count(HashKind kind) const noexcept;
    const Sha256& sha256(std::size_t index) const noexcept { return rows_[index].sha256; }
    HashKind kind(std::size_t index) const noexcept;
    Context context_number(std::size_t index) const noexcept;
    EntryContext context(std::size_t index) const noexcept;
    std::string_view file_name(std::size_t index) const noexcept;
    HashEntry entry(std::size_t index) const;
    std::optional<std::size_t> find(const Sha256& sha256, HashKind kind) const noexcept;

    /// What has no partner of the same digest and kind on the other side, in order and not settled,
    /// and pairs of indices whose contexts differ.
    struct Difference;
    Difference difference(const EntryTable& after) const;

    /// This table and all of `other`, which fills gaps.
    EntryTable merged(const EntryTable& other) const;
    EntryTable without(std::size_t index) const;

    bool operator==(const EntryTable& other) const noexcept;

private:
    static constexpr unsigned kind_shift = 30;
    static constexpr std::uint32_t context_mask = (std::uint32_t{1} << kind_shift) - 1;

    /// The texts are numbers in `texts_`.
    struct StoredContext {
        std::uint32_t file_name = 0;
        std::uint32_t note = 0;
        std::uint32_t source = 0;
        std::uint32_t line = 0;
        std::uint32_t column = 0;
        std::optional<Platform> platform;

        bool operator==(const StoredContext&) const = default;
    };

    struct Row {
        Sha256 sha256;
        std::uint32_t tag = 0;  ///< the kind in the upper bits, then the number of the context

        bool is_before(const Row& other) const noexcept;
        bool has_key_of(const Row& other) const noexcept;
    };

    Context keep(const StoredContext& context);
    StoredContext stored_context(const Row& row) const noexcept;
    EntryContext context_of(const Row& row) const noexcept;
    void fill_gaps(Row& row, const StoredContext& other, const TextPool& other_texts);
    [[noreturn]] static void refuse_more();
    void sort();
    void unite();
    void drop_unused_contexts();
    void trim();

    std::vector<Row> rows_;
    std::vector<StoredContext> contexts_;
    TextPool texts_;
};

struct EntryTable::Difference {
    EntryTable removed;
    EntryTable added;
    std::vector<std::pair<std::size_t, std::size_t>> changed;
};

}  // namespace libblock::detail
