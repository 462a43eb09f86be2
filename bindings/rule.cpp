#include "libblock/rule.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_rule(py::module_& m) {
    bind_text_enum<Operation>(m, "Operation", "How a criterion compares a fact with its value.");
    bind_text_enum<CriterionOutcome>(m, "CriterionOutcome", "How a criterion came out.");
    bind_text_enum<RuleOutcome>(m, "RuleOutcome",
                                "How a rule came out. Only MATCHED blocks anything.");

    bind_value<Criterion>(m, "Criterion", "One condition on one field.",
                          required("field", &Criterion::field, "What is asked about."),
                          required("operation", &Criterion::operation, "How it is compared."),
                          required("value", &Criterion::value, "What it is compared with."));

    bind_value<MetadataRule>(
        m, "MetadataRule", "Criteria that must all hold on a file of one of the platforms.",
        required("name", &MetadataRule::name, "The name, unique in a package."),
        required("platforms", &MetadataRule::platforms, "The platforms that the rule is for."),
        required("criteria", &MetadataRule::criteria, "The criteria, which must all hold."));

    bind_value<CriterionResult>(
        m, "CriterionResult", "A criterion and how it came out.",
        required("criterion", &CriterionResult::criterion, "The criterion."),
        required("outcome", &CriterionResult::outcome, "How it came out."),
        optional("fact", &CriterionResult::fact, "The fact that decided it; empty if absent."));

    bind_value<RuleResult>(
        m, "RuleResult", "How a rule came out, criterion by criterion.",
        required("outcome", &RuleResult::outcome, "How the rule came out."),
        optional("criteria", &RuleResult::criteria, "How each of its criteria did."));

    m.def("compares_versions", &compares_versions, py::arg("operation"),
          "Whether an operation compares versions; such a one needs a version field.");
    m.def("validate", py::overload_cast<const Criterion&>(&validate), py::arg("item"),
          "Refuses a criterion, rule or entry that could never do what it says. Raises "
          "InvalidValueError or LimitError.");
    m.def("validate", py::overload_cast<const MetadataRule&>(&validate), py::arg("item"));
    m.def("matches_everything", &matches_everything, py::arg("rule"),
          "Whether a rule blocks everything on one of its platforms, as the wildcard `*` does.");
    m.def("match", &match, py::arg("rule"), py::arg("facts"),
          "Holds a rule against facts, in time linear in the length of the facts. Case is ignored "
          "on Windows and macOS, and kept on Linux for names and paths.");
}

}  // namespace libblock::bindings
