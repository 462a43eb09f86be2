#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace libblock::detail {

/// A dotted version of any length; missing parts count as 0. Parts are digit strings without
/// leading zeros, so that no number is too large.
struct Version {
    std::vector<std::string> parts;

    std::strong_ordering operator<=>(const Version& other) const noexcept;
    bool operator==(const Version& other) const noexcept;
};

/// Exactly `digits(.digits)*`: what a rule may say.
std::optional<Version> parse_version(std::string_view text);

/// The version that a file claims: dots or commas with blanks between the parts, and an
/// annotation after a blank, as in "10.0.19041.1 (WinBuild.160101.0800)" or "1, 0, 0, 1".
std::optional<Version> parse_claimed_version(std::string_view text);

}  // namespace libblock::detail
