#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_a_document = 500;    // of one import, and of one call
constexpr std::size_t most_in_tenant = 15'000;  // that are active at the same time

/// One indicator, in the words of the interface; those of the CSV differ in letter case.
struct Indicator {
    std::string value;
    std::string expires;
    std::string action;
    std::string title;
    std::string description;
};

/// `2026-01-02T03:04:05.0Z`, or nothing.
std::string expiry_of(const Part& part) {
    const auto& expires = part.package.expires();
    if (!expires) return {};
    std::string text = to_string(*expires);
    text.insert(text.size() - 1, ".0");
    return text;
}

Indicator indicator_of(const Part& part, const HashEntry& entry, const Output& output) {
    const bool audit = part.state == EnforcementState::Audit;
    return {entry.sha256.to_string(), expiry_of(part),
            audit ? std::string("Audit") : output.setting("action"), title_of(part, entry),
            source_text(part)};
}

std::string in_quotes(std::string_view text) {
    std::string cell = "\"";
    for (const char c : text) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

/// A text of the package in quotes. None begins with what a spreadsheet takes for a formula.
std::string cell(std::string_view text) {
    constexpr std::string_view formula = "=+-@";
    const bool calculates = !text.empty() && formula.find(text.front()) != std::string_view::npos;
    return in_quotes(calculates ? fmt::format("'{}", text) : std::string(text));
}

std::string csv_of(const Part& part, const Chunk& chunk, const Output& output) {
    // Spelt as in the sample that the portal offers.
    std::string text =
        "IndicatorType,IndicatorValue,ExpirationTime,Action,Severity,Title,Description,"
        "RecommendedActions,RbacGroups,Category,MitreTechniques,GenerateAlert\n";
    const std::string groups = fmt::format("{}", fmt::join(listed(output, "groups"), ","));
    for (const HashEntry& entry : chunk.entries) {
        const Indicator each = indicator_of(part, entry, output);
        text += fmt::format("FileSha256,{},{},{},{},{},{},,{},,,True\n", each.value, each.expires,
                            each.action, output.setting("severity"), cell(each.title),
                            cell(each.description), in_quotes(groups));
    }
    return text;
}

std::string json_of(const Part& part, const Chunk& chunk, const Output& output) {
    const std::vector<std::string> groups = listed(output, "groups");
    OrderedJson indicators = OrderedJson::array();
    for (const HashEntry& entry : chunk.entries) {
        const Indicator each = indicator_of(part, entry, output);
        OrderedJson item{{"indicatorValue", each.value},
                         {"indicatorType", "FileSha256"},
                         {"title", each.title},
                         {"action", each.action},
                         {"severity", output.setting("severity")},
                         {"description", each.description},
                         {"generateAlert", true}};
        if (!each.expires.empty()) item["expirationTime"] = each.expires;
        if (!groups.empty()) item["rbacGroupNames"] = groups;
        indicators.push_back(std::move(item));
    }
    return json_document({{"Indicators", std::move(indicators)}});
}

void report_warning(const Part& part, Output& output) {
    if (part.state != EnforcementState::Enforce || output.setting("action") != "Warn") return;
    output.lose(part, {LossKind::Narrowed, LossReason::State,
                       "with action=Warn the person is warned and can let the file run"});
}

void write(std::span<const Part> parts, Output& output) {
    const bool csv = output.setting("form") == "csv";
    const std::vector<HashEntries> within = within_limit(parts, output);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts[i];
        report_warning(part, output);
        for (const Chunk& chunk : chunks_of(within[i], most_a_document)) {
            output.add(chunk_name(part, chunk, csv ? "csv" : "json"),
                       csv ? csv_of(part, chunk, output) : json_of(part, chunk, output));
        }
    }
}

}  // namespace

TargetDefinition defender() {
    return {
        {.name = "defender",
         .engine = "Microsoft Defender for Endpoint",
         .output = "indicators (CSV or JSON)",
         .category = TargetCategory::EndpointDetection,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                          .executables_only = {Platform::Windows},
                          .enforce = true,
                          .audit = AuditScope::Rule,
                          .expiry = true,
                          .message = true,
                          .limits = {.entries = most_in_tenant,
                                     .entries_per_document = most_a_document}},
         .settings =
             {{"form",
               "CSV for the import of the portal, or JSON for the interface.",
               "csv",
               {"csv", "json"}},
              {"action",
               "What happens to a file when the package is enforced.",
               "Block",
               {"Block", "BlockAndRemediate", "Warn"}},
              {"severity", "Of the alerts.", "High", {"Informational", "Low", "Medium", "High"}},
              {"groups",
               "The device groups, with commas between; none means all devices.",
               "",
               {}}},
         .documentation = "https://learn.microsoft.com/defender-endpoint/indicator-file",
         .remarks = {"On Windows only portable executables (.exe and .dll) are compared.",
                     "Exclusions of the antivirus and policies of App Control go first."}},
        write};
}

}  // namespace libblock::detail::targets
