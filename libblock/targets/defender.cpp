#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_json.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"

namespace libblock::detail::targets {
namespace {

constexpr std::size_t most_a_document = 500;    // of one import, and of one call
constexpr std::size_t most_in_tenant = 15'000;  // that are active at the same time

/// One indicator, in the words of the interface; the columns of the CSV are the same.
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

/// Extensions of what is no portable executable, as `fold` leaves them.
constexpr std::array<std::string_view, 24> other_files{
    "7Z",  "APPX", "BAT", "CAB",  "CMD", "DOC", "DOCM", "DOCX", "HTA", "ISO", "JAR",  "JS",
    "LNK", "MSI",  "MSP", "MSIX", "PDF", "PS1", "RAR",  "RTF",  "VBS", "XLS", "XLSM", "ZIP"};

bool is_no_executable(const HashEntry& entry) {
    if (entry.platform.value_or(Platform::Windows) != Platform::Windows) return false;
    const std::string name = fold(entry.file_name, Folding::Windows);
    const std::size_t dot = name.rfind('.');
    return dot != std::string::npos && std::find(other_files.begin(), other_files.end(),
                                                 name.substr(dot + 1)) != other_files.end();
}

void report_no_executables(const Part& part, const HashEntries& entries, Output& output) {
    const Cause cause{LossKind::CannotMatch, LossReason::Engine,
                      fmt::format("on Windows {} compares portable executables alone, and by their "
                                  "names these files are none",
                                  output.target().engine)};
    for (const HashEntry& entry : entries) {
        if (is_no_executable(entry)) output.lose(part, cause, entry);
    }
}

std::string csv_of(const Part& part, const Chunk& chunk, const Output& output) {
    std::string text =
        "indicatorType,indicatorValue,expirationTime,action,severity,title,description,"
        "recommendedActions,rbacGroups,category,mitretechniques,GenerateAlert\n";
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

void write(std::span<const Part> parts, Output& output) {
    const bool csv = output.setting("form") == "csv";
    std::size_t room = most_in_tenant;
    for (const Part& part : parts) {
        const HashEntries entries = within(part, room, output);
        report_no_executables(part, entries, output);
        for (const Chunk& chunk : chunks_of(entries, most_a_document)) {
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
