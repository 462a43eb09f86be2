#include "libblock/detail/file_type.hpp"

#include <doctest/doctest.h>

using libblock::Platform;
using libblock::detail::belongs_elsewhere;
using libblock::detail::executable_format;
using libblock::detail::is_driver;
using libblock::detail::is_no_executable;

TEST_CASE("installers, archives, documents and scripts are executables of no platform") {
    for (const char* name : {"a.msi", "A.DMG", "a.tar.gz", "a.pdf", "a.docx", "a.iso", "a.ps1",
                             "a.appx", "a.xlsm", "a.jar", "a.7z", "a.zst"}) {
        CAPTURE(name);
        for (const Platform each : {Platform::Windows, Platform::Macos, Platform::Linux}) {
            CHECK(is_no_executable(name, each));
        }
    }
}

TEST_CASE("executables are those of their platforms") {
    for (const char* name : {"a.exe", "a.DLL", "a.sys", "a.scr", "a.pdf.exe"}) {
        CAPTURE(name);
        CHECK_FALSE(is_no_executable(name, Platform::Windows));
        CHECK(is_no_executable(name, Platform::Macos));
    }
    CHECK(is_no_executable("a.dylib", Platform::Windows));
    CHECK_FALSE(is_no_executable("a.dylib", Platform::Macos));
    CHECK_FALSE(is_no_executable("a.so", Platform::Macos));
    CHECK_FALSE(is_no_executable("a.so", Platform::Linux));
    CHECK(is_no_executable("a.so", Platform::Windows));
}

TEST_CASE("a name that tells nothing excludes nothing") {
    for (const char* name :
         {"", "a", "msi", "a.", "a.xyz", "a.dat", "logo.png", "a.txt", "a.com"}) {
        CAPTURE(name);
        for (const Platform each : {Platform::Windows, Platform::Macos, Platform::Linux}) {
            CHECK_FALSE(is_no_executable(name, each));
            CHECK_FALSE(belongs_elsewhere(name, each));
        }
    }
}

TEST_CASE("some files are of use on some platforms alone") {
    CHECK(belongs_elsewhere("a.msi", Platform::Macos));
    CHECK_FALSE(belongs_elsewhere("a.msi", Platform::Windows));
    CHECK(belongs_elsewhere("a.dmg", Platform::Windows));
    CHECK_FALSE(belongs_elsewhere("a.zip", Platform::Linux));
}

TEST_CASE("drivers") {
    CHECK(is_driver("C:\\Windows\\System32\\drivers\\evil.SYS"));
    CHECK_FALSE(is_driver("sys"));
    CHECK_FALSE(is_driver("a.sys.exe"));
    CHECK(executable_format(Platform::Macos) == "Mach-O");
}
