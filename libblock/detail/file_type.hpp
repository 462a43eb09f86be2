#pragma once

#include <string_view>

#include "libblock/platform.hpp"

/// What the names of files tell of what they are. A name that tells nothing excludes nothing.
namespace libblock::detail {

/// Whether by its name the file is neither program nor library of the platform, in the format that
/// its loader takes: PE, Mach-O or ELF.
bool is_no_executable(std::string_view file_name, Platform platform);

/// Whether by its name the file is of use on other platforms alone.
bool belongs_elsewhere(std::string_view file_name, Platform platform);

/// Whether the file, or the files at the end of a path, are drivers of Windows.
bool is_driver(std::string_view file_name);

/// What the loader of the platform takes: "PE", "Mach-O" or "ELF".
std::string_view executable_format(Platform platform);

}  // namespace libblock::detail
