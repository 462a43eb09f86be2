#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "libblock/detail/suggest.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/yaml_reader.hpp"
#include "libblock/enum_text.hpp"
#include "libblock/error.hpp"
#include "libblock/sha256.hpp"
#include "libblock/timestamp.hpp"

/// Reading of documents by tables: one strict converter for each type of value, one table of keys
/// for each mapping. What a converter or the model refuses is placed by `placed` around it.
namespace libblock::detail {

/// Runs `action`; an `Error` without a place gets `position`, and InvalidDocument as its code
/// unless a limit was exceeded.
template <typename Action>
void placed(Position position, Action action) {
    try {
        action();
    } catch (const Error& error) {
        if (error.position() != Position{}) throw;
        const bool limit = error.code() == ErrorCode::LimitExceeded;
        throw Error(limit ? ErrorCode::LimitExceeded : ErrorCode::InvalidDocument, error.message(),
                    {}, position);
    }
}

// ---- values ------------------------------------------------------------------------------------

/// A text. Without quotes it must not be what the core schema takes for something else.
std::string read_text(const YamlNode& node);
/// A decimal number without sign or leading zeros.
std::uint64_t read_number(const YamlNode& node, std::uint64_t least, std::uint64_t greatest);
/// Refuses the version of a document's format unless it is `known`.
void require_version(const YamlNode& node, std::uint64_t known);
Sha256 read_digest(const YamlNode& node);
Timestamp read_timestamp(const YamlNode& node);

/// ": a, b or c" if the words are few, and what may have been meant.
std::string list_choices(std::string_view word, std::span<const std::string_view> choices);

/// A word of an enum's table.
template <TextEnum E>
E read_word(const YamlNode& node) {
    const std::string text = read_text(node);
    if (const auto value = from_string<E>(text)) return *value;
    const auto& rows = EnumTable<E>::rows;
    std::array<std::string_view, EnumTable<E>::rows.size()> choices;
    std::transform(rows.begin(), rows.end(), choices.begin(),
                   [](const auto& row) { return row.text; });
    throw Error(ErrorCode::InvalidDocument,
                quote(text) + " is none of the words known here" + list_choices(text, choices));
}

// ---- lists -------------------------------------------------------------------------------------

enum class Emptiness { Allowed, Refused };

void require_list(const YamlNode& node, Emptiness emptiness);

/// Reads each item of a list, and places what is refused at the item.
template <typename Read>
void read_list(const YamlNode& node, Emptiness emptiness, Read read) {
    require_list(node, emptiness);
    for (const auto& item : node.items) placed(item.position, [&] { read(item); });
}

/// The lines of names that must not repeat.
class FirstLines {
public:
    /// Throws if `name`, described by `what`, was added before.
    void add(const std::string& name, std::string_view what, Position position);

private:
    std::unordered_map<std::string, std::uint32_t> lines_;
};

// ---- mappings ----------------------------------------------------------------------------------

enum class Presence { Optional, Required };

/// One key of a mapping that is read into a `Target`.
template <typename Target>
struct KeyRow {
    std::string_view key;
    Presence presence;
    void (*read)(const YamlNode& value, Target& target);
};

/// The value of a key, or null.
const YamlNode* find_value(const YamlNode& mapping, std::string_view key);

void require_mapping(const YamlNode& node, std::string_view what);
[[noreturn]] void refuse_key(const YamlNode& key, std::string_view what,
                             std::span<const std::string_view> known);
[[noreturn]] void refuse_absence(std::string_view key, std::string_view what);

/// Reads a mapping, described by `what`, by the table of its keys, in the order of the document.
template <typename Target, std::size_t size>
void read_mapping(const YamlNode& node, std::string_view what,
                  const std::array<KeyRow<Target>, size>& rows, Target& target) {
    require_mapping(node, what);
    for (std::size_t i = 0; i < node.items.size(); i += 2) {
        const YamlNode& key = node.items[i];
        const YamlNode& value = node.items[i + 1];
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const auto& each) { return each.key == key.text; });
        if (row == rows.end()) {
            std::array<std::string_view, size> known;
            std::transform(rows.begin(), rows.end(), known.begin(),
                           [](const auto& each) { return each.key; });
            refuse_key(key, what, known);
        }
        placed(value.position, [&] { row->read(value, target); });
    }
    for (const auto& row : rows) {
        if (row.presence == Presence::Required && !find_value(node, row.key)) {
            placed(node.position, [&] { refuse_absence(row.key, what); });
        }
    }
}

}  // namespace libblock::detail
