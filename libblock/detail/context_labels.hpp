#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "libblock/detail/word_list.hpp"
#include "libblock/extraction.hpp"

/// The words of labels and column headers that say what a digest is.
namespace libblock::detail {

/// The words of a label, letters and digits apart: `certSha256Thumbprint`, `cert_sha256_thumbprint`
/// and `CERT SHA-256 thumbprint` have the same four. Views the label; at most 24 words.
class LabelWords {
public:
    explicit LabelWords(std::string_view label) noexcept;

    const std::string_view* begin() const noexcept { return words_.data(); }
    const std::string_view* end() const noexcept { return words_.data() + count_; }
    std::size_t size() const noexcept { return count_; }

    /// The word `i` in the case of the label; empty beyond the end.
    std::string_view operator[](std::size_t i) const noexcept {
        return i < count_ ? words_[i] : std::string_view();
    }

    /// Whether the word `i` is in a list; none beyond the end is.
    template <std::size_t Count>
    bool is(std::size_t i, const WordList<Count>& list) const noexcept {
        return i < count_ && list.has(keys_[i]);
    }

    /// Whether any word is in a list.
    template <std::size_t Count>
    bool has(const WordList<Count>& list) const noexcept {
        for (std::size_t i = 0; i < count_; ++i) {
            if (list.has(keys_[i])) return true;
        }
        return false;
    }

private:
    void add_letters(std::string_view letters, bool digits_follow) noexcept;
    void add(std::string_view word) noexcept;

    static constexpr std::size_t most_words = 24;
    std::array<std::string_view, most_words> words_;
    std::array<WordKey, most_words> keys_;
    std::size_t count_ = 0;
};

/// Whether a label says that a digest is not the SHA-256 of a file.
constexpr bool is_no_file(DigestLabel says) noexcept {
    return says != DigestLabel::None && says != DigestLabel::Sha256;
}

/// What a label says that the digest after it is. A label that names several kinds is the first of
/// authentihash, certificate, SHA-256, another digest. Names that have become part of another one
/// say nothing: "certificate stealer", "TigerRAT".
DigestLabel digest_label(const LabelWords& words) noexcept;
DigestLabel digest_label(std::string_view label) noexcept;

/// Whether any word of a label is for a digest: "certificate hash", not "certificate".
bool names_digest(const LabelWords& words) noexcept;

/// The words of a label at the end of others: which is the first of them, and what they say.
struct NamedDigest {
    std::size_t first = 0;
    DigestLabel says = DigestLabel::None;
};

/// What the last words say if they name a digest: "the certificate's SHA-256 thumbprint"; `thing`
/// has the words for that of which it is the digest.
NamedDigest named_digest(const LabelWords& words, const LabelWords& thing) noexcept;

/// Whether a heading names a certificate and whose it is: "DazzleSpy CA certificate".
bool is_certificate_of_something(const LabelWords& words) noexcept;

/// The same for a heading or a cell that a digest does not follow directly: it says of one that it
/// is no file's SHA-256 only if it is nothing but a label, as a file or malware may be named there.
DigestLabel heading_label(const LabelWords& words) noexcept;

}  // namespace libblock::detail
