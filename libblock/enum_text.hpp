#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace libblock {

/// One row of an enum's table: the value, its text, and what it means to a reader.
template <typename E>
struct EnumRow {
    E value;
    std::string_view text;
    std::string_view description;
};

/// The one table of an enum's text forms, specialised beside each enum and ordered by value, so
/// that row `i` describes the enumerator with the number `i`. Parser, writers, bindings and
/// schemas all read it.
template <typename E>
struct EnumTable;

template <typename E>
concept TextEnum = requires {
    EnumTable<E>::rows.size();
};

/// The text of `value` as it stands in documents and on the command line.
template <TextEnum E>
constexpr std::string_view to_string(E value) noexcept {
    return EnumTable<E>::rows[static_cast<std::size_t>(value)].text;
}

/// The enumerator whose text is exactly `text`, or nothing.
template <TextEnum E>
constexpr std::optional<E> from_string(std::string_view text) noexcept {
    for (const auto& row : EnumTable<E>::rows) {
        if (row.text == text) return row.value;
    }
    return std::nullopt;
}

}  // namespace libblock
