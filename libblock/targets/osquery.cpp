#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "libblock/detail/path_text.hpp"
#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/error.hpp"

namespace libblock::detail::targets {
namespace {

using Json = nlohmann::ordered_json;

/// SQLite takes a million bytes; osquery logs each query whole.
constexpr std::size_t hashes_per_query = 1000;

struct Column {
    Field field;
    std::string_view expression;
    bool of_file = false;  ///< it asks for the file itself, which may have been deleted
};

/// Where the tables have the fields: `p` is a process, `f` the file that it runs.
constexpr std::array<Column, 4> columns{{
    {Field::OriginalFilename, "f.original_filename", true},
    {Field::FileName, "f.filename", true},
    {Field::Path, "p.path"},
    {Field::CommandLine, "p.cmdline"},
}};

const Column& column_of(Field field) {
    return *std::find_if(columns.begin(), columns.end(),
                         [&](const Column& each) { return each.field == field; });
}

std::string_view platform_of(Platform platform) {
    constexpr std::array<std::string_view, 3> names{"windows", "darwin", "linux"};
    return names[static_cast<std::size_t>(platform)];
}

/// A text of SQL, in which nothing but the apostrophe has a meaning.
std::string literal(std::string_view text) {
    std::string literal = "'";
    for (const char c : text) {
        if (c == '\'') literal += c;
        literal += c;
    }
    return literal + '\'';
}

bool ignores_case(const Criterion& criterion, Platform platform) {
    const FieldKind kind = kind_of(criterion.field);
    return platform != Platform::Linux || (kind != FieldKind::FileName && kind != FieldKind::Path);
}

std::string value_on(const Criterion& criterion, Platform platform) {
    const bool path = kind_of(criterion.field) == FieldKind::Path;
    return path && platform == Platform::Windows ? with_backslashes(criterion.value)
                                                 : criterion.value;
}

std::string condition_on(const Criterion& criterion, Platform platform) {
    const bool ignored = ignores_case(criterion, platform);
    const std::string_view before = ignored ? "lower(" : "";
    const std::string_view behind = ignored ? ")" : "";
    const std::string fact =
        fmt::format("{}{}{}", before, column_of(criterion.field).expression, behind);
    const std::string value =
        fmt::format("{}{}{}", before, literal(value_on(criterion, platform)), behind);
    switch (criterion.operation) {
        case Operation::Contains:
            return fmt::format("instr({}, {}) > 0", fact, value);
        case Operation::StartsWith:
            return fmt::format("substr({}, 1, length({})) = {}", fact, value, value);
        case Operation::EndsWith:
            return fmt::format("substr({}, -length({})) = {}", fact, value, value);
        default:
            return fmt::format("{} = {}", fact, value);
    }
}

std::string rule_query(const MetadataRule& rule, Platform platform) {
    std::vector<std::string> conditions;
    for (const Criterion& each : rule.criteria) conditions.push_back(condition_on(each, platform));
    const bool of_file =
        std::any_of(rule.criteria.begin(), rule.criteria.end(),
                    [](const Criterion& each) { return column_of(each.field).of_file; });
    return fmt::format("SELECT p.pid, p.path, p.cmdline FROM processes p{} WHERE {};",
                       of_file ? " JOIN file f ON f.path = p.path" : "",
                       fmt::join(conditions, " AND "));
}

std::string hash_query(const std::vector<std::string>& digests) {
    return fmt::format(
        "SELECT p.pid, p.path, p.cmdline, h.sha256 FROM processes p JOIN hash h ON h.path = p.path "
        "WHERE h.sha256 IN ('{}');",
        fmt::join(digests, "', '"));
}

class Pack {
public:
    Pack(const Part& part, std::size_t interval)
        : prefix_(identifier(part.stem)),
          description_(fmt::format("{}, version {}, digest {}", harmless(part.package.name()),
                                   part.package.version(), part.digest.to_string())),
          interval_(interval) {}

    void add(std::string_view name, std::string_view label, std::string query,
             std::string_view platform = {}) {
        Json& entry = queries_[fmt::format("{}_{}", prefix_, name)];
        entry["query"] = std::move(query);
        entry["interval"] = interval_;
        if (!platform.empty()) entry["platform"] = platform;
        entry["description"] =
            label.empty() ? description_ : fmt::format("{}: {}", description_, label);
    }

    bool empty() const { return queries_.empty(); }
    std::string text() const { return Json{{"queries", queries_}}.dump(2) + '\n'; }

private:
    std::string prefix_;
    std::string description_;
    std::size_t interval_;
    Json queries_ = Json::object();
};

void add_hashes(const Part& part, Pack& pack) {
    std::vector<std::string> digests;
    std::size_t number = 0;
    const auto close = [&] {
        if (digests.empty()) return;
        pack.add(fmt::format("hashes_{}", ++number), "", hash_query(digests));
        digests.clear();
    };
    for (const HashEntry& entry : part.entries) {
        digests.push_back(entry.sha256.to_string());
        if (digests.size() == hashes_per_query) close();
    }
    close();
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void add_rule(const Part& part, const MetadataRule& rule, std::size_t number, Pack& pack,
              Output& output) {
    const auto& criteria = rule.criteria;
    if (!std::all_of(criteria.begin(), criteria.end(), [](const Criterion& each) {
            return harmless(each.value, each.value.size()) == each.value;
        })) {
        output.lose(part,
                    {LossKind::LeftOut, LossReason::Value,
                     "a query of osquery holds visible characters alone"},
                    rule);
        return;
    }
    bool narrowed = false;
    for (const Platform platform : rule.platforms) {
        narrowed = narrowed || std::any_of(criteria.begin(), criteria.end(), [&](const auto& each) {
                       return ignores_case(each, platform) && !is_ascii(each.value);
                   });
        pack.add(fmt::format("rule_{}_{}", number, to_string(platform)), harmless(rule.name),
                 rule_query(rule, platform), platform_of(platform));
    }
    if (!narrowed) return;
    output.lose(part,
                {LossKind::Narrowed, LossReason::LetterCase,
                 "osquery ignores the case of the letters of ASCII alone"},
                rule);
}

std::size_t interval_of(const Output& output) {
    const std::string& text = output.setting("interval");
    std::size_t seconds = 0;
    const auto* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    // Source: osquery's documentation, which takes a week at most.
    if (error == std::errc() && rest == end && seconds >= 1 && seconds <= 604'800) return seconds;
    throw Error(
        ErrorCode::InvalidValue,
        fmt::format("the setting interval of osquery is {}, and no number of seconds from 1 "
                    "to 604800",
                    quote(text)));
}

void write(std::span<const Part> parts, Output& output) {
    const std::size_t interval = interval_of(output);
    for (const Part& part : parts) {
        Pack pack(part, interval);
        add_hashes(part, pack);
        std::size_t number = 0;
        for (const MetadataRule& rule : part.rules) add_rule(part, rule, ++number, pack, output);
        if (!pack.empty()) output.add(part.stem + ".conf", pack.text());
    }
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all;
    for (const Column& each : columns) {
        all.push_back({.field = each.field,
                       .operations = {Operation::Equals, Operation::Contains, Operation::StartsWith,
                                      Operation::EndsWith}});
        if (each.field == Field::OriginalFilename) all.back().platforms = {Platform::Windows};
    }
    return all;
}

}  // namespace

TargetDefinition osquery() {
    return {{.name = "osquery",
             .engine = "osquery",
             .output = "query pack (.conf)",
             .category = TargetCategory::EndpointDetection,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .fields = fields(),
                              .audit = AuditScope::Document,
                              .limits = {.entries_per_item = hashes_per_query}},
             .settings = {{.name = "interval",
                           .description = "Seconds between two runs of each query.",
                           .default_value = "3600"}},
             .proof = Proof::Parser,
             .versions = "SQLite 3.40, with tables of the same columns",
             .documentation = "https://osquery.readthedocs.io/en/stable/deployment/configuration/"
                              "#query-packs",
             .remarks = {"The queries look at what runs, when they run; files that rest are not "
                         "found, and programs that end in between are not.",
                         "Of a program whose file has been deleted only path and command line are "
                         "left: it is not found by its hash, name or Original Filename.",
                         "A query stands for up to 1,000 hashes."}},
            write};
}

}  // namespace libblock::detail::targets
