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
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "libblock/detail/document_fields.hpp"
#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/file.hpp"
#include "libblock/detail/large_pages.hpp"
#include "libblock/detail/list_lines.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/yaml_writer.hpp"
#include "libblock/error.hpp"
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

constexpr std::size_t list_line_bytes = Sha256::hex_count + 1;

/// The file of a list in pieces of whole lines.
class ListPieces {
public:
    ListPieces(const std::filesystem::path& path, std::size_t max_bytes)
        : reader_(path, max_bytes) {}

    std::size_t size() const noexcept { return reader_.size(); }

    /// The next lines, valid until those after them; nothing at the end.
    std::string_view next() {
        std::copy(at(taken_), at(filled_), at(0));
        filled_ -= std::exchange(taken_, 0);
        for (bool more = true; more && taken_ == 0;) {
            if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
            const auto space = std::span(buffer_).subspan(filled_);
            const std::size_t count = reader_.read(space);
            more = count == space.size();
            const std::size_t line_end = std::string_view(space.data(), count).rfind('\n');
            if (line_end != std::string_view::npos) taken_ = filled_ + line_end + 1;
            filled_ += count;
            if (!more) taken_ = filled_;
        }
        return {buffer_.data(), taken_};
    }

private:
    static constexpr std::size_t piece_bytes = std::size_t{256} * 1024;

    std::vector<char>::iterator at(std::size_t index) {
        return buffer_.begin() + static_cast<std::ptrdiff_t>(index);
    }

    FileReader reader_;
    std::vector<char> buffer_ = std::vector<char>(piece_bytes);
    std::size_t taken_ = 0;   ///< by those who read
    std::size_t filled_ = 0;  ///< from the file
};

/// The hashes of a document and of its lists, in their order.
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
        in_document_.push_back({entry.sha256, entry.kind, item.position, nullptr});
        entries_.push(entry);
    }

    void read_list_file(const YamlNode& item) {
        ListReference list;
        read_mapping(item, "a hash list", list_keys, list);
        const Position place = find_value(item, "file")->position;
        placed(place, [&] { files_.add(list.file, "the list " + quote(list.file), place); });
        const std::size_t count = read_lines(list, item);
        lists_.emplace_back(std::move(list), &item);
        if (count == lists_.back().first.count) return;
        throw Error(ErrorCode::DigestMismatch,
                    fmt::format("the hash list {} holds {} hashes, but the document says {}",
                                quote(lists_.back().first.file), count, lists_.back().first.count),
                    {}, find_value(item, "count")->position);
    }

    /// Gives the package all hashes. Throws if one is there twice.
    void finish(Package& package) {
        const std::size_t count = entries_.size();
        if (package.merge(HashEntries(std::move(entries_))) != count) refuse_repeat();
    }

private:
    struct Appearance {
        Sha256 sha256;
        HashKind kind;
        Position position;
        const ListReference* list;  ///< null for the document

        bool is_of_hash(const Appearance& other) const {
            return sha256 == other.sha256 && kind == other.kind;
        }
    };

    std::filesystem::path path_of(std::string_view file) const { return folder_ / from_utf8(file); }

    /// Adds the entries of a list and returns their number.
    std::size_t read_lines(const ListReference& list, const YamlNode& item) {
        const std::size_t before = entries_.size();
        const EntryContext common{.platform = list.platform, .source = list.source};
        const EntryTable::Context bare = entries_.keep(common);
        const auto reserve = [&](std::size_t bytes) {
            entries_.reserve(before + std::min<std::size_t>(list.count, bytes / list_line_bytes));
        };
        for_each_line(list, item, reserve, [&](const ListLine& line) {
            EntryContext context = common;
            context.file_name = line.name;
            entries_.push(line.sha256, list.kind,
                          line.name.empty() ? bare : entries_.keep(context));
        });
        return entries_.size() - before;
    }

    /// Visits the lines of a list in the one pass that also checks its digest; first tells its
    /// size. What is wrong with a line is of interest only if the digest is right.
    template <typename Begin, typename Visit>
    void for_each_line(const ListReference& list, const YamlNode& item, Begin begin,
                       Visit visit) const {
        ListPieces pieces = open(list, item);
        begin(pieces.size());
        Hasher hasher;
        ListReader reader;
        std::optional<Error> refusal;
        for (std::string_view piece; !(piece = next(pieces, list, item)).empty();) {
            hasher.update(std::as_bytes(std::span(piece)));
            if (refusal) continue;
            try {
                reader.read(piece, visit);
            } catch (const Error& error) {
                refusal = error.in_file(to_utf8(path_of(list.file)));
            }
        }
        require_digest(list, hasher.finish(), item);
        if (refusal) throw Error(*refusal);
    }

    /// Runs `action` on the file of a list; what it throws is placed in the document.
    template <typename Action>
    static auto on_file(const ListReference& list, const YamlNode& item, Action action) {
        try {
            return action();
        } catch (const Error& error) {
            throw Error(error.code(),
                        fmt::format("the hash list {} {}", quote(list.file), error.message()), {},
                        find_value(item, "file")->position);
        }
    }

    ListPieces open(const ListReference& list, const YamlNode& item) const {
        return on_file(list, item,
                       [&] { return ListPieces(path_of(list.file), limits::hash_list_bytes); });
    }

    static std::string_view next(ListPieces& pieces, const ListReference& list,
                                 const YamlNode& item) {
        return on_file(list, item, [&] { return pieces.next(); });
    }

    void require_digest(const ListReference& list, const Sha256& actual,
                        const YamlNode& item) const {
        if (actual == list.sha256) return;
        throw Error(
            ErrorCode::DigestMismatch,
            fmt::format(
                "the hash list {} has the digest {}, but the document says {}{}", quote(list.file),
                actual.to_string(), list.sha256.to_string(),
                was_converted(list, item) ? "; only its line ends were converted to CR LF" : ""),
            {}, find_value(item, "sha256")->position);
    }

    bool was_converted(const ListReference& list, const YamlNode& item) const {
        std::string text = on_file(
            list, item, [&] { return read_file(path_of(list.file), limits::hash_list_bytes); });
        std::erase(text, '\r');
        return hash_text(text) == list.sha256;
    }

    /// All hashes in their order, each with its place: the lists are read again.
    std::vector<Appearance> appearances() const {
        std::vector<Appearance> all = in_document_;
        for (const auto& [list, item] : lists_) {
            for_each_line(
                list, *item, [](std::size_t) {},
                [&, of = &list](const ListLine& line) {
                    all.push_back({line.sha256, of->kind, {line.number, 1}, of});
                });
        }
        return all;
    }

    [[noreturn]] void refuse_repeat() const {
        const std::vector<Appearance> all = appearances();
        std::vector<const Appearance*> by_hash(all.size());
        std::transform(all.begin(), all.end(), by_hash.begin(),
                       [](const Appearance& each) { return &each; });
        std::sort(by_hash.begin(), by_hash.end(), [](const auto* left, const auto* right) {
            return std::tie(left->sha256, left->kind, left) <
                   std::tie(right->sha256, right->kind, right);
        });
        const Appearance* earlier = nullptr;
        const Appearance* repeat = nullptr;
        for (std::size_t i = 1; i < by_hash.size(); ++i) {
            if (!by_hash[i]->is_of_hash(*by_hash[i - 1])) continue;
            if (repeat != nullptr && repeat < by_hash[i]) continue;
            earlier = by_hash[i - 1];
            repeat = by_hash[i];
        }
        const std::string where = earlier->list == repeat->list ? ""
                                  : earlier->list == nullptr    ? " of the document"
                                                             : " of " + quote(earlier->list->file);
        throw Error(
            ErrorCode::InvalidDocument,
            fmt::format("the {} hash {} stands on line {}{} already", to_string(repeat->kind),
                        repeat->sha256.to_string(), earlier->position.line, where),
            repeat->list == nullptr ? "" : to_utf8(path_of(repeat->list->file)), repeat->position);
    }

    std::filesystem::path folder_;
    FirstLines files_;
    EntryTable entries_;
    std::vector<Appearance> in_document_;
    std::vector<std::pair<ListReference, const YamlNode*>> lists_;
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

/// What the entries of one list have in common.
using Group = std::tuple<HashKind, std::optional<Platform>, std::string_view>;

struct List {
    std::string text;
    std::size_t bytes = 0;  ///< that the text will have
    std::size_t count = 0;
};

/// The lists that the entries of a package go to.
class Lists {
public:
    explicit Lists(const EntryTable& entries) : entries_(entries) {}

    /// The list of an entry, or null if the entry stays in the document.
    List* of(std::size_t index) {
        const Key key{entries_.kind(index), entries_.context_number(index)};
        if (last_key_ == key) return last_;
        last_key_ = key;
        const EntryContext context = entries_.context(index);
        last_ = context.note.empty()
                    ? &lists_[{entries_.kind(index), context.platform, context.source}]
                    : nullptr;
        return last_;
    }

    std::map<Group, List>& all() noexcept { return lists_; }

private:
    using Key = std::pair<HashKind, EntryTable::Context>;

    const EntryTable& entries_;
    std::map<Group, List> lists_;
    std::optional<Key> last_key_;  ///< neighbours often have it in common
    List* last_ = nullptr;
};

void count_line(List& list, std::string_view name) {
    ++list.count;
    list.bytes += list_line_bytes + (name.empty() ? 0 : 2 + name.size());
}

void append_line(List& list, const Sha256& sha256, std::string_view name) {
    if (list.text.empty()) {
        list.text.reserve(list.bytes);
        prefer_large_pages(list.text.data(), list.bytes);
    }
    append_list_line(list.text, sha256, name);
}

Division divide(const Package& package, std::string_view stem) {
    const HashEntries& all = package.entries();
    if (all.size() <= limits::inline_entries) return {{all.begin(), all.end()}, {}, {}};
    const EntryTable& entries = all.table();
    Division division;
    Lists lists(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (List* list = lists.of(i)) count_line(*list, entries.file_name(i));
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (List* list = lists.of(i)) {
            append_line(*list, entries.sha256(i), entries.file_name(i));
        } else {
            division.entries.push_back(entries.entry(i));
        }
    }
    for (auto& [group, list] : lists.all()) {
        SideFile file{list_name(stem, division.lists.size() + 1, lists.all().size()),
                      std::move(list.text)};
        require_plain_name(file.file);
        const auto& [kind, platform, source] = group;
        division.references.push_back(
            {file.file, kind, platform, std::string(source), list.count, hash_text(file.bytes)});
        division.lists.push_back(std::move(file));
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
