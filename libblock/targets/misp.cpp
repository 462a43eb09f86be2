#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/hex.hpp"
#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_value = 4096;

constexpr std::string_view delivery = "Payload delivery";
constexpr std::string_view other = "Other";

// ---- what MISP calls things --------------------------------------------------------------------

/// How an attribute of the object template `pe` is called.
struct Relation {
    Field field;
    std::string_view name;
    std::string_view type;
};

/// Source: the template at version 11, objects/pe/definition.json of github.com/MISP/misp-objects.
constexpr std::array<Relation, 5> relations{{
    {Field::OriginalFilename, "original-filename", "filename"},
    {Field::InternalName, "internal-filename", "filename"},
    {Field::ProductName, "product-name", "text"},
    {Field::FileDescription, "file-description", "text"},
    {Field::CompanyName, "company-name", "text"},
}};
constexpr std::string_view pe_uuid = "cf7adecc-d4f0-4e88-9d90-f978ee151a07";
constexpr std::string_view pe_version = "11";

const Relation* relation_of(Field field) {
    const auto* found = std::find_if(relations.begin(), relations.end(),
                                     [&](const Relation& each) { return each.field == field; });
    return found == relations.end() ? nullptr : found;
}

std::string_view type_of(HashKind kind) {
    return kind == HashKind::File ? "sha256" : "authentihash";
}

Json tag(std::string name) {
    return {{"name", std::move(name)}, {"colour", "#ffffff"}};
}

/// Whether MISP keeps the name as it is in a value of two parts, which a bar divides.
bool can_stand_before_bar(std::string_view name) {
    return !name.empty() && name.find('|') == std::string_view::npos && !name.starts_with(' ') &&
           !name.ends_with(' ') && harmless(name, longest_value) == name;
}

std::string day(Timestamp time) {
    return to_string(time).substr(0, 10);
}

std::string seconds(Timestamp time) {
    return std::to_string(time.time_since_epoch().count());
}

std::string md5(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    // MD5 because feeds are indexed by it: it finds values here, and protects nothing.
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL offers no MD5, by which MISP feeds are indexed");
    }
    std::string digits;
    for (unsigned i = 0; i < size; ++i) digits += fmt::format("{:02x}", digest[i]);
    return digits;
}

// ---- an event ----------------------------------------------------------------------------------

struct Form {
    bool feed = false;  ///< for a feed, whose readers decide on the distribution
};

class Event {
public:
    Event(const Part& part, Form form)
        : part_(part), form_(form), state_(to_string(part.state)), uuid_(uuid("event")) {
        const Package& package = part.package;
        event_ = {
            {"uuid", uuid_},
            {"info", fmt::format("{} (version {})", harmless(package.name()), package.version())},
            {"date", day(part.date)},
            {"timestamp", seconds(part.date)},
            {"published", form.feed},
            {"analysis", "2"},                         // completed
            {"threat_level_id", "4"}};                 // undefined
        if (!form.feed) event_["distribution"] = "0";  // to nobody yet
        event_["Orgc"] = {{"name", "libblock"}, {"uuid", maker_uuid}};
        event_["Tag"] = Json::array();
        add_tag(fmt::format("libblock:state=\"{}\"", state_));
        for (const std::string& tag : package.tags()) add_tag(harmless(tag));
    }

    void add_description(const Target& target) {
        const Package& package = part_.package;
        add_remark("provenance",
                   fmt::format("{}", fmt::join(provenance_lines(part_, target), "\n")));
        if (!package.description().empty()) {
            add_remark("description", harmless_lines(package.description()));
        }
        for (const std::string& each : package.references()) {
            if (is_web_address(each)) {
                add({.name = "reference/" + each,
                     .type = "link",
                     .category = "External analysis",
                     .value = each});
            } else {
                add_remark("reference/" + each, harmless_lines(each));
            }
        }
    }

    void add(const HashEntry& entry) {
        const std::string type(type_of(entry.kind));
        const std::string digest = entry.sha256.to_string();
        const bool named = can_stand_before_bar(entry.file_name);
        std::string comment = named ? "" : harmless(entry.file_name, longest_value);
        if (!entry.note.empty()) {
            if (!comment.empty()) comment += '\n';
            comment += harmless_lines(entry.note);
        }
        Json& attribute = add({.name = type + '/' + digest,
                               .type = named ? "filename|" + type : type,
                               .category = delivery,
                               .value = named ? entry.file_name + '|' + digest : digest,
                               .comment = std::move(comment),
                               .finds = true});
        if (entry.platform) {
            attribute["Tag"] = Json::array(
                {tag(fmt::format("libblock:platform=\"{}\"", to_string(*entry.platform)))});
        }
    }

    void add(const MetadataRule& rule) {
        const Criterion& criterion = rule.criteria.front();
        const Relation* relation = relation_of(criterion.field);
        Item item{.name = "rule/" + rule.name,
                  .type = relation ? std::string(relation->type) : "filename",
                  .category = delivery,
                  .value = criterion.value,
                  .comment = harmless(rule.name),
                  .finds = true};
        if (!relation) {
            add_name(item);
            return;
        }
        Json object{{"name", "pe"},
                    {"meta-category", "file"},
                    {"description", "Object describing a Portable Executable"},
                    {"template_uuid", pe_uuid},
                    {"template_version", pe_version},
                    {"uuid", uuid("object/" + rule.name)},
                    {"timestamp", seconds(part_.date)},
                    {"comment", item.comment}};
        if (!form_.feed) object["distribution"] = "5";
        if (item.type == "text") item.category = other;
        Json attribute = attribute_of(item);
        attribute["object_relation"] = relation->name;
        object["Attribute"] = Json::array({std::move(attribute)});
        objects_.push_back(std::move(object));
    }

    const std::string& uuid() const { return uuid_; }

    /// What the manifest of a feed says of the event.
    Json manifest() const {
        Json json;
        for (const char* key :
             {"info", "date", "analysis", "threat_level_id", "timestamp", "Orgc", "Tag"}) {
            json[key] = event_[key];
        }
        return json;
    }

    /// The index of a feed: a line for each part of each value.
    const std::string& index() const { return index_; }

    std::string finish() {
        event_["Attribute"] = std::move(attributes_);
        if (!objects_.empty()) event_["Object"] = std::move(objects_);
        return Json{{"Event", std::move(event_)}}.dump(2) + '\n';
    }

private:
    struct Item {
        std::string name;  ///< what its UUID is made of
        std::string type;
        std::string_view category = other;
        std::string value;
        std::string comment = {};
        bool finds = false;  ///< something to look for, not something said
    };

    /// The state is part of every name: in one instance of MISP the events for both may lie.
    std::string uuid(std::string_view name) const {
        return name_uuid(part_, fmt::format("misp/{}/{}", state_, name));
    }

    void add_tag(std::string name) { event_["Tag"].push_back(tag(std::move(name))); }

    void add_remark(std::string name, std::string text) {
        add({.name = std::move(name), .type = "comment", .value = std::move(text)});
    }

    /// MISP takes no two attributes of one value: several rules on a name, for one platform each,
    /// are one attribute.
    void add_name(const Item& item) {
        const auto [known, is_new] = names_.emplace(item.value, attributes_.size());
        if (is_new) {
            add(item);
            return;
        }
        Json& comment = attributes_[known->second]["comment"];
        comment = comment.get<std::string>() + '\n' + item.comment;
    }

    Json& add(const Item& item) {
        attributes_.push_back(attribute_of(item));
        return attributes_.back();
    }

    Json attribute_of(const Item& item) {
        if (form_.feed) add_to_index(item);
        Json json{{"uuid", uuid(item.name)},
                  {"type", item.type},
                  {"category", item.category},
                  {"value", item.value},
                  // Tools that block take every attribute that has this: never in audit.
                  {"to_ids", item.finds && part_.state == EnforcementState::Enforce},
                  {"comment", item.comment},
                  {"timestamp", seconds(part_.date)},
                  {"disable_correlation", !item.finds}};
        if (!form_.feed) json["distribution"] = "5";  // that of the event
        return json;
    }

    void add_to_index(const Item& item) {
        std::string_view rest = item.value;
        const bool parts = item.type.find('|') != std::string::npos;
        const std::size_t bar = parts ? rest.find('|') : std::string_view::npos;
        index_ += fmt::format("{},{}\n", md5(rest.substr(0, bar)), uuid_);
        if (bar != std::string_view::npos) {
            index_ += fmt::format("{},{}\n", md5(rest.substr(bar + 1)), uuid_);
        }
    }

    const Part& part_;
    Form form_;
    std::string_view state_;
    std::string uuid_;
    Json event_;
    Json attributes_ = Json::array();
    Json objects_ = Json::array();
    std::map<std::string, std::size_t> names_;  ///< which attribute has the name of a file
    std::string index_;
};

// ---- documents ---------------------------------------------------------------------------------

void report_platforms(const Part& part, const MetadataRule& rule, Output& output) {
    const bool anywhere = rule.platforms.size() == EnumTable<Platform>::rows.size();
    if (anywhere || relation_of(rule.criteria.front().field)) return;
    output.lose(part,
                {LossKind::Widened, LossReason::Platform,
                 "a file name has no platform in MISP: it finds files of that name on all"},
                rule);
}

void write(std::span<const Part> parts, Output& output) {
    const bool feed = output.setting("form") == "feed";
    Json manifest = Json::object();
    std::string index;
    for (const Part& part : parts) {
        Event event(part, {feed});
        event.add_description(output.target());
        for (const HashEntry& entry : part.entries) event.add(entry);
        for (const MetadataRule& rule : part.rules) {
            report_platforms(part, rule, output);
            event.add(rule);
        }
        if (feed) {
            manifest[event.uuid()] = event.manifest();
            index += event.index();
        }
        const std::string name = feed ? event.uuid() + ".json" : part.stem + ".misp.json";
        output.add(name, event.finish());
    }
    if (!feed) return;
    output.add("hashes.csv", std::move(index));
    output.add("manifest.json", manifest.dump(2) + '\n');
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all{{.field = Field::FileName, .operations = {Operation::Equals}}};
    for (const Relation& each : relations) {
        all.push_back({.field = each.field,
                       .operations = {Operation::Equals},
                       .platforms = {Platform::Windows}});
    }
    return all;
}

}  // namespace

TargetDefinition misp() {
    return {
        {.name = "misp",
         .engine = "MISP",
         .output = "event, or feed of events (.json)",
         .category = TargetCategory::Intelligence,
         .capabilities = {.hash_kinds = {HashKind::File, HashKind::Authenticode},
                          .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                          .fields = fields(),
                          .enforce = true,
                          .audit = AuditScope::Rule,
                          .message = true,
                          .limits = {.criteria_per_rule = 1}},
         .settings = {{.name = "form",
                       .description = "An event to import, or the files of a feed to serve.",
                       .default_value = "event",
                       .choices = {"event", "feed"}}},
         .proof = Proof::Parser,
         .versions = "PyMISP 2.5",
         .documentation = "https://www.misp-project.org/datamodels/",
         .remarks =
             {"The state is the tag libblock:state; only for enforce are attributes marked "
              "to_ids, for tools that block take every attribute that is.",
              "Hashes are sha256 or filename|sha256, and authentihash likewise; names that "
              "MISP would alter stand in the comment. Rules on version resources are objects "
              "of the template pe.",
              "Events are imported unpublished and for the own organisation; those of a feed "
              "are published, and who reads it decides on their distribution. The manifest.json "
              "and hashes.csv of a feed name the events of one export alone: export all of its "
              "packages at once, as a group.",
              "Another version of a package gives another event; remove the one before."}},
        write};
}

}  // namespace libblock::detail::targets
