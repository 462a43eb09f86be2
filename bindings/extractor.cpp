#include "libblock/extractor.hpp"

#include <mutex>

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

/// Two threads may feed one extractor, because it works without the GIL.
class SharedExtractor {
public:
    explicit SharedExtractor(ExtractOptions options) : extractor_(std::move(options)) {}

    void feed(const py::buffer& piece) {
        const BufferView view(piece);
        const py::gil_scoped_release release;
        const std::scoped_lock lock(mutex_);
        extractor_.feed(view.text());
    }

    Extraction finish() {
        const py::gil_scoped_release release;
        const std::scoped_lock lock(mutex_);
        return extractor_.finish();
    }

private:
    Extractor extractor_;
    std::mutex mutex_;
};

}  // namespace

void bind_extractor(py::module_& m) {
    bind_class<SharedExtractor>(
        m, "Extractor",
        "Extracts from a text that comes in pieces, such as a pipe or a file larger than memory. "
        "What it finds is what `extract` finds in the whole, wherever the pieces end.")
        .def(py::init([](bool rejoin, bool context, const py::object& known_good) {
                 return std::make_unique<SharedExtractor>(
                     ExtractOptions{rejoin, context, known_good_of(known_good)});
             }),
             py::kw_only(), py::arg("rejoin") = false, py::arg("context") = true,
             py::arg("known_good") = py::none())
        .def("feed", &SharedExtractor::feed, py::arg("piece"),
             "Reads the next bytes, of any object with a contiguous buffer. Raises "
             "InvalidValueError after `finish`.")
        .def("finish", &SharedExtractor::finish,
             "Ends the text and gives all that was found. Raises InvalidValueError if called "
             "again.");
}

}  // namespace libblock::bindings
