#include "libblock/compilation.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

using Settings = std::map<std::string, std::string>;

CompileOptions options_of(const std::optional<EnforcementState>& state,
                          const std::optional<Timestamp>& at, const Settings& settings,
                          bool strict) {
    return {.state = state, .at = at, .settings = settings, .strict = strict};
}

Compilation compile_one(const Package& package, std::string_view target,
                        const std::optional<EnforcementState>& state,
                        const std::optional<Timestamp>& at, const Settings& settings, bool strict) {
    const CompileOptions options = options_of(state, at, settings, strict);
    return without_gil(package,
                       [&](const Package& copy) { return compile_package(copy, target, options); });
}

Compilation compile_all(In<std::vector<Package>> packages, const PolicyTree& tree,
                        std::string_view group, std::string_view target,
                        const std::optional<Timestamp>& at, const Settings& settings, bool strict) {
    const CompileOptions options = options_of(std::nullopt, at, settings, strict);
    // The packages are copies, so that nobody changes them while the GIL is released.
    return without_gil(tree, [&](const PolicyTree& copy) {
        return compile_group(packages.value, copy, group, target, options);
    });
}

}  // namespace

void bind_compilation(py::module_& m) {
    bind_text_enum<LossKind>(
        m, "LossKind",
        "What became of something that a target cannot express as the package says it.");
    bind_text_enum<LossReason>(m, "LossReason", "Why something was lost.");

    bind_value<ExportedDocument>(m, "ExportedDocument", "A document that an engine loads.",
                                 required("name", &ExportedDocument::name, "Its file name."),
                                 required("text", &ExportedDocument::text, "What is in it."));

    bind_value<RulePart>(
        m, "RulePart", "A rule, or the one of its criteria that a loss is about.",
        required("rule", &RulePart::rule, "The name of the rule."),
        optional("criterion", &RulePart::criterion,
                 "The index of the criterion in the rule, or None if it is about the rule."));

    bind_value<Loss>(
        m, "Loss",
        "What was lost of a package in one way. With neither entries nor rules it is about the "
        "package as a whole.",
        required("package", &Loss::package, "The name of the package."),
        required("kind", &Loss::kind, "What became of it."),
        required("reason", &Loss::reason, "Why, for programs."),
        optional("message", &Loss::message, "Why, for people."),
        optional("entries", &Loss::entries, "The hashes that were lost."),
        optional("rules", &Loss::rules, "The rules and criteria that were lost, sorted."));

    bind_value<Compilation>(
        m, "Compilation",
        "What a package came to. Each of its entries and rules stands in a document or in a loss.",
        optional("documents", &Compilation::documents,
                 "The documents; none if the target can express nothing."),
        optional("losses", &Compilation::losses, "The losses by package, kind, reason, message."))
        .def(
            "__repr__",
            [](const Compilation& self) {
                return format("<Compilation documents={} losses={}>", self.documents.size(),
                              self.losses.size());
            },
            py::prepend());

    m.def("compile_package", &compile_one, py::arg("package"), py::arg("target"), py::kw_only(),
          py::arg("state") = py::none(), py::arg("at") = py::none(),
          py::arg("settings") = py::dict(), py::arg("strict") = false,
          "Writes a package in the form that a target loads, in audit or enforce, by default the "
          "strongest that the target has. A rule whose criteria cannot all be asked for is left "
          "out as a whole. With `at`, a package that has expired by then is left out. Raises "
          "NotFoundError if there is no such target, NotExpressibleError if it takes no package "
          "or, with `strict`, at the first loss, InvalidValueError on an unknown setting.");
    m.def("compile_group", &compile_all, py::arg("packages"), py::arg("tree"), py::arg("group"),
          py::arg("target"), py::kw_only(), py::arg("at") = py::none(),
          py::arg("settings") = py::dict(), py::arg("strict") = false,
          "The same for all packages that are audited or enforced in a group, each in its state. "
          "Raises NotFoundError also if there is no such group, or if a package in force there is "
          "not given; AlreadyExistsError if two have one name.");
}

}  // namespace libblock::bindings
