#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/compilation.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"

namespace libblock {

/// Where the parts of a document stand, by JSON pointer (RFC 6901). Items of a package go by
/// their index ("/rules/0/name"), packages, groups and states of a policy by their names
/// ("/groups/~1Servers/states/3CX DesktopApp"). Hashes have no parts.
using Locations = std::map<std::string, Position>;

/// The place of `pointer`, or of the nearest part above it that has one.
Position locate(const Locations& locations, std::string_view pointer);

struct PackageDocument {
    Package package;
    Locations locations;
};

/// A package that a policy names: its name there, and the file that holds it. The file is relative
/// to the policy's own folder, so that both can move together: folders are separated by `/`, and
/// `..` leads to the one above; absolute paths, drives and backslashes are refused.
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
/// refused. Values are those of the core schema of YAML 1.2: where a text is expected, what looks
/// like a number, a boolean or null needs quotes; a number is decimal digits without any. Throws
/// `Error` with line and column: InvalidDocument, LimitExceeded, DigestMismatch, FileAccess. An
/// error in a hash list names that file.
PackageDocument parse_package(std::string_view yaml, const std::filesystem::path& folder);
/// `parse_package` of a file; errors name it. Hash lists lie beside the file itself if `path` is a
/// symbolic link.
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
/// named after `stem`, one for each kind, platform and source; entries with a note stay in the
/// document. A list does not keep the line and column of an entry; the digest of its source, in
/// the provenance, leads back to them. Throws `Error`: LimitExceeded if the document would be too
/// large to be read again, InvalidValue if `stem` cannot begin the name of a file.
DocumentText format_package(const Package& package, std::string_view stem);
/// The YAML of a policy. Throws `Error`: InvalidValue on a package name or file that could not be
/// read again or a name that stands twice, LimitExceeded.
std::string format_policy(const Policy& policy);

struct SaveOptions {
    /// Overwrite a file although that loses comments of its author. The comments above the first
    /// key are always kept.
    bool drop_comments = false;
    /// Refuse with `AlreadyExists` if there is such a file.
    bool must_be_new = false;
};

/// Writes a document so that at every moment either the old file or the new one is there, whole.
/// Hash lists are replaced before the document; between the two a reader gets a DigestMismatch,
/// never other hashes. Lists that the old document alone needed are removed if `format_package`
/// gave them their names. Throws `Error`: CommentsAtRisk (with the place of the first comment that
/// would be lost), AlreadyExists (also for a file that has the name of a list and is not the
/// document's), FileAccess, and what `format_package` and `format_policy` throw.
void save_package(const Package& package, const std::filesystem::path& path,
                  const SaveOptions& options = {});
void save_policy(const Policy& policy, const std::filesystem::path& path,
                 const SaveOptions& options = {});

/// Writes the documents of a compilation into a folder, which is made if it is missing. All are
/// written before the first is put in its place. A file that is there already is replaced only if
/// `overwrite` says so, and left alone if it has the same bytes. Returns the names of those that
/// were written. Throws `Error`: AlreadyExists (before anything is changed), FileAccess,
/// InvalidValue on a name that leads out of the folder.
std::vector<std::string> save_documents(const std::vector<ExportedDocument>& documents,
                                        const std::filesystem::path& folder,
                                        bool overwrite = false);

}  // namespace libblock
