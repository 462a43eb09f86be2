#pragma once

#include <string>

#include "libblock/detail/yaml_reader.hpp"
#include "libblock/document.hpp"

namespace libblock::detail {

/// The policy that a document holds. Errors are placed in the document.
Policy read_policy(const YamlNode& root);

/// The document of a policy. Its first line is a comment that names the schema.
std::string write_policy(const Policy& policy);

}  // namespace libblock::detail
