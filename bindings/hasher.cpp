#include "libblock/hasher.hpp"

#include <mutex>

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

/// Two threads may feed one hasher, because it works without the GIL.
class SharedHasher {
public:
    void update(const py::buffer& data) {
        const BufferView view(data);
        const py::gil_scoped_release release;
        const std::scoped_lock lock(mutex_);
        hasher_.update(view.bytes());
    }

    Sha256 finish() {
        const py::gil_scoped_release release;
        const std::scoped_lock lock(mutex_);
        return hasher_.finish();
    }

private:
    Hasher hasher_;
    std::mutex mutex_;
};

Sha256 hash_buffer(const py::buffer& data) {
    const BufferView view(data);
    const py::gil_scoped_release release;
    return hash_bytes(view.bytes());
}

Sha256 hash_file_reporting(const std::filesystem::path& path,
                           const std::optional<py::function>& progress) {
    const auto report = [&progress](std::uint64_t bytes_done) {
        const py::gil_scoped_acquire acquire;
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
        if (progress) (*progress)(bytes_done);
    };
    const py::gil_scoped_release release;
    return hash_file(path, report);
}

}  // namespace

void bind_hasher(py::module_& m) {
    bind_class<SharedHasher>(m, "Hasher", "SHA-256 of data that arrives in pieces.")
        .def(py::init())
        .def("update", &SharedHasher::update, py::arg("data"),
             "Adds bytes, of any object with a contiguous buffer.")
        .def("finish", &SharedHasher::finish,
             "The digest of all data so far; the hasher then starts anew.");

    m.def("hash_bytes", &hash_buffer, py::arg("data"),
          "The SHA-256 of any object with a contiguous buffer.");
    m.def("hash_file", &hash_file_reporting, py::arg("path"), py::kw_only(),
          py::arg("progress") = py::none(),
          "The SHA-256 of a regular file of any size. `progress` is called with the number of "
          "bytes done, at least every 16 MiB; what it raises stops the work, as Ctrl-C does. "
          "Raises FileAccessError if the file cannot be read or is not a regular file.");
}

}  // namespace libblock::bindings
