#include "libblock/timestamp.hpp"

#include <chrono>
#include <string>

#include "support.hpp"

using namespace libblock;

TEST_CASE("an instant reads and writes") {
    const auto instant = parse_timestamp("2023-03-29T17:05:09Z");
    REQUIRE(instant);
    CHECK(instant->time_since_epoch().count() == 1680109509);
    CHECK(to_string(*instant) == "2023-03-29T17:05:09Z");
    for (const auto* text :
         {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "9999-12-31T23:59:59Z"}) {
        CHECK(to_string(parse_timestamp(text).value()) == text);
    }
}

TEST_CASE("every other text is refused") {
    for (const auto* text : {"", "2023-03-29", "2023-03-29T17:05:09", "2023-03-29T17:05:09+00:00",
                             "2023-03-29 17:05:09Z", "2023-03-29t17:05:09z", "2023-02-29T00:00:00Z",
                             "2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z", "2023-01-00T00:00:00Z",
                             "2023-01-01T24:00:00Z", "2023-01-01T00:60:00Z", "2023-01-01T00:00:60Z",
                             "1969-12-31T23:59:59Z", "2023-03-29T17:05:09.5Z",
                             "2O23-03-29T17:05:09Z", "2023-03-29T17:05:09Z "}) {
        CAPTURE(text);
        CHECK_FALSE(parse_timestamp(text));
    }
}
