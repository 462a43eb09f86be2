#pragma once

#include <array>
#include <cstdint>

#include "libblock/enum_text.hpp"

namespace libblock {

/// The operating system that a rule is for or a file runs on.
enum class Platform : std::uint8_t { Windows, Macos, Linux };

template <>
struct EnumTable<Platform> {
    static constexpr std::array<EnumRow<Platform>, 3> rows{{
        {Platform::Windows, "windows", "Microsoft Windows."},
        {Platform::Macos, "macos", "Apple macOS."},
        {Platform::Linux, "linux", "Linux."},
    }};
};

}  // namespace libblock
