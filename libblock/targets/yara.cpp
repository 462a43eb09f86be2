#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"
#include "libblock/detail/target_text.hpp"

namespace libblock::detail::targets {
namespace {

/// So many terms of one condition; the compiler would take ten times as many.
constexpr std::size_t hashes_per_rule = 1000;
/// The PE module keeps so many characters of a value.
constexpr std::size_t longest_value = 255;
/// Of a name of at most 128; the rest are digits that differ for packages of like names.
constexpr std::size_t longest_prefix = 80;
constexpr std::size_t name_digits = 8;

/// What the names of all rules of a package begin with. YARA loads nothing if two have one name,
/// also of two files: those of packages that were exported apart.
std::string prefix_of(const Part& part) {
    return fmt::format("{}_{}", identifier(file_stem(part.package.name()), longest_prefix),
                       name_digest(part.package.name()).to_string().substr(0, name_digits));
}

struct Key {
    Field field;
    std::string_view name;
};

/// What the version resource calls the fields.
constexpr std::array<Key, 5> keys{{
    {Field::OriginalFilename, "OriginalFilename"},
    {Field::ProductName, "ProductName"},
    {Field::FileDescription, "FileDescription"},
    {Field::InternalName, "InternalName"},
    {Field::CompanyName, "CompanyName"},
}};

std::string_view key_of(Field field) {
    return std::find_if(keys.begin(), keys.end(),
                        [&](const Key& key) { return key.field == field; })
        ->name;
}

std::string quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

/// The pattern of a wildcard; every other character stands for itself.
std::string pattern_of(std::string_view wildcard) {
    std::string pattern = "/^";
    for (std::size_t i = 0; i < wildcard.size(); ++i) {
        const char c = wildcard[i];
        if (c == '?') {
            pattern += '.';
        } else if (c == '*') {
            if (i == 0 || wildcard[i - 1] != '*') pattern += ".*";
        } else {
            pattern += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return pattern + "$/is";
}

std::string comparison_of(const Criterion& criterion) {
    switch (criterion.operation) {
        case Operation::Contains:
            return "icontains " + quoted(criterion.value);
        case Operation::StartsWith:
            return "istartswith " + quoted(criterion.value);
        case Operation::EndsWith:
            return "iendswith " + quoted(criterion.value);
        case Operation::Wildcard:
            return "matches " + pattern_of(criterion.value);
        default:
            return "iequals " + quoted(criterion.value);
    }
}

/// Asks each string of each table: `pe.version_info` would hold that of the last table alone, under
/// a key in the letters of the file.
std::string condition_of(const Criterion& criterion) {
    return fmt::format(
        "for any each in pe.version_info_list : (each.key iequals \"{}\" and each.value {})",
        key_of(criterion.field), comparison_of(criterion));
}

/// The PE module keeps the low byte of each character: others than ASCII never match.
bool is_comparable(const Criterion& criterion) {
    const std::string& value = criterion.value;
    return value.size() <= longest_value &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

class Document {
public:
    Document(const Part& part, const Target& target)
        : part_(part), prefix_(prefix_of(part)), text_(comment_header(part, target, "// ") + "\n") {
        if (!part.entries.empty()) text_ += "import \"hash\"\n";
        if (!part.rules.empty()) text_ += "import \"pe\"\n";
    }

    void add_rule(std::string_view name, std::string_view label, std::string_view condition) {
        text_ += fmt::format(
            "\nrule {}_{}\n{{\n    meta:\n        package = {}\n        version = {}\n"
            "        digest = \"{}\"\n",
            prefix_, name, quoted(harmless(part_.package.name())), part_.package.version(),
            part_.digest.to_string());
        if (!label.empty())
            text_ += fmt::format("        metadata_rule = {}\n", quoted(harmless(label)));
        text_ += fmt::format("    condition:\n        {}\n}}\n", condition);
    }

    std::string take() { return std::move(text_); }

private:
    const Part& part_;
    std::string prefix_;
    std::string text_;
};

/// Terms of a condition, one a line, with a comment behind each; a comment ends with its line.
class Terms {
public:
    explicit Terms(std::string_view joint) : joint_(fmt::format("\n        {} ", joint)) {}

    void add(std::string_view term, std::string_view comment = {}) {
        if (count_++ > 0) text_ += joint_;
        text_ += term;
        if (!comment.empty()) text_ += fmt::format("  // {}", comment);
    }

    std::size_t count() const { return count_; }
    const std::string& text() const { return text_; }

private:
    std::string joint_;
    std::string text_;
    std::size_t count_ = 0;
};

void add_hashes(const Part& part, Document& document) {
    Terms terms("or");
    std::size_t number = 0;
    const auto close = [&] {
        if (terms.count() == 0) return;
        document.add_rule(fmt::format("hashes_{}", ++number), "", terms.text());
        terms = Terms("or");
    };
    for (const HashEntry& entry : part.entries) {
        // In lower case: an upper-case digit would never match.
        terms.add(fmt::format("hash.sha256(0, filesize) == \"{}\"", entry.sha256.to_string()),
                  harmless(entry.file_name));
        if (terms.count() == hashes_per_rule) close();
    }
    close();
}

/// Whether there is a rule that can be written.
bool can_write(const Part& part, const MetadataRule& rule, Output& output) {
    if (std::all_of(rule.criteria.begin(), rule.criteria.end(), is_comparable)) return true;
    output.lose(part,
                {LossKind::LeftOut, LossReason::Value,
                 "YARA compares at most 255 characters of version resources, in ASCII"},
                rule);
    return false;
}

void write(std::span<const Part> parts, Output& output) {
    for (const Part& part : parts) {
        Document document(part, output.target());
        output.lose_empty_file(part);
        add_hashes(part, document);
        std::size_t number = 0;
        for (const MetadataRule& rule : part.rules) {
            if (!can_write(part, rule, output)) continue;
            Terms terms("and");
            for (const Criterion& each : rule.criteria) terms.add(condition_of(each));
            document.add_rule(fmt::format("rule_{}", ++number), rule.name, terms.text());
        }
        if (part.entries.empty() && number == 0) continue;
        output.add(part.stem + ".yar", document.take());
    }
}

std::vector<FieldSupport> fields() {
    std::vector<FieldSupport> all;
    all.reserve(keys.size());
    for (const Key& key : keys) {
        all.push_back({.field = key.field,
                       .operations = {Operation::Equals, Operation::Contains, Operation::StartsWith,
                                      Operation::EndsWith, Operation::Wildcard},
                       .platforms = {Platform::Windows},
                       .letter_case = LetterCase::Ignored});
    }
    return all;
}

}  // namespace

TargetDefinition yara() {
    return {{.name = "yara",
             .engine = "YARA",
             .output = "rules (.yar)",
             .category = TargetCategory::Scanner,
             .capabilities = {.hash_kinds = {HashKind::File},
                              .platforms = {Platform::Windows, Platform::Macos, Platform::Linux},
                              .fields = fields(),
                              .audit = AuditScope::Document},
             .proof = Proof::Engine,
             .versions = "4.2.3",
             .documentation = "https://yara.readthedocs.io/en/stable/modules/hash.html",
             .remarks = {"Needs the modules hash and pe, and YARA 4.2.",
                         "A name of the version resource is found in any of its languages. YARA "
                         "keeps 255 characters of it, and the low byte of each: what stands behind "
                         "them is not seen, and a letter of another script may pass for one of "
                         "ASCII.",
                         "The digits in the name of a rule come from the name of the package, so "
                         "that rules of several packages load together.",
                         "A rule stands for up to 1,000 hashes; a comment behind each names its "
                         "file."}},
            write};
}

}  // namespace libblock::detail::targets
