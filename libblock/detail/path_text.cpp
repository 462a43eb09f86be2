#include "libblock/detail/path_text.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libblock/rule.hpp"

namespace libblock::detail {
namespace {

bool has_wildcard(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
}

/// Whether there is a `*` that is not one of two.
bool has_lone_star(std::string_view text) {
    for (auto at = text.find('*'); at != std::string_view::npos; at = text.find('*', at)) {
        const std::size_t stars = std::min(text.find_first_not_of('*', at), text.size()) - at;
        if (stars % 2 == 1) return true;
        at += stars;
    }
    return false;
}

}  // namespace

std::string extension_of(std::string_view file_name) {
    const auto dot = file_name.rfind('.');
    if (dot == std::string_view::npos) return {};
    std::string extension(file_name.substr(dot + 1));
    for (char& c : extension) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return extension;
}

std::string with_backslashes(std::string_view path) {
    std::string text(path);
    std::replace(text.begin(), text.end(), '/', '\\');
    return text;
}

std::optional<std::string> one_star_pattern(const Criterion& criterion) {
    constexpr std::string_view any_run = "**";
    const std::string path = with_backslashes(criterion.value);
    std::string_view fixed = path;
    bool before = criterion.operation == Operation::EndsWith;
    bool behind = criterion.operation == Operation::StartsWith;
    if (criterion.operation == Operation::Wildcard) {
        before = fixed.starts_with(any_run);
        if (before) fixed.remove_prefix(any_run.size());
        behind = fixed.ends_with(any_run);
        if (behind) fixed.remove_suffix(any_run.size());
    }
    // Without a fixed part the pattern would match every file.
    if (fixed.empty() || has_wildcard(fixed) || (before && behind)) return std::nullopt;
    return (before ? "*" : "") + std::string(fixed) + (behind ? "*" : "");
}

std::string_view why_no_star_pattern(const Criterion& criterion) {
    if (criterion.operation == Operation::Wildcard && has_lone_star(criterion.value)) {
        return "a * of a package stops at a folder and one of the engine does not: write ** for "
               "any run of characters, at one end of the path, as in C:\\Temp\\** for all that "
               "lies below a folder";
    }
    return "a path takes one run of any characters (**), at one end, no ?, and visible characters "
           "alone";
}

}  // namespace libblock::detail
