#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"

namespace libblock {

enum class Severity : std::uint8_t { Note, Warning, Error };

template <>
struct EnumTable<Severity> {
    static constexpr std::array<EnumRow<Severity>, 3> rows{{
        {Severity::Note, "note", "Worth knowing."},
        {Severity::Warning, "warning", "Probably not what was meant."},
        {Severity::Error, "error", "Does not do what it says."},
    }};
};

/// The lint rules. Their texts are stable: scripts suppress and count by them.
enum class CheckRule : std::uint8_t {
    EmptyPackage,
    UnassignedPackage,
    UnknownPackage,
    DuplicatePackageName,
    DuplicateHash,
    MatchesEverything,
    FieldNotOnPlatform,
    OriginalFilenameExtension,
    EnforcedWithoutAudit,
    ExpiredPackage,
    StaleAudit,
};

template <>
struct EnumTable<CheckRule> {
    static constexpr std::array<EnumRow<CheckRule>, 11> rows{{
        {CheckRule::EmptyPackage, "empty-package", "A package has no hashes and no rules."},
        {CheckRule::UnassignedPackage, "unassigned-package",
         "A package is audited or enforced in no group."},
        {CheckRule::UnknownPackage, "unknown-package",
         "A policy sets the state of a package that was not given."},
        {CheckRule::DuplicatePackageName, "duplicate-package-name",
         "Two packages have the same name."},
        {CheckRule::DuplicateHash, "duplicate-hash", "Two packages hold the same hash."},
        {CheckRule::MatchesEverything, "matches-everything",
         "A metadata rule matches every file of its platforms."},
        {CheckRule::FieldNotOnPlatform, "field-not-on-platform",
         "A metadata rule asks for a field that files of its platform do not carry."},
        {CheckRule::OriginalFilenameExtension, "original-filename-extension",
         "An Original Filename for Windows has no extension, but those of PE files do."},
        {CheckRule::EnforcedWithoutAudit, "enforced-without-audit",
         "A package is enforced and no group has it in audit."},
        {CheckRule::ExpiredPackage, "expired-package", "A package in force has expired."},
        {CheckRule::StaleAudit, "stale-audit", "A package has been in audit for too long."},
    }};
};

/// The severity that findings of `rule` have.
Severity severity_of(CheckRule rule) noexcept;

/// One thing to look at, and where it stands.
struct Finding {
    CheckRule rule = CheckRule::EmptyPackage;
    std::string message;
    /// Index of the package in question, or nothing if the finding is about the policy.
    std::optional<std::size_t> package;
    /// JSON pointer into the document of that package or of the policy; see `Locations`.
    std::string pointer;

    bool operator==(const Finding&) const = default;
};

struct CheckOptions {
    /// Needed by `expired-package` and `stale-audit`, which find nothing without it.
    std::optional<Timestamp> now;
    std::uint32_t max_audit_days = 30;
};

/// Looks for what is valid but probably not meant. The rules that are about assignment look only
/// if there is a policy. Findings come by package, then by rule; the policy's last.
std::vector<Finding> check(std::span<const Package> packages, const PolicyTree* policy = nullptr,
                           const CheckOptions& options = {});

}  // namespace libblock
