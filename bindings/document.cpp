#include "libblock/document.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

using NoGil = py::call_guard<py::gil_scoped_release>;

/// Adds what both kinds of documents have: the places of their parts.
template <typename Document>
void def_locations(py::class_<Document>& document) {
    document
        .def_property_readonly(
            "locations", [](const Document& self) { return self.locations; },
            "The place of each part by JSON pointer, as a new dict.")
        .def(
            "locate",
            [](const Document& self, std::string_view pointer) {
                return locate(self.locations, pointer);
            },
            py::arg("pointer"),
            "The place of a part, or of the nearest part above it that has one.");
}

std::vector<SideFile> side_files(const std::map<std::string, py::bytes>& lists) {
    std::vector<SideFile> files;
    files.reserve(lists.size());
    for (const auto& [file, bytes] : lists) files.push_back({file, bytes});
    return files;
}

py::dict lists_of(const DocumentText& text) {
    py::dict lists;
    for (const SideFile& list : text.lists) lists[str_of(list.file)] = py::bytes(list.bytes);
    return lists;
}

void bind_policy_value(py::module_& m) {
    bind_value<PackageFile>(m, "PackageFile", "A package that a policy names.",
                            required("name", &PackageFile::name, "Its name in the policy."),
                            required("file", &PackageFile::file,
                                     "The file that holds it, relative to the policy's folder."));

    auto policy = bind_class<Policy>(
        m, "Policy", "A policy tree and the files of the packages that it sets states of.");
    policy
        .def(py::init([](const PolicyTree& tree, In<std::vector<PackageFile>> packages) {
                 return Policy{tree, std::move(packages.value)};
             }),
             py::arg("tree") = PolicyTree(), py::arg("packages") = py::tuple())
        .def_static(
            "load", [](const std::filesystem::path& path) { return load_policy(path).policy; },
            py::arg("path"), NoGil(),
            "Reads a policy from a YAML file. Raises DocumentError, LimitError or FileAccessError, "
            "each with its place.")
        .def(
            "save",
            [](const Policy& self, const std::filesystem::path& path, bool drop_comments,
               bool must_be_new) {
                const SaveOptions options{.drop_comments = drop_comments,
                                          .must_be_new = must_be_new};
                without_gil(self, [&](const Policy& copy) { save_policy(copy, path, options); });
            },
            py::arg("path"), py::kw_only(), py::arg("drop_comments") = false,
            py::arg("must_be_new") = false,
            "Writes the YAML file, under the same conditions as `Package.save`.")
        .def_readwrite("tree", &Policy::tree, "The tree; changing it changes the policy.")
        .def_property(
            "packages", [](const Policy& self) { return to_python(self.packages); },
            [](Policy& self, In<std::vector<PackageFile>> packages) {
                self.packages = std::move(packages.value);
            },
            "The files of its packages, by name, as a new tuple.")
        .def(
            "__eq__", [](const Policy& a, const Policy& b) { return a == b; }, py::is_operator())
        .def("__repr__",
             [](const Policy& self) {
                 return format("<Policy groups={} packages={}>", self.tree.groups().size(),
                               self.packages.size());
             })
        .def("__reduce__", [](const py::object& self) {
            return py::make_tuple(py::type::of(self),
                                  py::make_tuple(self.attr("tree"), self.attr("packages")));
        });
    def_copy(policy, "An independent copy.");
    def_html(policy, "policy");
}

}  // namespace

void bind_document(py::module_& m) {
    bind_policy_value(m);

    auto package_document = bind_class<PackageDocument>(
        m, "PackageDocument", "A package as it was read, with the places of its parts.");
    package_document
        .def(py::init([](const Package& package, const Locations& locations) {
                 return PackageDocument{package, locations};
             }),
             py::arg("package"), py::arg("locations") = py::dict())
        .def_readonly("package", &PackageDocument::package, "The package.");
    def_locations(package_document);

    auto policy_document = bind_class<PolicyDocument>(
        m, "PolicyDocument", "A policy as it was read, with the places of its parts.");
    policy_document
        .def(py::init([](const Policy& policy, const Locations& locations) {
                 return PolicyDocument{policy, locations};
             }),
             py::arg("policy"), py::arg("locations") = py::dict())
        .def_readonly("policy", &PolicyDocument::policy, "The policy.");
    def_locations(policy_document);

    bind_class<DocumentText>(m, "DocumentText", "A package as it is written, with its hash lists.")
        .def(py::init([](In<std::string> yaml, const std::map<std::string, py::bytes>& lists) {
                 return DocumentText{std::move(yaml.value), side_files(lists)};
             }),
             py::arg("yaml"), py::arg("lists") = py::dict())
        .def_property_readonly(
            "yaml", [](const DocumentText& self) { return to_python(self.yaml); },
            "The YAML document.")
        .def_property_readonly("lists", &lists_of, "The bytes of each list, by file name.")
        .def(
            "__eq__", [](const DocumentText& a, const DocumentText& b) { return a == b; },
            py::is_operator());

    m.def("parse_package", &parse_package, py::arg("yaml"), py::arg("folder"), NoGil(),
          "Reads a package from YAML; the hash lists that it names are looked for in `folder`. "
          "Raises DocumentError, LimitError, DigestMismatchError or FileAccessError, each with "
          "its place.");
    m.def("load_package", &load_package, py::arg("path"), NoGil(),
          "`parse_package` of a file; errors name it.");
    m.def("parse_policy", &parse_policy, py::arg("yaml"), NoGil(),
          "Reads a policy from YAML. Raises DocumentError or LimitError, with its place.");
    m.def("load_policy", &load_policy, py::arg("path"), NoGil(),
          "`parse_policy` of a file; errors name it. Raises FileAccessError too.");
    m.def("format_package", &format_package, py::arg("package"), py::arg("stem"),
          "The YAML of a package. With more than 1000 entries the hashes go to lists named after "
          "`stem`; entries with a note stay in the document.");
    m.def(
        "save_documents",
        [](In<std::vector<ExportedDocument>> documents, const std::filesystem::path& folder,
           bool overwrite) {
            const py::gil_scoped_release release;
            return save_documents(documents.value, folder, overwrite);
        },
        py::arg("documents"), py::arg("folder"), py::kw_only(), py::arg("overwrite") = false,
        "Writes the documents of a compilation into a folder, which is made if it is missing, and "
        "returns the names of those that were written: files with the same bytes are left alone. "
        "Raises AlreadyExistsError, before anything is changed, on a file with other bytes unless "
        "`overwrite`; FileAccessError, InvalidValueError.");
    m.def("format_policy", &format_policy, py::arg("policy"), "The YAML of a policy.");
}

}  // namespace libblock::bindings
