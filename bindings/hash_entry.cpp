#include "libblock/hash_entry.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_hash_entry(py::module_& m) {
    const std::tuple of_entry{
        required("sha256", &HashEntry::sha256, "The digest."),
        optional("kind", &HashEntry::kind, "What the digest was taken over."),
        optional("file_name", &HashEntry::file_name, "The name of the file, if known."),
        optional("platform", &HashEntry::platform, "The operating system of the file, if known."),
        optional("note", &HashEntry::note, "A remark, which may have several lines."),
        optional(
            "source", [](auto& entry) -> auto& { return entry.origin.source; },
            "The name of the text that the hash came from."),
        optional(
            "line", [](auto& entry) -> auto& { return entry.origin.line; },
            "Its line there, from 1; 0 if not known."),
        optional(
            "column", [](auto& entry) -> auto& { return entry.origin.column; },
            "Its column there, from 1; 0 if not known.")};
    bind_value<HashEntry>(
        m, "HashEntry",
        "One hash of a package and what is known of it. Digest and kind are its identity; the "
        "rest is for the reader and decides nothing.",
        of_entry);

    auto entries = bind_sequence<HashEntries>(
        m, "HashEntries",
        "The entries of a package by digest and kind, one for each pair of them. Like a tuple, and "
        "equal to one, but compact in memory: entries are made when they are asked for. Raises "
        "what `Package.add_entries` raises.");
    def_columns(entries, "HashEntries", of_entry);

    m.def("validate", py::overload_cast<const HashEntry&>(&validate), py::arg("item"));
}

}  // namespace libblock::bindings
