#include "libblock/policy.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

std::vector<std::string> paths_of(const PolicyTree& tree) {
    std::vector<std::string> paths;
    for (const PolicyGroup& group : tree.groups()) paths.push_back(group.path);
    return paths;
}

/// The tree of groups as `PolicyTree::groups` lists them: the root first, parents before children.
PolicyTree tree_of(const py::tuple& state) {
    const auto groups = py::cast<In<std::vector<PolicyGroup>>>(state).value;
    PolicyTree tree;
    for (const PolicyGroup& group : std::span(groups).subspan(1)) tree.add_group(group.path);
    for (const PolicyGroup& group : groups) {
        for (const auto& [package, setting] : group.states) {
            tree.set_state(group.path, package, setting.state, setting.since);
        }
    }
    return tree;
}

}  // namespace

void bind_policy(py::module_& m) {
    bind_text_enum<EnforcementState>(m, "EnforcementState",
                                     "What a matching package does in a group, by strength.");

    bind_value<StateSetting>(m, "StateSetting", "A state that is set on a group for one package.",
                             required("state", &StateSetting::state, "The state."),
                             optional("since", &StateSetting::since, "When it was set, or None."));

    bind_value<PolicyGroup>(
        m, "PolicyGroup", "One node of the tree. One with groups below it is called a folder.",
        required("path", &PolicyGroup::path, "\"/\" or, say, \"/Workstations/Finance\"."),
        optional("states", &PolicyGroup::states,
                 "What is set on this very group, by package name, as a new dict."))
        .attr("__hash__") = py::none();

    bind_value<EffectiveState>(
        m, "EffectiveState", "The state of a package in a group, and where it comes from.",
        optional("state", &EffectiveState::state, "The state."),
        optional("group", &EffectiveState::group,
                 "The path where it was set; empty if it is set nowhere above."),
        optional("since", &EffectiveState::since, "When it was set, or None."));

    bind_value<PackageState>(
        m, "PackageState", "A package and its state in some group.",
        required("package", &PackageState::package, "The name of the package."),
        optional(
            "state", [](auto& item) -> auto& { return item.effective.state; }, "The state."),
        optional(
            "group", [](auto& item) -> auto& { return item.effective.group; },
            "The path where it was set."),
        optional(
            "since", [](auto& item) -> auto& { return item.effective.since; },
            "When it was set, or None."));

    auto tree = bind_class<PolicyTree>(
        m, "PolicyTree",
        "Folders and groups of machines, addressed by paths, with the states of packages on them. "
        "The nearest setting wins. Every method that takes a path raises InvalidValueError if it "
        "is malformed and NotFoundError if there is no such group.");
    tree.def(py::init(), "A tree of the root `/` alone.")
        .def("add_group", &PolicyTree::add_group, py::arg("path"),
             "Adds a group below one that exists. Raises AlreadyExistsError if a sibling has that "
             "name, in any case; LimitError.")
        .def("remove_group", &PolicyTree::remove_group, py::arg("path"),
             "Removes a group with all below it. The root raises InvalidValueError.")
        .def("move_group", &PolicyTree::move_group, py::arg("source"), py::arg("target"),
             "Moves or renames a group with all below it. Raises InvalidValueError for the root "
             "or a move into itself, AlreadyExistsError if the target is taken.")
        .def_property_readonly(
            "groups", [](const PolicyTree& self) { return to_python(self.groups()); },
            "All groups, each before those below it, as a new tuple.")
        .def("group", &PolicyTree::group, py::arg("path"), py::return_value_policy::copy,
             "One group, with what is set on it.")
        .def(
            "children",
            [](const PolicyTree& self, std::string_view path) {
                return to_python(self.children(path));
            },
            py::arg("path"), "The paths directly below a group.")
        .def("set_state", &PolicyTree::set_state, py::arg("path"), py::arg("package"),
             py::arg("state"), py::arg("since") = py::none(),
             "Sets the state of a package on a group; it holds there and below, down to the next "
             "setting.")
        .def("clear_state", &PolicyTree::clear_state, py::arg("path"), py::arg("package"),
             "Takes a setting back, so that the group inherits again. Whether there was one.")
        .def("remove_package", &PolicyTree::remove_package, py::arg("package"),
             "Takes back every setting of a package. How many there were.")
        .def("rename_package", &PolicyTree::rename_package, py::arg("old"), py::arg("new"),
             "Carries every setting over to another name. Raises AlreadyExistsError if that one "
             "has settings already.")
        .def(
            "packages", [](const PolicyTree& self) { return to_python(self.packages()); },
            "The names of all packages that have a setting somewhere, sorted.")
        .def("effective_state", &PolicyTree::effective_state, py::arg("path"), py::arg("package"),
             "The state of a package in a group, and where it comes from.")
        .def(
            "in_force",
            [](const PolicyTree& self, std::string_view path) {
                return to_python(self.in_force(path));
            },
            py::arg("path"), "All packages that are audited or enforced in a group, by name.")
        .def("__len__", [](const PolicyTree& self) { return self.groups().size(); })
        .def("__contains__", &PolicyTree::contains, py::arg("path"))
        .def("__iter__", [](const PolicyTree& self) { return py::iter(to_python(paths_of(self))); })
        .def(
            "__eq__", [](const PolicyTree& a, const PolicyTree& b) { return a == b; },
            py::is_operator())
        .def("__repr__",
             [](const PolicyTree& self) {
                 return format("<PolicyTree groups={} packages={}>", self.groups().size(),
                               self.packages().size());
             })
        .def(py::pickle([](const PolicyTree& self) { return to_python(self.groups()); }, &tree_of));
    def_copy(tree, "An independent copy.");
    def_html(tree, "policy_tree");
}

}  // namespace libblock::bindings
