#include "libblock/hash_index.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>

#include "bindings.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_set.hpp"

namespace libblock::bindings {

namespace {

/// Digests that were given as such, or as a buffer of 32 bytes each.
struct Digests {
    std::vector<Sha256> value;
};

std::vector<Sha256> unpack(const py::buffer& data) {
    const BufferView view(data);
    const auto bytes = view.bytes();
    if (bytes.size() % Sha256::byte_count != 0) {
        throw Error(ErrorCode::InvalidValue, "digests are 32 bytes each, and " +
                                                 std::to_string(bytes.size()) +
                                                 " is no multiple of that");
    }
    std::vector<Sha256> digests(bytes.size() / Sha256::byte_count);
    std::memcpy(static_cast<void*>(digests.data()), bytes.data(), bytes.size());
    return digests;
}

}  // namespace

}  // namespace libblock::bindings

namespace pybind11::detail {

/// One caster for both, because overloads that are tried in turn would use up an iterator.
template <>
struct type_caster<libblock::bindings::Digests> {
    using Items = libblock::bindings::In<std::vector<libblock::Sha256>>;
    PYBIND11_TYPE_CASTER(libblock::bindings::Digests,
                         make_caster<buffer>::name + const_name(" | ") + make_caster<Items>::name);

    bool load(handle source, bool convert) {
        if (isinstance<buffer>(source)) {
            value.value = libblock::bindings::unpack(reinterpret_borrow<buffer>(source));
            return true;
        }
        make_caster<Items> caster;
        if (!caster.load(source, convert)) return false;
        value.value = std::move(cast_op<Items&>(caster).value);
        return true;
    }
};

}  // namespace pybind11::detail

namespace libblock::bindings {

namespace {

std::unique_ptr<bool[]> look_up(const HashIndex& index, std::span<const Sha256> digests) {
    const py::gil_scoped_release release;
    auto found = std::make_unique<bool[]>(digests.size());
    index.contains(digests, {found.get(), digests.size()});
    return found;
}

py::list contains_all(const HashIndex& index, const Digests& digests) {
    const auto found = look_up(index, digests.value);
    py::list answers(digests.value.size());
    for (std::size_t i = 0; i < answers.size(); ++i) answers[i] = py::bool_(found[i]);
    return answers;
}

HashSet filter(const HashIndex& index, const HashSet& hashes) {
    const auto found = look_up(index, hashes.digests());
    const py::gil_scoped_release release;
    std::vector<Sha256> known;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        if (found[i]) known.push_back(hashes[i]);
    }
    return HashSet(std::move(known));
}

/// The read-only (n, 32) array of bytes that the digests are in the file.
py::buffer_info buffer_of(HashIndex& index) {
    constexpr auto width = static_cast<py::ssize_t>(Sha256::byte_count);
    // The constructor takes no const pointer; the last argument says that the memory is read-only.
    auto* bytes =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(index.digests().data()));
    return {bytes, {static_cast<py::ssize_t>(index.size()), width}, {width, py::ssize_t{1}}, true};
}

/// What long work calls now and then: it lets Ctrl-C and the caller stop it.
template <typename... Numbers>
auto reporting(const std::optional<py::function>& progress) {
    return [&progress](Numbers... numbers) {
        const py::gil_scoped_acquire acquire;
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (progress) (*progress)(numbers...);
    };
}

void verify(const HashIndex& index, const std::optional<py::function>& progress) {
    const auto report = reporting<std::uint64_t, std::uint64_t>(progress);
    const py::gil_scoped_release release;
    index.verify(report);
}

/// Two threads may feed one builder, because it works without the GIL.
class SharedBuilder {
    template <typename Work>
    auto unlocked(Work work) {
        const py::gil_scoped_release release;
        const std::scoped_lock lock(mutex_);
        return work();
    }

public:
    SharedBuilder(const std::filesystem::path& path, std::size_t memory) : builder_(path, memory) {}

    void add(const Digests& digests) {
        unlocked([&] { builder_.add(digests.value); });
    }

    void add_text(const py::buffer& data) {
        const BufferView view(data);
        unlocked([&] { builder_.add_text(view.text()); });
    }

    HashTextCounts end_text() {
        return unlocked([&] { return builder_.end_text(); });
    }

    HashTextCounts add_file(const std::filesystem::path& path,
                            const std::optional<py::function>& progress) {
        const auto report = reporting<std::uint64_t>(progress);
        return unlocked([&] { return builder_.add_file(path, report); });
    }

    std::uint64_t finish(const std::optional<py::function>& progress) {
        const auto report = reporting<std::uint64_t, std::uint64_t>(progress);
        return unlocked([&] { return builder_.finish(report); });
    }

private:
    HashIndexBuilder builder_;
    std::mutex mutex_;
};

/// A reader that keeps what it finds until it is fetched.
class TextReader {
public:
    std::vector<Sha256> read(const py::buffer& data) {
        const BufferView view(data);
        const std::scoped_lock lock(mutex_);
        reader_.read(view.text());
        reader_.flush();
        return std::exchange(found_, {});
    }

    py::tuple finish() {
        const std::scoped_lock lock(mutex_);
        const HashTextCounts counts = reader_.finish();
        return py::make_tuple(std::exchange(found_, {}), counts);
    }

private:
    std::vector<Sha256> found_;
    HashTextReader reader_{[this](std::span<const Sha256> digests) {
        found_.insert(found_.end(), digests.begin(), digests.end());
    }};
    std::mutex mutex_;
};

}  // namespace

void bind_hash_index(py::module_& m) {
    bind_value<HashTextCounts>(
        m, "HashTextCounts", "What a text held.",
        required("hashes", &HashTextCounts::hashes, "Hashes, repeats included."),
        required("lines", &HashTextCounts::lines, "Lines."),
        required("lines_without_hash", &HashTextCounts::lines_without_hash,
                 "Lines without a hash."));

    bind_class<TextReader>(m, "HashTextReader",
                           "Finds the SHA-256s of a text that arrives in pieces: each word of 64 "
                           "hexadecimal digits, a word being an unbroken run of ASCII letters, "
                           "digits and underscores. The text may be UTF-16, with a byte order mark "
                           "or beginning with ASCII.")
        .def(py::init())
        .def("read", &TextReader::read, py::arg("data"),
             "The hashes that end in the next piece, bytes of any length. Raises DocumentError if "
             "the text is a hash index.")
        .def("finish", &TextReader::finish,
             "Ends the text: the hashes at its very end, and what all of it held. The reader then "
             "starts anew.");

    auto index = bind_class<HashIndex>(
        m, "HashIndex",
        "A file of sorted digests, open for lookups. It is mapped into memory: opening costs "
        "nothing, whatever its size. It offers its digests as a read-only buffer of shape (n, 32), "
        "one byte an item.",
        py::buffer_protocol());
    index
        .def_static("open", &HashIndex::open, py::arg("path"),
                    "Opens an index. Raises FileAccessError if the file cannot be read, and "
                    "DocumentError if it is none or is damaged so far as header and size can tell; "
                    "`verify` finds what else is damaged.")
        .def_buffer(&buffer_of)
        .def("__len__", &HashIndex::size)
        .def("__bool__", [](const HashIndex& self) { return !self.empty(); })
        .def(
            "__contains__",
            [](const HashIndex& self, const Sha256& digest) { return self.contains(digest); },
            py::arg("digest"))
        .def(
            "__iter__",
            [](const HashIndex& self) {
                return py::make_iterator<py::return_value_policy::copy>(self.digests().begin(),
                                                                        self.digests().end());
            },
            py::keep_alive<0, 1>())
        .def("contains_all", &contains_all, py::arg("digests"),
             "Whether each of the digests is in the index, in their order; they may be packed, 32 "
             "bytes each. Several times faster than one by one.")
        .def("filter", &filter, py::arg("hashes"), "The digests of a set that are in the index.")
        .def_property_readonly("digests_sha256", &HashIndex::digests_sha256,
                               "The SHA-256 of the bytes of all digests.")
        .def("verify", &verify, py::kw_only(), py::arg("progress") = py::none(),
             "Reads the whole file; raises DocumentError unless it is as it was written. "
             "`progress` is called with the number of digests done and of all.")
        .def("__repr__",
             [](const HashIndex& self) { return format("<HashIndex of {}>", self.size()); });
#if PY_VERSION_HEX < 0x030C0000
    // What Python 3.12 and newer offer of themselves (PEP 688).
    index.def(
        "__buffer__", [](const py::object& self, int /*flags*/) { return py::memoryview(self); },
        py::arg("flags"));
#endif

    bind_class<SharedBuilder>(m, "HashIndexBuilder",
                              "Builds an index of any number of digests in bounded memory; what "
                              "does not fit goes to a temporary file beside `path`.")
        .def(py::init<const std::filesystem::path&, std::size_t>(), py::arg("path"), py::kw_only(),
             py::arg("memory") = HashIndexBuilder::default_memory,
             "`memory` is in bytes, at least 1 MiB. The file is not touched before `finish`.")
        .def("add", &SharedBuilder::add, py::arg("digests"),
             "Adds digests in any order; they may be packed, 32 bytes each.")
        .def("add_text", &SharedBuilder::add_text, py::arg("data"),
             "Adds the hashes of the next piece of a text, as HashTextReader finds them.")
        .def("end_text", &SharedBuilder::end_text, "Ends the text: what it held.")
        .def(
            "add_file", &SharedBuilder::add_file, py::arg("path"), py::kw_only(),
            py::arg("progress") = py::none(),
            "Adds the hashes of a text in a regular file of any size: what it held. Ends the text "
            "of `add_text`, whose counts it leaves out. Raises DocumentError if the file is a hash "
            "index. `progress` is called with the number of bytes done.")
        .def("finish", &SharedBuilder::finish, py::kw_only(), py::arg("progress") = py::none(),
             "Writes the index in the place of the file, as a whole or not at all, and returns the "
             "number of digests. `progress` is called with the number of digests done and the "
             "most there can be; what it raises stops the work, as Ctrl-C does.");
}

}  // namespace libblock::bindings
