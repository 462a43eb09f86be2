#include "libblock/field.hpp"

#include "support.hpp"

using namespace libblock;

TEST_CASE("fields know how their values compare") {
    CHECK(kind_of(Field::Path) == FieldKind::Path);
    CHECK(kind_of(Field::ParentProcess) == FieldKind::Path);
    CHECK(kind_of(Field::OriginalFilename) == FieldKind::FileName);
    CHECK(kind_of(Field::FileVersion) == FieldKind::Version);
    CHECK(kind_of(Field::Publisher) == FieldKind::Text);
}

TEST_CASE("fields know which platforms' files carry them") {
    CHECK(exists_on(Field::OriginalFilename, Platform::Windows));
    CHECK_FALSE(exists_on(Field::OriginalFilename, Platform::Macos));
    CHECK_FALSE(exists_on(Field::OriginalFilename, Platform::Linux));
    CHECK(exists_on(Field::ProductVersion, Platform::Macos));
    CHECK_FALSE(exists_on(Field::ProductVersion, Platform::Linux));
    for (const auto& row : EnumTable<Platform>::rows) CHECK(exists_on(Field::Path, row.value));
}
