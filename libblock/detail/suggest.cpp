#include "libblock/detail/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace libblock::detail {
namespace {

constexpr std::size_t longest_word = 64;  // a longer one is no typing error of a choice

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The least number of characters to insert, delete or replace, where case is no difference.
std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced =
                diagonal + (to_lower(left[i]) == to_lower(right[j]) ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view word, std::span<const std::string_view> choices) {
    if (word.size() > longest_word) return {};
    std::string_view nearest;
    std::size_t least = 1 + std::max<std::size_t>(1, word.size() / 3);
    for (const std::string_view choice : choices) {
        const std::size_t distance = edit_distance(word, choice);
        if (distance < least) {
            least = distance;
            nearest = choice;
        }
    }
    return nearest.empty() ? std::string{} : fmt::format(", did you mean '{}'?", nearest);
}

}  // namespace libblock::detail
