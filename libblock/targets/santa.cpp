#include <fmt/format.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/capability_fit.hpp"
#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/xml.hpp"

namespace libblock::detail::targets {
namespace {

using Json = nlohmann::ordered_json;

/// Santa's own documentation calls static rules fit for "a few thousand".
constexpr std::size_t static_rules = 3000;
/// Texts that people see.
constexpr std::size_t message_bytes = 1024;

/// A rule as pairs of keys and texts, in their order. The words are in upper case, which all
/// carriers take; a sync server's message has no comment.
std::vector<std::pair<const char*, std::string>> rule_of(const Part& part, const HashEntry& entry,
                                                         const Output& output) {
    std::vector<std::pair<const char*, std::string>> rule{{"identifier", entry.sha256.to_string()},
                                                          {"rule_type", "BINARY"},
                                                          {"policy", output.setting("policy")}};
    const std::string message = harmless(output.setting("message"), message_bytes);
    if (!message.empty()) rule.emplace_back("custom_msg", message);
    if (output.setting("form") == "sync") return rule;
    const std::string name = harmless(entry.file_name);
    rule.emplace_back("comment", harmless(part.package.name()) + (name.empty() ? "" : ": " + name));
    return rule;
}

void write_json(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Json rules = Json::array();
        for (const HashEntry& entry : part.entries) {
            Json& rule = rules.emplace_back(Json::object());
            for (const auto& [key, text] : rule_of(part, entry, output)) rule[key] = text;
        }
        const Json document{{"rules", std::move(rules)}};
        const bool sync = output.setting("form") == "sync";
        output.add(part.stem + (sync ? ".sync.json" : ".json"), document.dump(2) + '\n');
    }
}

// ---- configuration profile ---------------------------------------------------------------------

void add_pair(pugi::xml_node dict, const char* key, std::string_view text) {
    add_text(dict, "key", key);
    add_text(dict, "string", text);
}

void add_payload_keys(pugi::xml_node dict, const std::string& type, const std::string& identifier,
                      const std::string& name, const Part& part) {
    add_pair(dict, "PayloadType", type);
    add_pair(dict, "PayloadIdentifier", identifier);
    add_pair(dict, "PayloadUUID", name_uuid(part, "santa/" + type));
    add_pair(dict, "PayloadDisplayName", name);
    add_text(dict, "key", "PayloadVersion");
    add_text(dict, "integer", "1");
}

void lose_beyond(const Part& part, const HashEntry& entry, Output& output) {
    output.lose(part,
                {LossKind::LeftOut, LossReason::Limit,
                 fmt::format("Santa is to be given no more than a few thousand static rules, here "
                             "{}: form=import and form=sync take all",
                             static_rules)},
                entry);
}

/// The digests that may be of programs that Santa sees: they get the places that there are.
std::set<Sha256> matching_digests(std::span<const Part> parts, const Target& target) {
    std::set<Sha256> digests;
    for (const Part& part : parts) {
        for (const HashEntry& entry : part.entries) {
            if (can_match(target, entry.platform, entry.file_name)) digests.insert(entry.sha256);
        }
    }
    return digests;
}

/// All packages in one profile: of several with the same key, macOS would take one.
void write_profile(std::span<const Part> parts, Output& output) {
    const Part& first = parts.front();
    const bool alone = parts.size() == 1;
    const std::string stem = alone ? first.stem : "blocklist";
    const std::string name = alone ? harmless(first.package.name()) : "Blocklist packages";

    pugi::xml_document document;
    document.append_child(pugi::node_doctype)
        .set_value(
            "plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
            "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\"");
    pugi::xml_node plist = document.append_child("plist");
    plist.append_attribute("version").set_value("1.0");
    for (const Part& part : parts) {
        for (const auto& line : provenance_lines(part, output.target())) add_comment(plist, line);
    }
    pugi::xml_node profile = plist.append_child("dict");
    add_payload_keys(profile, "Configuration", "libblock.santa." + stem, name, first);
    add_pair(profile, "PayloadScope", "System");
    add_text(profile, "key", "PayloadContent");
    pugi::xml_node payload = profile.append_child("array").append_child("dict");
    add_payload_keys(payload, "com.northpolesec.santa", "libblock.santa." + stem + ".rules", name,
                     first);
    add_text(payload, "key", "StaticRules");
    pugi::xml_node rules = payload.append_child("array");

    const std::set<Sha256> matching = matching_digests(parts, output.target());
    Places places(static_rules, matching.size());
    std::set<Sha256> written;
    for (const Part& part : parts) {
        for (const HashEntry& entry : part.entries) {
            if (written.contains(entry.sha256)) continue;
            if (!places.take(matching.contains(entry.sha256))) {
                lose_beyond(part, entry, output);
                continue;
            }
            written.insert(entry.sha256);
            pugi::xml_node rule = rules.append_child("dict");
            for (const auto& [key, text] : rule_of(part, entry, output)) add_pair(rule, key, text);
        }
    }
    output.add(stem + ".mobileconfig", format_xml(document));
}

void write(std::span<const Part> parts, Output& output) {
    if (output.setting("form") == "mobileconfig") {
        write_profile(parts, output);
    } else {
        write_json(parts, output);
    }
}

}  // namespace

TargetDefinition santa() {
    return {
        {.name = "santa",
         .engine = "Santa",
         .output = "rules (.json or .mobileconfig)",
         .category = TargetCategory::ApplicationControl,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Macos},
                          .executables_only = {Platform::Macos},
                          .enforce = true,
                          .message = true},
         .settings = {{.name = "form",
                       .description =
                           "import: for santactl rule --import; mobileconfig: static rules in a "
                           "configuration profile, at most 3,000; sync: the answer of a sync "
                           "server.",
                       .default_value = "import",
                       .choices = {"import", "mobileconfig", "sync"}},
                      {.name = "policy",
                       .description = "Whether the person is told.",
                       .default_value = "BLOCKLIST",
                       .choices = {"BLOCKLIST", "SILENT_BLOCKLIST"}},
                      {.name = "message",
                       .description = "What the person is told, beside Santa's own."}},
         .proof = Proof::Parser,
         .versions = "plistlib of Python",
         .documentation = "https://northpole.dev/features/binary-authorization",
         .remarks = {"A rule blocks in Monitor mode too: Santa has no audit for a rule, and a "
                     "package in audit is left out.",
                     "santactl takes no import on machines that have a sync server or static "
                     "rules.",
                     "Static rules of several packages have to be in one profile: of two "
                     "profiles, one counts."}},
        write};
}

}  // namespace libblock::detail::targets
