#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/timestamp.hpp"

namespace libblock {

/// What a matching package does in a group. Ordered by strength.
enum class EnforcementState : std::uint8_t { Disabled, Audit, Enforce };

template <>
struct EnumTable<EnforcementState> {
    static constexpr std::array<EnumRow<EnforcementState>, 3> rows{{
        {EnforcementState::Disabled, "disabled", "The package does nothing."},
        {EnforcementState::Audit, "audit", "What matches runs, and is recorded."},
        {EnforcementState::Enforce, "enforce", "What matches cannot run."},
    }};
};

/// A state that is set on a group for one package.
struct StateSetting {
    EnforcementState state = EnforcementState::Disabled;
    std::optional<Timestamp> since;  ///< when it was set, as the caller says

    bool operator==(const StateSetting&) const = default;
};

/// One node of the tree. A group with groups below it is what consoles call a folder.
struct PolicyGroup {
    std::string path;                            ///< "/" or "/Workstations/Finance"
    std::map<std::string, StateSetting> states;  ///< by package name, as set on this very group

    bool operator==(const PolicyGroup&) const = default;
};

/// The state of a package in a group, and where it comes from.
struct EffectiveState {
    EnforcementState state = EnforcementState::Disabled;
    std::string group;  ///< the path on which it was set; empty if it is set nowhere above
    std::optional<Timestamp> since;

    bool operator==(const EffectiveState&) const = default;
};

/// A package and its state in some group.
struct PackageState {
    std::string package;
    EffectiveState effective;

    bool operator==(const PackageState&) const = default;
};

/// Folders and groups of machines, addressed by paths, with the states of packages on them. The
/// nearest setting wins: a state that is set on a group holds there and below it, down to the
/// next group that sets another one for the same package; `Disabled` is such a setting too.
///
/// Paths begin with `/` and separate names by `/`; the root is `/` and always there. Names of
/// sibling groups differ in more than case. All functions that take a path throw `Error`:
/// InvalidValue if it is malformed, NotFound if there is no such group.
class PolicyTree {
public:
    PolicyTree();

    /// Throws AlreadyExists if a sibling has that name (ignoring case), NotFound if the parent is
    /// missing, LimitExceeded.
    void add_group(std::string_view path);
    /// Removes the group, all groups below it, and the states set on them. The root cannot be
    /// removed (InvalidValue).
    void remove_group(std::string_view path);
    /// Moves or renames a group with all below it and the states set on them; what it inherits
    /// is from then on what its new place gives. Refuses to move the root or a group into itself
    /// (InvalidValue) or onto another group (AlreadyExists).
    void move_group(std::string_view from, std::string_view to);

    bool contains(std::string_view path) const noexcept;
    /// All groups, each before those below it, siblings by name.
    const std::vector<PolicyGroup>& groups() const noexcept { return groups_; }
    const PolicyGroup& group(std::string_view path) const;
    /// The paths directly below `path`.
    std::vector<std::string> children(std::string_view path) const;

    void set_state(std::string_view path, std::string_view package, EnforcementState state,
                   std::optional<Timestamp> since = std::nullopt);
    /// Takes a setting back, so that the group inherits again. Whether there was one.
    bool clear_state(std::string_view path, std::string_view package);

    /// Takes back every setting of a package, so that it is disabled everywhere. How many.
    std::size_t remove_package(std::string_view package);
    /// Carries every setting over to another name. Throws AlreadyExists if the tree has settings
    /// for `to` already.
    void rename_package(std::string_view from, std::string_view to);
    /// The names of all packages that have a setting somewhere, sorted.
    std::vector<std::string> packages() const;

    EffectiveState effective_state(std::string_view path, std::string_view package) const;
    /// All packages whose effective state on the group is audit or enforce, sorted by name.
    std::vector<PackageState> in_force(std::string_view path) const;

    bool operator==(const PolicyTree&) const = default;

private:
    std::vector<PolicyGroup> groups_;
};

}  // namespace libblock
