#include "libblock/detail/loss_report.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace libblock::detail {

LossReport::Subjects& LossReport::subjects(const Package& package, const Cause& cause) {
    return losses_[{package.name(), cause}];
}

void LossReport::add(const Package& package, const Cause& cause) {
    subjects(package, cause);
}

void LossReport::add(const Package& package, const Cause& cause, const HashEntry& entry) {
    subjects(package, cause).entries.push(entry);
}

void LossReport::add(const Package& package, const Cause& cause, RulePart rule) {
    subjects(package, cause).rules.push_back(std::move(rule));
}

void LossReport::add(const Package& package, const Cause& cause, const HashEntries& entries,
                     const std::vector<MetadataRule>& rules) {
    Subjects& all = subjects(package, cause);
    all.whole.merge(entries);
    for (const auto& rule : rules) all.rules.push_back({rule.name, std::nullopt});
}

std::vector<Loss> LossReport::take() {
    std::vector<Loss> losses;
    losses.reserve(losses_.size());
    for (auto& [key, subjects] : losses_) {
        const auto& [package, cause] = key;
        HashEntries entries(std::move(subjects.entries));
        entries.merge(subjects.whole);
        std::sort(subjects.rules.begin(), subjects.rules.end());
        losses.push_back({package, cause.kind, cause.reason, cause.message, std::move(entries),
                          std::move(subjects.rules)});
    }
    losses_.clear();
    return losses;
}

}  // namespace libblock::detail
