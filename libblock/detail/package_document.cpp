#include "libblock/detail/package_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libblock/detail/document_fields.hpp"
#include "libblock/detail/file.hpp"
#include "libblock/detail/list_lines.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/yaml_writer.hpp"
#include "libblock/error.hpp"
#include "libblock/hash_list.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"

namespace libblock::detail {
namespace {

constexpr std::uint64_t format_version = 1;
constexpr std::string_view modeline = "yaml-language-server: $schema=package.schema.json";
constexpr std::uint64_t max_u32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t max_u64 = std::numeric_limits<std::uint64_t>::max();
constexpr auto required = Presence::Required;
constexpr auto optional = Presence::Optional;

std::uint32_t read_u32(const YamlNode& node, std::uint64_t least) {
    return static_cast<std::uint32_t>(read_number(node, least, max_u32));
}

// ---- rules -------------------------------------------------------------------------------------

constexpr std::array<KeyRow<Criterion>, 3> criterion_keys{{
    {"field", required,
     [](const YamlNode& value, Criterion& it) { it.field = read_word<Field>(value); }},
    {"operation", required,
     [](const YamlNode& value, Criterion& it) { it.operation = read_word<Operation>(value); }},
    {"value", required, [](const YamlNode& value, Criterion& it) { it.value = read_text(value); }},
}};

Criterion read_criterion(const YamlNode& node) {
    Criterion criterion;
    read_mapping(node, "a criterion", criterion_keys, criterion);
    const bool wrong_operation =
        compares_versions(criterion.operation) && kind_of(criterion.field) != FieldKind::Version;
    const YamlNode* blamed = find_value(node, wrong_operation ? "operation" : "value");
    placed(blamed->position, [&] { validate(criterion); });
    return criterion;
}

/// A rule that is valid but for its name.
MetadataRule rule_named(std::string name) {
    return {std::move(name), {Platform::Windows}, {{Field::FileName, Operation::Equals, "x"}}};
}

constexpr std::array<KeyRow<MetadataRule>, 3> rule_keys{{
    {"name", required,
     [](const YamlNode& value, MetadataRule& rule) {
         rule.name = read_text(value);
         validate(rule_named(rule.name));
     }},
    {"platforms", required,
     [](const YamlNode& value, MetadataRule& rule) {
         FirstLines lines;
         read_list(value, Emptiness::Refused, [&](const YamlNode& item) {
             rule.platforms.push_back(read_word<Platform>(item));
             lines.add(item.text, fmt::format("the platform {}", item.text), item.position);
         });
     }},
    {"criteria", required,
     [](const YamlNode& value, MetadataRule& rule) {
         read_list(value, Emptiness::Refused,
                   [&](const YamlNode& item) { rule.criteria.push_back(read_criterion(item)); });
         MetadataRule complete = rule_named("x");
         complete.criteria = rule.criteria;
         validate(complete);  // there may be too many
     }},
}};

void read_rules(const YamlNode& node, Package& package) {
    FirstLines lines;
    read_list(node, Emptiness::Allowed, [&](const YamlNode& item) {
        MetadataRule rule;
        read_mapping(item, "a rule", rule_keys, rule);
        const Position name = find_value(item, "name")->position;
        placed(name, [&] {
            lines.add(rule.name, fmt::format("a rule named {}", quote(rule.name)), name);
        });
        package.add_rule(std::move(rule));
    });
}

// ---- hashes ------------------------------------------------------------------------------------

constexpr std::array<KeyRow<HashEntry>, 8> entry_keys{{
    {"sha256", required,
     [](const YamlNode& value, HashEntry& entry) { entry.sha256 = read_digest(value); }},
    {"kind", optional,
     [](const YamlNode& value, HashEntry& entry) { entry.kind = read_word<HashKind>(value); }},
    {"file_name", optional,
     [](const YamlNode& value, HashEntry& entry) {
         entry.file_name = read_text(value);
         validate(entry);
     }},
    {"platform", optional,
     [](const YamlNode& value, HashEntry& entry) { entry.platform = read_word<Platform>(value); }},
    {"note", optional,
     [](const YamlNode& value, HashEntry& entry) {
         entry.note = read_text(value);
         validate(entry);
     }},
    {"source", optional,
     [](const YamlNode& value, HashEntry& entry) {
         entry.origin.source = read_text(value);
         validate(entry);
     }},
    {"line", optional,
     [](const YamlNode& value, HashEntry& entry) { entry.origin.line = read_u32(value, 1); }},
    {"column", optional,
     [](const YamlNode& value, HashEntry& entry) { entry.origin.column = read_u32(value, 1); }},
}};

/// A list beside the document, as the document names it.
struct ListReference {
    std::string file;
    HashKind kind = HashKind::File;
    std::optional<Platform> platform;
    std::string source;
    std::uint64_t count = 0;
    Sha256 sha256;
};

/// A name of a file in the document's own folder, on every platform.
void require_plain_name(std::string_view file) {
    validate_text(file, "the name of a hash list",
                  {.max_bytes = limits::name_bytes, .blank_ends = false});
    const bool plain =
        file != "." && file != ".." && file.find_first_of("/\\:") == std::string_view::npos;
    if (plain) return;
    throw Error(ErrorCode::InvalidValue,
                fmt::format("{} is not the plain name of a file beside the document", quote(file)));
}

constexpr std::array<KeyRow<ListReference>, 6> list_keys{{
    {"file", required,
     [](const YamlNode& value, ListReference& list) {
         list.file = read_text(value);
         require_plain_name(list.file);
     }},
    {"kind", optional,
     [](const YamlNode& value, ListReference& list) { list.kind = read_word<HashKind>(value); }},
    {"platform", optional,
     [](const YamlNode& value, ListReference& list) {
         list.platform = read_word<Platform>(value);
     }},
    {"source", optional,
     [](const YamlNode& value, ListReference& list) {
         HashEntry entry;
         entry.origin.source = list.source = read_text(value);
         validate(entry);
     }},
    {"count", required,
     [](const YamlNode& value, ListReference& list) {
         list.count = read_number(value, 1, max_u64);
     }},
    {"sha256", required,
     [](const YamlNode& value, ListReference& list) { list.sha256 = read_digest(value); }},
}};

/// The hashes of a document and of its lists, in their order, with the place of each.
class HashReader {
public:
    explicit HashReader(std::filesystem::path folder) : folder_(std::move(folder)) {}

    void read_entry(const YamlNode& item) {
        HashEntry entry;
        if (item.kind == YamlKind::Scalar) {
            entry.sha256 = read_digest(item);
        } else {
            read_mapping(item, "a hash", entry_keys, entry);
        }
        add(std::move(entry), "", item.position);
    }

    void read_list_file(const YamlNode& item) {
        ListReference list;
        read_mapping(item, "a hash list", list_keys, list);
        const Position place = find_value(item, "file")->position;
        placed(place, [&] { files_.add(list.file, "the list " + quote(list.file), place); });
        const std::string text = load(list, place);
        require_digest(list, text, find_value(item, "sha256")->position);
        const std::size_t count = read_lines(list, text);
        if (count == list.count) return;
        throw Error(ErrorCode::DigestMismatch,
                    fmt::format("the hash list {} holds {} hashes, but the document says {}",
                                quote(list.file), count, list.count),
                    {}, find_value(item, "count")->position);
    }

    /// Gives the package all hashes. Throws if one is there twice.
    void finish(Package& package) {
        const std::size_t count = entries_.size();
        if (package.add(std::move(entries_)) != count) refuse_repeat();
    }

private:
    struct Appearance {
        Sha256 sha256;
        HashKind kind;
        Position position;
        std::string_view list;  ///< empty for the document; views a key of `files_`

        std::string key() const { return sha256.to_string() + std::string(to_string(kind)); }
    };

    void add(HashEntry entry, std::string_view list, Position position) {
        appearances_.push_back({entry.sha256, entry.kind, position, list});
        entries_.push_back(std::move(entry));
    }

    std::filesystem::path path_of(std::string_view file) const { return folder_ / from_utf8(file); }

    std::string load(const ListReference& list, Position place) const {
        try {
            return read_file(path_of(list.file), limits::hash_list_bytes);
        } catch (const Error& error) {
            throw Error(error.code(),
                        fmt::format("the hash list {} {}", quote(list.file), error.message()), {},
                        place);
        }
    }

    static void require_digest(const ListReference& list, const std::string& text, Position place) {
        const Sha256 actual = hash_text(text);
        if (actual == list.sha256) return;
        std::string unix_text = text;
        std::erase(unix_text, '\r');
        const bool converted = hash_text(unix_text) == list.sha256;
        throw Error(ErrorCode::DigestMismatch,
                    fmt::format("the hash list {} has the digest {}, but the document says {}{}",
                                quote(list.file), actual.to_string(), list.sha256.to_string(),
                                converted ? "; only its line ends were converted to CR LF" : ""),
                    {}, place);
    }

    std::size_t read_lines(const ListReference& list, const std::string& text) {
        const std::size_t before = entries_.size();
        const std::string_view name = *list_names_.insert(list.file).first;
        try {
            for_each_list_line(text, [&](HashListLine&& line, std::uint32_t number) {
                add({.sha256 = line.sha256,
                     .kind = list.kind,
                     .file_name = std::move(line.name),
                     .platform = list.platform,
                     .note = {},
                     .origin = {list.source, 0, 0}},
                    name, {number, 1});
            });
        } catch (const Error& error) {
            throw error.in_file(to_utf8(path_of(list.file)));
        }
        return entries_.size() - before;
    }

    [[noreturn]] void refuse_repeat() const {
        std::unordered_map<std::string, const Appearance*> first;
        const auto repeat = std::find_if(
            appearances_.begin(), appearances_.end(),
            [&](const Appearance& each) { return !first.try_emplace(each.key(), &each).second; });
        const Appearance& earlier = *first.at(repeat->key());
        const std::string where = earlier.list == repeat->list ? ""
                                  : earlier.list.empty()       ? " of the document"
                                                               : " of " + quote(earlier.list);
        throw Error(
            ErrorCode::InvalidDocument,
            fmt::format("the {} hash {} stands on line {}{} already", to_string(repeat->kind),
                        repeat->sha256.to_string(), earlier.position.line, where),
            repeat->list.empty() ? "" : to_utf8(path_of(repeat->list)), repeat->position);
    }

    std::filesystem::path folder_;
    FirstLines files_;
    std::set<std::string> list_names_;
    std::vector<HashEntry> entries_;
    std::vector<Appearance> appearances_;
};

// ---- provenance --------------------------------------------------------------------------------

template <std::uint64_t Provenance::*member>
void read_count(const YamlNode& value, Provenance& record) {
    record.*member = read_number(value, 0, max_u64);
}

constexpr std::array<KeyRow<Provenance>, 8> provenance_keys{{
    {"source", required,
     [](const YamlNode& value, Provenance& record) {
         record.source.name = read_text(value);
         Package("x").add_provenance(record);
     }},
    {"sha256", required,
     [](const YamlNode& value, Provenance& record) { record.source.sha256 = read_digest(value); }},
    {"imported", optional,
     [](const YamlNode& value, Provenance& record) {
         record.source.imported = read_timestamp(value);
     }},
    {"accepted", required, read_count<&Provenance::accepted>},
    {"rejected", required, read_count<&Provenance::rejected>},
    {"duplicates", required, read_count<&Provenance::duplicates>},
    {"selected", required, read_count<&Provenance::selected>},
    {"added", required, read_count<&Provenance::added>},
}};

Provenance read_provenance(const YamlNode& node) {
    Provenance record;
    read_mapping(node, "a record of provenance", provenance_keys, record);
    return record;
}

// ---- the package -------------------------------------------------------------------------------

/// A list of texts without repeats; `check` may refuse a text.
template <typename Check>
std::vector<std::string> read_texts(const YamlNode& node, std::string_view what, Check check) {
    std::vector<std::string> texts;
    FirstLines lines;
    read_list(node, Emptiness::Allowed, [&](const YamlNode& item) {
        texts.push_back(read_text(item));
        check(texts.back());
        lines.add(texts.back(), fmt::format("the {} {}", what, quote(texts.back())), item.position);
    });
    return texts;
}

struct PackageDraft {
    Package package;
    HashReader hashes;
    const YamlNode* lists = nullptr;  ///< read last: no file is opened for a broken document
};

constexpr std::array<KeyRow<PackageDraft>, 11> package_keys{{
    {"libblock", required,
     [](const YamlNode& value, PackageDraft&) { require_version(value, format_version); }},
    {"name", required,
     [](const YamlNode& value, PackageDraft& draft) { draft.package.rename(read_text(value)); }},
    {"version", required,
     [](const YamlNode& value, PackageDraft& draft) {
         draft.package.set_version(read_u32(value, 1));
     }},
    {"description", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         draft.package.set_description(read_text(value));
     }},
    {"references", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         draft.package.set_references(read_texts(value, "reference", [](const std::string& text) {
             Package("x").set_references({text});
         }));
     }},
    {"tags", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         draft.package.set_tags(read_texts(
             value, "tag", [](const std::string& text) { Package("x").set_tags({text}); }));
     }},
    {"expires", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         draft.package.set_expires(read_timestamp(value));
     }},
    {"rules", optional,
     [](const YamlNode& value, PackageDraft& draft) { read_rules(value, draft.package); }},
    {"hashes", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         read_list(value, Emptiness::Allowed,
                   [&](const YamlNode& item) { draft.hashes.read_entry(item); });
     }},
    {"hash_lists", optional,
     [](const YamlNode& value, PackageDraft& draft) { draft.lists = &value; }},
    {"provenance", optional,
     [](const YamlNode& value, PackageDraft& draft) {
         read_list(value, Emptiness::Allowed, [&](const YamlNode& item) {
             draft.package.add_provenance(read_provenance(item));
         });
     }},
}};

// ---- writing -----------------------------------------------------------------------------------

void write_optional(YamlWriter& yaml, std::string_view key, const std::string& value) {
    if (!value.empty()) yaml.text(key, value);
}

void write_optional(YamlWriter& yaml, std::string_view key, std::uint64_t value) {
    if (value != 0) yaml.number(key, value);
}

void write_optional(YamlWriter& yaml, std::string_view key, const std::optional<Platform>& value) {
    if (value) yaml.word(key, to_string(*value));
}

void write_optional(YamlWriter& yaml, std::string_view key, const std::optional<Timestamp>& value) {
    if (value) yaml.word(key, to_string(*value));
}

void write_kind(YamlWriter& yaml, HashKind kind) {
    if (kind != HashKind::File) yaml.word("kind", to_string(kind));
}

/// Writes a list if there is anything in it; `write` writes one item.
template <typename Items, typename Write>
void write_list(YamlWriter& yaml, std::string_view key, const Items& items, Write write) {
    if (std::begin(items) == std::end(items)) return;
    yaml.begin_list(key);
    for (const auto& item : items) write(item);
    yaml.end_list();
}

/// `write_list` of mappings; `write` writes the keys of one.
template <typename Items, typename Write>
void write_mappings(YamlWriter& yaml, std::string_view key, const Items& items, Write write) {
    write_list(yaml, key, items, [&](const auto& item) {
        yaml.begin_item();
        write(item);
        yaml.end_item();
    });
}

void write_rule(YamlWriter& yaml, const MetadataRule& rule) {
    yaml.text("name", rule.name);
    std::vector<std::string_view> platforms;
    for (const Platform platform : rule.platforms) platforms.push_back(to_string(platform));
    yaml.words("platforms", platforms);
    write_mappings(yaml, "criteria", rule.criteria, [&](const Criterion& criterion) {
        yaml.word("field", to_string(criterion.field));
        yaml.word("operation", to_string(criterion.operation));
        yaml.text("value", criterion.value);
    });
}

void write_entry(YamlWriter& yaml, const HashEntry& entry) {
    yaml.text("sha256", entry.sha256.to_string());
    write_kind(yaml, entry.kind);
    write_optional(yaml, "file_name", entry.file_name);
    write_optional(yaml, "platform", entry.platform);
    write_optional(yaml, "note", entry.note);
    write_optional(yaml, "source", entry.origin.source);
    write_optional(yaml, "line", entry.origin.line);
    write_optional(yaml, "column", entry.origin.column);
}

void write_list_reference(YamlWriter& yaml, const ListReference& list) {
    yaml.text("file", list.file);
    write_kind(yaml, list.kind);
    write_optional(yaml, "platform", list.platform);
    write_optional(yaml, "source", list.source);
    yaml.number("count", list.count);
    yaml.text("sha256", list.sha256.to_string());
}

void write_provenance(YamlWriter& yaml, const Provenance& record) {
    yaml.text("source", record.source.name);
    yaml.text("sha256", record.source.sha256.to_string());
    write_optional(yaml, "imported", record.source.imported);
    yaml.number("accepted", record.accepted);
    yaml.number("rejected", record.rejected);
    yaml.number("duplicates", record.duplicates);
    yaml.number("selected", record.selected);
    yaml.number("added", record.added);
}

/// The hashes of a package: in the document, and in lists beside it.
struct Division {
    std::vector<HashEntry> entries;
    std::vector<ListReference> references;
    std::vector<SideFile> lists;
};

std::string list_name(std::string_view stem, std::size_t index, std::size_t count) {
    return count == 1 ? fmt::format("{}.sha256", stem) : fmt::format("{}-{}.sha256", stem, index);
}

Division divide(const Package& package, std::string_view stem) {
    const HashEntries& entries = package.entries();
    if (entries.size() <= limits::inline_entries) return {{entries.begin(), entries.end()}, {}, {}};
    Division division;
    using Group = std::tuple<HashKind, std::optional<Platform>, std::string>;
    std::map<Group, std::vector<HashListLine>> groups;
    for (const HashEntry& entry : entries) {
        if (entry.note.empty()) {
            groups[{entry.kind, entry.platform, entry.origin.source}].push_back(
                {entry.sha256, entry.file_name});
        } else {
            division.entries.push_back(entry);
        }
    }
    for (const auto& [group, lines] : groups) {
        SideFile list{list_name(stem, division.lists.size() + 1, groups.size()),
                      format_hash_list(lines)};
        require_plain_name(list.file);
        const auto& [kind, platform, source] = group;
        division.references.push_back(
            {list.file, kind, platform, source, lines.size(), hash_text(list.bytes)});
        division.lists.push_back(std::move(list));
    }
    return division;
}

}  // namespace

Package read_package(const YamlNode& root, const std::filesystem::path& folder) {
    PackageDraft draft{Package("x"), HashReader(folder)};
    read_mapping(root, "a package", package_keys, draft);
    if (draft.lists) {
        placed(draft.lists->position, [&] {
            read_list(*draft.lists, Emptiness::Allowed,
                      [&](const YamlNode& item) { draft.hashes.read_list_file(item); });
        });
    }
    draft.hashes.finish(draft.package);
    return std::move(draft.package);
}

std::vector<std::string> named_lists(const YamlNode& root) {
    std::vector<std::string> files;
    if (root.kind != YamlKind::Mapping) return files;
    const YamlNode* lists = find_value(root, "hash_lists");
    if (!lists || lists->kind != YamlKind::Sequence) return files;
    for (const auto& item : lists->items) {
        const YamlNode* file = item.kind == YamlKind::Mapping ? find_value(item, "file") : nullptr;
        if (file) files.push_back(file->text);
    }
    return files;
}

bool is_list_name(std::string_view file, std::string_view stem) {
    constexpr std::string_view extension = ".sha256";
    if (!file.starts_with(stem) || !file.ends_with(extension)) return false;
    if (file.size() < stem.size() + extension.size()) return false;
    const std::string_view number =
        file.substr(stem.size(), file.size() - stem.size() - extension.size());
    return number.empty() || (number.starts_with('-') && number.size() > 1 &&
                              number.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

DocumentText write_package(const Package& package, std::string_view stem) {
    Division hashes = divide(package, stem);
    YamlWriter yaml;
    const auto text_item = [&](const std::string& text) { yaml.text_item(text); };
    yaml.comment(modeline);
    yaml.number("libblock", format_version);
    yaml.text("name", package.name());
    yaml.number("version", package.version());
    write_optional(yaml, "description", package.description());
    write_list(yaml, "references", package.references(), text_item);
    write_list(yaml, "tags", package.tags(), text_item);
    write_optional(yaml, "expires", package.expires());
    write_mappings(yaml, "rules", package.rules(),
                   [&](const MetadataRule& rule) { write_rule(yaml, rule); });
    write_mappings(yaml, "hashes", hashes.entries,
                   [&](const HashEntry& entry) { write_entry(yaml, entry); });
    write_mappings(yaml, "hash_lists", hashes.references,
                   [&](const ListReference& list) { write_list_reference(yaml, list); });
    write_mappings(yaml, "provenance", package.provenance(),
                   [&](const Provenance& record) { write_provenance(yaml, record); });
    return {yaml.finish(), std::move(hashes.lists)};
}

}  // namespace libblock::detail
