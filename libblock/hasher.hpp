#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "libblock/sha256.hpp"

namespace libblock {

/// SHA-256 of data that arrives in pieces, computed by OpenSSL.
class Hasher {
public:
    /// Throws `std::runtime_error` if OpenSSL offers no SHA-256.
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    void update(std::span<const std::byte> data);

    /// The digest of all data so far; the hasher then starts anew.
    Sha256 finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

Sha256 hash_bytes(std::span<const std::byte> data);
Sha256 hash_text(std::string_view text);

/// Told the number of bytes done so far, at least every 16 MiB; may throw to stop the work.
using HashProgress = std::function<void(std::uint64_t bytes_done)>;

/// The SHA-256 of a regular file of any size, read in pieces (a symbolic link is followed).
/// Throws `Error` (FileAccess) if the file cannot be read or is not a regular file: a pipe or a
/// device could block for ever.
Sha256 hash_file(const std::filesystem::path& path, const HashProgress& progress = {});

}  // namespace libblock
