#include "libblock/detail/file_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "libblock/detail/path_text.hpp"

namespace libblock::detail {
namespace {

/// Some platforms, each with the bit of its number.
using Platforms = unsigned;

constexpr Platforms bit(Platform platform) {
    return 1U << static_cast<unsigned>(platform);
}

constexpr Platforms nowhere = 0;
constexpr Platforms windows = bit(Platform::Windows);
constexpr Platforms macos = bit(Platform::Macos);
constexpr Platforms linux_alone = bit(Platform::Linux);
constexpr Platforms unix = macos | linux_alone;
constexpr Platforms anywhere = windows | unix;

struct FileType {
    std::string_view extension;
    Platforms executable;  ///< where it is a program or library
    Platforms home;        ///< where it is of use
};

/// By extension. Images and plain text are not among them: programs often go by such names.
constexpr std::array<FileType, 96> file_types{{
    {"7z", nowhere, anywhere},
    {"ace", nowhere, anywhere},
    {"apk", nowhere, linux_alone},
    {"appx", nowhere, windows},
    {"appxbundle", nowhere, windows},
    {"arj", nowhere, anywhere},
    {"bat", nowhere, windows},
    {"bz2", nowhere, anywhere},
    {"cab", nowhere, windows},
    {"chm", nowhere, windows},
    {"class", nowhere, anywhere},
    {"cmd", nowhere, windows},
    {"cpl", windows, windows},
    {"deb", nowhere, linux_alone},
    {"dll", windows, windows},
    {"dmg", nowhere, macos},
    {"doc", nowhere, anywhere},
    {"docm", nowhere, anywhere},
    {"docx", nowhere, anywhere},
    {"dot", nowhere, anywhere},
    {"dotm", nowhere, anywhere},
    {"drv", windows, windows},
    {"dylib", macos, macos},
    {"efi", windows, windows},
    {"elf", linux_alone, linux_alone},
    {"eml", nowhere, anywhere},
    {"exe", windows, windows},
    {"gz", nowhere, anywhere},
    {"hta", nowhere, windows},
    {"img", nowhere, anywhere},
    {"ipa", nowhere, macos},
    {"iso", nowhere, anywhere},
    {"jar", nowhere, anywhere},
    {"js", nowhere, anywhere},
    {"jse", nowhere, windows},
    {"ko", linux_alone, linux_alone},
    {"lnk", nowhere, windows},
    {"lzh", nowhere, anywhere},
    {"msg", nowhere, anywhere},
    {"msi", nowhere, windows},
    {"msix", nowhere, windows},
    {"msixbundle", nowhere, windows},
    {"msp", nowhere, windows},
    {"mst", nowhere, windows},
    {"mui", windows, windows},
    {"ocx", windows, windows},
    {"odt", nowhere, anywhere},
    {"one", nowhere, anywhere},
    {"pdf", nowhere, anywhere},
    {"php", nowhere, anywhere},
    {"pkg", nowhere, macos},
    {"pl", nowhere, anywhere},
    {"ppt", nowhere, anywhere},
    {"pptm", nowhere, anywhere},
    {"pptx", nowhere, anywhere},
    {"ps1", nowhere, anywhere},
    {"psd1", nowhere, anywhere},
    {"psm1", nowhere, anywhere},
    {"py", nowhere, anywhere},
    {"pyc", nowhere, anywhere},
    {"pyd", windows, windows},
    {"rar", nowhere, anywhere},
    {"rb", nowhere, anywhere},
    {"reg", nowhere, windows},
    {"rpm", nowhere, linux_alone},
    {"rtf", nowhere, anywhere},
    {"scpt", nowhere, macos},
    {"scr", windows, windows},
    {"sct", nowhere, windows},
    {"sh", nowhere, anywhere},
    {"so", unix, unix},
    {"swf", nowhere, anywhere},
    {"sys", windows, windows},
    {"tar", nowhere, anywhere},
    {"tgz", nowhere, anywhere},
    {"url", nowhere, anywhere},
    {"vbe", nowhere, windows},
    {"vbs", nowhere, windows},
    {"vhd", nowhere, windows},
    {"vhdx", nowhere, windows},
    {"war", nowhere, anywhere},
    {"wim", nowhere, windows},
    {"wsf", nowhere, windows},
    {"wsh", nowhere, windows},
    {"xar", nowhere, macos},
    {"xla", nowhere, anywhere},
    {"xlam", nowhere, anywhere},
    {"xll", windows, windows},
    {"xls", nowhere, anywhere},
    {"xlsb", nowhere, anywhere},
    {"xlsm", nowhere, anywhere},
    {"xlsx", nowhere, anywhere},
    {"xz", nowhere, anywhere},
    {"z", nowhere, anywhere},
    {"zip", nowhere, anywhere},
    {"zst", nowhere, anywhere},
}};

constexpr bool is_before(const FileType& left, const FileType& right) {
    return left.extension < right.extension;
}

static_assert(std::is_sorted(file_types.begin(), file_types.end(), is_before));

/// Null if the name does not tell.
const FileType* type_of(std::string_view file_name) {
    if (file_name.empty()) return nullptr;
    const std::string extension = extension_of(file_name);
    const auto* const found = std::lower_bound(file_types.begin(), file_types.end(),
                                               FileType{extension, nowhere, nowhere}, is_before);
    return found != file_types.end() && found->extension == extension ? &*found : nullptr;
}

}  // namespace

bool is_no_executable(std::string_view file_name, Platform platform) {
    const FileType* type = type_of(file_name);
    return type && (type->executable & bit(platform)) == 0;
}

bool belongs_elsewhere(std::string_view file_name, Platform platform) {
    const FileType* type = type_of(file_name);
    return type && (type->home & bit(platform)) == 0;
}

bool is_driver(std::string_view file_name) {
    return extension_of(file_name) == "sys";
}

std::string_view executable_format(Platform platform) {
    constexpr std::array<std::string_view, 3> formats{"PE", "Mach-O", "ELF"};
    return formats[static_cast<std::size_t>(platform)];
}

}  // namespace libblock::detail
