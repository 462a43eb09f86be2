#include <fmt/format.h>

#include <algorithm>
#include <array>
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
#include "libblock/detail/xml.hpp"

namespace libblock::detail::targets {
namespace {

/// More rules slow machines down, and Microsoft's converter runs out of memory on many more.
constexpr std::size_t rules_per_policy = 10'000;

/// The platform of every policy. Source: the templates that come with Windows.
constexpr const char* platform_id = "{2E07F7E4-194C-4D20-B7C9-6F44A6C5A234}";

struct Attribute {
    Field field;
    const char* name;
};

/// What a file rule calls the fields.
constexpr std::array<Attribute, 5> attributes{{
    {Field::OriginalFilename, "FileName"},
    {Field::InternalName, "InternalName"},
    {Field::FileDescription, "FileDescription"},
    {Field::ProductName, "ProductName"},
    {Field::Path, "FilePath"},
}};

const char* attribute_of(Field field) {
    return std::find_if(attributes.begin(), attributes.end(),
                        [&](const Attribute& each) { return each.field == field; })
        ->name;
}

/// Scripts whose hosts ask about them: PowerShell and Windows Script Host.
/// Source: "Script enforcement with App Control for Business", learn.microsoft.com.
constexpr std::array<std::string_view, 8> script_extensions{"js",   "jse", "ps1", "psm1",
                                                            "psd1", "vbe", "vbs", "wsf"};

bool is_script(const HashEntry& entry) {
    return std::find(script_extensions.begin(), script_extensions.end(),
                     extension_of(entry.file_name)) != script_extensions.end();
}

std::string upper(std::string text) {
    for (char& c : text) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return text;
}

/// The id of a policy. It stays the same when the package changes, so that a machine replaces the
/// policy and does not keep the old one beside it.
std::string policy_id(const Part& part, std::size_t number, bool for_merging) {
    constexpr std::string_view dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    const std::string name =
        fmt::format("wdac/{}/{}/{}{}", part.package.name(), to_string(part.state), number,
                    for_merging ? "/merge" : "");
    return fmt::format("{{{}}}", upper(name_uuid(name_uuid(dns, "libblock"), name)));
}

std::string version_of(const Part& part) {
    const auto version = part.package.version();
    return fmt::format("1.0.{}.{}", version >> 16U, version & 0xffffU);
}

struct DenyRule {
    std::string id;
    std::string name;
    const char* attribute;
    std::string value;
    bool versions = false;  ///< it asks for the version too: all of them
    bool kernel = true;     ///< it is for drivers too
    bool path = false;      ///< it asks where the file lies
};

/// Whether the policies are parts of others: they allow nothing, and alone would stop everything.
bool is_for_merging(const Output& output) {
    return output.setting("allow") == "none";
}

/// A policy that allows everything but what its rules deny, or one for merging.
class Policy {
public:
    Policy(const Part& part, const Output& output, std::size_t number)
        : part_(part),
          number_(number),
          for_merging_(is_for_merging(output)),
          root_(document_.append_child("SiPolicy")) {
        begin(output);
        add_options(output);
        root_.append_child("EKUs");
        file_rules_ = root_.append_child("FileRules");
        root_.append_child("Signers");
        add_scenarios();
        for (const char* name : {"UpdatePolicySigners", "CiSigners"}) root_.append_child(name);
        add_text(root_, "HvciOptions", "0");
        add_settings();
        if (!for_merging_) allow_all();
    }

    void deny(const DenyRule& rule) {
        pugi::xml_node node = file_rules_.append_child("Deny");
        node.append_attribute("ID").set_value(rule.id.c_str());
        node.append_attribute("FriendlyName").set_value(rule.name.c_str());
        node.append_attribute(rule.attribute).set_value(rule.value.c_str());
        if (rule.versions) {
            // Both bounds: of a Deny, the lower one alone means "this version and all before it".
            // Each number of a version has 16 bits.
            node.append_attribute("MinimumFileVersion").set_value("0.0.0.0");
            node.append_attribute("MaximumFileVersion").set_value("65535.65535.65535.65535");
        }
        if (rule.path) heed_paths();
        if (rule.kernel) refer(kernel_, rule.id);
        refer(user_, rule.id);
        ++rules_;
    }

    std::size_t rules() const { return rules_; }
    std::string name() const {
        return fmt::format("{}{}{}.xml", part_.stem, for_merging_ ? ".merge" : "",
                           number_ == 1 ? "" : fmt::format(".{}", number_));
    }
    std::string text() const { return format_xml(document_); }

private:
    void begin(const Output& output) {
        root_.append_attribute("xmlns").set_value("urn:schemas-microsoft-com:sipolicy");
        root_.append_attribute("PolicyType").set_value("Base Policy");
        for (const auto& line : provenance_lines(part_, output.target())) add_comment(root_, line);
        if (for_merging_) {
            add_comment(root_,
                        "Only for merging into an allowlist. This policy allows nothing: deployed "
                        "alone, it stops everything.");
        }
        add_text(root_, "VersionEx", version_of(part_));
        add_text(root_, "PlatformID", platform_id);
        const std::string id = policy_id(part_, number_, for_merging_);
        add_text(root_, "PolicyID", id);
        add_text(root_, "BasePolicyID", id);
    }

    void add_options(const Output& output) {
        options_ = root_.append_child("Rules");
        const auto add = [&](const char* option) { add_option(option); };
        add("Enabled:Unsigned System Integrity Policy");
        add("Enabled:UMCI");
        if (part_.state == EnforcementState::Audit) add("Enabled:Audit Mode");
        add("Enabled:Update Policy No Reboot");
        if (output.setting("script_enforcement") == "off") add("Disabled:Script Enforcement");
    }

    void add_option(const char* option) {
        add_text(options_.append_child("Rule"), "Option", option);
    }

    /// Else rules on paths that users may write to would be ignored. Merged into an allowlist with
    /// rules on paths, the option would weaken it, and is left to that policy.
    void heed_paths() {
        if (for_merging_ || heeds_paths_) return;
        add_option("Disabled:Runtime FilePath Rule Protection");
        heeds_paths_ = true;
    }

    void add_scenarios() {
        pugi::xml_node scenarios = root_.append_child("SigningScenarios");
        const auto add = [&](const char* value, const char* id, const char* name) {
            pugi::xml_node scenario = scenarios.append_child("SigningScenario");
            scenario.append_attribute("Value").set_value(value);
            scenario.append_attribute("ID").set_value(id);
            scenario.append_attribute("FriendlyName").set_value(name);
            return scenario.append_child("ProductSigners");
        };
        kernel_ = add("131", "ID_SIGNINGSCENARIO_DRIVERS", "Drivers");
        user_ = add("12", "ID_SIGNINGSCENARIO_WINDOWS", "User mode");
    }

    void add_settings() {
        pugi::xml_node settings = root_.append_child("Settings");
        const auto add = [&](const char* name, const std::string& value) {
            pugi::xml_node setting = settings.append_child("Setting");
            setting.append_attribute("Provider").set_value("PolicyInfo");
            setting.append_attribute("Key").set_value("Information");
            setting.append_attribute("ValueName").set_value(name);
            add_text(setting.append_child("Value"), "String", value);
        };
        add("Name", harmless(part_.package.name()) + (for_merging_ ? " (only for merging)" : ""));
        add("Id", fmt::format("{} {}", part_.package.version(), to_string(part_.state)));
    }

    /// Without it, the policy would stop all that it does not name.
    void allow_all() {
        const auto add = [&](const char* id, const char* name, pugi::xml_node scenario) {
            pugi::xml_node node = file_rules_.append_child("Allow");
            node.append_attribute("ID").set_value(id);
            node.append_attribute("FriendlyName").set_value(name);
            node.append_attribute("FileName").set_value("*");
            refer(scenario, id);
        };
        add("ID_ALLOW_A_1", "All drivers", kernel_);
        add("ID_ALLOW_A_2", "All of user mode", user_);
    }

    /// The schema takes no list of references that is empty.
    static void refer(pugi::xml_node scenario, const std::string& id) {
        constexpr const char* list = "FileRulesRef";
        pugi::xml_node references = scenario.child(list);
        if (!references) references = scenario.append_child(list);
        references.append_child("FileRuleRef").append_attribute("RuleID").set_value(id.c_str());
    }

    const Part& part_;
    std::size_t number_;
    bool for_merging_;
    bool heeds_paths_ = false;
    pugi::xml_document document_;
    pugi::xml_node root_;
    pugi::xml_node options_;
    pugi::xml_node file_rules_;
    pugi::xml_node kernel_;
    pugi::xml_node user_;
    std::size_t rules_ = 0;
};

/// The policies of a package, one after another as each is full.
class Policies {
public:
    Policies(const Part& part, Output& output) : part_(part), output_(output) {}

    void deny(const DenyRule& rule) {
        if (policy_ && policy_->rules() == rules_per_policy) close();
        if (!policy_) policy_.emplace(part_, output_, ++count_);
        policy_->deny(rule);
    }

    void close() {
        if (policy_) output_.add(policy_->name(), policy_->text());
        policy_.reset();
    }

    std::size_t count() const { return count_; }

private:
    const Part& part_;
    Output& output_;
    std::size_t count_ = 0;
    std::optional<Policy> policy_;
};

/// Why the file hash of a program or an installer for Windows is left out.
constexpr std::string_view no_pe_hash =
    "Windows App Control knows PE files by their Authenticode hash, which the hash of the whole "
    "file never equals: take the Authenticode hashes of the samples if they are at hand, or a rule "
    "on the Original Filename";
constexpr std::string_view no_pe_file =
    "by their names these are no PE files but installers, archives or documents, and that Windows "
    "App Control decides on their file hashes is not documented: take the Authenticode hashes of "
    "the programs in them";

/// How a script is stopped that has its file hash in a policy.
constexpr std::string_view stops_scripts =
    "Windows App Control stops scripts only where PowerShell or Windows Script Host asks it, and "
    "how it takes the hash of a signed one is not documented";

/// Why the entry is left out, if it is.
std::optional<Cause> obstacle_to(const HashEntry& entry) {
    if (entry.kind != HashKind::File) return std::nullopt;
    const Platform platform = entry.platform.value_or(Platform::Windows);
    if (platform != Platform::Windows) {
        return Cause{
            LossKind::LeftOut, LossReason::Platform,
            fmt::format("they are labelled for {}, and not expected where Windows App Control runs",
                        to_string(platform))};
    }
    if (is_script(entry)) return std::nullopt;
    const bool other = is_no_executable(entry.file_name, Platform::Windows);
    return Cause{LossKind::LeftOut, LossReason::HashKind,
                 std::string(other ? no_pe_file : no_pe_hash)};
}

void deny_hash(const Part& part, const HashEntry& entry, Policies& policies, Output& output) {
    if (const auto obstacle = obstacle_to(entry)) return output.lose(part, *obstacle, entry);
    const bool flat = entry.kind == HashKind::File;
    if (flat) {
        output.lose(part, {LossKind::Narrowed, LossReason::HashKind, std::string(stops_scripts)},
                    entry);
    }
    const std::string digits = upper(entry.sha256.to_string());
    const std::string name = harmless(entry.file_name);
    // All digits in the id: those of one package may have any part of them in common.
    policies.deny({.id = fmt::format("ID_DENY_{}_{}", flat ? 'F' : 'H', digits),
                   .name = name.empty() ? "Hash Sha256" : name + " Hash Sha256",
                   .attribute = "Hash",
                   .value = digits,
                   .kernel = !flat});
}

/// The value of the attribute that asks for a criterion; nothing if there is none.
std::optional<std::string> value_of(const Criterion& criterion) {
    if (harmless(criterion.value, criterion.value.size()) != criterion.value) return std::nullopt;
    if (criterion.field == Field::Path) return one_star_pattern(criterion);
    // A star alone stands for every name, and others for nothing that is documented.
    if (criterion.value.find_first_of("*?") != std::string::npos) return std::nullopt;
    return criterion.value;
}

std::string why_no_value(const Criterion& criterion) {
    return fmt::format("in a rule of Windows App Control, {}",
                       criterion.field == Field::Path
                           ? why_no_star_pattern(criterion)
                           : "a name takes no * and ?, and visible characters alone");
}

/// Rules on paths are for user mode alone.
/// Source: "Understand App Control for Business policy rules and file rules", learn.microsoft.com.
void report_drivers(const Part& part, const MetadataRule& rule, const std::string& pattern,
                    Output& output) {
    if (is_driver(pattern)) {
        output.lose(
            part,
            {LossKind::CannotMatch, LossReason::Engine,
             "rules on paths are for user mode alone, and drivers (.sys) run in the kernel: "
             "name them by Authenticode hash or Original Filename"},
            rule);
    } else if (pattern.ends_with('*')) {
        output.lose(part,
                    {LossKind::Narrowed, LossReason::Engine,
                     "rules on paths are for user mode alone: drivers that lie there are not "
                     "stopped"},
                    rule);
    }
}

void deny_rule(const Part& part, const MetadataRule& rule, std::size_t number, Policies& policies,
               Output& output) {
    const Criterion& criterion = rule.criteria.front();
    auto value = value_of(criterion);
    if (!value) {
        output.lose(part, {LossKind::LeftOut, LossReason::Value, why_no_value(criterion)}, rule);
        return;
    }
    const bool path = criterion.field == Field::Path;
    if (path) report_drivers(part, rule, *value, output);
    policies.deny({.id = fmt::format("ID_DENY_R_{}", number),
                   .name = harmless(rule.name),
                   .attribute = attribute_of(criterion.field),
                   .value = std::move(*value),
                   .versions = !path,
                   .kernel = !path,
                   .path = path});
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Policies policies(part, output);
        std::size_t number = 0;
        for (const MetadataRule& rule : part.rules) {
            deny_rule(part, rule, ++number, policies, output);
        }
        for (const HashEntry& entry : part.entries) deny_hash(part, entry, policies, output);
        policies.close();
        if (policies.count() == 0 || !is_for_merging(output)) continue;
        output.lose(part, {LossKind::Widened, LossReason::Engine,
                           "made with allow=none, the policies are only for merging into an "
                           "allowlist: deployed alone, they stop everything"});
    }
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all;
    for (const Attribute& each : attributes) {
        all.push_back({.field = each.field, .operations = {Operation::Equals}});
        if (each.field == Field::Path) {
            all.back().operations = {Operation::Equals, Operation::StartsWith, Operation::EndsWith,
                                     Operation::Wildcard};
        }
    }
    return all;
}

}  // namespace

TargetDefinition wdac() {
    return {
        {.name = "wdac",
         .engine = "Windows App Control",
         .output = "base policies (.xml)",
         .category = TargetCategory::ApplicationControl,
         .capabilities = {.hash_kinds = {HashKind::File, HashKind::Authenticode},
                          .platforms = {Platform::Windows},
                          .fields = fields(),
                          .enforce = true,
                          .audit = AuditScope::Document,
                          .limits = {.entries_per_document = rules_per_policy,
                                     .criteria_per_rule = 1}},
         .settings = {{.name = "allow",
                       .description = "Whether the policy allows all that it does not deny, as one "
                                      "that stands alone must; \"none\" is for merging into an "
                                      "allowlist, and gives documents called NAME.merge.xml, which "
                                      "deployed alone stop everything.",
                       .default_value = "all",
                       .choices = {"all", "none"}},
                      {.name = "script_enforcement",
                       .description = "Whether script hosts ask the policy; an enforced one may "
                                      "put PowerShell in Constrained Language Mode then.",
                       .default_value = "on",
                       .choices = {"on", "off"}}},
         .proof = Proof::Documentation,
         .documentation = "https://learn.microsoft.com/en-us/windows/security/application-security/"
                          "application-control/app-control-for-business/design/"
                          "create-appcontrol-deny-policy",
         .remarks =
             {"Of file hashes only those of scripts are written; a PE file has to be named "
              "by its Authenticode hash. Rules on paths are for user mode: they stop no drivers.",
              "ConvertFrom-CIPolicy makes the binary policy, on Windows. The policies have "
              "the multiple policy format, which needs Windows 10 1903 or later; before the "
              "updates of April 2024, Windows takes 32 policies at most.",
              "A policy keeps its id when the package changes, and has one for each state: "
              "remove the policy in audit when that in enforce is there.",
              "More than 10,000 rules stand in several policies, whose files are numbered: "
              "machines keep those that a package no longer has when it shrinks, until they "
              "are removed."}},
        write};
}

}  // namespace libblock::detail::targets
