#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libblock/rule.hpp"

/// File names and paths on their way into the documents of targets.
namespace libblock::detail {

/// What stands behind the last dot of a name, with the letters of ASCII in lower case; empty if
/// there is no dot.
std::string extension_of(std::string_view file_name);

/// The path as Windows writes it.
std::string with_backslashes(std::string_view path);

/// The pattern of a criterion on paths for engines of Windows whose `*` is any run of characters
/// and stands at one end of the pattern; nothing if there is none that matches the same files.
std::optional<std::string> one_star_pattern(const Criterion& criterion);

/// Why a criterion has no such pattern, and what has one: the end of a sentence.
std::string_view why_no_star_pattern(const Criterion& criterion);

}  // namespace libblock::detail
