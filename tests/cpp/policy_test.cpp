#include "libblock/policy.hpp"

#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "libblock/limits.hpp"
#include "support.hpp"

using namespace libblock;
using namespace libblock::test;

namespace {

constexpr auto disabled = EnforcementState::Disabled;
constexpr auto audit = EnforcementState::Audit;
constexpr auto enforce = EnforcementState::Enforce;

PolicyTree company() {
    PolicyTree tree;
    for (const auto* path : {"/Workstations", "/Workstations/Finance", "/Servers", "/Servers/Linux",
                             "/Servers/Linux/Web", "/Servers 2"}) {
        tree.add_group(path);
    }
    return tree;
}

std::vector<std::string> paths_of(const PolicyTree& tree) {
    std::vector<std::string> paths;
    for (const auto& group : tree.groups()) paths.push_back(group.path);
    return paths;
}

}  // namespace

TEST_CASE("a new tree is its root") {
    const PolicyTree tree;
    CHECK(paths_of(tree) == std::vector<std::string>{"/"});
    CHECK(tree.contains("/"));
    CHECK(tree.children("/").empty());
    CHECK(tree.packages().empty());
    CHECK(tree.in_force("/").empty());
}

TEST_CASE("groups stand before those below them, siblings by name") {
    CHECK(paths_of(company()) ==
          std::vector<std::string>{"/", "/Servers", "/Servers/Linux", "/Servers/Linux/Web",
                                   "/Servers 2", "/Workstations", "/Workstations/Finance"});
    CHECK(company().children("/") ==
          std::vector<std::string>{"/Servers", "/Servers 2", "/Workstations"});
    CHECK(company().children("/Servers") == std::vector<std::string>{"/Servers/Linux"});
    CHECK(company().group("/Servers").path == "/Servers");
    CHECK_FALSE(company().contains("/Server"));
    CHECK_FALSE(company().contains("/Servers/Linux/"));
}

TEST_CASE("malformed paths are refused") {
    PolicyTree tree;
    for (const auto* path :
         {"", "Servers", "/Servers/", "//", "//Servers", "/a//b", "/ a", "/a\nb", "/\u200ba"}) {
        CAPTURE(path);
        CHECK(code_of([&] { tree.add_group(path); }) == ErrorCode::InvalidValue);
        CHECK(code_of([&] { (void)tree.group(path); }) == ErrorCode::InvalidValue);
        CHECK_FALSE(tree.contains(path));
    }
    std::string deep;
    for (std::size_t i = 0; i < limits::group_depth; ++i) {
        deep += "/g";
        tree.add_group(deep);
    }
    CHECK(code_of([&] { tree.add_group(deep + "/g"); }) == ErrorCode::LimitExceeded);
    CHECK(code_of([&] { tree.add_group("/" + std::string(limits::name_bytes + 1, 'x')); }) ==
          ErrorCode::LimitExceeded);
}

TEST_CASE("a group needs its parent and a name of its own") {
    PolicyTree tree = company();
    CHECK(code_of([&] { tree.add_group("/"); }) == ErrorCode::AlreadyExists);
    CHECK(code_of([&] { tree.add_group("/Servers"); }) == ErrorCode::AlreadyExists);
    CHECK(code_of([&] { tree.add_group("/SERVERS"); }) == ErrorCode::AlreadyExists);
    const Error orphan = error_of([&] { tree.add_group("/Server/Linux"); });
    CHECK(orphan.code() == ErrorCode::NotFound);
    CHECK(orphan.message().find("did you mean '/Servers'") != std::string::npos);
    CHECK_NOTHROW(tree.add_group("/Workstations/Servers"));
}

TEST_CASE("a tree holds a limited number of groups") {
    PolicyTree tree;
    for (std::size_t i = 1; i < limits::groups; ++i) {
        const std::string folder = "/" + std::to_string(i / 100);
        tree.add_group(tree.contains(folder) ? folder + "/" + std::to_string(i) : folder);
    }
    CHECK(code_of([&] { tree.add_group("/more"); }) == ErrorCode::LimitExceeded);
}

TEST_CASE("the nearest setting wins, and says where it was set") {
    PolicyTree tree = company();
    const auto since = parse_timestamp("2023-03-30T00:00:00Z");
    tree.set_state("/", "3CX", enforce, since);
    tree.set_state("/Servers", "3CX", audit);
    tree.set_state("/Servers/Linux/Web", "3CX", disabled);

    CHECK(tree.effective_state("/", "3CX") == EffectiveState{enforce, "/", since});
    CHECK(tree.effective_state("/Workstations/Finance", "3CX").group == "/");
    CHECK(tree.effective_state("/Servers/Linux", "3CX") ==
          EffectiveState{audit, "/Servers", std::nullopt});
    CHECK(tree.effective_state("/Servers/Linux/Web", "3CX") ==
          EffectiveState{disabled, "/Servers/Linux/Web", std::nullopt});
    CHECK(tree.effective_state("/", "other") == EffectiveState{});
    CHECK(code_of([&] { (void)tree.effective_state("/None", "3CX"); }) == ErrorCode::NotFound);

    CHECK(tree.clear_state("/Servers", "3CX"));
    CHECK_FALSE(tree.clear_state("/Servers", "3CX"));
    CHECK(tree.effective_state("/Servers/Linux", "3CX").state == enforce);
}

TEST_CASE("all packages in force on a group are listed by name") {
    PolicyTree tree = company();
    tree.set_state("/", "b", enforce);
    tree.set_state("/Servers", "a", audit);
    tree.set_state("/Servers", "c", disabled);
    CHECK(tree.in_force("/") == std::vector<PackageState>{{"b", {enforce, "/", std::nullopt}}});
    CHECK(tree.in_force("/Servers/Linux") ==
          std::vector<PackageState>{{"a", {audit, "/Servers", std::nullopt}},
                                    {"b", {enforce, "/", std::nullopt}}});
    CHECK(tree.packages() == std::vector<std::string>{"a", "b", "c"});
    CHECK(code_of([&] { tree.set_state("/", "", audit); }) == ErrorCode::InvalidValue);
}

TEST_CASE("a removed group takes its states and all below it along") {
    PolicyTree tree = company();
    tree.set_state("/Servers/Linux", "3CX", enforce);
    tree.remove_group("/Servers");
    CHECK(paths_of(tree) ==
          std::vector<std::string>{"/", "/Servers 2", "/Workstations", "/Workstations/Finance"});
    CHECK(tree.packages().empty());
    CHECK(code_of([&] { tree.remove_group("/Servers"); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { tree.remove_group("/"); }) == ErrorCode::InvalidValue);
    tree.add_group("/Servers");
    CHECK(tree.effective_state("/Servers", "3CX") == EffectiveState{});
}

TEST_CASE("a moved group keeps what is set on it and inherits at its new place") {
    PolicyTree tree = company();
    tree.set_state("/Servers", "a", enforce);
    tree.set_state("/Workstations", "a", audit);
    tree.set_state("/Servers/Linux", "b", audit);
    tree.move_group("/Servers/Linux", "/Workstations/Linux");
    CHECK(tree.contains("/Workstations/Linux/Web"));
    CHECK_FALSE(tree.contains("/Servers/Linux"));
    CHECK(tree.effective_state("/Workstations/Linux/Web", "a").state == audit);
    CHECK(tree.effective_state("/Workstations/Linux/Web", "b").group == "/Workstations/Linux");

    tree.move_group("/Workstations/Linux", "/Workstations/LINUX");
    CHECK(tree.contains("/Workstations/LINUX/Web"));
    tree.move_group("/Servers", "/Servers");
    CHECK(tree.contains("/Servers"));
}

TEST_CASE("a move that makes no sense is refused and changes nothing") {
    PolicyTree tree = company();
    const PolicyTree before = tree;
    CHECK(code_of([&] { tree.move_group("/", "/x"); }) == ErrorCode::InvalidValue);
    CHECK(code_of([&] { tree.move_group("/None", "/x"); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { tree.move_group("/Servers", "/Servers/Linux/x"); }) ==
          ErrorCode::InvalidValue);
    CHECK(code_of([&] { tree.move_group("/Servers", "/Workstations"); }) ==
          ErrorCode::AlreadyExists);
    CHECK(code_of([&] { tree.move_group("/Servers", "/"); }) == ErrorCode::AlreadyExists);
    CHECK(code_of([&] { tree.move_group("/Servers", "/None/x"); }) == ErrorCode::NotFound);
    CHECK(code_of([&] { tree.move_group("/Servers", "x"); }) == ErrorCode::InvalidValue);
    CHECK(tree == before);
}

TEST_CASE("a move cannot make a tree too deep") {
    PolicyTree tree = company();
    std::string deep;
    for (std::size_t i = 0; i + 1 < limits::group_depth; ++i) {
        deep += "/g";
        tree.add_group(deep);
    }
    CHECK(code_of([&] { tree.move_group("/Servers", deep + "/Servers"); }) ==
          ErrorCode::LimitExceeded);
    CHECK(tree.contains("/Servers/Linux"));
}

TEST_CASE("a removed package is set nowhere, a renamed one where it was") {
    PolicyTree tree = company();
    tree.set_state("/", "a", enforce);
    tree.set_state("/Servers", "a", audit);
    tree.set_state("/", "b", audit);
    CHECK(code_of([&] { tree.rename_package("a", "b"); }) == ErrorCode::AlreadyExists);
    CHECK(code_of([&] { tree.rename_package("a", ""); }) == ErrorCode::InvalidValue);
    tree.rename_package("a", "a");
    tree.rename_package("a", "c");
    CHECK(tree.effective_state("/Servers", "c").state == audit);
    CHECK(tree.effective_state("/", "a") == EffectiveState{});
    CHECK(tree.remove_package("c") == 2);
    CHECK(tree.remove_package("c") == 0);
    CHECK(tree.packages() == std::vector<std::string>{"b"});
}

TEST_CASE("effective states agree with a walk up the path") {
    std::mt19937 random(3);
    PolicyTree tree = company();
    const auto paths = paths_of(tree);
    for (int round = 0; round < 300; ++round) {
        const auto& path = paths[random() % paths.size()];
        if (random() % 3 == 0) {
            tree.clear_state(path, "p");
        } else {
            tree.set_state(path, "p", static_cast<EnforcementState>(random() % 3));
        }
        for (std::string at : paths) {
            const EffectiveState actual = tree.effective_state(at, "p");
            while (at != "/" && !tree.group(at).states.contains("p")) {
                at = at.rfind('/') == 0 ? "/" : at.substr(0, at.rfind('/'));
            }
            const auto& states = tree.group(at).states;
            const bool set = states.contains("p");
            CHECK(actual.group == (set ? at : ""));
            CHECK(actual.state == (set ? states.at("p").state : disabled));
        }
    }
}
