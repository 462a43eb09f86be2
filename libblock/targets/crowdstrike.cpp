#include <fmt/format.h>

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_a_document = 200;  // a modest call; no bound is documented

constexpr std::array<std::pair<Platform, const char*>, 3> platform_words{
    {{Platform::Windows, "windows"}, {Platform::Macos, "mac"}, {Platform::Linux, "linux"}}};

OrderedJson platforms_of(const HashEntry& entry) {
    OrderedJson platforms = OrderedJson::array();
    for (const auto& [platform, word] : platform_words) {
        if (!entry.platform || *entry.platform == platform) platforms.push_back(word);
    }
    return platforms;
}

OrderedJson indicator_of(const Part& part, const HashEntry& entry, const Output& output,
                         const std::vector<std::string>& groups) {
    const bool audit = part.state == EnforcementState::Audit;
    OrderedJson item{{"type", "sha256"},
                     {"value", entry.sha256.to_string()},
                     {"action", audit ? std::string("detect") : output.setting("action")},
                     {"severity", output.setting("severity")},
                     {"platforms", platforms_of(entry)},
                     {"source", "libblock"},
                     {"description", title_of(part, entry)}};
    if (groups.empty()) {
        item["applied_globally"] = true;
    } else {
        item["host_groups"] = groups;
    }
    if (part.package.expires()) item["expiration"] = to_string(*part.package.expires());
    const std::string name = harmless(entry.file_name);
    if (!name.empty()) item["metadata"] = {{"filename", name}};
    return item;
}

/// The ids of host groups, each of 32 hexadecimal digits.
std::vector<std::string> groups_of(const Output& output) {
    std::vector<std::string> groups = listed(output, "groups");
    for (const std::string& group : groups) {
        const bool hexadecimal = group.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (group.size() != 32 || !hexadecimal) {
            throw Error(ErrorCode::InvalidValue,
                        fmt::format("the setting groups of crowdstrike: {} is no id of a host "
                                    "group, which has 32 digits of 0 to 9 and a to f",
                                    quote(group)));
        }
    }
    return groups;
}

void write(std::span<const Part> parts, Output& output) {
    const std::vector<std::string> groups = groups_of(output);
    for (const Part& part : parts) {
        for (const Chunk& chunk : chunks_of(part.entries, most_a_document)) {
            OrderedJson indicators = OrderedJson::array();
            for (const HashEntry& entry : chunk.entries) {
                indicators.push_back(indicator_of(part, entry, output, groups));
            }
            output.add(chunk_name(part, chunk, "json"),
                       json_document({{"comment", source_text(part)},
                                      {"indicators", std::move(indicators)}}));
        }
    }
}

}  // namespace

TargetDefinition crowdstrike() {
    return {{.name = "crowdstrike",
             .engine = "CrowdStrike Falcon",
             .output = "custom indicators (JSON)",
             .category = TargetCategory::EndpointDetection,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .enforce = true,
                              .audit = AuditScope::Rule,
                              .expiry = true,
                              .limits = {.entries_per_document = most_a_document}},
             .settings = {{"action",
                           "What happens to a file when the package is enforced.",
                           "prevent",
                           {"prevent", "prevent_no_ui"}},
                          {"severity",
                           "Of the detections.",
                           "high",
                           {"informational", "low", "medium", "high", "critical"}},
                          {"groups",
                           "The ids of host groups, with commas between; none means all hosts.",
                           "",
                           {}}},
             .documentation = "https://www.falconpy.io/Service-Collections/IOC.html",
             .remarks = {"The name of a file is a label: the hash alone decides."}},
            write};
}

}  // namespace libblock::detail::targets
