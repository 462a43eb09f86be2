#include "libblock/detail/context_labels.hpp"

#include "libblock/detail/scan_text.hpp"

namespace libblock::detail {
namespace {

constexpr auto certificate_words =
    "thumbprint thumbprints certificate certificates cert certs spki pubkey tbs"_words;
constexpr auto fingerprint_words = "fingerprint fingerprints"_words;
constexpr auto file_words =
    "file files sample samples binary binaries executable installer image"_words;
constexpr auto other_digest_words =
    "blake gost streebog keccak ripemd whirlpool shake tiger skein groestl txid txhash"_words;
constexpr auto hash_words = "hash hashes sha digest"_words;

/// Words that are written together with the one before them: `filehash`, `certsha256`.
constexpr std::array<std::string_view, 6> tails{"thumbprint", "fingerprint", "checksum",
                                                "hash",       "digest",      "sha"};

/// Words with such a tail that are words of their own.
constexpr auto whole_words = "authentihash imphash"_words;

constexpr bool is_upper(char c) noexcept {
    return c >= 'A' && c <= 'Z';
}

constexpr bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

/// Whether a new word begins at `i`, inside a run of letters: `fileHash`, `SHAHash`.
bool begins_hump(std::string_view text, std::size_t i) noexcept {
    if (!is_upper(text[i])) return false;
    if (is_lower(text[i - 1])) return true;
    return i + 2 < text.size() && is_lower(text[i + 1]) && is_lower(text[i + 2]);
}

bool ends_with(std::string_view text, std::string_view lower) noexcept {
    return text.size() >= lower.size() && begins_with(text, text.size() - lower.size(), lower);
}

/// What the number after `sha` says; `None` for SHA-1 and numbers of no digest.
DigestLabel sha_label(const LabelWords& words, std::size_t number) noexcept {
    if (words.is(number, "256 2256"_words)) return DigestLabel::Sha256;
    if (words.is(number, "2"_words)) {
        const bool other = words.is(number + 1, "224 384 512"_words);
        return other ? DigestLabel::OtherDigest : DigestLabel::Sha256;
    }
    constexpr auto others = "3 224 384 512 512224 512256 3224 3256 3384 3512 2384 2512"_words;
    return words.is(number, others) ? DigestLabel::OtherDigest : DigestLabel::None;
}

bool names_certificate(const LabelWords& words, std::size_t i) noexcept {
    return words.is(i, certificate_words) ||
           (words.is(i, "pin"_words) && words.is(i + 1, "sha"_words)) ||
           (words.is(i, "x"_words) && words.is(i + 1, "509"_words)) ||
           (words.is(i, "public"_words) && words.is(i + 1, "key keys"_words));
}

bool names_other_digest(const LabelWords& words, std::size_t i) noexcept {
    return words.is(i, other_digest_words) ||
           (words.is(i, "sm"_words) && words.is(i + 1, "3"_words)) ||
           (words.is(i, "b"_words) && words.is(i + 1, "2 3"_words) &&
            words.is(i + 2, "sum"_words)) ||
           (words.is(i, "sha"_words) && sha_label(words, i + 1) == DigestLabel::OtherDigest);
}

}  // namespace

LabelWords::LabelWords(std::string_view label) noexcept {
    for (std::size_t i = 0; i < label.size();) {
        const std::size_t begin = i;
        if (is_digit(label[i])) {
            while (i < label.size() && is_digit(label[i])) ++i;
            add(label.substr(begin, i - begin));
        } else if (is_letter(label[i])) {
            ++i;
            while (i < label.size() && is_letter(label[i]) && !begins_hump(label, i)) ++i;
            add_letters(label.substr(begin, i - begin), i < label.size() && is_digit(label[i]));
        } else {
            ++i;
        }
    }
}

void LabelWords::add_letters(std::string_view letters, bool digits_follow) noexcept {
    for (const std::string_view tail : tails) {
        const bool only_before_digits = tail == "sha";
        if (letters.size() <= tail.size() || !ends_with(letters, tail)) continue;
        if ((only_before_digits && !digits_follow) || whole_words.has(letters)) continue;
        const std::size_t head = letters.size() - tail.size();
        add_letters(letters.substr(0, head), false);
        add(letters.substr(head));
        return;
    }
    add(letters);
}

void LabelWords::add(std::string_view word) noexcept {
    if (count_ == most_words) return;
    words_[count_] = word;
    keys_[count_++] = WordKey(word);
}

DigestLabel digest_label(const LabelWords& words) noexcept {
    if (words.has("hmac"_words)) return DigestLabel::OtherDigest;
    bool authenticode = false;
    bool certificate = false;
    bool fingerprint = false;
    bool sha256 = false;
    bool other = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words.is(i, "authentihash"_words)) return DigestLabel::Authentihash;
        // "... of a file signed with certificate X" is of the file.
        if (words.is(i, "signed"_words) && words.is(i + 1, "with by using"_words)) break;
        authenticode = authenticode || words.is(i, "authenticode"_words) ||
                       (words.is(i, "pe"_words) && words.is(i + 1, hash_words));
        certificate = certificate || names_certificate(words, i);
        fingerprint = fingerprint || words.is(i, fingerprint_words);
        sha256 =
            sha256 || (words.is(i, "sha"_words) && sha_label(words, i + 1) == DigestLabel::Sha256);
        other = other || names_other_digest(words, i);
    }
    if (certificate || (fingerprint && !words.has(file_words))) return DigestLabel::Certificate;
    if (authenticode) return DigestLabel::Authentihash;
    if (sha256) return DigestLabel::Sha256;
    return other ? DigestLabel::OtherDigest : DigestLabel::None;
}

DigestLabel digest_label(std::string_view label) noexcept {
    return digest_label(LabelWords(label));
}

}  // namespace libblock::detail
