#include "libblock/detail/policy_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/document_fields.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/yaml_writer.hpp"
#include "libblock/error.hpp"
#include "libblock/limits.hpp"
#include "libblock/package.hpp"
#include "libblock/policy.hpp"

namespace libblock::detail {
namespace {

constexpr std::uint64_t format_version = 1;
constexpr std::string_view modeline = "yaml-language-server: $schema=policy.schema.json";
constexpr auto required = Presence::Required;
constexpr auto optional = Presence::Optional;

void require_package_name(const std::string& name) {
    Package{name};
}

// ---- packages ----------------------------------------------------------------------------------

/// A path below or beside the policy's folder: relative, separated by '/', with `..` where needed,
/// so that it means the same on every platform.
void require_relative_path(std::string_view path) {
    validate_text(path, "the file of a package", {.max_bytes = limits::criterion_value_bytes});
    const auto malformed = [&](std::string_view problem) {
        throw Error(ErrorCode::InvalidValue, fmt::format("the path {} {}", quote(path), problem));
    };
    if (path.starts_with('/')) malformed("is absolute: it must be relative to the policy");
    if (path.find_first_of("\\:") != std::string_view::npos) {
        malformed("holds a backslash or a colon: folders are separated by '/'");
    }
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..") malformed("names a folder, not a file");
    if (path.find("//") != std::string_view::npos) malformed("has an empty part");
}

constexpr std::array<KeyRow<PackageFile>, 2> package_keys{{
    {"name", required,
     [](const YamlNode& value, PackageFile& package) {
         package.name = read_text(value);
         require_package_name(package.name);
     }},
    {"file", required,
     [](const YamlNode& value, PackageFile& package) {
         package.file = read_text(value);
         require_relative_path(package.file);
     }},
}};

bool by_name(const PackageFile& left, const PackageFile& right) noexcept {
    return left.name < right.name;
}

std::vector<PackageFile> read_packages(const YamlNode& node) {
    std::vector<PackageFile> packages;
    FirstLines lines;
    read_list(node, Emptiness::Allowed, [&](const YamlNode& item) {
        PackageFile package;
        read_mapping(item, "a package", package_keys, package);
        const Position place = find_value(item, "name")->position;
        placed(place,
               [&] { lines.add(package.name, "the package " + quote(package.name), place); });
        packages.push_back(std::move(package));
    });
    std::sort(packages.begin(), packages.end(), by_name);
    return packages;
}

// ---- groups ------------------------------------------------------------------------------------

struct State {
    std::string package;
    StateSetting setting;
};

constexpr std::array<KeyRow<State>, 3> state_keys{{
    {"package", required,
     [](const YamlNode& value, State& state) {
         state.package = read_text(value);
         require_package_name(state.package);
     }},
    {"state", required,
     [](const YamlNode& value, State& state) {
         state.setting.state = read_word<EnforcementState>(value);
     }},
    {"since", optional,
     [](const YamlNode& value, State& state) { state.setting.since = read_timestamp(value); }},
}};

struct Group {
    std::string path;
    std::vector<State> states;
    Position position;  ///< of the path
};

std::vector<State> read_states(const YamlNode& node) {
    std::vector<State> states;
    FirstLines lines;
    read_list(node, Emptiness::Allowed, [&](const YamlNode& item) {
        State state;
        read_mapping(item, "a state", state_keys, state);
        const Position place = find_value(item, "package")->position;
        placed(place,
               [&] { lines.add(state.package, "a state of " + quote(state.package), place); });
        states.push_back(std::move(state));
    });
    return states;
}

constexpr std::array<KeyRow<Group>, 2> group_keys{{
    {"path", required,
     [](const YamlNode& value, Group& group) {
         group.path = read_text(value);
         group.position = value.position;
     }},
    {"states", optional,
     [](const YamlNode& value, Group& group) { group.states = read_states(value); }},
}};

/// Adds groups in any order: a parent may stand below its children in the document.
PolicyTree build_tree(std::vector<Group> groups) {
    const auto depth = [](const Group& group) {
        return std::count(group.path.begin(), group.path.end(), '/');
    };
    std::stable_sort(groups.begin(), groups.end(), [&](const Group& left, const Group& right) {
        return depth(left) < depth(right);
    });
    PolicyTree tree;
    for (const Group& group : groups) {
        placed(group.position, [&] {
            if (group.path != "/") tree.add_group(group.path);
            for (const State& state : group.states) {
                tree.set_state(group.path, state.package, state.setting.state, state.setting.since);
            }
        });
    }
    return tree;
}

PolicyTree read_groups(const YamlNode& node) {
    std::vector<Group> groups;
    FirstLines lines;
    read_list(node, Emptiness::Allowed, [&](const YamlNode& item) {
        Group group;
        read_mapping(item, "a group", group_keys, group);
        placed(group.position, [&] {
            const std::string folded = fold(group.path, Folding::Windows);
            lines.add(folded, "the group " + quote(group.path), group.position);
        });
        groups.push_back(std::move(group));
    });
    return build_tree(std::move(groups));
}

// ---- the policy --------------------------------------------------------------------------------

constexpr std::array<KeyRow<Policy>, 3> policy_keys{{
    {"libblock_policy", required,
     [](const YamlNode& value, Policy&) { require_version(value, format_version); }},
    {"packages", optional,
     [](const YamlNode& value, Policy& policy) { policy.packages = read_packages(value); }},
    {"groups", optional,
     [](const YamlNode& value, Policy& policy) { policy.tree = read_groups(value); }},
}};

// ---- writing -----------------------------------------------------------------------------------

std::vector<PackageFile> checked_packages(std::vector<PackageFile> packages) {
    for (const PackageFile& package : packages) {
        require_package_name(package.name);
        require_relative_path(package.file);
    }
    std::sort(packages.begin(), packages.end(), by_name);
    const auto repeat = std::adjacent_find(
        packages.begin(), packages.end(),
        [](const PackageFile& left, const PackageFile& right) { return left.name == right.name; });
    if (repeat != packages.end()) {
        throw Error(ErrorCode::InvalidValue,
                    fmt::format("the policy names the package {} twice", quote(repeat->name)));
    }
    return packages;
}

void write_states(YamlWriter& yaml, const PolicyGroup& group) {
    if (group.states.empty()) return;
    yaml.begin_list("states");
    for (const auto& [package, setting] : group.states) {
        yaml.begin_item();
        yaml.text("package", package);
        yaml.word("state", to_string(setting.state));
        if (setting.since) yaml.word("since", to_string(*setting.since));
        yaml.end_item();
    }
    yaml.end_list();
}

bool is_worth_writing(const PolicyGroup& group) {
    return group.path != "/" || !group.states.empty();
}

void write_groups(YamlWriter& yaml, const std::vector<PolicyGroup>& groups) {
    if (std::none_of(groups.begin(), groups.end(), is_worth_writing)) return;
    yaml.begin_list("groups");
    for (const PolicyGroup& group : groups) {
        if (!is_worth_writing(group)) continue;
        yaml.begin_item();
        yaml.text("path", group.path);
        write_states(yaml, group);
        yaml.end_item();
    }
    yaml.end_list();
}

void write_packages(YamlWriter& yaml, const std::vector<PackageFile>& packages) {
    if (packages.empty()) return;
    yaml.begin_list("packages");
    for (const PackageFile& package : packages) {
        yaml.begin_item();
        yaml.text("name", package.name);
        yaml.text("file", package.file);
        yaml.end_item();
    }
    yaml.end_list();
}

}  // namespace

Policy read_policy(const YamlNode& root) {
    Policy policy;
    read_mapping(root, "a policy", policy_keys, policy);
    return policy;
}

std::string write_policy(const Policy& policy) {
    YamlWriter yaml;
    yaml.comment(modeline);
    yaml.number("libblock_policy", format_version);
    write_packages(yaml, checked_packages(policy.packages));
    write_groups(yaml, policy.tree.groups());
    return yaml.finish();
}

}  // namespace libblock::detail
