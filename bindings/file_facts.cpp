#include "libblock/file_facts.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

/// A fact from Python: one str, or any iterable of them. None is a fact that is not known.
std::vector<std::string> fact_values(py::handle fact) {
    if (fact.is_none()) return {};
    if (PyUnicode_Check(fact.ptr())) return {text_of(fact)};
    py::detail::make_caster<In<std::vector<std::string>>> caster;
    if (!caster.load(fact, true)) {
        throw py::type_error(
            format("expected str or several of them, not {}", py::type::of(fact).attr("__name__")));
    }
    return py::detail::cast_op<In<std::vector<std::string>>&&>(std::move(caster)).value;
}

FileFacts make_file_facts(std::optional<Platform> platform, const std::optional<Sha256>& sha256,
                          const std::optional<Sha256>& authenticode, const py::kwargs& fields) {
    FileFacts facts;
    facts.platform = platform;
    if (sha256) facts.digests.emplace(HashKind::File, *sha256);
    if (authenticode) facts.digests.emplace(HashKind::Authenticode, *authenticode);
    for (const auto& [name, fact] : fields) {
        const auto field = parse_enum<Field>(text_of(name));
        if (auto values = fact_values(fact); !values.empty()) {
            facts.values.emplace(field, std::move(values));
        }
    }
    return facts;
}

py::object facts_from_mapping(const py::object& facts) {
    return py::type::of<FileFacts>()(**py::dict(facts));
}

std::optional<Sha256> digest_of_kind(const FileFacts& facts, HashKind kind) {
    const auto found = facts.digests.find(kind);
    if (found == facts.digests.end()) return std::nullopt;
    return found->second;
}

py::dict values_to_dict(const FileFacts& facts) {
    py::dict values;
    for (const auto& [field, texts] : facts.values) values[py::cast(field)] = to_python(texts);
    return values;
}

py::dict facts_to_dict(const FileFacts& facts) {
    py::dict all;
    if (facts.platform) all["platform"] = to_string(*facts.platform);
    if (const auto digest = digest_of_kind(facts, HashKind::File)) {
        all["sha256"] = digest->to_string();
    }
    if (const auto digest = digest_of_kind(facts, HashKind::Authenticode)) {
        all["authenticode"] = digest->to_string();
    }
    for (const auto& [field, texts] : facts.values) {
        const py::list values(to_python(texts));
        const py::str name = str_of(to_string(field));
        if (values.size() == 1) {
            all[name] = values[0];
        } else {
            all[name] = values;
        }
    }
    return all;
}

}  // namespace

void bind_file_facts(py::module_& m) {
    auto file_facts = bind_class<FileFacts>(
        m, "FileFacts",
        "What is known of a file or of one execution of it. Facts are given by the names of "
        "`Field`, each as a str or several of them; what is absent or None is unknown, and never "
        "matches a criterion. Immutable.");
    file_facts
        .def(py::init(&make_file_facts), py::arg("platform") = py::none(),
             py::arg("sha256") = py::none(), py::arg("authenticode") = py::none())
        .def_static("from_dict", &facts_from_mapping, py::arg("facts"),
                    "The facts of a mapping as `to_dict` makes it. Raises InvalidValueError for a "
                    "key that is no field.")
        .def("to_dict", &facts_to_dict,
             "The facts as plain str and lists of str, ready for JSON. A field with one value is "
             "a str.")
        .def_property_readonly(
            "platform", [](const FileFacts& facts) { return facts.platform; },
            "The operating system, or None.")
        .def_property_readonly(
            "sha256", [](const FileFacts& facts) { return digest_of_kind(facts, HashKind::File); },
            "The SHA-256 of the whole file, or None.")
        .def_property_readonly(
            "authenticode",
            [](const FileFacts& facts) { return digest_of_kind(facts, HashKind::Authenticode); },
            "The Authenticode SHA-256 of a PE image, or None.")
        .def_property_readonly("values", &values_to_dict,
                               "The values of each field that is known, as a new dict.")
        .def(
            "values_of",
            [](const FileFacts& facts, Field field) { return to_python(values_of(facts, field)); },
            py::arg("field"),
            "The values of one field. A file name that is not given is taken from the path.")
        .def(
            "__eq__", [](const FileFacts& a, const FileFacts& b) { return a == b; },
            py::is_operator())
        .def("__hash__",
             [](const FileFacts& facts) {
                 return py::hash(py::make_tuple(facts.platform,
                                                digest_of_kind(facts, HashKind::File),
                                                digest_of_kind(facts, HashKind::Authenticode),
                                                py::tuple(values_to_dict(facts).attr("items")())));
             })
        .def("__repr__",
             [](const FileFacts& facts) {
                 py::list parts;
                 for (const auto& [name, fact] : facts_to_dict(facts)) {
                     parts.append(format("{}={!r}", name, fact));
                 }
                 return format("FileFacts({})", py::str(", ").attr("join")(parts));
             })
        .def(py::pickle(&facts_to_dict, [](const py::dict& facts) {
            return py::cast<FileFacts>(facts_from_mapping(facts));
        }));
    def_html(file_facts, "file_facts");
}

}  // namespace libblock::bindings
