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
#include "libblock/detail/file_type.hpp"

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
    return {
        LossKind::CannotMatch, LossReason::Platform,
        fmt::format("they are labelled for {}, and not expected where {} runs ({})",
                    to_string(platform), target.engine, list_of(target.capabilities.platforms))};
}

Cause no_executable(const Target& target) {
    const Platform platform = target.capabilities.executables_only.front();
    return {LossKind::CannotMatch, LossReason::Engine,
            fmt::format("on {} {} compares executables ({}) alone, and by their names these files "
                        "are none: the hashes of the programs in them are needed",
                        to_string(platform), target.engine, executable_format(platform))};
}

Cause beyond_limit(const Target& target) {
    return {LossKind::LeftOut, LossReason::Limit,
            fmt::format("{} takes at most {} hashes", target.engine,
                        target.capabilities.limits.entries)};
}

bool can_match_on(const Target& target, Platform platform, std::string_view file_name) {
    return !holds(target.capabilities.executables_only, platform) ||
           !is_no_executable(file_name, platform);
}

/// Whether the engine runs where the file does, as far as the package says where that is.
bool is_foreign(const Target& target, std::optional<Platform> platform) {
    return platform && !holds(target.capabilities.platforms, *platform);
}

Places places_in(const Target& target, const EntryTable& all) {
    const std::size_t limit = target.capabilities.limits.entries;
    if (limit == 0 || all.size() <= limit) return {};
    return {limit, count_matching(target, all)};
}

/// The entries that fit, in their order. They are shared with the package if that is all of them.
HashEntries fit_entries(const Package& package, const Target& target, LossReport& losses) {
    const EntryTable& all = package.entries().table();
    Places places = places_in(target, all);
    EntryTable fitting;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (!holds(target.capabilities.hash_kinds, all.kind(i))) {
            losses.add(package, other_kind(target, all.kind(i)), all.entry(i));
            continue;
        }
        const bool matching = can_match(target, all, i);
        if (!places.take(matching)) {
            losses.add(package, beyond_limit(target), all.entry(i));
            continue;
        }
        if (!matching) {
            const auto platform = all.context(i).platform;
            losses.add(package,
                       is_foreign(target, platform) ? foreign_hash(target, *platform)
                                                    : no_executable(target),
                       all.entry(i));
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

bool can_match(const Target& target, std::optional<Platform> platform, std::string_view file_name) {
    const Capabilities& can = target.capabilities;
    if (is_foreign(target, platform)) return false;
    if (can.executables_only.empty()) return true;
    if (platform) return can_match_on(target, *platform, file_name);
    return std::any_of(can.platforms.begin(), can.platforms.end(), [&](Platform each) {
        return !belongs_elsewhere(file_name, each) && can_match_on(target, each, file_name);
    });
}

bool can_match(const Target& target, const EntryTable& all, std::size_t index) {
    return can_match(target, all.context(index).platform, all.file_name(index));
}

std::size_t count_matching(const Target& target, const EntryTable& all) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (holds(target.capabilities.hash_kinds, all.kind(i)) && can_match(target, all, i)) {
            ++count;
        }
    }
    return count;
}

Places::Places(std::size_t limit, std::size_t matching)
    : matching_(std::min(limit, matching)), others_(limit - matching_) {}

bool Places::take(bool matching) {
    std::size_t& left = matching ? matching_ : others_;
    if (left == 0) return false;
    --left;
    return true;
}

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
