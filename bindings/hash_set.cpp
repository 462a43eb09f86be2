#include "libblock/hash_set.hpp"

#include <cstring>

#include "bindings.hpp"
#include "libblock/error.hpp"

namespace libblock::bindings {

namespace {

static_assert(sizeof(Sha256) == Sha256::byte_count, "a set is n * 32 bytes without gaps");

std::string_view bytes_of(const HashSet& set) {
    const auto bytes = std::as_bytes(set.digests());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

HashSet make_hash_set(In<std::vector<Sha256>> digests) {
    const py::gil_scoped_release release;
    return HashSet(std::move(digests.value));
}

HashSet hash_set_from_bytes(const py::buffer& data) {
    const BufferView view(data);
    const auto bytes = view.bytes();
    if (bytes.size() % Sha256::byte_count != 0) {
        throw Error(ErrorCode::InvalidValue, "digests are 32 bytes each, and " +
                                                 std::to_string(bytes.size()) +
                                                 " is no multiple of that");
    }
    const py::gil_scoped_release release;
    std::vector<Sha256> digests;
    digests.reserve(bytes.size() / Sha256::byte_count);
    for (std::size_t at = 0; at < bytes.size(); at += Sha256::byte_count) {
        Sha256::Bytes digest{};
        std::memcpy(digest.data(), bytes.data() + at, digest.size());
        digests.emplace_back(digest);
    }
    return HashSet(std::move(digests));
}

/// The read-only (n, 32) array of bytes that the set is in memory.
py::buffer_info buffer_of(HashSet& set) {
    constexpr auto width = static_cast<py::ssize_t>(Sha256::byte_count);
    // The constructor takes no const pointer; the last argument says that the memory is read-only.
    auto* bytes =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(set.digests().data()));
    return {bytes, {static_cast<py::ssize_t>(set.size()), width}, {width, py::ssize_t{1}}, true};
}

Sha256 item(const HashSet& set, py::ssize_t index) {
    const auto size = static_cast<py::ssize_t>(set.size());
    const py::ssize_t at = index < 0 ? index + size : index;
    if (at < 0 || at >= size) throw py::index_error("HashSet index out of range");
    return set[static_cast<std::size_t>(at)];
}

py::tuple items(const HashSet& set, const py::slice& slice) {
    std::size_t start = 0;
    std::size_t stop = 0;
    std::size_t step = 0;
    std::size_t length = 0;
    if (!slice.compute(set.size(), &start, &stop, &step, &length)) throw py::error_already_set();
    py::tuple digests(length);
    for (std::size_t i = 0; i < length; ++i, start += step) digests[i] = py::cast(set[start]);
    return digests;
}

}  // namespace

void bind_hash_set(py::module_& m) {
    using NoGil = py::call_guard<py::gil_scoped_release>;

    auto hash_set = bind_class<HashSet>(
        m, "HashSet",
        "An immutable set of digests, sorted and without repeats. It offers its memory as a "
        "read-only buffer of shape (n, 32), one byte an item: `numpy.asarray(hashes)` copies "
        "nothing and keeps the set alive.",
        py::buffer_protocol());
    hash_set
        .def(py::init(&make_hash_set), py::arg("digests") = py::tuple(),
             "Takes digests, or their 64 digits, in any order and with or without repeats.")
        .def_static("from_bytes", &hash_set_from_bytes, py::arg("data"),
                    "The set of the 32-byte digests that a buffer holds, in any order. Raises "
                    "InvalidValueError if its length is no multiple of 32.")
        .def_buffer(&buffer_of)
        .def("__len__", &HashSet::size)
        .def("__bool__", [](const HashSet& set) { return !set.empty(); })
        .def("__contains__", py::overload_cast<const Sha256&>(&HashSet::contains, py::const_),
             py::arg("digest"))
        .def(
            "__iter__",
            [](const HashSet& set) {
                return py::make_iterator<py::return_value_policy::copy>(set.begin(), set.end());
            },
            py::keep_alive<0, 1>())
        .def("__getitem__", &item, py::arg("index"))
        .def("__getitem__", &items, py::arg("index"))
        .def(
            "__or__", [](const HashSet& a, const HashSet& b) { return a | b; }, NoGil(),
            py::is_operator())
        .def(
            "__and__", [](const HashSet& a, const HashSet& b) { return a & b; }, NoGil(),
            py::is_operator())
        .def(
            "__sub__", [](const HashSet& a, const HashSet& b) { return a - b; }, NoGil(),
            py::is_operator())
        .def(
            "__xor__", [](const HashSet& a, const HashSet& b) { return a ^ b; }, NoGil(),
            py::is_operator())
        .def(
            "__eq__", [](const HashSet& a, const HashSet& b) { return a == b; }, NoGil(),
            py::is_operator())
        .def(
            "__le__", [](const HashSet& a, const HashSet& b) { return a.is_subset_of(b); }, NoGil(),
            py::is_operator())
        .def(
            "__lt__",
            [](const HashSet& a, const HashSet& b) { return a != b && a.is_subset_of(b); }, NoGil(),
            py::is_operator())
        .def(
            "__ge__", [](const HashSet& a, const HashSet& b) { return b.is_subset_of(a); }, NoGil(),
            py::is_operator())
        .def(
            "__gt__",
            [](const HashSet& a, const HashSet& b) { return a != b && b.is_subset_of(a); }, NoGil(),
            py::is_operator())
        .def("__hash__",
             [](const HashSet& set) { return std::hash<std::string_view>{}(bytes_of(set)); })
        .def("__repr__", [](const HashSet& set) { return format("<HashSet of {}>", set.size()); })
        .def(py::pickle([](const HashSet& set) { return py::bytes(bytes_of(set)); },
                        [](const py::bytes& bytes) { return hash_set_from_bytes(bytes); }));
#if PY_VERSION_HEX < 0x030C0000
    // What Python 3.12 and newer offer of themselves (PEP 688).
    hash_set.def(
        "__buffer__", [](const py::object& self, int /*flags*/) { return py::memoryview(self); },
        py::arg("flags"));
#endif
    def_html(hash_set, "hash_set");

    bind_value<HashSetDiff>(m, "HashSetDiff", "What changed from one set to the next.",
                            required("added", &HashSetDiff::added, "Only in the later set."),
                            required("removed", &HashSetDiff::removed, "Only in the earlier set."));

    hash_set.def(
        "diff", [](const HashSet& before, const HashSet& after) { return diff(before, after); },
        py::arg("other"), NoGil(), "What is in `other` and not here (added), and the reverse.");
}

}  // namespace libblock::bindings
