#include "libblock/detail/name_uuid.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace libblock::detail {
namespace {

/// The namespace of everything that libblock names: version 5 of "libblock" within the namespace
/// of DNS names.
constexpr std::string_view own_space = "5c1a3d10-ddff-5556-981a-39448fff8f55";

std::string bytes_of(std::string_view uuid) {
    std::string bytes;
    std::string digits;
    for (const char c : uuid) {
        if (c != '-') digits += c;
        if (digits.size() == 2) {
            bytes += static_cast<char>(std::stoi(digits, nullptr, 16));
            digits.clear();
        }
    }
    return bytes;
}

}  // namespace

std::string name_uuid(std::string_view space, std::string_view name) {
    const std::string text = bytes_of(space) + std::string(name);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> sha1{};
    // SHA-1 because the standard says so: it names things here, and protects nothing.
    if (EVP_Digest(text.data(), text.size(), sha1.data(), nullptr, EVP_sha1(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL offers no SHA-1, which name-based UUIDs are made with");
    }
    sha1[6] = static_cast<std::uint8_t>((sha1[6] & 0x0fU) | 0x50U);  // version 5
    sha1[8] = static_cast<std::uint8_t>((sha1[8] & 0x3fU) | 0x80U);  // variant of RFC 9562
    std::string uuid;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
        uuid += fmt::format("{:02x}", sha1[i]);
    }
    return uuid;
}

std::string name_uuid(const Part& part, std::string_view name) {
    return name_uuid(own_space, fmt::format("{}/{}", part.digest.to_string(), name));
}

}  // namespace libblock::detail
