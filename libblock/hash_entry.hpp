#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libblock/hash_set.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

namespace detail {
class EntryTable;
}

/// Where an entry came from: the name of a source, and the place in it (0 if not known).
struct Origin {
    std::string source;
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const Origin&) const = default;
};

/// One hash of a package and what is known of it. Digest and kind are its identity; the rest is
/// for the reader and decides nothing.
struct HashEntry {
    Sha256 sha256;
    HashKind kind = HashKind::File;
    std::string file_name = {};
    std::optional<Platform> platform = {};
    std::string note = {};
    Origin origin = {};

    bool operator==(const HashEntry&) const = default;
};

/// Refuses a file name, note or source that is not UTF-8, is too long, or holds control
/// characters (a note may have line breaks). Throws `Error` (InvalidValue, LimitExceeded).
void validate(const HashEntry& entry);

/// The entries of a package, ordered by digest and kind, one for each pair of them. They are kept
/// in compact form, 36 bytes for one that says nothing but its digest and kind, and made when asked
/// for. Copies share that memory, which nobody changes: a copy costs nothing, a change one pass
/// over all entries, so what is many is added at once.
class HashEntries {
public:
    using value_type = HashEntry;
    class const_iterator;

    HashEntries() = default;
    /// The same as adding them.
    explicit HashEntries(const std::vector<HashEntry>& entries);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    const_iterator begin() const noexcept;
    const_iterator end() const noexcept;
    HashEntry operator[](std::size_t index) const;

    /// The entry of this digest and kind, or nothing.
    std::optional<HashEntry> find(const Sha256& sha256, HashKind kind) const;
    bool contains(const Sha256& sha256, HashKind kind) const noexcept;
    /// Whether an entry says just this.
    bool contains(const HashEntry& entry) const;

    /// Adds what is new and returns how many were. Of entries that are present already the gaps
    /// (file name, platform, note, origin) are filled; what they say is never overwritten.
    /// Throws what `validate` throws, or LimitExceeded, and then adds nothing.
    std::size_t add(const std::vector<HashEntry>& entries);
    std::size_t add(const HashSet& hashes, HashKind kind);
    std::size_t merge(const HashEntries& other);
    /// Whether there was such an entry.
    bool remove(const Sha256& sha256, HashKind kind);

    /// The digests of one kind.
    HashSet hashes(HashKind kind) const;

    bool operator==(const HashEntries& other) const noexcept;

    /// For the library itself: the compact form. The texts of a new one have been checked.
    explicit HashEntries(detail::EntryTable table);
    const detail::EntryTable& table() const noexcept;

private:
    std::shared_ptr<const detail::EntryTable> table_;  ///< null if there are no entries
};

/// Makes entries as it goes; valid as long as the entries it comes from are not changed.
class HashEntries::const_iterator {
public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag;  // it gives values, not references
    using value_type = HashEntry;
    using difference_type = std::ptrdiff_t;
    using reference = HashEntry;
    using pointer = void;

    const_iterator() = default;
    const_iterator(const detail::EntryTable& table, difference_type index) noexcept
        : table_(&table), index_(index) {}

    HashEntry operator*() const { return (*this)[0]; }
    HashEntry operator[](difference_type offset) const;

    const_iterator& operator+=(difference_type count) noexcept {
        index_ += count;
        return *this;
    }
    const_iterator& operator-=(difference_type count) noexcept { return *this += -count; }
    const_iterator& operator++() noexcept { return *this += 1; }
    const_iterator& operator--() noexcept { return *this -= 1; }
    const_iterator operator++(int) noexcept { return std::exchange(*this, *this + 1); }
    const_iterator operator--(int) noexcept { return std::exchange(*this, *this - 1); }

    friend const_iterator operator+(const_iterator it, difference_type count) noexcept {
        return it += count;
    }
    friend const_iterator operator+(difference_type count, const_iterator it) noexcept {
        return it += count;
    }
    friend const_iterator operator-(const_iterator it, difference_type count) noexcept {
        return it -= count;
    }
    friend difference_type operator-(const_iterator left, const_iterator right) noexcept {
        return left.index_ - right.index_;
    }
    friend bool operator==(const_iterator left, const_iterator right) noexcept {
        return left.index_ == right.index_;
    }
    friend auto operator<=>(const_iterator left, const_iterator right) noexcept {
        return left.index_ <=> right.index_;
    }

private:
    const detail::EntryTable* table_ = nullptr;
    difference_type index_ = 0;
};

}  // namespace libblock
