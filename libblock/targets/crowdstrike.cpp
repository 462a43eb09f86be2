#include <array>
#include <span>
#include <string>
#include <utility>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_a_document = 200;  // of one call of the interface

constexpr std::array<std::pair<Platform, const char*>, 3> platform_words{
    {{Platform::Windows, "windows"}, {Platform::Macos, "mac"}, {Platform::Linux, "linux"}}};

OrderedJson platforms_of(const HashEntry& entry) {
    OrderedJson platforms = OrderedJson::array();
    for (const auto& [platform, word] : platform_words) {
        if (!entry.platform || *entry.platform == platform) platforms.push_back(word);
    }
    return platforms;
}

OrderedJson indicator_of(const Part& part, const HashEntry& entry, const Output& output) {
    const bool audit = part.state == EnforcementState::Audit;
    OrderedJson item{{"type", "sha256"},
                     {"value", entry.sha256.to_string()},
                     {"action", audit ? "detect" : "prevent"},
                     {"severity", output.setting("severity")},
                     {"platforms", platforms_of(entry)},
                     {"source", "libblock"},
                     {"description", title_of(part, entry)}};
    const std::string group = harmless(output.setting("host_group"));
    if (group.empty()) {
        item["applied_globally"] = true;
    } else {
        item["host_groups"] = OrderedJson::array({group});
    }
    if (part.package.expires()) item["expiration"] = to_string(*part.package.expires());
    const std::string name = harmless(entry.file_name);
    if (!name.empty()) item["metadata"] = {{"filename", name}};
    return item;
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        for (const Chunk& chunk : chunks_of(part.entries, most_a_document)) {
            OrderedJson indicators = OrderedJson::array();
            for (const HashEntry& entry : chunk.entries) {
                indicators.push_back(indicator_of(part, entry, output));
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
             .settings = {{"severity",
                           "Of the detections.",
                           "high",
                           {"informational", "low", "medium", "high", "critical"}},
                          {"host_group", "The id of a host group; none means all hosts.", "", {}}},
             .documentation = "https://www.falconpy.io/Service-Collections/IOC.html",
             .remarks = {"The name of a file is a label: the hash alone decides."}},
            write};
}

}  // namespace libblock::detail::targets
