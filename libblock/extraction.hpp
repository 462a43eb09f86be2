#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/hash_set.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"

namespace libblock {

/// Why something that looks like a digest was not taken.
enum class RejectionReason : std::uint8_t {
    Md5,
    Sha1,
    Tiger,
    Sha224,
    Sha384,
    Sha512,
    OneDigitShort,
    OneDigitLong,
    OtherLength,
    Glued,
    Truncated,
    Split,
    EmptyFile,
    RepeatedDigit,
};

template <>
struct EnumTable<RejectionReason> {
    static constexpr std::array<EnumRow<RejectionReason>, 14> rows{{
        {RejectionReason::Md5, "md5", "32 digits: the length of an MD5."},
        {RejectionReason::Sha1, "sha1", "40 digits: the length of a SHA-1."},
        {RejectionReason::Tiger, "tiger", "48 digits: the length of a Tiger digest."},
        {RejectionReason::Sha224, "sha224", "56 digits: the length of a SHA-224."},
        {RejectionReason::Sha384, "sha384", "96 digits: the length of a SHA-384."},
        {RejectionReason::Sha512, "sha512", "128 digits: the length of a SHA-512."},
        {RejectionReason::OneDigitShort, "one_digit_short",
         "63 digits: a SHA-256 that lost a digit."},
        {RejectionReason::OneDigitLong, "one_digit_long",
         "65 digits: a SHA-256 that gained a digit."},
        {RejectionReason::OtherLength, "other_length",
         "A run of 32 digits or more that has the length of no digest."},
        {RejectionReason::Glued, "glued", "A letter stands directly before or after the digits."},
        {RejectionReason::Truncated, "truncated", "An ellipsis cuts the digits off."},
        {RejectionReason::Split, "split",
         "Line breaks split the 64 digits; the text is the joined digits."},
        {RejectionReason::EmptyFile, "empty_file",
         "The SHA-256 of no bytes at all: it would match every empty file."},
        {RejectionReason::RepeatedDigit, "repeated_digit",
         "One digit 64 times: a placeholder, not a digest."},
    }};
};

/// Where something stands in the text that was read.
struct TextPlace {
    std::uint32_t line = 0;    ///< from 1; LF, CR LF and CR end a line
    std::uint32_t column = 0;  ///< from 1, in characters; a byte that is not UTF-8 counts as one
    std::uint64_t offset = 0;  ///< in bytes, from 0

    bool operator==(const TextPlace&) const = default;
};

/// What the line of a hash says about it. Words that stand nearer to another hash of the same
/// line belong to that one.
struct HashContext {
    std::optional<Platform> platform;  ///< from an operating system's name
    std::string file_name;             ///< empty if none is named
    std::string label;                 ///< what introduces the hash, such as "SHA-256"

    bool operator==(const HashContext&) const = default;
};

/// A SHA-256 that stands alone in the text.
struct Candidate {
    Sha256 sha256;
    HashKind kind = HashKind::File;
    TextPlace place;
    HashContext context;

    bool operator==(const Candidate&) const = default;
};

/// Something that looks like a digest, and why it was not taken.
struct Rejection {
    /// The digits as they stand, with the word they are glued to, or with the ellipsis that cuts
    /// them off and what is left on its far side; at most 160 characters.
    std::string text;
    RejectionReason reason = RejectionReason::OtherLength;
    TextPlace place;

    bool operator==(const Rejection&) const = default;
};

/// A hash that stands in the text again.
struct Duplicate {
    Sha256 sha256;
    TextPlace place;
    std::size_t first = 0;  ///< index of the first appearance in `Extraction::accepted`

    bool operator==(const Duplicate&) const = default;
};

/// All that was found in a text: each run of 32 hexadecimal digits or more is in exactly one of
/// the three lists, each in reading order. The pieces of a hash that line breaks split are one
/// run; shorter runs are told of only if an ellipsis cuts them off.
struct Extraction {
    std::vector<Candidate> accepted;
    std::vector<Rejection> rejected;
    std::vector<Duplicate> duplicates;

    HashSet hashes() const;

    bool operator==(const Extraction&) const = default;
};

struct ExtractOptions {
    /// Take a hash that line breaks split, where the joining is certain, instead of rejecting it
    /// as `Split`.
    bool rejoin = false;
    /// Keep what each line says about its hashes.
    bool context = true;

    bool operator==(const ExtractOptions&) const = default;
};

/// Finds the SHA-256s of a text: runs of exactly 64 hexadecimal digits with no ASCII letter or
/// digit beside them. `_`, any other punctuation and any byte that is not ASCII separate, as do
/// `0x` and the string escapes `\n`, `\t`, `\r` before the digits.
///
/// What stands beside a run is judged first (truncated, then glued), then its length, then its
/// value (empty_file, repeated_digit).
///
/// Reads bytes: invalid UTF-8 and NUL are separators, never errors. Takes time linear in the text
/// beside sorting what it finds; throws only on lack of memory.
Extraction extract(std::string_view text, const ExtractOptions& options = {});

}  // namespace libblock
