#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_name = 4096;

/// Of libblock itself: the same in every bundle, and never altered.
std::string identity_id() {
    return fmt::format("identity--{}", maker_uuid);
}

/// Common properties want three digits of a second.
std::string instant(Timestamp time) {
    std::string text = to_string(time);
    return text.insert(text.size() - 1, ".000");
}

/// What the package itself says of its time: it stays, whenever the bundle is made.
Timestamp created_at(const Package& package) {
    Timestamp latest{};
    for (const Provenance& record : package.provenance()) {
        latest = std::max(latest, record.source.imported.value_or(Timestamp{}));
    }
    return latest;
}

// ---- patterns ----------------------------------------------------------------------------------

std::string literal(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '\'';
}

std::string hash_pattern(const HashEntry& entry) {
    return fmt::format("[file:hashes.'SHA-256' = '{}']", entry.sha256.to_string());
}

/// A regular expression for the text itself, or for a wildcard.
std::string expression_of(std::string_view text, bool wildcard) {
    constexpr std::string_view special = "\\^$.|?*+()[]{}";
    std::string expression;
    for (const char c : text) {
        if (wildcard && (c == '*' || c == '?')) {
            expression += c == '*' ? ".*" : ".";
        } else {
            if (special.find(c) != std::string_view::npos) expression += '\\';
            expression += c;
        }
    }
    return expression;
}

/// LIKE knows no escape for its own wildcards, so that all but `=` is a regular expression. It is
/// bound at both ends: readers differ on whether it may stand anywhere.
std::string name_pattern(const Criterion& criterion) {
    const auto matches = [&](std::string_view before, std::string_view after) {
        const bool wildcard = criterion.operation == Operation::Wildcard;
        const std::string middle = expression_of(criterion.value, wildcard);
        return fmt::format("[file:name MATCHES {}]",
                           literal(fmt::format("^{}{}{}$", before, middle, after)));
    };
    switch (criterion.operation) {
        case Operation::Contains:
            return matches(".*", ".*");
        case Operation::StartsWith:
            return matches("", ".*");
        case Operation::EndsWith:
            return matches(".*", "");
        case Operation::Wildcard:
            return matches("", "");
        default:
            return fmt::format("[file:name = {}]", literal(criterion.value));
    }
}

// ---- objects -----------------------------------------------------------------------------------

Json identity() {
    return {{"type", "identity"},        {"spec_version", "2.1"},   {"id", identity_id()},
            {"created", instant({})},    {"modified", instant({})}, {"name", "libblock"},
            {"identity_class", "system"}};
}

Json reference_of(std::string_view reference) {
    Json json{{"source_name", "reference"}};
    if (is_web_address(reference)) {
        json["url"] = reference;
    } else {
        json["description"] = harmless_lines(reference);
    }
    return json;
}

class Bundle {
public:
    explicit Bundle(const Part& part)
        : part_(part), state_(to_string(part.state)), created_(created_at(part.package)) {
        labels_.push_back(fmt::format("libblock:state={}", state_));
        for (const std::string& tag : part.package.tags()) labels_.push_back(harmless(tag));
        objects_.push_back(identity());
    }

    void add(const HashEntry& entry) {
        const std::string digest = entry.sha256.to_string();
        const std::string name = harmless(entry.file_name, longest_name);
        Json& indicator =
            add_indicator(digest, name.empty() ? "SHA-256 " + digest : name, hash_pattern(entry));
        if (!entry.note.empty()) indicator["description"] = harmless_lines(entry.note);
        if (entry.platform) {
            indicator["labels"].push_back(
                fmt::format("libblock:platform={}", to_string(*entry.platform)));
        }
    }

    void add(const MetadataRule& rule) {
        Json& indicator = add_indicator("rule/" + rule.name, harmless(rule.name),
                                        name_pattern(rule.criteria.front()));
        for (const Platform platform : rule.platforms) {
            indicator["labels"].push_back(fmt::format("libblock:platform={}", to_string(platform)));
        }
    }

    std::string finish(const Target& target) {
        add_grouping(target);
        const Json bundle{{"type", "bundle"},
                          {"id", "bundle--" + uuid("bundle/" + instant(modified()))},
                          {"objects", std::move(objects_)}};
        return bundle.dump(2) + '\n';
    }

private:
    Timestamp modified() const { return std::max(created_, part_.date); }

    /// A state is said in every object, so that objects for one are not versions of those for the
    /// other.
    std::string uuid(std::string_view name) const {
        return name_uuid(part_, fmt::format("stix/{}/{}", state_, name));
    }

    Json object(std::string_view type, std::string_view name) const {
        return {{"type", type},
                {"spec_version", "2.1"},
                {"id", fmt::format("{}--{}", type, uuid(name))},
                {"created_by_ref", identity_id()},
                {"created", instant(created_)},
                {"modified", instant(modified())}};
    }

    Json& add_indicator(std::string_view id, std::string name, std::string pattern) {
        Json indicator = object("indicator", id);
        indicator["name"] = std::move(name);
        indicator["pattern"] = std::move(pattern);
        indicator["pattern_type"] = "stix";
        indicator["pattern_version"] = "2.1";
        const auto& expires = part_.package.expires();
        // The end must be later than the begin, of packages too that had expired when imported.
        const Timestamp begin =
            expires ? std::min(created_, *expires - std::chrono::seconds(1)) : created_;
        indicator["valid_from"] = instant(begin);
        if (expires) indicator["valid_until"] = instant(*expires);
        indicator["labels"] = labels_;
        members_.push_back(indicator["id"]);
        objects_.push_back(std::move(indicator));
        return objects_.back();
    }

    /// The package: what belongs together, and what is said of all of it.
    void add_grouping(const Target& target) {
        const Package& package = part_.package;
        Json grouping = object("grouping", "package");
        grouping["name"] = harmless(package.name());
        std::string description = harmless_lines(package.description());
        if (!description.empty()) description += "\n\n";
        grouping["description"] =
            description + fmt::format("{}", fmt::join(provenance_lines(part_, target), "\n"));
        grouping["context"] = "unspecified";
        if (!package.references().empty()) {
            Json& references = grouping["external_references"] = Json::array();
            for (const std::string& each : package.references()) {
                references.push_back(reference_of(each));
            }
        }
        grouping["labels"] = labels_;
        grouping["object_refs"] = std::move(members_);
        objects_.insert(objects_.begin() + 1, std::move(grouping));
    }

    const Part& part_;
    std::string_view state_;
    Timestamp created_;
    Json labels_ = Json::array();
    Json members_ = Json::array();
    Json objects_ = Json::array();
};

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Bundle bundle(part);
        for (const HashEntry& entry : part.entries) bundle.add(entry);
        for (const MetadataRule& rule : part.rules) {
            bundle.add(rule);
            if (rule.platforms.size() == EnumTable<Platform>::rows.size()) continue;
            output.lose(part,
                        {LossKind::Widened, LossReason::Platform,
                         "an indicator has no platform: it finds files of that name on all"},
                        rule);
        }
        output.add(part.stem + ".stix.json", bundle.finish(output.target()));
    }
}

}  // namespace

TargetDefinition stix() {
    return {{.name = "stix",
             .engine = "STIX",
             .output = "STIX 2.1 bundle (.stix.json)",
             .category = TargetCategory::Intelligence,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .fields = {{.field = Field::FileName,
                                          .operations = {Operation::Equals, Operation::Contains,
                                                         Operation::StartsWith, Operation::EndsWith,
                                                         Operation::Wildcard},
                                          .letter_case = LetterCase::Kept}},
                              .enforce = true,
                              .audit = AuditScope::Rule,
                              .expiry = true,
                              .message = true,
                              .limits = {.criteria_per_rule = 1}},
             .proof = Proof::Parser,
             .versions = "stix2 3.0, stix2-validator 3.3, stix2-patterns 2.1",
             .documentation = "https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html",
             .remarks =
                 {"One indicator for each hash; the name of the file is that of the indicator, for "
                  "in the pattern it would narrow it. A grouping holds the indicators together.",
                  "The state is the label libblock:state=audit or libblock:state=enforce; whoever "
                  "reads the bundle decides what comes of it.",
                  "STIX has no property for the original filename: rules on it are left out. The "
                  "name of the file is another fact, by which a renamed file would be missed and a "
                  "harmless one found.",
                  "Another version of a package gives other objects; remove those of the one "
                  "before."}},
            write};
}

}  // namespace libblock::detail::targets
