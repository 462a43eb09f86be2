#pragma once

#include <string_view>

#include "libblock/detail/context_words.hpp"
#include "libblock/detail/scan_text.hpp"

/// Phrases that say in a sentence or behind a hash what it is.
namespace libblock::detail {

/// How far behind a hash such a phrase is read, in bytes.
inline constexpr std::size_t phrase_reach = 160;

/// What a clause that leads up to a hash with a verb says of it: "the Authentihash of foo.exe is ".
/// `before` ends with the verb.
Label label_in_clause(std::string_view text, Slice before);

/// What stands behind a hash says that it is: "(Authentihash)", "- SHA-256 certificate
/// fingerprint", "is the Authentihash of foo.exe"; a file name may stand between. `after` ends
/// before the next hash, and no later than the line.
Label label_behind(std::string_view text, Slice after);

/// What stands in brackets between the begin of a line and a hash: "[Authentihash] ".
Label label_in_brackets(std::string_view text, Slice before);

}  // namespace libblock::detail
