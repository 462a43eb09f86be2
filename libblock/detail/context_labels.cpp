#include "libblock/detail/context_labels.hpp"

#include "libblock/detail/scan_text.hpp"

namespace libblock::detail {
namespace {

constexpr auto certificate_words = "certificate certificates cert certs spki pubkey tbs"_words;
constexpr auto thumbprint_words = "thumbprint thumbprints"_words;
constexpr auto fingerprint_words = "fingerprint fingerprints"_words;
constexpr auto file_words =
    "file files sample samples binary binaries executable installer image"_words;
constexpr auto hash_words = "hash hashes sha digest digests checksum checksums sum sums"_words;

// Digests that always have another length than 64 digits, such as Tiger's, are not in these lists.
constexpr auto other_digest_words = "streebog txid txhash"_words;
/// Names of digests that malware and tools have too, unless a number or a word for digests follows.
constexpr auto shared_names = "blake gost groestl keccak shake skein"_words;

/// Words that may stand behind the name of a digest without making it the name of something else.
constexpr auto label_words =
    "authenti authentihash authentihashes authenticode imphash pe hmac md x r s b bp sp pin pins "
    "public key keys hex id value values string signing signer issuer code leaf root intermediate "
    "ca chain tls ssl client server"_words;

/// What begins words that say more of a digest: "certificate of ...", "fingerprint used by ...".
constexpr auto joining_words = "of for from in on at by with used as and or is"_words;

/// Words of a label that is nothing but one, beside those that say of which digest it is.
constexpr auto plain_words =
    "of for from in the a an to sign signed self code signature signatures list malicious stolen "
    "revoked leaked abused compromised used x"_words;

/// Kinds of certificates.
constexpr auto certificate_kinds =
    "ca root intermediate leaf code signing signer issuer tls ssl client server"_words;

/// Words that make a heading a sentence, or one about files.
constexpr auto sentence_words =
    "that which who with without using used uses signed by from of for to in on at install "
    "installs installed installing steal steals stolen malware tool tools ioc iocs indicator "
    "indicators fake"_words;

/// Words that are written together with the one before them: `filehash`, `certsha256`.
constexpr std::array<std::string_view, 6> tails{"thumbprint", "fingerprint", "checksum",
                                                "hash",       "digest",      "sha"};

/// Words with such a tail that are words of their own.
constexpr auto whole_words = "authentihash imphash"_words;

constexpr auto authentihash_words = "authentihash authentihashes"_words;

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

/// Whether a number follows at `i`, perhaps after a joint: `PESHA256`, `PESHA-256`.
bool has_number_at(std::string_view label, std::size_t i) noexcept {
    constexpr std::string_view joints = "-_";
    if (i < label.size() && is_one_of(label[i], joints)) ++i;
    return i < label.size() && is_digit(label[i]);
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

bool is_number(const LabelWords& words, std::size_t i) noexcept {
    return i < words.size() && is_digit(words[i].front());
}

/// Whether a word is one of labels alone.
bool is_label_word(const LabelWords& words, std::size_t i) noexcept {
    return is_number(words, i) || words.is(i, hash_words) || words.is(i, label_words) ||
           words.is(i, certificate_words) || words.is(i, thumbprint_words) ||
           words.is(i, fingerprint_words) || words.is(i, other_digest_words) ||
           words.is(i, shared_names);
}

/// Whether the word `i` is what a label is about, and no part of the name of something else:
/// "certificate hash", but not "certificate stealer".
bool is_about(const LabelWords& words, std::size_t i) noexcept {
    do ++i;
    while (is_label_word(words, i));
    return i >= words.size() || words.is(i, joining_words);
}

/// The same for digests that files have.
bool is_about_file(const LabelWords& words, std::size_t i) noexcept {
    do ++i;
    while (is_label_word(words, i) || words.is(i, file_words));
    return i >= words.size() || words.is(i, joining_words);
}

/// Whether a word is the name of a team: `US-CERT`, `CERT/CC`.
bool names_team(const LabelWords& words, std::size_t i) noexcept {
    return words[i] == "CERT" && !words.has(hash_words) && !words.has(thumbprint_words) &&
           !words.has(fingerprint_words);
}

bool names_certificate(const LabelWords& words, std::size_t i) noexcept {
    const bool named = (words.is(i, certificate_words) && !names_team(words, i)) ||
                       (words.is(i, "pin"_words) && words.is(i + 1, "sha"_words)) ||
                       (words.is(i, "x"_words) && words.is(i + 1, "509"_words)) ||
                       (words.is(i, "signing"_words) && words.is(i + 1, "chain"_words)) ||
                       (words.is(i, "public"_words) && words.is(i + 1, "key keys"_words));
    return words.is(i, thumbprint_words) || (named && is_about(words, i));
}

bool names_fingerprint(const LabelWords& words, std::size_t i) noexcept {
    return words.is(i, fingerprint_words) && is_about(words, i);
}

bool names_authentihash(const LabelWords& words, std::size_t i) noexcept {
    return words.is(i, authentihash_words) ||
           (words.is(i, "authenti"_words) && words.is(i + 1, "hash hashes"_words));
}

bool names_authenticode(const LabelWords& words, std::size_t i) noexcept {
    const bool named =
        words.is(i, "authenticode"_words) ||
        (words.is(i, "pe"_words) && (words.is(i + 1, hash_words) || words.is(i + 1, "256"_words)));
    return named && is_about_file(words, i);
}

bool names_other_digest(const LabelWords& words, std::size_t i) noexcept {
    const bool numbered = is_number(words, i + 1);
    const bool named =
        words.is(i, other_digest_words) ||
        (words.is(i, shared_names) &&
         (numbered || words.is(i + 1, hash_words) || words.is(i + 1, "r"_words))) ||
        (words.is(i, "ripemd"_words) && !words.is(i + 1, "128 160 320"_words)) ||
        (words.is(i, "sm"_words) && words.is(i + 1, "3"_words)) ||
        (words.is(i, "b"_words) && words.is(i + 1, "2 3"_words) && words.is(i + 2, "sum"_words));
    return named && is_about_file(words, i);
}

/// The digests that the words of a label name.
struct NamedDigests {
    bool authenticode = false;
    bool certificate = false;
    bool fingerprint = false;
    bool sha256 = false;
    bool other = false;

    void add(const LabelWords& words, std::size_t i) noexcept {
        const DigestLabel sha =
            words.is(i, "sha"_words) ? sha_label(words, i + 1) : DigestLabel::None;
        sha256 = sha256 || sha == DigestLabel::Sha256;
        other = other || sha == DigestLabel::OtherDigest || names_other_digest(words, i);
        authenticode = authenticode || names_authenticode(words, i);
        certificate = certificate || names_certificate(words, i);
        fingerprint = fingerprint || names_fingerprint(words, i);
    }

    DigestLabel first_of(const LabelWords& words) const noexcept {
        if (certificate || (fingerprint && !words.has(file_words))) return DigestLabel::Certificate;
        if (authenticode) return DigestLabel::Authentihash;
        if (sha256) return DigestLabel::Sha256;
        return other ? DigestLabel::OtherDigest : DigestLabel::None;
    }
};

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
            add_letters(label.substr(begin, i - begin), has_number_at(label, i));
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
    NamedDigests named;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (is_number(words, i)) continue;
        if (words.is(i, "hmac"_words) && is_about_file(words, i)) return DigestLabel::OtherDigest;
        if (names_authentihash(words, i)) return DigestLabel::Authentihash;
        // "... of a file signed with certificate X" is of the file.
        if (words.is(i, "signed"_words) && words.is(i + 1, "with by using"_words)) break;
        named.add(words, i);
    }
    return named.first_of(words);
}

DigestLabel digest_label(std::string_view label) noexcept {
    return digest_label(LabelWords(label));
}

bool names_digest(const LabelWords& words) noexcept {
    return words.has(hash_words) || words.has(thumbprint_words) || words.has(fingerprint_words) ||
           words.has("authenti authentihash authentihashes authenticode"_words);
}

NamedDigest named_digest(const LabelWords& words, const LabelWords& thing) noexcept {
    std::size_t first = words.size();
    while (first > 0 && is_label_word(words, first - 1)) --first;
    while (words.is(first, "s"_words)) ++first;  // of a genitive
    NamedDigests named;
    bool digest = false;
    for (std::size_t i = first; i < words.size(); ++i) {
        named.add(words, i);
        named.authenticode = named.authenticode || names_authentihash(words, i);
        digest = digest || named.authenticode || words.is(i, hash_words) ||
                 words.is(i, thumbprint_words) || words.is(i, fingerprint_words);
    }
    if (!digest) return {};
    std::size_t i = 0;
    while (thing.is(i, "the a an its this that"_words)) ++i;
    for (; is_label_word(thing, i); ++i) {
        named.certificate = named.certificate || names_certificate(thing, i);
    }
    if (thing.size() > 0) named.fingerprint = false;  // files have one too
    return {first, named.first_of(words)};
}

bool is_certificate_of_something(const LabelWords& words) noexcept {
    const std::size_t count = words.size();
    return count > 2 && words.is(count - 1, certificate_words) &&
           words.is(count - 2, certificate_kinds) && !words.has(sentence_words) &&
           !words.has(file_words);
}

DigestLabel heading_label(const LabelWords& words) noexcept {
    const DigestLabel says = digest_label(words);
    if (!is_no_file(says)) return says;
    bool sha256 = false;
    bool plain = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
        plain = plain && (is_label_word(words, i) || words.is(i, plain_words));
        sha256 =
            sha256 || (words.is(i, "sha"_words) && sha_label(words, i + 1) == DigestLabel::Sha256);
    }
    if (plain) return says;
    return sha256 ? DigestLabel::Sha256 : DigestLabel::None;
}

}  // namespace libblock::detail
