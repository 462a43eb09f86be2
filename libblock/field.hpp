#pragma once

#include <array>
#include <cstdint>

#include "libblock/enum_text.hpp"
#include "libblock/platform.hpp"

namespace libblock {

/// What a criterion can ask about a file or an execution.
enum class Field : std::uint8_t {
    OriginalFilename,
    FileName,
    Path,
    Publisher,
    ProductName,
    FileDescription,
    InternalName,
    CompanyName,
    FileVersion,
    ProductVersion,
    ParentProcess,
    GrandparentProcess,
    CommandLine,
    UserName,
    HostName,
    SecurityGroup,
};

template <>
struct EnumTable<Field> {
    static constexpr std::array<EnumRow<Field>, 16> rows{{
        {Field::OriginalFilename, "original_filename",
         "OriginalFilename of the PE version resource; survives a renaming of the file."},
        {Field::FileName, "file_name", "The name of the file, without its folder."},
        {Field::Path, "path", "The full path of the file."},
        {Field::Publisher, "publisher", "The name of the signer of the file."},
        {Field::ProductName, "product_name", "ProductName of the version resource."},
        {Field::FileDescription, "file_description", "FileDescription of the version resource."},
        {Field::InternalName, "internal_name", "InternalName of the version resource."},
        {Field::CompanyName, "company_name", "CompanyName of the version resource."},
        {Field::FileVersion, "file_version", "FileVersion of the version resource."},
        {Field::ProductVersion, "product_version", "ProductVersion of the version resource."},
        {Field::ParentProcess, "parent_process", "The full path of the parent process."},
        {Field::GrandparentProcess, "grandparent_process",
         "The full path of the parent's parent process."},
        {Field::CommandLine, "command_line", "The command line of the execution."},
        {Field::UserName, "user_name", "The user who executes the file."},
        {Field::HostName, "host_name", "The name of the machine."},
        {Field::SecurityGroup, "security_group", "A security group of the user; may be several."},
    }};
};

/// How the values of a field are compared.
enum class FieldKind : std::uint8_t { Text, FileName, Path, Version };

/// Names and paths keep their case on Linux; every other comparison ignores case. Only in paths
/// does a wildcard's `*` stop at a separator.
FieldKind kind_of(Field field) noexcept;

/// Whether files of `platform` can carry `field` at all: a PE version resource exists on Windows
/// only, so a rule on such a field matches nothing elsewhere unless an agent supplies the fact.
bool exists_on(Field field, Platform platform) noexcept;

}  // namespace libblock
