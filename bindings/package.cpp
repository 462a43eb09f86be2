#include "libblock/package.hpp"

#include "bindings.hpp"
#include "libblock/document.hpp"

namespace libblock::bindings {

namespace {

using Strings = In<std::vector<std::string>>;

Package make_package(In<std::string> name, std::uint32_t version, In<std::string> description,
                     Strings references, Strings tags, std::optional<Timestamp> expires) {
    Package package(std::move(name.value));
    package.set_version(version);
    package.set_description(std::move(description.value));
    package.set_references(std::move(references.value));
    package.set_tags(std::move(tags.value));
    package.set_expires(expires);
    return package;
}

py::tuple package_to_state(const Package& self) {
    return py::make_tuple(to_python(self.name()), self.version(), to_python(self.description()),
                          to_python(self.references()), to_python(self.tags()), self.expires(),
                          to_python(self.entries()), to_python(self.rules()),
                          to_python(self.provenance()));
}

Package package_from_state(const py::tuple& state) {
    Package package =
        make_package(py::cast<In<std::string>>(state[0]), py::cast<std::uint32_t>(state[1]),
                     py::cast<In<std::string>>(state[2]), py::cast<Strings>(state[3]),
                     py::cast<Strings>(state[4]), py::cast<std::optional<Timestamp>>(state[5]));
    package.merge(py::cast<In<HashEntries>>(state[6]).value);
    for (auto& rule : py::cast<In<std::vector<MetadataRule>>>(state[7]).value) {
        package.add_rule(std::move(rule));
    }
    for (auto& record : py::cast<In<std::vector<Provenance>>>(state[8]).value) {
        package.add_provenance(std::move(record));
    }
    return package;
}

Provenance import_extraction(Package& package, const Extraction& extraction, const Source& source,
                             const std::optional<In<std::vector<std::size_t>>>& select) {
    if (!select) return package.add(extraction, source);
    return package.add(extraction, source, select->value);
}

void save(const Package& package, const std::filesystem::path& path, bool drop_comments,
          bool must_be_new) {
    const SaveOptions options{.drop_comments = drop_comments, .must_be_new = must_be_new};
    without_gil(package, [&](const Package& copy) { save_package(copy, path, options); });
}

void bind_source(py::module_& m) {
    bind_value<Source>(
        m, "Source", "A text that hashes were imported from.",
        required("name", &Source::name, "A file name or an address."),
        required("sha256", &Source::sha256, "The SHA-256 of the bytes that were read."),
        optional("imported", &Source::imported, "When, in UTC, or None."));

    bind_value<Provenance>(
        m, "Provenance", "The record of one import.",
        required("source", &Provenance::source, "The text."),
        optional("accepted", &Provenance::accepted, "How many hashes were found."),
        optional("rejected", &Provenance::rejected, "How many look-alikes were refused."),
        optional("duplicates", &Provenance::duplicates, "How many repeats it has."),
        optional("selected", &Provenance::selected, "How many were chosen for the package."),
        optional("added", &Provenance::added, "How many of these were new to it."));
}

void bind_diff(py::module_& m) {
    bind_value<AttributeChange>(m, "AttributeChange",
                                "An attribute of a package that changed, both sides as text.",
                                required("attribute", &AttributeChange::attribute, "Its name."),
                                required("before", &AttributeChange::before, "What it was."),
                                required("after", &AttributeChange::after, "What it is."));

    bind_value<Change<HashEntry>>(m, "EntryChange", "An entry that changed in its context.",
                                  required("before", &Change<HashEntry>::before, "What it was."),
                                  required("after", &Change<HashEntry>::after, "What it is."));

    bind_value<Change<MetadataRule>>(
        m, "RuleChange", "A rule that changed under its name.",
        required("before", &Change<MetadataRule>::before, "What it was."),
        required("after", &Change<MetadataRule>::after, "What it is."));

    auto package_diff = bind_value<PackageDiff>(
        m, "PackageDiff",
        "What changed from one package to the next; false if nothing did. Entries go by digest "
        "and kind, rules by name.",
        optional("attributes", &PackageDiff::attributes, "Attributes that changed."),
        optional("entries_added", &PackageDiff::entries_added, "Entries only in the later one."),
        optional("entries_removed", &PackageDiff::entries_removed,
                 "Entries only in the earlier one."),
        optional("entries_changed", &PackageDiff::entries_changed,
                 "Entries of both that say different things."),
        optional("rules_added", &PackageDiff::rules_added, "Rules only in the later one."),
        optional("rules_removed", &PackageDiff::rules_removed, "Rules only in the earlier one."),
        optional("rules_changed", &PackageDiff::rules_changed,
                 "Rules of both that say different things."));
    package_diff.def("__bool__", [](const PackageDiff& self) { return !self.empty(); });
    def_html(package_diff, "package_diff");
}

}  // namespace

void bind_package(py::module_& m) {
    using NoGil = py::call_guard<py::gil_scoped_release>;

    bind_source(m);

    auto package = bind_class<Package>(
        m, "Package",
        "A blocklist package: hashes and metadata rules under one name, enabled as one. A file "
        "matches it if a hash or a rule matches. Its length is the number of its entries. "
        "Attributes refuse what is invalid with InvalidValueError or LimitError.");
    package
        .def(py::init(&make_package), py::arg("name"), py::kw_only(), py::arg("version") = 1,
             py::arg("description") = "", py::arg("references") = py::tuple(),
             py::arg("tags") = py::tuple(), py::arg("expires") = py::none())
        .def_static(
            "load", [](const std::filesystem::path& path) { return load_package(path).package; },
            py::arg("path"), NoGil(),
            "Reads a package from a YAML file and the hash lists that it names. Raises "
            "DocumentError, LimitError, DigestMismatchError or FileAccessError, each with its "
            "place.")
        .def("save", &save, py::arg("path"), py::kw_only(), py::arg("drop_comments") = false,
             py::arg("must_be_new") = false,
             "Writes the YAML file and its hash lists so that at every moment the old file or the "
             "new one is there, whole. Raises CommentsAtRiskError rather than drop comments of "
             "its author, unless `drop_comments`; AlreadyExistsError if `must_be_new` and there "
             "is such a file; FileAccessError.")
        .def_property(
            "name", [](const Package& self) { return to_python(self.name()); },
            [](Package& self, In<std::string> name) { self.rename(std::move(name.value)); },
            "The name.")
        .def_property("version", &Package::version, &Package::set_version, "The version, from 1.")
        .def_property(
            "description", [](const Package& self) { return to_python(self.description()); },
            [](Package& self, In<std::string> description) {
                self.set_description(std::move(description.value));
            },
            "What the package is for; may have several lines.")
        .def_property(
            "references", [](const Package& self) { return to_python(self.references()); },
            [](Package& self, Strings references) {
                self.set_references(std::move(references.value));
            },
            "Where to read more, in order, each once.")
        .def_property(
            "tags", [](const Package& self) { return to_python(self.tags()); },
            [](Package& self, Strings tags) { self.set_tags(std::move(tags.value)); },
            "Words to find the package by, in order, each once.")
        .def_property("expires", &Package::expires, &Package::set_expires,
                      "The instant in UTC from which the package matches nothing, or None.")
        .def_property_readonly(
            "entries", [](const Package& self) { return to_python(self.entries()); },
            "The entries by digest and kind, as they are now; nothing is copied.")
        .def_property_readonly(
            "rules", [](const Package& self) { return to_python(self.rules()); },
            "The metadata rules, as a new tuple.")
        .def_property_readonly(
            "provenance", [](const Package& self) { return to_python(self.provenance()); },
            "The records of the imports, as a new tuple.")
        .def(
            "find",
            [](const Package& self, const Sha256& sha256, HashKind kind) {
                return self.entries().find(sha256, kind);
            },
            py::arg("sha256"), py::arg("kind") = HashKind::File,
            "The entry of a digest and kind, or None.")
        .def(
            "hashes",
            [](const Package& self, HashKind kind) { return self.entries().hashes(kind); },
            py::arg("kind") = HashKind::File, "The digests of one kind.")
        .def(
            "add_entries",
            [](Package& self, const In<HashEntries>& entries) { return self.merge(entries.value); },
            py::arg("entries"),
            "Adds what is new and returns how many were. Of entries that are present already the "
            "gaps are filled; what they say is never overwritten. If one is refused with "
            "InvalidValueError or LimitError, none is added. Each call takes one pass over the "
            "package: add what is many at once.")
        .def(
            "add_hashes",
            [](Package& self, const HashSet& hashes, HashKind kind) {
                return self.add(hashes, kind);
            },
            py::arg("hashes"), py::arg("kind") = HashKind::File,
            "`add_entries` for digests of which nothing else is known.")
        .def("import_extraction", &import_extraction, py::arg("extraction"), py::arg("source"),
             py::arg("select") = py::none(),
             "Adds all accepted hashes of an extraction, or those whose indices are in `select`, "
             "and returns the record that it keeps of that. Raises InvalidValueError for an index "
             "out of range.")
        .def("remove", &Package::remove, py::arg("sha256"), py::arg("kind") = HashKind::File,
             "Removes the entry of a digest and kind. Whether there was one.")
        .def("add_rule", &Package::add_rule, py::arg("rule"),
             "Adds a rule. Raises AlreadyExistsError if one has that name, and what `validate` "
             "raises.")
        .def("remove_rule", &Package::remove_rule, py::arg("name"),
             "Removes the rule of that name. Raises NotFoundError if there is none.")
        .def(
            "merge", [](const Package& self, const Package& other) { return merge(self, other); },
            py::arg("other"),
            "A copy with everything of `other` added; name, version, description and expiry stay. "
            "Raises AlreadyExistsError if a rule of one name says different things.")
        .def(
            "diff", [](const Package& self, const Package& other) { return diff(self, other); },
            py::arg("other"), "What changed from this package to `other`.")
        .def(
            "expired", [](const Package& self, Now now) { return expired(self, now.instant); },
            py::arg("now"), "Whether the package has an expiry that `now` has reached.")
        .def(
            "canonical_bytes",
            [](const Package& self) { return py::bytes(without_gil(self, &canonical_bytes)); },
            "The one byte form of the package: RFC 8785 canonical JSON of its content.")
        .def(
            "digest", [](const Package& self) { return without_gil(self, &digest); },
            "The SHA-256 of `canonical_bytes`: what is reviewed, signed and compared.")
        .def("__len__", [](const Package& self) { return self.entries().size(); })
        .def("__bool__", [](const Package& /*self*/) { return true; })
        .def(
            "__contains__",
            [](const Package& self, const Sha256& sha256) {
                return self.entries().contains(sha256, HashKind::File);
            },
            py::arg("sha256"), "Whether the file hash has an entry.")
        .def(
            "__eq__", [](const Package& a, const Package& b) { return a == b; }, py::is_operator())
        .def("__repr__",
             [](const Package& self) {
                 return format("<Package {!r} version={} hashes={} rules={}>",
                               to_python(self.name()), self.version(), self.entries().size(),
                               self.rules().size());
             })
        .def(py::pickle(&package_to_state, &package_from_state));
    def_copy(package, "An independent copy.");
    package.def(
        "copy",
        [](const Package& self, In<std::string> name) {
            return copy_as(self, std::move(name.value));
        },
        py::arg("name"), "A copy under another name, at version 1.");
    def_html(package, "package");

    bind_diff(m);
}

}  // namespace libblock::bindings
