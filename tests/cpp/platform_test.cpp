#include "libblock/platform.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "libblock/libblock.hpp"
#include "support.hpp"

using namespace libblock;

TEST_CASE("platforms have text forms") {
    CHECK(to_string(Platform::Macos) == "macos");
    CHECK(from_string<Platform>("linux") == Platform::Linux);
    CHECK_FALSE(from_string<Platform>("Windows"));
}

TEST_CASE_TEMPLATE("every enum's table is ordered by value, unique and explained", E, ErrorCode,
                   HashKind, Platform, Field, Operation, CriterionOutcome, RuleOutcome,
                   RejectionReason, EnforcementState, Verdict, Severity, CheckRule) {
    std::set<std::string_view> texts;
    for (std::size_t i = 0; i < EnumTable<E>::rows.size(); ++i) {
        const auto& row = EnumTable<E>::rows[i];
        CHECK(static_cast<std::size_t>(row.value) == i);
        CHECK(texts.insert(row.text).second);
        CHECK_FALSE(row.description.empty());
        CHECK(from_string<E>(row.text) == row.value);
    }
}
