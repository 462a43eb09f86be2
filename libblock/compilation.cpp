#include "libblock/compilation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/capability_fit.hpp"
#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/loss_report.hpp"
#include "libblock/detail/suggest.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

using detail::LossReport;
using detail::Part;
using detail::Scope;

// ---- settings ----------------------------------------------------------------------------------

[[noreturn]] void refuse_setting(const Target& target, const std::string& name) {
    std::vector<std::string_view> names;
    for (const auto& each : target.settings) names.push_back(each.name);
    throw Error(ErrorCode::InvalidValue,
                fmt::format("{} has no setting {}{}", target.name, detail::quote(name),
                            detail::did_you_mean(name, names)));
}

void require_valid(const Target& target, const TargetSetting& setting, const std::string& value) {
    detail::validate_text(
        value, fmt::format("the setting {} of {}", setting.name, target.name),
        {.max_bytes = limits::criterion_value_bytes, .may_be_empty = true, .blank_ends = true});
    const auto& choices = setting.choices;
    if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) {
        return;
    }
    throw Error(
        ErrorCode::InvalidValue,
        fmt::format("{} is none of the choices for the setting {} of {}: {}", detail::quote(value),
                    setting.name, target.name, fmt::join(choices, ", ")));
}

std::map<std::string, std::string> settings_for(const Target& target,
                                                const CompileOptions& options) {
    std::map<std::string, std::string> values;
    for (const auto& each : target.settings) values[each.name] = each.default_value;
    for (const auto& [name, value] : options.settings) {
        const auto setting =
            std::find_if(target.settings.begin(), target.settings.end(),
                         [&name = name](const auto& each) { return each.name == name; });
        if (setting == target.settings.end()) refuse_setting(target, name);
        require_valid(target, *setting, value);
        values[name] = value;
    }
    return values;
}

// ---- one package -------------------------------------------------------------------------------

/// A package and the state in which it is compiled; none stands for the target's strongest.
struct Request {
    const Package& package;
    std::optional<EnforcementState> state;
};

/// Leaves the whole package out.
std::nullopt_t leave_out(const Package& package, LossReason reason, std::string message,
                         LossReport& losses) {
    losses.add(package, {LossKind::LeftOut, reason, std::move(message)}, package.entries(),
               package.rules());
    return std::nullopt;
}

/// The state that the target can give the package, or nothing if that would block in audit.
std::optional<EnforcementState> state_for(const Request& request, const Target& target,
                                          LossReport& losses) {
    const Capabilities& can = target.capabilities;
    // That an engine only detects is no loss of this package: it is so for every one.
    if (!can.enforce) return EnforcementState::Audit;
    const EnforcementState wanted = request.state.value_or(EnforcementState::Enforce);
    if (wanted == EnforcementState::Audit && can.audit == AuditScope::None) {
        return leave_out(request.package, LossReason::State,
                         fmt::format("{} has no audit: what it is given, it blocks", target.engine),
                         losses);
    }
    return wanted;
}

Timestamp date_of(const Package& package, const CompileOptions& options) {
    Timestamp latest{};
    for (const Provenance& record : package.provenance()) {
        latest = std::max(latest, record.source.imported.value_or(Timestamp{}));
    }
    return options.at.value_or(latest);
}

void report_expiry(const Part& part, const Target& target, LossReport& losses) {
    const auto& expires = part.package.expires();
    if (!expires || target.capabilities.expiry) return;
    const bool over = *expires <= part.date;
    losses.add(part.package,
               {LossKind::Widened, LossReason::Expiry,
                fmt::format("{} knows no expiry, and the package {} at {}: remove the documents{}",
                            target.engine, over ? "expired" : "expires", to_string(*expires),
                            over ? "" : " then")});
}

std::optional<Part> part_of(const Request& request, const Target& target,
                            const CompileOptions& options, LossReport& losses) {
    const Package& package = request.package;
    if (options.at && expired(package, *options.at)) {
        return leave_out(package, LossReason::Expired,
                         fmt::format("the package expired at {}", to_string(*package.expires())),
                         losses);
    }
    const auto state = state_for(request, target, losses);
    if (!state) return std::nullopt;
    detail::Fit fit = detail::fit(package, target, losses);
    if (fit.entries.empty() && fit.rules.empty()) return std::nullopt;
    return Part{package,
                digest(package),
                *state,
                date_of(package, options),
                detail::file_stem(package.name()),
                std::move(fit.entries),
                std::move(fit.rules)};
}

// ---- all packages ------------------------------------------------------------------------------

/// The part that enforces the hash, or null.
const Part* enforcer_of(const Sha256& sha256, HashKind kind, const std::vector<Part>& parts) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& part) {
        return part.state == EnforcementState::Enforce && part.entries.contains(sha256, kind);
    });
    return found == parts.end() ? nullptr : &*found;
}

/// What of the part no other enforces; the rest is reported.
HashEntries without_enforced(const Part& audited, const std::vector<Part>& parts,
                             LossReport& losses) {
    const detail::EntryTable& all = audited.entries.table();
    detail::EntryTable rest;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Part* enforcer = enforcer_of(all.sha256(i), all.kind(i), parts);
        if (!enforcer) {
            rest.push(all, i);
            continue;
        }
        losses.add(audited.package,
                   {LossKind::LeftOut, LossReason::Overruled,
                    fmt::format("the package {} enforces it, and the strongest state wins",
                                detail::quote(enforcer->package.name()))},
                   all.entry(i));
    }
    return rest.size() == all.size() ? audited.entries : HashEntries(std::move(rest));
}

/// Leaves each hash its strongest state alone. Many engines have one entry for a hash, of which the
/// last that they read would win.
std::vector<Part> settle_states(std::vector<Part> parts, LossReport& losses) {
    const auto is_enforced = [](const Part& part) {
        return part.state == EnforcementState::Enforce;
    };
    if (std::none_of(parts.begin(), parts.end(), is_enforced)) return parts;
    for (Part& part : parts) {
        if (!is_enforced(part)) part.entries = without_enforced(part, parts, losses);
    }
    std::vector<Part> settled;
    for (Part& part : parts) {
        if (!part.entries.empty() || !part.rules.empty()) settled.push_back(std::move(part));
    }
    return settled;
}

/// Gives parts whose names lead to the same stem another each.
void separate_stems(std::vector<Part>& parts) {
    std::map<std::string, std::size_t> counts;
    for (const Part& part : parts) ++counts[part.stem];
    for (Part& part : parts) {
        if (counts[part.stem] == 1) continue;
        // Of the name alone: the files of the next version take the place of these.
        part.stem += '-' + detail::name_digest(part.package.name()).to_string().substr(0, 12);
    }
}

[[noreturn]] void refuse_losses(const Target& target, const std::vector<Loss>& losses) {
    const Loss& first = losses.front();
    const std::string more =
        losses.size() == 1 ? "" : fmt::format(" (and {} more)", losses.size() - 1);
    throw Error(ErrorCode::NotExpressible,
                fmt::format("{} cannot express all of the package {}: {}{}", target.name,
                            detail::quote(first.package), first.message, more));
}

Compilation compile_all(const std::vector<Request>& requests, std::string_view name,
                        const CompileOptions& options, Scope scope) {
    const auto& [target, write] = detail::find_definition(name);
    if (!write) {
        throw Error(ErrorCode::NotExpressible,
                    fmt::format("{} takes no package: {}", target.name, target.refusal));
    }
    const auto settings = settings_for(target, options);
    LossReport losses;
    std::vector<Part> parts;
    for (const Request& request : requests) {
        if (auto part = part_of(request, target, options, losses)) {
            parts.push_back(std::move(*part));
        }
    }
    parts = settle_states(std::move(parts), losses);
    separate_stems(parts);
    for (const Part& part : parts) report_expiry(part, target, losses);
    detail::Output output(target, settings, losses, scope);
    if (!parts.empty()) write(parts, output);
    Compilation compilation{output.take(), losses.take()};
    if (options.strict && !compilation.losses.empty()) refuse_losses(target, compilation.losses);
    return compilation;
}

/// Finds packages by name.
class Given {
public:
    explicit Given(std::span<const Package* const> packages) {
        for (const Package* package : packages) {
            if (!by_name_.emplace(package->name(), package).second) {
                throw Error(ErrorCode::AlreadyExists, fmt::format("there are two packages {}",
                                                                  detail::quote(package->name())));
            }
        }
    }

    const Package& find(const PackageState& wanted) const {
        const auto found = by_name_.find(wanted.package);
        if (found != by_name_.end()) return *found->second;
        throw Error(ErrorCode::NotFound,
                    fmt::format("the package {}, in force by {}, is not given",
                                detail::quote(wanted.package), wanted.effective.group));
    }

private:
    std::map<std::string_view, const Package*> by_name_;
};

}  // namespace

detail::Output::Output(const Target& target, const std::map<std::string, std::string>& settings,
                       LossReport& losses, Scope scope)
    : target_(target), settings_(settings), losses_(losses), scope_(scope) {}

void detail::Output::add(std::string name, std::string text) {
    documents_.push_back({std::move(name), std::move(text)});
}

void detail::Output::lose_empty_file(const Part& part) {
    const auto entry = part.entries.find(hash_text(""), HashKind::File);
    if (!entry) return;
    lose(part,
         {LossKind::CannotMatch, LossReason::Engine,
          fmt::format("{} does not look at files without contents", target_.engine)},
         *entry);
}

Compilation compile_package(const Package& package, std::string_view target,
                            const CompileOptions& options) {
    if (options.state == EnforcementState::Disabled) {
        throw Error(ErrorCode::InvalidValue,
                    "a package is compiled for audit or enforce: disabled, it has no documents");
    }
    return compile_all({{package, options.state}}, target, options, Scope::Package);
}

Compilation compile_group(std::span<const Package* const> packages, const PolicyTree& tree,
                          std::string_view group, std::string_view target,
                          const CompileOptions& options) {
    if (options.state) {
        throw Error(ErrorCode::InvalidValue,
                    "the policy gives each package its state: none may be named beside it");
    }
    const Given given(packages);
    std::vector<Request> requests;
    for (const PackageState& each : tree.in_force(group)) {
        requests.push_back({given.find(each), each.effective.state});
    }
    return compile_all(requests, target, options, Scope::Group);
}

Compilation compile_group(std::span<const Package> packages, const PolicyTree& tree,
                          std::string_view group, std::string_view target,
                          const CompileOptions& options) {
    std::vector<const Package*> pointers;
    pointers.reserve(packages.size());
    for (const Package& package : packages) pointers.push_back(&package);
    return compile_group(pointers, tree, group, target, options);
}

}  // namespace libblock
