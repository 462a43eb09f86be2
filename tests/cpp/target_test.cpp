#include "libblock/target.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "libblock/field.hpp"
#include "support.hpp"

namespace libblock {
namespace {

using test::error_of;

TEST_CASE("targets go by their names") {
    std::set<std::string> names;
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        CHECK(names.insert(target.name).second);
        CHECK(&find_target(target.name) != nullptr);
        CHECK(find_target(target.name) == target);
    }
    CHECK(names.contains("clamav"));
    CHECK(std::is_sorted(targets().begin(), targets().end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; }));
}

TEST_CASE("a name that is none is refused, with the nearest there is") {
    const Error error = error_of([] { find_target("clamv"); });
    CHECK(error.code() == ErrorCode::NotFound);
    CHECK(error.message() == "there is no target 'clamv', did you mean 'clamav'?");
    CHECK(error_of([] { find_target(""); }).code() == ErrorCode::NotFound);
}

TEST_CASE("every target says what it is") {
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        CHECK(!target.engine.empty());
        for (const std::string& remark : target.remarks) CHECK(remark.ends_with('.'));
        if (!target.refusal.empty()) {
            CHECK(target.capabilities == Capabilities{});
            CHECK(target.settings.empty());
            continue;
        }
        CHECK(!target.output.empty());
        CHECK(target.documentation.starts_with("https://"));
        CHECK(target.versions.empty() == (target.proof == Proof::Documentation));
    }
}

TEST_CASE("capabilities make sense") {
    for (const Target& target : targets()) {
        CAPTURE(target.name);
        if (!target.refusal.empty()) continue;
        const Capabilities& can = target.capabilities;
        CHECK((can.enforce || can.audit != AuditScope::None));
        CHECK((!can.hash_kinds.empty() || !can.fields.empty()));
        CHECK(!can.platforms.empty());
        std::set<Field> fields;
        for (const FieldSupport& each : can.fields) {
            CAPTURE(to_string(each.field));
            CHECK(fields.insert(each.field).second);
            CHECK(!each.operations.empty());
            for (const Operation operation : each.operations) {
                CHECK((!compares_versions(operation) || kind_of(each.field) == FieldKind::Version));
            }
            for (const Platform platform : each.platforms) {
                CHECK(std::find(can.platforms.begin(), can.platforms.end(), platform) !=
                      can.platforms.end());
            }
        }
    }
}

TEST_CASE("settings have names, descriptions, and a default among their choices") {
    for (const Target& target : targets()) {
        for (const TargetSetting& setting : target.settings) {
            CAPTURE(setting.name);
            CHECK(!setting.name.empty());
            CHECK(setting.description.ends_with('.'));
            const auto& choices = setting.choices;
            CHECK((choices.empty() || std::find(choices.begin(), choices.end(),
                                                setting.default_value) != choices.end()));
        }
    }
}

}  // namespace
}  // namespace libblock
