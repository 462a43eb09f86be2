#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"
#include "libblock/target.hpp"
#include "libblock/timestamp.hpp"

namespace libblock {

/// A document that an engine loads: the name of its file, and its bytes.
struct ExportedDocument {
    std::string name;
    std::string text;

    bool operator==(const ExportedDocument&) const = default;
};

/// What became of something that a target cannot express as the package says it.
enum class LossKind : std::uint8_t { LeftOut, Narrowed, Widened, CannotMatch };

template <>
struct EnumTable<LossKind> {
    static constexpr std::array<EnumRow<LossKind>, 4> rows{{
        {LossKind::LeftOut, "left_out", "The documents say nothing of it."},
        {LossKind::Narrowed, "narrowed", "The documents stop less than the package does."},
        {LossKind::Widened, "widened", "The documents stop more than the package does."},
        {LossKind::CannotMatch, "cannot_match",
         "It stands in the documents, but the engine finds nothing by it."},
    }};
};

enum class LossReason : std::uint8_t {
    State,
    Expiry,
    Expired,
    Overruled,
    HashKind,
    Platform,
    Field,
    Operation,
    SeveralCriteria,
    LetterCase,
    Value,
    MissingFact,
    Limit,
    Engine,
};

template <>
struct EnumTable<LossReason> {
    static constexpr std::array<EnumRow<LossReason>, 14> rows{{
        {LossReason::State, "state", "The engine does not have the state."},
        {LossReason::Expiry, "expiry", "The engine knows no expiry: the documents go on."},
        {LossReason::Expired, "expired", "The package has expired."},
        {LossReason::Overruled, "overruled",
         "Another package of the group says it in a stronger state, which wins."},
        {LossReason::HashKind, "hash_kind", "The engine does not compare hashes of this kind."},
        {LossReason::Platform, "platform", "The engine does not see files of the platform."},
        {LossReason::Field, "field", "The engine cannot ask for the field."},
        {LossReason::Operation, "operation", "The engine cannot compare the field that way."},
        {LossReason::SeveralCriteria, "several_criteria",
         "The engine cannot ask that so many criteria hold together."},
        {LossReason::LetterCase, "letter_case", "The engine compares letters differently."},
        {LossReason::Value, "value", "The format cannot hold the value."},
        {LossReason::MissingFact, "missing_fact",
         "The format needs a fact that the package does not know."},
        {LossReason::Limit, "limit", "The engine takes no more."},
        {LossReason::Engine, "engine", "The engine has a rule of its own; the message says it."},
    }};
};

/// A rule, or the one of its criteria that a loss is about.
struct RulePart {
    std::string rule;
    std::optional<std::size_t> criterion;  ///< its index in the rule

    bool operator==(const RulePart&) const = default;
    auto operator<=>(const RulePart&) const = default;
};

/// What was lost of a package in one way. With neither entries nor rules it is about the package
/// as a whole, such as its expiry.
struct Loss {
    std::string package;
    LossKind kind = LossKind::LeftOut;
    LossReason reason = LossReason::Engine;
    std::string message;  ///< why, for a person
    HashEntries entries;
    std::vector<RulePart> rules;  ///< sorted

    bool operator==(const Loss&) const = default;
};

/// What a package came to. Each of its entries and rules stands in a document or in a loss.
struct Compilation {
    std::vector<ExportedDocument> documents;  ///< none if the target can express nothing
    std::vector<Loss> losses;                 ///< by package, kind, reason and message

    bool operator==(const Compilation&) const = default;
};

struct CompileOptions {
    /// Audit or enforce; without it the strongest state that the target has. A target that only
    /// detects has audit alone, and what is enforced is in audit there.
    std::optional<EnforcementState> state = {};
    /// As of when to compile. Packages that have expired by then are left out; without it, expiry
    /// is not looked at. Formats that carry a date get it, else that of the latest import, else
    /// 1970-01-01.
    std::optional<Timestamp> at = {};
    /// By name, those of `Target::settings` that are not to have their default.
    std::map<std::string, std::string> settings = {};
    /// Throw instead of losing anything.
    bool strict = false;
};

/// Writes a package in the form that a target loads. First the package is held against the
/// capabilities of the target; the writer of the target then gets what is left. A rule whose
/// criteria cannot all be asked for is left out as a whole, for without one it would match more.
/// In audit nothing is written that blocks. The same arguments always give the same bytes.
///
/// Throws `Error`: NotFound if there is no such target, NotExpressible if the target refuses all
/// packages or, with `strict`, at the first loss, InvalidValue on a setting that the target does
/// not have and on the state `Disabled`.
Compilation compile_package(const Package& package, std::string_view target,
                            const CompileOptions& options = {});

/// The same for a group of a policy: all packages that are audited or enforced there, each in its
/// state. Packages that are not in force in the group are not looked at. As in `decide` the
/// strongest state of a hash wins: one that a package enforces is not audited for another, which is
/// reported.
///
/// Throws `Error` also as `PolicyTree::in_force` does, NotFound if a package in force is not
/// given, AlreadyExists if two have one name, InvalidValue if the options name a state.
Compilation compile_group(std::span<const Package> packages, const PolicyTree& tree,
                          std::string_view group, std::string_view target,
                          const CompileOptions& options = {});
/// The same for packages that stand apart in memory; none of the pointers is null.
Compilation compile_group(std::span<const Package* const> packages, const PolicyTree& tree,
                          std::string_view group, std::string_view target,
                          const CompileOptions& options = {});

}  // namespace libblock
