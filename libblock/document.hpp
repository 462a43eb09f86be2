#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/error.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"

namespace libblock {

/// Where the parts of a document stand, by JSON pointer (RFC 6901). Items of a package go by
/// their index ("/rules/0/name"), groups and states of a policy by their names
/// ("/groups/~1Servers/states/3CX DesktopApp").
using Locations = std::map<std::string, Position>;

/// The place of `pointer`, or of the nearest part above it that has one.
Position locate(const Locations& locations, std::string_view pointer);

struct PackageDocument {
    Package package;
    Locations locations;
};

/// A package that a policy names: its name there, and the file that holds it, relative to the
/// policy's own folder.
struct PackageFile {
    std::string name;
    std::string file;

    bool operator==(const PackageFile&) const = default;
};

struct Policy {
    PolicyTree tree;
    std::vector<PackageFile> packages;  ///< sorted by name, one for each

    bool operator==(const Policy&) const = default;
};

struct PolicyDocument {
    Policy policy;
    Locations locations;
};

/// Reads a package from YAML; the hash lists it names are looked for in `folder`. The document is
/// checked in full before anything is returned; unknown keys, aliases, tags and repeated keys are
/// refused. Throws `Error` with line and column: InvalidDocument, LimitExceeded, DigestMismatch,
/// FileAccess.
PackageDocument parse_package(std::string_view yaml, const std::filesystem::path& folder);
/// `parse_package` of a file; errors name it.
PackageDocument load_package(const std::filesystem::path& path);

PolicyDocument parse_policy(std::string_view yaml);
PolicyDocument load_policy(const std::filesystem::path& path);

/// A file that lies beside a document and belongs to it.
struct SideFile {
    std::string file;
    std::string bytes;

    bool operator==(const SideFile&) const = default;
};

/// A document as it is written, with its hash lists.
struct DocumentText {
    std::string yaml;
    std::vector<SideFile> lists;

    bool operator==(const DocumentText&) const = default;
};

/// The YAML of a package. With more than `limits::inline_entries` entries the hashes go to lists
/// named after `stem`; entries with a note stay in the document. A list does not keep the line
/// and column of an entry; the digest of its source, in the provenance, leads back to them.
DocumentText format_package(const Package& package, std::string_view stem);
std::string format_policy(const Policy& policy);

struct SaveOptions {
    /// Overwrite a file although that loses comments of its author. The comments above the first
    /// key are always kept.
    bool drop_comments = false;
    /// Refuse with `AlreadyExists` if there is such a file.
    bool must_be_new = false;
};

/// Writes a document so that at every moment either the old file or the new one is there, whole.
/// Throws `Error`: CommentsAtRisk (with the place of the first comment that would be lost),
/// AlreadyExists, FileAccess.
void save_package(const Package& package, const std::filesystem::path& path,
                  const SaveOptions& options = {});
void save_policy(const Policy& policy, const std::filesystem::path& path,
                 const SaveOptions& options = {});

}  // namespace libblock
