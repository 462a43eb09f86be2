#include "libblock/timestamp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace libblock {
namespace {

constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:ddZ";  // d is a digit, the rest literal

bool fits_pattern(std::string_view text) noexcept {
    return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(),
                      [](char actual, char expected) {
                          if (expected != 'd') return actual == expected;
                          return actual >= '0' && actual <= '9';
                      });
}

int number_at(std::string_view text, std::size_t offset, std::size_t digits) noexcept {
    int value = 0;
    for (const char digit : text.substr(offset, digits)) value = value * 10 + (digit - '0');
    return value;
}

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
    using namespace std::chrono;
    if (!fits_pattern(text)) return std::nullopt;
    const year_month_day date{year{number_at(text, 0, 4)},
                              month{static_cast<unsigned>(number_at(text, 5, 2))},
                              day{static_cast<unsigned>(number_at(text, 8, 2))}};
    const int hour = number_at(text, 11, 2);
    const int minute = number_at(text, 14, 2);
    const int second = number_at(text, 17, 2);
    const bool exists =
        date.ok() && date.year() >= year{1970} && hour < 24 && minute < 60 && second < 60;
    if (!exists) return std::nullopt;
    return Timestamp{sys_days{date}} + hours{hour} + minutes{minute} + seconds{second};
}

std::string to_string(Timestamp instant) {
    using namespace std::chrono;
    const sys_days midnight = floor<days>(instant);
    const year_month_day date{midnight};
    const hh_mm_ss time{instant - midnight};
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

}  // namespace libblock
