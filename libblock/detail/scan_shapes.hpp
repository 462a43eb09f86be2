#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "libblock/detail/scan_text.hpp"
#include "libblock/extraction.hpp"

/// Digests in a dress in which nobody can take them, and things that are dressed like digests.
namespace libblock::detail {

/// Something that is recognised by its shape, and why it is not taken.
struct Shape {
    Slice where;
    RejectionReason reason = RejectionReason::OtherLength;
};

/// A word of 64 characters that are hexadecimal digits or look like them, with `digits` among
/// them: the letter O for a zero, Cyrillic or full-width forms.
std::optional<Shape> look_alike_around(std::string_view text, Slice digits) noexcept;

/// Digits in groups, of which `first` is the first one: a line of a dump, a fingerprint, spaced
/// digits.
std::optional<Shape> shape_of_groups(std::string_view text, Slice first) noexcept;

/// Groups of digits that begin with `digits`: the fingerprint of a certificate (`AB:CD:...`),
/// spaced hexadecimal, the line of a hexadecimal dump, a UUID; or a look-alike, with which it may
/// begin if there are no digits.
std::optional<Shape> shape_from(std::string_view text, Slice digits) noexcept;

/// A SHA-256 in Base64 with its label, `sha256-`, that begins at `at`: Subresource Integrity.
std::optional<Shape> base64_at(std::string_view text, std::size_t at) noexcept;

/// A word of 64 `X`, in either case, around `at`: what stands for a digest that is withheld.
std::optional<Shape> masked_digest_around(std::string_view text, std::size_t at) noexcept;

/// Where the last one begins of the groups of digits as many as `first`, one separator between two:
/// nothing else begins before it.
std::size_t last_of_groups(std::string_view text, Slice first) noexcept;

}  // namespace libblock::detail
