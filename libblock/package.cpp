#include "libblock/package.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libblock/detail/entry_table.hpp"
#include "libblock/detail/hex.hpp"
#include "libblock/detail/large_pages.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"
#include "libblock/hasher.hpp"
#include "libblock/limits.hpp"

namespace libblock {
namespace {

constexpr detail::TextRules name_rules{.max_bytes = limits::name_bytes};
constexpr detail::TextRules prose_rules{.max_bytes = limits::text_bytes,
                                        .may_be_empty = true,
                                        .line_breaks = true,
                                        .direction_marks = true,
                                        .blank_ends = true,
                                        .joiners = true};
constexpr detail::TextRules reference_rules{.max_bytes = limits::text_bytes};

std::string checked_name(std::string name) {
    detail::validate_text(name, "the name of a package", name_rules);
    return name;
}

std::vector<std::string> checked_list(std::vector<std::string> texts, std::string_view what,
                                      const detail::TextRules& rules) {
    for (const auto& text : texts) detail::validate_text(text, what, rules);
    std::vector<std::string> sorted = texts;
    std::sort(sorted.begin(), sorted.end());
    const auto repeat = std::adjacent_find(sorted.begin(), sorted.end());
    if (repeat != sorted.end()) {
        throw Error(ErrorCode::InvalidValue,
                    fmt::format("{} {} is given twice", what, detail::quote(*repeat)));
    }
    return texts;
}

void validate_source(const Source& source) {
    detail::validate_text(source.name, "the name of a source",
                          {.max_bytes = limits::criterion_value_bytes,
                           .direction_marks = true,
                           .blank_ends = true,
                           .joiners = true});
}

HashEntry entry_of(const Candidate& candidate, const Source& source) {
    return {.sha256 = candidate.sha256,
            .kind = candidate.kind,
            .file_name = candidate.context.file_name,
            .platform = candidate.context.platform,
            .note = {},
            .origin = {source.name, candidate.place.line, candidate.place.column}};
}

template <typename Rules>
auto find_rule(Rules& rules, std::string_view name) {
    return std::find_if(rules.begin(), rules.end(),
                        [&](const MetadataRule& rule) { return rule.name == name; });
}

/// Adds to `list` what it does not hold yet.
template <typename T>
std::vector<T> united(std::vector<T> list, const std::vector<T>& others) {
    for (const auto& other : others) {
        if (std::find(list.begin(), list.end(), other) == list.end()) list.push_back(other);
    }
    return list;
}

// ---- differences -------------------------------------------------------------------------------

std::vector<AttributeChange> diff_attributes(const Package& before, const Package& after) {
    const auto attributes = [](const Package& package) {
        return std::vector<std::pair<std::string, std::string>>{
            {"name", package.name()},
            {"version", std::to_string(package.version())},
            {"description", package.description()},
            {"references", fmt::format("{}", fmt::join(package.references(), "\n"))},
            {"tags", fmt::format("{}", fmt::join(package.tags(), "\n"))},
            {"expires", package.expires() ? to_string(*package.expires()) : ""},
        };
    };
    const auto old_values = attributes(before);
    const auto new_values = attributes(after);
    std::vector<AttributeChange> changes;
    for (std::size_t i = 0; i < old_values.size(); ++i) {
        if (old_values[i] == new_values[i]) continue;
        changes.push_back({old_values[i].first, old_values[i].second, new_values[i].second});
    }
    return changes;
}

/// Walks two sequences that `key` orders, and sorts what is on one side only or differs.
template <typename Sequence, typename T, typename KeyOf>
void diff_sorted(const Sequence& before, const Sequence& after, KeyOf key, std::vector<T>& added,
                 std::vector<T>& removed, std::vector<Change<T>>& changed) {
    auto left = before.begin();
    auto right = after.begin();
    while (left != before.end() || right != after.end()) {
        const bool only_left =
            right == after.end() || (left != before.end() && key(*left) < key(*right));
        const bool only_right =
            left == before.end() || (right != after.end() && key(*right) < key(*left));
        if (only_left) {
            removed.push_back(*left++);
        } else if (only_right) {
            added.push_back(*right++);
        } else {
            if (*left != *right) changed.push_back({*left, *right});
            ++left;
            ++right;
        }
    }
}

void diff_entries(const HashEntries& before, const HashEntries& after, PackageDiff& changes) {
    detail::EntryTable::Difference difference = before.table().difference(after.table());
    changes.entries_added = HashEntries(std::move(difference.added));
    changes.entries_removed = HashEntries(std::move(difference.removed));
    changes.entries_changed.reserve(difference.changed.size());
    for (const auto& [old_index, new_index] : difference.changed) {
        changes.entries_changed.push_back({before[old_index], after[new_index]});
    }
}

std::vector<MetadataRule> sorted_by_name(std::vector<MetadataRule> rules) {
    std::sort(rules.begin(), rules.end(),
              [](const auto& left, const auto& right) { return left.name < right.name; });
    return rules;
}

// ---- canonical form ----------------------------------------------------------------------------

using Json = nlohmann::json;  // its objects are ordered by key, as RFC 8785 wants them

bool is_plain_json(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    });
}

void append_string(std::string& json, std::string_view text) {
    if (is_plain_json(text)) {
        json.append(1, '"').append(text).append(1, '"');
    } else {
        json += Json(text).dump();
    }
}

/// Appends a member of an object after others, if it says anything.
void append_member(std::string& json, std::string_view key, std::string_view text) {
    if (text.empty()) return;
    json.append(json.ends_with('{') ? "\"" : ",\"").append(key).append("\":");
    append_string(json, text);
}

constexpr std::size_t bare_entry_bytes =
    std::string_view(R"({"kind":"file","sha256":""},)").size() + Sha256::hex_count;

/// Written without a JSON tree, and so ten times as fast: there may be millions of entries.
void append_entry(std::string& json, const detail::EntryTable& entries, std::size_t index) {
    std::array<char, Sha256::hex_count> hex{};
    detail::encode_hex64(entries.sha256(index).bytes().data(), hex.data());
    const std::string_view sha256(hex.data(), hex.size());
    if (entries.context_number(index) == 0) {
        json.append(R"({"kind":")").append(to_string(entries.kind(index)));
        json.append(R"(","sha256":")").append(sha256).append("\"}");
        return;
    }
    const detail::EntryContext context = entries.context(index);
    json += '{';
    append_member(json, "file_name", context.file_name);
    append_member(json, "kind", to_string(entries.kind(index)));
    append_member(json, "note", context.note);
    append_member(json, "platform", context.platform ? to_string(*context.platform) : "");
    append_member(json, "sha256", sha256);
    append_member(json, "source", context.source);
    json += '}';
}

Json canonical(const MetadataRule& rule) {
    auto platforms = rule.platforms;
    auto criteria = rule.criteria;
    std::sort(platforms.begin(), platforms.end());
    std::sort(criteria.begin(), criteria.end());
    Json json{{"name", rule.name}, {"criteria", Json::array()}, {"platforms", Json::array()}};
    for (const auto platform : platforms) json["platforms"].push_back(to_string(platform));
    for (const auto& criterion : criteria) {
        json["criteria"].push_back({{"field", to_string(criterion.field)},
                                    {"operation", to_string(criterion.operation)},
                                    {"value", criterion.value}});
    }
    return json;
}

Json canonical(const Provenance& record) {
    Json json{{"source", record.source.name},
              {"sha256", record.source.sha256.to_string()},
              {"accepted", record.accepted},
              {"rejected", record.rejected},
              {"duplicates", record.duplicates},
              {"selected", record.selected},
              {"added", record.added}};
    if (record.source.imported) json["imported"] = to_string(*record.source.imported);
    return json;
}

Json canonical(const std::string& text) {
    return text;
}

/// The items as canonical texts, sorted.
template <typename Items>
std::string canonical_list(const Items& items) {
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items) texts.push_back(canonical(item).dump());
    std::sort(texts.begin(), texts.end());
    return fmt::format("[{}]", fmt::join(texts, ","));
}

/// The canonical bytes, in `json`, which is empty; `drain` may take away what there is of them
/// after each entry.
template <typename Drain>
void write_canonical(const Package& package, std::string& json, Drain drain) {
    json = '{';
    const auto begin = [&](std::string_view key) {
        json += fmt::format("{}\"{}\":", json == "{" ? "" : ",", key);
    };
    const auto put_list = [&](std::string_view key, const auto& items) {
        if (items.empty()) return;
        begin(key);
        json += canonical_list(items);
    };
    // In the order of the keys.
    append_member(json, "description", package.description());
    if (!package.entries().empty()) {
        begin("entries");
        const detail::EntryTable& entries = package.entries().table();
        for (std::size_t i = 0; i < entries.size(); ++i) {
            json += i == 0 ? '[' : ',';
            append_entry(json, entries, i);
            drain();
        }
        json += ']';
    }
    append_member(json, "expires", package.expires() ? to_string(*package.expires()) : "");
    begin("libblock");
    json += '1';
    append_member(json, "name", package.name());
    put_list("provenance", package.provenance());
    put_list("references", package.references());
    put_list("rules", package.rules());
    put_list("tags", package.tags());
    begin("version");
    json += std::to_string(package.version());
    json += '}';
}

}  // namespace

Package::Package(std::string name) : name_(checked_name(std::move(name))) {}

void Package::rename(std::string name) {
    name_ = checked_name(std::move(name));
}

void Package::set_version(std::uint32_t version) {
    if (version == 0) throw Error(ErrorCode::InvalidValue, "versions count from 1");
    version_ = version;
}

void Package::set_description(std::string description) {
    detail::validate_text(description, "the description of a package", prose_rules);
    description_ = std::move(description);
}

void Package::set_references(std::vector<std::string> references) {
    references_ = checked_list(std::move(references), "a reference", reference_rules);
}

void Package::set_tags(std::vector<std::string> tags) {
    tags_ = checked_list(std::move(tags), "a tag", name_rules);
}

void Package::set_expires(std::optional<Timestamp> expires) {
    expires_ = expires;
}

std::size_t Package::add(const std::vector<HashEntry>& entries) {
    return entries_.add(entries);
}

std::size_t Package::add(const HashSet& hashes, HashKind kind) {
    return entries_.add(hashes, kind);
}

std::size_t Package::merge(const HashEntries& entries) {
    return entries_.merge(entries);
}

bool Package::remove(const Sha256& sha256, HashKind kind) {
    return entries_.remove(sha256, kind);
}

Provenance Package::add(const Extraction& extraction, const Source& source) {
    std::vector<std::size_t> all(extraction.accepted.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return add(extraction, source, all);
}

Provenance Package::add(const Extraction& extraction, const Source& source,
                        std::span<const std::size_t> selection) {
    validate_source(source);
    std::vector<std::size_t> indices(selection.begin(), selection.end());
    std::sort(indices.begin(), indices.end());
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    if (!indices.empty() && indices.back() >= extraction.accepted.size()) {
        throw Error(ErrorCode::InvalidValue,
                    fmt::format("candidate {} is selected, but there are only {}", indices.back(),
                                extraction.accepted.size()));
    }
    detail::EntryTable entries;
    entries.reserve(indices.size());
    for (const std::size_t index : indices) {
        const HashEntry entry = entry_of(extraction.accepted[index], source);
        validate(entry);
        entries.push(entry);
    }
    Provenance record{.source = source,
                      .accepted = extraction.accepted.size(),
                      .rejected = extraction.rejected.size(),
                      .duplicates = extraction.duplicates.size(),
                      .selected = indices.size()};
    record.added = merge(HashEntries(std::move(entries)));
    add_provenance(record);
    return record;
}

void Package::add_rule(MetadataRule rule) {
    validate(rule);
    if (find_rule(rules_, rule.name) != rules_.end()) {
        throw Error(ErrorCode::AlreadyExists,
                    fmt::format("there is a rule named {} already", detail::quote(rule.name)));
    }
    if (rules_.size() == limits::rules_per_package) {
        throw Error(ErrorCode::LimitExceeded,
                    fmt::format("a package holds at most {} rules", limits::rules_per_package));
    }
    rules_.push_back(std::move(rule));
}

void Package::remove_rule(std::string_view name) {
    const auto rule = find_rule(rules_, name);
    if (rule == rules_.end()) {
        throw Error(ErrorCode::NotFound,
                    fmt::format("there is no rule named {}", detail::quote(name)));
    }
    rules_.erase(rule);
}

void Package::add_provenance(Provenance record) {
    validate_source(record.source);
    provenance_.push_back(std::move(record));
}

Package copy_as(const Package& package, std::string name) {
    Package copy = package;
    copy.rename(std::move(name));
    copy.set_version(1);
    return copy;
}

Package merge(const Package& base, const Package& other) {
    Package merged = base;
    merged.set_references(united(base.references(), other.references()));
    merged.set_tags(united(base.tags(), other.tags()));
    merged.merge(other.entries());
    for (const auto& rule : other.rules()) {
        const auto present = find_rule(base.rules(), rule.name);
        if (present == base.rules().end() || *present != rule) merged.add_rule(rule);
    }
    for (const auto& record : other.provenance()) {
        const auto& records = base.provenance();
        if (std::find(records.begin(), records.end(), record) == records.end()) {
            merged.add_provenance(record);
        }
    }
    return merged;
}

bool expired(const Package& package, Timestamp now) noexcept {
    return package.expires() && *package.expires() <= now;
}

bool PackageDiff::empty() const noexcept {
    return *this == PackageDiff{};
}

PackageDiff diff(const Package& before, const Package& after) {
    PackageDiff changes;
    changes.attributes = diff_attributes(before, after);
    diff_entries(before.entries(), after.entries(), changes);
    diff_sorted(
        sorted_by_name(before.rules()), sorted_by_name(after.rules()),
        [](const MetadataRule& rule) -> const std::string& { return rule.name; },
        changes.rules_added, changes.rules_removed, changes.rules_changed);
    return changes;
}

std::string canonical_bytes(const Package& package) {
    std::string json;
    json.reserve(package.entries().size() * bare_entry_bytes);
    detail::prefer_large_pages(json.data(), json.capacity());
    write_canonical(package, json, [] {});
    return json;
}

Sha256 digest(const Package& package) {
    constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
    Hasher hasher;
    std::string json;
    const auto drain = [&] {
        hasher.update(std::as_bytes(std::span(json)));
        json.clear();
    };
    write_canonical(package, json, [&] {
        if (json.size() >= piece_bytes) drain();
    });
    drain();
    return hasher.finish();
}

}  // namespace libblock
