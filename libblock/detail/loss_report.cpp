#include "libblock/detail/loss_report.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace libblock::detail {
namespace {

/// What of a package stands in no document.
struct Absent {
    HashEntries entries = {};
    std::set<std::string, std::less<>> rules = {};
};

std::map<std::string, Absent> absent_of(const std::vector<Loss>& losses) {
    std::map<std::string, Absent> absent;
    for (const Loss& loss : losses) {
        if (loss.kind != LossKind::LeftOut) continue;
        Absent& of_package = absent[loss.package];
        of_package.entries.merge(loss.entries);
        for (const RulePart& part : loss.rules) of_package.rules.insert(part.rule);
    }
    return absent;
}

HashEntries without(const HashEntries& entries, const HashEntries& absent) {
    if (entries.empty() || absent.empty()) return entries;
    const EntryTable& all = entries.table();
    EntryTable rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!absent.contains(all.sha256(i), all.kind(i))) rest.push(all, i);
    }
    return rest.size() == all.size() ? entries : HashEntries(std::move(rest));
}

/// Whether nothing remains of a loss when what is left out anyway is taken from it: that stands in
/// no document, so how it would have been narrowed there says nothing.
bool is_void(Loss& loss, const Absent& absent) {
    if (loss.kind == LossKind::LeftOut || (loss.entries.empty() && loss.rules.empty())) {
        return false;
    }
    loss.entries = without(loss.entries, absent.entries);
    std::erase_if(loss.rules,
                  [&](const RulePart& part) { return absent.rules.contains(part.rule); });
    return loss.entries.empty() && loss.rules.empty();
}

}  // namespace

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
    const auto absent = absent_of(losses);
    std::erase_if(losses, [&](Loss& loss) {
        const auto found = absent.find(loss.package);
        return found != absent.end() && is_void(loss, found->second);
    });
    return losses;
}

}  // namespace libblock::detail
