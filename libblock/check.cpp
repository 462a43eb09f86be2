#include "libblock/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/pointer.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/field.hpp"

namespace libblock {
namespace {

struct Input {
    std::span<const Package> packages;
    const PolicyTree* policy;
    const CheckOptions& options;
};

/// Collects the findings of one lint rule.
class Findings {
public:
    Findings(CheckRule rule, std::vector<Finding>& all) : rule_(rule), all_(all) {}

    void in_package(std::size_t package, std::string pointer, std::string message) {
        all_.push_back({rule_, std::move(message), package, std::move(pointer)});
    }
    void in_policy(std::string pointer, std::string message) {
        all_.push_back({rule_, std::move(message), std::nullopt, std::move(pointer)});
    }

private:
    CheckRule rule_;
    std::vector<Finding>& all_;
};

bool set_anywhere(const PolicyTree& policy, const std::string& package, EnforcementState state) {
    return std::any_of(policy.groups().begin(), policy.groups().end(), [&](const auto& group) {
        const auto setting = group.states.find(package);
        return setting != group.states.end() && setting->second.state == state;
    });
}

bool in_force_anywhere(const PolicyTree& policy, const std::string& package) {
    return set_anywhere(policy, package, EnforcementState::Audit) ||
           set_anywhere(policy, package, EnforcementState::Enforce);
}

std::string state_pointer(std::string_view group, std::string_view package) {
    return detail::json_pointer({"groups", group, "states", package});
}

template <typename Visit>
void for_each_criterion(const Package& package, Visit visit) {
    for (std::size_t i = 0; i < package.rules().size(); ++i) {
        const MetadataRule& rule = package.rules()[i];
        for (std::size_t j = 0; j < rule.criteria.size(); ++j) {
            visit(rule, rule.criteria[j], fmt::format("/rules/{}/criteria/{}", i, j));
        }
    }
}

// ---- the rules ---------------------------------------------------------------------------------

void empty_package(const Input& input, Findings& findings) {
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        const Package& package = input.packages[i];
        if (!package.entries().empty() || !package.rules().empty()) continue;
        findings.in_package(i, "", "the package has no hashes and no rules: it blocks nothing");
    }
}

void unassigned_package(const Input& input, Findings& findings) {
    if (!input.policy) return;
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        if (in_force_anywhere(*input.policy, input.packages[i].name())) continue;
        findings.in_package(i, "/name", "the package is audited or enforced in no group");
    }
}

void unknown_package(const Input& input, Findings& findings) {
    if (!input.policy) return;
    const auto& groups = input.policy->groups();
    for (const auto& name : input.policy->packages()) {
        const auto is_named = [&](const Package& package) { return package.name() == name; };
        if (std::any_of(input.packages.begin(), input.packages.end(), is_named)) continue;
        const auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& each) {
            return each.states.contains(name);
        });
        findings.in_policy(state_pointer(group->path, name),
                           fmt::format("the policy sets the state of {} on {}, but there is no "
                                       "such package",
                                       detail::quote(name), group->path));
    }
}

void duplicate_package_name(const Input& input, Findings& findings) {
    std::map<std::string_view, std::size_t> first;
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        const std::string& name = input.packages[i].name();
        if (first.emplace(name, i).second) continue;
        findings.in_package(i, "/name",
                            fmt::format("an earlier package is named {} too", detail::quote(name)));
    }
}

/// The hashes of a package, by kind.
using Hashes = std::array<HashSet, EnumTable<HashKind>::rows.size()>;

Hashes hashes_of(const Package& package) {
    Hashes hashes;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        hashes[i] = package.entries().hashes(EnumTable<HashKind>::rows[i].value);
    }
    return hashes;
}

/// What two packages share, or nothing.
std::optional<std::string> shared_hashes(const Hashes& left, const Hashes& right) {
    std::size_t count = 0;
    std::optional<Sha256> first;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const HashSet shared = left[i] & right[i];
        if (!first && !shared.empty()) first = shared[0];
        count += shared.size();
    }
    if (count == 0) return std::nullopt;
    return count == 1 ? first->to_string()
                      : fmt::format("{} hashes, such as {}", count, first->to_string());
}

void duplicate_hash(const Input& input, Findings& findings) {
    if (input.packages.size() < 2) return;
    std::vector<Hashes> hashes(input.packages.size());
    std::transform(input.packages.begin(), input.packages.end(), hashes.begin(), hashes_of);
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const auto shared = shared_hashes(hashes[i], hashes[j]);
            if (!shared) continue;
            findings.in_package(i, "/hashes",
                                fmt::format("the package {} also holds {}",
                                            detail::quote(input.packages[j].name()), *shared));
        }
    }
}

void matches_everything_rule(const Input& input, Findings& findings) {
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        const auto& rules = input.packages[i].rules();
        for (std::size_t j = 0; j < rules.size(); ++j) {
            if (!matches_everything(rules[j])) continue;
            findings.in_package(i, fmt::format("/rules/{}", j),
                                fmt::format("the rule {} matches every file of its platforms",
                                            detail::quote(rules[j].name)));
        }
    }
}

void field_not_on_platform(const Input& input, Findings& findings) {
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        for_each_criterion(input.packages[i], [&](const auto& rule, const auto& criterion,
                                                  const std::string& pointer) {
            for (const Platform platform : rule.platforms) {
                if (exists_on(criterion.field, platform)) continue;
                findings.in_package(
                    i, pointer,
                    fmt::format("files on {} carry no {}: the rule {} matches there only if an "
                                "agent supplies one",
                                to_string(platform), to_string(criterion.field),
                                detail::quote(rule.name)));
            }
        });
    }
}

bool lacks_extension(const Criterion& criterion) {
    return criterion.field == Field::OriginalFilename && criterion.operation == Operation::Equals &&
           criterion.value.find('.') == std::string::npos;
}

void original_filename_extension(const Input& input, Findings& findings) {
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        for_each_criterion(input.packages[i], [&](const auto& rule, const auto& criterion,
                                                  const std::string& pointer) {
            const auto& platforms = rule.platforms;
            const bool windows =
                std::find(platforms.begin(), platforms.end(), Platform::Windows) != platforms.end();
            if (!windows || !lacks_extension(criterion)) return;
            findings.in_package(i, pointer + "/value",
                                fmt::format("an Original Filename on Windows ends with its "
                                            "extension: was {} meant?",
                                            detail::quote(criterion.value + ".exe")));
        });
    }
}

void enforced_without_audit(const Input& input, Findings& findings) {
    if (!input.policy) return;
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        const std::string& name = input.packages[i].name();
        if (!set_anywhere(*input.policy, name, EnforcementState::Enforce) ||
            set_anywhere(*input.policy, name, EnforcementState::Audit)) {
            continue;
        }
        findings.in_package(i, "/name",
                            "the package is enforced, and no group has it in audit to show "
                            "beforehand what it stops");
    }
}

void expired_package(const Input& input, Findings& findings) {
    if (!input.options.now) return;
    for (std::size_t i = 0; i < input.packages.size(); ++i) {
        const Package& package = input.packages[i];
        if (!expired(package, *input.options.now)) continue;
        if (input.policy && !in_force_anywhere(*input.policy, package.name())) continue;
        findings.in_package(
            i, "/expires", fmt::format("the package expired at {}", to_string(*package.expires())));
    }
}

void stale_audit(const Input& input, Findings& findings) {
    if (!input.policy || !input.options.now) return;
    const std::chrono::days limit{input.options.max_audit_days};
    for (const auto& group : input.policy->groups()) {
        for (const auto& [package, setting] : group.states) {
            if (setting.state != EnforcementState::Audit || !setting.since) continue;
            const auto age = *input.options.now - *setting.since;
            if (age <= limit) continue;
            findings.in_policy(
                state_pointer(group.path, package),
                fmt::format("{} has been in audit on {} for {} days, longer than {}",
                            detail::quote(package), group.path,
                            std::chrono::floor<std::chrono::days>(age).count(), limit.count()));
        }
    }
}

// ---- the table ---------------------------------------------------------------------------------

struct CheckRow {
    CheckRule rule;
    Severity severity;
    void (*run)(const Input&, Findings&);
};

constexpr std::array<CheckRow, EnumTable<CheckRule>::rows.size()> rows{{
    {CheckRule::EmptyPackage, Severity::Warning, empty_package},
    {CheckRule::UnassignedPackage, Severity::Warning, unassigned_package},
    {CheckRule::UnknownPackage, Severity::Error, unknown_package},
    {CheckRule::DuplicatePackageName, Severity::Error, duplicate_package_name},
    {CheckRule::DuplicateHash, Severity::Note, duplicate_hash},
    {CheckRule::MatchesEverything, Severity::Error, matches_everything_rule},
    {CheckRule::FieldNotOnPlatform, Severity::Warning, field_not_on_platform},
    {CheckRule::OriginalFilenameExtension, Severity::Warning, original_filename_extension},
    {CheckRule::EnforcedWithoutAudit, Severity::Note, enforced_without_audit},
    {CheckRule::ExpiredPackage, Severity::Warning, expired_package},
    {CheckRule::StaleAudit, Severity::Warning, stale_audit},
}};

constexpr bool ordered_by_rule() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].rule) != i) return false;
    }
    return true;
}
static_assert(ordered_by_rule());

}  // namespace

Severity severity_of(CheckRule rule) noexcept {
    return rows[static_cast<std::size_t>(rule)].severity;
}

std::vector<Finding> check(std::span<const Package> packages, const PolicyTree* policy,
                           const CheckOptions& options) {
    const Input input{packages, policy, options};
    std::vector<Finding> all;
    for (const auto& row : rows) {
        Findings findings(row.rule, all);
        row.run(input, findings);
    }
    std::stable_sort(all.begin(), all.end(), [](const Finding& left, const Finding& right) {
        const auto place = [](const Finding& finding) {  // the policy comes after all packages
            return finding.package.value_or(std::string::npos);
        };
        return place(left) < place(right);
    });
    return all;
}

}  // namespace libblock
