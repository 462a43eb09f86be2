#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/file_facts.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"

namespace libblock {

enum class Verdict : std::uint8_t { Allowed, Audited, Blocked };

template <>
struct EnumTable<Verdict> {
    static constexpr std::array<EnumRow<Verdict>, 3> rows{{
        {Verdict::Allowed, "allowed", "No package in force matches: the file runs."},
        {Verdict::Audited, "audited", "A package in audit matches: the file runs, recorded."},
        {Verdict::Blocked, "blocked", "An enforced package matches: the file cannot run."},
    }};
};

/// A rule and how each of its criteria came out.
struct RuleEvidence {
    MetadataRule rule;
    std::vector<CriterionResult> criteria;

    bool operator==(const RuleEvidence&) const = default;
};

/// One match: which package, by which hash or rule, in which state, set on which group.
struct Evidence {
    std::string package;
    EffectiveState effective;
    std::variant<HashEntry, RuleEvidence> match;

    bool operator==(const Evidence&) const = default;
};

/// A rule of a package in force that cannot be decided because facts are absent.
struct UndecidedRule {
    std::string package;
    EffectiveState effective;
    RuleEvidence evidence;

    bool operator==(const UndecidedRule&) const = default;
};

struct Decision {
    Verdict verdict = Verdict::Allowed;
    /// Every match, in order of precedence: the first one decides. Matches of packages that are
    /// disabled in the group come last and decide nothing.
    std::vector<Evidence> evidence;
    /// What might have matched had more been known, in order of precedence.
    std::vector<UndecidedRule> undecided;
    /// Packages in force in the group that were not given: the verdict does not know them.
    std::vector<std::string> missing;
    /// Packages left out because they had expired.
    std::vector<std::string> expired;

    bool operator==(const Decision&) const = default;
};

struct DecideOptions {
    /// With an instant, packages that have expired by then match nothing; without one, expiry is
    /// not looked at.
    std::optional<Timestamp> now;
};

/// Says what happens when the file is executed in `group`.
///
/// Precedence: among matching packages the strongest state wins, ties go by package name, and
/// within a package a hash comes before a rule, rules by name.
///
/// Throws `Error`: NotFound or InvalidValue for the group, AlreadyExists if two packages have
/// one name.
Decision decide(const FileFacts& facts, std::span<const Package> packages, const PolicyTree& tree,
                std::string_view group, const DecideOptions& options = {});
/// The same for packages that stand apart in memory; none of the pointers is null.
Decision decide(const FileFacts& facts, std::span<const Package* const> packages,
                const PolicyTree& tree, std::string_view group, const DecideOptions& options = {});

}  // namespace libblock
