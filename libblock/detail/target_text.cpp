#include "libblock/detail/target_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/text.hpp"
#include "libblock/hasher.hpp"
#include "libblock/version.hpp"

namespace libblock::detail {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

bool is_visible(std::int32_t code_point) noexcept {
    switch (utf8proc_category(code_point)) {
        case UTF8PROC_CATEGORY_CC:  // control
        case UTF8PROC_CATEGORY_CF:  // format: direction marks, joiners, tags
        case UTF8PROC_CATEGORY_CS:  // surrogate
        case UTF8PROC_CATEGORY_CO:  // private use
        case UTF8PROC_CATEGORY_CN:  // not assigned, and the noncharacters that XML forbids
        case UTF8PROC_CATEGORY_ZL:  // line and paragraph separators
        case UTF8PROC_CATEGORY_ZP:
            return false;
        default:
            return true;
    }
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Names of devices that Windows sees in every folder, whatever the extension.
/// Source: "Naming Files, Paths, and Namespaces", learn.microsoft.com.
bool is_device(std::string_view stem) noexcept {
    constexpr std::array<std::string_view, 4> devices{"aux", "con", "nul", "prn"};
    stem = stem.substr(0, stem.find('.'));
    if (std::find(devices.begin(), devices.end(), stem) != devices.end()) return true;
    return stem.size() == 4 && is_digit(stem[3]) &&
           (stem.starts_with("com") || stem.starts_with("lpt"));
}

}  // namespace

std::string harmless(std::string_view text, std::size_t max_bytes) {
    std::string safe;
    for (std::size_t i = 0; i < text.size();) {
        const Character character = character_at(text, i);
        const bool visible = character.valid() && is_visible(character.code_point);
        const std::string_view next = visible ? text.substr(i, character.bytes) : replacement;
        if (safe.size() + next.size() > max_bytes) break;
        safe += next;
        i += character.bytes;
    }
    return safe;
}

std::string harmless_lines(std::string_view text) {
    std::string safe;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        safe += harmless(text.substr(0, end), 3 * text.size());  // U+FFFD has three bytes
        if (end < text.size()) safe += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return safe;
}

bool is_web_address(std::string_view text) noexcept {
    constexpr std::string_view forbidden = "\"'<>\\^`{|}";
    if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return c > ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos;
    });
}

std::string harmless_ascii(std::string_view text, std::string_view forbidden,
                           std::size_t max_bytes) {
    std::string safe;
    for (std::size_t i = 0; i < text.size() && safe.size() < max_bytes;) {
        const Character character = character_at(text, i);
        const char c = text[i];
        const bool allowed = c >= ' ' && c <= '~' && forbidden.find(c) == std::string_view::npos;
        safe += allowed ? c : '?';
        i += character.bytes;
    }
    return safe;
}

std::string word(std::string_view text, std::size_t max_bytes) {
    std::string safe;
    for (const char c : text.substr(0, max_bytes)) safe += is_letter(c) || is_digit(c) ? c : '_';
    return safe;
}

std::string identifier(std::string_view text, std::size_t max_bytes) {
    std::string safe = word(text, max_bytes);
    if (safe.empty() || !is_letter(safe.front())) safe.insert(0, "p_");
    safe.resize(std::min(safe.size(), max_bytes));
    return safe;
}

Sha256 name_digest(std::string_view name) {
    return hash_text(name);
}

std::string file_stem(std::string_view name) {
    constexpr std::size_t longest = 80;
    std::string stem;
    for (const char c : name) {
        if (is_letter(c) || is_digit(c) || c == '_') {
            stem += to_lower(c);
        } else if (!stem.empty() && stem.back() != '-') {
            stem += '-';
        }
    }
    stem.resize(std::min(stem.size(), longest));
    while (stem.ends_with('-')) stem.pop_back();
    if (stem.empty()) stem = "package";
    return is_device(stem) ? stem + "-package" : stem;
}

std::uint32_t name_number(std::string_view name, std::uint32_t count,
                          std::set<std::uint32_t>& taken) {
    const Sha256::Bytes bytes = name_digest(name).bytes();
    std::uint64_t spread = 0;
    for (std::size_t i = 0; i < sizeof spread; ++i) spread = spread << 8U | bytes[i];
    auto number = static_cast<std::uint32_t>(spread % count);
    while (!taken.insert(number).second) number = (number + 1) % count;
    return number;
}

std::vector<std::string> provenance_lines(const Part& part, const Target& target) {
    return {fmt::format("Made by libblock {} for {}; do not edit.", version, target.engine),
            fmt::format("Package: {}, version {}", harmless(part.package.name()),
                        part.package.version()),
            fmt::format("Digest: {}", part.digest.to_string()),
            fmt::format("State: {}", to_string(part.state))};
}

std::string comment_header(const Part& part, const Target& target, std::string_view before,
                           std::string_view after) {
    std::string header;
    for (const std::string& line : provenance_lines(part, target)) {
        header += fmt::format("{}{}{}\n", before, line, after);
    }
    return header;
}

}  // namespace libblock::detail
