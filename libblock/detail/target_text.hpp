#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/detail/target_definition.hpp"

/// Texts of a package on their way into documents of others. They are hostile: whoever names a
/// file wants to be missed.
namespace libblock::detail {

/// The text on one line, with U+FFFD in place of all that is no visible character: control and
/// direction characters, joiners, what is not UTF-8 and what XML forbids. At most `max_bytes`,
/// never cut within a character.
std::string harmless(std::string_view text, std::size_t max_bytes = 256);

/// `harmless` for each line of a text, of any length.
std::string harmless_lines(std::string_view text);

/// Whether the text is an address of the web, in characters that no format escapes or cuts.
bool is_web_address(std::string_view text) noexcept;

/// `harmless`, in printable ASCII alone, with `?` in place of everything else and of `forbidden`.
std::string harmless_ascii(std::string_view text, std::string_view forbidden = {},
                           std::size_t max_bytes = 256);

/// Letters, digits and underscores of ASCII alone. Not unique.
std::string word(std::string_view text, std::size_t max_bytes = 64);

/// `word`, beginning with a letter: what most formats take as a name. Not unique.
std::string identifier(std::string_view text, std::size_t max_bytes = 64);

/// The SHA-256 of a name, for what must differ where names do, however alike they are, and stay
/// the same for all versions of a package.
Sha256 name_digest(std::string_view name);

/// A name for files on every system, in lower case: "3CX DesktopApp" gives "3cx-desktopapp". Not
/// unique.
std::string file_stem(std::string_view name);

/// A number below `count` that stays the same for the same name of a package, free among `taken`,
/// which it joins. At least one has to be free.
std::uint32_t name_number(std::string_view name, std::uint32_t count,
                          std::set<std::uint32_t>& taken);

/// What made a document, as lines without line ends, for formats that have room for comments: tool
/// and version, target, package, digest, state.
std::vector<std::string> provenance_lines(const Part& part, const Target& target);

/// `provenance_lines`, each between `before` and `after` and a line end.
std::string comment_header(const Part& part, const Target& target, std::string_view before = "# ",
                           std::string_view after = "");

}  // namespace libblock::detail
