#include "libblock/decision.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

constexpr auto state = [](auto& item) -> auto& {
    return item.effective.state;
};
constexpr auto group = [](auto& item) -> auto& {
    return item.effective.group;
};
constexpr auto since = [](auto& item) -> auto& {
    return item.effective.since;
};

constexpr const char* state_doc = "The state of the package in the group asked about.";
constexpr const char* group_doc = "The path of the group where that state was set.";
constexpr const char* since_doc = "Since when, if that was recorded.";

py::object rule_of(const Evidence& evidence) {
    const auto* match = std::get_if<RuleEvidence>(&evidence.match);
    return match == nullptr ? py::none() : py::cast(match->rule);
}

py::object entry_of(const Evidence& evidence) {
    const auto* match = std::get_if<HashEntry>(&evidence.match);
    return match == nullptr ? py::none() : py::cast(*match);
}

py::tuple criteria_of(const Evidence& evidence) {
    const auto* match = std::get_if<RuleEvidence>(&evidence.match);
    return match == nullptr ? py::tuple() : to_python(match->criteria);
}

/// Pointers to the packages that a tuple holds.
std::vector<const Package*> pointers_to(const py::tuple& packages) {
    std::vector<const Package*> pointers;
    for (const py::handle package : packages) {
        if (!py::isinstance<Package>(package)) {
            throw py::type_error(
                format("expected a Package, not {}", py::type::of(package).attr("__name__")));
        }
        pointers.push_back(&py::cast<const Package&>(package));
    }
    return pointers;
}

Decision decide_on(const FileFacts& facts, const py::iterable& packages, const PolicyTree& tree,
                   std::string_view path, const std::optional<Now>& now) {
    DecideOptions options;
    if (now) options.now = now->instant;
    // No copies: the tuple keeps the packages alive, and the GIL keeps others from changing them.
    const py::tuple held(packages);
    return decide(facts, pointers_to(held), tree, path, options);
}

}  // namespace

void bind_decision(py::module_& m) {
    bind_text_enum<Verdict>(m, "Verdict", "What happens when a file is executed.");

    bind_value<RuleEvidence>(
        m, "RuleEvidence", "A rule and how each of its criteria came out.",
        required("rule", &RuleEvidence::rule, "The rule."),
        optional("criteria", &RuleEvidence::criteria, "The outcome of each criterion."));

    bind_value<Evidence>(m, "Evidence",
                         "One match: which package, by which hash or rule, in which state, set on "
                         "which group.",
                         required("package", &Evidence::package, "The name of the package."),
                         required("match", &Evidence::match, "The entry or rule that matches."),
                         optional("state", state, state_doc), optional("group", group, group_doc),
                         optional("since", since, since_doc))
        .def_property_readonly("entry", &entry_of, "The entry that matches, or None.")
        .def_property_readonly("rule", &rule_of, "The rule that matches, or None.")
        .def_property_readonly("criteria", &criteria_of,
                               "How each criterion of the rule came out.");

    bind_value<UndecidedRule>(
        m, "UndecidedRule",
        "A rule of a package in force that cannot be decided because facts are absent.",
        required("package", &UndecidedRule::package, "The name of the package."),
        required(
            "rule", [](auto& item) -> auto& { return item.evidence.rule; }, "The rule."),
        optional(
            "criteria", [](auto& item) -> auto& { return item.evidence.criteria; },
            "How each of its criteria came out."),
        optional("state", state, state_doc), optional("group", group, group_doc),
        optional("since", since, since_doc));

    auto decision = bind_value<Decision>(
        m, "Decision", "What happens when a file is executed in a group, and because of what.",
        required("verdict", &Decision::verdict, "Allowed, audited or blocked."),
        optional("evidence", &Decision::evidence,
                 "Every match, in order of precedence: the first one decides. Those of packages "
                 "that are disabled in the group come last and decide nothing."),
        optional("undecided", &Decision::undecided,
                 "What might have matched had more been known, in order of precedence."),
        optional("missing", &Decision::missing,
                 "Packages in force that were not given: the verdict does not know them."),
        optional("expired", &Decision::expired, "Packages left out because they had expired."));
    decision.def(
        "__repr__",
        [](const Decision& self) {
            return format("<Decision {} evidence={} undecided={}>", to_string(self.verdict),
                          self.evidence.size(), self.undecided.size());
        },
        py::prepend());
    def_html(decision, "decision");

    m.def("decide", &decide_on, py::arg("facts"), py::arg("packages"), py::arg("tree"),
          py::arg("group"), py::kw_only(), py::arg("now") = py::none(),
          "Says what happens when the file is executed in `group`. Among matching packages the "
          "strongest state wins, ties go by package name, and within a package a hash comes "
          "before a rule, rules by name. With `now`, packages that have expired by then match "
          "nothing. Raises NotFoundError or InvalidValueError for the group, AlreadyExistsError "
          "if two packages have one name.");
}

}  // namespace libblock::bindings
