#include "libblock/target.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_target(py::module_& m) {
    bind_text_enum<TargetCategory>(m, "TargetCategory", "What a target is for.");
    bind_text_enum<Proof>(m, "Proof",
                          "What shows that the documents of a target do what they say.");
    bind_text_enum<AuditScope>(
        m, "AuditScope", "What an engine can keep in audit: record what matches, and let it run.");
    bind_text_enum<LetterCase>(m, "LetterCase",
                               "How an engine compares letters, beside how the package means it.");

    bind_value<FieldSupport>(
        m, "FieldSupport", "A field that an engine can ask for, and how.",
        required("field", &FieldSupport::field, "The field."),
        optional("operations", &FieldSupport::operations, "The operations it has."),
        optional("platforms", &FieldSupport::platforms,
                 "Where it can; none means wherever the engine runs."),
        optional("letter_case", &FieldSupport::letter_case, "How it compares letters."));

    bind_value<TargetLimits>(
        m, "TargetLimits",
        "Bounds of an engine or of its import; 0 where there is none or none is known.",
        optional("entries", &TargetLimits::entries, "Hashes of one package."),
        optional("entries_per_document", &TargetLimits::entries_per_document,
                 "More are spread over several documents."),
        optional("entries_per_item", &TargetLimits::entries_per_item,
                 "More are spread over several items of a document."),
        optional("document_bytes", &TargetLimits::document_bytes, "Bytes of one document."),
        optional("criteria_per_rule", &TargetLimits::criteria_per_rule,
                 "Criteria that can be asked for at once."));

    bind_value<Capabilities>(
        m, "Capabilities",
        "What an engine can express of a package; all that is not listed here is reported and "
        "never written.",
        optional("hash_kinds", &Capabilities::hash_kinds, "The kinds of hashes it compares."),
        optional("platforms", &Capabilities::platforms, "Whose files the engine sees."),
        optional("executables_only", &Capabilities::executables_only,
                 "Where it looks at programs and libraries alone."),
        optional("fields", &Capabilities::fields, "What criteria can ask for."),
        optional("enforce", &Capabilities::enforce, "Whether it keeps what matches from running."),
        optional("audit", &Capabilities::audit, "What it can keep in audit."),
        optional("expiry", &Capabilities::expiry,
                 "Whether it stops by itself when the package expires."),
        optional("message", &Capabilities::message,
                 "Whether it carries a text for whoever meets a match."),
        optional("limits", &Capabilities::limits, "Its bounds."));

    bind_value<TargetSetting>(
        m, "TargetSetting", "Something to choose about the documents of a target.",
        required("name", &TargetSetting::name, "What it is called."),
        optional("description", &TargetSetting::description, "What it says."),
        optional("default_value", &TargetSetting::default_value, "Its value if none is given."),
        optional("choices", &TargetSetting::choices, "Its values; none means any text."));

    bind_value<Target>(
        m, "Target", "An engine or format that packages compile to.",
        required("name", &Target::name, "How it is asked for."),
        optional("engine", &Target::engine, "What people call it."),
        optional("output", &Target::output, "What is written."),
        optional("category", &Target::category, "What it is for."),
        optional("capabilities", &Target::capabilities, "What it can express."),
        optional("settings", &Target::settings, "What can be chosen about its documents."),
        optional("proof", &Target::proof, "What shows that its documents do what they say."),
        optional("versions", &Target::versions, "Of what the proof was made with."),
        optional("documentation", &Target::documentation,
                 "The address of the format's description."),
        optional("remarks", &Target::remarks, "What to know before using it, a sentence each."),
        optional("experimental", &Target::experimental, "Whether it may change or not work."),
        optional("refusal", &Target::refusal,
                 "Why nothing can be compiled for it; empty if something can."));

    m.def(
        "targets", [] { return to_python(targets()); }, "All targets, by name.");
    m.def("find_target", &find_target, py::arg("name"), py::return_value_policy::copy,
          "The target of that name. Raises NotFoundError.");
}

}  // namespace libblock::bindings
