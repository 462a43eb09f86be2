#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/extraction.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/rule.hpp"
#include "libblock/timestamp.hpp"

namespace libblock {

/// A text that hashes were imported from.
struct Source {
    std::string name;                   ///< a file name or an address
    Sha256 sha256;                      ///< of the bytes that were read
    std::optional<Timestamp> imported;  ///< when, as the caller says

    bool operator==(const Source&) const = default;
};

/// The record of one import.
struct Provenance {
    Source source;
    std::uint64_t accepted = 0;    ///< hashes found
    std::uint64_t rejected = 0;    ///< look-alikes refused
    std::uint64_t duplicates = 0;  ///< repeats within the source
    std::uint64_t selected = 0;    ///< hashes chosen for the package
    std::uint64_t added = 0;       ///< of these, new to the package

    bool operator==(const Provenance&) const = default;
};

/// A blocklist package: hashes and metadata rules under one name, enabled as one. A value: it
/// copies and compares. A file matches the package if a hash or a rule matches.
class Package {
public:
    /// Throws `Error` (InvalidValue, LimitExceeded) on a name that is empty, has blanks at its
    /// ends, or holds control or invisible characters.
    explicit Package(std::string name);

    const std::string& name() const noexcept { return name_; }
    std::uint32_t version() const noexcept { return version_; }
    const std::string& description() const noexcept { return description_; }
    const std::vector<std::string>& references() const noexcept { return references_; }
    const std::vector<std::string>& tags() const noexcept { return tags_; }
    const std::optional<Timestamp>& expires() const noexcept { return expires_; }
    const HashEntries& entries() const noexcept { return entries_; }
    const std::vector<MetadataRule>& rules() const noexcept { return rules_; }
    const std::vector<Provenance>& provenance() const noexcept { return provenance_; }

    void rename(std::string name);
    /// Versions count from 1.
    void set_version(std::uint32_t version);
    void set_description(std::string description);
    /// Kept in their order. Throws on a repeat, as `set_tags` does.
    void set_references(std::vector<std::string> references);
    void set_tags(std::vector<std::string> tags);
    void set_expires(std::optional<Timestamp> expires);

    /// Add entries; see `HashEntries::add`.
    std::size_t add(const std::vector<HashEntry>& entries);
    std::size_t add(const HashSet& hashes, HashKind kind);
    std::size_t merge(const HashEntries& entries);
    bool remove(const Sha256& sha256, HashKind kind = HashKind::File);

    /// Bulk add: all accepted hashes of an extraction, with a record of the import.
    Provenance add(const Extraction& extraction, const Source& source);
    /// Bulk add of a selection: indices into `extraction.accepted`. Throws `Error` (InvalidValue)
    /// on an index out of range; a repeated index counts once.
    Provenance add(const Extraction& extraction, const Source& source,
                   std::span<const std::size_t> selection);

    /// Throws `Error` (AlreadyExists) if a rule has that name, and what `validate` throws.
    void add_rule(MetadataRule rule);
    /// Throws `Error` (NotFound) if no rule has that name.
    void remove_rule(std::string_view name);

    /// Restores a record that was read from a document.
    void add_provenance(Provenance record);

    bool operator==(const Package&) const = default;

private:
    std::string name_;
    std::uint32_t version_ = 1;
    std::string description_;
    std::vector<std::string> references_;
    std::vector<std::string> tags_;
    std::optional<Timestamp> expires_;
    HashEntries entries_;
    std::vector<MetadataRule> rules_;
    std::vector<Provenance> provenance_;
};

/// A copy under another name, at version 1.
Package copy_as(const Package& package, std::string name);

/// `base` with everything of `other` added: entries (gaps filled, nothing overwritten), rules,
/// references, tags, provenance. Name, version, description and expiry are those of `base`.
/// Throws `Error` (AlreadyExists) if both have a rule of one name that says different things.
Package merge(const Package& base, const Package& other);

/// Whether the package has an expiry and `now` has reached it.
bool expired(const Package& package, Timestamp now) noexcept;

template <typename T>
struct Change {
    T before;
    T after;

    bool operator==(const Change&) const = default;
};

/// A metadata attribute (name, version, description, references, tags, expires) that changed,
/// both sides as text.
struct AttributeChange {
    std::string attribute;
    std::string before;
    std::string after;

    bool operator==(const AttributeChange&) const = default;
};

/// What changed from one package to the next. Entries go by digest and kind, rules by name.
struct PackageDiff {
    std::vector<AttributeChange> attributes;
    HashEntries entries_added;
    HashEntries entries_removed;
    std::vector<Change<HashEntry>> entries_changed;
    std::vector<MetadataRule> rules_added;
    std::vector<MetadataRule> rules_removed;
    std::vector<Change<MetadataRule>> rules_changed;

    bool empty() const noexcept;
    bool operator==(const PackageDiff&) const = default;
};

PackageDiff diff(const Package& before, const Package& after);

/// The one byte form of a package: RFC 8785 canonical JSON of its content, with entries, rules,
/// criteria, references and tags sorted. The place of an entry in its source is left out: it
/// says nothing about what is blocked.
std::string canonical_bytes(const Package& package);

/// The SHA-256 of `canonical_bytes`: what is reviewed, signed and compared.
Sha256 digest(const Package& package);

}  // namespace libblock
