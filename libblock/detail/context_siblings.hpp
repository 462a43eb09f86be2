#pragma once

#include <cstddef>
#include <string_view>

#include "libblock/detail/context_words.hpp"
#include "libblock/detail/scan_text.hpp"

/// Keys beside and around that of a hash which say of which digest it is: `"alg": "SHA3-256"`
/// beside
/// `"content": "..."`.
namespace libblock::detail {

/// How far before and after a hash such keys are read, in bytes.
inline constexpr std::size_t sibling_reach = 512;

/// What a key named type, algorithm or the like says of a hash, whose own key has `label`: one in
/// the same object of JSON, in the lines around it with the same indentation, or in an element of
/// XML beside its own. `None` if the own key is not one for values of any kind, such as "value" or
/// "hash", and if the other one says that the hash is a SHA-256.
Label sibling_label(std::string_view text, Slice hash, const Label& label);

/// Whether the key of a hash is "SHA256 Hash" and the next one "SHA256 Flat Hash", as in events of
/// App Control: then it is the Authenticode hash, and the other one that of the file.
bool is_beside_flat_hash(std::string_view text, Slice hash) noexcept;

/// How far before and after a hash the keys and elements around its own are read, in bytes.
inline constexpr std::size_t parent_reach = 1024;

/// What the key of the object, list or element around a hash says of it, whose own key is that of
/// a digest: `"certificate": {"sha256": "..."}`; and a key named type in that object, or in one
/// around it that has it for its digests: `"type": "x509-certificate", "hashes": {"SHA-256": ...`.
/// `None` unless they say that it is no digest of a file's bytes.
DigestLabel parent_label(std::string_view text, Slice hash, const Label& label);

}  // namespace libblock::detail
