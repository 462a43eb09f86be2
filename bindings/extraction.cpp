#include "libblock/extraction.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

/// What an access of `bind_value` looks like for a member of a member.
constexpr auto line = [](auto& item) -> auto& {
    return item.place.line;
};
constexpr auto column = [](auto& item) -> auto& {
    return item.place.column;
};
constexpr auto offset = [](auto& item) -> auto& {
    return item.place.offset;
};

constexpr const char* line_doc = "Line in the text, from 1.";
constexpr const char* column_doc = "Column in characters, from 1.";
constexpr const char* offset_doc = "Offset in bytes of UTF-8, from 0.";

/// The bytes of a str, of a buffer, or of what a file gives. A lone surrogate in a str becomes a
/// question mark, which separates like any punctuation and takes one column.
py::object bytes_of(py::object data) {
    if (py::isinstance<py::buffer>(data)) return data;  // a memory map can be read too, but copies
    if (py::hasattr(data, "read")) data = data.attr("read")();
    if (py::isinstance<py::str>(data)) return data.attr("encode")("utf-8", "replace");
    if (py::isinstance<py::buffer>(data)) return data;
    throw py::type_error(
        format("expected str, bytes or an open file, not {}", py::type::of(data).attr("__name__")));
}

using SharedCandidates = SharedList<Candidates>;
using SharedRejections = SharedList<Rejections>;
using SharedDuplicates = SharedList<std::vector<Duplicate>>;
using SharedExtraction = std::shared_ptr<Extraction>;

Extraction make_extraction(const In<SharedCandidates>& accepted,
                           const In<SharedRejections>& rejected,
                           const In<SharedDuplicates>& duplicates) {
    return {accepted.value.list(), rejected.value.list(), duplicates.value.list()};
}

/// A list of an extraction in the memory of that.
template <typename List>
SharedList<List> part_of(const SharedExtraction& extraction, List Extraction::*list) {
    return SharedList<List>(std::shared_ptr<const List>(extraction, &((*extraction).*list)));
}

SharedCandidates accepted_of(const SharedExtraction& extraction) {
    return part_of(extraction, &Extraction::accepted);
}
SharedRejections rejected_of(const SharedExtraction& extraction) {
    return part_of(extraction, &Extraction::rejected);
}
SharedDuplicates duplicates_of(const SharedExtraction& extraction) {
    return part_of(extraction, &Extraction::duplicates);
}

py::tuple parts_of(const SharedExtraction& extraction) {
    return py::make_tuple(accepted_of(extraction), rejected_of(extraction),
                          duplicates_of(extraction));
}

void bind_extraction_class(py::module_& m) {
    auto extraction = bind_class<Extraction, SharedExtraction>(
        m, "Extraction",
        "All that was found in a text, each list in reading order. Its length and iteration are "
        "those of `accepted`.");
    extraction
        .def(py::init(&make_extraction), py::arg("accepted") = py::tuple(),
             py::arg("rejected") = py::tuple(), py::arg("duplicates") = py::tuple())
        .def_property_readonly("accepted", &accepted_of,
                               "The hashes, each at its first appearance; nothing is copied.")
        .def_property_readonly("rejected", &rejected_of,
                               "What looks like a digest and was not taken; nothing is copied.")
        .def_property_readonly("duplicates", &duplicates_of,
                               "Further appearances of the hashes; nothing is copied.")
        .def_property_readonly(
            "hashes", [](const Extraction& self) { return self.hashes(); },
            "The accepted file hashes as a HashSet, made anew at each access.")
        .def(
            "hashes_of", [](const Extraction& self, HashKind kind) { return self.hashes(kind); },
            py::arg("kind"), "The accepted hashes of a kind as a HashSet.")
        .def("__len__", [](const Extraction& self) { return self.accepted.size(); })
        .def("__bool__", [](const Extraction& self) { return !self.accepted.empty(); })
        .def("__iter__",
             [](const SharedExtraction& self) { return py::iter(to_python(accepted_of(self))); })
        .def(
            "__eq__", [](const Extraction& a, const Extraction& b) { return a == b; },
            py::is_operator())
        .def("__hash__", [](const SharedExtraction& self) { return py::hash(parts_of(self)); })
        .def("__repr__",
             [](const Extraction& self) {
                 return format("<Extraction accepted={} rejected={} duplicates={}>",
                               self.accepted.size(), self.rejected.size(), self.duplicates.size());
             })
        .def("__reduce__", [](const py::object& self) {
            return py::make_tuple(py::type::of(self), parts_of(py::cast<SharedExtraction>(self)));
        });
    def_html(extraction, "extraction");
}

Extraction extract_from(const py::object& data, bool rejoin, bool context,
                        const py::object& known_good) {
    const BufferView view(bytes_of(data));
    const ExtractOptions options{rejoin, context, known_good_of(known_good)};
    Extraction extraction;
    {
        const py::gil_scoped_release release;
        extraction = extract(view.text(), options);
    }
    // Here Ctrl-C is seen; the end of `data`, if it is a file, would swallow it.
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    return extraction;
}

}  // namespace

void bind_extraction(py::module_& m) {
    bind_text_enum<RejectionReason>(m, "RejectionReason",
                                    "Why something that looks like a digest was not taken.");
    bind_text_enum<DigestLabel>(m, "DigestLabel",
                                "What a label or a column header says that a digest is.");

    const std::tuple of_candidate{
        required("sha256", &Candidate::sha256, "The digest."),
        optional("kind", &Candidate::kind, "What the digest was taken over."),
        optional("line", line, line_doc),
        optional("column", column, column_doc),
        optional("offset", offset, offset_doc),
        optional(
            "platform", [](auto& item) -> auto& { return item.context.platform; },
            "The operating system that the text names for it, or None."),
        optional(
            "file_name", [](auto& item) -> auto& { return item.context.file_name; },
            "The file that the text names for it, or nothing."),
        optional(
            "label", [](auto& item) -> auto& { return item.context.label; },
            "What introduces the hash, such as \"SHA-256\"."),
        optional(
            "labelled_as", [](auto& item) -> auto& { return item.context.labelled_as; },
            "What its label, its column or the heading above say that the digest is.")};
    const std::tuple of_rejection{
        required("text", &Rejection::text,
                 "The digits as they stand; of a longer run the first 160 characters."),
        required("reason", &Rejection::reason, "Why it was not taken."),
        optional("line", line, line_doc), optional("column", column, column_doc),
        optional("offset", offset, offset_doc)};
    const std::tuple of_duplicate{required("sha256", &Duplicate::sha256, "The digest."),
                                  required("first", &Duplicate::first,
                                           "Index of its first appearance in "
                                           "`Extraction.accepted`."),
                                  optional("line", line, line_doc),
                                  optional("column", column, column_doc),
                                  optional("offset", offset, offset_doc)};
    bind_value<Candidate>(m, "Candidate",
                          "A SHA-256 that stands alone in a text, and what the text says of it.",
                          of_candidate);
    bind_value<Rejection>(m, "Rejection",
                          "Something that looks like a digest, and why it was not taken.",
                          of_rejection);
    bind_value<Duplicate>(m, "Duplicate", "A hash that stands in the text again.", of_duplicate);

    auto candidates = bind_sequence<SharedCandidates>(
        m, "Candidates",
        "The hashes of an extraction. Like a tuple, and equal to one, but compact in memory: items "
        "are made when they are asked for.");
    auto rejections = bind_sequence<SharedRejections>(
        m, "Rejections", "What an extraction did not take; a sequence like `Candidates`.");
    auto duplicates = bind_sequence<SharedDuplicates>(
        m, "Duplicates", "The repeats in an extraction; a sequence like `Candidates`.");
    def_columns(candidates, "Candidates", of_candidate);
    def_columns(rejections, "Rejections", of_rejection);
    def_columns(duplicates, "Duplicates", of_duplicate);

    bind_extraction_class(m);

    m.def("extract", &extract_from, py::arg("data"), py::kw_only(), py::arg("rejoin") = false,
          py::arg("context") = true, py::arg("known_good") = py::none(),
          "Finds the SHA-256s of a text: runs of exactly 64 hexadecimal digits that stand alone. "
          "`data` is a str, an object with a buffer of bytes, or an open file of either. `rejoin` "
          "takes hashes that line breaks split, where the joining is certain; `context` keeps "
          "what the text says about its hashes; `known_good`, a HashSet, a HashIndex or several, "
          "rejects the hashes in it. Bytes that are neither UTF-8 nor UTF-16 only separate.");
}

}  // namespace libblock::bindings
