#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/name_uuid.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/yaml_writer.hpp"

namespace libblock::detail::targets {
namespace {

/// So many alternatives of one query: backends for search engines take 1,024 or more.
constexpr std::size_t hashes_per_rule = 500;
constexpr std::size_t longest_title = 150;  // bytes of 256

// ---- events ------------------------------------------------------------------------------------

/// A kind of event that Sysmon records, as Sigma calls it.
enum class Event : std::size_t { ProcessCreation, ImageLoad };

struct EventName {
    Event event;
    std::string_view category;
    std::string_view words;
};

constexpr std::array<EventName, 2> events{{
    {Event::ProcessCreation, "process_creation", "process creation"},
    {Event::ImageLoad, "image_load", "image load"},
}};

/// What a field is called in the events; empty where they do not have it.
struct Column {
    Field field;
    std::array<std::string_view, events.size()> names;
};

/// Source: the field names of Sysmon, sigmahq.io/docs/basics/log-sources.html.
constexpr std::array<Column, 8> columns{{
    {Field::OriginalFilename, {"OriginalFileName", "OriginalFileName"}},
    {Field::ProductName, {"Product", "Product"}},
    {Field::FileDescription, {"Description", "Description"}},
    {Field::CompanyName, {"Company", "Company"}},
    {Field::FileName, {"Image", "ImageLoaded"}},
    {Field::Path, {"Image", "ImageLoaded"}},
    {Field::ParentProcess, {"ParentImage", ""}},
    {Field::CommandLine, {"CommandLine", ""}},
}};

std::string_view column_of(Field field, Event event) {
    const auto* found = std::find_if(columns.begin(), columns.end(),
                                     [&](const Column& each) { return each.field == field; });
    return found->names[static_cast<std::size_t>(event)];
}

bool has_columns(const MetadataRule& rule, Event event) {
    return std::all_of(rule.criteria.begin(), rule.criteria.end(), [&](const Criterion& each) {
        return !column_of(each.field, event).empty();
    });
}

// ---- values ------------------------------------------------------------------------------------

/// The value as Sigma reads it: a backslash before each character that means something, but before
/// wildcards that are meant to.
std::string value_of(const Criterion& criterion) {
    const bool wildcard = criterion.operation == Operation::Wildcard;
    const bool path = kind_of(criterion.field) == FieldKind::Path;
    std::string value =
        criterion.field == Field::FileName && criterion.operation == Operation::Equals
            ? "\\\\"  // the whole of the last part of a path
            : "";
    for (const char each : criterion.value) {
        const char c = path && each == '/' ? '\\' : each;  // paths in events have no slashes
        const bool escaped = c == '\\' || (!wildcard && (c == '*' || c == '?'));
        if (escaped) value += '\\';
        value += c;
    }
    return value;
}

std::string_view modifier_of(const Criterion& criterion) {
    switch (criterion.operation) {
        case Operation::Contains:
            return "|contains";
        case Operation::StartsWith:
            return "|startswith";
        case Operation::EndsWith:
            return "|endswith";
        default:
            return criterion.field == Field::FileName ? "|endswith" : "";
    }
}

// ---- rules -------------------------------------------------------------------------------------

class Document {
public:
    Document(const Part& part, const Target& target)
        : part_(part), text_(comment_header(part, target)) {}

    /// A rule on each kind of event for some hashes.
    void add(std::span<const std::string> hashes) {
        const std::string what = fmt::format("hashes {}", ++groups_);
        for (const EventName& event : events) {
            add_rule(event, what, what, [&](YamlWriter& yaml) {
                yaml.begin_map("selection");
                yaml.begin_list("Hashes|contains");
                for (const std::string& each : hashes) yaml.text_item(each);
                yaml.end_list();
                yaml.end_map();
                yaml.word("condition", "selection");
            });
        }
    }

    void add(const MetadataRule& rule) {
        for (const EventName& event : events) {
            if (!has_columns(rule, event.event)) continue;
            add_rule(event, "rule/" + rule.name, harmless(rule.name, longest_title / 2),
                     [&](YamlWriter& yaml) { write_criteria(yaml, rule, event.event); });
        }
    }

    std::string take() { return std::move(text_); }

private:
    /// Each criterion is a selection of its own, for a field can be asked for twice.
    static void write_criteria(YamlWriter& yaml, const MetadataRule& rule, Event event) {
        std::vector<std::string> names;
        for (const Criterion& criterion : rule.criteria) {
            names.push_back(fmt::format("criterion_{}", names.size() + 1));
            yaml.begin_map(names.back());
            yaml.text(
                fmt::format("{}{}", column_of(criterion.field, event), modifier_of(criterion)),
                value_of(criterion));
            yaml.end_map();
        }
        yaml.word("condition", fmt::format("{}", fmt::join(names, " and ")));
    }

    template <typename Write>
    void add_rule(const EventName& event, std::string_view id, std::string_view what,
                  Write write_detection) {
        const Package& package = part_.package;
        YamlWriter yaml;
        yaml.text("title", fmt::format("{}: {} ({})", harmless(package.name(), longest_title / 2),
                                       what, event.words));
        yaml.word("id", name_uuid(part_, fmt::format("sigma/{}/{}", event.category, id)));
        yaml.word("status", "test");
        yaml.text("description", description());
        if (!package.references().empty()) {
            yaml.begin_list("references");
            for (const std::string& each : package.references()) {
                yaml.text_item(harmless(each, 1024));
            }
            yaml.end_list();
        }
        yaml.word("author", "libblock");
        // In quotes, for readers take a day without them for something else than a text.
        yaml.text("date", to_string(part_.date).substr(0, 10));
        yaml.begin_map("logsource");
        yaml.word("category", event.category);
        yaml.word("product", "windows");
        yaml.end_map();
        yaml.begin_map("detection");
        write_detection(yaml);
        yaml.end_map();
        yaml.begin_list("falsepositives");
        yaml.text_item("Unknown");
        yaml.end_list();
        yaml.word("level", "high");
        if (rules_++ > 0) text_ += "---\n";
        text_ += yaml.finish();
    }

    std::string description() const {
        const Package& package = part_.package;
        std::string text = harmless_lines(package.description());
        while (text.ends_with('\n')) text.pop_back();
        if (!text.empty()) text += '\n';
        return text + fmt::format("Package {}, version {}, digest {}", harmless(package.name()),
                                  package.version(), part_.digest.to_string());
    }

    const Part& part_;
    std::string text_;
    std::size_t groups_ = 0;
    std::size_t rules_ = 0;
};

/// The way Sysmon writes them, for backends that tell letters apart.
std::string hash_value(const HashEntry& entry) {
    std::string digits = entry.sha256.to_string();
    for (char& c : digits) {
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    }
    return "SHA256=" + digits;
}

void add_hashes(const Part& part, Document& document) {
    std::vector<std::string> hashes;
    for (const HashEntry& entry : part.entries) {
        hashes.push_back(hash_value(entry));
        if (hashes.size() == hashes_per_rule) {
            document.add(hashes);
            hashes.clear();
        }
    }
    if (!hashes.empty()) document.add(hashes);
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Document document(part, output.target());
        add_hashes(part, document);
        for (const MetadataRule& rule : part.rules) document.add(rule);
        output.add(part.stem + ".yml", document.take());
    }
}

/// The operations that mean in Sigma what they mean here: its `*` goes across parts of a path.
std::vector<Operation> operations_on(Field field) {
    if (field == Field::FileName) return {Operation::Equals, Operation::EndsWith};
    std::vector<Operation> all{Operation::Equals, Operation::Contains, Operation::StartsWith,
                               Operation::EndsWith};
    if (kind_of(field) != FieldKind::Path) all.push_back(Operation::Wildcard);
    return all;
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all;
    all.reserve(columns.size());
    for (const Column& each : columns) {
        all.push_back({.field = each.field,
                       .operations = operations_on(each.field),
                       .platforms = {Platform::Windows},
                       .letter_case = LetterCase::Ignored});
    }
    return all;
}

}  // namespace

TargetDefinition sigma() {
    return {
        {.name = "sigma",
         .engine = "Sigma",
         .output = "rules on events of Sysmon (.yml)",
         .category = TargetCategory::Intelligence,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Windows},
                          .fields = fields(),
                          .audit = AuditScope::Document,
                          .limits = {.entries_per_item = hashes_per_rule}},
         .proof = Proof::Parser,
         .versions = "pySigma 1.5",
         .documentation = "https://sigmahq.io/sigma-specification/",
         .remarks = {"A document holds several rules: for each 500 hashes and for each metadata "
                     "rule one on the creation of processes, and one on loaded images.",
                     "Sysmon must record SHA-256s (HashAlgorithms) and loaded images, which by "
                     "default it does not."}},
        write};
}

}  // namespace libblock::detail::targets
