#include "libblock/decision.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

MetadataRule rule_of(std::string name, std::string value) {
    return {std::move(name),
            {Platform::Windows},
            {{Field::OriginalFilename, Operation::Equals, std::move(value)}}};
}

Package package_of(std::string name, const std::vector<std::string>& hashes,
                   const std::vector<std::string>& originals = {}) {
    Package package(std::move(name));
    for (const auto& hash : hashes) package.add({{.sha256 = digest_of(hash)}});
    for (const auto& original : originals) package.add_rule(rule_of(original, original));
    return package;
}

FileFacts facts_of(std::string_view hash, const std::string& original = {}) {
    FileFacts facts;
    facts.platform = Platform::Windows;
    facts.digests[HashKind::File] = digest_of(hash);
    if (!original.empty()) facts.values[Field::OriginalFilename] = {original};
    return facts;
}

PolicyTree tree_of(const std::vector<std::pair<std::string, EnforcementState>>& root_states) {
    PolicyTree tree;
    tree.add_group("/Servers");
    for (const auto& [package, state] : root_states) tree.set_state("/", package, state);
    return tree;
}

constexpr auto disabled = EnforcementState::Disabled;
constexpr auto audit = EnforcementState::Audit;
constexpr auto enforce = EnforcementState::Enforce;

}  // namespace

TEST_CASE("an enforced hash blocks, and the decision says why") {
    const std::vector packages{package_of("3CX", {"a"})};
    const Decision decision =
        decide(facts_of("a"), packages, tree_of({{"3CX", enforce}}), "/Servers");
    CHECK(decision.verdict == Verdict::Blocked);
    REQUIRE(decision.evidence.size() == 1);
    CHECK(decision.evidence[0].package == "3CX");
    CHECK(decision.evidence[0].effective.group == "/");
    CHECK(std::get<HashEntry>(decision.evidence[0].match).sha256 == digest_of("a"));
    CHECK(decide(facts_of("b"), packages, tree_of({{"3CX", enforce}}), "/") == Decision{});
}

TEST_CASE("a rule blocks a renamed file") {
    const std::vector packages{package_of("3CX", {}, {"3CXDesktopApp.exe"})};
    const Decision decision = decide(facts_of("f", "3cxdesktopapp.exe"), packages,
                                     tree_of({{"3CX", enforce}}), "/Servers");
    CHECK(decision.verdict == Verdict::Blocked);
    const auto& evidence = std::get<RuleEvidence>(decision.evidence.at(0).match);
    CHECK(evidence.rule.name == "3CXDesktopApp.exe");
    CHECK(evidence.criteria.at(0).fact == "3cxdesktopapp.exe");
}

TEST_CASE("audit is recorded, disabled is told and does nothing") {
    const std::vector packages{package_of("3CX", {"a"})};
    CHECK(decide(facts_of("a"), packages, tree_of({{"3CX", audit}}), "/").verdict ==
          Verdict::Audited);
    for (const auto& tree : {tree_of({{"3CX", disabled}}), tree_of({})}) {
        const Decision decision = decide(facts_of("a"), packages, tree, "/");
        CHECK(decision.verdict == Verdict::Allowed);
        REQUIRE(decision.evidence.size() == 1);
        CHECK(decision.evidence[0].effective.state == disabled);
    }
}

TEST_CASE("the strongest state wins, then the package name, then hash before rule") {
    const std::vector packages{package_of("b", {"a"}, {"x.exe"}), package_of("a", {"a"}),
                               package_of("d", {"a"}), package_of("c", {"a"}, {"y.exe", "x.exe"})};
    const auto tree = tree_of({{"a", audit}, {"b", enforce}, {"c", enforce}, {"d", disabled}});
    const Decision decision = decide(facts_of("a", "x.exe"), packages, tree, "/");
    CHECK(decision.verdict == Verdict::Blocked);
    std::vector<std::string> order;
    for (const auto& evidence : decision.evidence) {
        const auto* rule = std::get_if<RuleEvidence>(&evidence.match);
        order.push_back(evidence.package + (rule ? ":" + rule->rule.name : ""));
    }
    CHECK(order == std::vector<std::string>{"b", "b:x.exe", "c", "c:x.exe", "a", "d"});
}

TEST_CASE("file and Authenticode hashes do not mix") {
    Package package("p");
    package.add({{.sha256 = digest_of("a"), .kind = HashKind::Authenticode}});
    const std::vector packages{package};
    const auto tree = tree_of({{"p", enforce}});
    CHECK(decide(facts_of("a"), packages, tree, "/").verdict == Verdict::Allowed);
    FileFacts facts;
    facts.digests[HashKind::Authenticode] = digest_of("a");
    CHECK(decide(facts, packages, tree, "/").verdict == Verdict::Blocked);
}

TEST_CASE("absent facts leave a rule undecided, and the decision says so") {
    const std::vector packages{package_of("on", {}, {"x.exe"}), package_of("off", {}, {"x.exe"}),
                               package_of("audited", {}, {"z", "y"})};
    const Decision decision =
        decide(facts_of("a"), packages, tree_of({{"on", enforce}, {"audited", audit}}), "/");
    CHECK(decision.verdict == Verdict::Allowed);
    REQUIRE(decision.undecided.size() == 3);
    CHECK(decision.undecided[0].package == "on");
    CHECK(decision.undecided[0].evidence.criteria.at(0).outcome == CriterionOutcome::FactAbsent);
    CHECK(decision.undecided[1].evidence.rule.name == "y");
    CHECK(decision.undecided[2].evidence.rule.name == "z");
}

TEST_CASE("an expired package matches nothing, when now is known") {
    Package package = package_of("3CX", {"a"});
    package.set_expires(parse_timestamp("2027-01-01T00:00:00Z"));
    const std::vector packages{package};
    const auto tree = tree_of({{"3CX", enforce}});
    CHECK(decide(facts_of("a"), packages, tree, "/").verdict == Verdict::Blocked);
    CHECK(decide(facts_of("a"), packages, tree, "/", {parse_timestamp("2026-12-31T23:59:59Z")})
              .verdict == Verdict::Blocked);
    const Decision late =
        decide(facts_of("a"), packages, tree, "/", {parse_timestamp("2027-01-01T00:00:00Z")});
    CHECK(late.verdict == Verdict::Allowed);
    CHECK(late.evidence.empty());
    CHECK(late.expired == std::vector<std::string>{"3CX"});
}

TEST_CASE("a package in force that was not given is named") {
    const std::vector packages{package_of("a", {"a"})};
    const auto tree = tree_of({{"a", audit}, {"gone", enforce}, {"off", disabled}});
    CHECK(decide(facts_of("a"), packages, tree, "/").missing == std::vector<std::string>{"gone"});
}

TEST_CASE("unknown groups and packages of one name are refused") {
    const std::vector packages{package_of("a", {}), package_of("a", {"b"})};
    CHECK(code_of([&] { decide(FileFacts{}, packages, PolicyTree{}, "/"); }) ==
          ErrorCode::AlreadyExists);
    CHECK(code_of([&] {
              decide(FileFacts{}, std::span<const Package>{}, PolicyTree{}, "/None");
          }) == ErrorCode::NotFound);
    CHECK(code_of([&] { decide(FileFacts{}, std::span<const Package>{}, PolicyTree{}, "None"); }) ==
          ErrorCode::InvalidValue);
}

TEST_CASE("adding never unblocks, order never matters, audit never blocks") {
    std::mt19937 random(11);
    const std::vector<std::string> hashes{"1", "2", "3"};
    const auto some = [&] {
        std::vector<std::string> chosen;
        for (const auto& hash : hashes) {
            if (random() % 2 == 0) chosen.push_back(hash);
        }
        return chosen;
    };
    for (int round = 0; round < 500; ++round) {
        std::vector<Package> packages;
        PolicyTree tree;
        bool any_enforced = false;
        for (const auto* name : {"a", "b", "c"}) {
            packages.push_back(package_of(name, some(), some()));
            const auto state = static_cast<EnforcementState>(random() % 3);
            any_enforced = any_enforced || state == enforce;
            tree.set_state("/", name, state);
        }
        const FileFacts facts = facts_of(hashes[random() % 3], hashes[random() % 3]);
        const Decision decision = decide(facts, packages, tree, "/");
        if (!any_enforced) CHECK(decision.verdict != Verdict::Blocked);

        auto shuffled = packages;
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        CHECK(decide(facts, shuffled, tree, "/") == decision);

        packages[random() % 3].add({{.sha256 = digest_of(hashes[random() % 3])}});
        CHECK(decide(facts, packages, tree, "/").verdict >= decision.verdict);
    }
}
