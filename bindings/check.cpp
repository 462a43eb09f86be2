#include "libblock/check.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

std::vector<Finding> check_copies(In<std::vector<Package>> packages,
                                  const std::optional<PolicyTree>& policy,
                                  const std::optional<Now>& now, std::uint32_t max_audit_days) {
    CheckOptions options{.now = std::nullopt, .max_audit_days = max_audit_days};
    if (now) options.now = now->instant;
    // The arguments are copies, so that nobody changes them while the GIL is released.
    const py::gil_scoped_release release;
    return check(packages.value, policy ? &*policy : nullptr, options);
}

}  // namespace

void bind_check(py::module_& m) {
    bind_text_enum<Severity>(m, "Severity", "How much a finding matters.");
    bind_text_enum<CheckRule>(m, "CheckRule", "The lint rules, by their stable texts.");

    bind_value<Finding>(
        m, "Finding", "One thing to look at, and where it stands.",
        required("rule", &Finding::rule, "The lint rule."),
        required("message", &Finding::message, "What is wrong, in one sentence."),
        optional("package", &Finding::package,
                 "Index of the package, or None if the finding is about the policy."),
        optional("pointer", &Finding::pointer,
                 "JSON pointer (RFC 6901) into the document of that package or of the policy."))
        .def_property_readonly(
            "severity", [](const Finding& finding) { return severity_of(finding.rule); },
            "The severity of the rule.");

    m.def("severity_of", &severity_of, py::arg("rule"),
          "The severity that findings of a rule have.");
    m.def("check", &check_copies, py::arg("packages"), py::arg("policy") = py::none(),
          py::kw_only(), py::arg("now") = py::none(),
          py::arg("max_audit_days") = CheckOptions{}.max_audit_days,
          "Looks for what is valid but probably not meant; without a policy, only in the packages "
          "themselves. `now` is needed to find expired packages and those in audit for longer "
          "than `max_audit_days`. Findings come by package, the policy's last.");
}

}  // namespace libblock::bindings
