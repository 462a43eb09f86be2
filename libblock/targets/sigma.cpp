#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
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
enum class Event : std::size_t { ProcessCreation, ImageLoad, DriverLoad };

struct EventName {
    Event event;
    std::string_view category;
    std::string_view words;
};

constexpr std::array<EventName, 3> events{{
    {Event::ProcessCreation, "process_creation", "process creation"},
    {Event::ImageLoad, "image_load", "image load"},
    {Event::DriverLoad, "driver_load", "driver load"},
}};

/// What of the system tells when a file is used.
enum class FileUse : std::uint8_t { Image, Driver, None };

bool is_event_of(Event event, FileUse use) {
    return (event == Event::DriverLoad) == (use == FileUse::Driver);
}

/// Installers, archives, scripts and documents: another program reads them, and it is that one
/// which events tell of.
constexpr std::array<std::string_view, 24> read_by_others{
    ".7z",  ".bat", ".cab", ".cmd", ".deb", ".dmg", ".gz",  ".hta", ".img", ".iso", ".js",  ".jse",
    ".lnk", ".msi", ".msp", ".pdf", ".pkg", ".ps1", ".rar", ".rpm", ".vbe", ".vbs", ".wsf", ".zip"};

FileUse use_of(std::string_view name) {
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    std::string extension(name.substr(dot));
    for (char& c : extension) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (extension == ".sys") return FileUse::Driver;
    const bool read =
        std::find(read_by_others.begin(), read_by_others.end(), extension) != read_by_others.end();
    return read ? FileUse::None : FileUse::Image;
}

/// What a field is called in the events; empty where they do not have it.
struct Column {
    Field field;
    std::array<std::string_view, events.size()> names;
};

/// Source: the field names of Sysmon, sigmahq.io/docs/basics/log-sources.html.
constexpr std::array<Column, 8> columns{{
    {Field::OriginalFilename, {"OriginalFileName", "OriginalFileName", ""}},
    {Field::ProductName, {"Product", "Product", ""}},
    {Field::FileDescription, {"Description", "Description", ""}},
    {Field::CompanyName, {"Company", "Company", ""}},
    {Field::FileName, {"Image", "ImageLoaded", "ImageLoaded"}},
    {Field::Path, {"Image", "ImageLoaded", "ImageLoaded"}},
    {Field::ParentProcess, {"ParentImage", "", ""}},
    {Field::CommandLine, {"CommandLine", "", ""}},
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

/// For which files the criterion asks, as far as it names their extension.
FileUse use_of(const Criterion& criterion) {
    const Operation operation = criterion.operation;
    if (operation == Operation::Contains || operation == Operation::StartsWith) {
        return FileUse::Image;
    }
    switch (criterion.field) {
        case Field::FileName:
        case Field::Path:
            return use_of(criterion.value);
        case Field::OriginalFilename:  // which only an image has
            return use_of(criterion.value) == FileUse::Driver ? FileUse::Driver : FileUse::Image;
        default:
            return FileUse::Image;
    }
}

FileUse use_of(const MetadataRule& rule) {
    for (const Criterion& each : rule.criteria) {
        const FileUse use = use_of(each);
        if (use != FileUse::Image) return use;
    }
    return FileUse::Image;
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

    /// A rule for some hashes on each kind of event that tells of such files.
    void add(std::span<const std::string> hashes, FileUse use) {
        const std::string what = fmt::format("hashes {}", ++groups_);
        for (const EventName& event : events) {
            if (!is_event_of(event.event, use)) continue;
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

    void add(const MetadataRule& rule, FileUse use) {
        for (const EventName& event : events) {
            if (!is_event_of(event.event, use) || !has_columns(rule, event.event)) continue;
            add_rule(event, "rule/" + rule.name, harmless(rule.name, longest_title / 2),
                     [&](YamlWriter& yaml) { write_criteria(yaml, rule, event.event); });
        }
    }

    bool empty() const { return rules_ == 0; }
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

const Cause never_an_image{
    LossKind::CannotMatch, LossReason::Engine,
    "installers, archives, scripts and documents are neither started as a process nor loaded as an "
    "image, which is what the events tell of"};

/// Hashes that are looked for on the same events, in rules of at most so many.
class HashGroup {
public:
    HashGroup(Document& document, FileUse use) : document_(document), use_(use) {}

    void add(const HashEntry& entry) {
        hashes_.push_back(hash_value(entry));
        if (hashes_.size() == hashes_per_rule) close();
    }

    void close() {
        if (!hashes_.empty()) document_.add(hashes_, use_);
        hashes_.clear();
    }

private:
    Document& document_;
    FileUse use_;
    std::vector<std::string> hashes_;
};

void add_hashes(const Part& part, Document& document, Output& output) {
    HashGroup images(document, FileUse::Image);
    HashGroup drivers(document, FileUse::Driver);
    for (const HashEntry& entry : part.entries) {
        const FileUse use = use_of(entry.file_name);
        (use == FileUse::Driver ? drivers : images).add(entry);
        const bool elsewhere = entry.platform && *entry.platform != Platform::Windows;
        if (use == FileUse::None && !elsewhere) output.lose(part, never_an_image, entry);
    }
    images.close();
    drivers.close();
}

/// Whether a criterion asks for a name of a file with folders in it. There is none, but a path
/// would match.
bool asks_for_folders(const MetadataRule& rule) {
    return std::any_of(rule.criteria.begin(), rule.criteria.end(), [](const Criterion& each) {
        return each.field == Field::FileName &&
               each.value.find_first_of("/\\") != std::string::npos;
    });
}

void add_rule(const Part& part, const MetadataRule& rule, Document& document, Output& output) {
    if (asks_for_folders(rule)) {
        output.lose(
            part,
            {LossKind::LeftOut, LossReason::Value,
             "the name of a file holds no slash or backslash, so that the rule cannot match; "
             "in Sigma it would match paths"},
            rule);
        return;
    }
    FileUse use = use_of(rule);
    if (use == FileUse::None) output.lose(part, never_an_image, rule);
    if (use == FileUse::Driver && !has_columns(rule, Event::DriverLoad)) {
        use = FileUse::Image;
        output.lose(part,
                    {LossKind::CannotMatch, LossReason::Engine,
                     "of drivers the events tell name, path and hash alone"},
                    rule);
    }
    document.add(rule, use);
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Document document(part, output.target());
        add_hashes(part, document, output);
        for (const MetadataRule& rule : part.rules) add_rule(part, rule, document, output);
        if (!document.empty()) output.add(part.stem + ".yml", document.take());
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
                     "rule one on the creation of processes, and one on loaded images. Files whose "
                     "name ends with .sys are looked for among loaded drivers instead.",
                     "Sysmon must record SHA-256s (HashAlgorithms) and loaded images, which by "
                     "default it does not."}},
        write};
}

}  // namespace libblock::detail::targets
