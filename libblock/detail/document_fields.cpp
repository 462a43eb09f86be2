#include "libblock/detail/document_fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "libblock/detail/yaml_scalar.hpp"

namespace libblock::detail {
namespace {

constexpr std::size_t few_choices = 6;

[[noreturn]] void refuse(const std::string& message) {
    throw Error(ErrorCode::InvalidDocument, message);
}

// Ordered as the enumerators are.
constexpr std::array<std::string_view, 4> kind_names{"nothing", "a single value", "a list",
                                                     "a mapping"};
constexpr std::array<std::string_view, 4> type_names{"a text", "null", "a boolean", "a number"};

template <std::size_t size, typename E>
std::string_view name_of(const std::array<std::string_view, size>& names, E value) {
    return names[static_cast<std::size_t>(value)];
}

void require_kind(const YamlNode& node, YamlKind kind, std::string_view expected) {
    if (node.kind == kind) return;
    refuse(fmt::format("{} is expected here, not {}", expected, name_of(kind_names, node.kind)));
}

}  // namespace

std::string read_text(const YamlNode& node) {
    require_kind(node, YamlKind::Scalar, "a text");
    const PlainType type = node.plain ? plain_type(node.text) : PlainType::Text;
    if (type != PlainType::Text) {
        refuse(fmt::format("{} without quotes is {}, and a text is expected: quote it",
                           quote(node.text), name_of(type_names, type)));
    }
    return node.text;
}

std::uint64_t read_number(const YamlNode& node, std::uint64_t least, std::uint64_t greatest) {
    require_kind(node, YamlKind::Scalar, "a whole number");
    const std::string_view text = node.text;
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool decimal = node.plain && end == text.data() + text.size() &&
                         (text.size() == 1 || !text.starts_with('0'));
    if (!decimal) {
        refuse(
            fmt::format("{} is no whole number: it takes decimal digits without quotes, sign or "
                        "leading zeros",
                        quote(text)));
    }
    if (problem == std::errc::result_out_of_range || number < least || number > greatest) {
        refuse(fmt::format("{} is not between {} and {}", quote(text), least, greatest));
    }
    return number;
}

void require_version(const YamlNode& node, std::uint64_t known) {
    const std::uint64_t version = read_number(node, 1, std::numeric_limits<std::uint64_t>::max());
    if (version == known) return;
    refuse(fmt::format("the format has version {}, and only {} can be read", version, known));
}

Sha256 read_digest(const YamlNode& node) {
    const std::string text = read_text(node);
    if (const auto digest = Sha256::parse(text)) return *digest;
    refuse(fmt::format("{} is no SHA-256: it takes 64 hexadecimal digits", quote(text)));
}

Timestamp read_timestamp(const YamlNode& node) {
    const std::string text = read_text(node);
    if (const auto instant = parse_timestamp(text)) return *instant;
    refuse(fmt::format("{} is no instant in UTC such as 2026-11-23T08:00:00Z", quote(text)));
}

std::string list_choices(std::string_view word, std::span<const std::string_view> choices) {
    std::string nearest = did_you_mean(word, choices);
    if (!nearest.empty() || choices.size() > few_choices) return nearest;
    return fmt::format(": {}", fmt::join(choices, ", "));
}

void require_list(const YamlNode& node, Emptiness emptiness) {
    require_kind(node, YamlKind::Sequence, "a list");
    if (emptiness == Emptiness::Refused && node.items.empty()) {
        refuse("the list is empty: at least one item is expected");
    }
}

void FirstLines::add(const std::string& name, std::string_view what, Position position) {
    const auto [first, is_new] = lines_.try_emplace(name, position.line);
    if (!is_new) refuse(fmt::format("{} stands on line {} already", what, first->second));
}

const YamlNode* find_value(const YamlNode& mapping, std::string_view key) {
    for (std::size_t i = 0; i < mapping.items.size(); i += 2) {
        if (mapping.items[i].text == key) return &mapping.items[i + 1];
    }
    return nullptr;
}

void require_mapping(const YamlNode& node, std::string_view what) {
    placed(node.position,
           [&] { require_kind(node, YamlKind::Mapping, fmt::format("{} with its keys", what)); });
}

void refuse_key(const YamlNode& key, std::string_view what,
                std::span<const std::string_view> known) {
    throw Error(
        ErrorCode::InvalidDocument,
        fmt::format("{} has no key {}{}", what, quote(key.text), list_choices(key.text, known)), {},
        key.position);
}

void refuse_absence(std::string_view key, std::string_view what) {
    refuse(fmt::format("{} needs the key '{}'", what, key));
}

}  // namespace libblock::detail
