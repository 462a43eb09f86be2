#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

/// A package with more hashes has them in lists: the daemon takes minutes for 100,000 rules.
constexpr std::size_t most_hash_rules = 1000;
constexpr std::size_t hashes_per_list = 100;

/// What a word of a rule can hold: blanks end it, commas make it a list, `%` names a set.
bool is_word(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c <= '~' && std::string_view(",%\"'#").find(c) == std::string_view::npos;
    });
}

/// The attribute of an object that asks for a criterion, or nothing if none can.
std::optional<std::string> attribute_of(const Criterion& criterion) {
    const std::string& value = criterion.value;
    if (!value.starts_with('/') || !is_word(value)) return std::nullopt;
    if (criterion.operation == Operation::Equals) return "path=" + value;
    // Of a folder, all that is below it.
    return value.ends_with('/') ? std::optional("dir=" + value) : std::nullopt;
}

/// The object of a rule: attributes that must all hold.
std::optional<std::string> object_of(const MetadataRule& rule) {
    std::string object;
    for (const Criterion& criterion : rule.criteria) {
        const auto attribute = attribute_of(criterion);
        if (!attribute) return std::nullopt;
        object += ' ' + *attribute;
    }
    return object;
}

class Rules {
public:
    explicit Rules(const Output& output)
        : head_(fmt::format("{} perm={} all :", output.setting("decision"),
                            output.setting("permission"))) {}

    void add(std::string_view comment, std::string_view object) {
        if (!comment.empty()) text_ += fmt::format("# {}\n", comment);
        text_ += fmt::format("{}{}\n", head_, object);
    }

    const std::string& text() const { return text_; }

private:
    std::string head_;
    std::string text_;
};

/// An upper-case digit would never match. The lists stand in the rules: a set that has a name takes
/// its type from its first value, and is one of numbers if that begins with a digit.
void add_hashes(const HashEntries& entries, Rules& rules) {
    if (entries.size() <= most_hash_rules) {
        for (const HashEntry& entry : entries) {
            rules.add(harmless_ascii(entry.file_name), " sha256hash=" + entry.sha256.to_string());
        }
        return;
    }
    for (std::size_t i = 0; i < entries.size(); i += hashes_per_list) {
        std::string object = " sha256hash=";
        for (std::size_t j = i; j < std::min(i + hashes_per_list, entries.size()); ++j) {
            if (j > i) object += ',';
            object += entries[j].sha256.to_string();
        }
        rules.add("", object);
    }
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Rules rules(output);
        add_hashes(part.entries, rules);
        for (const MetadataRule& rule : part.rules) {
            if (const auto object = object_of(rule)) {
                rules.add(harmless_ascii(rule.name), *object);
                continue;
            }
            output.lose(part,
                        {LossKind::LeftOut, LossReason::Value,
                         "a rule of fapolicyd takes a path or, to begin with, a folder that ends "
                         "with a slash, in ASCII without blanks, commas, quotes, # and %"},
                        rule);
        }
        if (rules.text().empty()) continue;
        output.add(fmt::format("15-blocklist-{}.rules", part.stem),
                   comment_header(part, output.target()) + rules.text());
    }
}

}  // namespace

TargetDefinition fapolicyd() {
    return {
        {.name = "fapolicyd",
         .engine = "fapolicyd",
         .output = "rules for /etc/fapolicyd/rules.d (.rules)",
         .category = TargetCategory::ApplicationControl,
         .capabilities = {.hash_kinds = {HashKind::File},
                          .platforms = {Platform::Linux},
                          .fields = {{.field = Field::Path,
                                      .operations = {Operation::Equals, Operation::StartsWith}}},
                          .enforce = true,
                          .limits = {.criteria_per_rule = 1}},
         .settings = {{.name = "decision",
                       .description = "What becomes of a match, beside that it is denied.",
                       .default_value = "deny_audit",
                       .choices = {"deny", "deny_audit", "deny_syslog", "deny_log"}},
                      {.name = "permission",
                       .description = "Stop executing, or opening too, which costs time but "
                                      "stops scripts and libraries.",
                       .default_value = "execute",
                       .choices = {"execute", "any"}}},
         .proof = Proof::Engine,
         .versions = "1.1.7",
         .documentation = "https://github.com/linux-application-whitelisting/fapolicyd",
         .remarks = {"The name of the file puts its rules before those that allow what is "
                     "trusted; fagenrules --load takes them in.",
                     "Audit is a setting of the whole host (permissive = 1), not of rules: a "
                     "package in audit is left out.",
                     "A package of more than 1,000 hashes has them in lists of 100, without "
                     "the names of files.",
                     "The attribute sha256hash is called filehash since 1.4.3, which still "
                     "takes the old name."}},
        write};
}

}  // namespace libblock::detail::targets
