#include "libblock/detail/name_uuid.hpp"

#include "support.hpp"

namespace libblock::detail {
namespace {

constexpr auto dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

// Source: RFC 9562, appendix A.4; and Python's uuid.uuid5.
TEST_CASE("names give the UUIDs of the standard") {
    CHECK(name_uuid(dns, "www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    CHECK(name_uuid(dns, "libblock") == "5c1a3d10-ddff-5556-981a-39448fff8f55");
    CHECK(name_uuid("2ED6657D-E927-568B-95E1-2665A8AEA6A2", "") ==
          name_uuid("2ed6657d-e927-568b-95e1-2665a8aea6a2", ""));
}

TEST_CASE("the UUIDs of a package differ by its digest and by the name") {
    const Package package("p");
    const Part part{package, test::digest_of("aa"), EnforcementState::Audit, {}, "p", {}, {}};
    const Part other{package, test::digest_of("bb"), EnforcementState::Enforce, {}, "p", {}, {}};
    CHECK(name_uuid(part, "x") == name_uuid(part, "x"));
    CHECK(name_uuid(part, "x") != name_uuid(part, "y"));
    CHECK(name_uuid(part, "x") != name_uuid(other, "x"));
}

}  // namespace
}  // namespace libblock::detail
