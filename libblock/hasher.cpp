#include "libblock/hasher.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "libblock/error.hpp"

namespace libblock {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;
constexpr std::uint64_t progress_bytes = std::uint64_t{16} * 1024 * 1024;

void require(int openssl_result) {
    if (openssl_result != 1) throw std::runtime_error("OpenSSL cannot compute a SHA-256");
}

/// Fetched once: a fetch for each digest costs more than a small digest does.
const EVP_MD* sha256_algorithm() {
    struct Free {
        void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    };
    static const std::unique_ptr<EVP_MD, Free> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
    require(algorithm != nullptr ? 1 : 0);
    return algorithm.get();
}

[[noreturn]] void refuse(const std::filesystem::path& path, std::string_view problem) {
    throw Error(ErrorCode::FileAccess, std::string(problem), path.string());
}

void require_regular_file(const std::filesystem::path& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (error) refuse(path, error.message());
    if (std::filesystem::is_directory(status)) refuse(path, "is a folder, not a file");
    if (!std::filesystem::is_regular_file(status)) refuse(path, "is not a regular file");
}

}  // namespace

struct Hasher::Context {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> evp{EVP_MD_CTX_new()};

    void start() { require(EVP_DigestInit_ex(evp.get(), sha256_algorithm(), nullptr)); }
};

Hasher::Hasher() : context_(std::make_unique<Context>()) {
    context_->start();
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::span<const std::byte> data) {
    require(EVP_DigestUpdate(context_->evp.get(), data.data(), data.size()));
}

Sha256 Hasher::finish() {
    Sha256::Bytes bytes{};
    require(EVP_DigestFinal_ex(context_->evp.get(), bytes.data(), nullptr));
    context_->start();
    return Sha256(bytes);
}

Sha256 hash_bytes(std::span<const std::byte> data) {
    Hasher hasher;
    hasher.update(data);
    return hasher.finish();
}

Sha256 hash_text(std::string_view text) {
    return hash_bytes(std::as_bytes(std::span(text.data(), text.size())));
}

Sha256 hash_file(const std::filesystem::path& path, const HashProgress& progress) {
    require_regular_file(path);
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(path, std::generic_category().message(errno));

    Hasher hasher;
    std::vector<char> buffer(buffer_bytes);
    std::uint64_t done = 0;
    std::uint64_t next_report = progress_bytes;
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto count = static_cast<std::size_t>(file.gcount());
        hasher.update(std::as_bytes(std::span(buffer.data(), count)));
        done += count;
        if (progress && done >= next_report) {
            progress(done);
            next_report += progress_bytes;
        }
    }
    if (file.bad()) refuse(path, "cannot be read to its end");
    return hasher.finish();
}

}  // namespace libblock
