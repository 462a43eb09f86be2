#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace libblock {

/// An instant in UTC, to the second. The library never reads a clock: "now" is an argument.
using Timestamp = std::chrono::sys_seconds;

/// Reads an RFC 3339 instant in UTC, exactly `YYYY-MM-DDTHH:MM:SSZ`, years 1970 to 9999; nothing
/// for any other text or a day that does not exist.
std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept;

/// The form that `parse_timestamp` reads.
std::string to_string(Timestamp instant);

}  // namespace libblock
