#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <pugixml.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/xml.hpp"
#include "libblock/error.hpp"

namespace libblock::detail::targets {
namespace {

/// Ids of rules that are not Wazuh's own. Source: "Custom rules", documentation.wazuh.com.
constexpr std::size_t first_own_rule = 100'000;
constexpr std::size_t last_own_rule = 120'000;
/// Those that come from the names of packages: people begin theirs at the first.
constexpr std::size_t first_named_rule = 101'000;
constexpr std::uint32_t named_rules = 19'000;

/// Wazuh reads XML by a parser of its own, without entities; `$(` begins a field there.
constexpr std::string_view marks = "<>&\"'$\\";

std::size_t number_of(const Output& output, const std::string& name, std::size_t least,
                      std::size_t most) {
    const std::string& text = output.setting(name);
    std::size_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc() && rest == end && number >= least && number <= most) return number;
    throw Error(ErrorCode::InvalidValue,
                fmt::format("the setting {} of wazuh is {}, and no number from {} to {}", name,
                            quote(text), least, most));
}

std::string list_name(const Part& part) {
    return "libblock-" + part.stem;
}

/// Lines of a key and a value; nothing but keys may stand before the first colon.
std::string list_of(const Part& part) {
    std::string text;
    for (const HashEntry& entry : part.entries) {
        const std::string name = harmless_ascii(entry.file_name, ":\"");
        text += fmt::format("{}:{}\n", entry.sha256.to_string(), name.empty() ? part.stem : name);
    }
    return text;
}

std::string rule_of(const Part& part, const Output& output, std::size_t id, std::size_t level) {
    pugi::xml_document document;
    for (const auto& line : provenance_lines(part, output.target())) {
        add_comment(document.root(), harmless_ascii(line, marks, line.size()));
    }
    pugi::xml_node group = document.append_child("group");
    group.append_attribute("name").set_value("libblock,blocklist,");
    pugi::xml_node rule = group.append_child("rule");
    rule.append_attribute("id").set_value(std::to_string(id).c_str());
    rule.append_attribute("level").set_value(std::to_string(level).c_str());
    // The rules on changed and on added files.
    add_text(rule, "if_sid", "550, 554");
    pugi::xml_node list = add_text(rule, "list", "etc/lists/" + list_name(part));
    list.append_attribute("field").set_value("sha256");
    list.append_attribute("lookup").set_value("match_key");
    add_text(rule, "description",
             fmt::format("File of the blocklist package {}: $(file)",
                         harmless_ascii(part.package.name(), marks)));
    const std::string text = format_xml(document);
    return text.substr(text.find('\n') + 1);  // without the declaration, which no rule file has
}

void require_ids(std::size_t count, std::size_t first, std::size_t available) {
    if (count <= available) return;
    throw Error(ErrorCode::InvalidValue,
                fmt::format("{} packages need as many ids of rules, and from {} there are none "
                            "beyond {}",
                            count, first, first + available - 1));
}

/// The ids of the rules of all parts. By default they come from the names of the packages, for
/// packages are exported one by one too, and of two rules with one id Wazuh ignores the second.
std::vector<std::size_t> ids_of(std::span<const Part> parts, const Output& output) {
    std::vector<std::size_t> ids;
    if (output.setting("rule_id").empty()) {
        require_ids(parts.size(), first_named_rule, named_rules);
        std::set<std::uint32_t> taken;
        for (const Part& part : parts) {
            ids.push_back(first_named_rule + name_number(part.package.name(), named_rules, taken));
        }
        return ids;
    }
    const std::size_t first = number_of(output, "rule_id", first_own_rule, last_own_rule);
    require_ids(parts.size(), first, last_own_rule - first + 1);
    for (std::size_t i = 0; i < parts.size(); ++i) ids.push_back(first + i);
    return ids;
}

void write(std::span<const Part> parts, Output& output) {
    const std::vector<std::size_t> ids = ids_of(parts, output);
    const std::size_t level = number_of(output, "level", 1, 16);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const Part& part = parts[i];
        output.add(list_name(part), list_of(part));
        output.add(list_name(part) + ".xml", rule_of(part, output, ids[i], level));
    }
}

}  // namespace

TargetDefinition wazuh() {
    return {{.name = "wazuh",
             .engine = "Wazuh",
             .output = "CDB list, and a rule (.xml)",
             .category = TargetCategory::EndpointDetection,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .audit = AuditScope::Document},
             .settings = {{.name = "rule_id",
                           .description = "The id of the first rule, from 100000 to 120000, from "
                                          "which the others are counted; without it each comes "
                                          "from the name of its package."},
                          {.name = "level",
                           .description = "The level of the alert, from 1 to 16.",
                           .default_value = "13"}},
             .proof = Proof::Documentation,
             .documentation =
                 "https://documentation.wazuh.com/current/user-manual/ruleset/cdb-list.html",
             .remarks = {"The list goes to etc/lists, the rule to etc/rules, and ossec.conf has to "
                         "name the list; without that the rule is ignored with a warning.",
                         "The id of a rule comes from the name of the package and lies between "
                         "101000 and 119999. Of two rules with one id Wazuh ignores the second "
                         "with a warning: packages of one export never share one, those of several "
                         "may by chance, and rule_id gives another.",
                         "File integrity monitoring supplies the hashes: of the folders that it "
                         "watches alone."}},
            write};
}

}  // namespace libblock::detail::targets
