#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libblock/enum_text.hpp"
#include "libblock/hash_set.hpp"
#include "libblock/platform.hpp"
#include "libblock/sha256.hpp"
#include "libblock/value_iterator.hpp"

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
    Redacted,
    Split,
    LookAlike,
    SpacedDigits,
    Fingerprint,
    Hexdump,
    Uuid,
    Base64,
    EmptyFile,
    Placeholder,
    Certificate,
    OtherDigest,
    KnownGood,
};

template <>
struct EnumTable<RejectionReason> {
    static constexpr std::array<EnumRow<RejectionReason>, 24> rows{{
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
        {RejectionReason::Redacted, "redacted", "Asterisks or the like hide some of the digits."},
        {RejectionReason::Split, "split",
         "Line breaks split the 64 digits; the text is the joined digits."},
        {RejectionReason::LookAlike, "look_alike",
         "Among the 64 characters are some that only look like digits: O, Cyrillic, full width."},
        {RejectionReason::SpacedDigits, "spaced_digits", "Blanks part the digits into groups."},
        {RejectionReason::Fingerprint, "fingerprint",
         "Colons or dashes part the digits: the fingerprint of a certificate or a key."},
        {RejectionReason::Hexdump, "hexdump", "A line of a hexadecimal dump."},
        {RejectionReason::Uuid, "uuid", "A UUID."},
        {RejectionReason::Base64, "base64",
         "A SHA-256 in Base64, as in the `sha256-...=` of Subresource Integrity."},
        {RejectionReason::EmptyFile, "empty_file",
         "The SHA-256 of no bytes at all: it would match every empty file."},
        {RejectionReason::Placeholder, "placeholder",
         "A few digits over and over: a placeholder, not a digest."},
        {RejectionReason::Certificate, "certificate",
         "Labelled as the fingerprint of a certificate or a key."},
        {RejectionReason::OtherDigest, "other_digest",
         "Labelled as another kind of digest, such as SHA-512 or BLAKE3."},
        {RejectionReason::KnownGood, "known_good", "In the set of known good files."},
    }};
};

/// Where something stands in the text that was read; a line or column that is too large for its
/// number has the largest one.
struct TextPlace {
    std::uint32_t line = 0;    ///< from 1; LF, CR LF and CR end a line
    std::uint32_t column = 0;  ///< from 1, in characters; a byte that is not UTF-8 counts as one
    std::uint64_t offset = 0;  ///< in bytes of the text as it was given, from 0

    bool operator==(const TextPlace&) const = default;
};

/// What a label or a column header says that a digest is.
enum class DigestLabel : std::uint8_t { None, Sha256, Authentihash, Certificate, OtherDigest };

template <>
struct EnumTable<DigestLabel> {
    static constexpr std::array<EnumRow<DigestLabel>, 5> rows{{
        {DigestLabel::None, "none", "Nothing says what the digest is."},
        {DigestLabel::Sha256, "sha256", "A SHA-256, as of a file."},
        {DigestLabel::Authentihash, "authentihash", "The Authenticode hash of a PE image."},
        {DigestLabel::Certificate, "certificate", "The fingerprint of a certificate or a key."},
        {DigestLabel::OtherDigest, "other_digest",
         "A digest that is no SHA-256: SHA-512, SHA-3, BLAKE2, BLAKE3, SM3, GOST and others."},
    }};
};

/// What the text says about a hash: the words of its line, the headers and cells of its table, the
/// heading above it. Words that stand nearer to another hash of the same line belong to that one.
/// What is not said where a hash stands first is what is said where it stands again.
struct HashContext {
    std::optional<Platform> platform;             ///< from an operating system's name
    std::string file_name;                        ///< empty if none is named
    std::string label;                            ///< what introduces the hash, such as "SHA-256"
    DigestLabel labelled_as = DigestLabel::None;  ///< what those words or its column say it is

    bool operator==(const HashContext&) const = default;
};

/// A SHA-256 that stands alone in the text.
struct Candidate {
    Sha256 sha256;
    HashKind kind = HashKind::File;  ///< `Authenticode` if it is labelled as one
    TextPlace place;
    HashContext context;

    bool operator==(const Candidate&) const = default;
};

/// Something that looks like a digest, and why it was not taken.
struct Rejection {
    /// The digits as they stand, with the word they are glued to, or with what cuts them off and
    /// is left on its far side; at most 160 characters. Joined digits if they stand in pieces.
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

/// Candidates in compact form: 49 bytes for one without a context, 4 more for each if any has one,
/// and the distinct contexts. Values are made as they are asked for.
class Candidates {
public:
    using value_type = Candidate;
    using const_iterator = ValueIterator<Candidates>;

    Candidates() = default;
    Candidates(std::initializer_list<Candidate> candidates);
    explicit Candidates(std::span<const Candidate> candidates);

    std::size_t size() const noexcept { return digests_.size(); }
    bool empty() const noexcept { return digests_.empty(); }
    const_iterator begin() const noexcept { return {*this, 0}; }
    const_iterator end() const noexcept { return {*this, size()}; }
    Candidate operator[](std::size_t index) const;

    /// The digests, side by side.
    std::span<const Sha256> digests() const noexcept { return digests_; }
    std::span<const TextPlace> places() const noexcept { return places_; }
    std::span<const HashKind> kinds() const noexcept { return kinds_; }

    void push_back(const Candidate& candidate);
    void push_back(const Sha256& sha256, HashKind kind, const TextPlace& place,
                   const HashContext& context);
    /// Makes room for `count` candidates in all; they need no other memory but for contexts.
    void reserve(std::size_t count);
    std::size_t capacity() const noexcept { return digests_.capacity(); }
    /// Gives back what room is left if it is more than a quarter.
    void shrink_to_fit();
    /// Adds to what is said of the candidate `index` what is said of `repeat` alone: nothing if
    /// they have different operating systems or names.
    void complete(std::size_t index, std::size_t repeat);
    /// Removes those at `indices`, which ascend.
    void remove(std::span<const std::size_t> indices);

    bool operator==(const Candidates& other) const;

private:
    std::uint32_t add_context(const HashContext& context);

    std::vector<Sha256> digests_;
    std::vector<TextPlace> places_;
    std::vector<HashKind> kinds_;
    std::vector<std::uint32_t> context_of_;  ///< 0: none; empty if nothing has one
    std::vector<HashContext> contexts_;      ///< of the number one less
};

/// Rejections in compact form: 32 bytes and the text. Values are made as they are asked for.
class Rejections {
public:
    using value_type = Rejection;
    using const_iterator = ValueIterator<Rejections>;

    Rejections() = default;
    Rejections(std::initializer_list<Rejection> rejections);
    explicit Rejections(std::span<const Rejection> rejections);

    std::size_t size() const noexcept { return rows_.size(); }
    bool empty() const noexcept { return rows_.empty(); }
    const_iterator begin() const noexcept { return {*this, 0}; }
    const_iterator end() const noexcept { return {*this, size()}; }
    Rejection operator[](std::size_t index) const;
    RejectionReason reason(std::size_t index) const noexcept { return rows_[index].reason; }

    void push_back(const Rejection& rejection);
    void push_back(std::string_view text, RejectionReason reason, const TextPlace& place);

    /// Makes room for `count` rejections in all, with `text_bytes` of text.
    void reserve(std::size_t count, std::size_t text_bytes);
    std::size_t capacity() const noexcept { return rows_.capacity(); }
    std::size_t text_bytes() const noexcept { return texts_.size(); }
    /// Gives back what room is left if it is more than a quarter.
    void shrink_to_fit();

    bool operator==(const Rejections& other) const;

private:
    struct Row {
        TextPlace place;
        std::uint64_t text = 0;  ///< offset in `texts_`
        std::uint32_t bytes = 0;
        RejectionReason reason = RejectionReason::OtherLength;
    };
    std::vector<Row> rows_;
    std::string texts_;
};

/// All that was found in a text: each run of 32 hexadecimal digits or more is in exactly one of
/// the three lists, each in reading order. The pieces of a hash that stands in pieces are one run;
/// shorter runs are told of only in a shape that digests have.
struct Extraction {
    Candidates accepted;
    Rejections rejected;
    std::vector<Duplicate> duplicates;

    /// The accepted digests of a kind.
    HashSet hashes(HashKind kind = HashKind::File) const;

    bool operator==(const Extraction&) const = default;
};

struct ExtractOptions {
    /// Take a hash that line breaks split, where the joining is certain, instead of rejecting it
    /// as `Split`.
    bool rejoin = false;
    /// Keep what the text says about its hashes.
    bool context = true;
    /// Whether a digest is that of a known good file: such are rejected as `KnownGood`.
    std::function<bool(const Sha256&)> known_good = {};
};

/// Finds the SHA-256s of a text: runs of exactly 64 hexadecimal digits with no ASCII letter or
/// digit beside them. `_`, any other punctuation and any byte that is not ASCII separate. What is
/// certainly not part of the word may stand beside the digits: `0x`, a string escape such as `\n`,
/// a percent escape, a code of quoted-printable, the colour sequence of a terminal, a label such as
/// `SHA256`. Invisible characters do not count.
///
/// Judged in this order: what cuts the digits off or is glued to them, their length, their value
/// (empty_file, placeholder), their label (certificate, other_digest; an Authentihash is a
/// candidate of kind `Authenticode`), known_good.
///
/// Reads UTF-8, and UTF-16 with a byte order mark, the NUL bytes of ASCII text or the characters of
/// Chinese, Japanese or Korean; digits of UTF-16 in another text are read too, in which each NUL
/// counts as a character. Behind UTF-16, what stands from 32 digits in a byte each on is such a
/// text. Bytes that are neither, and NUL, separate and are no errors. Takes time linear in the text
/// beside sorting what it finds, and memory for the results alone; throws only on lack of memory,
/// or what `known_good` throws.
Extraction extract(std::string_view text, const ExtractOptions& options = {});

/// Something that looks like a digest, judged by its digits and what stands beside them alone.
struct Sighting {
    Sha256 sha256;             ///< if accepted, or rejected for its value or as `Split`
    std::uint64_t offset = 0;  ///< in the text, in bytes
    std::uint32_t size = 0;    ///< in bytes, with all its pieces
    std::optional<RejectionReason> reason;  ///< none if it is accepted
    bool joined = false;                    ///< whether its digits stand in pieces

    bool operator==(const Sighting&) const = default;
};

/// Hands the sightings of a text to `sink`, some thousands at most at a time, in reading order: the
/// first step of `extract`, for those who need neither lines nor contexts nor repeats told apart,
/// and no memory for results. Reads UTF-8 only.
void scan(std::string_view text, bool rejoin,
          const std::function<void(std::span<const Sighting>)>& sink);

}  // namespace libblock
