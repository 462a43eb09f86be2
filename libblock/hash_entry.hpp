#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "libblock/hash_set.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

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

/// The entries of a package, ordered by digest and kind, one for each pair of them.
class HashEntries {
public:
    using value_type = HashEntry;
    using const_iterator = std::vector<HashEntry>::const_iterator;

    std::size_t size() const noexcept { return entries_.size(); }
    bool empty() const noexcept { return entries_.empty(); }
    const_iterator begin() const noexcept { return entries_.begin(); }
    const_iterator end() const noexcept { return entries_.end(); }
    const HashEntry& operator[](std::size_t index) const noexcept { return entries_[index]; }

    /// The entry of this digest and kind, or nothing.
    std::optional<HashEntry> find(const Sha256& sha256, HashKind kind) const;
    bool contains(const Sha256& sha256, HashKind kind) const noexcept;

    /// Adds what is new and returns how many were. Of entries that are present already the gaps
    /// (file name, platform, note, origin) are filled; what they say is never overwritten.
    /// Throws what `validate` throws, and then adds nothing.
    std::size_t add(std::vector<HashEntry> entries);
    /// Whether there was such an entry.
    bool remove(const Sha256& sha256, HashKind kind);

    /// The digests of one kind.
    HashSet hashes(HashKind kind) const;

    bool operator==(const HashEntries&) const = default;

private:
    std::vector<HashEntry> entries_;
};

}  // namespace libblock
