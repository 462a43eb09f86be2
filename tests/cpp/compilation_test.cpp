#include "libblock/compilation.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/hasher.hpp"
#include "support.hpp"

namespace libblock {
namespace {

using test::code_of;
using test::digest_of;
using test::error_of;

Package package_of(std::string name = "3CX DesktopApp") {
    Package package(std::move(name));
    package.add({HashEntry{.sha256 = digest_of("aa"), .file_name = "a.exe"},
                 HashEntry{.sha256 = digest_of("bb"), .platform = Platform::Macos},
                 HashEntry{.sha256 = digest_of("cc"), .kind = HashKind::Authenticode}});
    package.add_rule({"original name",
                      {Platform::Windows, Platform::Macos},
                      {{Field::OriginalFilename, Operation::Equals, "3CXDesktopApp.exe"}}});
    return package;
}

const Loss* find_loss(const Compilation& compilation, LossReason reason) {
    const auto& losses = compilation.losses;
    const auto found = std::find_if(losses.begin(), losses.end(),
                                    [&](const Loss& each) { return each.reason == reason; });
    return found == losses.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const Compilation& compilation) {
    std::vector<std::string> names;
    for (const auto& document : compilation.documents) names.push_back(document.name);
    return names;
}

bool mentions(const Compilation& compilation, std::string_view text) {
    return std::any_of(
        compilation.documents.begin(), compilation.documents.end(),
        [&](const auto& document) { return document.text.find(text) != std::string::npos; });
}

TEST_CASE("what a target can express is written, the rest is a loss") {
    const Compilation compilation = compile_package(package_of(), "clamav");
    CHECK(names_of(compilation) == std::vector<std::string>{"3cx-desktopapp.hsb"});
    CHECK(mentions(compilation, digest_of("aa").to_string()));
    CHECK(mentions(compilation, digest_of("bb").to_string()));
    CHECK(!mentions(compilation, digest_of("cc").to_string()));

    const Loss* kind = find_loss(compilation, LossReason::HashKind);
    REQUIRE(kind);
    CHECK(kind->kind == LossKind::LeftOut);
    CHECK(kind->package == "3CX DesktopApp");
    CHECK(kind->message == "ClamAV does not compare authenticode hashes");
    CHECK(kind->entries.size() == 1);
    CHECK(kind->entries.contains(digest_of("cc"), HashKind::Authenticode));
    CHECK(kind->rules.empty());

    const Loss* field = find_loss(compilation, LossReason::Field);
    REQUIRE(field);
    CHECK(field->kind == LossKind::LeftOut);
    CHECK(field->message == "ClamAV cannot ask for original_filename");
    CHECK(field->rules == std::vector<RulePart>{{"original name", 0}});
    CHECK(compilation.losses.size() == 2);
}

TEST_CASE("the same package gives the same bytes, in any order of input") {
    Package other("3CX DesktopApp");
    other.add({HashEntry{.sha256 = digest_of("cc"), .kind = HashKind::Authenticode}});
    other.add({HashEntry{.sha256 = digest_of("bb"), .platform = Platform::Macos}});
    other.add({HashEntry{.sha256 = digest_of("aa"), .file_name = "a.exe"}});
    other.add_rule(package_of().rules()[0]);
    for (const Target& target : targets()) {
        if (!target.refusal.empty()) continue;
        CAPTURE(target.name);
        CHECK(compile_package(package_of(), target.name) == compile_package(other, target.name));
    }
}

TEST_CASE("the state is the strongest there is, or the one that is asked for") {
    const auto enforced = CompileOptions{.state = EnforcementState::Enforce};
    const auto audited = CompileOptions{.state = EnforcementState::Audit};

    SUBCASE("an engine that detects only") {
        CHECK(!find_loss(compile_package(package_of(), "clamav"), LossReason::State));
        CHECK(!find_loss(compile_package(package_of(), "clamav", audited), LossReason::State));
        const auto compilation = compile_package(package_of(), "clamav", enforced);
        CHECK(!find_loss(compilation, LossReason::State));
        CHECK(mentions(compilation, "State: audit"));
    }
    SUBCASE("an engine that has no audit gets nothing that blocks") {
        CHECK(mentions(compile_package(package_of(), "fapolicyd"), "State: enforce"));
        const auto compilation = compile_package(package_of(), "fapolicyd", audited);
        CHECK(compilation.documents.empty());
        const Loss* loss = find_loss(compilation, LossReason::State);
        REQUIRE(loss);
        CHECK(loss->kind == LossKind::LeftOut);
        CHECK(loss->entries == package_of().entries());
        CHECK(loss->rules == std::vector<RulePart>{{"original name", {}}});
        CHECK(compilation.losses.size() == 1);
    }
    SUBCASE("disabled is none") {
        const auto disabled = CompileOptions{.state = EnforcementState::Disabled};
        CHECK(code_of([&] { compile_package(package_of(), "clamav", disabled); }) ==
              ErrorCode::InvalidValue);
    }
}

TEST_CASE("strict throws at the first loss") {
    const auto strict = CompileOptions{.strict = true};
    const Error error = error_of([&] { compile_package(package_of(), "clamav", strict); });
    CHECK(error.code() == ErrorCode::NotExpressible);
    CHECK(error.message() ==
          "clamav cannot express all of the package '3CX DesktopApp': ClamAV does not compare "
          "authenticode hashes (and 1 more)");

    Package plain("plain");
    plain.add({HashEntry{.sha256 = digest_of("aa")}});
    CHECK(compile_package(plain, "clamav", strict).losses.empty());
    plain.add_rule(package_of().rules()[0]);
    CHECK(error_of([&] { compile_package(plain, "clamav", strict); })
              .message()
              .ends_with("ClamAV cannot ask for original_filename"));
}

TEST_CASE("a package that has expired is left out, and one that will says so") {
    Package package = package_of();
    package.set_expires(parse_timestamp("2026-01-01T00:00:00Z"));

    const auto unasked = compile_package(package, "clamav");
    CHECK(unasked.documents.size() == 1);
    const Loss* expiry = find_loss(unasked, LossReason::Expiry);
    REQUIRE(expiry);
    CHECK(expiry->kind == LossKind::Widened);
    CHECK(expiry->message ==
          "ClamAV knows no expiry, and the package expires at 2026-01-01T00:00:00Z: remove the "
          "documents then");

    Package late = package;
    Provenance record;
    record.source.name = "advisory";
    record.source.imported = package.expires();
    late.add_provenance(record);
    CHECK(find_loss(compile_package(late, "clamav"), LossReason::Expiry)->message ==
          "ClamAV knows no expiry, and the package expired at 2026-01-01T00:00:00Z: remove the "
          "documents");

    const auto before = CompileOptions{.at = parse_timestamp("2025-12-31T23:59:59Z")};
    CHECK(compile_package(package, "clamav", before).documents.size() == 1);
    const auto after = CompileOptions{.at = parse_timestamp("2026-01-01T00:00:00Z")};
    const auto expired = compile_package(package, "clamav", after);
    CHECK(expired.documents.empty());
    REQUIRE(expired.losses.size() == 1);
    CHECK(expired.losses[0].kind == LossKind::LeftOut);
    CHECK(expired.losses[0].reason == LossReason::Expired);
    CHECK(expired.losses[0].entries == package.entries());
    CHECK(expired.losses[0].rules.size() == 1);
}

TEST_CASE("an empty package comes to nothing, and loses nothing") {
    for (const Target& target : targets()) {
        if (target.refusal.empty()) {
            CHECK(compile_package(Package("empty"), target.name) == Compilation{});
        }
    }
}

TEST_CASE("a target that refuses all packages says why") {
    for (const Target& target : targets()) {
        if (target.refusal.empty()) continue;
        const Error error = error_of([&] { compile_package(package_of(), target.name); });
        CHECK(error.code() == ErrorCode::NotExpressible);
        CHECK(error.message() == target.name + " takes no package: " + target.refusal);
    }
    CHECK(code_of([] { compile_package(package_of(), "none"); }) == ErrorCode::NotFound);
}

TEST_CASE("settings are checked against those of the target") {
    const auto with = [](std::string name, std::string value) {
        return CompileOptions{.settings = {{std::move(name), std::move(value)}}};
    };
    const auto rules = "suricata";
    CHECK(mentions(compile_package(package_of(), rules, with("list-folder", "/srv/lists")),
                   "filesha256:/srv/lists/"));
    const Error unknown =
        error_of([&] { compile_package(package_of(), rules, with("list-foldr", "/x")); });
    CHECK(unknown.code() == ErrorCode::InvalidValue);
    CHECK(unknown.message() == "suricata has no setting 'list-foldr', did you mean 'list-folder'?");
    CHECK(code_of([&] { compile_package(package_of(), rules, with("list-folder", "/a\nb")); }) ==
          ErrorCode::InvalidValue);
    const Error choice =
        error_of([&] { compile_package(package_of(), "fapolicyd", with("permission", "read")); });
    CHECK(choice.message() ==
          "'read' is none of the choices for the setting permission of fapolicyd: execute, any");
}

// ---- rules -------------------------------------------------------------------------------------

Compilation with_rule(MetadataRule rule, std::string_view target) {
    Package package("rules");
    package.add_rule(std::move(rule));
    return compile_package(package, target);
}

TEST_CASE("a rule is narrowed to the platforms on which it can be asked") {
    const Criterion name{Field::OriginalFilename, Operation::Equals, "a.exe"};
    const auto compilation = with_rule({"r", {Platform::Windows, Platform::Linux}, {name}}, "yara");
    CHECK(mentions(compilation, "a.exe"));
    REQUIRE(compilation.losses.size() == 1);
    CHECK(compilation.losses[0].kind == LossKind::Narrowed);
    CHECK(compilation.losses[0].reason == LossReason::Platform);
    CHECK(compilation.losses[0].message == "YARA can ask for it on windows, not on linux");
    CHECK(compilation.losses[0].rules == std::vector<RulePart>{{"r", {}}});
}

TEST_CASE("a rule that can be asked nowhere is left out with each reason") {
    const Criterion name{Field::OriginalFilename, Operation::Equals, "a.exe"};
    const Criterion signer{Field::Publisher, Operation::Equals, "ACME"};
    const Criterion version{Field::ProductVersion, Operation::LessThan, "2.0"};

    const auto elsewhere = with_rule({"r", {Platform::Linux}, {name}}, "yara");
    CHECK(elsewhere.documents.empty());
    REQUIRE(elsewhere.losses.size() == 1);
    CHECK(elsewhere.losses[0].reason == LossReason::Field);
    CHECK(elsewhere.losses[0].message == "YARA cannot ask for original_filename on linux");

    const auto several = with_rule({"r", {Platform::Windows}, {name, signer, version}}, "yara");
    CHECK(several.documents.empty());
    REQUIRE(several.losses.size() == 2);
    CHECK(several.losses[0].message == "YARA cannot ask for product_version");
    CHECK(several.losses[0].rules == std::vector<RulePart>{{"r", 2}});
    CHECK(several.losses[1].message == "YARA cannot ask for publisher");
    CHECK(several.losses[1].rules == std::vector<RulePart>{{"r", 1}});

    const Criterion path{Field::Path, Operation::Contains, "/a"};
    const auto operation = with_rule({"r", {Platform::Linux}, {path}}, "fapolicyd");
    CHECK(operation.documents.empty());
    REQUIRE(operation.losses.size() == 1);
    CHECK(operation.losses[0].reason == LossReason::Operation);
    CHECK(operation.losses[0].message == "fapolicyd cannot compare path by contains");
    CHECK(operation.losses[0].rules == std::vector<RulePart>{{"r", 0}});
}

TEST_CASE("a rule with more criteria than the engine joins is left out") {
    const Criterion path{Field::Path, Operation::Equals, "/a"};
    const Criterion folder{Field::Path, Operation::StartsWith, "/b/"};
    const auto compilation = with_rule({"r", {Platform::Linux}, {path, folder}}, "fapolicyd");
    CHECK(compilation.documents.empty());
    REQUIRE(compilation.losses.size() == 1);
    CHECK(compilation.losses[0].reason == LossReason::SeveralCriteria);
    CHECK(compilation.losses[0].message ==
          "fapolicyd asks for at most one criterion at once, and with one left out the rule would "
          "stop more");
}

TEST_CASE("a rule for platforms that the engine does not see is left out") {
    const Criterion path{Field::Path, Operation::Equals, "/a"};
    const auto compilation = with_rule({"r", {Platform::Macos}, {path}}, "fapolicyd");
    CHECK(compilation.documents.empty());
    REQUIRE(compilation.losses.size() == 1);
    CHECK(compilation.losses[0].reason == LossReason::Platform);
    CHECK(compilation.losses[0].message == "it is for macos, and fapolicyd is for linux");
}

TEST_CASE("hashes of files for other platforms are written, and said to match nothing") {
    const auto compilation = compile_package(package_of(), "fapolicyd");
    CHECK(mentions(compilation, digest_of("bb").to_string()));
    const auto loss =
        std::find_if(compilation.losses.begin(), compilation.losses.end(),
                     [](const Loss& each) { return each.kind == LossKind::CannotMatch; });
    REQUIRE(loss != compilation.losses.end());
    CHECK(loss->reason == LossReason::Platform);
    CHECK(loss->message ==
          "they are labelled for macos, and not expected where fapolicyd runs (linux)");
    CHECK(loss->entries.contains(digest_of("bb"), HashKind::File));
}

// ---- groups ------------------------------------------------------------------------------------

TEST_CASE("a group gets each package that is in force there, in its state") {
    const std::vector<Package> packages{package_of("audited"), package_of("enforced"),
                                        package_of("off")};
    PolicyTree tree;
    tree.add_group("/Servers");
    tree.set_state("/", "audited", EnforcementState::Audit);
    tree.set_state("/Servers", "enforced", EnforcementState::Enforce);
    tree.set_state("/", "off", EnforcementState::Enforce);
    tree.set_state("/Servers", "off", EnforcementState::Disabled);

    const auto blocked = compile_group(packages, tree, "/Servers", "fapolicyd");
    CHECK(names_of(blocked) == std::vector<std::string>{"15-blocklist-enforced.rules"});
    const Loss* state = find_loss(blocked, LossReason::State);
    REQUIRE(state);
    CHECK(state->package == "audited");

    const auto found = compile_group(packages, tree, "/Servers", "clamav");
    CHECK(names_of(found) == std::vector<std::string>{"audited.hsb", "enforced.hsb"});
    CHECK(names_of(compile_group(packages, tree, "/", "clamav")) ==
          std::vector<std::string>{"audited.hsb", "off.hsb"});
}

TEST_CASE("of several states of a hash the strongest is written, the others are reported") {
    Package enforced("enforced");
    enforced.add({HashEntry{.sha256 = digest_of("aa")}});
    Package audited("audited");
    audited.add({HashEntry{.sha256 = digest_of("aa")},
                 HashEntry{.sha256 = digest_of("aa"), .kind = HashKind::Authenticode},
                 HashEntry{.sha256 = digest_of("bb")}});
    Package small("small");
    small.add({HashEntry{.sha256 = digest_of("aa")}});
    const std::vector<Package> packages{audited, enforced, small};
    PolicyTree tree;
    tree.set_state("/", "enforced", EnforcementState::Enforce);
    tree.set_state("/", "audited", EnforcementState::Audit);
    tree.set_state("/", "small", EnforcementState::Audit);

    SUBCASE("for an engine with both") {
        const auto compilation = compile_group(packages, tree, "/", "misp");
        CHECK(names_of(compilation) ==
              std::vector<std::string>{"audited.misp.json", "enforced.misp.json"});
        const std::string digits = digest_of("aa").to_string();
        const std::string& text = compilation.documents[0].text;
        CHECK(text.find(digest_of("bb").to_string()) != std::string::npos);
        CHECK(text.find("authentihash") != std::string::npos);
        CHECK(text.find(digits) == text.rfind(digits));
        CHECK(compilation.documents[1].text.find(digits) != std::string::npos);
        REQUIRE(compilation.losses.size() == 2);
        for (const Loss& loss : compilation.losses) {
            CHECK(loss.kind == LossKind::LeftOut);
            CHECK(loss.reason == LossReason::Overruled);
            CHECK(loss.message ==
                  "the package 'enforced' enforces it, and the strongest state wins");
            CHECK(loss.entries == small.entries());
        }
    }
    SUBCASE("for one without audit, which is given nothing that is audited") {
        const auto compilation = compile_group(packages, tree, "/", "fapolicyd");
        CHECK(names_of(compilation) == std::vector<std::string>{"15-blocklist-enforced.rules"});
        CHECK(mentions(compilation, digest_of("aa").to_string()));
        CHECK(!find_loss(compilation, LossReason::Overruled));
    }
    SUBCASE("for one that only detects, where all is in audit") {
        const auto compilation = compile_group(packages, tree, "/", "clamav");
        CHECK(compilation.documents.size() == 3);
        CHECK(!find_loss(compilation, LossReason::Overruled));
    }
}

TEST_CASE("packages whose names make the same file name are kept apart") {
    const std::vector<Package> packages{package_of("A B"), package_of("a-b")};
    PolicyTree tree;
    for (const Package& each : packages) {
        tree.set_state("/", each.name(), EnforcementState::Audit);
    }
    const auto names = names_of(compile_group(packages, tree, "/", "clamav"));
    REQUIRE(names.size() == 2);
    CHECK(names[0] == "a-b-" + hash_text(packages[0].name()).to_string().substr(0, 12) + ".hsb");
    CHECK(names[1] == "a-b-" + hash_text(packages[1].name()).to_string().substr(0, 12) + ".hsb");
}

TEST_CASE("what cannot be asked of a group is refused") {
    const std::vector<Package> packages{package_of("a")};
    PolicyTree tree;
    CHECK(compile_group(packages, tree, "/", "clamav") == Compilation{});
    CHECK(code_of([&] { compile_group(packages, tree, "/none", "clamav"); }) ==
          ErrorCode::NotFound);
    tree.set_state("/", "b", EnforcementState::Enforce);
    const Error missing = error_of([&] { compile_group(packages, tree, "/", "clamav"); });
    CHECK(missing.code() == ErrorCode::NotFound);
    CHECK(missing.message() == "the package 'b', in force by /, is not given");
    const std::vector<Package> twice{package_of("b"), package_of("b")};
    CHECK(code_of([&] { compile_group(twice, tree, "/", "clamav"); }) == ErrorCode::AlreadyExists);
    const auto with_state = CompileOptions{.state = EnforcementState::Audit};
    CHECK(code_of([&] { compile_group(packages, tree, "/", "clamav", with_state); }) ==
          ErrorCode::InvalidValue);
}

}  // namespace
}  // namespace libblock
