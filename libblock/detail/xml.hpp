#pragma once

#include <cstddef>
#include <pugixml.hpp>
#include <string>
#include <string_view>

/// XML of targets, written by pugixml; texts of packages go through `harmless` before.
namespace libblock::detail {

/// Adds an element with a text.
pugi::xml_node add_text(pugi::xml_node parent, const char* name, std::string_view text);

/// Adds a comment on one line; `--`, which ends one, becomes `- -`.
void add_comment(pugi::xml_node parent, std::string_view text);

/// The document in UTF-8 with a declaration, indented by two spaces.
std::string format_xml(const pugi::xml_document& document);

}  // namespace libblock::detail
