#include "libblock/field.hpp"

#include <array>
#include <cstddef>

namespace libblock {
namespace {

/// Which platforms' files can carry a field.
enum class Carriers { All, WindowsOnly, NotLinux };

struct FieldTraits {
    Field field;
    FieldKind kind;
    Carriers carriers;
};

// A PE version resource holds the fields marked WindowsOnly; product and versions stand in the
// Info.plist of a macOS bundle too.
constexpr std::array<FieldTraits, EnumTable<Field>::rows.size()> traits{{
    {Field::OriginalFilename, FieldKind::FileName, Carriers::WindowsOnly},
    {Field::FileName, FieldKind::FileName, Carriers::All},
    {Field::Path, FieldKind::Path, Carriers::All},
    {Field::Publisher, FieldKind::Text, Carriers::All},
    {Field::ProductName, FieldKind::Text, Carriers::NotLinux},
    {Field::FileDescription, FieldKind::Text, Carriers::WindowsOnly},
    {Field::InternalName, FieldKind::FileName, Carriers::WindowsOnly},
    {Field::CompanyName, FieldKind::Text, Carriers::WindowsOnly},
    {Field::FileVersion, FieldKind::Version, Carriers::NotLinux},
    {Field::ProductVersion, FieldKind::Version, Carriers::NotLinux},
    {Field::ParentProcess, FieldKind::Path, Carriers::All},
    {Field::GrandparentProcess, FieldKind::Path, Carriers::All},
    {Field::CommandLine, FieldKind::Text, Carriers::All},
    {Field::UserName, FieldKind::Text, Carriers::All},
    {Field::HostName, FieldKind::Text, Carriers::All},
    {Field::SecurityGroup, FieldKind::Text, Carriers::All},
}};

constexpr bool ordered_by_field() {
    for (std::size_t i = 0; i < traits.size(); ++i) {
        if (static_cast<std::size_t>(traits[i].field) != i) return false;
    }
    return true;
}
static_assert(ordered_by_field());

const FieldTraits& traits_of(Field field) noexcept {
    return traits[static_cast<std::size_t>(field)];
}

}  // namespace

FieldKind kind_of(Field field) noexcept {
    return traits_of(field).kind;
}

bool exists_on(Field field, Platform platform) noexcept {
    switch (traits_of(field).carriers) {
        case Carriers::WindowsOnly:
            return platform == Platform::Windows;
        case Carriers::NotLinux:
            return platform != Platform::Linux;
        case Carriers::All:
            break;
    }
    return true;
}

}  // namespace libblock
