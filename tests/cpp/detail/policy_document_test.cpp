#include "libblock/detail/policy_document.hpp"

#include <string>
#include <string_view>

#include "support.hpp"

using namespace libblock;
using namespace libblock::detail;
using namespace libblock::test;

namespace {

const std::string modeline = "# yaml-language-server: $schema=policy.schema.json\n";

Policy read(std::string_view yaml) {
    return read_policy(parse_yaml(yaml));
}

Policy policy_of_two() {
    Policy policy;
    policy.packages = {{"B", "b.yaml"}, {"A", "../a: x/a.yaml"}};
    policy.packages[1].file = "../a x/a.yaml";
    policy.tree.add_group("/Servers");
    policy.tree.add_group("/Servers/0123");
    policy.tree.add_group("/a#b");
    policy.tree.set_state("/", "B", EnforcementState::Enforce,
                          parse_timestamp("2026-11-23T08:00:00Z"));
    policy.tree.set_state("/Servers/0123", "null", EnforcementState::Disabled);
    return policy;
}

}  // namespace

TEST_CASE("a policy is written in its one form") {
    CHECK(write_policy(policy_of_two()) == modeline +
                                               "libblock_policy: 1\n"
                                               "packages:\n"
                                               "  - name: A\n"
                                               "    file: \"../a x/a.yaml\"\n"
                                               "  - name: B\n"
                                               "    file: b.yaml\n"
                                               "groups:\n"
                                               "  - path: /\n"
                                               "    states:\n"
                                               "      - package: B\n"
                                               "        state: enforce\n"
                                               "        since: 2026-11-23T08:00:00Z\n"
                                               "  - path: /Servers\n"
                                               "  - path: /Servers/0123\n"
                                               "    states:\n"
                                               "      - package: \"null\"\n"
                                               "        state: disabled\n"
                                               "  - path: /a#b\n");
    CHECK(write_policy({}) == modeline + "libblock_policy: 1\n");
}

TEST_CASE("the root is written if it has states") {
    Policy policy;
    policy.tree.add_group("/a");
    CHECK(write_policy(policy) == modeline + "libblock_policy: 1\ngroups:\n  - path: /a\n");
    policy.tree.set_state("/", "A", EnforcementState::Audit);
    CHECK(write_policy(policy).find("path: /\n") != std::string::npos);
    CHECK(read(write_policy(policy)) == policy);
}

TEST_CASE("what is read is what was written") {
    Policy policy = policy_of_two();
    const Policy again = read(write_policy(policy));
    CHECK(again.tree == policy.tree);
    CHECK(again.packages == std::vector<PackageFile>{policy.packages[1], policy.packages[0]});
    CHECK(read(write_policy(again)) == again);
}

TEST_CASE("groups come in any order") {
    const Policy policy = read(
        "libblock_policy: 1\ngroups:\n  - path: /a/b/c\n  - path: /a\n"
        "  - path: /a/b\n    states:\n      - package: P\n"
        "        state: audit\n");
    CHECK(policy.tree.groups().size() == 4);
    CHECK(policy.tree.effective_state("/a/b/c", "P").group == "/a/b");
}

TEST_CASE("what could not be read again is not written") {
    const auto code = [](const PackageFile& package) {
        Policy policy;
        policy.packages = {{"A", "a.yaml"}, package};
        return code_of([&] { write_policy(policy); });
    };
    CHECK(code({"A", "b.yaml"}) == ErrorCode::InvalidValue);
    CHECK(code({"", "b.yaml"}) == ErrorCode::InvalidValue);
    for (const std::string_view file : {"", "/b.yaml", "b\\c.yaml", "c:b.yaml", "b/", "..", "b/.",
                                        "b//c.yaml", " b.yaml", "b\n.yaml"}) {
        CAPTURE(file);
        CHECK(code({"B", std::string(file)}) == ErrorCode::InvalidValue);
    }
    CHECK(code({"B", std::string(4097, 'b')}) == ErrorCode::LimitExceeded);
}
