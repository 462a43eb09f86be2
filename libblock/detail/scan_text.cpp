#include "libblock/detail/scan_text.hpp"

#include <algorithm>
#include <array>

namespace libblock::detail {
namespace {

constexpr std::array<std::string_view, 4> ellipses{"...", "\u2026", "[...]", "[\u2026]"};

}  // namespace

bool begins_with(std::string_view text, std::size_t at, std::string_view lower) noexcept {
    const std::string_view here = text.substr(at, lower.size());
    return std::equal(here.begin(), here.end(), lower.begin(), lower.end(),
                      [](char left, char right) { return ascii_lower(left) == right; });
}

bool escape_at(std::string_view text, std::size_t at) noexcept {
    constexpr std::string_view letters = "ntr";
    return at + 1 < text.size() && text[at] == '\\' && is_one_of(text[at + 1], letters);
}

bool begins_word(std::string_view text, std::size_t at) noexcept {
    return at == 0 || !is_word(text[at - 1]) || (at >= 2 && escape_at(text, at - 2));
}

bool begins_digits(std::string_view text, std::size_t at) noexcept {
    return begins_word(text, at) ||
           (at >= 2 && begins_with(text, at - 2, "0x") && begins_word(text, at - 2));
}

bool ends_word(std::string_view text, std::size_t at) noexcept {
    return at == text.size() || !is_word(text[at]);
}

std::size_t ellipsis_after(std::string_view text, std::size_t at) noexcept {
    const std::string_view rest = text.substr(at);
    for (const auto ellipsis : ellipses) {
        if (rest.starts_with(ellipsis)) return ellipsis.size();
    }
    return 0;
}

std::size_t ellipsis_before(std::string_view text, std::size_t at) noexcept {
    const std::string_view head = text.substr(0, at);
    for (const auto ellipsis : ellipses) {
        if (head.ends_with(ellipsis)) return ellipsis.size();
    }
    return 0;
}

std::size_t line_break_at(std::string_view text, std::size_t at) noexcept {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\r\n")) return 2;
    return rest.starts_with('\n') || rest.starts_with('\r') ? 1 : 0;
}

std::size_t skip_blanks(std::string_view text, std::size_t at) noexcept {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
}

}  // namespace libblock::detail
