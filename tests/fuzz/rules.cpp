// Any rule against any facts: patterns match what a table of all prefixes says, and plain
// comparisons what they say of ASCII.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "libblock/detail/text.hpp"
#include "libblock/detail/version.hpp"
#include "libblock/detail/wildcard.hpp"
#include "libblock/error.hpp"
#include "libblock/rule.hpp"
#include "oracle.hpp"

using namespace libblock;
using namespace libblock::fuzz;

namespace {

/// A character with the bytes that continue it.
std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> list;
    for (std::size_t at = 0; at < text.size();) {
        const bool ascii = static_cast<unsigned char>(text[at]) < 0x80;
        std::size_t end = at + 1;
        while (!ascii && end < text.size() &&
               (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80)
            ++end;
        list.push_back(text.substr(at, end - at));
        at = end;
    }
    return list;
}

/// Whether the text fits the pattern: `fits[i][j]` says so of the first `i` characters of the
/// pattern and the first `j` of the text.
bool fits(std::string_view pattern, std::string_view text, bool segments) {
    const auto wanted = characters(pattern);
    const auto given = characters(text);
    std::vector<std::vector<char>> table(wanted.size() + 1, std::vector<char>(given.size() + 1));
    table[0][0] = 1;
    for (std::size_t i = 1; i <= wanted.size(); ++i) {
        const bool star = wanted[i - 1] == "*";
        const bool doubled =
            star && ((i > 1 && wanted[i - 2] == "*") || (i < wanted.size() && wanted[i] == "*"));
        for (std::size_t j = 0; j <= given.size(); ++j) {
            const bool separator = j > 0 && segments && given[j - 1] == "/";
            if (star) {
                const bool takes = j > 0 && (doubled || !separator);
                table[i][j] = table[i - 1][j] || (takes && table[i][j - 1]);
            } else if (j > 0) {
                const bool same = wanted[i - 1] == "?" ? !separator : wanted[i - 1] == given[j - 1];
                table[i][j] = same && table[i - 1][j - 1];
            }
        }
    }
    return table[wanted.size()][given.size()];
}

void check_wildcard(std::string_view pattern, std::string_view text) {
    for (const bool segments : {false, true}) {
        FUZZ_REQUIRE(
            detail::wildcard_match(pattern, text, {segments}) == fits(pattern, text, segments),
            literal(pattern) + " on " + literal(text) + (segments ? " as path" : ""));
    }
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string in_form(std::string_view text, Platform platform, FieldKind kind) {
    std::string form(text);
    if (platform != Platform::Linux || kind == FieldKind::Text) form = lower(text);
    if (platform == Platform::Windows && kind == FieldKind::Path) {
        std::replace(form.begin(), form.end(), '\\', '/');
    }
    return form;
}

/// What a comparison of ASCII texts gives; nothing if it is one of versions.
std::optional<bool> expected_match(const Criterion& criterion, std::string_view fact,
                                   Platform platform) {
    const FieldKind kind = kind_of(criterion.field);
    if (kind == FieldKind::Version || compares_versions(criterion.operation)) return std::nullopt;
    const std::string given = in_form(fact, platform, kind);
    const std::string wanted = in_form(criterion.value, platform, kind);
    switch (criterion.operation) {
        case Operation::Contains:
            return given.find(wanted) != std::string::npos;
        case Operation::StartsWith:
            return given.substr(0, wanted.size()) == wanted;
        case Operation::EndsWith:
            return given.size() >= wanted.size() &&
                   given.substr(given.size() - wanted.size()) == wanted;
        case Operation::Wildcard:
            return fits(wanted, given, kind == FieldKind::Path);
        default:
            return given == wanted;
    }
}

void check_rule(const Criterion& criterion, std::string_view fact, Platform platform) {
    const MetadataRule rule{"rule", {platform}, {criterion}};
    bool valid = true;
    try {
        validate(rule);
    } catch (const Error&) {
        valid = false;
    }
    if (valid) matches_everything(rule);
    const FileFacts facts{platform, {}, {{criterion.field, {std::string(fact)}}}};
    const RuleResult result = match(rule, facts);
    const std::string details = std::string(to_string(platform)) + " " +
                                std::string(to_string(criterion.field)) + " " +
                                std::string(to_string(criterion.operation)) + " " +
                                literal(criterion.value) + " of " + literal(fact);
    FUZZ_REQUIRE(result.criteria.size() == 1 && result.criteria[0].criterion == criterion, details);
    FUZZ_REQUIRE(!valid || result.criteria[0].outcome != CriterionOutcome::FactAbsent, details);
    if (!is_ascii(fact) || !is_ascii(criterion.value)) return;
    if (const auto expected = expected_match(criterion, fact, platform)) {
        FUZZ_REQUIRE((result.outcome == RuleOutcome::Matched) == *expected, details);
    }
}

/// The parts of a version with numbers that fit; nothing if it is none.
std::optional<std::vector<std::uint64_t>> numbers(std::string_view text) {
    std::vector<std::uint64_t> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('.', at), text.size());
        const std::string part(text.substr(at, end - at));
        if (part.empty() || part.size() > 18) return std::nullopt;
        if (part.find_first_not_of("0123456789") != part.npos) return std::nullopt;
        parts.push_back(std::stoull(part));
        at = end + 1;
    }
    return parts;
}

void check_versions(std::string_view left, std::string_view right) {
    auto left_numbers = numbers(left);
    auto right_numbers = numbers(right);
    const auto left_version = detail::parse_version(left);
    const auto right_version = detail::parse_version(right);
    const std::string details = literal(left) + " and " + literal(right);
    FUZZ_REQUIRE(left_version || !left_numbers, details);
    FUZZ_REQUIRE(!left_version || detail::parse_claimed_version(left) == left_version, details);
    if (!left_version || !right_version) return;
    FUZZ_REQUIRE((*left_version < *right_version) == (*right_version > *left_version), details);
    if (!left_numbers || !right_numbers) return;
    const std::size_t parts = std::max(left_numbers->size(), right_numbers->size());
    left_numbers->resize(parts);
    right_numbers->resize(parts);
    FUZZ_REQUIRE((*left_version < *right_version) == (*left_numbers < *right_numbers), details);
    FUZZ_REQUIRE((*left_version == *right_version) == (*left_numbers == *right_numbers), details);
}

template <typename Enum>
Enum take_row(FuzzedDataProvider& input) {
    constexpr auto& rows = EnumTable<Enum>::rows;
    return rows[input.ConsumeIntegralInRange<std::size_t>(0, rows.size() - 1)].value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider input(data, size);
    const auto platform = take_row<Platform>(input);
    Criterion criterion{take_row<Field>(input), take_row<Operation>(input),
                        input.ConsumeRandomLengthString(200)};
    const std::string fact = input.ConsumeRemainingBytesAsString();
    check_wildcard(criterion.value, fact);
    check_rule(criterion, fact, platform);
    check_versions(criterion.value, fact);
    for (const auto folding :
         {detail::Folding::Exact, detail::Folding::Windows, detail::Folding::Macos}) {
        const std::string folded = detail::fold(fact, folding);
        FUZZ_REQUIRE(detail::fold(folded, folding) == folded, literal(fact));
    }
    return 0;
}
