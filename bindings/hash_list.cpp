#include "libblock/hash_list.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_hash_list(py::module_& m) {
    using NoGil = py::call_guard<py::gil_scoped_release>;

    bind_value<HashListLine>(m, "HashListLine", "One line of a hash list.",
                             required("sha256", &HashListLine::sha256, "The digest."),
                             optional("name", &HashListLine::name,
                                      "The file name; empty if the line holds only the digest."));

    m.def("parse_hash_list", &parse_hash_list, py::arg("text"), NoGil(),
          "Reads lines as `sha256sum` writes them. Blank lines and those that begin with `#` are "
          "passed over; any other raises DocumentError with its line and column.");
    m.def("load_hash_list", &load_hash_list, py::arg("path"), NoGil(),
          "`parse_hash_list` of a file; raises FileAccessError too.");
    m.def(
        "format_hash_list",
        [](const In<std::vector<HashListLine>>& lines) {
            return to_python(format_hash_list(lines.value));
        },
        py::arg("lines"),
        "The text of a list: digest, two blanks and name, or the digest alone, on each line.");
}

}  // namespace libblock::bindings
