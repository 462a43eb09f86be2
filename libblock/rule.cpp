#include "libblock/rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/text.hpp"
#include "libblock/detail/version.hpp"
#include "libblock/detail/wildcard.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::InvalidValue, message);
}

void require_at_most(std::size_t count, std::size_t limit, std::string_view what) {
    if (count <= limit) return;
    throw Error(ErrorCode::LimitExceeded, fmt::format("{} {}, more than {}", count, what, limit));
}

// ---- comparing ---------------------------------------------------------------------------------

/// How texts of a field are compared on a platform.
struct Comparison {
    detail::Folding folding = detail::Folding::Exact;
    bool segments = false;
    bool backslashes = false;
};

Comparison comparison_of(Field field, Platform platform) noexcept {
    const FieldKind kind = kind_of(field);
    const bool path = kind == FieldKind::Path;
    const bool name = path || kind == FieldKind::FileName;
    switch (platform) {
        case Platform::Windows:
            return {detail::Folding::Windows, path, path};
        case Platform::Macos:
            return {detail::Folding::Macos, path, false};
        case Platform::Linux:
            break;
    }
    return {name ? detail::Folding::Exact : detail::Folding::Windows, path, false};
}

std::string comparable(std::string_view text, const Comparison& comparison) {
    std::string folded = detail::fold(text, comparison.folding);
    if (comparison.backslashes) std::replace(folded.begin(), folded.end(), '\\', '/');
    return folded;
}

bool holds_as_text(Operation operation, std::string_view fact, std::string_view value,
                   const Comparison& comparison) {
    switch (operation) {
        case Operation::Contains:
            return fact.find(value) != std::string_view::npos;
        case Operation::StartsWith:
            return fact.starts_with(value);
        case Operation::EndsWith:
            return fact.ends_with(value);
        case Operation::Wildcard:
            return detail::wildcard_match(value, fact, {comparison.segments});
        default:
            return fact == value;
    }
}

bool holds_as_version(Operation operation, const detail::Version& fact,
                      const detail::Version& value) {
    switch (operation) {
        case Operation::LessThan:
            return fact < value;
        case Operation::AtMost:
            return fact <= value;
        case Operation::AtLeast:
            return fact >= value;
        case Operation::GreaterThan:
            return fact > value;
        default:
            return fact == value;
    }
}

CriterionOutcome outcome_of(bool holds) noexcept {
    return holds ? CriterionOutcome::Matched : CriterionOutcome::NotMatched;
}

CriterionOutcome compare_versions(const Criterion& criterion, std::string_view fact) {
    const auto value = detail::parse_version(criterion.value);
    const auto claimed = detail::parse_claimed_version(fact);
    if (!value || !claimed) return CriterionOutcome::NotComparable;
    return outcome_of(holds_as_version(criterion.operation, *claimed, *value));
}

CriterionOutcome compare_texts(const Criterion& criterion, std::string_view fact,
                               Platform platform) {
    const Comparison comparison = comparison_of(criterion.field, platform);
    return outcome_of(holds_as_text(criterion.operation, comparable(fact, comparison),
                                    comparable(criterion.value, comparison), comparison));
}

CriterionOutcome compare(const Criterion& criterion, std::string_view fact, Platform platform) {
    if (compares_versions(criterion.operation)) return compare_versions(criterion, fact);
    const bool version = kind_of(criterion.field) == FieldKind::Version;
    if (version && criterion.operation == Operation::Equals) {
        const CriterionOutcome outcome = compare_versions(criterion, fact);
        if (outcome != CriterionOutcome::NotComparable) return outcome;  // "1.2" is "1.2.0"
    }
    return compare_texts(criterion, fact, platform);
}

CriterionResult evaluate(const Criterion& criterion, const FileFacts& facts, Platform platform) {
    CriterionResult result{criterion, CriterionOutcome::FactAbsent, {}};
    for (auto& fact : values_of(facts, criterion.field)) {
        result.outcome = compare(criterion, fact, platform);
        result.fact = std::move(fact);
        if (result.outcome == CriterionOutcome::Matched) break;
    }
    return result;
}

RuleOutcome summarize(const std::vector<CriterionResult>& criteria) {
    bool absent = false;
    for (const auto& result : criteria) {
        if (result.outcome == CriterionOutcome::FactAbsent) {
            absent = true;
        } else if (result.outcome != CriterionOutcome::Matched) {
            return RuleOutcome::NotMatched;
        }
    }
    return absent ? RuleOutcome::Undecided : RuleOutcome::Matched;
}

// ---- files that have nothing in common ---------------------------------------------------------

struct Probe {
    std::string_view folder;
    std::string_view name;
    std::string_view text;
    std::string_view version;
};

constexpr std::array<Probe, 3> windows_probes{{
    {R"(C:\Program Files\Qv7\)", "Qv7.exe", "Qv7 Z", "0"},
    {R"(D:\)", "m-1.dll", "kx", "1.2.3"},
    {R"(\\Host2\Share\j\)", "f.w", "9", "65535.65535.65535.65535"},
}};

constexpr std::array<Probe, 3> unix_probes{{
    {"/opt/Qv7/bin/", "Qv7", "Qv7 Z", "0"},
    {"/", "m-1.so", "kx", "1.2.3"},
    {"/home/j/", "f.w", "9", "65535.65535.65535.65535"},
}};

std::string value_for(const Probe& probe, Field field) {
    switch (kind_of(field)) {
        case FieldKind::Path:
            return fmt::format("{}{}", probe.folder, probe.name);
        case FieldKind::FileName:
            return std::string(probe.name);
        case FieldKind::Version:
            return std::string(probe.version);
        case FieldKind::Text:
            break;
    }
    return std::string(probe.text);
}

FileFacts facts_for(const Probe& probe, Platform platform) {
    FileFacts facts;
    facts.platform = platform;
    for (const auto& row : EnumTable<Field>::rows) {
        facts.values[row.value] = {value_for(probe, row.value)};
    }
    return facts;
}

bool matches_everything_on(const MetadataRule& rule, Platform platform) {
    const auto& probes = platform == Platform::Windows ? windows_probes : unix_probes;
    return std::all_of(probes.begin(), probes.end(), [&](const Probe& probe) {
        return match(rule, facts_for(probe, platform)).outcome == RuleOutcome::Matched;
    });
}

}  // namespace

bool compares_versions(Operation operation) noexcept {
    switch (operation) {
        case Operation::LessThan:
        case Operation::AtMost:
        case Operation::AtLeast:
        case Operation::GreaterThan:
            return true;
        default:
            return false;
    }
}

void validate(const Criterion& criterion) {
    detail::validate_text(criterion.value,
                          fmt::format("the value of {}", to_string(criterion.field)),
                          {.max_bytes = limits::criterion_value_bytes,
                           .direction_marks = true,
                           .blank_ends = criterion.operation != Operation::Equals});
    if (!compares_versions(criterion.operation)) return;
    if (kind_of(criterion.field) != FieldKind::Version) {
        refuse(fmt::format("{} compares versions, but {} is no version field",
                           to_string(criterion.operation), to_string(criterion.field)));
    }
    if (!detail::parse_version(criterion.value)) {
        refuse(
            fmt::format("{} is not a version such as 18.12.407", detail::quote(criterion.value)));
    }
}

void validate(const MetadataRule& rule) {
    detail::validate_text(rule.name, "the name of a rule", {.max_bytes = limits::name_bytes});
    const std::string what = fmt::format("the rule {}", detail::quote(rule.name));
    if (rule.platforms.empty()) refuse(fmt::format("{} is for no platform", what));
    for (const auto& row : EnumTable<Platform>::rows) {
        if (std::count(rule.platforms.begin(), rule.platforms.end(), row.value) > 1) {
            refuse(fmt::format("{} lists {} twice", what, row.text));
        }
    }
    if (rule.criteria.empty()) refuse(fmt::format("{} has no criteria", what));
    require_at_most(rule.criteria.size(), limits::criteria_per_rule, "criteria");
    for (const auto& criterion : rule.criteria) validate(criterion);
}

RuleResult match(const MetadataRule& rule, const FileFacts& facts) {
    const auto& platforms = rule.platforms;
    if (facts.platform &&
        std::find(platforms.begin(), platforms.end(), *facts.platform) == platforms.end()) {
        return {RuleOutcome::OtherPlatform, {}};
    }
    RuleResult result;
    // Windows compares most loosely: what does not match there matches on no platform.
    const Platform platform = facts.platform.value_or(Platform::Windows);
    for (const auto& criterion : rule.criteria) {
        result.criteria.push_back(evaluate(criterion, facts, platform));
    }
    result.outcome = summarize(result.criteria);
    if (!facts.platform && result.outcome == RuleOutcome::Matched) {
        result.outcome = RuleOutcome::Undecided;
    }
    return result;
}

bool matches_everything(const MetadataRule& rule) {
    return std::any_of(rule.platforms.begin(), rule.platforms.end(),
                       [&](Platform platform) { return matches_everything_on(rule, platform); });
}

}  // namespace libblock
