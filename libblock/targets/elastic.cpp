#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/path_text.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/error.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_an_item = 2000;  // values of one entry

constexpr std::array<std::pair<Platform, std::string_view>, 3> platform_words{
    {{Platform::Windows, "windows"}, {Platform::Macos, "macos"}, {Platform::Linux, "linux"}}};

/// What people see of an item, and what tells it from the others of its package.
struct Label {
    std::string name;
    std::string key;
};

OrderedJson tags_of(const Output& output) {
    OrderedJson tags = OrderedJson::array();
    for (const std::string& policy : listed(output, "policy")) tags.push_back("policy:" + policy);
    if (tags.empty()) {
        throw Error(ErrorCode::InvalidValue, "the setting policy of elastic names no policy");
    }
    return tags;
}

/// An item of the blocklist, which is for one operating system.
std::string item(const Part& part, std::string_view os, const Label& label, OrderedJson entry,
                 const Output& output) {
    return json_line({{"list_id", "endpoint_blocklists"},
                      {"item_id", name_uuid(part, fmt::format("elastic/{}/{}", os, label.key))},
                      {"namespace_type", "agnostic"},
                      {"type", "simple"},
                      {"os_types", OrderedJson::array({os})},
                      {"name", label.name},
                      {"description", source_text(part)},
                      {"tags", tags_of(output)},
                      {"entries", OrderedJson::array({std::move(entry)})}});
}

OrderedJson match_any(std::string_view field, OrderedJson values) {
    return {{"field", field},
            {"type", "match_any"},
            {"operator", "included"},
            {"value", std::move(values)}};
}

/// The entry that a criterion comes to: one that the capabilities let through.
OrderedJson entry_of(const Criterion& criterion, Platform platform) {
    const bool windows_path = criterion.field == Field::Path && platform == Platform::Windows;
    const OrderedJson values =
        OrderedJson::array({windows_path ? with_backslashes(criterion.value) : criterion.value});
    if (criterion.field == Field::Path) {
        return match_any(platform == Platform::Linux ? "file.path" : "file.path.caseless", values);
    }
    return {{"field", "file.Ext.code_signature"},
            {"type", "nested"},
            {"entries", OrderedJson::array({match_any("subject_name", values)})}};
}

std::string hash_items(const Part& part, Platform platform, std::string_view os,
                       const Output& output) {
    std::vector<std::string> digests;
    for (const HashEntry& entry : part.entries) {
        if (!entry.platform || *entry.platform == platform) {
            digests.push_back(entry.sha256.to_string());
        }
    }
    std::string lines;
    for (std::size_t from = 0; from < digests.size(); from += most_an_item) {
        const auto begin = digests.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t size = std::min(most_an_item, digests.size() - from);
        const std::vector<std::string> values(begin, begin + static_cast<std::ptrdiff_t>(size));
        const Label label{fmt::format("{} ({}, {} to {})", harmless(part.package.name(), 96), os,
                                      from + 1, from + size),
                          fmt::format("hashes/{}", from)};
        lines += item(part, os, label, match_any("file.hash.sha256", values), output);
    }
    return lines;
}

std::string rule_items(const Part& part, Platform platform, std::string_view os,
                       const Output& output) {
    std::string lines;
    for (const MetadataRule& rule : part.rules) {
        if (std::find(rule.platforms.begin(), rule.platforms.end(), platform) ==
            rule.platforms.end()) {
            continue;
        }
        const Label label{
            fmt::format("{}: {}", harmless(part.package.name(), 96), harmless(rule.name, 96)),
            fmt::format("rules/{}", rule.name)};
        lines += item(part, os, label, entry_of(rule.criteria.front(), platform), output);
    }
    return lines;
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        std::string lines;
        for (const auto& [platform, os] : platform_words) {
            lines += hash_items(part, platform, os, output);
            lines += rule_items(part, platform, os, output);
        }
        output.add(part.stem + ".ndjson", std::move(lines));
    }
}

}  // namespace

TargetDefinition elastic() {
    return {
        {.name = "elastic",
         .engine = "Elastic Defend",
         .output = "blocklist items, the body of a call a line (NDJSON)",
         .category = TargetCategory::EndpointDetection,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                          .fields = {{.field = Field::Path, .operations = {Operation::Equals}},
                                     {.field = Field::Publisher,
                                      .operations = {Operation::Equals},
                                      .platforms = {Platform::Windows},
                                      .letter_case = LetterCase::Kept}},
                          .enforce = true,
                          .limits = {.entries_per_item = most_an_item, .criteria_per_rule = 1}},
         .settings = {{"policy",
                       "The ids of the policies that get the items, with commas between, or `all`.",
                       "all",
                       {}}},
         .documentation = "https://www.elastic.co/guide/en/security/current/blocklist.html",
         .remarks = {"Each line is the body of a call of POST /api/exception_lists/items, and the "
                     "list endpoint_blocklists has to be there before the first.",
                     "The documents are not for the import of Kibana, which takes what Kibana has "
                     "exported, and on most releases no blocklist at all.",
                     "Whether a match is prevented or only detected is set in the policy of "
                     "Elastic Defend, for its whole blocklist."}},
        write};
}

}  // namespace libblock::detail::targets
