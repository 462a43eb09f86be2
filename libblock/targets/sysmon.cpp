#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/path_text.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/xml.hpp"

namespace libblock::detail::targets {
namespace {

/// An event of Sysmon, and the first schema that has it.
struct Event {
    const char* name;
    const char* schema;
};

/// Enforced, the writing of an executable is stopped; in audit, recorded.
constexpr Event block{"FileBlockExecutable", "4.82"};
constexpr Event detect{"FileExecutableDetected", "4.90"};

struct Comparison {
    Operation operation;
    const char* condition;
};

constexpr std::array<Comparison, 4> comparisons{{
    {Operation::Equals, "is"},
    {Operation::Contains, "contains"},
    {Operation::StartsWith, "begin with"},
    {Operation::EndsWith, "end with"},
}};

const char* condition_of(const Criterion& criterion) {
    // A name is the end of the path.
    if (criterion.field == Field::FileName) return "end with";
    return std::find_if(
               comparisons.begin(), comparisons.end(),
               [&](const Comparison& each) { return each.operation == criterion.operation; })
        ->condition;
}

std::string upper(std::string digits) {
    for (char& c : digits) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return digits;
}

/// The value of a field in a condition, or nothing if the file cannot hold it.
std::optional<std::string> value_of(const Criterion& criterion) {
    std::string value = with_backslashes(criterion.value);
    if (harmless(value, value.size()) != value) return std::nullopt;
    return criterion.field == Field::FileName ? "\\" + value : value;
}

class Configuration {
public:
    Configuration(std::span<const Part> parts, const Output& output)
        : root_(document_.append_child("Sysmon")) {
        const bool audit = std::any_of(parts.begin(), parts.end(), [](const Part& part) {
            return part.state == EnforcementState::Audit;
        });
        root_.append_attribute("schemaversion").set_value(audit ? detect.schema : block.schema);
        for (const Part& part : parts) {
            for (const auto& line : provenance_lines(part, output.target())) {
                add_comment(root_, line);
            }
        }
        add_text(root_, "HashAlgorithms", "SHA256");
        filtering_ = root_.append_child("EventFiltering");
    }

    void write(const Part& part, Output& output) {
        pugi::xml_node group;
        // An empty group would be a rule that includes nothing, and no group none at all.
        const auto rules = [&] {
            if (group) return group;
            pugi::xml_node parent = filtering_.append_child("RuleGroup");
            parent.append_attribute("name").set_value(harmless(part.package.name()).c_str());
            parent.append_attribute("groupRelation").set_value("or");
            group = parent.append_child(part.state == EnforcementState::Audit ? detect.name
                                                                              : block.name);
            group.append_attribute("onmatch").set_value("include");
            empty_ = false;
            return group;
        };
        for (const MetadataRule& rule : part.rules) {
            if (!is_writable(rule)) {
                output.lose(part,
                            {LossKind::LeftOut, LossReason::Value,
                             "a configuration of Sysmon holds visible characters alone"},
                            rule);
                continue;
            }
            add_rule(rules(), rule);
        }
        for (const HashEntry& entry : part.entries) {
            add_condition(rules(), "Hashes", "contains", harmless(entry.file_name),
                          "SHA256=" + upper(entry.sha256.to_string()));
        }
    }

    bool empty() const { return empty_; }
    std::string text() const { return format_xml(document_); }

private:
    static bool is_writable(const MetadataRule& rule) {
        return std::all_of(rule.criteria.begin(), rule.criteria.end(),
                           [](const Criterion& each) { return value_of(each).has_value(); });
    }

    static void add_condition(pugi::xml_node parent, const char* field, const char* condition,
                              const std::string& name, const std::string& value) {
        pugi::xml_node node = add_text(parent, field, value);
        if (!name.empty()) node.append_attribute("name").set_value(name.c_str());
        node.append_attribute("condition").set_value(condition);
    }

    static void add_rule(pugi::xml_node parent, const MetadataRule& rule) {
        pugi::xml_node node = parent.append_child("Rule");
        node.append_attribute("name").set_value(harmless(rule.name).c_str());
        node.append_attribute("groupRelation").set_value("and");
        for (const Criterion& each : rule.criteria) {
            add_condition(node, "TargetFilename", condition_of(each), "", *value_of(each));
        }
    }

    pugi::xml_document document_;
    pugi::xml_node root_;
    pugi::xml_node filtering_;
    bool empty_ = true;
};

/// All packages in one configuration: Sysmon has one at a time.
void write(std::span<const Part> parts, Output& output) {
    Configuration configuration(parts, output);
    for (const Part& part : parts) {
        configuration.write(part, output);
        if (part.state != EnforcementState::Enforce) continue;
        output.lose(part, {LossKind::Narrowed, LossReason::Engine,
                           "Sysmon stops a file from being written: one that is there already "
                           "still runs"});
    }
    if (configuration.empty()) return;
    output.add((parts.size() == 1 ? parts.front().stem : "blocklist") + ".xml",
               configuration.text());
}

std::vector<Operation> operations() {
    std::vector<Operation> all;
    all.reserve(comparisons.size());
    for (const Comparison& each : comparisons) all.push_back(each.operation);
    return all;
}

}  // namespace

TargetDefinition sysmon() {
    return {
        {.name = "sysmon",
         .engine = "Sysmon",
         .output = "configuration (.xml)",
         .category = TargetCategory::ApplicationControl,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Windows},
                          .executables_only = {Platform::Windows},  // it looks for their header
                          .fields = {{.field = Field::FileName, .operations = {Operation::Equals}},
                                     {.field = Field::Path, .operations = operations()}},
                          .enforce = true,
                          .audit = AuditScope::Rule},
         .proof = Proof::Documentation,
         .documentation = "https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon",
         .remarks = {"FileBlockExecutable (Sysmon 14) stops a PE file from being written, not "
                     "from running; FileExecutableDetected (Sysmon 15) is its audit.",
                     "Sysmon has one configuration at a time: merge the rule groups into "
                     "yours, whose HashAlgorithms have to name SHA256."}},
        write};
}

}  // namespace libblock::detail::targets
