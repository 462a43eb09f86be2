#include <algorithm>
#include <array>
#include <cstddef>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/xml.hpp"

namespace libblock::detail::targets {
namespace {

/// The word for the Original Filename: what the file repository calls it, and not confirmed.
constexpr std::string_view unconfirmed_name = "origname";

/// A field that the console offers, and its token where one has been seen. The setting of the
/// field's name says another, or the one that is not known.
struct FieldToken {
    Field field;
    std::string_view token;
};

constexpr std::array<FieldToken, 7> field_tokens{{
    {Field::OriginalFilename, unconfirmed_name},
    {Field::Path, "path"},
    {Field::Publisher, "publisher"},
    {Field::HostName, "hostname"},
    {Field::ParentProcess, ""},
    {Field::GrandparentProcess, ""},
    {Field::SecurityGroup, ""},
}};

struct OperationToken {
    Operation operation;
    const char* token;
};

constexpr std::array<OperationToken, 3> operation_tokens{{
    {Operation::Equals, "match"},
    {Operation::Contains, "contains"},
    {Operation::Wildcard, "wildcard"},
}};

constexpr std::size_t most_criteria = 5;

const char* token_of(Operation operation) {
    return std::find_if(operation_tokens.begin(), operation_tokens.end(),
                        [&](const OperationToken& each) { return each.operation == operation; })
        ->token;
}

const char* token_of(Platform platform) {
    constexpr std::array<const char*, 3> tokens{"windows", "mac", "linux"};
    return tokens[static_cast<std::size_t>(platform)];
}

std::string token_of(Field field, const Output& output) {
    return harmless(output.setting(std::string(to_string(field))));
}

void add_file(pugi::xml_node parent, const HashEntry& entry) {
    pugi::xml_node file = parent.append_child("fileload");
    add_text(file, "path", harmless(entry.file_name));
    add_text(file, "sha256", entry.sha256.to_string());
}

void add_rule(pugi::xml_node parent, const MetadataRule& rule, Platform platform,
              const Output& output) {
    pugi::xml_node node = parent.append_child("metarule");
    add_text(node, "name", harmless(rule.name));
    add_text(node, "os", token_of(platform));
    std::size_t index = 0;
    for (const Criterion& each : rule.criteria) {
        pugi::xml_node criterion = node.append_child("criteria");
        add_text(criterion, "index", std::to_string(index++));
        add_text(criterion, "field", token_of(each.field, output));
        add_text(criterion, "operation", token_of(each.operation));
        add_text(criterion, "value", each.value);
    }
}

/// Whether all that the rule needs is known; what is not is lost.
bool can_write(const Part& part, const MetadataRule& rule, Output& output) {
    const auto& criteria = rule.criteria;
    if (std::any_of(criteria.begin(), criteria.end(),
                    [&](const auto& each) { return token_of(each.field, output).empty(); })) {
        output.lose(part,
                    {LossKind::LeftOut, LossReason::MissingFact,
                     "Airlock's word for the field is not known: the setting of the field's name "
                     "says it"},
                    rule);
        return false;
    }
    if (std::all_of(criteria.begin(), criteria.end(), [](const Criterion& each) {
            return harmless(each.value, each.value.size()) == each.value;
        })) {
        return true;
    }
    output.lose(
        part, {LossKind::LeftOut, LossReason::Value, "the document holds visible characters alone"},
        rule);
    return false;
}

/// What is lost of a package whatever it holds, and of its rules.
void report_unknowns(const Part& part, Output& output) {
    output.lose(part, {LossKind::Narrowed, LossReason::State,
                       "the state is not in the document, but given where the package is approved "
                       "on a group; and the form is experimental: no server has read it"});
    if (output.setting("original_filename") != unconfirmed_name) return;
    for (const MetadataRule& rule : part.rules) {
        const bool named = std::any_of(
            rule.criteria.begin(), rule.criteria.end(),
            [](const Criterion& each) { return each.field == Field::OriginalFilename; });
        if (!named) continue;
        output.lose(
            part,
            {LossKind::Narrowed, LossReason::MissingFact,
             "Airlock's word for the Original Filename is not confirmed: if it is not "
             "origname, the rule finds nothing; the setting original_filename says another"},
            rule);
    }
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        pugi::xml_document document;
        pugi::xml_node root = document.append_child("blocklist");
        for (const auto& line : provenance_lines(part, output.target())) add_comment(root, line);
        add_comment(root,
                    "Experimental: no server has read this form. The state is no part of it but is "
                    "given where the package is approved on a group; the word for the Original "
                    "Filename is not confirmed.");
        add_text(root, "name", harmless(part.package.name()));
        pugi::xml_node records = root.append_child("ResultsSection");
        bool empty = part.entries.empty();
        for (const HashEntry& entry : part.entries) add_file(records, entry);
        for (const MetadataRule& rule : part.rules) {
            if (!can_write(part, rule, output)) continue;
            for (const Platform each : rule.platforms) add_rule(records, rule, each, output);
            empty = false;
        }
        if (empty) continue;
        report_unknowns(part, output);
        output.add(part.stem + ".xml", format_xml(document));
    }
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all;
    for (const FieldToken& each : field_tokens) {
        all.push_back({.field = each.field, .operations = {}});
        for (const OperationToken& token : operation_tokens) {
            all.back().operations.push_back(token.operation);
        }
    }
    return all;
}

std::vector<TargetSetting> settings() {
    std::vector<TargetSetting> all;
    for (const FieldToken& each : field_tokens) {
        const std::string name(to_string(each.field));
        all.push_back({.name = name,
                       .description = "What Airlock calls the field " + name +
                                      (each.token.empty() ? "; not known." : "."),
                       .default_value = std::string(each.token)});
    }
    return all;
}

}  // namespace

TargetDefinition airlock() {
    return {{.name = "airlock",
             .engine = "Airlock",
             .output = "blocklist package (.xml)",
             .category = TargetCategory::ApplicationControl,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .fields = fields(),
                              .enforce = true,
                              .audit = AuditScope::Document,
                              .limits = {.criteria_per_rule = most_criteria}},
             .settings = settings(),
             .proof = Proof::Documentation,
             .documentation = "https://www.airlockdigital.com",
             .remarks = {"Experimental: the form is put together from what is known of others of "
                         "its exports, and no server has read it.",
                         "The state is not in the document: it is given where the package is "
                         "approved, on a group.",
                         "The word origname for the Original Filename is not confirmed."},
             .experimental = true},
            write};
}

}  // namespace libblock::detail::targets
