#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/field.hpp"
#include "libblock/file_facts.hpp"
#include "libblock/platform.hpp"

namespace libblock {

/// How a criterion compares a fact with its value.
enum class Operation : std::uint8_t {
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Wildcard,
    LessThan,
    AtMost,
    AtLeast,
    GreaterThan,
};

template <>
struct EnumTable<Operation> {
    static constexpr std::array<EnumRow<Operation>, 9> rows{{
        {Operation::Equals, "equals", "The fact is the value."},
        {Operation::Contains, "contains", "The value stands somewhere in the fact."},
        {Operation::StartsWith, "starts_with", "The fact begins with the value."},
        {Operation::EndsWith, "ends_with", "The fact ends with the value."},
        {Operation::Wildcard, "wildcard",
         "The whole fact fits the pattern: ? is one character, * a run inside one path segment, "
         "** a run across segments; in fields that are not paths * is any run."},
        {Operation::LessThan, "less_than", "The version is lower than the value."},
        {Operation::AtMost, "at_most", "The version is the value or lower."},
        {Operation::AtLeast, "at_least", "The version is the value or higher."},
        {Operation::GreaterThan, "greater_than", "The version is higher than the value."},
    }};
};

/// Whether `operation` compares versions; such an operation needs a version field.
bool compares_versions(Operation operation) noexcept;

/// One condition on one field.
struct Criterion {
    Field field = Field::OriginalFilename;
    Operation operation = Operation::Equals;
    std::string value;

    bool operator==(const Criterion&) const = default;
    auto operator<=>(const Criterion&) const = default;
};

/// Criteria that must all hold on a file of one of the platforms.
struct MetadataRule {
    std::string name;
    std::vector<Platform> platforms;
    std::vector<Criterion> criteria;

    bool operator==(const MetadataRule&) const = default;
};

/// Refuses a criterion that could never do what it says: an empty value, one with invisible or
/// control characters (text copied from a console carries zero-width spaces), blanks at the ends
/// of an `equals` value, a version operation on another field or with a value that is no version.
/// Throws `Error` (InvalidValue, LimitExceeded).
void validate(const Criterion& criterion);

/// Refuses a rule without a name, platform or criterion, one that lists a platform twice, and
/// what `validate(Criterion)` refuses. Throws `Error` (InvalidValue, LimitExceeded).
void validate(const MetadataRule& rule);

enum class CriterionOutcome : std::uint8_t { Matched, NotMatched, FactAbsent, NotComparable };

template <>
struct EnumTable<CriterionOutcome> {
    static constexpr std::array<EnumRow<CriterionOutcome>, 4> rows{{
        {CriterionOutcome::Matched, "matched", "The criterion holds."},
        {CriterionOutcome::NotMatched, "not_matched", "The fact is another."},
        {CriterionOutcome::FactAbsent, "fact_absent", "Nothing is known of the field."},
        {CriterionOutcome::NotComparable, "not_comparable", "The fact is not a version."},
    }};
};

/// A criterion, how it came out, and the fact that decided it (empty when absent).
struct CriterionResult {
    Criterion criterion;
    CriterionOutcome outcome = CriterionOutcome::FactAbsent;
    std::string fact;

    bool operator==(const CriterionResult&) const = default;
};

enum class RuleOutcome : std::uint8_t { Matched, NotMatched, Undecided, OtherPlatform };

template <>
struct EnumTable<RuleOutcome> {
    static constexpr std::array<EnumRow<RuleOutcome>, 4> rows{{
        {RuleOutcome::Matched, "matched", "Every criterion holds."},
        {RuleOutcome::NotMatched, "not_matched", "A known fact breaks a criterion."},
        {RuleOutcome::Undecided, "undecided",
         "No known fact breaks a criterion, but at least one fact is absent."},
        {RuleOutcome::OtherPlatform, "other_platform", "The rule is for other platforms."},
    }};
};

/// How a rule came out, criterion by criterion. Only `RuleOutcome::Matched` blocks anything.
struct RuleResult {
    RuleOutcome outcome = RuleOutcome::NotMatched;
    std::vector<CriterionResult> criteria;

    bool operator==(const RuleResult&) const = default;
};

/// Holds `rule` against `facts`, in time linear in the length of the facts. Case is ignored on
/// Windows and macOS, and kept on Linux for names and paths; a backslash equals a slash in
/// Windows paths; macOS names are compared in Unicode normal form C. A field with several values
/// matches if one of them does. Facts without a platform leave each rule undecided.
RuleResult match(const MetadataRule& rule, const FileFacts& facts);

/// Whether `rule` blocks everything on one of its platforms, such as the wildcard `*`: it is held
/// against made-up files that have nothing in common.
bool matches_everything(const MetadataRule& rule);

}  // namespace libblock
