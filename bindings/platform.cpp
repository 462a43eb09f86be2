#include "libblock/platform.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_platform(py::module_& m) {
    bind_text_enum<Platform>(m, "Platform",
                             "The operating system that a rule is for or a file runs on.");
}

}  // namespace libblock::bindings
