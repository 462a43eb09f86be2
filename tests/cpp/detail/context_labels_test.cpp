#include "libblock/detail/context_labels.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../support.hpp"

using namespace libblock;
using namespace libblock::detail;

TEST_CASE("labels say which digest they introduce") {
    const std::vector<std::pair<std::string_view, DigestLabel>> labels{
        {"SHA256", DigestLabel::Sha256},
        {"sha-256", DigestLabel::Sha256},
        {"SHA 256 hash", DigestLabel::Sha256},
        {"sha256_hash", DigestLabel::Sha256},
        {"fileSha256", DigestLabel::Sha256},
        {"FILESHA256", DigestLabel::Sha256},
        {"sha256sum", DigestLabel::Sha256},
        {"SHA2", DigestLabel::Sha256},
        {"SHA-2 (256)", DigestLabel::Sha256},
        {"SHA2-256", DigestLabel::Sha256},
        {"MD5/SHA1/SHA256", DigestLabel::Sha256},
        {"SHA256/SHA512", DigestLabel::Sha256},
        {"SHA256 of the file signed with certificate X", DigestLabel::Sha256},
        {"file fingerprint SHA256", DigestLabel::Sha256},
        {"Authentihash", DigestLabel::Authentihash},
        {"authentihash_sha256", DigestLabel::Authentihash},
        {"Authentihash SHA256", DigestLabel::Authentihash},
        {"AuthentiHash", DigestLabel::Authentihash},
        {"authenti_hash", DigestLabel::Authentihash},
        {"Authentihashes", DigestLabel::Authentihash},
        {"PESHA-256", DigestLabel::Authentihash},
        {"PE256", DigestLabel::Authentihash},
        {"Authenticode hash", DigestLabel::Authentihash},
        {"AuthenticodeSHA256", DigestLabel::Authentihash},
        {"PE hash SHA256", DigestLabel::Authentihash},
        {"peSha256", DigestLabel::Authentihash},
        {"Certificate", DigestLabel::Certificate},
        {"certSha256Thumbprint", DigestLabel::Certificate},
        {"certsha256", DigestLabel::Certificate},
        {"Thumbprints", DigestLabel::Certificate},
        {"x509 SHA256", DigestLabel::Certificate},
        {"X.509", DigestLabel::Certificate},
        {"SPKI", DigestLabel::Certificate},
        {"public key SHA-256", DigestLabel::Certificate},
        {"SHA256 Fingerprint", DigestLabel::Certificate},
        {"Authenticode certificate", DigestLabel::Certificate},
        {"self-signed certificate", DigestLabel::Certificate},
        {"SHA512", DigestLabel::OtherDigest},
        {"sha-384", DigestLabel::OtherDigest},
        {"SHA-512/256", DigestLabel::OtherDigest},
        {"sha512_256", DigestLabel::OtherDigest},
        {"SHA3", DigestLabel::OtherDigest},
        {"SHA3-256", DigestLabel::OtherDigest},
        {"sha3256", DigestLabel::OtherDigest},
        {"BLAKE2s", DigestLabel::OtherDigest},
        {"blake2b-256", DigestLabel::OtherDigest},
        {"BLAKE3", DigestLabel::OtherDigest},
        {"SM3", DigestLabel::OtherDigest},
        {"GOST R 34.11", DigestLabel::OtherDigest},
        {"Streebog-256", DigestLabel::OtherDigest},
        {"keccak256", DigestLabel::OtherDigest},
        {"RIPEMD-256", DigestLabel::OtherDigest},
        {"MD5", DigestLabel::None},
        {"SHA-1", DigestLabel::None},
        {"hash", DigestLabel::None},
        {"imphash", DigestLabel::None},
        {"certain concerts", DigestLabel::None},
        {"share 256", DigestLabel::None},
        {"file fingerprint", DigestLabel::None},
        {"WHIRLPOOL", DigestLabel::None},
        {"Tiger", DigestLabel::None},
        {"RIPEMD-160", DigestLabel::None},
        {"GOST", DigestLabel::None},
        {"GOST hash", DigestLabel::OtherDigest},
        {"Skein miner", DigestLabel::None},
        {"BLAKE 3.0 ransomware", DigestLabel::None},
        {"BLAKE3 installer", DigestLabel::OtherDigest},
        {"CertStealer", DigestLabel::None},
        {"HMAC-SHA256", DigestLabel::OtherDigest},
        {"HMAC stealer SHA256", DigestLabel::Sha256},
        {"certificate stealer SHA256", DigestLabel::Sha256},
        {"certificate of the signer", DigestLabel::Certificate},
        {"FingerprintJS", DigestLabel::None},
        {"broken Authenticode signature", DigestLabel::None},
        {"", DigestLabel::None}};
    for (const auto& [label, says] : labels) {
        CAPTURE(label);
        CHECK(to_string(digest_label(label)) == to_string(says));
    }
}

TEST_CASE("headings say that digests are no files only if they are nothing but labels") {
    const std::vector<std::pair<std::string_view, DigestLabel>> headings{
        {"Certificate thumbprints", DigestLabel::Certificate},
        {"Stolen code signing certificates", DigestLabel::Certificate},
        {"Authentihash", DigestLabel::Authentihash},
        {"SHA3-256 hashes", DigestLabel::OtherDigest},
        {"Malware SHA-256", DigestLabel::Sha256},
        {"Loader with a rogue certificate", DigestLabel::None},
        {"Loader with a rogue certificate (SHA-256)", DigestLabel::Sha256},
        {"certificate.pdf.exe", DigestLabel::None},
        {"TigerRAT", DigestLabel::None},
        {"", DigestLabel::None}};
    for (const auto& [heading, says] : headings) {
        CAPTURE(heading);
        CHECK(to_string(heading_label(LabelWords(heading))) == to_string(says));
    }
}

TEST_CASE("a label has words whatever parts them") {
    const auto words = [](std::string_view label) {
        std::string joined;
        for (const std::string_view word : LabelWords(label)) joined.append(word).append(" ");
        return joined;
    };
    CHECK(words("certSha256Thumbprint") == "cert Sha 256 Thumbprint ");
    CHECK(words("SHAHash of IOCs") == "SHA Hash of IOCs ");
    CHECK(words("certsha256hash") == "cert sha 256 hash ");
    CHECK(words("Authentihash, imphash") == "Authentihash imphash ");
    CHECK(LabelWords(std::string(100, '1') + std::string(100, ' ')).size() == 1);
    CHECK(words("a1a1a1a1a1a1a1a1a1a1a1a1a1a1") == words("a1a1a1a1a1a1a1a1a1a1a1a1"));
}
