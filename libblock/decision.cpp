#include "libblock/decision.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"

namespace libblock {
namespace {

using PackagesByName = std::map<std::string_view, const Package*>;

PackagesByName index(std::span<const Package* const> packages) {
    PackagesByName by_name;
    for (const Package* package : packages) {
        if (by_name.emplace(package->name(), package).second) continue;
        throw Error(ErrorCode::AlreadyExists,
                    fmt::format("two packages have the name {}", detail::quote(package->name())));
    }
    return by_name;
}

void match_hashes(const Package& package, const EffectiveState& effective, const FileFacts& facts,
                  Decision& decision) {
    for (const auto& [kind, digest] : facts.digests) {
        auto entry = package.entries().find(digest, kind);
        if (!entry) continue;
        decision.evidence.push_back({package.name(), effective, std::move(*entry)});
    }
}

void match_rules(const Package& package, const EffectiveState& effective, const FileFacts& facts,
                 Decision& decision) {
    for (const auto& rule : package.rules()) {
        RuleResult result = match(rule, facts);
        RuleEvidence evidence{rule, std::move(result.criteria)};
        if (result.outcome == RuleOutcome::Matched) {
            decision.evidence.push_back({package.name(), effective, std::move(evidence)});
        } else if (result.outcome == RuleOutcome::Undecided &&
                   effective.state != EnforcementState::Disabled) {
            decision.undecided.push_back({package.name(), effective, std::move(evidence)});
        }
    }
}

// ---- precedence --------------------------------------------------------------------------------

int weakness(const EffectiveState& effective) noexcept {
    return -static_cast<int>(effective.state);
}

/// What orders matches: the strongest state, the package name, a hash before a rule, the rule.
auto precedence_of(const Evidence& evidence) {
    const auto* rule = std::get_if<RuleEvidence>(&evidence.match);
    return std::tuple<int, std::string_view, bool, std::string_view>(
        weakness(evidence.effective), evidence.package, rule != nullptr,
        rule ? std::string_view(rule->rule.name) : std::string_view());
}

auto precedence_of(const UndecidedRule& undecided) {
    return std::tuple<int, std::string_view, std::string_view>(
        weakness(undecided.effective), undecided.package, undecided.evidence.rule.name);
}

template <typename T>
void sort_by_precedence(std::vector<T>& items) {
    std::stable_sort(items.begin(), items.end(), [](const T& left, const T& right) {
        return precedence_of(left) < precedence_of(right);
    });
}

Verdict verdict_of(const std::vector<Evidence>& evidence) noexcept {
    if (evidence.empty()) return Verdict::Allowed;
    switch (evidence.front().effective.state) {
        case EnforcementState::Enforce:
            return Verdict::Blocked;
        case EnforcementState::Audit:
            return Verdict::Audited;
        case EnforcementState::Disabled:
            break;
    }
    return Verdict::Allowed;
}

}  // namespace

Decision decide(const FileFacts& facts, std::span<const Package> packages, const PolicyTree& tree,
                std::string_view group, const DecideOptions& options) {
    std::vector<const Package*> pointers;
    for (const auto& package : packages) pointers.push_back(&package);
    return decide(facts, pointers, tree, group, options);
}

Decision decide(const FileFacts& facts, std::span<const Package* const> packages,
                const PolicyTree& tree, std::string_view group, const DecideOptions& options) {
    const PackagesByName by_name = index(packages);
    Decision decision;
    for (const auto& [package, effective] : tree.in_force(group)) {
        if (!by_name.contains(package)) decision.missing.push_back(package);
    }
    for (const auto& [name, package] : by_name) {
        if (options.now && expired(*package, *options.now)) {
            decision.expired.emplace_back(name);
            continue;
        }
        const EffectiveState effective = tree.effective_state(group, name);
        match_hashes(*package, effective, facts, decision);
        match_rules(*package, effective, facts, decision);
    }
    sort_by_precedence(decision.evidence);
    sort_by_precedence(decision.undecided);
    decision.verdict = verdict_of(decision.evidence);
    return decision;
}

}  // namespace libblock
