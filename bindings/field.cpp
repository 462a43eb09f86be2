#include "libblock/field.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_field(py::module_& m) {
    bind_text_enum<Field>(m, "Field", "What a criterion can ask about a file or an execution.");

    m.def("exists_on", &exists_on, py::arg("field"), py::arg("platform"),
          "Whether files of a platform can carry a field at all: a PE version resource exists on "
          "Windows only.");
}

}  // namespace libblock::bindings
