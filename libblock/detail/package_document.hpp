#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/yaml_reader.hpp"
#include "libblock/document.hpp"
#include "libblock/package.hpp"

namespace libblock::detail {

/// The package that a document holds, its hash lists read from `folder`. Errors are placed in the
/// document, without a file, or in a list, with its file.
Package read_package(const YamlNode& root, const std::filesystem::path& folder);

/// The hash lists that a document names, as far as it can be understood.
std::vector<std::string> named_lists(const YamlNode& root);

/// Whether `format_package` may give a list of the document `stem` this name.
bool is_list_name(std::string_view file, std::string_view stem);

/// The document of a package. Its first line is a comment that names the schema.
DocumentText write_package(const Package& package, std::string_view stem);

}  // namespace libblock::detail
