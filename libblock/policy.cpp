#include "libblock/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/suggest.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

constexpr std::string_view root = "/";

[[noreturn]] void refuse(ErrorCode code, const std::string& message) {
    throw Error(code, message);
}

/// The names along a path; none for the root. Throws on a path that is not well formed.
std::vector<std::string_view> names_of(std::string_view path) {
    const auto malformed = [&](std::string_view problem) {
        refuse(ErrorCode::InvalidValue,
               fmt::format("the group path {} {}", detail::quote(path), problem));
    };
    if (!path.starts_with('/')) malformed("does not begin with '/'");
    std::vector<std::string_view> names;
    std::string_view rest = path.substr(1);
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        if (end == 0 || end + 1 == rest.size()) malformed("has an empty name");
        detail::validate_text(rest.substr(0, end), "the name of a group",
                              {.max_bytes = limits::name_bytes});
        names.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (names.size() > limits::group_depth) {
        refuse(ErrorCode::LimitExceeded, fmt::format("the group path is {} deep, more than {}",
                                                     names.size(), limits::group_depth));
    }
    return names;
}

std::string_view parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? root : path.substr(0, slash);
}

bool is_below(std::string_view path, std::string_view above) {
    if (above == root) return path != root;
    return path.size() > above.size() && path.starts_with(above) && path[above.size()] == '/';
}

bool is_child(std::string_view path, std::string_view parent) {
    return path != root && parent_of(path) == parent;
}

/// Orders a group before those below it: the separator comes before every other character.
bool path_less(std::string_view left, std::string_view right) {
    if (left == root || right == root) return left == root && right != root;
    return std::lexicographical_compare(
        left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
            const auto rank = [](char c) { return c == '/' ? -1 : static_cast<unsigned char>(c); };
            return rank(a) < rank(b);
        });
}

/// Where the group at `path` is, or would be.
template <typename Groups>
auto place_of(Groups& groups, std::string_view path) {
    return std::lower_bound(groups.begin(), groups.end(), path,
                            [](const PolicyGroup& each, std::string_view wanted) {
                                return path_less(each.path, wanted);
                            });
}

template <typename Groups>
auto find_group(Groups& groups, std::string_view path) {
    const auto group = place_of(groups, path);
    return group != groups.end() && group->path == path ? group : groups.end();
}

template <typename Groups>
auto& require_group(Groups& groups, std::string_view path) {
    names_of(path);
    const auto group = find_group(groups, path);
    if (group == groups.end()) {
        std::vector<std::string_view> paths;
        paths.reserve(groups.size());
        for (const auto& each : groups) paths.emplace_back(each.path);
        refuse(ErrorCode::NotFound, fmt::format("there is no group {}{}", detail::quote(path),
                                                detail::did_you_mean(path, paths)));
    }
    return *group;
}

std::string folded(std::string_view path) {
    return detail::fold(path, detail::Folding::Windows);
}

/// Refuses a new group at `path`: no parent, or a sibling of that name. `moved` is left out.
void require_free(const std::vector<PolicyGroup>& groups, std::string_view path,
                  std::string_view moved = {}) {
    if (path == root) refuse(ErrorCode::AlreadyExists, "the root group is always there");
    const std::string_view parent = parent_of(path);
    require_group(groups, parent);
    const std::string wanted = folded(path);
    // All that is below a group stands directly behind it.
    for (auto group = std::next(find_group(groups, parent));
         group != groups.end() && is_below(group->path, parent); ++group) {
        if (group->path == moved || !is_child(group->path, parent)) continue;
        if (folded(group->path) != wanted) continue;
        refuse(ErrorCode::AlreadyExists,
               fmt::format("there is a group {} already", detail::quote(group->path)));
    }
}

void sort_by_path(std::vector<PolicyGroup>& groups) {
    std::sort(groups.begin(), groups.end(), [](const PolicyGroup& left, const PolicyGroup& right) {
        return path_less(left.path, right.path);
    });
}

}  // namespace

PolicyTree::PolicyTree() : groups_{PolicyGroup{std::string(root), {}}} {}

void PolicyTree::add_group(std::string_view path) {
    names_of(path);
    require_free(groups_, path);
    if (groups_.size() == limits::groups) {
        refuse(ErrorCode::LimitExceeded,
               fmt::format("a policy holds at most {} groups", limits::groups));
    }
    groups_.insert(place_of(groups_, path), PolicyGroup{std::string(path), {}});
}

void PolicyTree::remove_group(std::string_view path) {
    require_group(groups_, path);
    if (path == root) refuse(ErrorCode::InvalidValue, "the root group cannot be removed");
    std::erase_if(groups_, [path = std::string(path)](const PolicyGroup& group) {
        return group.path == path || is_below(group.path, path);
    });
}

void PolicyTree::move_group(std::string_view from, std::string_view to) {
    require_group(groups_, from);
    if (from == root) refuse(ErrorCode::InvalidValue, "the root group cannot be moved");
    names_of(to);
    if (is_below(to, from)) {
        refuse(ErrorCode::InvalidValue,
               fmt::format("{} cannot be moved into itself", detail::quote(from)));
    }
    require_free(groups_, to, from);
    std::vector<PolicyGroup> moved = groups_;
    for (auto& group : moved) {
        if (group.path != from && !is_below(group.path, from)) continue;
        group.path.replace(0, from.size(), to);
        names_of(group.path);  // the new place may be too deep
    }
    sort_by_path(moved);
    groups_ = std::move(moved);
}

bool PolicyTree::contains(std::string_view path) const noexcept {
    return find_group(groups_, path) != groups_.end();
}

const PolicyGroup& PolicyTree::group(std::string_view path) const {
    return require_group(groups_, path);
}

std::vector<std::string> PolicyTree::children(std::string_view path) const {
    require_group(groups_, path);
    std::vector<std::string> paths;
    for (const auto& group : groups_) {
        if (is_child(group.path, path)) paths.push_back(group.path);
    }
    return paths;
}

void PolicyTree::set_state(std::string_view path, std::string_view package, EnforcementState state,
                           std::optional<Timestamp> since) {
    auto& group = require_group(groups_, path);
    detail::validate_text(package, "the name of a package", {.max_bytes = limits::name_bytes});
    group.states[std::string(package)] = {state, since};
}

bool PolicyTree::clear_state(std::string_view path, std::string_view package) {
    return require_group(groups_, path).states.erase(std::string(package)) > 0;
}

std::size_t PolicyTree::remove_package(std::string_view package) {
    std::size_t count = 0;
    for (auto& group : groups_) count += group.states.erase(std::string(package));
    return count;
}

void PolicyTree::rename_package(std::string_view from, std::string_view to) {
    detail::validate_text(to, "the name of a package", {.max_bytes = limits::name_bytes});
    if (from == to) return;
    const auto known = packages();
    if (std::binary_search(known.begin(), known.end(), to)) {
        refuse(ErrorCode::AlreadyExists,
               fmt::format("the policy has states for {} already", detail::quote(to)));
    }
    for (auto& group : groups_) {
        auto setting = group.states.extract(std::string(from));
        if (setting.empty()) continue;
        setting.key() = to;
        group.states.insert(std::move(setting));
    }
}

std::vector<std::string> PolicyTree::packages() const {
    std::set<std::string> names;
    for (const auto& group : groups_) {
        for (const auto& [package, setting] : group.states) names.insert(package);
    }
    return {names.begin(), names.end()};
}

EffectiveState PolicyTree::effective_state(std::string_view path, std::string_view package) const {
    const std::string name(package);
    for (const PolicyGroup* group = &require_group(groups_, path);;
         group = &*find_group(groups_, parent_of(group->path))) {
        const auto setting = group->states.find(name);
        if (setting != group->states.end()) {
            return {setting->second.state, group->path, setting->second.since};
        }
        if (group->path == root) return {};
    }
}

std::vector<PackageState> PolicyTree::in_force(std::string_view path) const {
    require_group(groups_, path);
    std::vector<PackageState> states;
    for (auto& package : packages()) {
        EffectiveState effective = effective_state(path, package);
        if (effective.state == EnforcementState::Disabled) continue;
        states.push_back({std::move(package), std::move(effective)});
    }
    return states;
}

}  // namespace libblock
