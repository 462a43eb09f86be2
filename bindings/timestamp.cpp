#include "libblock/timestamp.hpp"

#include "bindings.hpp"

namespace libblock::bindings {

void bind_timestamp(py::module_& m) {
    m.def(
        "parse_timestamp", [](const In<std::string>& text) { return parse_timestamp(text.value); },
        py::arg("text"),
        "Reads `YYYY-MM-DDTHH:MM:SSZ`, years 1970 to 9999, as a datetime in UTC; None for any "
        "other text.");
    m.def(
        "format_timestamp", [](Timestamp instant) { return to_string(instant); },
        py::arg("instant"),
        "The form that `parse_timestamp` reads. Raises InvalidValueError for a naive datetime or "
        "a fraction of a second.");
}

}  // namespace libblock::bindings
