#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/file_type.hpp"
#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/path_text.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/xml.hpp"

namespace libblock::detail::targets {
namespace {

/// So many hashes of one rule.
constexpr std::size_t hashes_per_rule = 1000;
constexpr const char* everyone = "S-1-1-0";

/// A rule collection, and the extensions of the files that it decides on.
/// Source: "Working with AppLocker rules", learn.microsoft.com.
struct Collection {
    const char* type;
    std::array<std::string_view, 5> extensions;
};

constexpr std::array<Collection, 4> collections{{
    {"Exe", {"exe", "com"}},
    {"Dll", {"dll", "ocx"}},
    {"Msi", {"msi", "msp", "mst"}},
    {"Script", {"ps1", "bat", "cmd", "vbs", "js"}},
}};
constexpr std::size_t exe = 0;
constexpr std::size_t dll = 1;

/// Some of the collections.
using Choice = std::bitset<collections.size()>;
const Choice everywhere = Choice().set();
const Choice programs = Choice().set(exe).set(dll);

/// Those that decide on files of that name, or `otherwise` if the name does not tell.
Choice choice_of(std::string_view file_name, const Choice& otherwise) {
    const std::string extension = extension_of(file_name);
    Choice choice;
    for (std::size_t i = 0; i < collections.size() && !extension.empty(); ++i) {
        const auto& known = collections[i].extensions;
        choice[i] = std::find(known.begin(), known.end(), extension) != known.end();
    }
    return choice.any() ? choice : otherwise;
}

/// Whether by its name no collection decides on the file: drivers, packaged apps but for their
/// publishers, archives, documents and other scripts.
bool is_undecided(std::string_view file_name) {
    const bool other = is_driver(file_name) || is_no_executable(file_name, Platform::Windows);
    return other && choice_of(file_name, {}).none();
}

Cause undecided() {
    return {LossKind::CannotMatch, LossReason::Engine,
            "AppLocker decides on programs, libraries, installers (.msi, .msp, .mst) and scripts "
            "(.ps1, .bat, .cmd, .vbs, .js), and by their names these files are none: on drivers, "
            "archives and documents it does not decide, on packaged apps only by publisher"};
}

/// The condition of a metadata rule: a path, or what the version resource of a signed file says.
struct Condition {
    std::string path = {};
    std::string product = "*";
    std::string binary = "*";
    Choice choice;
};

bool is_writable(const std::string& value) {
    return value.find_first_of("*?") == std::string::npos && harmless(value, value.size()) == value;
}

bool add_path(Condition& condition, const Criterion& criterion) {
    const auto pattern = one_star_pattern(criterion);
    if (!pattern || harmless(*pattern, pattern->size()) != *pattern) return false;
    condition.path = *pattern;
    condition.choice = choice_of(*pattern, everywhere);
    return true;
}

/// Whether the condition could take one more criterion on what the version resource says.
bool add_resource(Condition& condition, const Criterion& criterion) {
    const bool is_name = criterion.field == Field::OriginalFilename;
    std::string& value = is_name ? condition.binary : condition.product;
    if (value != "*" || !is_writable(criterion.value)) return false;
    // AppLocker itself writes them in upper case.
    value = fold(criterion.value, Folding::Windows);
    condition.choice = choice_of(condition.binary, programs);
    return true;
}

/// Nothing if no single condition asks for all criteria of the rule.
std::optional<Condition> condition_of(const MetadataRule& rule) {
    Condition condition;
    for (const Criterion& each : rule.criteria) {
        const bool path = each.field == Field::Path;
        if (path && rule.criteria.size() > 1) return std::nullopt;
        if (!(path ? add_path(condition, each) : add_resource(condition, each))) {
            return std::nullopt;
        }
    }
    return condition;
}

/// The policy of a package: collections of rules that deny, and of one that allows the rest.
class Policy {
public:
    Policy(const Part& part, Output& output)
        : part_(part), output_(output), root_(document_.append_child("AppLockerPolicy")) {
        root_.append_attribute("Version").set_value("1");
        for (const auto& line : provenance_lines(part, output.target())) add_comment(root_, line);
        add_comment(
            root_,
            "Merged into another policy, the rules that allow all undo its allowlist: remove "
            "them before.");
        if (part.state != EnforcementState::Audit) return;
        add_comment(root_,
                    "A merge keeps the mode of the policy that is there: merged into an enforced "
                    "collection, these rules block.");
    }

    void deny(const HashEntry& entry) {
        const Choice choice = available(choice_of(entry.file_name, programs), entry);
        for (std::size_t i = 0; i < collections.size(); ++i) {
            if (!choice[i]) continue;
            auto& [condition, count] = hashes_[i][entry.kind == HashKind::File ? 1 : 0];
            if (count % hashes_per_rule == 0) {
                condition = add_hash_rule(i, entry.kind, count / hashes_per_rule + 1);
            }
            ++count;
            add_hash(condition, entry);
        }
    }

    void deny(const MetadataRule& rule, const Condition& condition) {
        const Choice choice = available(condition.choice, rule);
        for (std::size_t i = 0; i < collections.size(); ++i) {
            if (!choice[i]) continue;
            if (condition.path.empty()) {
                add_publisher_rule(i, rule, condition);
            } else {
                add_path_rule(collection(i), id_of(path_name(i, rule)), harmless(rule.name), "Deny",
                              condition.path);
            }
        }
    }

    bool empty() const {
        return std::all_of(nodes_.begin(), nodes_.end(),
                           [](const pugi::xml_node& each) { return each.empty(); });
    }
    std::string text() const { return format_xml(document_); }

private:
    /// The conditions of the last rule for hashes, and how many hashes there are.
    struct Hashes {
        pugi::xml_node condition;
        std::size_t count = 0;
    };

    /// Those of the collections that the settings leave; what the others would do is lost.
    template <typename Subject>
    Choice available(Choice choice, const Subject& subject) {
        if (output_.setting("dlls") == "yes" || !choice[dll]) return choice;
        choice.reset(dll);
        const bool none = choice.none();
        output_.lose(part_,
                     {none ? LossKind::LeftOut : LossKind::Narrowed, LossReason::Engine,
                      "the setting dlls leaves out what AppLocker would decide on libraries"},
                     subject);
        return choice;
    }

    /// Another one for each state: a merge takes rules whose ids are there already for the same.
    std::string id_of(const std::string& name) const {
        return name_uuid(part_, fmt::format("applocker/{}/{}", to_string(part_.state), name));
    }

    /// A collection stops all that none of its rules allows: the first rule allows everything.
    pugi::xml_node collection(std::size_t index) {
        if (nodes_[index]) return nodes_[index];
        if (index == exe) allow_packaged_apps();
        nodes_[index] = new_collection(collections[index].type);
        add_path_rule(nodes_[index], id_of(fmt::format("{}/*", collections[index].type)),
                      "Allow all that is not denied", "Allow", "*");
        return nodes_[index];
    }

    pugi::xml_node new_collection(const char* type) {
        pugi::xml_node node = root_.append_child("RuleCollection");
        node.append_attribute("Type").set_value(type);
        node.append_attribute("EnforcementMode")
            .set_value(part_.state == EnforcementState::Audit ? "AuditOnly" : "Enabled");
        return node;
    }

    /// A machine with rules for executables and none for packaged apps stops all packaged apps.
    /// Source: "Packaged Apps Rules in AppLocker", learn.microsoft.com.
    void allow_packaged_apps() {
        pugi::xml_node rule = add_rule(new_collection("Appx"), "FilePublisherRule", id_of("Appx/*"),
                                       "Allow all packaged apps", "Allow");
        add_publisher(rule, "*", "*", "0.0.0.0");
    }

    pugi::xml_node add_rule(pugi::xml_node parent, const char* type, const std::string& id,
                            const std::string& name, const char* action) {
        pugi::xml_node rule = parent.append_child(type);
        rule.append_attribute("Id").set_value(id.c_str());
        rule.append_attribute("Name").set_value(name.c_str());
        rule.append_attribute("Description")
            .set_value(fmt::format("{}, version {}", harmless(part_.package.name()),
                                   part_.package.version())
                           .c_str());
        rule.append_attribute("UserOrGroupSid").set_value(everyone);
        rule.append_attribute("Action").set_value(action);
        return rule;
    }

    pugi::xml_node add_hash_rule(std::size_t index, HashKind kind, std::size_t number) {
        const std::string name =
            fmt::format("{}/hashes/{}/{}", collections[index].type, to_string(kind), number);
        return add_rule(collection(index), "FileHashRule", id_of(name),
                        fmt::format("{}: {} hashes {}", harmless(part_.package.name()),
                                    to_string(kind), number),
                        "Deny")
            .append_child("Conditions")
            .append_child("FileHashCondition");
    }

    static void add_hash(pugi::xml_node condition, const HashEntry& entry) {
        pugi::xml_node hash = condition.append_child("FileHash");
        hash.append_attribute("Type").set_value(entry.kind == HashKind::File ? "SHA256Flat"
                                                                             : "SHA256");
        hash.append_attribute("Data").set_value(("0x" + entry.sha256.to_string()).c_str());
        const std::string name = harmless(entry.file_name);
        if (!name.empty()) hash.append_attribute("SourceFileName").set_value(name.c_str());
    }

    void add_path_rule(pugi::xml_node parent, const std::string& id, const std::string& name,
                       const char* action, const std::string& path) {
        add_rule(parent, "FilePathRule", id, name, action)
            .append_child("Conditions")
            .append_child("FilePathCondition")
            .append_attribute("Path")
            .set_value(path.c_str());
    }

    static std::string path_name(std::size_t index, const MetadataRule& rule) {
        return fmt::format("{}/rule/{}", collections[index].type, rule.name);
    }

    void add_publisher_rule(std::size_t index, const MetadataRule& rule,
                            const Condition& condition) {
        pugi::xml_node node = add_rule(collection(index), "FilePublisherRule",
                                       id_of(path_name(index, rule)), harmless(rule.name), "Deny");
        add_publisher(node, condition.product, condition.binary, "*");
    }

    static void add_publisher(pugi::xml_node rule, const std::string& product,
                              const std::string& binary, const char* lowest) {
        pugi::xml_node condition =
            rule.append_child("Conditions").append_child("FilePublisherCondition");
        condition.append_attribute("PublisherName").set_value("*");
        condition.append_attribute("ProductName").set_value(product.c_str());
        condition.append_attribute("BinaryName").set_value(binary.c_str());
        pugi::xml_node versions = condition.append_child("BinaryVersionRange");
        versions.append_attribute("LowSection").set_value(lowest);
        versions.append_attribute("HighSection").set_value("*");
    }

    const Part& part_;
    Output& output_;
    pugi::xml_document document_;
    pugi::xml_node root_;
    std::array<pugi::xml_node, collections.size()> nodes_;
    std::array<std::array<Hashes, 2>, collections.size()> hashes_;
};

void deny_hash(const Part& part, const HashEntry& entry, Policy& policy, Output& output) {
    if (entry.kind == HashKind::File) {
        if (output.setting("flat_hashes") == "leave_out") {
            output.lose(part,
                        {LossKind::LeftOut, LossReason::HashKind,
                         "AppLocker documents Authenticode hashes alone, which the hash of the "
                         "whole file never equals: take those of the samples if they are at hand, "
                         "or try flat_hashes=sha256flat, which is not documented"},
                        entry);
            return;
        }
        output.lose(part,
                    {LossKind::Narrowed, LossReason::HashKind,
                     "AppLocker's SHA256Flat is not documented: try it on each version of Windows"},
                    entry);
    }
    if (is_undecided(entry.file_name)) output.lose(part, undecided(), entry);
    policy.deny(entry);
}

Cause why_no_condition(const MetadataRule& rule) {
    const Criterion& first = rule.criteria.front();
    if (rule.criteria.size() == 1 && first.field == Field::Path) {
        return {LossKind::LeftOut, LossReason::Value,
                fmt::format("in a rule of AppLocker, {}", why_no_star_pattern(first))};
    }
    return {LossKind::LeftOut, LossReason::SeveralCriteria,
            "a rule of AppLocker takes one path, or an Original Filename and a product, without * "
            "and ?, of visible characters alone"};
}

void deny_rule(const Part& part, const MetadataRule& rule, Policy& policy, Output& output) {
    const auto condition = condition_of(rule);
    if (!condition) {
        output.lose(part, why_no_condition(rule), rule);
        return;
    }
    const std::string& name = condition->path.empty() ? condition->binary : condition->path;
    if (is_undecided(name)) output.lose(part, undecided(), rule);
    if (condition->path.empty()) {
        output.lose(part,
                    {LossKind::Narrowed, LossReason::Engine,
                     "AppLocker reads Original Filename and product of signed files alone: an "
                     "unsigned one runs"},
                    rule);
    }
    policy.deny(rule, *condition);
}

/// The policy of a part; empty if nothing of it can be said.
std::string policy_of(const Part& part, Output& output) {
    Policy policy(part, output);
    for (const MetadataRule& rule : part.rules) deny_rule(part, rule, policy, output);
    for (const HashEntry& entry : part.entries) deny_hash(part, entry, policy, output);
    if (policy.empty()) return {};
    if (part.state == EnforcementState::Audit) {
        output.lose(part, {LossKind::Widened, LossReason::State,
                           "merged into an enforced collection the rules block, for "
                           "Set-AppLockerPolicy -Merge keeps the mode that is there, and the rule "
                           "that allows all undoes an allowlist: set the policy where there is "
                           "none yet, or remove that rule and merge into AuditOnly"});
    }
    return policy.text();
}

void leave_out(const Part& part, Output& output) {
    const Cause cause{LossKind::LeftOut, LossReason::State,
                      "AppLocker has one mode for all rules of a collection, whatever policy they "
                      "come from: beside an enforced package this one would be enforced too"};
    for (const HashEntry& entry : part.entries) output.lose(part, cause, entry);
    for (const MetadataRule& rule : part.rules) output.lose(part, cause, rule);
}

void write(std::span<const Part> parts, Output& output) {
    std::vector<std::string> texts(parts.size());
    const auto fill = [&](EnforcementState state) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].state == state) texts[i] = policy_of(parts[i], output);
        }
    };
    fill(EnforcementState::Enforce);
    const bool enforced = std::any_of(texts.begin(), texts.end(),
                                      [](const std::string& text) { return !text.empty(); });
    if (!enforced) fill(EnforcementState::Audit);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (enforced && parts[i].state == EnforcementState::Audit) leave_out(parts[i], output);
        if (!texts[i].empty()) output.add(parts[i].stem + ".xml", std::move(texts[i]));
    }
}

}  // namespace

TargetDefinition applocker() {
    return {{.name = "applocker",
             .engine = "AppLocker",
             .output = "policy (.xml)",
             .category = TargetCategory::ApplicationControl,
             .capabilities =
                 {.hash_kinds = {HashKind::File, HashKind::Authenticode},
                  .platforms = {Platform::Windows},
                  .fields = {{.field = Field::OriginalFilename, .operations = {Operation::Equals}},
                             {.field = Field::ProductName, .operations = {Operation::Equals}},
                             {.field = Field::Path,
                              .operations = {Operation::Equals, Operation::StartsWith,
                                             Operation::EndsWith, Operation::Wildcard}}},
                  .enforce = true,
                  .audit = AuditScope::Document,
                  .limits = {.entries_per_item = hashes_per_rule, .criteria_per_rule = 2}},
             .settings = {{.name = "flat_hashes",
                           .description = "What becomes of file hashes: sha256flat writes them in "
                                          "a form that is in the schema and not documented "
                                          "(experimental).",
                           .default_value = "leave_out",
                           .choices = {"leave_out", "sha256flat"}},
                          {.name = "dlls",
                           .description = "Whether rules for libraries are written; deciding on "
                                          "each that is loaded costs time.",
                           .default_value = "yes",
                           .choices = {"yes", "no"}}},
             .proof = Proof::Documentation,
             .documentation = "https://learn.microsoft.com/en-us/windows/security/"
                              "application-security/application-control/app-control-for-business/"
                              "applocker/working-with-applocker-rules",
             .remarks = {"Each collection that is written allows all that is not denied, and so "
                         "does that of packaged apps, which would stop otherwise.",
                         "Nothing is enforced or audited unless the service Application Identity "
                         "(AppIDSvc) runs. Drivers are never looked at.",
                         "Set-AppLockerPolicy sets a policy, on Windows; with -Merge it adds the "
                         "rules to the one that is there and keeps its enforcement mode: merged "
                         "into an enforced collection, a document in audit blocks. Rules of "
                         "another version or state of the package stay until they are removed.",
                         "Safe is to set the document on machines that have no policy of "
                         "AppLocker yet, in audit first, and to replace it as a whole. Where there "
                         "is an allowlist, remove the rules \"Allow all that is not denied\" and "
                         "\"Allow all packaged apps\" from the document before merging it, for "
                         "they would undo the allowlist, and merge one in audit only where the "
                         "collections are in AuditOnly."}},
            write};
}

}  // namespace libblock::detail::targets
