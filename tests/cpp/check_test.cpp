#include "libblock/check.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

constexpr auto audit = EnforcementState::Audit;
constexpr auto enforce = EnforcementState::Enforce;

Package package_of(std::string name, const std::vector<std::string>& hashes) {
    Package package(std::move(name));
    for (const auto& hash : hashes) package.add({{.sha256 = digest_of(hash)}});
    return package;
}

Package with_rule(std::vector<Platform> platforms, Criterion criterion) {
    Package package("p");
    package.add_rule({"r", std::move(platforms), {std::move(criterion)}});
    return package;
}

/// The findings of one lint rule.
std::vector<Finding> only(CheckRule rule, std::vector<Finding> findings) {
    std::erase_if(findings, [&](const Finding& finding) { return finding.rule != rule; });
    return findings;
}

const auto now = parse_timestamp("2026-06-01T00:00:00Z");

}  // namespace

TEST_CASE("a sound package in audit and then enforced has no findings") {
    PolicyTree tree;
    tree.add_group("/Pilot");
    tree.set_state("/", "p", enforce);
    tree.set_state("/Pilot", "p", audit, now);
    Package package = package_of("p", {"a"});
    package.add_rule(
        {"r", {Platform::Windows}, {{Field::OriginalFilename, Operation::Equals, "x.exe"}}});
    const std::vector packages{package};
    CHECK(check(packages, &tree, {.now = now}).empty());
    CHECK(check(packages).empty());
}

TEST_CASE("empty-package") {
    const std::vector packages{package_of("p", {"a"}), Package("empty")};
    const auto findings = check(packages);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == CheckRule::EmptyPackage);
    CHECK(findings[0].package == 1);
    CHECK(findings[0].pointer.empty());
}

TEST_CASE("unassigned-package") {
    const std::vector packages{package_of("p", {"a"})};
    PolicyTree tree;
    CHECK(only(CheckRule::UnassignedPackage, check(packages, &tree)).size() == 1);
    tree.set_state("/", "p", EnforcementState::Disabled);
    CHECK(only(CheckRule::UnassignedPackage, check(packages, &tree)).size() == 1);
    tree.set_state("/", "p", audit);
    CHECK(only(CheckRule::UnassignedPackage, check(packages, &tree)).empty());
    CHECK(only(CheckRule::UnassignedPackage, check(packages)).empty());
}

TEST_CASE("unknown-package") {
    PolicyTree tree;
    tree.add_group("/a~b");
    tree.set_state("/a~b", "gone", enforce);
    const auto findings = check({}, &tree);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == CheckRule::UnknownPackage);
    CHECK_FALSE(findings[0].package);
    CHECK(findings[0].pointer == "/groups/~1a~0b/states/gone");
}

TEST_CASE("duplicate-package-name and duplicate-hash") {
    const std::vector packages{package_of("p", {"a", "b"}), package_of("p", {"b", "a", "c"}),
                               package_of("q", {"c"})};
    const auto names = only(CheckRule::DuplicatePackageName, check(packages));
    REQUIRE(names.size() == 1);
    CHECK(names[0].package == 1);
    const auto hashes = only(CheckRule::DuplicateHash, check(packages));
    REQUIRE(hashes.size() == 2);
    CHECK(hashes[0].message.find("2 hashes, such as a0") != std::string::npos);
    CHECK(hashes[1].message.find("holds c0") != std::string::npos);

    Package other("r");
    other.add({{.sha256 = digest_of("c"), .kind = HashKind::Authenticode}});
    const std::vector kinds{packages[2], other};
    CHECK(check(kinds).empty());
    const std::vector twice{other, copy_as(other, "s")};
    CHECK(only(CheckRule::DuplicateHash, check(twice)).size() == 1);
}

TEST_CASE("matches-everything") {
    const std::vector packages{
        with_rule({Platform::Linux}, {Field::Path, Operation::Wildcard, "/**"})};
    const auto findings = check(packages);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == CheckRule::MatchesEverything);
    CHECK(findings[0].pointer == "/rules/0");
}

TEST_CASE("field-not-on-platform") {
    const std::vector packages{
        with_rule({Platform::Windows, Platform::Macos, Platform::Linux},
                  {Field::OriginalFilename, Operation::Equals, "3CXDesktopApp.exe"})};
    const auto findings = check(packages);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].rule == CheckRule::FieldNotOnPlatform);
    CHECK(findings[0].pointer == "/rules/0/criteria/0");
    CHECK(findings[0].message.find("macos") != std::string::npos);
    CHECK(findings[1].message.find("linux") != std::string::npos);
}

TEST_CASE("original-filename-extension") {
    const auto count = [](Platform platform, Operation operation, Field field, std::string value) {
        const std::vector packages{with_rule({platform}, {field, operation, std::move(value)})};
        return only(CheckRule::OriginalFilenameExtension, check(packages)).size();
    };
    constexpr auto original = Field::OriginalFilename;
    CHECK(count(Platform::Windows, Operation::Equals, original, "3CXDesktopApp") == 1);
    CHECK(count(Platform::Windows, Operation::Equals, original, "3CXDesktopApp.exe") == 0);
    CHECK(count(Platform::Windows, Operation::StartsWith, original, "3CXDesktopApp") == 0);
    CHECK(count(Platform::Windows, Operation::Equals, Field::InternalName, "3CX") == 0);
    CHECK(count(Platform::Linux, Operation::Equals, original, "3CXDesktopApp") == 0);
}

TEST_CASE("enforced-without-audit") {
    const std::vector packages{package_of("p", {"a"})};
    PolicyTree tree;
    tree.add_group("/Pilot");
    tree.set_state("/", "p", enforce);
    CHECK(only(CheckRule::EnforcedWithoutAudit, check(packages, &tree)).size() == 1);
    tree.set_state("/Pilot", "p", audit);
    CHECK(only(CheckRule::EnforcedWithoutAudit, check(packages, &tree)).empty());
    tree.clear_state("/", "p");
    CHECK(only(CheckRule::EnforcedWithoutAudit, check(packages, &tree)).empty());
}

TEST_CASE("expired-package") {
    Package package = package_of("p", {"a"});
    package.set_expires(parse_timestamp("2026-01-01T00:00:00Z"));
    const std::vector packages{package, package_of("q", {"b"})};
    PolicyTree tree;
    tree.set_state("/", "p", audit);
    const auto count = [&](const PolicyTree* policy, std::optional<Timestamp> at) {
        return only(CheckRule::ExpiredPackage, check(packages, policy, {.now = at})).size();
    };
    CHECK(count(&tree, now) == 1);
    CHECK(count(nullptr, now) == 1);
    CHECK(count(&tree, std::nullopt) == 0);
    CHECK(count(&tree, parse_timestamp("2025-01-01T00:00:00Z")) == 0);
    const PolicyTree nowhere;
    CHECK(count(&nowhere, now) == 0);
}

TEST_CASE("stale-audit") {
    const std::vector packages{package_of("p", {"a"})};
    PolicyTree tree;
    tree.set_state("/", "p", audit, parse_timestamp("2026-05-01T00:00:00Z"));
    const auto findings_of = [&](std::uint32_t days) {
        return only(CheckRule::StaleAudit,
                    check(packages, &tree, {.now = now, .max_audit_days = days}));
    };
    REQUIRE(findings_of(30).size() == 1);
    CHECK(findings_of(30)[0].pointer == "/groups/~1/states/p");
    CHECK(findings_of(30)[0].message.find("31 days") != std::string::npos);
    CHECK(findings_of(31).empty());
    CHECK(only(CheckRule::StaleAudit, check(packages, &tree)).empty());
    CHECK(only(CheckRule::StaleAudit, check(packages, nullptr, {.now = now})).empty());
    tree.set_state("/", "p", audit);
    CHECK(findings_of(30).empty());
    tree.set_state("/", "p", enforce, parse_timestamp("2020-01-01T00:00:00Z"));
    CHECK(findings_of(30).empty());
}

TEST_CASE("findings come by package, the policy's last") {
    PolicyTree tree;
    tree.set_state("/", "gone", enforce);
    const std::vector packages{Package("a"), Package("b")};
    const auto findings = check(packages, &tree);
    const auto subjects_sorted = std::is_sorted(
        findings.begin(), findings.end(), [](const Finding& left, const Finding& right) {
            return left.package.value_or(99) < right.package.value_or(99);
        });
    CHECK(subjects_sorted);
    CHECK_FALSE(findings.back().package);
    CHECK(severity_of(CheckRule::UnknownPackage) == Severity::Error);
    CHECK(severity_of(CheckRule::DuplicateHash) == Severity::Note);
}
