#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace libblock::detail {

/// The bytes of a regular file in memory, for reading. The file must not be cut short while it is
/// mapped; replacing it as a whole is fine.
class MappedFile {
public:
    /// Throws FileAccess, with the name of the file.
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace libblock::detail
