#pragma once

#include <pybind11/gil_safe_call_once.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "libblock/detail/entry_table.hpp"
#include "libblock/enum_text.hpp"
#include "libblock/extraction.hpp"
#include "libblock/hash_entry.hpp"
#include "libblock/sha256.hpp"
#include "libblock/timestamp.hpp"

/// What the bindings of the nouns share: how values travel between C++ and Python.
namespace libblock::bindings {

namespace py = pybind11;

void bind_error(py::module_& m);
void bind_sha256(py::module_& m);
void bind_hasher(py::module_& m);
void bind_hash_set(py::module_& m);
void bind_extractor(py::module_& m);
void bind_hash_index(py::module_& m);
void bind_platform(py::module_& m);
void bind_field(py::module_& m);
void bind_timestamp(py::module_& m);
void bind_file_facts(py::module_& m);
void bind_rule(py::module_& m);
void bind_extraction(py::module_& m);
void bind_hash_entry(py::module_& m);
void bind_package(py::module_& m);
void bind_policy(py::module_& m);
void bind_decision(py::module_& m);
void bind_check(py::module_& m);
void bind_target(py::module_& m);
void bind_compilation(py::module_& m);
void bind_hash_list(py::module_& m);
void bind_document(py::module_& m);

// ---------------------------------------------------------------------------------------------
// Enums: Python `enum.Enum` classes whose members are their texts, made from the enum's table.

/// The Python members of an enum, in the order of its table.
template <TextEnum E>
inline py::gil_safe_call_once_and_store<py::tuple> enum_members;

/// Makes the enum class, adds it to the module and returns its members; `rows` holds pairs of
/// text and description.
py::tuple make_text_enum(py::module_& m, const char* name, const char* doc, const py::list& rows);

/// Throws `Error` (InvalidValue): `text` is none of the `texts` of the enum.
[[noreturn]] void refuse_enum_text(const py::tuple& members, std::string_view text,
                                   std::span<const std::string_view> texts);

template <TextEnum E>
void bind_text_enum(py::module_& m, const char* name, const char* doc) {
    enum_members<E>.call_once_and_store_result([&] {
        py::list rows;
        for (const auto& row : EnumTable<E>::rows) {
            rows.append(py::make_tuple(row.text, row.description));
        }
        return make_text_enum(m, name, doc, rows);
    });
}

template <TextEnum E>
E parse_enum(std::string_view text) {
    if (const auto value = from_string<E>(text)) return *value;
    std::vector<std::string_view> texts;
    texts.reserve(EnumTable<E>::rows.size());
    for (const auto& row : EnumTable<E>::rows) texts.push_back(row.text);
    refuse_enum_text(enum_members<E>.get_stored(), text, texts);
}

// ---------------------------------------------------------------------------------------------
// Single values.

/// The text of a Python str as UTF-8. Lone surrogates stand for bytes that are not UTF-8, as they
/// do in Python's file names ("surrogateescape").
std::string text_of(py::handle str);
/// The Python str of a text; bytes that are not UTF-8 become lone surrogates.
py::str str_of(std::string_view text);

/// The digest that a Python str names. Throws `Error` (InvalidValue).
Sha256 digest_of(py::handle str);

/// The instant of an aware datetime. Throws `Error` (InvalidValue) on a naive one, on fractions of
/// a second and on years that documents cannot hold.
Timestamp timestamp_of(py::handle datetime);
/// The datetime of an instant, in UTC.
py::object datetime_of(Timestamp instant);
bool is_datetime(py::handle object);

/// An instant that is only compared with others: fractions of a second are dropped, which changes
/// no comparison with a whole second.
struct Now {
    Timestamp instant;
};
Now now_of(py::handle datetime);

/// The bytes of an object with a buffer, without a copy. Made and destroyed with the GIL held;
/// the bytes may be read without it.
class BufferView {
public:
    explicit BufferView(py::handle object);
    BufferView(const BufferView&) = delete;
    BufferView& operator=(const BufferView&) = delete;
    ~BufferView();

    std::span<const std::byte> bytes() const noexcept;
    std::string_view text() const noexcept;

private:
    Py_buffer view_{};
};

/// Does long work without the GIL on a copy of a value that others may change meanwhile.
template <typename T, typename Work>
auto without_gil(const T& value, Work work) {
    const auto copy = std::make_unique<const T>(value);
    const py::gil_scoped_release release;
    return work(*copy);
}

/// `pattern` filled in by Python's `str.format`.
template <typename... Args>
py::str format(const char* pattern, Args&&... args) {
    return py::str(pattern).format(std::forward<Args>(args)...);
}

// ---------------------------------------------------------------------------------------------
// Values out: text is decoded as above, vectors become tuples.

inline py::str to_python(const std::string& text) {
    return str_of(text);
}

template <typename T>
py::object to_python(const T& value) {
    return py::cast(value);
}

template <typename T>
py::tuple to_python(const std::vector<T>& values) {
    py::tuple items(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) items[i] = to_python(values[i]);
    return items;
}

/// Asks a HashSet, a HashIndex, or each of several, which it keeps alive; nothing if it is None.
std::function<bool(const Sha256&)> known_good_of(const py::object& known_good);

/// A list that is a part of something larger, which it keeps alive: a copy costs nothing.
template <typename List>
class SharedList {
public:
    using value_type = typename List::value_type;

    SharedList() : SharedList(List()) {}
    explicit SharedList(List list) : list_(std::make_shared<const List>(std::move(list))) {}
    explicit SharedList(std::shared_ptr<const List> list) : list_(std::move(list)) {}

    std::size_t size() const noexcept { return list_->size(); }
    value_type operator[](std::size_t index) const { return (*list_)[index]; }
    const List& list() const noexcept { return *list_; }

    bool operator==(const SharedList& other) const {
        return list_ == other.list_ || *list_ == *other.list_;
    }

private:
    std::shared_ptr<const List> list_;
};

/// Values in: text is encoded as above, and any iterable makes a vector.
template <typename T>
struct In {
    T value;
};

}  // namespace libblock::bindings

namespace pybind11::detail {

template <libblock::TextEnum E>
struct type_caster_enum_type_enabled<E> : std::false_type {};

/// An enum takes its member or the text of one.
template <libblock::TextEnum E>
struct type_caster<E> {
    PYBIND11_TYPE_CASTER(E, const_name("str"));

    bool load(handle source, bool /*convert*/) {
        if (!PyUnicode_Check(source.ptr())) return false;
        value = libblock::bindings::parse_enum<E>(libblock::bindings::text_of(source));
        return true;
    }

    static handle cast(E source, return_value_policy /*policy*/, handle /*parent*/) {
        const tuple& members = libblock::bindings::enum_members<E>.get_stored();
        return object(members[static_cast<std::size_t>(source)]).release();
    }
};

/// A digest may be given as its 64 digits wherever conversions are allowed.
template <>
struct type_caster<libblock::Sha256> : type_caster_base<libblock::Sha256> {
    static constexpr auto name = io_name("libblock.Sha256 | str", "libblock.Sha256");

    bool load(handle source, bool convert) {
        if (!convert || !PyUnicode_Check(source.ptr())) {
            return type_caster_base::load(source, convert);
        }
        parsed_ = libblock::bindings::digest_of(source);
        value = &parsed_;
        return true;
    }

private:
    libblock::Sha256 parsed_;
};

template <>
struct type_caster<libblock::Timestamp> {
    PYBIND11_TYPE_CASTER(libblock::Timestamp, const_name("datetime.datetime"));

    bool load(handle source, bool /*convert*/) {
        if (!libblock::bindings::is_datetime(source)) return false;
        value = libblock::bindings::timestamp_of(source);
        return true;
    }

    static handle cast(libblock::Timestamp source, return_value_policy /*policy*/,
                       handle /*parent*/) {
        return libblock::bindings::datetime_of(source).release();
    }
};

template <>
struct type_caster<libblock::bindings::Now> {
    PYBIND11_TYPE_CASTER(libblock::bindings::Now, const_name("datetime.datetime"));

    bool load(handle source, bool /*convert*/) {
        if (!libblock::bindings::is_datetime(source)) return false;
        value = libblock::bindings::now_of(source);
        return true;
    }
};

template <typename T>
struct type_caster<libblock::bindings::In<T>> {
    PYBIND11_TYPE_CASTER(libblock::bindings::In<T>, make_caster<T>::name);

    bool load(handle source, bool convert) {
        make_caster<T> caster;
        if (!caster.load(source, convert)) return false;
        value.value = cast_op<T>(std::move(caster));
        return true;
    }
};

template <>
struct type_caster<libblock::bindings::In<std::string>> {
    PYBIND11_TYPE_CASTER(libblock::bindings::In<std::string>, const_name("str"));

    bool load(handle source, bool /*convert*/) {
        if (!PyUnicode_Check(source.ptr())) return false;
        value.value = libblock::bindings::text_of(source);
        return true;
    }
};

template <typename T>
struct type_caster<libblock::bindings::In<std::vector<T>>> {
    static constexpr bool is_text = std::is_same_v<T, std::string>;
    using Item = std::conditional_t<is_text, libblock::bindings::In<T>, T>;
    PYBIND11_TYPE_CASTER(libblock::bindings::In<std::vector<T>>,
                         const_name("collections.abc.Iterable[") + make_caster<Item>::name +
                             const_name("]"));

    bool load(handle source, bool convert) {
        // A str is iterable too, but one where a list is expected is a forgotten pair of brackets.
        if (!isinstance<iterable>(source) || PyUnicode_Check(source.ptr())) return false;
        value.value.clear();
        for (const handle item : reinterpret_borrow<iterable>(source)) {
            make_caster<Item> caster;
            if (!caster.load(item, convert)) return false;
            if constexpr (is_text) {
                value.value.push_back(cast_op<Item&&>(std::move(caster)).value);
            } else {
                value.value.push_back(cast_op<Item>(std::move(caster)));
            }
        }
        return true;
    }
};

/// So may a shared list, which is taken as it is.
template <typename List>
struct type_caster<libblock::bindings::In<libblock::bindings::SharedList<List>>> {
    using Shared = libblock::bindings::SharedList<List>;
    using Item = typename List::value_type;
    using Items = libblock::bindings::In<std::vector<Item>>;
    PYBIND11_TYPE_CASTER(libblock::bindings::In<Shared>, make_caster<Items>::name);

    bool load(handle source, bool convert) {
        if (isinstance<Shared>(source)) {
            value.value = pybind11::cast<const Shared&>(source);
            return true;
        }
        make_caster<Items> caster;
        if (!caster.load(source, convert)) return false;
        value.value = Shared(List(cast_op<Items&>(caster).value));
        return true;
    }
};

/// Entries may be given as any iterable of them.
template <>
struct type_caster<libblock::bindings::In<libblock::HashEntries>> {
    PYBIND11_TYPE_CASTER(libblock::bindings::In<libblock::HashEntries>,
                         const_name("collections.abc.Iterable[") +
                             make_caster<libblock::HashEntry>::name + const_name("]"));

    bool load(handle source, bool convert) {
        if (isinstance<libblock::HashEntries>(source)) {
            value.value = pybind11::cast<const libblock::HashEntries&>(source);
            return true;
        }
        if (!isinstance<iterable>(source) || PyUnicode_Check(source.ptr())) return false;
        libblock::detail::EntryTable table;
        for (const handle item : reinterpret_borrow<iterable>(source)) {
            make_caster<libblock::HashEntry> caster;
            if (!caster.load(item, convert)) return false;
            const auto& entry = cast_op<const libblock::HashEntry&>(caster);
            libblock::validate(entry);
            table.push(entry);
        }
        value.value = libblock::HashEntries(std::move(table));
        return true;
    }
};

}  // namespace pybind11::detail

namespace libblock::bindings {

// ---------------------------------------------------------------------------------------------
// Value classes: immutable in Python, with keyword arguments, ==, hash, repr and pickling, all
// from one list of attributes.

/// An attribute of a value class: a pointer to a member, or a function from the value to a
/// reference to the attribute.
template <typename Access, bool is_required>
struct Attribute {
    const char* name;
    Access access;
    const char* doc;
};

/// An attribute that the constructor must be given.
template <typename Access>
Attribute<Access, true> required(const char* name, Access access, const char* doc) {
    return {name, access, doc};
}

/// An attribute that has in a default-constructed value its default.
template <typename Access>
Attribute<Access, false> optional(const char* name, Access access, const char* doc) {
    return {name, access, doc};
}

template <typename T, typename Access>
using AttributeType = std::remove_cvref_t<std::invoke_result_t<const Access&, T&>>;

/// What no attribute equals where one is required, else the attribute's default.
template <typename T, typename Access, bool is_required>
py::object default_of(const Attribute<Access, is_required>& attribute) {
    if constexpr (is_required) {
        return py::ellipsis();
    } else {
        const T value{};
        return to_python(std::invoke(attribute.access, value));
    }
}

template <typename T, typename Access, bool is_required>
auto argument_of(const Attribute<Access, is_required>& attribute) {
    if constexpr (is_required) {
        return py::arg(attribute.name);
    } else {
        return py::arg_v(attribute.name, default_of<T>(attribute));
    }
}

/// A class that cannot be inherited from, with the metaclass `type`: that of pybind11 does more
/// only for static properties and for Python subclasses. `Options` are those of `py::class_`.
template <typename T, typename... Options, typename... Extra>
py::class_<T, Options...> bind_class(py::module_& m, const char* name, const char* doc,
                                     const Extra&... extra) {
    const py::metaclass type(py::handle(reinterpret_cast<PyObject*>(&PyType_Type)));
    return {m, name, doc, type, py::is_final(), extra...};
}

/// `Name(attribute=value, ...)`, leaving out what has its default.
py::str value_repr(py::handle self, const py::tuple& names, const py::tuple& values,
                   const py::tuple& defaults);

template <typename T, typename... Access, bool... is_required>
py::class_<T> bind_value(py::module_& m, const char* name, const char* doc,
                         Attribute<Access, is_required>... attributes) {
    const auto values_of = [attributes...](const T& self) {
        return py::make_tuple(to_python(std::invoke(attributes.access, self))...);
    };
    auto value_class = bind_class<T>(m, name, doc);
    value_class.def(py::init([attributes...](In<AttributeType<T, Access>>... arguments) {
                        T value{};
                        ((std::invoke(attributes.access, value) = std::move(arguments.value)), ...);
                        return value;
                    }),
                    argument_of<T>(attributes)...);
    (value_class.def_property_readonly(
         attributes.name,
         [attributes](const T& self) { return to_python(std::invoke(attributes.access, self)); },
         attributes.doc),
     ...);
    value_class
        .def(
            "__eq__", [](const T& left, const T& right) { return left == right; },
            py::is_operator())
        .def("__hash__", [values_of](const T& self) { return py::hash(values_of(self)); })
        .def("__repr__",
             [values_of, attributes...](const py::object& self) {
                 return value_repr(self, py::make_tuple(attributes.name...),
                                   values_of(py::cast<const T&>(self)),
                                   py::make_tuple(default_of<T>(attributes)...));
             })
        .def("__reduce__", [values_of](const py::object& self) {
            return py::make_tuple(py::type::of(self), values_of(py::cast<const T&>(self)));
        });
    return value_class;
}

/// The same for attributes in a tuple, for which others have use, too.
template <typename T, typename... Attributes>
py::class_<T> bind_value(py::module_& m, const char* name, const char* doc,
                         const std::tuple<Attributes...>& attributes) {
    return std::apply(
        [&](const Attributes&... each) { return bind_value<T>(m, name, doc, each...); },
        attributes);
}

// ---------------------------------------------------------------------------------------------
// Sequences: immutable, like tuples in all but that their items are made when they are asked for.

template <typename Range>
using RangeItem = std::remove_cvref_t<decltype(std::declval<const Range&>()[0])>;

/// Goes through what has `size` and `[]`.
template <typename Range>
class RangeCursor {
public:
    RangeCursor(const Range& range, std::size_t index) : range_(&range), index_(index) {}

    decltype(auto) operator*() const { return (*range_)[index_]; }
    RangeCursor& operator++() {
        ++index_;
        return *this;
    }
    bool operator==(const RangeCursor& other) const { return index_ == other.index_; }

private:
    const Range* range_;
    std::size_t index_;
};

template <typename Range>
py::tuple slice_of(const Range& range, const py::slice& slice) {
    std::size_t start = 0;
    std::size_t stop = 0;
    std::size_t step = 0;
    std::size_t length = 0;
    if (!slice.compute(range.size(), &start, &stop, &step, &length)) {
        throw py::error_already_set();
    }
    py::tuple items(length);
    for (std::size_t i = 0; i < length; ++i, start += step) items[i] = to_python(range[start]);
    return items;
}

/// The index of the first item from `start` on, before `stop`, that equals a Python object.
template <typename Range>
std::optional<std::size_t> index_of(const Range& range, const py::object& item, std::size_t start,
                                    std::size_t stop) {
    if (!py::isinstance<RangeItem<Range>>(item)) return std::nullopt;
    const auto& wanted = py::cast<const RangeItem<Range>&>(item);
    for (std::size_t i = start; i < stop; ++i) {
        if (range[i] == wanted) return i;
    }
    return std::nullopt;
}

template <typename Range>
bool holds_item(const Range& range, const py::object& item) {
    if constexpr (requires(const RangeItem<Range>& wanted) { range.contains(wanted); }) {
        return py::isinstance<RangeItem<Range>>(item) &&
               range.contains(py::cast<const RangeItem<Range>&>(item));
    } else {
        return index_of(range, item, 0, range.size()).has_value();
    }
}

template <typename Range>
bool equals_tuple(const Range& range, const py::tuple& items) {
    if (range.size() != items.size()) return false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!py::isinstance<RangeItem<Range>>(items[i])) return false;
        if (!(range[i] == py::cast<const RangeItem<Range>&>(items[i]))) return false;
    }
    return true;
}

/// The bounds that `index(item, start, stop)` means: negative ones count from the end.
std::size_t clamp_index(py::ssize_t index, std::size_t size);

/// Throws IndexError.
std::size_t require_index(py::ssize_t index, std::size_t size, const char* name);

/// A class of immutable sequences, made from an iterable of their items and equal to the tuple of
/// them. `Range` is a value that is cheap to copy, compares, and has `size` and `[]`, which may
/// make the item; if it has `contains`, that is asked. `In<Range>` takes the iterable.
template <typename Range>
py::class_<Range> bind_sequence(py::module_& m, const char* name, const char* doc) {
    auto sequence = bind_class<Range>(m, name, doc);
    sequence
        .def(py::init([](In<Range> items) { return std::move(items.value); }),
             py::arg("items") = py::tuple())
        .def("__len__", &Range::size)
        .def(
            "__getitem__",
            [name](const Range& self, py::ssize_t index) {
                return to_python(self[require_index(index, self.size(), name)]);
            },
            py::arg("index"))
        .def("__getitem__", &slice_of<Range>, py::arg("index"))
        .def(
            "__iter__",
            [](const Range& self) {
                return py::make_iterator<py::return_value_policy::copy>(
                    RangeCursor(self, 0), RangeCursor(self, self.size()));
            },
            py::keep_alive<0, 1>())
        .def("__contains__", &holds_item<Range>, py::arg("item"))
        .def(
            "index",
            [](const Range& self, const py::object& item, py::ssize_t start, py::ssize_t stop) {
                const auto index = index_of(self, item, clamp_index(start, self.size()),
                                            clamp_index(stop, self.size()));
                if (!index) throw py::value_error(format("{!r} is not in the sequence", item));
                return *index;
            },
            py::arg("item"), py::arg("start") = 0, py::arg("stop") = PY_SSIZE_T_MAX,
            "The index of an item. Raises ValueError if it is not there.")
        .def(
            "count",
            [](const Range& self, const py::object& item) {
                std::size_t count = 0;
                for (auto at = index_of(self, item, 0, self.size()); at;
                     at = index_of(self, item, *at + 1, self.size())) {
                    ++count;
                }
                return count;
            },
            py::arg("item"), "How often an item is there.")
        .def(
            "__eq__", [](const Range& a, const Range& b) { return a == b; }, py::is_operator())
        .def("__eq__", &equals_tuple<Range>, py::is_operator())
        .def("__hash__", [](const py::object& self) { return py::hash(py::tuple(self)); })
        .def("__repr__",
             [name](const Range& self) { return format("<{} of {}>", name, self.size()); })
        .def("__reduce__", [](const py::object& self) {
            return py::make_tuple(py::type::of(self), py::make_tuple(py::tuple(self)));
        });
    py::module_::import("collections.abc").attr("Sequence").attr("register")(sequence);
    return sequence;
}

/// The indices that `rows` names, all of them if it is None.
std::vector<std::size_t> row_indices(const py::object& rows, std::size_t size, const char* name);

/// What a column has in place of a value: a digest as its text, which takes no object of its own.
template <typename T>
py::object cell_of(const T& value) {
    if constexpr (std::is_same_v<T, Sha256>) {
        return py::str(value.to_string());
    } else {
        return to_python(value);
    }
}

/// The indices of `names` among `known`, or all; throws ValueError for a name that is none of them.
std::vector<std::size_t> column_indices(const py::args& names, const py::tuple& known);

/// Some attributes of some items of a sequence, as a dict of lists.
template <typename Range, typename... Attributes>
py::dict read_columns(const Range& sequence, const std::tuple<Attributes...>& attributes,
                      const py::args& names, std::span<const std::size_t> rows) {
    const auto known = std::apply(
        [](const Attributes&... each) { return py::make_tuple(each.name...); }, attributes);
    const std::vector<std::size_t> wanted = column_indices(names, known);
    std::array<py::list, sizeof...(Attributes)> lists;
    std::array<bool, sizeof...(Attributes)> is_wanted{};
    for (const std::size_t column : wanted) {
        lists[column] = py::list(rows.size());
        is_wanted[column] = true;
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const RangeItem<Range>& item = sequence[rows[row]];
        std::size_t column = 0;
        const auto put = [&](const auto& attribute) {
            if (is_wanted[column]) {
                lists[column][row] = cell_of(std::invoke(attribute.access, item));
            }
            ++column;
        };
        std::apply([&](const Attributes&... each) { (put(each), ...); }, attributes);
    }
    py::dict columns;
    for (const std::size_t column : wanted) columns[known[column]] = lists[column];
    return columns;
}

/// Adds `columns`, which reads many items much faster than one by one, to a class of sequences
/// whose items have these attributes.
template <typename Range, typename... Attributes>
void def_columns(py::class_<Range>& sequence, const char* name,
                 const std::tuple<Attributes...>& attributes) {
    sequence.def(
        "columns",
        [name, attributes](const Range& self, const py::args& names, const py::object& rows) {
            return read_columns(self, attributes, names, row_indices(rows, self.size(), name));
        },
        py::kw_only(), py::arg("rows") = py::none(),
        "The attributes of the items as a dict of lists, as data frames take it: those of "
        "the names, or all; of the items with the indices `rows`, or all. Digests are "
        "their hexadecimal digits. Raises ValueError for a name that is none, IndexError.");
}

/// Adds copying to a mutable class: `copy()`, `copy.copy` and `copy.deepcopy` are all one.
template <typename T>
void def_copy(py::class_<T>& value_class, const char* doc) {
    const auto copy = [](const T& self) { return T(self); };
    value_class.def("copy", copy, doc)
        .def("__copy__", copy)
        .def(
            "__deepcopy__", [](const T& self, const py::object& /*memo*/) { return T(self); },
            py::arg("memo"));
}

/// Adds `_repr_html_`, which notebooks show, written in Python by `libblock._html`.
template <typename T, typename... Options>
void def_html(py::class_<T, Options...>& value_class, const char* function) {
    value_class.def(
        "_repr_html_",
        [function](const py::object& self) {
            return py::module_::import("libblock._html").attr(function)(self);
        },
        "HTML for notebooks.");
}

}  // namespace libblock::bindings
