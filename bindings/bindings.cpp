#include "bindings.hpp"

#include <datetime.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <numeric>

#include "libblock/detail/suggest.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_index.hpp"

namespace libblock::bindings {

namespace {

constexpr const char* surrogate_escape = "surrogateescape";

/// "original-filename" -> "ORIGINAL_FILENAME".
std::string member_name(std::string_view text) {
    std::string name(text);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
        return std::isalnum(c) != 0 ? static_cast<char>(std::toupper(c)) : '_';
    });
    return name;
}

std::vector<std::size_t> all_indices(std::size_t size) {
    std::vector<std::size_t> indices(size);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    return indices;
}

/// The C API of datetime, imported when it is first needed.
const PyDateTime_CAPI& datetime_api() {
    if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
    if (PyDateTimeAPI == nullptr) throw py::error_already_set();
    return *PyDateTimeAPI;
}

/// The whole second of an aware datetime and whether that drops a fraction.
std::pair<Timestamp, bool> split_datetime(py::handle datetime) {
    const auto& api = datetime_api();
    if (datetime.attr("utcoffset")().is_none()) {
        throw Error(ErrorCode::InvalidValue,
                    "a datetime needs a time zone, such as datetime.timezone.utc");
    }
    const py::object utc = datetime.attr("astimezone")(py::handle(api.TimeZone_UTC));
    PyObject* const object = utc.ptr();
    const std::chrono::year_month_day day(
        std::chrono::year(PyDateTime_GET_YEAR(object)),
        std::chrono::month(static_cast<unsigned>(PyDateTime_GET_MONTH(object))),
        std::chrono::day(static_cast<unsigned>(PyDateTime_GET_DAY(object))));
    const Timestamp instant = std::chrono::sys_days(day) +
                              std::chrono::hours(PyDateTime_DATE_GET_HOUR(object)) +
                              std::chrono::minutes(PyDateTime_DATE_GET_MINUTE(object)) +
                              std::chrono::seconds(PyDateTime_DATE_GET_SECOND(object));
    return {instant, PyDateTime_DATE_GET_MICROSECOND(object) != 0};
}

using Question = std::function<bool(const Sha256&)>;

/// Asks what `T` an object holds, which it keeps alive.
template <typename T>
Question question_to_a(const py::object& object) {
    const std::shared_ptr<py::object> kept(new py::object(object), [](py::object* last) {
        const py::gil_scoped_acquire acquire;
        delete last;
    });
    return [kept, hashes = object.cast<const T*>()](const Sha256& sha256) {
        return hashes->contains(sha256);
    };
}

/// Empty if the object is neither a HashSet nor a HashIndex.
Question question_to(const py::object& object) {
    if (py::isinstance<HashSet>(object)) return question_to_a<HashSet>(object);
    if (py::isinstance<HashIndex>(object)) return question_to_a<HashIndex>(object);
    return {};
}

[[noreturn]] void refuse_known_good(py::handle object) {
    throw py::type_error(format("expected a HashSet or a HashIndex, or several, not {}",
                                py::type::of(object).attr("__name__")));
}

}  // namespace

py::tuple make_text_enum(py::module_& m, const char* name, const char* doc, const py::list& rows) {
    py::list members;
    for (const py::handle row : rows) {
        const py::object text = row[py::int_(0)];
        members.append(py::make_tuple(member_name(py::cast<std::string>(text)), text));
    }
    const py::object base = py::module_::import("libblock._text_enum").attr("TextEnum");
    py::object enum_class =
        base(name, members, py::arg("module") = m.attr("__module__"), py::arg("qualname") = name);
    enum_class.attr("__doc__") = doc;
    for (const py::handle row : rows) {
        enum_class(row[py::int_(0)]).attr("_description") = row[py::int_(1)];
    }
    m.attr(name) = enum_class;
    return {enum_class};
}

void refuse_enum_text(const py::tuple& members, std::string_view text,
                      std::span<const std::string_view> texts) {
    const auto name = py::cast<std::string>(py::type::of(members[0]).attr("__name__"));
    throw Error(ErrorCode::InvalidValue,
                detail::quote(text) + " is no " + name + detail::did_you_mean(text, texts));
}

std::string text_of(py::handle str) {
    const auto bytes = py::reinterpret_steal<py::bytes>(
        PyUnicode_AsEncodedString(str.ptr(), "utf-8", surrogate_escape));
    if (!bytes) throw py::error_already_set();
    return bytes;
}

py::str str_of(std::string_view text) {
    auto str = py::reinterpret_steal<py::str>(
        PyUnicode_DecodeUTF8(text.data(), static_cast<py::ssize_t>(text.size()), surrogate_escape));
    if (!str) throw py::error_already_set();
    return str;
}

Sha256 digest_of(py::handle str) {
    const std::string text = text_of(str);
    if (const auto digest = Sha256::parse(text)) return *digest;
    throw Error(ErrorCode::InvalidValue,
                "a SHA-256 is 64 hexadecimal digits, not " + detail::quote(text));
}

bool is_datetime(py::handle object) {
    datetime_api();
    return PyDateTime_Check(object.ptr());
}

Timestamp timestamp_of(py::handle datetime) {
    const auto [instant, has_fraction] = split_datetime(datetime);
    if (has_fraction) {
        throw Error(ErrorCode::InvalidValue,
                    "a datetime must be a whole second: use .replace(microsecond=0)");
    }
    // The text form is what documents hold: an instant that it cannot say is refused here.
    if (!parse_timestamp(to_string(instant))) {
        throw Error(ErrorCode::InvalidValue, "a datetime must lie in the years 1970 to 9999");
    }
    return instant;
}

Now now_of(py::handle datetime) {
    return {split_datetime(datetime).first};
}

py::object datetime_of(Timestamp instant) {
    const auto& api = datetime_api();
    const auto midnight = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day day(midnight);
    const std::chrono::hh_mm_ss time(instant - midnight);
    auto datetime = py::reinterpret_steal<py::object>(api.DateTime_FromDateAndTime(
        static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
        static_cast<int>(static_cast<unsigned>(day.day())), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()), 0,
        api.TimeZone_UTC, api.DateTimeType));
    if (!datetime) throw py::error_already_set();
    return datetime;
}

BufferView::BufferView(py::handle object) {
    if (PyObject_GetBuffer(object.ptr(), &view_, PyBUF_SIMPLE) != 0) throw py::error_already_set();
}

BufferView::~BufferView() {
    PyBuffer_Release(&view_);
}

std::span<const std::byte> BufferView::bytes() const noexcept {
    return {static_cast<const std::byte*>(view_.buf), static_cast<std::size_t>(view_.len)};
}

std::string_view BufferView::text() const noexcept {
    return {static_cast<const char*>(view_.buf), static_cast<std::size_t>(view_.len)};
}

std::size_t clamp_index(py::ssize_t index, std::size_t size) {
    const auto end = static_cast<py::ssize_t>(size);
    if (index < 0) index += end;
    return static_cast<std::size_t>(std::clamp(index, py::ssize_t{0}, end));
}

std::size_t require_index(py::ssize_t index, std::size_t size, const char* name) {
    const auto end = static_cast<py::ssize_t>(size);
    const py::ssize_t at = index < 0 ? index + end : index;
    if (at < 0 || at >= end) throw py::index_error(std::string(name) + " index out of range");
    return static_cast<std::size_t>(at);
}

std::vector<std::size_t> row_indices(const py::object& rows, std::size_t size, const char* name) {
    if (rows.is_none()) return all_indices(size);
    std::vector<std::size_t> indices;
    indices.reserve(std::min(size, py::len_hint(rows)));  // what says it is more may be wrong
    for (const py::handle row : py::iter(rows)) {
        const py::ssize_t index = PyNumber_AsSsize_t(row.ptr(), PyExc_IndexError);
        if (index == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
        indices.push_back(require_index(index, size, name));
    }
    return indices;
}

std::vector<std::size_t> column_indices(const py::args& names, const py::tuple& known) {
    std::vector<std::size_t> indices;
    for (const py::handle name : names) {
        if (!known.contains(name)) {
            throw py::value_error(format("there is no column {!r}; there are {}", name,
                                         py::str(", ").attr("join")(known)));
        }
        indices.push_back(py::cast<std::size_t>(known.attr("index")(name)));
    }
    return names.empty() ? all_indices(known.size()) : indices;
}

py::str value_repr(py::handle self, const py::tuple& names, const py::tuple& values,
                   const py::tuple& defaults) {
    py::list parts;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (values[i].equal(defaults[i])) continue;
        parts.append(format("{}={!r}", names[i], values[i]));
    }
    return format("{}({})", py::type::of(self).attr("__name__"), py::str(", ").attr("join")(parts));
}

Question known_good_of(const py::object& known_good) {
    if (known_good.is_none()) return {};
    if (const Question question = question_to(known_good)) return question;
    if (!py::isinstance<py::iterable>(known_good) || py::isinstance<py::str>(known_good)) {
        refuse_known_good(known_good);
    }
    std::vector<Question> questions;
    for (const py::handle each : known_good) {
        questions.push_back(question_to(py::reinterpret_borrow<py::object>(each)));
        if (!questions.back()) refuse_known_good(each);
    }
    return [questions = std::move(questions)](const Sha256& sha256) {
        return std::any_of(questions.begin(), questions.end(),
                           [&](const Question& question) { return question(sha256); });
    };
}

}  // namespace libblock::bindings
