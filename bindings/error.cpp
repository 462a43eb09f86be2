#include "libblock/error.hpp"

#include <exception>
#include <utility>

#include "bindings.hpp"

namespace libblock::bindings {

namespace {

/// Raises the Python exception of the error's code; the classes stand in `libblock._errors`.
void raise_in_python(const Error& error) {
    const py::object by_code = py::module_::import("libblock._errors").attr("by_code");
    const py::object error_class = by_code[py::cast(error.code())];
    py::set_error(error_class, error_class(str_of(error.message()), str_of(error.file()),
                                           error.position().line, error.position().column));
}

}  // namespace

void bind_error(py::module_& m) {
    bind_text_enum<ErrorCode>(m, "ErrorCode", "Why an operation was refused.");

    bind_value<Position>(m, "Position", "A place in a text; 0 stands for \"no place\".",
                         optional("line", &Position::line, "Line, from 1."),
                         optional("column", &Position::column, "Column in characters, from 1."));

    py::register_local_exception_translator([](std::exception_ptr thrown) {
        try {
            if (thrown) std::rethrow_exception(std::move(thrown));
        } catch (const Error& error) {
            raise_in_python(error);
        }
    });
}

}  // namespace libblock::bindings
