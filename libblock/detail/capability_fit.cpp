#include "libblock/detail/capability_fit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libblock/detail/entry_table.hpp"

namespace libblock::detail {
namespace {

template <typename T>
bool holds(const std::vector<T>& items, const T& item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

template <TextEnum E>
std::string list_of(const std::vector<E>& values) {
    std::vector<std::string_view> texts;
    texts.reserve(values.size());
    for (const E value : values) texts.push_back(to_string(value));
    return fmt::format("{}", fmt::join(texts, ", "));
}

// ---- entries -----------------------------------------------------------------------------------

Cause other_kind(const Target& target, HashKind kind) {
    return {LossKind::LeftOut, LossReason::HashKind,
            fmt::format("{} does not compare {} hashes", target.engine, to_string(kind))};
}

Cause foreign_hash(const Target& target, Platform platform) {
    return {LossKind::CannotMatch, LossReason::Platform,
            fmt::format("files for {} do not run where {} does ({})", to_string(platform),
                        target.engine, list_of(target.capabilities.platforms))};
}

Cause beyond_limit(const Target& target) {
    return {LossKind::LeftOut, LossReason::Limit,
            fmt::format("{} takes at most {} hashes", target.engine,
                        target.capabilities.limits.entries)};
}

/// The entries that fit, in their order. They are shared with the package if that is all of them.
HashEntries fit_entries(const Package& package, const Target& target, LossReport& losses) {
    const Capabilities& can = target.capabilities;
    const std::size_t limit = can.limits.entries;
    const EntryTable& all = package.entries().table();
    EntryTable fitting;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!holds(can.hash_kinds, all.kind(i))) {
            losses.add(package, other_kind(target, all.kind(i)), all.entry(i));
            continue;
        }
        if (limit != 0 && fitting.size() == limit) {
            losses.add(package, beyond_limit(target), all.entry(i));
            continue;
        }
        const auto platform = all.context(i).platform;
        if (platform && !holds(can.platforms, *platform)) {
            losses.add(package, foreign_hash(target, *platform), all.entry(i));
        }
        fitting.push(all, i);
    }
    return fitting.size() == all.size() ? package.entries() : HashEntries(std::move(fitting));
}

// ---- rules -------------------------------------------------------------------------------------

/// Why a criterion cannot be asked for on a platform.
struct Obstacle {
    std::size_t criterion = 0;
    LossReason reason = LossReason::Field;
    std::string message;
};

const FieldSupport* support_of(const Target& target, Field field) {
    const auto& fields = target.capabilities.fields;
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& each) { return each.field == field; });
    return found == fields.end() ? nullptr : &*found;
}

std::optional<Obstacle> obstacle_to(const Criterion& criterion, std::size_t index,
                                    Platform platform, const Target& target) {
    const FieldSupport* support = support_of(target, criterion.field);
    const std::string_view field = to_string(criterion.field);
    if (!support) {
        return Obstacle{index, LossReason::Field,
                        fmt::format("{} cannot ask for {}", target.engine, field)};
    }
    if (!support->platforms.empty() && !holds(support->platforms, platform)) {
        return Obstacle{
            index, LossReason::Field,
            fmt::format("{} cannot ask for {} on {}", target.engine, field, to_string(platform))};
    }
    if (!holds(support->operations, criterion.operation)) {
        return Obstacle{index, LossReason::Operation,
                        fmt::format("{} cannot compare {} by {}", target.engine, field,
                                    to_string(criterion.operation))};
    }
    return std::nullopt;
}

std::vector<Obstacle> obstacles_to(const MetadataRule& rule, Platform platform,
                                   const Target& target) {
    std::vector<Obstacle> obstacles;
    for (std::size_t i = 0; i < rule.criteria.size(); ++i) {
        if (auto obstacle = obstacle_to(rule.criteria[i], i, platform, target)) {
            obstacles.push_back(std::move(*obstacle));
        }
    }
    return obstacles;
}

/// Reports every criterion that stands in the way, once though it may do so on many platforms.
void report(const Package& package, const MetadataRule& rule, std::vector<Obstacle> obstacles,
            LossReport& losses) {
    const auto place = [](const Obstacle& each) { return std::tie(each.criterion, each.message); };
    std::sort(obstacles.begin(), obstacles.end(),
              [&](const auto& left, const auto& right) { return place(left) < place(right); });
    const auto repeats = std::unique(
        obstacles.begin(), obstacles.end(),
        [&](const auto& left, const auto& right) { return place(left) == place(right); });
    obstacles.erase(repeats, obstacles.end());
    for (const Obstacle& each : obstacles) {
        losses.add(package, {LossKind::LeftOut, each.reason, each.message},
                   RulePart{rule.name, each.criterion});
    }
}

/// Whether letters of this value are compared with their case on the platform; see `match`.
bool keeps_case(const Criterion& criterion, Platform platform) {
    const FieldKind kind = kind_of(criterion.field);
    return platform == Platform::Linux && (kind == FieldKind::FileName || kind == FieldKind::Path);
}

bool has_letters(std::string_view value) {
    return std::any_of(value.begin(), value.end(), [](char each) {
        const auto byte = static_cast<unsigned char>(each);
        return byte >= 0x80 || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    });
}

void report_letter_case(const Package& package, const MetadataRule& rule, const Target& target,
                        LossReport& losses) {
    for (std::size_t i = 0; i < rule.criteria.size(); ++i) {
        const Criterion& criterion = rule.criteria[i];
        const LetterCase engine = support_of(target, criterion.field)->letter_case;
        if (engine == LetterCase::AsMeant || compares_versions(criterion.operation) ||
            !has_letters(criterion.value)) {
            continue;
        }
        for (const Platform platform : rule.platforms) {
            const bool kept = keeps_case(criterion, platform);
            if (kept == (engine == LetterCase::Kept)) continue;
            losses.add(package,
                       {kept ? LossKind::Widened : LossKind::Narrowed, LossReason::LetterCase,
                        fmt::format("{} {} upper and lower case in {}, and on {} that is meant to "
                                    "be {}",
                                    target.engine, kept ? "does not tell apart" : "tells apart",
                                    to_string(criterion.field), to_string(platform),
                                    kept ? "done" : "ignored")},
                       RulePart{rule.name, i});
        }
    }
}

std::vector<Platform> without(const std::vector<Platform>& all, const std::vector<Platform>& some) {
    std::vector<Platform> rest;
    for (const Platform each : all) {
        if (!holds(some, each)) rest.push_back(each);
    }
    return rest;
}

/// The rule on those of its platforms where it can be expressed, or nothing.
std::optional<MetadataRule> fit_rule(const Package& package, const MetadataRule& rule,
                                     const Target& target, LossReport& losses) {
    const Capabilities& can = target.capabilities;
    MetadataRule fitting{rule.name, {}, rule.criteria};
    std::vector<Obstacle> obstacles;
    bool reached = false;
    for (const Platform platform : rule.platforms) {
        if (!holds(can.platforms, platform)) continue;
        reached = true;
        auto found = obstacles_to(rule, platform, target);
        if (found.empty()) fitting.platforms.push_back(platform);
        std::move(found.begin(), found.end(), std::back_inserter(obstacles));
    }
    if (!reached) {
        losses.add(package,
                   {LossKind::LeftOut, LossReason::Platform,
                    fmt::format("it is for {}, and {} is for {}", list_of(rule.platforms),
                                target.engine, list_of(can.platforms))},
                   RulePart{rule.name, std::nullopt});
        return std::nullopt;
    }
    if (fitting.platforms.empty()) {
        report(package, rule, std::move(obstacles), losses);
        return std::nullopt;
    }
    const std::size_t most = can.limits.criteria_per_rule;
    if (most != 0 && rule.criteria.size() > most) {
        losses.add(package,
                   {LossKind::LeftOut, LossReason::SeveralCriteria,
                    fmt::format("{} asks for at most {} at once, and with one left out the rule "
                                "would stop more",
                                target.engine,
                                most == 1 ? "one criterion" : fmt::format("{} criteria", most))},
                   RulePart{rule.name, std::nullopt});
        return std::nullopt;
    }
    const auto lost = without(rule.platforms, fitting.platforms);
    if (!lost.empty()) {
        losses.add(package,
                   {LossKind::Narrowed, LossReason::Platform,
                    fmt::format("{} can ask for it on {}, not on {}", target.engine,
                                list_of(fitting.platforms), list_of(lost))},
                   RulePart{rule.name, std::nullopt});
    }
    report_letter_case(package, fitting, target, losses);
    return fitting;
}

}  // namespace

Fit fit(const Package& package, const Target& target, LossReport& losses) {
    Fit fitting{fit_entries(package, target, losses), {}};
    for (const MetadataRule& rule : package.rules()) {
        if (auto each = fit_rule(package, rule, target, losses)) {
            fitting.rules.push_back(std::move(*each));
        }
    }
    return fitting;
}

}  // namespace libblock::detail
