#include "libblock/detail/version.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace libblock::detail {
namespace {

std::string_view take_digits(std::string_view& text) {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

std::string without_leading_zeros(std::string_view digits) {
    const std::size_t first = digits.find_first_not_of('0');
    return first == std::string_view::npos ? "0" : std::string(digits.substr(first));
}

std::strong_ordering compare_numbers(std::string_view left, std::string_view right) noexcept {
    if (left.size() != right.size()) return left.size() <=> right.size();
    return left <=> right;
}

}  // namespace

std::strong_ordering Version::operator<=>(const Version& other) const noexcept {
    const std::size_t count = std::max(parts.size(), other.parts.size());
    const auto part = [](const Version& version, std::size_t i) -> std::string_view {
        return i < version.parts.size() ? std::string_view(version.parts[i]) : "0";
    };
    for (std::size_t i = 0; i < count; ++i) {
        const auto order = compare_numbers(part(*this, i), part(other, i));
        if (order != std::strong_ordering::equal) return order;
    }
    return std::strong_ordering::equal;
}

bool Version::operator==(const Version& other) const noexcept {
    return (*this <=> other) == 0;
}

std::optional<Version> parse_version(std::string_view text) {
    Version version;
    while (true) {
        const std::string_view digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        version.parts.push_back(without_leading_zeros(digits));
        if (text.empty()) return version;
        if (text.front() != '.') return std::nullopt;
        text.remove_prefix(1);
    }
}

std::optional<Version> parse_claimed_version(std::string_view text) {
    Version version;
    while (true) {
        skip_blanks(text);
        const std::string_view digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        version.parts.push_back(without_leading_zeros(digits));
        const bool annotated = !text.empty() && text.front() == ' ';
        skip_blanks(text);
        if (text.empty()) return version;
        const bool separated = text.front() == '.' || text.front() == ',';
        if (!separated) return annotated ? std::optional(version) : std::nullopt;
        text.remove_prefix(1);
    }
}

}  // namespace libblock::detail
