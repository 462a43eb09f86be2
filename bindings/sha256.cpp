#include "libblock/sha256.hpp"

#include <algorithm>

#include "bindings.hpp"
#include "libblock/error.hpp"

namespace libblock::bindings {

namespace {

Sha256 digest_of_bytes(const py::bytes& bytes) {
    const auto raw = static_cast<std::string_view>(bytes);
    Sha256::Bytes digest{};
    if (raw.size() != digest.size()) {
        throw Error(ErrorCode::InvalidValue,
                    "a SHA-256 is 32 bytes, not " + std::to_string(raw.size()));
    }
    std::copy(raw.begin(), raw.end(), digest.begin());
    return Sha256(digest);
}

py::bytes bytes_of(const Sha256& digest) {
    return {reinterpret_cast<const char*>(digest.bytes().data()), Sha256::byte_count};
}

}  // namespace

void bind_sha256(py::module_& m) {
    bind_text_enum<HashKind>(m, "HashKind",
                             "What a SHA-256 was taken over. The kinds never match each other.");

    const auto self = py::arg().noconvert();  // a digest compares with digests, not with text
    bind_class<Sha256>(m, "Sha256",
                       "A SHA-256 digest: 32 bytes, ordered as its hexadecimal text is. Made from "
                       "64 digits in either case or from 32 bytes; anything else raises "
                       "InvalidValueError.")
        .def(py::init(&digest_of_bytes), py::arg("value"))
        .def(py::init<const Sha256&>(), py::arg("value"))
        .def_static(
            "parse", [](const In<std::string>& text) { return Sha256::parse(text.value); },
            py::arg("text"), "The digest of 64 hexadecimal digits; None for any other text.")
        .def_property_readonly("hex", &Sha256::to_string, "64 lower-case hexadecimal digits.")
        .def("__str__", &Sha256::to_string)
        .def("__repr__",
             [](const Sha256& digest) { return format("Sha256({!r})", digest.to_string()); })
        .def("__bytes__", &bytes_of)
        .def("__hash__", [](const Sha256& digest) { return std::hash<Sha256>{}(digest); })
        .def(
            "__eq__", [](const Sha256& a, const Sha256& b) { return a == b; }, self,
            py::is_operator())
        .def(
            "__lt__", [](const Sha256& a, const Sha256& b) { return a < b; }, self,
            py::is_operator())
        .def(
            "__le__", [](const Sha256& a, const Sha256& b) { return a <= b; }, self,
            py::is_operator())
        .def(
            "__gt__", [](const Sha256& a, const Sha256& b) { return a > b; }, self,
            py::is_operator())
        .def(
            "__ge__", [](const Sha256& a, const Sha256& b) { return a >= b; }, self,
            py::is_operator())
        .def("__reduce__", [](const py::object& digest) {
            return py::make_tuple(py::type::of(digest),
                                  py::make_tuple(bytes_of(py::cast<const Sha256&>(digest))));
        });
}

}  // namespace libblock::bindings
