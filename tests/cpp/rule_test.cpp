#include "libblock/rule.hpp"

#include <string>
#include <utility>
#include <vector>

#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

Criterion criterion_of(const nlohmann::json& json) {
    return {from_string<Field>(json.at("field").get<std::string>()).value(),
            from_string<Operation>(json.at("operation").get<std::string>()).value(),
            json.at("value").get<std::string>()};
}

MetadataRule rule_of(std::vector<Criterion> criteria,
                     std::vector<Platform> platforms = {Platform::Windows}) {
    return {"a rule", std::move(platforms), std::move(criteria)};
}

const Criterion original{Field::OriginalFilename, Operation::Equals, "x.exe"};
const Criterion publisher{Field::Publisher, Operation::Equals, "Evil Ltd"};

FileFacts facts_of(Platform platform, Field field, std::string value) {
    FileFacts facts;
    facts.platform = platform;
    facts.values[field] = {std::move(value)};
    return facts;
}

}  // namespace

TEST_CASE("criteria come out as the shared vectors say") {
    const auto vectors = load_vectors("rules.json");
    for (const auto& vector : vectors.at("criteria")) {
        CAPTURE(vector.at("name").get<std::string>());
        const auto platform = from_string<Platform>(vector.at("platform").get<std::string>());
        const Criterion criterion = criterion_of(vector);
        FileFacts facts;
        facts.platform = platform;
        if (vector.contains("facts")) {
            facts.values[criterion.field] = vector.at("facts").get<std::vector<std::string>>();
        }
        validate(criterion);
        const RuleResult result = match(rule_of({criterion}, {platform.value()}), facts);
        REQUIRE(result.criteria.size() == 1);
        CHECK(to_string(result.criteria[0].outcome) == vector.at("outcome").get<std::string>());
        CHECK((result.outcome == RuleOutcome::Matched) ==
              (result.criteria[0].outcome == CriterionOutcome::Matched));
    }
}

TEST_CASE("criteria that could never match are refused as the shared vectors say") {
    const auto vectors = load_vectors("rules.json");
    for (const auto& vector : vectors.at("refused")) {
        CAPTURE(vector.at("name").get<std::string>());
        const Error error = error_of([&] { validate(criterion_of(vector)); });
        CHECK(to_string(error.code()) == vector.at("error").get<std::string>());
        CHECK(error.message().find(vector.at("message").get<std::string>()) != std::string::npos);
    }
}

TEST_CASE("criteria are refused beyond their limits") {
    const std::string longest(limits::criterion_value_bytes, 'x');
    CHECK_NOTHROW(validate(Criterion{Field::Path, Operation::Contains, longest}));
    CHECK(code_of([&] {
              validate({Field::Path, Operation::Contains, longest + "x"});
          }) == ErrorCode::LimitExceeded);
    CHECK(code_of([] {
              validate({Field::Path, Operation::Contains, "\xff"});
          }) == ErrorCode::InvalidValue);
}

TEST_CASE("attackers' direction marks can be named in a criterion") {
    CHECK_NOTHROW(validate(Criterion{Field::FileName, Operation::Contains, "\u202e"}));
}

TEST_CASE("rules that could never match are refused") {
    CHECK_NOTHROW(validate(rule_of({original})));
    MetadataRule nameless = rule_of({original});
    nameless.name.clear();
    CHECK(code_of([&] { validate(nameless); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { validate(rule_of({})); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { validate(rule_of({original}, {})); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] {
              validate(rule_of({original}, {Platform::Linux, Platform::Linux}));
          }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] {
              validate(rule_of({{Field::Path, Operation::Equals, ""}}));
          }) == ErrorCode::InvalidValue);
    const std::vector<Criterion> many(limits::criteria_per_rule + 1, original);
    CHECK(code_of([&] { validate(rule_of(many)); }) == ErrorCode::LimitExceeded);
}

TEST_CASE("all criteria must hold, and the result says how each came out") {
    const MetadataRule rule = rule_of({original, publisher});
    FileFacts facts = facts_of(Platform::Windows, Field::OriginalFilename, "X.EXE");
    CHECK(match(rule, facts).outcome == RuleOutcome::Undecided);

    facts.values[Field::Publisher] = {"Good Ltd"};
    const RuleResult broken = match(rule, facts);
    CHECK(broken.outcome == RuleOutcome::NotMatched);
    CHECK(broken.criteria[0] == CriterionResult{original, CriterionOutcome::Matched, "X.EXE"});
    CHECK(broken.criteria[1] ==
          CriterionResult{publisher, CriterionOutcome::NotMatched, "Good Ltd"});

    facts.values[Field::Publisher] = {"evil ltd"};
    CHECK(match(rule, facts).outcome == RuleOutcome::Matched);
}

TEST_CASE("a broken criterion outweighs an absent fact") {
    const MetadataRule rule = rule_of({original, publisher});
    const auto facts = facts_of(Platform::Windows, Field::Publisher, "Good Ltd");
    CHECK(match(rule, facts).outcome == RuleOutcome::NotMatched);
}

TEST_CASE("a rule is for its platforms only") {
    const MetadataRule rule = rule_of({original}, {Platform::Windows, Platform::Macos});
    CHECK(match(rule, facts_of(Platform::Macos, Field::OriginalFilename, "x.exe")).outcome ==
          RuleOutcome::Matched);
    const auto other = match(rule, facts_of(Platform::Linux, Field::OriginalFilename, "x.exe"));
    CHECK(other.outcome == RuleOutcome::OtherPlatform);
    CHECK(other.criteria.empty());
}

TEST_CASE("without a platform a rule is undecided, or known to fail") {
    FileFacts facts = facts_of(Platform::Windows, Field::OriginalFilename, "x.exe");
    facts.platform.reset();
    CHECK(match(rule_of({original}, {Platform::Linux}), facts).outcome == RuleOutcome::Undecided);
    facts.values[Field::OriginalFilename] = {"y.exe"};
    CHECK(match(rule_of({original}, {Platform::Linux}), facts).outcome == RuleOutcome::NotMatched);
}

TEST_CASE("rules that match everything are known") {
    const auto all = [](Field field, Operation operation, std::string value,
                        Platform platform = Platform::Windows) {
        return matches_everything(rule_of({{field, operation, std::move(value)}}, {platform}));
    };
    CHECK(all(Field::FileName, Operation::Wildcard, "*"));
    CHECK(all(Field::FileName, Operation::Wildcard, "?*"));
    CHECK(all(Field::FileName, Operation::Wildcard, "*.*"));
    CHECK(all(Field::Path, Operation::Wildcard, "**"));
    CHECK(all(Field::Path, Operation::Wildcard, "**\\*"));
    CHECK(all(Field::Path, Operation::Contains, "\\"));
    CHECK(all(Field::Path, Operation::StartsWith, "/", Platform::Linux));
    CHECK(all(Field::FileVersion, Operation::AtLeast, "0"));

    CHECK_FALSE(all(Field::Path, Operation::Wildcard, "*"));
    CHECK_FALSE(all(Field::FileName, Operation::Wildcard, "*.exe"));
    CHECK_FALSE(all(Field::Path, Operation::StartsWith, "C:\\"));
    CHECK_FALSE(all(Field::FileVersion, Operation::AtLeast, "1"));
    CHECK_FALSE(
        matches_everything(rule_of({{Field::FileName, Operation::Wildcard, "*"}, original})));
    CHECK(matches_everything(rule_of({{Field::Path, Operation::StartsWith, "/"}},
                                     {Platform::Windows, Platform::Linux})));
}
